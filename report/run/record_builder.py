"""Build a run's record: judge every page from its outcome, comparison, history and review state."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from capture.capture import Environment, Sidecar
from capture.elements import Element, normalise
from capture.runner.checkpoint import TutorialOutcome
from capture.runner.journey import PageOutcome, VisitState
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site
from report.baselines.baselines import Baselines
from report.results.review_state import ReviewState, decided_fields, read_review_state
from report.results.run_record import PageRecord, RunRecord, TutorialRecord, WitnessRecord
from report.results.scenario_excerpt import excerpt_of
from report.run.gone_step import with_gone_step, with_other_page, with_unexpected_tab
from report.run.history import PageHistory
from report.run.page_comparer import PageComparer, PageComparison
from report.run.page_files import PageFiles, write_page_files
from report.run.witnesses import witness_reasons, witness_records
from report.verdict import (
    OUTDATED,
    UNKNOWN,
    Judgement,
    Reason,
    ReasonKind,
    Verdict,
    judge_captured,
    judge_unseen,
    judge_unvisited,
    with_stop_reason,
)

APPROVABLE = frozenset((Verdict.NEW, Verdict.PICTURE_OUTDATED, Verdict.COSMETIC))
"""Verdicts on pages whose new picture can be approved and published as it is."""
MOST_HEADINGS = 3
NO_HISTORY = PageHistory(entries=(), since=None)


def build_run_record(
    tutorials: Iterable[TutorialRecord],
    environment: Environment,
    *,
    declared: Sequence[Tutorial],
    baselines: Baselines,
    run_id: str,
    version: str,
    site: Site,
    started: datetime,
) -> RunRecord:
    return RunRecord(
        id=run_id,
        version=version,
        site=site.name,
        baselines=site.baselines,
        started=started,
        finished=datetime.now(UTC).replace(microsecond=0),
        environment=environment,
        tutorials=tuple(tutorials),
        orphans=orphans(declared, baselines),
    )


def build_tutorial_record(visited: TutorialOutcome, comparer: PageComparer, run_id: str) -> TutorialRecord:
    """Compare and judge every page of a tutorial, and write what its report shows into the run's folder.

    Raises:
        PictureCorrupt, SidecarCorrupt: a baseline cannot be read.
        HistoryUnusable: the history cannot be read.
        CannotWrite: a picture cannot be written.
    """
    tutorial, baselines = visited.tutorial, comparer.baselines
    histories = comparer.history.page_histories(baselines.root.name, tutorial.slug, run_id)
    pages = []
    for before, outcome in zip((None, *visited.outcomes), visited.outcomes, strict=False):
        number = outcome.page.number
        comparison = comparer.result(tutorial, outcome, visited.revisit_of(outcome))
        state = read_review_state(baselines, tutorial.slug, number)
        witnesses = witness_records(outcome.page, visited, baselines, comparer.folder)
        judgement = _judge(outcome, comparison, state, witnesses, comparer.today)
        if judgement.verdict is Verdict.TEXT_OUTDATED:
            judgement = with_gone_step(judgement, outcome, before=before, baselines=_sidecars(tutorial, baselines))
        judgement = with_other_page(judgement, outcome, _sidecar(tutorial, baselines, number))
        record = build_page_record(
            outcome,
            with_unexpected_tab(judgement, outcome),
            comparison,
            histories.get(number, NO_HISTORY),
            state,
            files=write_page_files(
                outcome,
                comparison,
                previews=comparer.previews(tutorial, outcome) if judgement.verdict in APPROVABLE else (),
                baselines=baselines,
                slug=tutorial.slug,
                folder=comparer.folder,
            ),
            scenario_sha256=tutorial.page_sha256.get(number, ""),
            today=comparer.today,
        )
        pages.append(replace(record, witnesses=witnesses))
    return TutorialRecord(
        slug=tutorial.slug,
        title=tutorial.title,
        locale=tutorial.locale,
        source=tutorial.source,
        licence=tutorial.licence,
        scenario=tutorial.file.name,
        planned_pages=sum(page.visited for page in tutorial.pages),
        page_loads=visited.log.page_loads,
        seconds=round(visited.seconds, 1),
        blocked_requests=visited.log.blocked,
        consents_refused=visited.log.consents_refused,
        owners=tutorial.owners,
        pages=tuple(pages),
    )


def last_page_to_revisit(visited: TutorialOutcome, comparer: PageComparer) -> int | None:
    """Return the last page of a tutorial to visit a second time, which shows the volatile parts of those that differ.

    Raises:
        PictureCorrupt, SidecarCorrupt, HistoryUnusable: a page cannot be compared.
    """
    last = None
    for outcome in visited.outcomes:
        if outcome.capture is not None and not outcome.capture.sidecar.false_instructions:
            found = comparer.result(visited.tutorial, outcome)
            if found is not None and not found.comparison.same:
                last = outcome.page.number
    return last


def build_page_record(
    outcome: PageOutcome,
    judgement: Judgement,
    comparison: PageComparison | None,
    history: PageHistory,
    state: ReviewState,
    *,
    files: PageFiles,
    scenario_sha256: str = "",
    today: date,
) -> PageRecord:
    """Build the record of one page.

    Args:
        outcome: result of its visit.
        judgement: of the page.
        comparison: of its candidate with its baseline; None if one of them is missing.
        history: earlier runs.
        state: its review state.
        files: its pictures in the run's folder.
        scenario_sha256: digest of what the scenario says about it; empty: no scenario visits it.
        today: day of the run.
    """
    page, sidecar = outcome.page, outcome.capture.sidecar if outcome.capture else None
    return PageRecord(
        number=page.number,
        title=page.title,
        kind=page.kind,
        judgement=judgement,
        text=page.text,
        described_on=page.described_on,
        source_line=page.source_line,
        scenario_sha256=scenario_sha256,
        gone=page.gone,
        scenario_excerpt=excerpt_of(page.visit) if page.visit is not None else None,
        url=sidecar.url if sidecar else page.starts_at,
        page_title=sidecar.title if sidecar else None,
        headings=_new_headings(sidecar, comparison.approved if comparison else ()) if sidecar else (),
        instructions=sidecar.instructions if sidecar else (),
        blocked=tuple(request for request in outcome.blocked if request.may_matter),
        comparison=comparison.comparison if comparison else None,
        volatile=comparison.volatile if comparison else (),
        approved=files.approved,
        captured=files.captured,
        difference=files.difference,
        history=history.entries,
        outdated_since=_outdated_since(judgement, history, today),
        approval=state.approval,
        imported=files.imported,
        previews=files.previews,
        **decided_fields(state, judgement, today=today, own_picture=files.own_picture),
    )


def _sidecars(tutorial: Tutorial, baselines: Baselines) -> list[Sidecar]:
    """Read the approved sidecars of a tutorial; raises SidecarCorrupt or PictureCorrupt."""
    captures = (baselines.read(tutorial.slug, number) for number in sorted(tutorial.numbers))
    return [one.sidecar for one in captures if one is not None]


def _sidecar(tutorial: Tutorial, baselines: Baselines, number: int) -> Sidecar | None:
    """Read the approved sidecar of a page; raises SidecarCorrupt or PictureCorrupt."""
    approved = baselines.read(tutorial.slug, number)
    return approved.sidecar if approved is not None else None


def _judge(
    outcome: PageOutcome,
    comparison: PageComparison | None,
    state: ReviewState,
    witnesses: Sequence[WitnessRecord],
    today: date,
) -> Judgement:
    """Judge a page: captured, not visited by any scenario, or not seen."""
    if outcome.capture is not None:
        compared, volatile = (comparison.comparison, comparison.volatile) if comparison else (None, ())
        return with_stop_reason(judge_captured(outcome.capture.sidecar, compared, volatile), outcome)
    if outcome.state is VisitState.NOT_VISITED:
        kept = state.kept
        return judge_unvisited(
            outcome.page,
            checked=state.check.on if state.check else None,
            today=today,
            said_false=Reason(kind=ReasonKind.SAID_FALSE, day=kept.on, by=kept.by) if kept else None,
            witnessed=tuple(witness_reasons(witnesses)),
        )
    return judge_unseen(outcome)


def _outdated_since(judgement: Judgement, history: PageHistory, today: date) -> date | None:
    """Return the day since which an outdated page has been so; of a page not seen, since when it was when last seen."""
    if judgement.verdict in OUTDATED:
        return history.since or today
    return history.since if judgement.verdict in UNKNOWN else None


def orphans(tutorials: Iterable[Tutorial], baselines: Baselines) -> tuple[str, ...]:
    """Return the baselines that belong to no page of these tutorials, as tutorial/page."""
    wanted = {
        (one.slug, number)
        for one in tutorials
        for number in one.numbers - {page.number for page in one.pages if not page.visited}
    }
    return tuple(f"{slug}/{page}" for slug, page in baselines.pages() if (slug, page) not in wanted)


def _new_headings(sidecar: Sidecar, approved: Sequence[Element]) -> tuple[str, ...]:
    """Return the names of the first visible headings that are none on the baseline, without those inside a mask."""
    known = {normalise(element.label) for element in approved if element.visible and element.role == "heading"}
    names = [
        element.label
        for element in sidecar.elements
        if element.role == "heading"
        and element.on_top
        and element.label
        and normalise(element.label) not in known
        and not any(element.box.within(mask) for mask in sidecar.masks)
    ]
    return tuple(dict.fromkeys(names))[:MOST_HEADINGS]
