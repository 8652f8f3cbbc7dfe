"""Judge instructions against a snapshot of the page."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from capture.browser.snapshot import Snapshot
from capture.capture import Reference, Sidecar, references_of
from capture.elements import Element, normalise
from capture.politeness.obstacles import CONSENT_WORDS
from capture.runner.other_page import is_other_page
from capture.scenario.expectation import OF_VALUES, ExpectationKind, Unmet
from capture.scenario.healing import ALL_EVIDENCE, find_replacements
from capture.scenario.instruction import (
    HealingEvidence,
    Instruction,
    InstructionResult,
    InstructionStatus,
    Target,
    judge,
    missing_choice,
    too_few,
    unmet_on_snapshot,
)
from capture.scenario.locators import RestrictedLocator

UNREAD_SHARE = 0.1
"""Fraction of the window from which a frame that cannot be read may hold what an instruction points at."""
SAME_FRAME_IOU = 0.5
"""Intersection over union from which a frame is one that was there when the page was approved."""
OVERLAY_SHARE = 0.5
"""Fraction of the window from which something that covers a target lies over the whole page."""


def judge_instructions(
    instructions: Iterable[Instruction],
    snapshot: Snapshot,
    url: str,
    baseline: Sidecar | None,
    done: Collection[int] = (),
) -> tuple[Snapshot, tuple[InstructionResult, ...]]:
    """Judge each instruction; a false one gets the replacement of its element, if there is a clear one.

    Args:
        instructions: of one page.
        snapshot: elements of the page as it is.
        url: of the page, on the real site.
        baseline: elements of the page as it was approved.
        done: numbers of the instructions that the scenario has followed on this page.

    Returns:
        The snapshot with the elements that only a locator finds, and the results.
    """
    results = []
    for instruction in instructions:
        snapshot, located = _locate(instruction.target, snapshot)
        before, others = _approved_target(instruction, baseline)
        is_done = instruction.number in done
        result = judge(instruction, snapshot.elements, located=located, before=before, others=others, done=is_done)
        if _must_be_scrolled_to(result, snapshot):
            assert result.element is not None, "it is in the page"
            snapshot = snapshot.scrolled_to(result.element)
            result = judge(instruction, snapshot.elements, located=located, before=before, others=others, done=is_done)
        result = _with_expectations(instruction, result, snapshot, others)
        results.append(_with_box_of_words(result, snapshot))
    is_other = baseline is not None and is_other_page(url, snapshot.elements, baseline)
    evidence = ALL_EVIDENCE - {HealingEvidence.PLACE} if is_other else ALL_EVIDENCE
    return snapshot, _with_replacements(tuple(results), snapshot.elements, baseline, evidence)


def _with_replacements(
    results: tuple[InstructionResult, ...],
    elements: Sequence[Element],
    baseline: Sidecar | None,
    evidence: Collection[HealingEvidence],
) -> tuple[InstructionResult, ...]:
    """Return the results, each false one with the replacement of what it pointed at when it was true.

    One that never was true gets what has a similar name, as on the first night.
    """
    references = references_of(results, baseline)
    remembered = {result.sentence for reference in references for result in reference.instructions}
    for reference in references:
        pointed = {result.sentence for result in reference.instructions}
        results = find_replacements(results, elements, reference.elements, evidence, only=pointed)
    never_true = {result.sentence for result in results} - remembered
    return find_replacements(results, elements, (), evidence, only=never_true)


def _must_be_scrolled_to(result: InstructionResult, snapshot: Snapshot) -> bool:
    """Return whether a reader has to scroll to see whether the target is covered."""
    if result.element is None or snapshot.full_page:
        return False
    if result.status is InstructionStatus.COVERED:
        return True
    return result.true and result.box is not None and not result.box.overlap(snapshot.window)


def _locate(target: Target, snapshot: Snapshot) -> tuple[Snapshot, int | None]:
    """Return a snapshot that lists the element that the target's locator finds first, and the element's index."""
    if target.locator is None:
        return snapshot, None
    handles = RestrictedLocator.locator_of(target.locator).element_handles()
    return snapshot.with_node(handles[0]) if handles else (snapshot, None)


def _approved_target(
    instruction: Instruction, baseline: Sidecar | None
) -> tuple[Element | None, frozenset[tuple[str, str]]]:
    """Return what an instruction of the same sentence pointed at when it was last true, None: it never was.

    Also return role and normalised label of the other elements that were visible then, without those that were alike.
    """
    if baseline is None:
        return None, frozenset()
    approved = Reference(elements=baseline.elements, instructions=baseline.instructions)
    for known in (approved, *baseline.references):
        for result in known.instructions:
            if result.sentence == instruction.sentence and result.true and result.element is not None:
                target = known.elements[result.element]
                visible = {(one.role, normalise(one.label)) for one in known.elements if one.visible}
                return target, frozenset(visible - {(target.role, normalise(target.label))})
    return None, frozenset()


def _with_expectations(
    instruction: Instruction, result: InstructionResult, snapshot: Snapshot, others: Collection[tuple[str, str]]
) -> InstructionResult:
    """Return a result that is false if the target is there, and not as the sentence says, or if there are too few."""
    if result.status is InstructionStatus.MISSING:
        return replace(result, unmet=too_few(instruction, snapshot.elements, others))
    if not result.true or result.element is None:
        return result
    unmet = unmet_on_snapshot(instruction, result.element, snapshot.elements)
    for expectation in instruction.expects:
        if unmet is None and expectation.kind in OF_VALUES and not snapshot.meets(result.element, expectation):
            unmet = Unmet(kind=expectation.kind, wanted=expectation.wanted)
    choice = missing_choice(instruction, result.element, snapshot.elements, others)
    if unmet is None and choice is not None:
        unmet = Unmet(kind=ExpectationKind.CHOICE, wanted=choice)
    return result if unmet is None else replace(result, status=InstructionStatus.UNEXPECTED, unmet=unmet)


def _with_box_of_words(result: InstructionResult, snapshot: Snapshot) -> InstructionResult:
    """Return a result whose box is that of the words alone, if they are only a part of a text."""
    if result.element is None or result.box is None or result.name is None or not result.true:
        return result
    element = snapshot.elements[result.element]
    if element.is_called(result.name) or not element.shows(result.name):
        return result
    return replace(result, box=snapshot.box_of_words(result.element, result.name) or result.box)


def unknown_overlay(
    results: Iterable[InstructionResult],
    elements: Sequence[Element],
    cover_shares: Mapping[int, float],
    baseline: Sidecar | None,
) -> str | None:
    """Return the words of something that lies over the page and that the tutorial does not know; None: nothing does.

    It takes most of the window, and asks for consent or an opinion, or covers every target, all of which were seen
    when the page was approved.
    """
    results = tuple(results)
    covered = [
        elements[result.element]
        for result in results
        if result.status is InstructionStatus.COVERED
        and result.element is not None
        and cover_shares.get(result.element, 0) >= OVERLAY_SHARE
    ]
    if not covered:
        return None
    words = covered[0].cover or ""
    known = {result.sentence for result in baseline.instructions if result.true} if baseline else set()
    is_new = all(result.sentence in known and not result.true for result in results)
    return words or "–" if is_new or CONSENT_WORDS.search(words) else None


def unread_frame(results: Iterable[InstructionResult], snapshot: Snapshot, baseline: Sidecar | None) -> str | None:
    """Return the host of a new, large frame that cannot be read and may hold a target that is missing; None: none."""
    if not any(result.status is InstructionStatus.MISSING and result.replacement is None for result in results):
        return None
    known = [element.box for element in baseline.elements if element.role == "frame"] if baseline else []
    for index, url in snapshot.unread_frames.items():
        box = snapshot.elements[index].box
        is_large = box.area >= UNREAD_SHARE * snapshot.window.area
        if is_large and not any(box.iou(other) >= SAME_FRAME_IOU for other in known):
            return urlsplit(url).hostname or snapshot.elements[index].name
    return None
