"""A run that has begun: its site, baselines, history and folder; and what is done at its end."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from capture.capture import Environment
from capture.errors import CannotWrite, HistoryUnusable, HostBusy
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site, open_site
from report.baselines.baselines import Baselines
from report.i18n.dates import day_of
from report.i18n.sentences import Sentences
from report.output.formats import feed_entry, write_feed
from report.output.html import write_report
from report.results.missed_runs import MissedRuns, missed_runs
from report.results.run_record import VISITED_KINDS, Parts, RunRecord, TutorialRecord, write_record
from report.run.earlier_nights import with_earlier_nights
from report.run.history import History
from report.run.page_comparer import PageComparer
from report.run.record_builder import build_run_record
from report.run.run_folder import RunFolder, run_folder
from report.run.run_plan import ProgressReporter, RunPlan

AT_ONCE_S = 0.1
"""Time that the check of a few baselines may take: what is wrong with them is then told before Firefox starts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedRun:
    """Site, baselines, history and folder of a run; the history has been checked."""

    site: Site
    baselines: Baselines
    history: History
    folder: RunFolder
    missed: MissedRuns | None = None
    """Planned runs before this one that did not take place."""
    parts: Parts | None = None
    """Parts of the tutorials that it visits; None: all."""
    wait_until_checked: Callable[[], object] = lambda: None
    """Returns when every baseline has been read; raises SidecarCorrupt or PictureCorrupt."""


@contextmanager
def open_run(plan: RunPlan, reporter: ProgressReporter) -> Iterator[OpenedRun]:
    """Check the history, open the site and the run's folder; complete or remove the folder at the end.

    Baselines are checked in the background, while Firefox starts; a few of them at once.

    Raises:
        SidecarCorrupt, PictureCorrupt: one of a few baselines cannot be read.
        HostBusy: another run on this machine visits one of its hosts for too long.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    with open_site_of(plan) as site, ThreadPoolExecutor(max_workers=1) as background:
        baselines, history = Baselines(plan.screenshots, site.baselines), History(plan.runs)
        history.check()
        checked = background.submit(_check_baselines, plan.tutorials, baselines)
        with suppress(TimeoutError):
            checked.result(AT_ONCE_S)
        if site.port is None:
            _await_other_runs(plan)
        slugs = [tutorial.slug for tutorial in plan.tutorials]
        with run_folder(plan.runs, plan.site, slugs, now, resume=plan.resume, on_phase=reporter.on_phase) as folder:
            every = plan.every if plan.whole else None
            yield OpenedRun(
                site=site,
                baselines=baselines,
                history=history,
                folder=folder,
                missed=missed_runs(history.last_run(site.baselines), folder.started, every),
                parts=plan.parts,
                wait_until_checked=checked.result,
            )


def open_site_of(plan: RunPlan) -> AbstractContextManager[Site]:
    return open_site(plan.site, {tutorial.file.parent for tutorial in plan.tutorials}, port=plan.port)


def _await_other_runs(plan: RunPlan) -> None:
    """Wait until no other run on this machine visits a host of this one; raises HostBusy.

    The hosts are locked one after the other, and again when they are visited: there may be more than files can be open.
    """
    for host in sorted({host for tutorial in plan.tutorials for host in tutorial.hosts}):
        with plan.policy.locking([host]):
            pass


def _check_baselines(tutorials: Sequence[Tutorial], baselines: Baselines) -> None:
    """Read every baseline before the first request to the site; raises SidecarCorrupt or PictureCorrupt."""
    for tutorial in tutorials:
        baselines.hand_checks(tutorial.slug)
        baselines.masks(tutorial.slug)
        for page in tutorial.pages:
            baselines.read(tutorial.slug, page.number)


def comparer_of(opened: OpenedRun) -> PageComparer:
    return PageComparer(
        folder=opened.folder.path,
        baselines=opened.baselines,
        history=opened.history,
        today=day_of(opened.folder.started),
    )


def record_of(
    opened: OpenedRun,
    declared: Sequence[Tutorial],
    tutorials: Iterable[TutorialRecord],
    environment: Environment,
) -> RunRecord:
    record = build_run_record(
        tutorials,
        environment,
        declared=declared,
        baselines=opened.baselines,
        run_id=opened.folder.run_id,
        version=version("tutofrais"),
        site=opened.site,
        started=opened.folder.started,
    )
    return replace(record, missed=opened.missed, parts=opened.parts)


def check_visited(plan: RunPlan, record: RunRecord) -> None:
    """Raise HostBusy if other runs kept this one from every page that it should visit."""
    pages = [page for _, page in record.pages() if page.kind in VISITED_KINDS and page.gone is None]
    kept = [page.occupied_by_another_run for page in pages]
    if kept and all(kept):
        raise HostBusy(kept[0], round(plan.policy.wait_s or 0))


def write_run(
    record: RunRecord, *, folder: Path, history: History, translator: Sentences, reporter: ProgressReporter
) -> RunRecord:
    """Add the earlier nights to a run's record, write it and its report, and return it; raises CannotWrite.

    A history that cannot be read is reported: the run itself is complete.
    """
    try:
        record = with_earlier_nights(record, history)
    except HistoryUnusable as error:
        reporter.on_warning(error)
    write_record(record, folder)
    write_report(record, folder, translator)
    return record


def remember_run(plan: RunPlan, reporter: ProgressReporter, record: RunRecord) -> None:
    """Add a run to the history and to the feed; an error is reported, because the run itself is complete."""
    remember(plan.runs, record, plan.translator, reporter, in_feed=plan.whole)


def remember(
    runs: Path, record: RunRecord, translator: Sentences, reporter: ProgressReporter, *, in_feed: bool
) -> None:
    history = History(runs)
    try:
        history.add_run(record)
        if in_feed:
            write_feed(history.record_feed_entry(feed_entry(record, translator)), runs, translator)
    except (HistoryUnusable, CannotWrite) as error:
        reporter.on_warning(error)
