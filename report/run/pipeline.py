"""The pipeline of a run: visit → compare → revisit → judge → write → remember."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from capture.browser.firefox import open_firefox
from capture.capture import Environment, Sidecar
from capture.errors import DaskMissing
from capture.runner.journey import PageOutcome
from capture.runner.runner import FirefoxFactory, RestartingRunner, Visits
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.results.run_record import RunRecord, TutorialRecord
from report.run.opened_run import OpenedRun, check_visited, comparer_of, open_run, record_of, remember_run, write_run
from report.run.page_comparer import PageComparer
from report.run.run_plan import ProgressReporter, RunPlan, pass_on
from report.run.stream_pool import StreamPool
from report.run.streamed_run import run_streams, streams_of_plan
from report.run.tutorial_judge import TutorialJudge

DASK = ("dask", "distributed")
"""Modules of the extra ``dask``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Collaborators:
    """Objects and functions that the steps of the pipeline use."""

    runner: RestartingRunner
    comparer: PageComparer
    judge: TutorialJudge
    record: Callable[[Iterable[TutorialRecord], Environment], RunRecord]
    """Returns the record of a run, from those of its tutorials."""
    write: Callable[[RunRecord], RunRecord]
    """Writes a run's record, and returns it as it was written."""


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
    streams = streams_of_plan(plan)
    if plan.cluster is not None:
        record = _run_on_cluster(plan, plan.cluster, streams, reporter)
        return record, plan.runs / record.id
    if len(streams) > 1:
        record = run_streams(plan, streams, reporter, StreamPool(told=partial(pass_on, reporter)))
        return record, plan.runs / record.id
    record = run_pipeline(
        plan.tutorials,
        collaborators=_open_collaborators(plan, reporter, firefox),
        remember=partial(remember_run, plan, reporter),
        reporter=reporter,
    )
    return record, plan.runs / record.id


def _run_on_cluster(
    plan: RunPlan, address: str, streams: Sequence[Sequence[Tutorial]], reporter: ProgressReporter
) -> RunRecord:
    """Run on the workers of a Dask cluster; raises DaskMissing where Dask is not installed."""
    try:
        from report.run.cluster.connection import open_cluster  # noqa: PLC0415 - Dask is loaded by those who ask for it
    except ModuleNotFoundError as error:
        if error.name not in DASK:
            raise
        raise DaskMissing from error
    with open_cluster(address, plan, reporter) as cluster:
        return run_streams(plan, streams, reporter, cluster)


def run_pipeline(
    tutorials: Sequence[Tutorial],
    *,
    collaborators: AbstractContextManager[Collaborators],
    remember: Callable[[RunRecord], None],
    reporter: ProgressReporter,
) -> RunRecord:
    """Visit, compare, revisit, judge, write, remember.

    Pages are compared, and tutorials judged, while Firefox visits the next ones; the report is written while Firefox
    closes.
    """
    with collaborators as steps, ThreadPoolExecutor(max_workers=1) as background:

        def compare(tutorial: Tutorial, outcome: PageOutcome) -> None:
            steps.comparer.submit(tutorial, outcome)
            reporter.on_page(tutorial, outcome)

        def write(visits: Visits) -> RunRecord:
            return steps.write(steps.record(steps.judge.records(visits.outcomes), visits.environment))

        with steps.runner.visit(tutorials, on_page=compare, on_tutorial=steps.judge.submit) as visits:
            steps.judge.submit_others(visits.outcomes)
            for revisited in steps.runner.revisit(visits, steps.judge.revisits(), on_page=reporter.on_page):
                steps.judge.submit_revisited(revisited)
            reporter.on_phase("report")
            written = background.submit(write, visits)
        record = written.result()
    remember(record)
    return record


@contextmanager
def _open_collaborators(plan: RunPlan, reporter: ProgressReporter, firefox: FirefoxFactory) -> Iterator[Collaborators]:
    """Open a run, with all that its steps need; its report is written in the run's folder."""
    with open_run(plan, reporter) as opened:

        def write(record: RunRecord) -> RunRecord:
            check_visited(plan, record)
            return write_run(
                record,
                folder=opened.folder.path,
                history=opened.history,
                translator=plan.translator,
                reporter=reporter,
            )

        with collaborators_of(plan, opened, reporter, firefox, write=write) as collaborators:
            yield collaborators


@contextmanager
def collaborators_of(
    plan: RunPlan,
    opened: OpenedRun,
    reporter: ProgressReporter,
    firefox: FirefoxFactory,
    *,
    write: Callable[[RunRecord], RunRecord],
) -> Iterator[Collaborators]:
    with (
        closing(comparer_of(opened)) as comparer,
        closing(TutorialJudge(comparer=comparer, run_id=opened.folder.run_id)) as judge,
    ):
        yield Collaborators(
            runner=RestartingRunner(
                start_firefox=firefox,
                site=opened.site,
                folder=opened.folder.path,
                wait_until_ready=opened.wait_until_checked,
                baseline_of=partial(_baseline_sidecar, opened.baselines),
                policy=plan.policy,
                on_phase=reporter.on_phase,
                on_warning=reporter.on_warning,
            ),
            comparer=comparer,
            judge=judge,
            record=partial(record_of, opened, plan.declared or plan.tutorials),
            write=write,
        )


def _baseline_sidecar(baselines: Baselines, tutorial: Tutorial, number: int) -> Sidecar | None:
    baseline = baselines.read(tutorial.slug, number)
    return None if baseline is None else baseline.sidecar
