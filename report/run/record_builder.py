"""From what was visited to what was found: compare, judge, and keep all of it in the run's folder."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from capture.capture import Capture, Environment, Sidecar, capture_stem, write_capture
from capture.runner.checkpoint import CAPTURES, TutorialOutcome
from capture.runner.journey import PageOutcome, VisitState
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site
from capture.storage import png_size
from report.baselines.decision import Decision, DecisionKind
from report.compare.comparison import Comparison
from report.compare.volatility import VolatileRegion
from report.output.images import draw_difference, thumbnail
from report.results.run_record import PageRecord, PictureRecord, RunRecord, TutorialRecord
from report.results.run_store import copy_own_picture
from report.results.scenario_excerpt import excerpt_of
from report.run.history import PageHistory
from report.run.page_comparer import PageComparer, PageComparison
from report.verdict import OUTDATED, UNKNOWN, Judgement, judge_captured, judge_unseen, judge_unvisited, with_stop_reason

APPROVED = "approved"
DIFFERENCES = "differences"
THUMBNAILS = "thumbnails"
MOST_HEADINGS = 3


def build_run_record(
    visited: Sequence[TutorialOutcome],
    environment: Environment,
    *,
    comparer: PageComparer,
    run_id: str,
    version: str,
    site: Site,
    started: datetime,
) -> RunRecord:
    """Compare and judge every page of a run.

    Raises:
        PictureCorrupt, SidecarCorrupt: an approved capture cannot be used.
        HistoryUnusable: what earlier nights showed cannot be read.
    """
    return RunRecord(
        id=run_id,
        version=version,
        site=site.name,
        baselines=site.baselines,
        started=started,
        finished=datetime.now(UTC).replace(microsecond=0),
        environment=environment,
        tutorials=tuple(_tutorial(one, comparer, run_id) for one in visited),
        orphans=_orphans(visited, comparer),
    )


def pages_to_revisit(visited: Sequence[TutorialOutcome], bench: PageComparer) -> dict[str, int]:
    """Tutorials of which a second capture would tell what is alive, each with the last page that asks for one.

    Raises:
        PictureCorrupt, SidecarCorrupt, HistoryUnusable.
    """
    last: dict[str, int] = {}
    for one in visited:
        for outcome in one.outcomes:
            if outcome.capture is not None and not outcome.capture.sidecar.false_instructions:
                found = bench.result(one.tutorial, outcome)
                if found is not None and not found.comparison.same:
                    last[one.tutorial.slug] = outcome.page.number
    return last


def _orphans(visited: Sequence[TutorialOutcome], bench: PageComparer) -> tuple[str, ...]:
    """Approved captures of no page of these tutorials."""
    wanted = {(one.tutorial.slug, page.number) for one in visited for page in one.tutorial.pages if page.visited}
    return tuple(f"{slug}/{page}" for slug, page in bench.baselines.pages() if (slug, page) not in wanted)


def _tutorial(visited: TutorialOutcome, bench: PageComparer, run_id: str) -> TutorialRecord:
    tutorial = visited.tutorial
    pages = [_page(tutorial, outcome, bench, visited.revisit_of(outcome)) for outcome in visited.outcomes]
    pasts = bench.history.page_histories(bench.baselines.root.name, tutorial.slug, run_id)
    decisions = bench.baselines.decisions(tutorial.slug)
    masks, checks = bench.baselines.masks(tutorial.slug), bench.baselines.hand_checks(tutorial.slug)
    pages = [
        replace(
            page,
            masks=tuple(mask for mask in masks if mask.page == page.number),
            hand_check=checks.get(page.number),
            own_picture=copy_own_picture(bench.baselines, tutorial.slug, page.number, bench.folder),
        )
        for page in pages
    ]
    return TutorialRecord(
        slug=tutorial.slug,
        title=tutorial.title,
        source=tutorial.source,
        licence=tutorial.licence,
        scenario=tutorial.file.name,
        planned_pages=sum(page.visited for page in tutorial.pages),
        page_loads=visited.log.page_loads,
        blocked_requests=visited.log.blocked,
        pages=tuple(_with_history(page, pasts.get(page.number), decisions, bench.today) for page in pages),
    )


def _with_history(page: PageRecord, past: PageHistory | None, decisions: Sequence[Decision], today: date) -> PageRecord:
    """A page, with what earlier runs found on it, and what people have decided about it."""
    approved = page.approved.sidecar_sha256 if page.approved else None
    since = past.since if past else None
    seen = page.verdict not in UNKNOWN
    return replace(
        page,
        history=past.entries if past else (),
        outdated_since=(since or today) if page.verdict in OUTDATED else None if seen else since,
        approval=next(
            (one for one in decisions if (one.page, one.kind, one.of) == (page.number, DecisionKind.APPROVE, approved)),
            None,
        ),
        decision=next((one for one in decisions if one.page == page.number and one.holds(page.judgement, today)), None),
    )


def _page(tutorial: Tutorial, outcome: PageOutcome, bench: PageComparer, again: PageOutcome | None) -> PageRecord:
    approved = bench.baselines.read(tutorial.slug, outcome.page.number) if outcome.page.visited else None
    kept = _keep_approved(tutorial, outcome, approved, bench.folder) if approved else None
    if outcome.capture is None:
        return _record(outcome, _judge_unseen(tutorial, outcome, bench), approved=kept)
    found = bench.result(tutorial, outcome, again)
    comparison, alive = (found.comparison, found.volatile) if found else (None, ())
    return _record(
        outcome,
        with_stop_reason(judge_captured(outcome.capture.sidecar, comparison, alive), outcome),
        approved=kept,
        captured=_keep(bench.folder, CAPTURES, tutorial.slug, outcome.page.number, outcome.capture),
        comparison=comparison,
        alive=alive,
        difference=_keep_difference(tutorial, outcome, found, bench.folder) if found else None,
    )


def _judge_unseen(tutorial: Tutorial, outcome: PageOutcome, bench: PageComparer) -> Judgement:
    if outcome.state is not VisitState.NOT_VISITED:
        return judge_unseen(outcome)
    check = bench.baselines.hand_checks(tutorial.slug).get(outcome.page.number)
    return judge_unvisited(outcome.page, checked=check.on if check else None, today=bench.today)


def _keep_approved(tutorial: Tutorial, outcome: PageOutcome, approved: Capture, folder: Path) -> PictureRecord:
    """Copy the approved capture into the run's folder, so that the report needs nothing else."""
    stem = capture_stem(folder / APPROVED, tutorial.slug, outcome.page.number)
    write_capture(approved, stem)
    return _keep(folder, APPROVED, tutorial.slug, outcome.page.number, approved)


def _keep(folder: Path, room: str, slug: str, page: int, capture: Capture) -> PictureRecord:
    """Record a capture that is in the run's folder, and make its thumbnail."""
    sidecar, stem = capture.sidecar, capture_stem(Path(room), slug, page)
    small = capture_stem(Path(THUMBNAILS) / room, slug, page).with_suffix(".jpg")
    (folder / small).parent.mkdir(parents=True, exist_ok=True)
    (folder / small).write_bytes(thumbnail(capture.png, sidecar.frame))
    return PictureRecord(
        stem=stem.as_posix(),
        thumbnail=small.as_posix(),
        picture_sha256=sidecar.picture_sha256,
        sidecar_sha256=capture.sha256,
        size=png_size(capture.png),
        taken=sidecar.taken,
        firefox=sidecar.environment.firefox,
        fonts=sidecar.environment.fonts,
        scale=sidecar.environment.scale,
        masks=sidecar.masks,
    )


def _keep_difference(tutorial: Tutorial, outcome: PageOutcome, found: PageComparison, folder: Path) -> str | None:
    if found.comparison.identical or outcome.capture is None:
        return None
    path = capture_stem(Path(DIFFERENCES), tutorial.slug, outcome.page.number).with_suffix(".png")
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(draw_difference(outcome.capture.png, found.comparison, found.differing))
    return path.as_posix()


def _record(
    outcome: PageOutcome,
    judgement: Judgement,
    *,
    approved: PictureRecord | None = None,
    captured: PictureRecord | None = None,
    comparison: Comparison | None = None,
    alive: tuple[VolatileRegion, ...] = (),
    difference: str | None = None,
) -> PageRecord:
    page, capture = outcome.page, outcome.capture
    return PageRecord(
        number=page.number,
        title=page.title,
        kind=page.kind,
        judgement=judgement,
        text=page.text,
        described_on=page.described_on,
        source_line=page.source_line,
        scenario_excerpt=excerpt_of(page.visit) if page.visit is not None else None,
        url=capture.sidecar.url if capture else page.starts_at,
        page_title=capture.sidecar.title if capture else None,
        headings=_headings(capture.sidecar) if capture else (),
        instructions=capture.sidecar.instructions if capture else (),
        comparison=comparison,
        volatile=alive,
        approved=approved,
        captured=captured,
        difference=difference,
    )


def _headings(capture: Sidecar) -> tuple[str, ...]:
    """The first headings that a reader sees, those of what changes daily left out."""
    names = [
        element.name
        for element in capture.elements
        if element.role == "heading"
        and element.on_top
        and element.name
        and not any(element.box.within(mask) for mask in capture.masks)
    ]
    return tuple(names[:MOST_HEADINGS])
