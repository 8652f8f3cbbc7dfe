"""Edits of a scenario that a person or a run proposes: what changes, and where it stands today."""

from dataclasses import dataclass
from datetime import date

from capture.elements import FIELDS

_STEP_METHODS = frozenset(("button", "link", "heading", "text", "dialog", "frame"))
"""Roles that ``Step`` has a method for, of the same name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opener:
    """Instruction that comes before a corrected one: a click that shows its target."""

    sentence: str
    role: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Correction:
    """New wording of an instruction, and where its target is now."""

    line: int
    """Line of ``step.tell`` in the scenario."""
    sentence: str
    """The sentence as it stands."""
    new_sentence: str
    name: str | None = None
    """Label of the target as it stands; None: it has none."""
    new_name: str | None = None
    """New label of the target; None: that which the new sentence quotes in the same place."""
    role: str | None = None
    """New role of the target; None: it stays."""
    callout_label: str | None = None
    """New text of the callout; None: it stays."""
    leaves_container: bool = False
    """The target is no longer inside what contained it."""
    opener: Opener | None = None
    """Instruction to insert before it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """An instruction that the tutorial no longer gives."""

    line: int
    """Line of ``step.tell`` in the scenario."""
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GonePage:
    """A step that the site no longer has; without a day: it has it again."""

    number: int
    since: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TextCorrection:
    """New wording of a sentence of a personal or fixed page; empty: the sentence is removed."""

    number: int
    text: str
    new_text: str


Edit = Correction | Removal | GonePage | TextCorrection


def step_method(role: str) -> str | None:
    """Return the method of ``Step`` that points at a role; None if the role has no method of its own."""
    if role in FIELDS or role == "field":
        return "field"
    return role if role in _STEP_METHODS else None
