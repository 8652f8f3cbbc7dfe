"""Latest result of every page, from several runs."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from report.baselines.baselines import Baselines
from report.results.run_record import RECORD, RunRecord, write_record
from report.results.run_store import latest_results
from tests.support.builders import accueil, outcome_of, png_of, record_of, scene, tutorial_of

PNG = png_of(scene())


def write_run(runs: Path, baselines: Baselines, name: str, numbers: list[int], *, minutes: int) -> RunRecord:
    """Write the run of some pages of a tutorial of three, which ended so many minutes after the others began."""
    pages = tutorial_of(accueil, accueil, accueil).pages
    outcomes = [outcome_of(pages[number - 1], PNG) for number in numbers]
    record = record_of(runs / name, outcomes, baselines=baselines, tutorial=tutorial_of(accueil, accueil, accueil))
    record = replace(record, finished=record.started + timedelta(minutes=minutes))
    write_record(record, runs / name)
    return record


def test_each_page_is_as_the_latest_run_that_visited_it_found_it(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    runs = tmp_path / "runs"
    write_run(runs, baselines, "2026-03-01_03-00-00", [1, 2, 3], minutes=1)
    write_run(runs, baselines, "2026-03-01_09-00-00", [2], minutes=3)
    write_run(runs, baselines, "2026-03-01_08-00-00", [2, 3], minutes=2)
    (runs / "2026-03-01_10-00-00").mkdir()
    (runs / "2026-03-01_10-00-00" / RECORD).write_text("{")
    results = latest_results(runs, "replica")
    assert {page: folder.name[11:16] for (_, page), folder in results.folders.items()} == {
        1: "03-00",
        2: "09-00",
        3: "08-00",
    }
    assert results.record is not None
    assert results.record.id == "2026-03-01_09-00-00"
    assert [page.number for _, page in results.record.pages()] == [1, 2, 3]


def test_runs_of_another_site_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    write_run(tmp_path / "runs", Baselines(tmp_path / "screenshots", "replica"), "a", [1], minutes=1)
    results = latest_results(tmp_path / "runs", "live")
    assert (results.record, results.folders) == (None, {})
    assert latest_results(tmp_path / "nothing", "live").record is None
