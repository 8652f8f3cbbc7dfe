"""The main job without a Firefox: rounds that meet what a test tells them to."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from capture.errors import FirefoxUnusable
from capture.journey import JourneyLog, Outcome, State
from capture.manners import Manners
from capture.sidecar import capture_stem, write_pair
from capture.tutorial import Page, Tutorial
from capture.visited import CAPTURES, Visited
from capture.wall import Obstacle, ObstacleKind
from report.bench import Bench
from report.record import read_record
from report.verdict import Verdict
from tests.building import ENVIRONMENT, outcome_of, png_of, scene
from tests.conftest import HOST
from tutofrais import main

PNG = png_of(scene())
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


def captured(page: Page) -> Outcome:
    return outcome_of(page, PNG)


def stops_at_2(page: Page) -> Outcome:
    """Firefox stops on the second page."""
    return captured(page) if page.number == 1 else breaks_down(page)


def breaks_down(page: Page) -> Outcome:
    obstacle = Obstacle(kind=ObstacleKind.BROWSER, sign="closed", url="")
    return Outcome(page=page, state=State.UNREACHABLE, obstacle=obstacle)


@dataclass
class Met:
    """What rounds meet, and what happens on the way."""

    becomes: Callable[[Page], Outcome] = captured
    on_the_way: Callable[[], object] = lambda: None
    firefoxes: int = 1
    """How many start."""

    @contextmanager
    def firefox(self, **_: bool) -> Iterator[SimpleNamespace]:
        if not self.firefoxes:
            raise FirefoxUnusable(Path("firefox"), "it does not start")
        self.firefoxes -= 1
        yield SimpleNamespace(environment=ENVIRONMENT)


@dataclass(kw_only=True)
class StandIn:
    """A round that meets what it is told to."""

    met: Met
    firefox: Any
    site: Any
    into: Path
    approved: Any
    progress: Callable[[Tutorial, Outcome], None]
    manners: Manners

    def visit(self, tutorials: Iterable[Tutorial]) -> tuple[Visited, ...]:
        self.met.on_the_way()
        return tuple(self._visit(tutorial) for tutorial in tutorials)

    def _visit(self, tutorial: Tutorial) -> Visited:
        outcomes = tuple(map(self.met.becomes, tutorial.pages))
        for outcome in outcomes:
            if outcome.capture is not None:
                stem = capture_stem(self.into / CAPTURES, tutorial.slug, outcome.page.number)
                write_pair(outcome.capture, outcome.picture, stem)
            self.progress(tutorial, outcome)
        return Visited(tutorial=tutorial, outcomes=outcomes, log=JourneyLog(loads=1, stopped=()))


@pytest.fixture
def met(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Met:
    """What the run of a scenario in the current folder will meet."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site" / HOST).mkdir(parents=True)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "exemple.py").write_text(SCENARIO)
    (tmp_path / "screenshots").mkdir()
    met = Met()
    monkeypatch.setattr("report.nightly.Round", lambda **settings: StandIn(met=met, **settings))
    monkeypatch.setattr("tutofrais.open_firefox", met.firefox)
    return met


def run(*more: str) -> Result:
    return CliRunner().invoke(main, ["run", "--site", "site", *more])


def block_feed() -> None:
    Path("runs", "feed.atom").mkdir()


def block_history() -> None:
    """It can be read, and not written."""
    with closing(sqlite3.connect(Path("runs", "history.sqlite"))) as database:
        database.execute("CREATE TABLE verdicts (baselines, tutorial, page, run, verdict, since)")


@pytest.mark.parametrize(("happens", "named"), [(block_feed, "feed.atom"), (block_history, "history.sqlite")])
def test_what_goes_wrong_beside_the_report_is_told_and_hides_no_verdict(
    met: Met, happens: Callable[[], None], named: str
) -> None:
    met.on_the_way = happens
    done = run()
    assert done.exit_code == 4, done.output
    (overview,) = Path("runs").glob("*/index.html")
    assert done.stdout.splitlines()[-1].endswith(str(overview))
    problem, cure = done.stderr.splitlines()[-2:]
    assert named in problem
    assert cure.startswith("→ ")
    assert not list(Path("runs").glob(".*"))


def test_a_run_is_of_the_day_on_which_it_began_in_paris(met: Met, monkeypatch: pytest.MonkeyPatch) -> None:
    days: list[date] = []

    def noted(**settings: Any) -> Bench:
        days.append(settings["today"])
        return Bench(**settings)

    monkeypatch.setattr("report.nightly.Bench", noted)
    monkeypatch.setattr(
        "report.nightly.datetime", SimpleNamespace(now=lambda _: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    )
    run()
    assert days == [date(2026, 3, 2)]
    assert list(Path("runs").glob("2026-03-02_*"))


def test_ctrl_c_says_that_nothing_is_left_only_where_it_is_so(met: Met, monkeypatch: pytest.MonkeyPatch) -> None:
    met.on_the_way = type_ctrl_c
    done = run()
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, "Interrompu\u00a0: rien n’est resté à moitié fait.")
    assert not list(Path("runs").iterdir())
    met.on_the_way, met.firefoxes = lambda: monkeypatch.setattr("tutofrais.print_table", type_ctrl_c), 1
    done = run()
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, "Interrompu.")
    assert list(Path("runs").glob("*/index.html"))


def type_ctrl_c(*_: object) -> None:
    raise KeyboardInterrupt


def test_when_no_other_firefox_starts_what_was_seen_is_reported(met: Met) -> None:
    met.becomes = stops_at_2
    done = run("--lang", "en")
    assert done.exit_code == 3, done.output
    assert "it does not start" in done.stderr
    (file,) = Path("runs").glob("*/run.json")
    assert [page.verdict for _, page in read_record(file.parent).pages()] == [Verdict.NEW, Verdict.UNREACHABLE]


def test_when_nothing_was_seen_and_no_other_firefox_starts_that_is_told(met: Met) -> None:
    met.becomes = breaks_down
    done = run()
    assert done.exit_code == 18, done.output
    assert not list(Path("runs").iterdir())
