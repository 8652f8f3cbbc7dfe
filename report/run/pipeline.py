"""The pipeline of a run: visit → compare → revisit → judge → write → remember."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from capture.browser.firefox import open_firefox
from capture.capture import Environment, Sidecar
from capture.errors import CannotWrite, HistoryUnusable, TutofraisError
from capture.politeness.policy import PolitenessPolicy
from capture.runner.checkpoint import OnPage, TutorialOutcome
from capture.runner.journey import PageOutcome
from capture.runner.runner import FirefoxFactory, RestartingRunner
from capture.scenario.tutorial import Tutorial
from capture.site.site import open_site
from report.baselines.baselines import Baselines
from report.i18n.dates import day_of
from report.i18n.sentences import Sentences
from report.output.formats import feed_entry, write_feed
from report.output.html import write_report
from report.results.run_record import RunRecord, write_record
from report.run.history import History
from report.run.page_comparer import PageComparer
from report.run.record_builder import build_run_record, pages_to_revisit
from report.run.run_folder import run_folder


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
    last_page: int | None = None
    """Number of the page to visit, after those before it, of a single tutorial; None: all pages."""
    resume: bool = False
    """Resume an interrupted run of the same site and tutorials, if there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressReporter:
    """Callbacks that receive a run's progress."""

    on_phase: Callable[[str], None]
    on_page: OnPage
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
    record = run_pipeline(
        plan.tutorials,
        collaborators=_open_collaborators(plan, reporter, firefox),
        remember=partial(_remember, plan, reporter),
        reporter=reporter,
    )
    return record, plan.runs / record.id


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


@contextmanager
def _open_collaborators(plan: RunPlan, reporter: ProgressReporter, firefox: FirefoxFactory) -> Iterator[Collaborators]:
    """Check baselines and history, open the site and the run's folder; complete or remove the folder at the end."""
    now = datetime.now(UTC).replace(microsecond=0)
    packs = {tutorial.file.parent for tutorial in plan.tutorials}
    with open_site(plan.site, packs, port=plan.port) as site:
        baselines, history = Baselines(plan.screenshots, site.baselines), History(plan.runs)
        _check_baselines(plan.tutorials, baselines)
        history.check()
        slugs = [tutorial.slug for tutorial in plan.tutorials]
        with run_folder(plan.runs, plan.site, slugs, now, resume=plan.resume, on_phase=reporter.on_phase) as folder:
            today = day_of(folder.started)
            with closing(
                PageComparer(folder=folder.path, baselines=baselines, history=history, today=today)
            ) as comparer:
                yield Collaborators(
                    runner=RestartingRunner(
                        start_firefox=firefox,
                        site=site,
                        folder=folder.path,
                        baseline_of=partial(_baseline_sidecar, baselines),
                        policy=plan.policy,
                        on_phase=reporter.on_phase,
                        on_warning=reporter.on_warning,
                    ),
                    comparer=comparer,
                    judge=partial(
                        build_run_record,
                        comparer=comparer,
                        run_id=folder.run_id,
                        version=version("tutofrais"),
                        site=site,
                        started=folder.started,
                    ),
                    write=partial(_write, folder=folder.path, translator=plan.translator),
                )


def _write(record: RunRecord, folder: Path, translator: Sentences) -> None:
    """Write the run's record and its report."""
    write_record(record, folder)
    write_report(record, folder, translator)


def _remember(plan: RunPlan, reporter: ProgressReporter, record: RunRecord) -> None:
    """Add a run to the history and to the feed; an error is reported, because the run itself is complete."""
    history = History(plan.runs)
    try:
        history.add_run(record)
        if plan.last_page is None:  # subscribers are told of whole runs
            write_feed(history.record_feed_entry(feed_entry(record, plan.translator)), plan.runs, plan.translator)
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
