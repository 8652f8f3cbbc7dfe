"""Healing: find the element that replaced the missing target of an instruction.

Evidence, the strongest first: same address, similar name, or the only new element of its role in the same place: in the
same part of the page beside similar fields and texts, or between the same two elements.
A replacement is proposed only if it is the only candidate. Elements of the baseline are never candidates.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, utils

from capture.elements import CONTAINERS, FIELDS, Element, bare_label, containers_of, normalise
from capture.scenario.instruction import HealingEvidence, InstructionResult, InstructionStatus, Replacement
from capture.scenario.quoted_part import corresponding_part

SIMILAR = 0.72
"""Similarity, 0 to 1, from which two names count as similar.

It lies between that of « Mon n° de sécurité sociale » and « Mon numéro de sécurité sociale » (0.88) and that of
« Je crée mon compte » and « Se connecter » (0.45).
"""

ALL_EVIDENCE = frozenset(HealingEvidence)
_ACTIONS = frozenset(("button", "link"))
_ROLES_BY_PLACE = FIELDS | _ACTIONS | {"heading", "menuitem", "tab"}
SAME_PLACE_SHARE = 0.5
"""Fraction of the smaller of two boxes from which both are in the same place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Search:
    """Elements of the candidate and of the baseline."""

    candidate: Sequence[Element]
    baseline: Sequence[Element]
    claimed: frozenset[int]
    """Indexes of candidate elements that replace no other: unchanged, pointed at, or already proposed."""


def similarity(one: str, other: str) -> float:
    """Return the similarity of two names, 0 to 1: compares words in any order; extra words lower it by a tenth."""
    one, other = utils.default_process(one), utils.default_process(other)
    all_words: float = fuzz.token_sort_ratio(one, other)
    common_words: float = fuzz.token_set_ratio(one, other)
    return max(all_words, common_words * 0.9) / 100


def find_replacements(
    results: Sequence[InstructionResult],
    candidate: Sequence[Element],
    baseline: Sequence[Element],
    evidence: Collection[HealingEvidence] = ALL_EVIDENCE,
    *,
    only: Collection[str] | None = None,
) -> tuple[InstructionResult, ...]:
    """Return the results; each false one with the replacement of its element, if exactly one is found.

    Args:
        results: of all instructions of a page.
        candidate: elements of the page.
        baseline: elements of the page when these instructions were true.
        evidence: kinds of evidence that count.
        only: sentences of the instructions whose elements are searched; None: all.
    """
    healed = {result.number: result for result in results}
    for kind in (one for one in HealingEvidence if one in evidence):
        found = {
            number: indexes
            for number, result in healed.items()
            if not result.true
            and (only is None or result.sentence in only)
            and result.replacement is None
            and result.unmet is None
            and result.status in (InstructionStatus.MISSING, InstructionStatus.MISNAMED)
            and (indexes := _candidates(result, kind, _search(healed.values(), candidate, baseline)))
        }
        for number, index in _unambiguous(found).items():
            name = _new_name(healed[number], candidate[index], baseline)
            replacement = _replacement(index, kind, candidate, name)
            healed[number] = replace(healed[number], replacement=replacement)
    return tuple(healed[result.number] for result in results)


def _search(results: Iterable[InstructionResult], candidate: Sequence[Element], baseline: Sequence[Element]) -> _Search:
    known = {(element.role, normalise(element.name)) for element in baseline}
    unchanged = {index for index, element in enumerate(candidate) if (element.role, normalise(element.name)) in known}
    pointed_at = {result.element for result in results if result.true and result.element is not None}
    proposed = {result.replacement.index for result in results if result.replacement is not None}
    return _Search(candidate=candidate, baseline=baseline, claimed=frozenset(unchanged | pointed_at | proposed))


def _candidates(result: InstructionResult, evidence: HealingEvidence, search: _Search) -> list[int]:
    if result.status is InstructionStatus.MISNAMED and result.element is not None:
        return [result.element]
    before = _on_baseline(result, search.baseline)
    return [
        index
        for index, element in enumerate(search.candidate)
        if index not in search.claimed
        and (element.visible or element.opener is not None)
        and _same_kind(result.role, element)
        and _supports(evidence, element, result, before, search)
    ]


def _on_baseline(result: InstructionResult, baseline: Sequence[Element]) -> Element | None:
    """Return the element of an instruction on the baseline; None if it has none."""
    return next(
        (element for element in baseline if _same_kind(result.role, element) and element.is_called(result.name or "")),
        None,
    )


def _same_kind(role: str, element: Element) -> bool:
    if role == "field" or role in FIELDS:
        return element.role in FIELDS
    if role in _ACTIONS:
        return element.role in _ACTIONS
    return element.role == role


def _supports(
    evidence: HealingEvidence, element: Element, result: InstructionResult, before: Element | None, search: _Search
) -> bool:
    if evidence is HealingEvidence.NAME:
        return max(similarity(result.name or "", label) for label in (element.name, element.label)) >= SIMILAR
    if before is None:
        return False
    if evidence is HealingEvidence.ADDRESS:
        return before.address is not None and element.address == before.address
    return (
        element.role in _ROLES_BY_PLACE
        and element.visible
        and element.role == before.role
        and element.submits == before.submits
        and (_same_place(before, element, search) or _same_neighbours(before, element, search))
    )


def _same_place(before: Element, element: Element, search: _Search) -> bool:
    """Report whether both are in containers of the same role, beside similar elements."""
    old_container = next(containers_of(before, search.baseline), None)
    new_container = next(containers_of(element, search.candidate), None)
    if old_container is None or new_container is None:
        return False
    if search.baseline[old_container].role != search.candidate[new_container].role:
        return False
    old = [other for other in _content(old_container, search.baseline) if other is not before]
    new = [other for other in _content(new_container, search.candidate) if other is not element]
    return any(
        one.role == other.role and one.role in FIELDS | {"text"} and similarity(one.name, other.name) >= SIMILAR
        for one in old
        for other in new
    )


def _same_neighbours(before: Element, element: Element, search: _Search) -> bool:
    """Report whether both are between the same two elements; beside one of them is enough for the same box."""
    known, found = _neighbours(before, search.baseline), _neighbours(element, search.candidate)
    same = sum(one is not None and one == other for one, other in zip(known, found, strict=True))
    overlap = before.box.overlap(element.box) / max(min(before.box.area, element.box.area), 1)
    return same == len(known) or (same > 0 and overlap >= SAME_PLACE_SHARE)


def _neighbours(element: Element, elements: Sequence[Element]) -> list[tuple[str, str] | None]:
    """Return role and label of what is seen before and after an element; None: nothing is."""
    seen = [one for one in elements if one is element or (one.visible and one.label and one.role not in CONTAINERS)]
    place = next(index for index, one in enumerate(seen) if one is element)
    beside = [seen[index] if 0 <= index < len(seen) else None for index in (place - 1, place + 1)]
    return [None if one is None else (one.role, normalise(one.label)) for one in beside]


def _content(container: int, elements: Sequence[Element]) -> list[Element]:
    return [element for element in elements if container in containers_of(element, elements)]


def _unambiguous(found: dict[int, list[int]]) -> dict[int, int]:
    """Return the only candidate of each instruction that has one and shares it with no other instruction."""
    single = {number: indexes[0] for number, indexes in found.items() if len(indexes) == 1}
    return {number: index for number, index in single.items() if _claims(index, single.values()) == 1}


def _claims(index: int, claimed: Collection[int]) -> int:
    return sum(1 for other in claimed if other == index)


def _new_name(result: InstructionResult, element: Element, baseline: Sequence[Element]) -> str:
    """Return what a tutorial should quote of an element, in place of what it quoted of the one before."""
    quotation = result.name or ""
    old = next((one for one in baseline if _same_kind(result.role, one) and _bears(one, quotation, result.role)), None)
    part = corresponding_part(quotation, *_texts(quotation, old, element))
    is_new = normalise(part) != normalise(quotation)
    if part and is_new and _bears(element, part, result.role):
        return part
    return element.label or next(iter(element.labels), "")


def _bears(element: Element, quotation: str, role: str) -> bool:
    """Return whether a reader finds a quotation on an element that an instruction points at by this role."""
    return element.is_called(quotation) or (role == "text" and element.shows(quotation))


def _texts(quotation: str, old: Element | None, new: Element) -> tuple[str, str]:
    """Return the text from which something was quoted, and the one that has replaced it: words, name or first line."""
    if old is None:
        return "", new.label
    pairs = ((old.label, new.label), (old.name, new.name), (old.lead, new.lead))
    alike = [(one, other) for one, other in pairs if one and other and bare_label(one) == bare_label(quotation)]
    return alike[0] if alike else (old.label, new.label)


def _replacement(index: int, evidence: HealingEvidence, candidate: Sequence[Element], name: str) -> Replacement:
    element = candidate[index]
    opener = None if element.opener is None else candidate[element.opener]
    return Replacement(
        index=index,
        role=element.role,
        name=name,
        evidence=evidence,
        opener=opener.name if opener is not None else None,
        opener_role=opener.role if opener is not None else None,
        container=_dialog_of(element, candidate) if opener is not None else None,
        box=element.box if element.visible else None,
    )


def _dialog_of(element: Element, elements: Sequence[Element]) -> str | None:
    return next((elements[index].name for index in containers_of(element, elements) if elements[index].name), None)
