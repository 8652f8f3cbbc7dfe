"""Instructions of a tutorial, their targets, and whether they are true on a page."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Literal

from capture.elements import FIELDS, Element, ancestors_of, bare_label, is_sign, normalise
from capture.geometry import Box
from capture.scenario.expectation import Expectation, ExpectationKind, Unmet, same_page

if TYPE_CHECKING:
    from capture.scenario.locators import RestrictedLocator

Callout = Literal["box", "arrow", "none"]

_QUOTATION = re.compile("[«“][^«“»”]*[»”]")
_CLOSING = {"«": "»", "“": "”"}
"""Quotation marks: opening and closing."""

_ACT = re.compile(
    r"\b(?:cliqu|appuy|tap|saisi|remplis|choisi|sélectionn|coch|décoch|entr|écri|ouvr|valid|click|press|tap|type|enter"
    r"|fill|choose|select|tick|untick|check|uncheck|write|open)\w*",
    re.IGNORECASE,
)
"""Verbs of sentences that tell the reader to act."""
_TOLD_CHOICE = re.compile(r"\b(?:choisi|sélectionn|choose|select|pick)\w*(?:\s+\S+){0,3}\s*[«“]\s*$", re.IGNORECASE)
"""End of a sentence that tells the reader to choose what is quoted next."""
_TOLD_DISABLED = re.compile(
    r"\b(?:grisée?s?|désactivée?s?|inactifs?|inactives?|gr[ea]yed out|disabled)\b", re.IGNORECASE
)
_ROLE_FAMILIES = {"field": FIELDS}
_LISTS = frozenset(("combobox", "listbox"))
_CLICKED = frozenset(
    ("button", "link", "menuitem", "menuitemcheckbox", "menuitemradio", "option", "switch", "tab", "treeitem")
)
"""Roles of what a reader clicks."""
_READ = frozenset(("cell", "columnheader", "gridcell", "heading", "alert", "status", "rowheader", "text", "tooltip"))
"""Roles of what a reader reads."""


AREA = "area"
"""Role of a target whose words are not judged: a drawing, a map, a canvas."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """Target of an instruction, as its author wrote it."""

    role: str
    """ARIA role; ``field`` stands for every kind of field, ``text`` for plain text, ``""`` for any."""
    name: str | None = None
    """Accessible name as the tutorial quotes it; None: taken from the sentence's first quotation."""
    inside: "Target | None" = None
    nth: int | None = None
    """Which one in reading order, from 1, of those that are alike; None: the one nearest to the approved place."""
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
    expects: tuple[Expectation, ...] = ()
    """What the sentence says about the target besides that it is there."""

    @property
    def name(self) -> str | None:
        """Name of the target, as the tutorial quotes it; None if it quotes none."""
        if self.target.role == AREA:
            return None
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
    DISABLED = "disabled"
    """The element is greyed out, and the reader is told to act on it."""
    MISNAMED = "misnamed"
    """The locator finds an element with another name."""
    UNEXPECTED = "unexpected"
    """It is there, and not as the sentence says: empty, ticked, …"""


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
    opener_role: str | None = None
    container: str | None = None
    """Name of the dialog that contains it, if it is hidden."""
    box: Box | None = None
    """Rectangle of the element in the picture, px; None if it is hidden."""


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
    """Name or words of what covers it; empty: it has none."""
    opener: str | None = None
    """Label of the control that shows it, if it is hidden and there is one."""
    unmet: Unmet | None = None
    """What is not as the sentence says."""
    approved: Box | None = None
    """Rectangle of the target on the approved picture, px; None: the instruction was not true there."""
    replacement: Replacement | None = None
    container: str | None = None
    """Name of what it should be inside, if it is missing there; None: it may be anywhere."""
    container_found: bool = True
    """Whether that container is on the page."""

    @property
    def true(self) -> bool:
        return self.status is InstructionStatus.TRUE


def quoted(sentence: str) -> str | None:
    """Return the first quotation of a sentence, with those nested in it; None if there is none."""
    return next(iter(quotations(sentence)), None)


def quotations(sentence: str) -> list[str]:
    """Return the quotations of a sentence, each with those nested in it."""
    found, place = [], 0
    while place < len(sentence):
        end = _end_of_quotation(sentence, place) if sentence[place] in _CLOSING else None
        if end is not None and (words := sentence[place + 1 : end].strip()):
            found.append(words)
        place = place + 1 if end is None else end + 1
    return found


def _end_of_quotation(sentence: str, opening: int) -> int | None:
    """Return the place of the mark that closes a quotation; None: nothing closes it."""
    depth, pair = 0, (sentence[opening], _CLOSING[sentence[opening]])
    for place in range(opening, len(sentence)):
        depth += (sentence[place] == pair[0]) - (sentence[place] == pair[1])
        if depth == 0:
            return place
    return None


def find_elements(
    target: Target,
    name: str | None,
    elements: Sequence[Element],
    *,
    near: Box | None = None,
    any_role: bool = False,
    others: Collection[tuple[str, str]] = (),
) -> list[int]:
    """Return the indexes of the elements that a target may mean, the best first.

    Those that are seen come before others, then those of its own role, then those on which the label itself is seen.

    Args:
        target: role and container.
        name: label that the elements must have; None: any.
        elements: of the page.
        near: box in which the target was approved: of two elements alike, the nearest is meant.
        any_role: also find elements that a reader uses in the same way, such as a link instead of a button, and
            text that contains the label.
        others: role and normalised label of elements that were already there beside the target when it was approved:
            they have not taken its place.
    """
    matches = {index: match for index, element in enumerate(elements) if (match := _match(target, name, element))}
    if target.inside is not None:
        matches = {index: match for index, match in matches.items() if _is_inside(index, target.inside, elements)}
    found = [
        index
        for index, match in matches.items()
        if match is _Match.EXACT
        or (any_role and (elements[index].role, normalise(elements[index].label)) not in others)
    ]

    def rank(index: int) -> tuple[bool, bool, int, bool, float, float]:
        element = elements[index]
        is_read_out = name is not None and not element.shows_label(name)
        distance = 0.0 if near is None else near.distance(element.box)
        size = element.box.area if matches[index] is _Match.PART and _holds_another(index, found, elements) else 0.0
        return not element.on_top, not element.visible, matches[index], is_read_out, size, distance

    if target.nth is not None:
        return sorted(index for index in found if elements[index].visible)[target.nth - 1 : target.nth]
    return sorted(found, key=rank)


def _holds_another(index: int, found: Sequence[int], elements: Sequence[Element]) -> bool:
    """Return whether an element lies around another one that was found: that one shows the words more closely."""
    own = elements[index].box
    others = (elements[other].box for other in found if other != index)
    return any(other.within(own) and other.area < own.area for other in others)


class _Match(IntEnum):
    """How an element matches a target, the best first."""

    EXACT = 1
    """Role and label."""
    OTHER_ROLE = 2
    """Label, and a role that a reader uses in the same way."""
    PART = 3
    """The label is part of its text."""


def _match(target: Target, name: str | None, element: Element) -> _Match | None:
    if target.accepts(element.role) and (name is None or element.is_called(name)):
        return _Match.EXACT
    if name is None:
        return None
    if _is_used_as(target.role, element) and element.is_called(name):
        return _Match.OTHER_ROLE
    return _Match.PART if target.role == "text" and _shows_in_text(element, name) else None


def _shows_in_text(element: Element, words: str) -> bool:
    """Return whether a reader reads these words in a text, on something to click, or on a field."""
    return element.role in _READ | _CLICKED | FIELDS and element.shows(words)


def used_alike(role: str, other: str) -> bool:
    """Return whether a reader uses elements of two roles in the same way."""
    return role == other or other in _uses_of(role) or role in _uses_of(other)


def _is_used_as(role: str, element: Element) -> bool:
    """Return whether a reader uses an element as one of a role."""
    is_list = element.opens_list and (role == "field" or role in FIELDS | _CLICKED)
    return is_list or element.role in _uses_of(role)


def _uses_of(role: str) -> frozenset[str]:
    """Return the roles that a reader uses in the same way as a role."""
    if role in _CLICKED:
        return _CLICKED
    if role == "field" or role in FIELDS:
        return FIELDS
    return _READ | _CLICKED if role in _READ else frozenset()


def _is_inside(index: int, container: Target, elements: Sequence[Element]) -> bool:
    wanted = set(find_elements(container, container.name, elements))
    return any(around in wanted for around in ancestors_of(elements[index], elements))


def judge(
    instruction: Instruction,
    elements: Sequence[Element],
    *,
    located: int | None = None,
    before: Element | None = None,
    others: Collection[tuple[str, str]] = (),
    done: bool = False,
) -> InstructionResult:
    """Check an instruction on a page.

    Args:
        instruction: the instruction.
        elements: elements of the page.
        located: index of the element that the target's Playwright locator found; None if it found none or the target
            has no locator.
        before: the target as it was approved; None: nothing was.
        others: role and normalised label of the other elements of the approved page.
        done: the scenario has acted on the target already, as the sentence tells the reader to.
    """
    if instruction.target.locator is None:
        near = before.box if before else None
        found = find_elements(instruction.target, instruction.name, elements, near=near, any_role=True, others=others)
        return _result(instruction, elements, found[0] if found else None, before, done)
    return _result(instruction, elements, located, before, done)


def too_few(
    instruction: Instruction, elements: Sequence[Element], others: Collection[tuple[str, str]] = ()
) -> Unmet | None:
    """Return how many are seen of what an instruction numbers; None: it numbers nothing, or there are enough or none.

    Args:
        instruction: the instruction.
        elements: of the page.
        others: role and normalised label of the other elements of the approved page.
    """
    target = instruction.target
    if target.nth is None:
        return None
    alike = find_elements(replace(target, nth=None), instruction.name, elements, any_role=True, others=others)
    seen = sum(elements[index].visible for index in alike)
    if not 0 < seen < target.nth:
        return None
    return Unmet(kind=ExpectationKind.NTH, wanted=str(target.nth), found=str(seen))


def _result(
    instruction: Instruction, elements: Sequence[Element], index: int | None, before: Element | None, done: bool
) -> InstructionResult:
    element = None if index is None else elements[index]
    status, covered_by = _status(instruction, element, elements, before, done)
    container = instruction.target.inside if element is None else None
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
        opener=_opener(element, elements) if status is InstructionStatus.HIDDEN else None,
        approved=before.box if before else None,
        container=container.name if container else None,
        container_found=container is None or bool(find_elements(container, container.name, elements)),
    )


def unmet_on_snapshot(instruction: Instruction, index: int, elements: Sequence[Element]) -> Unmet | None:
    """Return the first expectation that the elements of a page do not meet; None: they meet all that they tell of."""
    element = elements[index]
    for expectation in instruction.expects:
        kind, wanted, found = expectation.kind, expectation.wanted, ""
        if kind is ExpectationKind.COUNT:
            alike = find_elements(replace(instruction.target, nth=None), instruction.name, elements)
            found = str(sum(elements[one].visible for one in alike))
            met = found == wanted
        elif kind is ExpectationKind.LEADS_TO:
            found = element.address or ""
            met = same_page(found, wanted)
        elif kind in (ExpectationKind.CHECKED, ExpectationKind.UNCHECKED):
            is_checked = bool({"checked", "selected", "pressed"}.intersection(element.states))
            met = is_checked == (kind is ExpectationKind.CHECKED)
        else:
            continue
        if not met:
            return Unmet(kind=kind, wanted=wanted, found=found)
    return None


def missing_choice(
    instruction: Instruction, index: int, elements: Sequence[Element], others: Collection[tuple[str, str]] = ()
) -> str | None:
    """Return a choice that a sentence quotes, and that its list does not offer; None: there is none.

    Args:
        instruction: the instruction.
        index: of its target in the elements.
        elements: of the page.
        others: role and normalised label of the other elements of the approved page.
    """
    offered = [one for one in elements if one.role == "option" and index in ancestors_of(one, elements)]
    if elements[index].role not in _LISTS or not offered:
        return None
    sentence = instruction.sentence
    for words in quotations(sentence):
        is_choice = ("option", normalise(words)) in others or _TOLD_CHOICE.search(sentence[: sentence.find(words)])
        if is_choice and words != instruction.name and not any(one.is_called(words) for one in elements):
            return words
    return None


def _opener(element: Element | None, elements: Sequence[Element]) -> str | None:
    return None if element is None or element.opener is None else elements[element.opener].label


def _status(
    instruction: Instruction,
    element: Element | None,
    elements: Sequence[Element],
    before: Element | None,
    done: bool,
) -> tuple[InstructionStatus, str | None]:
    if element is None:
        return InstructionStatus.MISSING, None
    name = instruction.name
    is_read = element.role in _READ or (instruction.target.role == "text" and element.role in _CLICKED | FIELDS)
    is_found = name is None or element.is_called(name) or (is_read and element.shows(name))
    if not is_found or (name is not None and _reads_otherwise(element, before, name)):
        return InstructionStatus.MISNAMED, None
    if not element.visible:
        return InstructionStatus.HIDDEN, None
    if element.covered_by is not None and not (
        element.clear_cover and (done or not _tells_to_act(instruction.sentence))
    ):
        container = elements[element.covered_by].label if element.covered_by >= 0 else ""
        return InstructionStatus.COVERED, container or element.cover or ""
    if element.disabled and _is_needed_enabled(instruction.sentence, element, elements, before):
        return InstructionStatus.DISABLED, None
    return InstructionStatus.TRUE, None


def _tells_to_act(sentence: str) -> bool:
    """Return whether a sentence tells the reader to act on its target; an act of the scenario alone has no sentence."""
    return not sentence or _ACT.search(_QUOTATION.sub("", sentence)) is not None


def _reads_otherwise(element: Element, before: Element | None, name: str) -> bool:
    """Return whether a target that was seen as it is quoted shows other words now, whatever its accessible name is."""
    wanted = bare_label(name)
    return (
        before is not None
        and bare_label(before.label) == wanted
        and element.words is not None
        and not any(wanted in bare_label(seen) or is_sign(bare_label(seen)) for seen in element.seen_labels)
    )


def _is_needed_enabled(sentence: str, element: Element, elements: Sequence[Element], before: Element | None) -> bool:
    """Return whether an instruction is false because its target is disabled.

    It is if the target was enabled when it was approved, or if the sentence tells the reader to act on it; but a
    button below empty fields may wait for the reader to fill them in.
    """
    if before is not None:
        return not before.disabled
    if not sentence or not _tells_to_act(sentence) or _TOLD_DISABLED.search(_QUOTATION.sub("", sentence)):
        return False
    return element.role not in _CLICKED or not any(one.role in FIELDS and one.visible for one in elements)
