"""Runs without Firefox: a stand-in for the runner returns the outcomes that a test gives."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from click.testing import CliRunner, Result

from capture.capture import capture_stem, write_capture
from capture.errors import FirefoxUnusable
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.runner.checkpoint import CAPTURES, TutorialOutcome
from capture.runner.journey import JourneyLog, PageOutcome, VisitState
from capture.runner.runner import Revisits
from capture.scenario.tutorial import Page, Tutorial
from tests.support.builders import ENVIRONMENT, HOST, outcome_of, png_of, scene
from tutofrais import main

PNG, OLD, NEWS = (png_of(scene(seed=seed)) for seed in (7, 8, 9))
SCENARIO = f"""
from capture import Step, Tutorial
tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=["{HOST}"])
@tutorial.page(1, "Accueil", starts_at="https://{HOST}/")
def accueil(step: Step) -> None:
    step.shoot()
@tutorial.page(2, "Suite")
def suite(step: Step) -> None:
    step.shoot()
"""


def captured(page: Page) -> PageOutcome:
    return outcome_of(page, PNG)


def stops_at_2(page: Page) -> PageOutcome:
    """Return the outcome of a page in a run whose Firefox stops on page 2."""
    return captured(page) if page.number == 1 else breaks_down(page)


def breaks_down(page: Page) -> PageOutcome:
    obstacle = Obstacle(kind=ObstacleKind.BROWSER, evidence="closed", url="")
    return PageOutcome(page=page, state=VisitState.UNREACHABLE, obstacle=obstacle)


@dataclass
class Situation:
    """Outcomes that the stand-in returns, and events of the run."""

    becomes: Callable[[Page], PageOutcome] = captured
    on_the_way: Callable[[], object] = lambda: None
    firefoxes: int = 1
    """Number of Firefoxes that start."""

    @contextmanager
    def firefox(self, **_: bool) -> Iterator[SimpleNamespace]:
        if not self.firefoxes:
            raise FirefoxUnusable(Path("firefox"), "it does not start")
        self.firefoxes -= 1
        yield SimpleNamespace(environment=ENVIRONMENT)


@dataclass(kw_only=True)
class StandIn:
    """Stand-in for TutorialRunner that returns given outcomes."""

    situation: Situation
    firefox: Any
    site: Any
    folder: Path
    baseline_of: Any
    on_page: Callable[[Tutorial, PageOutcome], None]
    on_tutorial: Callable[[TutorialOutcome], None]
    on_phase: Callable[[str], None]
    policy: PolitenessPolicy

    def run(self, tutorials: Iterable[Tutorial]) -> tuple[TutorialOutcome, ...]:
        self.situation.on_the_way()
        return tuple(self._told(self._visit(tutorial)) for tutorial in tutorials)

    def _told(self, visited: TutorialOutcome) -> TutorialOutcome:
        if not visited.crashed:
            self.on_tutorial(visited)
        return visited

    def revisit(self, visited: Iterable[TutorialOutcome], again: Revisits) -> Iterator[TutorialOutcome]:
        return (self._revisit(one, again.last_pages[one.tutorial.slug]) for one in visited)

    def _revisit(self, visited: TutorialOutcome, last: int) -> TutorialOutcome:
        again = [outcome_of(page, NEWS) for page in visited.tutorial.pages[:last]]
        for outcome in again:
            self.on_page(visited.tutorial, outcome)
        return replace(visited, revisits=tuple(again))

    def _visit(self, tutorial: Tutorial) -> TutorialOutcome:
        outcomes = tuple(map(self.situation.becomes, tutorial.pages))
        for outcome in outcomes:
            if outcome.capture is not None:
                stem = capture_stem(self.folder / CAPTURES, tutorial.slug, outcome.page.number)
                write_capture(outcome.capture, stem)
            self.on_page(tutorial, outcome)
        return TutorialOutcome(tutorial=tutorial, outcomes=outcomes, log=JourneyLog(page_loads=1, blocked=()))


def run(*more: str) -> Result:
    return CliRunner().invoke(main, ["run", "--site", "site", *more])
