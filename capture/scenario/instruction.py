"""Instructions of a tutorial, their targets, and whether they are true on a page."""

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
_ROLE_FAMILIES = {"field": FIELDS}


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Target of an instruction, as its author wrote it."""

    role: str
    """ARIA role; ``field`` stands for every kind of field, ``text`` for plain text, ``""`` for any."""
    name: str | None = None
    """Accessible name as the tutorial quotes it; None: taken from the sentence's first quotation."""
    inside: "Target | None" = None
    locator: "RestrictedLocator | None" = None
    """Locator from Playwright's recorder; the element that it finds must have the name."""

    def accepts(self, role: str) -> bool:
        return not self.role or role in _ROLE_FAMILIES.get(self.role, (self.role,))


@dataclass(frozen=True, kw_only=True, slots=True)
class Instruction:
    """One sentence of a tutorial page, with its target."""

    number: int
    sentence: str
    target: Target
    callout: Callout
    label: str
    """Text of the callout on the picture."""
    source_line: str
    """``file:line`` of the scenario."""

    @property
    def name(self) -> str | None:
        """Name of the target, as the tutorial quotes it; None if it quotes none."""
        return self.target.name if self.target.name is not None else quoted(self.sentence)


class InstructionStatus(StrEnum):
    """Whether an instruction is true, or why it is false."""

    TRUE = "true"
    MISSING = "missing"
    """No element of the page has the role, name and container."""
    HIDDEN = "hidden"
    """The element is in the page, but not visible."""
    COVERED = "covered"
    """Another element lies over it."""
    MISNAMED = "misnamed"
    """The locator finds an element with another name."""


class HealingEvidence(StrEnum):
    """Evidence that an element replaced another, the strongest first."""

    ADDRESS = "address"
    """Same URL."""
    NAME = "name"
    """Similar name."""
    PLACE = "place"
    """Only new element of its role in the same dialog, form or part of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Replacement:
    """Element that has probably replaced the target of an instruction."""

    index: int
    role: str
    name: str
    evidence: HealingEvidence
    opener: str | None = None
    """Name of the control that shows it, if it is hidden."""
    container: str | None = None
    """Name of the dialog that contains it, if it is hidden."""


@dataclass(frozen=True, kw_only=True, slots=True)
class InstructionResult:
    """Result of checking an instruction on a page."""

    number: int
    sentence: str
    role: str
    name: str | None
    callout: Callout
    label: str
    source_line: str
    status: InstructionStatus
    element: int | None = None
    """Index of the element that it points at; None if missing."""
    box: Box | None = None
    """Rectangle of that element in the picture, px; None if not visible."""
    covered_by: str | None = None
    """Name of the element that covers it."""
    replacement: Replacement | None = None

    @property
    def true(self) -> bool:
        return self.status is InstructionStatus.TRUE


def quoted(sentence: str) -> str | None:
    """Return the first quotation of a sentence, between « » or “ ”; None if there is none."""
    found = _QUOTE.search(sentence)
    return found.group(1) if found else None


def find_elements(target: Target, name: str | None, elements: Sequence[Element]) -> list[int]:
    """Return the indexes of the elements with the role, name and container of a target, uncovered ones first."""
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
    """Check an instruction on a page.

    Args:
        instruction: the instruction.
        elements: elements of the page.
        located: index of the element that the target's Playwright locator found; None if it found none or the target
            has no locator.
    """
    if instruction.target.locator is None:
        found = find_elements(instruction.target, instruction.name, elements)
        return _result(instruction, elements, found[0] if found else None)
    return _result(instruction, elements, located)


def _result(instruction: Instruction, elements: Sequence[Element], index: int | None) -> InstructionResult:
    element = None if index is None else elements[index]
    status, covered_by = _status(instruction, element, elements)
    return InstructionResult(
        number=instruction.number,
        sentence=instruction.sentence,
        role=instruction.target.role or (element.role if element else ""),
        name=instruction.name,
        callout=instruction.callout,
        label=instruction.label,
        source_line=instruction.source_line,
        status=status,
        element=index,
        box=element.box if element and element.visible else None,
        covered_by=covered_by,
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
