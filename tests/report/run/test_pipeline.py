"""The pipeline of a run, without Firefox: a stand-in for the runner returns the outcomes that a test gives."""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from capture.capture import Capture, capture_stem, write_capture
from capture.errors import FirefoxUnusable, PictureCorrupt
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.runner.checkpoint import CAPTURES, TutorialOutcome
from capture.runner.journey import JourneyLog, PageOutcome, VisitState
from capture.runner.runner import Revisits
from capture.scenario.tutorial import Page, Tutorial
from capture.site.site import baselines_of
from report.baselines.baselines import Baselines
from report.compare import png
from report.i18n.sentences import Sentences
from report.results.run_record import Parts, read_record
from report.results.run_store import latest_record
from report.run.history import History
from report.run.page_comparer import PageComparer
from report.run.politeness import politeness_policy, told_nothing
from report.verdict import Verdict
from report.workbench.job_messages import RunTutorials
from report.workbench.job_process import run_tutorials
from tests.support.builders import ENVIRONMENT, HOST, TODAY, accueil, capture_of, outcome_of, png_of, scene, tutorial_of
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


@pytest.fixture
def situation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Situation:
    """Outcomes of the next run of the scenario in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site" / HOST).mkdir(parents=True)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "exemple.py").write_text(SCENARIO)
    (tmp_path / "screenshots").mkdir()
    situation = Situation()
    monkeypatch.setattr(
        "capture.runner.runner.TutorialRunner", lambda **settings: StandIn(situation=situation, **settings)
    )
    monkeypatch.setattr("report.commands.run.open_firefox", situation.firefox)
    return situation


def run(*more: str) -> Result:
    return CliRunner().invoke(main, ["run", "--site", "site", *more])


def block_feed() -> None:
    Path("runs", "feed.atom").mkdir()


def block_history() -> None:
    """Make the history readable, but not writable."""
    with closing(sqlite3.connect(Path("runs", "history.sqlite"))) as database:
        database.execute("CREATE TABLE verdicts (baselines, tutorial, page, run, verdict, since)")


@pytest.mark.parametrize(("happens", "named"), [(block_feed, "feed.atom"), (block_history, "history.sqlite")])
def test_an_error_beside_the_report_is_a_warning_and_hides_no_verdict(
    situation: Situation, happens: Callable[[], None], named: str
) -> None:
    situation.on_the_way = happens
    completed = run()
    assert completed.exit_code == 4, completed.output
    (overview,) = Path("runs").glob("*/index.html")
    assert completed.stdout.splitlines()[-1].endswith(str(overview))
    problem, cure = completed.stderr.splitlines()[-2:]
    assert named in problem
    assert cure.startswith("→ ")
    assert not list(Path("runs").glob(".*"))


@pytest.fixture
def comparers(monkeypatch: pytest.MonkeyPatch) -> list[PageComparer]:
    """List of the comparers that runs create."""
    made: list[PageComparer] = []

    def noted(**settings: Any) -> PageComparer:
        made.append(PageComparer(**settings))
        return made[-1]

    monkeypatch.setattr("report.run.opened_run.PageComparer", noted)
    return made


def test_the_capture_of_a_revisit_is_not_compared_with_the_baseline(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    Baselines(Path("screenshots"), "replica").write("exemple", 1, capture_of(OLD))
    begun: list[bytes] = []
    begin = PageComparer.submit

    def noted(comparer: PageComparer, tutorial: Tutorial, outcome: PageOutcome) -> None:
        assert outcome.capture is not None
        begun.append(outcome.capture.png)
        begin(comparer, tutorial, outcome)

    monkeypatch.setattr(PageComparer, "submit", noted)
    completed = run("--lang", "en")
    assert completed.stderr.count("exemple  1/2") == 2, "it is told"
    assert set(begun) == {PNG}


def type_ctrl_c(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("happens", [lambda: None, type_ctrl_c])
def test_a_run_that_ends_begins_no_more_comparisons(
    situation: Situation, comparers: list[PageComparer], happens: Callable[[], None]
) -> None:
    situation.on_the_way = happens
    run()
    (comparer,) = comparers
    tutorial = tutorial_of(accueil)
    with pytest.raises(RuntimeError, match="shutdown"):
        comparer.submit(tutorial, outcome_of(tutorial.pages[0], OLD))


class Waiting(Baselines):
    """Baselines whose reading waits for an event."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "replica")
        self.asked, self.let = threading.Event(), threading.Event()
        self.read_pages: list[tuple[str, int]] = []

    def read(self, slug: str, page: int) -> None:
        self.read_pages.append((slug, page))
        self.asked.set()
        self.let.wait()


def test_comparisons_that_are_not_begun_are_left(tmp_path: Path) -> None:
    baselines, tutorial = Waiting(tmp_path), tutorial_of(accueil, accueil)
    comparer = PageComparer(folder=tmp_path, baselines=baselines, history=History(tmp_path), today=TODAY)
    for page in tutorial.pages:
        comparer.submit(tutorial, captured(page))
    baselines.asked.wait()
    comparer.close()
    baselines.let.set()
    comparer._worker.shutdown()
    assert baselines.read_pages == [("exemple", 1)]


def test_a_run_is_of_the_day_on_which_it_began_in_paris(
    situation: Situation, comparers: list[PageComparer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "report.run.opened_run.datetime", SimpleNamespace(now=lambda _: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    )
    run()
    assert [comparer.today for comparer in comparers] == [TODAY]
    assert list(Path("runs").glob("2026-03-02_*"))


def test_a_check_of_one_tutorial_in_the_workbench_is_no_run_of_all(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("report.workbench.job_process.open_firefox", situation.firefox)
    Path("scenarios", "autre.py").write_text(SCENARIO.replace('"exemple"', '"autre"'))
    Baselines(Path("screenshots"), "replica").write("autre", 1, capture_of(OLD, tutorial="autre"))
    request = RunTutorials(
        scenarios="scenarios", screenshots="screenshots", runs="runs", site="site", lang="fr", slug="exemple"
    )
    run_tutorials(request, Sentences("fr"), lambda _: None)
    (folder,) = Path("runs").glob("*/run.json")
    assert read_record(folder.parent).orphans == ()
    assert not Path("runs", "feed.atom").exists()
    assert History(Path("runs")).last_run("replica") is None


def is_occupied(page: Page) -> PageOutcome:
    obstacle = Obstacle(kind=ObstacleKind.OCCUPIED, evidence=HOST, url="")
    return PageOutcome(page=page, state=VisitState.UNREACHABLE, obstacle=obstacle)


def occupied_from_2(page: Page) -> PageOutcome:
    return captured(page) if page.number == 1 else is_occupied(page)


def test_a_run_that_another_one_keeps_from_every_page_gives_up_and_else_tells_the_pages(situation: Situation) -> None:
    situation.firefoxes, situation.becomes = 2, is_occupied
    completed = run("--lang", "en")
    assert completed.exit_code == 50, completed.output
    assert HOST in completed.stderr.splitlines()[-2]
    assert not list(Path("runs").glob("*/run.json"))
    assert not list(Path("runs").glob(".*.partial"))
    situation.becomes = occupied_from_2
    completed = run("--lang", "en")
    assert completed.exit_code == 3, completed.output
    assert f"Another run on this machine was still visiting {HOST}." in completed.stdout


def test_a_quiet_run_tells_only_that_it_could_not_resume_another(situation: Situation) -> None:
    situation.firefoxes = 2
    said = "No recent run was interrupted: starting a new one…\n"
    assert run("--quiet", "--resume", "--lang", "en").stderr == said
    assert run("--quiet", "--lang", "en").stderr == ""


@pytest.mark.parametrize("quiet", [True, False])
def test_waits_are_told_unless_the_run_is_quiet(quiet: bool, capsys: pytest.CaptureFixture[str]) -> None:
    policy = politeness_policy(Sentences("en"), live=True, pause=None, patience=None, attend=False, plain_agent=False)
    policy = told_nothing(policy) if quiet else policy
    policy.on_host_wait(HOST)
    policy.on_retry(Obstacle(kind=ObstacleKind.OUTAGE, evidence="HTTP 503", url=""), 5)
    told = capsys.readouterr().err
    assert (told == "") is quiet
    assert quiet or (f"Another run is visiting {HOST}" in told and "Trying again in 5 s" in told)


def begin_at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Let the next runs begin and end at a moment."""
    for module in ("opened_run", "record_builder"):
        monkeypatch.setattr(f"report.run.{module}.datetime", SimpleNamespace(now=lambda _: moment))


def test_the_next_run_of_all_tutorials_tells_the_nights_without_one(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    situation.firefoxes = 4
    night = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    begin_at(monkeypatch, night)
    assert "missed" not in run("--every", "1", "--lang", "en").stdout, "there was none before"
    begin_at(monkeypatch, night + timedelta(days=4))
    told = "No run between 2 March 2026 and 6 March 2026: 3 planned runs were missed."
    assert told not in run("--every", "1", "--shard", "1/1", "--lang", "en").stdout, "a part is not the planned run"
    part = latest_record(Path("runs"))
    assert part is not None
    assert part.parts == Parts(numbers=(1,), of=1)
    Path("tutofrais.toml").write_text("every = 1\n")
    assert told in run("--lang", "en").stdout
    assert told not in run("--lang", "en").stdout, "it was told"


def test_ctrl_c_says_that_nothing_is_left_only_where_it_is_so(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    situation.on_the_way = type_ctrl_c
    completed = run()
    assert (completed.exit_code, completed.stderr.splitlines()[-1]) == (
        130,
        "Interrompu\u00a0: rien n’est resté à moitié fait.",
    )
    assert not list(Path("runs").iterdir())
    situation.on_the_way, situation.firefoxes = (
        lambda: monkeypatch.setattr("report.commands.run.print_table", type_ctrl_c),
        1,
    )
    completed = run()
    assert (completed.exit_code, completed.stderr.splitlines()[-1]) == (130, "Interrompu.")
    assert list(Path("runs").glob("*/index.html"))


def test_when_no_other_firefox_starts_what_was_seen_is_reported(situation: Situation) -> None:
    situation.becomes = stops_at_2
    completed = run("--lang", "en")
    assert completed.exit_code == 3, completed.output
    assert "it does not start" in completed.stderr
    (file,) = Path("runs").glob("*/run.json")
    assert [page.verdict for _, page in read_record(file.parent).pages()] == [Verdict.NEW, Verdict.UNREACHABLE]


def write_two_more() -> None:
    for name in ("deux", "trois"):
        Path("scenarios", f"{name}.py").write_text(SCENARIO.replace('"exemple"', f'"{name}"'))


def test_after_many_pages_another_firefox_starts(situation: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.runner.runner.MOST_PAGES", 3)
    write_two_more()
    situation.firefoxes = 2
    completed = run("--jobs", "1", "--lang", "en")
    assert completed.exit_code == 4, completed.output
    assert situation.firefoxes == 0, "one for two tutorials of two pages, and one for the third"
    (file,) = Path("runs").glob("*/run.json")
    assert [page.verdict for _, page in read_record(file.parent).pages()] == [Verdict.NEW] * 6


@pytest.mark.parametrize("firefoxes", [5, 3])
def test_a_second_visit_of_many_pages_takes_other_firefoxes_too(
    situation: Situation, monkeypatch: pytest.MonkeyPatch, firefoxes: int
) -> None:
    monkeypatch.setattr("capture.runner.runner.MOST_PAGES", 2)
    write_two_more()
    for slug in ("exemple", "deux", "trois"):
        for number in (1, 2):
            Baselines(Path("screenshots"), "replica").write(slug, number, capture_of(OLD, tutorial=slug, page=number))
    situation.firefoxes = firefoxes
    completed = run("--jobs", "1", "--lang", "en")
    assert completed.exit_code == 0, completed.output
    assert situation.firefoxes == 0
    assert completed.stderr.count("it does not start") == 5 - firefoxes
    (file,) = Path("runs").glob("*/run.json")
    assert [page.verdict for _, page in read_record(file.parent).pages()] == [Verdict.COSMETIC] * 6


def test_pages_for_which_no_other_firefox_starts_are_not_checked(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.runner.runner.MOST_PAGES", 2)
    write_two_more()
    completed = run("--jobs", "1", "--lang", "en")
    assert completed.exit_code == 3, completed.output
    assert completed.stderr.count("it does not start") == 2
    assert completed.stderr.count("Firefox stopped: it did not start again.") == 4
    (file,) = Path("runs").glob("*/run.json")
    verdicts = [page.verdict for _, page in read_record(file.parent).pages()]
    assert sorted(verdicts) == [Verdict.NEW] * 2 + [Verdict.UNREACHABLE] * 4


def test_a_run_without_any_page_whose_firefox_does_not_restart_is_an_error(situation: Situation) -> None:
    situation.becomes = breaks_down
    completed = run()
    assert completed.exit_code == 18, completed.output
    assert not list(Path("runs").iterdir())


def test_no_page_is_visited_when_a_baseline_is_damaged(situation: Situation) -> None:
    Baselines(Path("screenshots"), baselines_of("site")).write("exemple", 2, capture_of(PNG, page=2))
    Path("screenshots", baselines_of("site"), "exemple", "02.png").write_bytes(b"damaged")
    visits: list[None] = []
    situation.on_the_way = lambda: visits.append(None)
    completed = run()
    assert completed.exit_code == PictureCorrupt.exit_code, completed.output
    assert not visits
    assert not list(Path("runs").glob("*/")), "nothing is left behind"


def test_baselines_are_read_while_firefox_starts(situation: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    Baselines(Path("screenshots"), baselines_of("site")).write("exemple", 1, capture_of(PNG))
    started = threading.Event()
    read = Baselines.read

    def read_later(self: Baselines, slug: str, page: int) -> Capture | None:
        assert started.wait(60), "Firefox does not start before"
        return read(self, slug, page)

    @contextmanager
    def firefox(**_: bool) -> Iterator[SimpleNamespace]:
        started.set()
        yield SimpleNamespace(environment=ENVIRONMENT)

    monkeypatch.setattr(Baselines, "read", read_later)
    monkeypatch.setattr("report.commands.run.open_firefox", firefox)
    assert run().exit_code == 4


def test_each_picture_of_a_run_is_decoded_once(situation: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    for page in (1, 2):
        Baselines(Path("screenshots"), baselines_of("site")).write("exemple", page, capture_of(OLD, page=page))
    decoded: list[bytes] = []
    decode = png._decoded

    def noting(data: bytes, path: Path) -> png.Picture:
        decoded.append(data)
        return decode(data, path)

    monkeypatch.setattr(png, "_decoded", noting)
    monkeypatch.setattr(png, "_LAST", png._LastPictures())
    completed = run()
    assert completed.exit_code == 0, completed.output
    (folder,) = Path("runs").glob("2*")
    assert len(list(folder.glob("differences/exemple/*.png"))) == 2
    assert len(list(folder.glob("previews/exemple/*.webp"))) == 2
    assert sorted(decoded) == sorted([OLD, PNG, NEWS]), "once for all pages and uses"
