"""The nights before a run: from the history into its record, and from there onto the page of its report."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from capture.errors import RunUnreadable, TutofraisError
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.results.run_record import NIGHTS, EarlierNight, RunRecord, read_record
from report.results.verdict_letters import LETTERS, letters_of, verdicts_of
from report.run.earlier_nights import with_earlier_nights
from report.run.history import History
from report.run.opened_run import write_run
from report.run.run_plan import ProgressReporter
from report.verdict import Judgement, Verdict
from tests.support.builders import TODAY, accueil, outcome_of, png_of, record_of, scene, tutorial_of
from tests.support.commands import invoke

RUN = "2026-03-02_03-30-00"


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    """Record of a run on two pages that were never approved; it took an hour."""
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    tutorial = tutorial_of(accueil, accueil)
    outcomes = [outcome_of(page, png_of(scene(320, 240))) for page in tutorial.pages]
    made = record_of(tmp_path / "runs" / RUN, outcomes, baselines=baselines, tutorial=tutorial)
    return replace(made, finished=made.started + timedelta(hours=1))


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "runs")


def earlier(record: RunRecord, days: float, *verdicts: Verdict, minutes: int = 10) -> RunRecord:
    """Return a run that started some days earlier, with a verdict on each of the first pages."""
    (tutorial,) = record.tutorials
    pages = tuple(
        replace(page, judgement=Judgement(verdict=verdict))
        for page, verdict in zip(tutorial.pages, verdicts, strict=False)
    )
    started = record.started - timedelta(days=days)
    return replace(
        record,
        id=f"{started:%Y-%m-%d_%H-%M-%S}",
        started=started,
        finished=started + timedelta(minutes=minutes),
        tutorials=(replace(tutorial, pages=pages),),
    )


def test_each_verdict_has_a_letter_of_its_own() -> None:
    assert set(LETTERS) == set(Verdict)
    assert len(set(LETTERS.values())) == len(Verdict)
    assert list(verdicts_of(letters_of([*Verdict, None]))) == [*Verdict, None]


def test_the_record_tells_the_nights_before_it(record: RunRecord, history: History) -> None:
    history.add_run(earlier(record, 3, Verdict.TEXT_OUTDATED, Verdict.UP_TO_DATE))
    history.add_run(earlier(record, 1, Verdict.UP_TO_DATE))
    history.add_run(record)
    found = with_earlier_nights(record, history)
    assert found.nights == (
        EarlierNight(day=TODAY - timedelta(days=3), seconds=600),
        EarlierNight(day=TODAY - timedelta(days=1), seconds=600),
    )
    assert [page.nights for page in found.tutorials[0].pages] == ["TO", "O."]


def test_of_several_runs_of_a_night_the_last_verdict_and_the_longest_time_count(
    record: RunRecord, history: History
) -> None:
    history.add_run(earlier(record, 0.9, Verdict.UP_TO_DATE, minutes=2))
    history.add_run(earlier(record, 1, Verdict.TEXT_OUTDATED, Verdict.COSMETIC, minutes=40))
    found = with_earlier_nights(record, history)
    assert [page.nights for page in found.tutorials[0].pages] == ["O", "C"]
    assert [night.seconds for night in found.nights] == [2400]
    (page, _) = history.nights()
    assert [night.verdict for night in page.nights] == [Verdict.UP_TO_DATE]


def test_other_sites_other_pages_and_old_nights_are_left_out(record: RunRecord, history: History) -> None:
    other = replace(record.tutorials[0], slug="autre")
    history.add_run(replace(earlier(record, 2, Verdict.UP_TO_DATE), baselines="live"))
    history.add_run(replace(earlier(record, 3, Verdict.UP_TO_DATE), tutorials=(other,)))
    history.add_run(earlier(record, NIGHTS, Verdict.UP_TO_DATE))
    assert with_earlier_nights(record, history) == record
    history.add_run(earlier(record, NIGHTS - 1, Verdict.UP_TO_DATE))
    assert len(with_earlier_nights(record, history).nights) == 1


def test_of_runs_by_an_earlier_version_the_time_is_not_known(record: RunRecord, history: History) -> None:
    history.add_run(earlier(record, 1, Verdict.UP_TO_DATE))
    with closing(sqlite3.connect(history.path)) as database:
        database.execute("DROP TABLE run_times")
    assert with_earlier_nights(record, history).nights == (EarlierNight(day=TODAY - timedelta(days=1)),)


def test_the_report_that_is_written_again_has_the_same_history(
    record: RunRecord, history: History, tmp_path: Path
) -> None:
    history.add_run(earlier(record, 1, Verdict.TEXT_OUTDATED, Verdict.UP_TO_DATE))
    folder = tmp_path / "runs" / RUN
    told: list[TutofraisError] = []
    reporter = ProgressReporter(on_phase=lambda _: None, on_page=lambda *_: None, on_warning=told.append)
    found = write_run(record, folder=folder, history=history, translator=Sentences("fr"), reporter=reporter)
    assert found == with_earlier_nights(record, history) == read_record(folder)
    page = folder / "history.html"
    first = page.read_bytes()
    assert "2 nuits avec un passage" in first.decode()
    page.unlink()
    history.path.unlink()
    assert invoke("report", str(folder), "--lang", "fr").exit_code == 0
    assert page.read_bytes() == first
    assert told == []


def test_a_history_that_cannot_be_read_is_told_and_the_report_is_written(
    record: RunRecord, history: History, tmp_path: Path
) -> None:
    history.path.write_text("no database, but long enough to be taken for one" * 9)
    told: list[TutofraisError] = []
    reporter = ProgressReporter(on_phase=lambda _: None, on_page=lambda *_: None, on_warning=told.append)
    folder = tmp_path / "runs" / RUN
    assert write_run(record, folder=folder, history=history, translator=Sentences("en"), reporter=reporter) == record
    assert len(told) == 1
    assert "No earlier night is known" in (folder / "history.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [('"nights": "O"', '"nights": "OO"'), ('"nights": "O"', '"nights": "x"'), ('"seconds": 600', '"seconds": -600')],
)
def test_nights_that_make_no_sense_are_refused(
    record: RunRecord, history: History, tmp_path: Path, old: str, new: str
) -> None:
    history.add_run(earlier(record, 1, Verdict.UP_TO_DATE, Verdict.UP_TO_DATE))
    folder = tmp_path / "runs" / RUN
    reporter = ProgressReporter(on_phase=lambda _: None, on_page=lambda *_: None)
    write_run(record, folder=folder, history=history, translator=Sentences("fr"), reporter=reporter)
    text = (folder / "run.json").read_text("utf-8")
    assert old in text
    (folder / "run.json").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RunUnreadable):
        read_record(folder)
