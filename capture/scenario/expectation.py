"""Expectations: what an instruction says about its target besides that it is there."""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urldefrag


class ExpectationKind(StrEnum):
    """Kind of an expectation."""

    EMPTY = "empty"
    """The field is empty."""
    FILLED = "filled"
    """The field is not empty."""
    VALUE = "value"
    """The field shows a value."""
    CHECKED = "checked"
    """The box is ticked, the radio button or the option is chosen."""
    UNCHECKED = "unchecked"
    LEADS_TO = "leads_to"
    """The link leads to a URL."""
    COUNT = "count"
    """There are as many of them."""
    NTH = "nth"
    """There are so many of them that the one of this number is one: `nth` of the target."""
    CHOICE = "choice"
    """The list offers a choice; the sentence quotes it."""


OF_VALUES = frozenset((ExpectationKind.EMPTY, ExpectationKind.FILLED, ExpectationKind.VALUE))
"""Kinds that are about the value of a field: the browser compares it, because values are not recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """One thing that an instruction says about its target."""

    kind: ExpectationKind
    wanted: str = ""
    """Value, URL or number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unmet:
    """An expectation that the page does not meet."""

    kind: ExpectationKind
    wanted: str
    found: str = ""
    """URL or number on the page; values of fields are not recorded."""


def expectations(
    *,
    empty: bool | None = None,
    value: str | None = None,
    checked: bool | None = None,
    leads_to: str | None = None,
    count: int | None = None,
) -> tuple[Expectation, ...]:
    """Return the expectations that an author has named; see ``Step.tell``."""
    named = []
    if empty is not None:
        named.append(Expectation(kind=ExpectationKind.EMPTY if empty else ExpectationKind.FILLED))
    if value is not None:
        named.append(Expectation(kind=ExpectationKind.VALUE, wanted=value))
    if checked is not None:
        named.append(Expectation(kind=ExpectationKind.CHECKED if checked else ExpectationKind.UNCHECKED))
    if leads_to is not None:
        named.append(Expectation(kind=ExpectationKind.LEADS_TO, wanted=leads_to))
    if count is not None:
        named.append(Expectation(kind=ExpectationKind.COUNT, wanted=str(count)))
    return tuple(named)


def same_page(url: str, other: str) -> bool:
    """Return whether two URLs lead to the same page, wherever on it."""
    return urldefrag(url).url.rstrip("/") == urldefrag(other).url.rstrip("/")
