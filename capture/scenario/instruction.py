"""An instruction of the tutorial, what it points at, and whether it is still true."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from capture.elements import FIELDS, Element, containers_of, normalise
from capture.geometry import Box

if TYPE_CHECKING:
    from capture.scenario.locators import RestrictedLocator

Callout = Literal["box", "arrow", "none"]

_QUOTE = re.compile(r"[«“]\s*(.+?)\s*[»”]")
_FAMILIES = {"field": FIELDS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What an instruction points at, as its author wrote it."""

    role: str
    """ARIA role; ``field`` stands for every kind of field, ``text`` for plain text, ``""`` for any."""
    name: str | None = None
    """Accessible name as the tutorial quotes it; None: taken from the sentence's first quotation."""
    inside: "Target | None" = None
    locator: "RestrictedLocator | None" = None
    """A locator pasted from Playwright's recorder: found by it, then checked against the name."""

    def accepts(self, role: str) -> bool:
        return not self.role or role in _FAMILIES.get(self.role, (self.role,))


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """One thing that a page tells its reader."""

    number: int
    sentence: str
    target: Target
    callout: Callout
    label: str
    """Words of the callout on the picture."""
    source_line: str
    """``file:line`` of the scenario."""

    @property
    def name(self) -> str | None:
        """The name that the tutorial quotes."""
        return self.target.name if self.target.name is not None else quoted(self.sentence)


class InstructionStatus(StrEnum):
    """What became of an instruction."""

    TRUE = "true"
    MISSING = "missing"
    HIDDEN = "hidden"
    """It is in the page, but not shown."""
    COVERED = "covered"
    """Something lies on top of it."""
    MISNAMED = "misnamed"
    """The locator finds it, under another name."""


class HealingEvidence(StrEnum):
    """Why an element is thought to have taken another's place, the strongest first."""

    ADDRESS = "address"
    """It leads to the same address."""
    NAME = "name"
    """It has nearly the same name."""
    PLACE = "place"
    """It is the only new one of its kind in the same dialog, form or part of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replacement:
    """What seems to have taken the place of an instruction's element."""

    index: int
    role: str
    name: str
    evidence: HealingEvidence
    opener: str | None = None
    """Name of the control that opens what holds it, when it is hidden."""
    container: str | None = None
    """Name of the dialog that holds it, when it is hidden."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstructionResult:
    """An instruction, judged on the page."""

    number: int
    sentence: str
    role: str
    name: str | None
    callout: Callout
    label: str
    source_line: str
    status: InstructionStatus
    element: int | None = None
    """Index of the element that it points at."""
    box: Box | None = None
    """Where that element is in the picture, px."""
    covered_by: str | None = None
    replacement: Replacement | None = None

    @property
    def true(self) -> bool:
        return self.status is InstructionStatus.TRUE


def quoted(sentence: str) -> str | None:
    """The first thing that a sentence quotes between « » or “ ”."""
    found = _QUOTE.search(sentence)
    return found.group(1) if found else None


def find_elements(target: Target, name: str | None, elements: Sequence[Element]) -> list[int]:
    """Indexes of the elements with the target's role, name and container, those at hand first."""
    wanted = None if name is None else normalise(name)
    found = [
        index
        for index, element in enumerate(elements)
        if target.accepts(element.role)
        and (wanted is None or normalise(element.name) == wanted)
        and (target.inside is None or _is_inside(element, target.inside, elements))
    ]
    return sorted(found, key=lambda index: (not elements[index].on_top, not elements[index].visible))


def _is_inside(element: Element, container: Target, elements: Sequence[Element]) -> bool:
    wanted = set(find_elements(container, container.name, elements))
    return any(index in wanted for index in containers_of(element, elements))


def judge(instruction: Instruction, elements: Sequence[Element], *, located: int | None = None) -> InstructionResult:
    """Is the instruction true on a page with these elements?

    Args:
        located: what the target's own Playwright locator found, when it has one.
    """
    if instruction.target.locator is None:
        found = find_elements(instruction.target, instruction.name, elements)
        return _result(instruction, elements, found[0] if found else None)
    return _result(instruction, elements, located)


def _result(instruction: Instruction, elements: Sequence[Element], index: int | None) -> InstructionResult:
    element = None if index is None else elements[index]
    truth, cover = _status(instruction, element, elements)
    return InstructionResult(
        number=instruction.number,
        sentence=instruction.sentence,
        role=instruction.target.role or (element.role if element else ""),
        name=instruction.name,
        callout=instruction.callout,
        label=instruction.label,
        source_line=instruction.source_line,
        status=truth,
        element=index,
        box=element.box if element and element.visible else None,
        covered_by=cover,
    )


def _status(
    instruction: Instruction, element: Element | None, elements: Sequence[Element]
) -> tuple[InstructionStatus, str | None]:
    if element is None:
        return InstructionStatus.MISSING, None
    if instruction.name is not None and normalise(element.name) != normalise(instruction.name):
        return InstructionStatus.MISNAMED, None
    if not element.visible:
        return InstructionStatus.HIDDEN, None
    if element.covered_by is not None:
        return InstructionStatus.COVERED, elements[element.covered_by].name if element.covered_by >= 0 else ""
    return InstructionStatus.TRUE, None
