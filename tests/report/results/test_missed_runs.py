"""Planned runs that did not take place: how many, and who tells it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.baselines.baselines import Baselines
from report.console import print_table
from report.i18n.sentences import Sentences
from report.output.formats import FeedEntry, feed_entry
from report.output.html import write_report
from report.results.missed_runs import MissedRuns, missed_runs
from report.results.run_record import RunRecord, read_record, write_record
from report.run.history import History
from tests.support.builders import accueil, outcome_of, png_of, record_of, scene, tutorial_of
from tests.support.commands import invoke

ENDED = datetime(2026, 3, 2, 4, 30, tzinfo=UTC)
THREE = MissedRuns(since=ENDED, until=datetime(2026, 3, 6, 3, 30, tzinfo=UTC), number=3)
SENTENCE = "No run between 2 March 2026 and 6 March 2026: 3 planned runs were missed."


@pytest.mark.parametrize(
    ("hours", "every", "missed"),
    [
        (0, 1, 0),
        (23, 1, 0),
        (35.9, 1, 0),  # made up for in the morning
        (36, 1, 1),
        (47, 1, 1),
        (95, 1, 3),
        (7 * 24, 7, 0),
        (10.4 * 24, 7, 0),
        (14 * 24, 7, 1),
        (95, None, 0),
    ],
)
def test_nights_are_counted_from_a_night_and_a_half_without_a_run(hours: float, every: int | None, missed: int) -> None:
    now = ENDED + timedelta(hours=hours)
    found = missed_runs(ENDED, now, every)
    assert found == (MissedRuns(since=ENDED, until=now, number=missed) if missed else None)


def test_before_the_first_run_nothing_was_missed() -> None:
    assert missed_runs(None, ENDED, 1) is None


@given(st.integers(1, 400), st.integers(1, 30), st.floats(-0.49, 0.49))
def test_a_delay_of_less_than_half_an_interval_changes_no_number(nights: int, every: int, late: float) -> None:
    found = missed_runs(ENDED, ENDED + timedelta(days=(nights + late) * every), every)
    assert (found.number if found else 0) == nights - 1


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    (tmp_path / "screenshots").mkdir()
    (page,) = tutorial_of(accueil).pages
    baselines = Baselines(tmp_path / "screenshots", "replica")
    return replace(
        record_of(tmp_path / "runs" / "2026-03-06", [outcome_of(page, png_of(scene()))], baselines=baselines),
        missed=THREE,
    )


def test_terminal_report_summary_and_feed_tell_it(
    record: RunRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, folder = Sentences("en"), tmp_path / "runs" / "2026-03-06"
    print_table(record, words)
    assert SENTENCE in capsys.readouterr().out.splitlines()
    write_report(record, folder, words)
    assert f'<p class="lead alarm">{SENTENCE}</p>' in (folder / "index.html").read_text("utf-8")
    assert f"**{SENTENCE}**" in (folder / "summary.md").read_text("utf-8").splitlines()
    assert feed_entry(record, words).text.splitlines()[0] == SENTENCE
    assert Sentences("fr").missed(replace(THREE, number=1)) == (
        "Aucun passage entre le 2 mars 2026 et le 6 mars 2026\u00a0: 1 passage prévu a été manqué."
    )


def test_the_record_keeps_it_and_a_run_without_one_tells_nothing(
    record: RunRecord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "runs" / "2026-03-06"
    write_record(record, folder)
    assert read_record(folder).missed == THREE
    calm = replace(record, missed=None)
    print_table(calm, Sentences("en"))
    write_report(calm, folder, Sentences("en"))
    assert "No run" not in capsys.readouterr().out + (folder / "index.html").read_text("utf-8")


def remember(runs: Path, record: RunRecord, ended: datetime, *, whole: bool) -> None:
    """Write a run into the history: with an entry of the feed if it was one of all tutorials."""
    history = History(runs)
    history.add_run(replace(record, id=f"run-{ended:%d-%H}", finished=ended))
    if whole:
        history.record_feed_entry(FeedEntry(run=f"run-{ended:%d-%H}", finished=ended, title="", text=""))


def test_only_runs_of_all_tutorials_on_the_same_site_count(record: RunRecord, tmp_path: Path) -> None:
    runs = tmp_path / "nights"
    assert History(runs).last_run("replica") is None
    runs.mkdir()
    remember(runs, record, ENDED, whole=True)
    remember(runs, record, ENDED - timedelta(days=1), whole=True)
    remember(runs, record, ENDED + timedelta(days=1), whole=False)
    remember(runs, replace(record, baselines="live"), ENDED + timedelta(days=2), whole=True)
    assert History(runs).last_run("replica") == ENDED
    assert History(runs).last_run("live") == ENDED + timedelta(days=2)


def test_a_merged_run_tells_the_nights_without_any(
    record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    part, runs = tmp_path / "part" / "2026-03-06", tmp_path / "nights"
    runs.mkdir()
    part.mkdir(parents=True)
    write_record(replace(record, missed=None), part)
    remember(runs, record, record.started - timedelta(days=3), whole=True)
    merged = invoke("merge", str(part), "--runs", "nights", "--every", "1", "--exit-zero", "--lang", "en")
    assert merged.exit_code == 0, merged.output
    assert "2 planned runs were missed." in merged.stdout
    assert "2 planned runs were missed." in (runs / "feed.atom").read_text("utf-8")
    silent = invoke("merge", str(part), "--runs", "nights", "--exit-zero", "--lang", "en")
    assert "missed" not in silent.stdout, "runs without a rhythm"
