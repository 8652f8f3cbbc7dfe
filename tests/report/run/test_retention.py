"""Old runs are removed, but not the latest ones, nor one that a decision cites."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture.errors import DecisionsCorrupt
from report.results.run_store import run_folders
from report.run.retention import REMOVED, old_runs, remove_runs
from tests.support.commands import invoke

START = datetime(2026, 3, 1, 3, 30, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder with five runs, night-1 to night-5; a decision cites night-2."""
    monkeypatch.chdir(tmp_path)
    for night in range(1, 6):
        run = tmp_path / "runs" / f"night-{night}"
        run.mkdir(parents=True)
        times = {"started": START + timedelta(days=night), "finished": START + timedelta(days=night, hours=1)}
        (run / "run.json").write_text(json.dumps({name: time.isoformat() for name, time in times.items()}))
        (run / "big").write_bytes(b"x" * 1000)
    decisions = [{"page": 1, "kind": "approve", "on": "2026-03-03", "by": "Zoé", "run": "night-2"}]
    beside = tmp_path / "screenshots" / "live" / "exemple"
    beside.mkdir(parents=True)
    (beside / "decisions.json").write_text(json.dumps(decisions))
    return tmp_path


def names(folder: Path) -> list[str]:
    return [one.name for one in run_folders(folder / "runs")]


def test_the_latest_and_the_cited_runs_are_kept(folder: Path) -> None:
    old = old_runs(folder / "runs", folder / "screenshots", 2)
    assert [one.folder.name for one in old] == ["night-1", "night-3"]
    assert all(one.size > 1000 for one in old)
    remove_runs(folder / "runs", old)
    assert names(folder) == ["night-5", "night-4", "night-2"]
    assert not list((folder / "runs").glob(f".*{REMOVED}"))


def test_what_is_left_of_a_removal_that_was_killed_is_removed(folder: Path) -> None:
    (folder / "runs" / "night-1").rename(folder / "runs" / f".night-1{REMOVED}")
    remove_runs(folder / "runs", [])
    assert not (folder / "runs" / f".night-1{REMOVED}").exists()
    assert len(names(folder)) == 4


def test_nothing_is_removed_while_decisions_cannot_be_read(folder: Path) -> None:
    (folder / "screenshots" / "live" / "exemple" / "decisions.json").write_text("{")
    with pytest.raises(DecisionsCorrupt):
        old_runs(folder / "runs", folder / "screenshots", 2)


def test_the_command_says_what_it_would_do_and_does_it(folder: Path) -> None:
    said = invoke("prune", "--keep", "2", "--dry-run", "--lang", "en")
    assert said.exit_code == 0, said.output
    assert [Path(line.split()[0]).name for line in said.stdout.splitlines()] == ["night-1", "night-3"]
    cited = f"{Path('runs') / 'night-2'}: kept, because a decision cites it\n"
    assert said.stderr == f"{cited}2 runs would be removed (0.0 MB).\n"
    assert len(names(folder)) == 5
    assert invoke("prune", "--keep", "2", "--lang", "en").stderr == f"{cited}2 runs removed (0.0 MB).\n"
    assert len(names(folder)) == 3
    assert invoke("prune", "--lang", "en").stderr == "0 runs removed (0.0 MB).\n"


def test_old_runs_are_in_the_order_of_their_names_whenever_they_ended(folder: Path) -> None:
    record = folder / "runs" / "night-1" / "run.json"
    record.write_text(record.read_text().replace("2026-03-02T04", "2026-03-04T05"))
    assert names(folder) == ["night-5", "night-4", "night-1", "night-3", "night-2"]
    old = old_runs(folder / "runs", folder / "screenshots", 1)
    assert [one.folder.name for one in old] == ["night-1", "night-3", "night-4"]
