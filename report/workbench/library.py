"""Knowledge of the workbench: tutorials as their scenarios declare them, and the latest results of their pages."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from capture.capture import capture_stem
from capture.errors import RunUnreadable, ScenarioUnreadable, UnknownPage
from capture.messages import Phrase
from capture.runner.checkpoint import CAPTURES
from capture.scenario.loader import scenario_files
from capture.site import LIVE
from capture.site.site import baselines_of, known_eras
from capture.storage import read_bytes, sha256, writing
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.results.run_record import TutorialRecord
from report.results.run_store import LatestResults, latest_record, latest_results
from report.review.review_pages import ReviewPages
from report.review.session import open_session
from report.run.history import History
from report.settings import find_settings
from report.workbench.errand import Errand, errands
from report.workbench.job import read_scenarios
from report.workbench.job_messages import DeclaredTutorial, ReadScenarios
from report.workbench.tutorial_view import ElementChoice, TutorialView, element_choices, tutorial_view

PREVIEW = ".preview"
"""Folder of the runs in which tutorials are written to look at them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Folders:
    """Folders that the workbench works in."""

    scenarios: Path
    screenshots: Path
    runs: Path
    published: Path
    """Folder of the published tutorials."""

    @property
    def preview(self) -> Path:
        return self.runs / PREVIEW


@dataclass(frozen=True, kw_only=True, slots=True)
class Declarations:
    """Tutorials as their scenarios declare them, or why they cannot be read."""

    tutorials: tuple[DeclaredTutorial, ...]
    problem: str
    cure: str
    signature: tuple[tuple[str, int, int], ...]
    """Name, time and size of each scenario file, by which a change is noticed."""


class Library:
    """The tutorials of a folder, read again when a file or a run is new."""

    def __init__(self, folders: Folders, sentences: Sentences, *, site: str | None) -> None:
        """Open the library.

        Args:
            folders: that it reads.
            sentences: language of what it says.
            site: the site to look at; None: that of the latest run, or else the live one.
        """
        self.folders = folders
        self.site = site or _site_of_latest_run(folders.runs)
        self._sentences = sentences
        self._lock = threading.RLock()
        self._declarations: Declarations | None = None
        self._results: tuple[tuple[str, ...], LatestResults] | None = None
        self._reviews: dict[str, ReviewPages] = {}

    @property
    def declarations(self) -> Declarations:
        """Tutorials of the scenarios, read again when a file has changed."""
        with self._lock:
            signature = _signature(self.folders.scenarios)
            if self._declarations is None or self._declarations.signature != signature:
                self._declarations = self._read(signature)
            return self._declarations

    @property
    def baselines(self) -> Baselines:
        """Approved captures of the site; raises CannotWrite."""
        with writing(self.folders.screenshots):
            self.folders.screenshots.mkdir(parents=True, exist_ok=True)
        return Baselines(self.folders.screenshots, baselines_of(self.site))

    @property
    def results(self) -> LatestResults:
        """Latest result of every page, read again when there is another run."""
        with self._lock:
            runs = self.folders.runs
            key = (baselines_of(self.site), *sorted(path.parent.name for path in runs.glob("[!.]*/run.json")))
            if self._results is None or self._results[0] != key:
                self._results = (key, latest_results(runs, key[0]))
            return self._results[1]

    @property
    def sites(self) -> list[str]:
        """Names of the sites that can be looked at."""
        packs = {Path(one.file).parent for one in self.declarations.tutorials}
        return [LIVE, *sorted(known_eras(packs) | ({self.site} - {LIVE}))]

    def views(self) -> list[TutorialView]:
        """Return all tutorials, those with something to do first."""
        found = [self._view(one) for one in self.declarations.tutorials]
        return sorted(found, key=lambda view: (view.calm, -view.to_correct, view.declared.title))

    def view(self, slug: str) -> TutorialView:
        """Return a tutorial; raises UnknownPage."""
        return self._view(self.declared(slug))

    def errands(self) -> tuple[Errand, ...]:
        """Return what only a person can do about the tutorials; raises HistoryUnusable."""
        nights = {
            (one.tutorial, one.page): one.unseen
            for one in History(self.folders.runs).nights()
            if one.baselines == baselines_of(self.site)
        }
        after = find_settings(Path.cwd()).settings.notifications.unchecked_after
        return errands(self.views(), lambda slug, page: nights.get((slug, page), 0), after=after)

    def choices(self, slug: str, page: int) -> tuple[ElementChoice, ...]:
        """Return what a sentence of a page can point at."""
        folder = self.results.folders.get((slug, page))
        return element_choices(capture_stem(folder / CAPTURES, slug, page)) if folder is not None else ()

    def review(self, run: str) -> ReviewPages:
        """Return the review of a run; raises RunUnreadable."""
        with self._lock:
            if run not in self._reviews:
                session = open_session(self.folders.runs, run, self.folders.screenshots)
                self._reviews[run] = ReviewPages(session, self._sentences, runs=self.folders.runs, workbench=True)
            return self._reviews[run]

    def _read(self, signature: tuple[tuple[str, int, int], ...]) -> Declarations:
        if not signature:
            return Declarations(tutorials=(), problem="", cure="", signature=signature)
        event = read_scenarios(ReadScenarios(scenarios=str(self.folders.scenarios), lang=self._sentences.language))
        if event is None:
            error = ScenarioUnreadable(self.folders.scenarios, Phrase("its reading ended without an answer"))
            problem, cure = self._sentences.error(error)
            return Declarations(tutorials=(), problem=problem, cure=cure, signature=signature)
        return Declarations(tutorials=event.tutorials, problem=event.problem, cure=event.cure, signature=signature)

    def declared(self, slug: str) -> DeclaredTutorial:
        """Return a tutorial as its scenario declares it; raises UnknownPage."""
        tutorials = {one.slug: one for one in self.declarations.tutorials}
        if slug not in tutorials:
            raise UnknownPage(slug, list(tutorials))
        return tutorials[slug]

    def _view(self, declared: DeclaredTutorial) -> TutorialView:
        results, baselines = self.results, self.baselines
        records = {one.slug: one for one in results.record.tutorials} if results.record else {}
        tutorial = records.get(declared.slug)
        runs = {page: folder.name for (slug, page), folder in results.folders.items() if slug == declared.slug}
        sidecars = {page.number: baselines.read_sidecar(declared.slug, page.number) for page in declared.pages}
        return tutorial_view(
            declared,
            read_bytes(Path(declared.file), ScenarioUnreadable).decode("utf-8", "replace"),
            tutorial and self._reviewed(tutorial, runs),
            runs,
            {number: sha256(sidecar) for number, sidecar in sidecars.items() if sidecar},
        )

    def _reviewed(self, tutorial: TutorialRecord, runs: Mapping[int, str]) -> TutorialRecord:
        """Return the results of a tutorial with the current decisions."""
        pages = tuple(self.review(runs[page.number]).session.reviewed(tutorial, page) for page in tutorial.pages)
        return replace(tutorial, pages=pages)


def _signature(scenarios: Path) -> tuple[tuple[str, int, int], ...]:
    """Return name, time and size of each scenario file."""
    if not scenarios.exists():
        return ()
    stats = [(file, file.stat()) for file in scenario_files(scenarios)]
    return tuple((str(file), stat.st_mtime_ns, stat.st_size) for file, stat in stats)


def _site_of_latest_run(runs: Path) -> str:
    """Return the site of the latest run; the live one if there is none, or none that can be read."""
    try:
        latest = latest_record(runs)
    except RunUnreadable:
        return LIVE
    return latest.site if latest is not None else LIVE
