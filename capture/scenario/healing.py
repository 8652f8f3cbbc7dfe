"""The instruction's element is gone: what took its place?

Three kinds of evidence, the strongest first: it leads to the same address, it has nearly the same
name, it is the only new one of its kind beside things that stayed. An answer is given only when it is the
only one; what was already on the approved page took nobody's place.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, utils

from capture.elements import FIELDS, Element, containers_of, normalise
from capture.scenario.instruction import HealingEvidence, InstructionResult, InstructionStatus, Replacement

SIMILAR = 0.72
"""Likeness of names from which two are “nearly the same”: between « Mon n° de sécurité sociale » and
« Mon numéro de sécurité sociale » (0.88), and « Je crée mon compte » and « Se connecter » (0.45)."""

_ACTIONS = frozenset(("button", "link"))
_PLACED = FIELDS | _ACTIONS | {"heading"}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Search:
    """What the search looks at: the page now, and the page as it was approved."""

    now: Sequence[Element]
    baseline: Sequence[Element]
    claimed: frozenset[int]
    """Elements of now that cannot have taken another's place."""


def similarity(one: str, other: str) -> float:
    """How alike two names are, 0 to 1: by their words in any order, extra words costing a little."""
    one, other = utils.default_process(one), utils.default_process(other)
    whole: float = fuzz.token_sort_ratio(one, other)
    part: float = fuzz.token_set_ratio(one, other)
    return max(whole, part * 0.9) / 100


def find_replacements(
    results: Sequence[InstructionResult], now: Sequence[Element], approved: Sequence[Element]
) -> tuple[InstructionResult, ...]:
    """The same results, each false one with what took its element's place, when that is clear."""
    healed = {result.number: result for result in results}
    for because in HealingEvidence:
        found = {
            number: candidates
            for number, result in healed.items()
            if not result.true
            and result.replacement is None
            and result.status in (InstructionStatus.MISSING, InstructionStatus.MISNAMED)
            and (candidates := _candidates(result, because, _search(healed.values(), now, approved)))
        }
        for number, index in _unambiguous(found).items():
            healed[number] = replace(healed[number], replacement=_replacement(index, because, now))
    return tuple(healed[result.number] for result in results)


def _search(results: Iterable[InstructionResult], now: Sequence[Element], approved: Sequence[Element]) -> _Search:
    known = {(element.role, normalise(element.name)) for element in approved}
    stayed = {index for index, element in enumerate(now) if (element.role, normalise(element.name)) in known}
    pointed_at = {result.element for result in results if result.true and result.element is not None}
    healed = {result.replacement.index for result in results if result.replacement is not None}
    return _Search(now=now, baseline=approved, claimed=frozenset(stayed | pointed_at | healed))


def _candidates(result: InstructionResult, because: HealingEvidence, search: _Search) -> list[int]:
    if result.status is InstructionStatus.MISNAMED and result.element is not None:
        return [result.element]
    before = _on_baseline(result, search.baseline)
    return [
        index
        for index, element in enumerate(search.now)
        if index not in search.claimed
        and (element.visible or element.opener is not None)
        and _same_kind(result.role, element)
        and _is_evidence_for(because, element, result, before, search)
    ]


def _on_baseline(result: InstructionResult, approved: Sequence[Element]) -> Element | None:
    """The instruction's element on the approved page."""
    return next(
        (
            element
            for element in approved
            if _same_kind(result.role, element) and normalise(element.name) == normalise(result.name or "")
        ),
        None,
    )


def _same_kind(role: str, element: Element) -> bool:
    if role == "field" or role in FIELDS:
        return element.role in FIELDS
    if role in _ACTIONS:
        return element.role in _ACTIONS
    return element.role == role


def _is_evidence_for(
    because: HealingEvidence, element: Element, result: InstructionResult, before: Element | None, search: _Search
) -> bool:
    if because is HealingEvidence.NAME:
        return similarity(result.name or "", element.name) >= SIMILAR
    if before is None:
        return False
    if because is HealingEvidence.ADDRESS:
        return before.address is not None and element.address == before.address
    return (
        element.role in _PLACED
        and element.visible
        and element.role == before.role
        and element.submits == before.submits
        and _same_place(before, element, search)
    )


def _same_place(before: Element, element: Element, search: _Search) -> bool:
    """Both stand in a container of the same role, beside something that stayed."""
    theirs = next(containers_of(before, search.baseline), None)
    ours = next(containers_of(element, search.now), None)
    if theirs is None or ours is None or search.baseline[theirs].role != search.now[ours].role:
        return False
    old = [other for other in _content(theirs, search.baseline) if other is not before]
    new = [other for other in _content(ours, search.now) if other is not element]
    return any(
        one.role == other.role and one.role in FIELDS | {"text"} and similarity(one.name, other.name) >= SIMILAR
        for one in old
        for other in new
    )


def _content(container: int, elements: Sequence[Element]) -> list[Element]:
    return [element for element in elements if container in containers_of(element, elements)]


def _unambiguous(found: dict[int, list[int]]) -> dict[int, int]:
    """For each instruction with one candidate, that one; a candidate of two instructions is nobody's."""
    single = {number: candidates[0] for number, candidates in found.items() if len(candidates) == 1}
    return {number: index for number, index in single.items() if _claims(index, single.values()) == 1}


def _claims(index: int, claimed: Collection[int]) -> int:
    return sum(1 for other in claimed if other == index)


def _replacement(index: int, because: HealingEvidence, now: Sequence[Element]) -> Replacement:
    element = now[index]
    opener = None if element.opener is None else now[element.opener].name
    return Replacement(
        index=index,
        role=element.role,
        name=element.name,
        evidence=because,
        opener=opener,
        container=_dialog_of(element, now) if opener is not None else None,
    )


def _dialog_of(element: Element, elements: Sequence[Element]) -> str | None:
    return next((elements[index].name for index in containers_of(element, elements) if elements[index].name), None)
