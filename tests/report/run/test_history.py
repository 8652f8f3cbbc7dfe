"""History of earlier runs."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture.errors import HistoryLocked, HistoryNewer, HistoryNotWritable, HistoryUnusable
from report.baselines.baselines import Baselines
from report.compare.volatility import VolatileRegion, Volatility
from report.output.formats import FeedEntry
from report.results.run_record import RunRecord
from report.run.history import HISTORY_RUNS, MEMORY_DAYS, BaselineKey, History
from report.verdict import OUTDATED, Judgement, Verdict
from tests.support.builders import (
    TAKEN,
    TODAY,
    accueil,
    box,
    capture_of,
    outcome_of,
    png_of,
    record_of,
    scene,
    tutorial_of,
)

PNG = png_of(scene())
PLACE = BaselineKey(baselines="replica", tutorial="exemple", page=1, approved=capture_of(PNG).sidecar.picture_sha256)
NEWS = box(60, 100, 100, 60)


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    baselines.write("exemple", 1, capture_of(PNG))
    (page,) = tutorial_of(accueil).pages
    return record_of(tmp_path / "run", [outcome_of(page, PNG)], baselines=baselines)


def run_record(
    record: RunRecord, days_ago: int = 1, digest: str = "a", liveliness: Volatility = Volatility.SEEN_NOW
) -> RunRecord:
    """Return the record of an earlier run that classified the news region in this way."""
    part = VolatileRegion(
        volatility=liveliness,
        box=NEWS,
        baseline_box=NEWS,
        role="region",
        name="Actualités",
        digest=digest,
        is_ignored=True,
    )
    (tutorial,) = record.tutorials
    (page,) = tutorial.pages
    changed = replace(tutorial, pages=(replace(page, volatile=(part,)),))
    return replace(record, started=record.started - timedelta(days=days_ago), tutorials=(changed,))


def test_the_history_is_empty_before_the_first_run(tmp_path: Path) -> None:
    assert History(tmp_path).volatile_parts(PLACE, TODAY) == ()


def runs_of(record: RunRecord, *verdicts: Verdict) -> Iterator[RunRecord]:
    """Yield the records of successive runs, each with a verdict on the page."""
    (tutorial,) = record.tutorials
    (page,) = tutorial.pages
    for number, verdict in enumerate(verdicts, start=1):
        since = TODAY if verdict in OUTDATED else None
        judged = replace(page, judgement=Judgement(verdict=verdict), outdated_since=since)
        yield replace(record, id=f"2026-02-{number:02}", tutorials=(replace(tutorial, pages=(judged,)),))


def test_the_history_holds_earlier_verdicts_and_the_day_since_which_a_page_is_outdated(
    record: RunRecord, tmp_path: Path
) -> None:
    history = History(tmp_path)
    for one in runs_of(record, Verdict.UP_TO_DATE, Verdict.TEXT_OUTDATED, Verdict.TEXT_OUTDATED):
        history.add_run(one)
    past = history.page_histories("replica", "exemple", "2026-03-01")[1]
    assert [entry.verdict for entry in past.entries] == ["up_to_date", "text_outdated", "text_outdated"]
    assert past.since == TODAY
    assert len(history.page_histories("replica", "exemple", "2026-02-03")[1].entries) == 2, "those of others"
    assert history.page_histories("live", "exemple", "2026-03-01") == {}, "another site's"


def test_the_history_returns_no_more_runs_than_the_report_shows(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    for one in runs_of(record, *[Verdict.UP_TO_DATE] * (HISTORY_RUNS + 3)):
        history.add_run(one)
    assert len(history.page_histories("replica", "exemple", "2026-03-01")[1].entries) == HISTORY_RUNS


def test_the_feed_has_the_latest_runs_first(tmp_path: Path) -> None:
    history = History(tmp_path)
    entries = [FeedEntry(run=f"run-{number}", finished=TAKEN, title="t", text="") for number in (1, 2)]
    assert history.record_feed_entry(entries[0]) == (entries[0],)
    assert history.record_feed_entry(entries[1]) == (entries[1], entries[0])


def test_a_resumed_run_comes_after_the_runs_that_ended_before_it(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    for one, ended in zip(runs_of(record, Verdict.UP_TO_DATE, Verdict.TEXT_OUTDATED), (9, 2), strict=True):
        history.add_run(one)
        entries = history.record_feed_entry(
            FeedEntry(run=one.id, finished=TAKEN + timedelta(hours=ended), title="t", text="")
        )
    assert [entry.run for entry in entries] == ["2026-02-01", "2026-02-02"]
    past = history.page_histories("replica", "exemple", "2026-02-02_04-00-00")[1]
    assert [entry.verdict for entry in past.entries] == ["text_outdated", "up_to_date"]
    assert past.since is None


def test_observations_come_latest_first(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add_run(run_record(record, 3, "a"))
    history.add_run(run_record(record, 2, "b", Volatility.EXPECTED))
    (known,) = history.volatile_parts(PLACE, TODAY)
    assert (known.part.name, known.part.box) == ("Actualités", NEWS)
    assert [(sighting.digest, sighting.volatile) for sighting in known.observations] == [("b", False), ("a", True)]


@pytest.mark.parametrize(
    "other",
    [
        replace(PLACE, page=2),
        replace(PLACE, tutorial="autre"),
        replace(PLACE, baselines="live"),
        replace(PLACE, approved="0" * 64),
    ],
)
def test_observations_of_another_page_do_not_count(record: RunRecord, tmp_path: Path, other: BaselineKey) -> None:
    history = History(tmp_path)
    history.add_run(run_record(record))
    assert history.volatile_parts(other, TODAY) == ()


def test_a_part_that_was_never_volatile_is_not_known(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add_run(run_record(record, liveliness=Volatility.EXPECTED))
    assert history.volatile_parts(PLACE, TODAY) == ()


def test_old_observations_are_deleted(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add_run(run_record(record, MEMORY_DAYS + 1))
    history.add_run(run_record(record, 1, liveliness=Volatility.EXPECTED))
    assert history.volatile_parts(PLACE, TODAY) == ()


def test_a_run_belongs_to_the_day_on_which_it_started_in_paris(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add_run(replace(run_record(record, 0), started=datetime(2026, 3, 1, 23, 30, tzinfo=UTC)))
    (known,) = history.volatile_parts(PLACE, TODAY)
    assert [sighting.day for sighting in known.observations] == [TODAY]


def test_a_broken_history_is_named_with_its_cure(tmp_path: Path) -> None:
    history = History(tmp_path)
    history.path.write_text("no database, but long enough to be taken for one" * 9)
    with pytest.raises(HistoryUnusable, match=r"history\.sqlite"):
        history.check()


def test_each_fault_of_the_history_has_a_fitting_cure(
    record: RunRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("report.run.history.PATIENCE_S", 0.1)
    history = History(tmp_path)
    history.add_run(run_record(record))
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(HistoryLocked, match="close that program"):
            history.add_run(run_record(record, 0, "b"))
        other.execute("ROLLBACK")
        other.execute("PRAGMA user_version = 99")
    with pytest.raises(HistoryNewer, match="Update tutofrais"):
        history.check()
    with pytest.raises(HistoryNotWritable, match="writable"):
        History(tmp_path / "absent").add_run(record)


def test_two_runs_that_end_together_wait_for_each_other(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add_run(run_record(record))
    with closing(sqlite3.connect(history.path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        second = threading.Thread(target=history.add_run, args=[run_record(record, 0, "b")])
        second.start()
        other.execute("COMMIT")
        second.join()
    (known,) = history.volatile_parts(PLACE, TODAY)
    assert len(known.observations) == 2


def test_an_excerpt_knows_what_is_known_of_its_tutorials_and_nothing_else(record: RunRecord, tmp_path: Path) -> None:
    history = History(tmp_path)
    history.add_run(run_record(record))
    (tutorial,) = record.tutorials
    history.add_run(replace(run_record(record), tutorials=(replace(tutorial, slug="autre"),)))
    (tmp_path / "there").mkdir()
    history.write_excerpt(["exemple"], tmp_path / "there" / "history.sqlite")
    there = History(tmp_path / "there")
    there.check()
    assert there.volatile_parts(PLACE, TODAY) == history.volatile_parts(PLACE, TODAY) != ()
    known = history.page_histories("replica", "exemple", "other")
    assert there.page_histories("replica", "exemple", "other") == known != {}
    assert there.page_histories("replica", "autre", "other") == {}
    History(tmp_path / "nothing").write_excerpt(["exemple"], tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()
