"""Approval: the candidate becomes the baseline, if both are still what the report showed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from capture.capture import Capture, read_capture
from capture.errors import AmbiguousPage, BaselineChanged, NotCaptured, PictureCorrupt, SidecarCorrupt, UnknownPage
from report.baselines.baselines import Baselines
from report.baselines.decision import Decision, DecisionKind
from report.i18n.dates import today
from report.results.run_record import PageRecord, PictureRecord, RunRecord, TutorialRecord


class ApprovalOutcome(StrEnum):
    """Outcomes of an approval."""

    REPLACED = "replaced"
    CREATED = "created"
    ALREADY = "already"
    """The baseline is this capture already."""
    LEFT = "left"
    """The page has no candidate, and was not named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Approval:
    """Result of the approval of one page."""

    tutorial: TutorialRecord
    page: PageRecord
    outcome: ApprovalOutcome
    false_instructions: int
    """Number of false instructions on the approved picture; it is not published until they are rewritten."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _PlannedApproval:
    """Approval of one page, checked and not yet written."""

    tutorial: TutorialRecord
    page: PageRecord
    outcome: ApprovalOutcome
    capture: Capture | None = None
    """Capture to write; None: nothing to write."""


def approve(
    record: RunRecord, folder: Path, baselines: Baselines, pages: Sequence[str] = (), *, by: str = "", why: str = ""
) -> tuple[Approval, ...]:
    """Replace baselines by candidates: all that were asked for, or none.

    Args:
        folder: the run's folder.
        pages: ``2`` or ``tutorial/2``; empty: every page of the run that was captured.
        by: who approves them.
        why: note for later readers.

    Raises:
        UnknownPage: the run has no such page.
        NotCaptured: a named page has no candidate.
        BaselineChanged: a candidate, or the baseline that it would replace, is not what the report showed.
        CannotWrite.
    """
    with baselines.locked():
        plans = [
            _plan(tutorial, page, folder, baselines, named=bool(pages))
            for tutorial, page in select_pages(record, pages)
            if pages or page.captured is not None or page.approved is not None
        ]
        for plan in plans:
            if plan.capture is not None:
                baselines.write(plan.tutorial.slug, plan.page.number, plan.capture)
                decision = Decision(
                    page=plan.page.number,
                    kind=DecisionKind.APPROVE,
                    on=today(),
                    by=by,
                    note=why,
                    of=plan.capture.sha256,
                    run=record.id,
                )
                baselines.add_decision(plan.tutorial.slug, decision)
    return tuple(
        Approval(
            tutorial=plan.tutorial,
            page=plan.page,
            outcome=plan.outcome,
            false_instructions=sum(not result.true for result in plan.page.instructions),
        )
        for plan in plans
    )


def select_pages(record: RunRecord, pages: Sequence[str]) -> list[tuple[TutorialRecord, PageRecord]]:
    """Return the pages of a run with these names; all of them if none is named.

    A number is a name if only one tutorial has a page of this number.

    Raises:
        UnknownPage: there is no such page.
        AmbiguousPage: several tutorials have a page of this number.
    """
    names = {f"{tutorial.slug}/{page.number}": (tutorial, page) for tutorial, page in record.pages()}
    if not pages:
        return list(names.values())
    numbered: dict[str, list[str]] = {}
    for name, (_, page) in names.items():
        numbered.setdefault(str(page.number), []).append(name)
    known = list(numbered if len(record.tutorials) == 1 else names)
    chosen = [_name(page, names, numbered, known) for page in pages]
    return [names[name] for name in dict.fromkeys(chosen)]


def _name(page: str, names: Collection[str], numbered: Mapping[str, Sequence[str]], known: Sequence[str]) -> str:
    """Return the whole name of a page; raises UnknownPage or AmbiguousPage."""
    if page in names:
        return page
    candidates = numbered.get(page, ())
    if not candidates:
        raise UnknownPage(page, known)
    if len(candidates) > 1:
        raise AmbiguousPage(page, candidates)
    return candidates[0]


def _plan(
    tutorial: TutorialRecord, page: PageRecord, folder: Path, baselines: Baselines, *, named: bool
) -> _PlannedApproval:
    if page.captured is None:
        if named:
            raise NotCaptured(f"{tutorial.slug}/{page.number}")
        return _PlannedApproval(tutorial=tutorial, page=page, outcome=ApprovalOutcome.LEFT)
    candidate = _read_candidate(page.captured, folder)
    current = baselines.read(tutorial.slug, page.number)
    if current is not None and current.sha256 == page.captured.sidecar_sha256:
        return _PlannedApproval(tutorial=tutorial, page=page, outcome=ApprovalOutcome.ALREADY)
    shown = None if page.approved is None else page.approved.sidecar_sha256
    if (None if current is None else current.sha256) != shown:
        raise BaselineChanged(baselines.root / tutorial.slug / f"{page.number:02}.json")
    outcome = ApprovalOutcome.CREATED if current is None else ApprovalOutcome.REPLACED
    return _PlannedApproval(tutorial=tutorial, page=page, outcome=outcome, capture=candidate)


def _read_candidate(captured: PictureRecord, folder: Path) -> Capture:
    """Read a candidate; raises BaselineChanged if it is not the one that the report showed."""
    stem = folder / captured.stem
    try:
        capture = read_capture(stem)
    except (SidecarCorrupt, PictureCorrupt) as error:
        raise BaselineChanged(error.path) from error
    if capture.sidecar.picture_sha256 != captured.picture_sha256:
        raise BaselineChanged(stem.with_suffix(".png"))
    if capture.sha256 != captured.sidecar_sha256:
        raise BaselineChanged(stem.with_suffix(".json"))
    for path in (stem.with_suffix(".json"), stem.with_suffix(".png")):
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BaselineChanged(path)
    return capture
