"""The pipeline of a run: visit → compare → revisit → judge → write → remember."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from capture.browser.firefox import open_firefox
from capture.capture import Environment, Sidecar
from capture.errors import CannotWrite, HistoryUnusable, RunUnreadable, StreamsLost, TutofraisError
from capture.politeness.policy import PolitenessPolicy
from capture.privacy.request_filter import BlockedRequest
from capture.runner.checkpoint import OnPage, TutorialOutcome
from capture.runner.journey import PageOutcome
from capture.runner.runner import FirefoxFactory, RestartingRunner
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site, open_site
from report.baselines.baselines import Baselines
from report.i18n.dates import day_of
from report.i18n.sentences import Sentences
from report.output.formats import feed_entry, write_feed
from report.output.html import write_report
from report.results.run_record import RunRecord, write_record
from report.results.run_store import latest_record
from report.run.history import History
from report.run.merged_run import copy_pictures, merged_record
from report.run.page_comparer import PageComparer
from report.run.record_builder import build_run_record, pages_to_revisit
from report.run.run_folder import RunFolder, run_folder
from report.run.stream_messages import STREAMS, StreamRequest
from report.run.stream_pool import visit_streams
from report.run.stream_record import lost_outcome, merged, read_stream_record, stream_file, write_stream_record
from report.run.streams import streams_of


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlan:
    """Options of a run."""

    tutorials: Sequence[Tutorial]
    site: str
    screenshots: Path
    runs: Path
    translator: Sentences
    port: int = 0
    policy: PolitenessPolicy = field(default_factory=PolitenessPolicy)
    scenarios: Path | None = None
    """File or folder from which the tutorials were read; None: they are visited in this process alone."""
    declared: Sequence[Tutorial] = ()
    """All tutorials, if this run visits a part of them; empty: it visits all."""
    jobs: int = 1
    """Firefoxes at the same time at most; no host is visited by two of them."""
    last_page: int | None = None
    """Number of the page to visit, after those before it, of a single tutorial; None: all pages."""
    resume: bool = False
    """Resume an interrupted run of the same site and tutorials, if there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressReporter:
    """Callbacks that receive a run's progress."""

    on_phase: Callable[[str], None]
    on_page: OnPage
    on_told: Callable[[str], None] = lambda _: None
    """Receives what the processes of a run with several streams tell of pages."""
    on_warning: Callable[[TutofraisError], None] = lambda _: None
    """Receives errors that did not prevent the report."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Collaborators:
    """Objects and functions that the steps of the pipeline use."""

    runner: RestartingRunner
    comparer: PageComparer
    judge: Callable[[Sequence[TutorialOutcome], Environment], RunRecord]
    write: Callable[[RunRecord], None]


def run(plan: RunPlan, reporter: ProgressReporter, firefox: FirefoxFactory = open_firefox) -> tuple[RunRecord, Path]:
    """Run tutorials and write the report; return the run's record and its folder.

    A run that fails or is interrupted leaves nothing behind; a run that is killed can be resumed.

    Args:
        plan: options of the run.
        reporter: receives the progress.
        firefox: opens a Firefox.

    Raises:
        TutofraisError: the report could not be written.
    """
    if plan.last_page is not None:
        plan = replace(plan, tutorials=[tutorial.up_to(plan.last_page) for tutorial in plan.tutorials])
    streams = _streams(plan)
    if len(streams) > 1:
        record = _run_streams(plan, streams, reporter)
        return record, plan.runs / record.id
    record = run_pipeline(
        plan.tutorials,
        collaborators=_open_collaborators(plan, reporter, firefox),
        remember=partial(_remember, plan, reporter),
        reporter=reporter,
    )
    return record, plan.runs / record.id


def _streams(plan: RunPlan) -> list[list[Tutorial]]:
    """Return the streams in which the tutorials are visited, by the times of the last run."""
    if plan.jobs == 1 or plan.last_page is not None or plan.scenarios is None:
        return []
    with suppress(RunUnreadable):
        latest = latest_record(plan.runs)
        seconds = {one.slug: one.seconds for one in latest.tutorials} if latest is not None else {}
        return streams_of(plan.tutorials, plan.jobs, seconds)
    return streams_of(plan.tutorials, plan.jobs, {})


def run_pipeline(
    tutorials: Sequence[Tutorial],
    *,
    collaborators: AbstractContextManager[Collaborators],
    remember: Callable[[RunRecord], None],
    reporter: ProgressReporter,
) -> RunRecord:
    """Visit, compare, revisit, judge, write, remember.

    Pages are compared while Firefox visits the next ones; the report is written while Firefox closes.
    """
    with collaborators as steps, ThreadPoolExecutor(max_workers=1) as background:

        def compare(tutorial: Tutorial, outcome: PageOutcome) -> None:
            steps.comparer.submit(tutorial, outcome)
            reporter.on_page(tutorial, outcome)

        def judge_and_write(outcomes: Sequence[TutorialOutcome], environment: Environment) -> RunRecord:
            record = steps.judge(outcomes, environment)
            steps.write(record)
            return record

        with steps.runner.visit(tutorials, on_page=compare) as visits:
            last_pages = pages_to_revisit(visits.outcomes, steps.comparer)
            outcomes = steps.runner.revisit(visits, last_pages, on_page=reporter.on_page)
            reporter.on_phase("report")
            written = background.submit(judge_and_write, outcomes, visits.environment)
        record = written.result()
    remember(record)
    return record


@dataclass(frozen=True, kw_only=True, slots=True)
class _OpenedRun:
    """Site, baselines, history and folder of a run; baselines and history have been checked."""

    site: Site
    baselines: Baselines
    history: History
    folder: RunFolder


@contextmanager
def _open_run(plan: RunPlan, reporter: ProgressReporter) -> Iterator[_OpenedRun]:
    """Check baselines and history, open the site and the run's folder; complete or remove the folder at the end."""
    now = datetime.now(UTC).replace(microsecond=0)
    with _open_site(plan) as site:
        baselines, history = Baselines(plan.screenshots, site.baselines), History(plan.runs)
        _check_baselines(plan.tutorials, baselines)
        history.check()
        slugs = [tutorial.slug for tutorial in plan.tutorials]
        with run_folder(plan.runs, plan.site, slugs, now, resume=plan.resume, on_phase=reporter.on_phase) as folder:
            yield _OpenedRun(site=site, baselines=baselines, history=history, folder=folder)


def _open_site(plan: RunPlan) -> AbstractContextManager[Site]:
    return open_site(plan.site, {tutorial.file.parent for tutorial in plan.tutorials}, port=plan.port)


@contextmanager
def _open_collaborators(plan: RunPlan, reporter: ProgressReporter, firefox: FirefoxFactory) -> Iterator[Collaborators]:
    """Open a run, with all that its steps need; its report is written in the run's folder."""
    with _open_run(plan, reporter) as opened:
        write = partial(_write, folder=opened.folder.path, translator=plan.translator)
        with _collaborators(plan, opened, reporter, firefox, write=write) as collaborators:
            yield collaborators


@contextmanager
def _collaborators(
    plan: RunPlan,
    opened: _OpenedRun,
    reporter: ProgressReporter,
    firefox: FirefoxFactory,
    *,
    write: Callable[[RunRecord], None],
) -> Iterator[Collaborators]:
    with closing(_comparer(opened)) as comparer:
        yield Collaborators(
            runner=RestartingRunner(
                start_firefox=firefox,
                site=opened.site,
                folder=opened.folder.path,
                baseline_of=partial(_baseline_sidecar, opened.baselines),
                policy=plan.policy,
                on_phase=reporter.on_phase,
                on_warning=reporter.on_warning,
            ),
            comparer=comparer,
            judge=partial(_judge, opened, comparer, plan.declared or plan.tutorials),
            write=write,
        )


def _comparer(opened: _OpenedRun) -> PageComparer:
    return PageComparer(
        folder=opened.folder.path,
        baselines=opened.baselines,
        history=opened.history,
        today=day_of(opened.folder.started),
    )


def _judge(
    opened: _OpenedRun,
    comparer: PageComparer,
    declared: Sequence[Tutorial],
    visited: Sequence[TutorialOutcome],
    environment: Environment,
) -> RunRecord:
    return build_run_record(
        visited,
        environment,
        declared=declared,
        comparer=comparer,
        run_id=opened.folder.run_id,
        version=version("tutofrais"),
        site=opened.site,
        started=opened.folder.started,
    )


def run_stream(plan: RunPlan, request: StreamRequest, reporter: ProgressReporter, firefox: FirefoxFactory) -> None:
    """Visit one stream of a run whose folder another process has opened, and write its record there.

    Raises:
        TutofraisError: the record could not be written.
    """
    folder = RunFolder(path=Path(request.folder), run_id=request.run_id, started=request.started)
    with _open_site(plan) as site:
        opened = _OpenedRun(
            site=site, baselines=Baselines(plan.screenshots, site.baselines), history=History(plan.runs), folder=folder
        )
        run_pipeline(
            plan.tutorials,
            collaborators=_collaborators(
                plan, opened, reporter, firefox, write=partial(write_stream_record, file=stream_file(request))
            ),
            remember=lambda _: None,
            reporter=reporter,
        )


def _run_streams(plan: RunPlan, streams: Sequence[Sequence[Tutorial]], reporter: ProgressReporter) -> RunRecord:
    """Visit streams at the same time, and merge their records into that of the run."""
    with _open_run(plan, reporter) as opened:
        requests = [_request(plan, opened, number, stream) for number, stream in enumerate(streams, start=1)]
        reporter.on_phase("firefoxes")
        visit_streams(requests, stream_file, reporter.on_told)
        reporter.on_phase("report")
        records = [record for request in requests if (record := read_stream_record(stream_file(request))) is not None]
        if not records:
            raise StreamsLost
        seen = {tutorial.slug for record in records for tutorial in record.tutorials}
        lost = [tutorial for tutorial in plan.tutorials if tutorial.slug not in seen]
        with closing(_comparer(opened)) as comparer:
            outcomes = [lost_outcome(tutorial, opened.folder.path) for tutorial in lost]
            records.append(_judge(opened, comparer, plan.tutorials, outcomes, records[0].environment))
        record = merged(records, plan.tutorials, plan.declared or plan.tutorials, opened.baselines)
        shutil.rmtree(opened.folder.path / STREAMS, ignore_errors=True)
        _write(record, folder=opened.folder.path, translator=plan.translator)
    _remember(plan, reporter, record)
    return record


def merge_runs(folders: Sequence[Path], runs: Path, translator: Sentences, reporter: ProgressReporter) -> RunRecord:
    """Merge runs into a new one, write its report and remember it.

    Raises:
        RunUnreadable, MergeRefused: the runs cannot be merged.
        CannotWrite.
    """
    parts = merged_record(folders, "merged")
    slugs = [tutorial.slug for tutorial in parts.tutorials]
    with run_folder(runs, parts.site, slugs, parts.started, resume=False, on_phase=lambda _: None) as folder:
        record = replace(parts, id=folder.run_id)
        copy_pictures(folders, folder.path)
        _write(record, folder=folder.path, translator=translator)
    _remember_in(runs, record, translator, reporter, in_feed=True)
    return record


def _request(plan: RunPlan, opened: _OpenedRun, number: int, stream: Sequence[Tutorial]) -> StreamRequest:
    assert plan.scenarios is not None, "only then are there several streams"
    return StreamRequest(
        number=number,
        scenarios=str(plan.scenarios),
        slugs=tuple(tutorial.slug for tutorial in stream),
        site=plan.site,
        screenshots=str(plan.screenshots),
        runs=str(plan.runs),
        folder=str(opened.folder.path),
        run_id=opened.folder.run_id,
        started=opened.folder.started,
        lang=plan.translator.language,
        pause_s=plan.policy.pause_s,
        host_pauses_s=plan.policy.host_pauses_s,
        most_pages=plan.policy.most_pages,
        patience_s=plan.policy.patience_s,
        quiet_ms=plan.policy.quiet_ms,
        identify=plan.policy.identify,
    )


def page_line(
    tutorial: Tutorial, outcome: PageOutcome, sentences: Sentences, told: set[BlockedRequest]
) -> Iterator[str]:
    """Yield the lines that say what was seen on a page, and which requests were stopped for the first time.

    Args:
        tutorial: the page's.
        outcome: of its visit.
        sentences: the language.
        told: stopped requests that were told already; it grows.
    """
    if outcome.page.visited:
        yield f"{tutorial.slug} {outcome.page.number:>2}/{tutorial.pages[-1].number}  {sentences.state(outcome)}"
    for request in outcome.blocked:
        if request.may_matter and request not in told:
            told.add(request)
            yield f"{sentences.gettext('stopped:')} {sentences.blocked(request)}"


def _write(record: RunRecord, folder: Path, translator: Sentences) -> None:
    """Write the run's record and its report."""
    write_record(record, folder)
    write_report(record, folder, translator)


def _remember(plan: RunPlan, reporter: ProgressReporter, record: RunRecord) -> None:
    """Add a run to the history and to the feed; an error is reported, because the run itself is complete."""
    # Subscribers are told of whole runs.
    _remember_in(plan.runs, record, plan.translator, reporter, in_feed=plan.last_page is None and not plan.declared)


def _remember_in(
    runs: Path, record: RunRecord, translator: Sentences, reporter: ProgressReporter, *, in_feed: bool
) -> None:
    history = History(runs)
    try:
        history.add_run(record)
        if in_feed:
            write_feed(history.record_feed_entry(feed_entry(record, translator)), runs, translator)
    except (HistoryUnusable, CannotWrite) as error:
        reporter.on_warning(error)


def _baseline_sidecar(baselines: Baselines, tutorial: Tutorial, number: int) -> Sidecar | None:
    baseline = baselines.read(tutorial.slug, number)
    return None if baseline is None else baseline.sidecar


def _check_baselines(tutorials: Sequence[Tutorial], baselines: Baselines) -> None:
    """Read every baseline before the first request to the site; raises SidecarCorrupt or PictureCorrupt."""
    for tutorial in tutorials:
        baselines.hand_checks(tutorial.slug)
        baselines.masks(tutorial.slug)
        for page in tutorial.pages:
            baselines.read(tutorial.slug, page.number)
