"""The main job: walk the tutorials, compare, judge, and leave a report in a folder of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path

from capture.browser.firefox import RunningFirefox, open_firefox
from capture.capture import Environment, Sidecar
from capture.errors import CannotWrite, FirefoxUnusable, HistoryUnusable, NoFirefox, TutofraisError
from capture.politeness.policy import PolitenessPolicy
from capture.runner.checkpoint import OnPage, TutorialOutcome
from capture.runner.journey import PageOutcome
from capture.runner.runner import TutorialRunner
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site, open_site
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

MOST_FIREFOXES = 4
"""In one run: one that stops is replaced, to see what was not seen."""
Firefox = Callable[[], AbstractContextManager[RunningFirefox]]
Report = Callable[[Sequence[TutorialOutcome], Environment], RunRecord]
"""Writes the report on what was visited."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlan:
    """What a run is to do."""

    tutorials: Sequence[Tutorial]
    site: str
    screenshots: Path
    runs: Path
    translator: Sentences
    port: int = 0
    policy: PolitenessPolicy = field(default_factory=PolitenessPolicy)
    resume: bool = False
    """Go on with a run of the same site and tutorials that was cut off, if there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressReporter:
    """Whom to tell how far the run is."""

    on_phase: Callable[[str], None]
    on_page: OnPage
    on_warning: Callable[[TutofraisError], None] = lambda _: None
    """Of what went wrong, and kept no report from being written."""


def run(plan: RunPlan, told: ProgressReporter, firefox: Firefox = open_firefox) -> tuple[RunRecord, Path]:
    """Run, and write the report; gives the run's record and its folder.

    Nothing is left behind when it fails or is interrupted; what is killed can be gone on with.

    Args:
        firefox: gives the Firefox to use; each run launches its own unless told otherwise.

    Raises:
        TutofraisError: what stopped it before the report was written.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    packs = {tutorial.file.parent for tutorial in plan.tutorials}
    with open_site(plan.site, packs, port=plan.port) as site:
        baselines, history = Baselines(plan.screenshots, site.baselines), History(plan.runs)
        _check_baselines(plan.tutorials, baselines)
        history.check()
        slugs = [tutorial.slug for tutorial in plan.tutorials]
        with run_folder(plan.runs, plan.site, slugs, now, resume=plan.resume, on_phase=told.on_phase) as made:
            folder = made.path
            bench = PageComparer(folder=folder, baselines=baselines, history=history, today=day_of(made.started))

            def report(visited: Sequence[TutorialOutcome], environment: Environment) -> RunRecord:
                record = build_run_record(
                    visited,
                    comparer=bench,
                    run_id=made.run_id,
                    version=version("tutofrais"),
                    site=site,
                    environment=environment,
                    started=made.started,
                )
                write_record(record, folder)
                write_report(record, folder, plan.translator)
                return record

            with closing(bench):
                record = _reported(plan, told, firefox, site, bench, report)
    try:
        history.add_run(record)
        write_feed(history.record_feed_entry(feed_entry(record, plan.translator)), plan.runs, plan.translator)
    except (HistoryUnusable, CannotWrite) as error:
        told.on_warning(error)
    return record, plan.runs / record.id


def _reported(
    plan: RunPlan, told: ProgressReporter, firefox: Firefox, site: Site, bench: PageComparer, report: Report
) -> RunRecord:
    """Visit all pages; once more in another Firefox, should one stop; and once more where something may be alive.

    The report is written while Firefox closes. When no other Firefox starts, it is on what was seen until then.
    """

    def seen(tutorial: Tutorial, outcome: PageOutcome) -> None:
        bench.submit(tutorial, outcome)
        told.on_page(tutorial, outcome)

    def round_in(running: RunningFirefox, progress: OnPage = seen) -> TutorialRunner:
        return TutorialRunner(
            firefox=running,
            site=site,
            folder=bench.folder,
            baseline_of=partial(_approved, bench.baselines),
            on_page=progress,
            policy=plan.policy,
        )

    def finish(visited: tuple[TutorialOutcome, ...], running: RunningFirefox) -> Future[RunRecord]:
        all_of_it = _revisited(visited, round_in(running, told.on_page), bench, told)
        told.on_phase("report")
        return writer.submit(report, all_of_it, running.environment)

    told.on_phase("firefox")
    with ThreadPoolExecutor(max_workers=1) as writer:
        visited: tuple[TutorialOutcome, ...] = ()
        environment: Environment | None = None
        for more in reversed(range(MOST_FIREFOXES)):
            with ExitStack() as stack:
                running = _start(firefox, stack, visited, told)
                if running is None:
                    assert environment is not None, "an earlier Firefox has seen something"
                    told.on_phase("report")
                    return report(visited, environment)
                environment = running.environment
                walk = round_in(running)
                visited = walk.retry_crashed(visited) if visited else walk.run(plan.tutorials)
                if not more or not any(one.crashed for one in visited):
                    written = finish(visited, running)
                    break
            told.on_phase("anew")
        return written.result()


def _start(
    firefox: Firefox, stack: ExitStack, visited: Sequence[TutorialOutcome], told: ProgressReporter
) -> RunningFirefox | None:
    """A Firefox for as long as a stack lasts; None when none starts any more, and an earlier one has seen something."""
    try:
        return stack.enter_context(firefox())
    except (FirefoxUnusable, NoFirefox) as error:
        if not any(_was_seen(outcome) for one in visited for outcome in one.outcomes):
            raise
        told.on_warning(error)
        return None


def _was_seen(outcome: PageOutcome) -> bool:
    """Something was, though not the page perhaps."""
    return not outcome.crashed and (outcome.capture is not None or outcome.obstacle is not None)


def _revisited(
    visited: tuple[TutorialOutcome, ...], more: TutorialRunner, bench: PageComparer, told: ProgressReporter
) -> tuple[TutorialOutcome, ...]:
    last = pages_to_revisit(visited, bench)
    if not last:
        return visited
    told.on_phase("again")
    return more.revisit(visited, last)


def _approved(baselines: Baselines, tutorial: Tutorial, number: int) -> Sidecar | None:
    baseline = baselines.read(tutorial.slug, number)
    return None if baseline is None else baseline.sidecar


def _check_baselines(tutorials: Sequence[Tutorial], baselines: Baselines) -> None:
    """Read every baseline before anything is asked of the site; raises what is wrong with one."""
    for tutorial in tutorials:
        baselines.hand_checks(tutorial.slug)
        baselines.masks(tutorial.slug)
        for page in tutorial.pages:
            baselines.read(tutorial.slug, page.number)
