"""The pipeline of a run, without Firefox: what it tells, keeps and leaves."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from capture.capture import Capture
from capture.errors import PictureCorrupt
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import PageOutcome, VisitState
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
from report.workbench.job_messages import RunTutorials
from report.workbench.job_process import run_tutorials
from tests.support.builders import ENVIRONMENT, HOST, TODAY, accueil, capture_of, outcome_of, tutorial_of
from tests.support.stand_in_runner import NEWS, OLD, PNG, SCENARIO, Situation, captured, run


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
