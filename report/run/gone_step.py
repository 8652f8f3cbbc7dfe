"""Recognise a step that the site no longer has: the click before it leads straight to another page."""

from collections.abc import Iterable, Sequence

from capture.capture import Sidecar
from capture.elements import normalise
from capture.runner.journey import PageOutcome
from capture.runner.other_page import address_of, heading_of, is_other_page
from capture.scenario.instruction import InstructionStatus
from report.verdict import Judgement, Reason, ReasonKind, Verdict

SAME_PAGE = 0.5
"""Share of the targets of another page from which it is that page which is shown."""


def with_gone_step(
    judgement: Judgement, outcome: PageOutcome, *, before: PageOutcome | None, baselines: Sequence[Sidecar]
) -> Judgement:
    """Return the judgement of a page; one reason in place of all its missing targets if the step seems to be gone.

    That is so if a click led to the page, none of its targets is there and nothing replaces any of them, and what is
    shown is another page: at another address than the approved one, or with the targets of another page.

    Args:
        judgement: of the page.
        outcome: result of its visit.
        before: result of the visit of the page before; None: it is the first, or nothing was captured of that one.
        baselines: approved sidecars of the tutorial.
    """
    capture = outcome.capture.sidecar if outcome.capture else None
    clicked = before.departure if before is not None else None
    approved = next((one for one in baselines if one.page == outcome.page.number), None)
    if capture is None or clicked is None or approved is None or not _all_missing(capture):
        return judgement
    shown = _page_shown(capture, (one for one in baselines if one is not approved))
    if shown is None and address_of(capture.url) == address_of(approved.url):
        return judgement
    reason = Reason(kind=ReasonKind.STEP_GONE, after=clicked.label, inside=heading_of(capture.elements), page=shown)
    others = [one for one in judgement.reasons if one.kind is not ReasonKind.INSTRUCTION_FALSE]
    return Judgement(verdict=judgement.verdict, reasons=(reason, *others))


def with_other_page(judgement: Judgement, outcome: PageOutcome, approved: Sidecar | None) -> Judgement:
    """Return the judgement of a page; if another page is shown, that is its first reason, and a person must look.

    Args:
        judgement: of the page.
        outcome: result of its visit.
        approved: sidecar of its baseline; None: it has none.
    """
    capture = outcome.capture.sidecar if outcome.capture else None
    is_told = any(reason.kind is ReasonKind.STEP_GONE for reason in judgement.reasons)
    if capture is None or approved is None or is_told or not is_other_page(capture.url, capture.elements, approved):
        return judgement
    reason = Reason(
        kind=ReasonKind.OTHER_PAGE, inside=heading_of(capture.elements), after=heading_of(approved.elements)
    )
    others = judgement.reasons if judgement.verdict is Verdict.TEXT_OUTDATED else ()
    verdict = min(judgement.verdict, Verdict.PICTURE_OUTDATED, key=lambda one: one.rank)
    return Judgement(verdict=verdict, reasons=(reason, *others))


def with_unexpected_tab(judgement: Judgement, outcome: PageOutcome) -> Judgement:
    """Return the judgement of a page that says that its click leads to another tab than the scenario expects."""
    left = outcome.departure
    if left is None or left.new_tab == left.new_tab_expected:
        return judgement
    kind = ReasonKind.NEW_TAB if left.new_tab else ReasonKind.SAME_TAB
    return Judgement(verdict=judgement.verdict, reasons=(*judgement.reasons, Reason(kind=kind, after=left.label)))


def _all_missing(capture: Sidecar) -> bool:
    """Return whether no target of a page is there, and nothing replaces any of them."""
    return bool(capture.instructions) and all(
        result.status is InstructionStatus.MISSING and result.replacement is None for result in capture.instructions
    )


def _page_shown(capture: Sidecar, others: Iterable[Sidecar]) -> int | None:
    """Return the number of the page of which a capture shows the most targets; None: it shows none of them."""
    there = {(element.role, normalise(element.label)) for element in capture.elements if element.visible}
    shares = {other.page: _share(other, there) for other in others}
    best = max(shares, key=lambda page: shares[page], default=None)
    return best if best is not None and shares[best] >= SAME_PAGE else None


def _share(approved: Sidecar, there: set[tuple[str, str]]) -> float:
    """Return the share of a page's targets that are among these roles and labels, 0 to 1."""
    targets = [
        approved.elements[result.element]
        for result in approved.instructions
        if result.true and result.element is not None
    ]
    found = sum((element.role, normalise(element.label)) in there for element in targets)
    return found / len(targets) if targets else 0.0
