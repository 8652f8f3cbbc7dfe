"""The main job: walk the tutorials, compare, judge, and leave a report in a folder of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import msgspec

from capture.browser.firefox import RunningFirefox, open_firefox
from capture.capture import Capture, Environment
from capture.errors import (
    CannotWrite,
    FirefoxUnusable,
    HistoryUnusable,
    NoFirefox,
    Phrase,
    RunUnreadable,
    TutofraisError,
)
from capture.politeness.policy import Manners
from capture.runner.checkpoint import Progress, Visited
from capture.runner.journey import Outcome
from capture.runner.runner import Round
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site, open_site
from report.baselines.baselines import Baselines
from report.i18n.dates import day_of
from report.i18n.sentences import Words
from report.output.formats import entry_of, write_feed
from report.output.html import write_report
from report.results.run_record import RECORD, RunRecord, write_record
from report.run.history import History
from report.run.page_comparer import Bench
from report.run.record_builder import doubtful, find
from report.run.run_folder import ONE_NIGHT, run_folder

LATEST = "latest"
MOST_FIREFOXES = 4
"""In one run: one that stops is replaced, to see what was not seen."""
GONE_ON_WITH = ONE_NIGHT + timedelta(days=1)
"""No run that was gone on with ends so long after it began."""
Firefox = Callable[[], AbstractContextManager[RunningFirefox]]
Report = Callable[[Sequence[Visited], Environment], RunRecord]
"""Writes the report on what was visited."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a run is to do."""

    tutorials: Sequence[Tutorial]
    site: str
    screenshots: Path
    runs: Path
    words: Words
    port: int = 0
    manners: Manners = field(default_factory=Manners)
    resume: bool = False
    """Go on with a run of the same site and tutorials that was cut off, if there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """Whom to tell how far the run is."""

    phase: Callable[[str], None]
    page: Progress
    warned: Callable[[TutofraisError], None] = lambda _: None
    """Of what went wrong, and kept no report from being written."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Times:
    """Of a run's record, no more than when the run was."""

    started: datetime
    finished: datetime


def run(plan: Plan, told: Told, firefox: Firefox = open_firefox) -> tuple[RunRecord, Path]:
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
        with run_folder(plan.runs, plan.site, slugs, now, resume=plan.resume, told=told.phase) as made:
            folder = made.path
            bench = Bench(folder=folder, baselines=baselines, history=history, today=day_of(made.started))

            def report(visited: Sequence[Visited], environment: Environment) -> RunRecord:
                record = find(
                    visited,
                    bench=bench,
                    run_id=made.run_id,
                    version=version("tutofrais"),
                    site=site,
                    environment=environment,
                    started=made.started,
                )
                write_record(record, folder)
                write_report(record, folder, plan.words)
                return record

            with closing(bench):
                record = _reported(plan, told, firefox, site, bench, report)
    try:
        history.keep(record)
        write_feed(history.tell(entry_of(record, plan.words)), plan.runs, plan.words)
    except (HistoryUnusable, CannotWrite) as error:
        told.warned(error)
    return record, plan.runs / record.id


def _reported(plan: Plan, told: Told, firefox: Firefox, site: Site, bench: Bench, report: Report) -> RunRecord:
    """Visit all pages; once more in another Firefox, should one stop; and once more where something may be alive.

    The report is written while Firefox closes. When no other Firefox starts, it is on what was seen until then.
    """

    def seen(tutorial: Tutorial, outcome: Outcome) -> None:
        bench.begin(tutorial, outcome)
        told.page(tutorial, outcome)

    def round_in(running: RunningFirefox, progress: Progress = seen) -> Round:
        return Round(
            firefox=running,
            site=site,
            into=bench.folder,
            approved=partial(_approved, bench.baselines),
            progress=progress,
            manners=plan.manners,
        )

    def finish(visited: tuple[Visited, ...], running: RunningFirefox) -> Future[RunRecord]:
        all_of_it = _visited_again(visited, round_in(running, told.page), bench, told)
        told.phase("report")
        return writer.submit(report, all_of_it, running.environment)

    told.phase("firefox")
    with ThreadPoolExecutor(max_workers=1) as writer:
        visited: tuple[Visited, ...] = ()
        environment: Environment | None = None
        for more in reversed(range(MOST_FIREFOXES)):
            with ExitStack() as stack:
                running = _start(firefox, stack, visited, told)
                if running is None:
                    assert environment is not None, "an earlier Firefox has seen something"
                    told.phase("report")
                    return report(visited, environment)
                environment = running.environment
                walk = round_in(running)
                visited = walk.visit_missed(visited) if visited else walk.visit(plan.tutorials)
                if not more or not any(one.broke_down for one in visited):
                    written = finish(visited, running)
                    break
            told.phase("anew")
        return written.result()


def _start(firefox: Firefox, stack: ExitStack, visited: Sequence[Visited], told: Told) -> RunningFirefox | None:
    """A Firefox for as long as a stack lasts; None when none starts any more, and an earlier one has seen something."""
    try:
        return stack.enter_context(firefox())
    except (FirefoxUnusable, NoFirefox) as error:
        if not any(_was_seen(outcome) for one in visited for outcome in one.outcomes):
            raise
        told.warned(error)
        return None


def _was_seen(outcome: Outcome) -> bool:
    """Something was, though not the page perhaps."""
    return not outcome.broke_down and (outcome.capture is not None or outcome.obstacle is not None)


def _visited_again(visited: tuple[Visited, ...], more: Round, bench: Bench, told: Told) -> tuple[Visited, ...]:
    last = doubtful(visited, bench)
    if not last:
        return visited
    told.phase("again")
    return more.visit_again(visited, last)


def find_run(runs: Path, name: str) -> Path:
    """The folder of a run: a path, a name under ``runs``, or ``latest``; raises RunUnreadable."""
    if name == LATEST:
        return _latest(runs)
    for path in (Path(name), runs / name):
        if (path / RECORD).is_file():
            return path
    raise RunUnreadable(name, Phrase("there is no {file} there", file=RECORD))


def _latest(runs: Path) -> Path:
    """The run that ended last; raises RunUnreadable.

    A run that was gone on with has an earlier name than others that ended before it. Records are read, for a copy's
    times of change say nothing; but of few runs, for they may be long, and many.
    """
    known = sorted(path.parent for path in runs.glob(f"[!.]*/{RECORD}"))
    if not known:
        raise RunUnreadable(runs / LATEST, Phrase("there is no run yet"))
    last = _times(known[-1])
    if last is None:
        return known[-1]  # who reads it tells what is wrong with it
    since = (last.started - GONE_ON_WITH).date().isoformat()
    others = [(times.finished, path) for path in known if path.name >= since and (times := _times(path))]
    return max([(last.finished, known[-1]), *others])[1]


def _times(run: Path) -> _Times | None:
    try:
        return msgspec.json.decode((run / RECORD).read_bytes(), type=_Times)
    except (OSError, msgspec.DecodeError):
        return None


def _approved(baselines: Baselines, tutorial: Tutorial, number: int) -> Capture | None:
    baseline = baselines.read(tutorial.slug, number)
    return None if baseline is None else baseline.capture


def _check_baselines(tutorials: Sequence[Tutorial], baselines: Baselines) -> None:
    """Read every baseline before anything is asked of the site; raises what is wrong with one."""
    for tutorial in tutorials:
        baselines.checks(tutorial.slug)
        baselines.masks(tutorial.slug)
        for page in tutorial.pages:
            baselines.read(tutorial.slug, page.number)
