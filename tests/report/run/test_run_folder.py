"""Run folders, complete and interrupted."""

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture.errors import CannotWrite
from report.run.run_folder import RunFolder, run_folder

NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
TUTORIALS = ("one", "other")
KILLED = """
import os, sys
from datetime import datetime
from pathlib import Path
from report.run.run_folder import run_folder
runs, site, tutorials, now = sys.argv[1:]
started = datetime.fromisoformat(now)
with run_folder(Path(runs), site, tutorials.split(), started, resume=False, on_phase=print) as folder:
    (folder.path / "seen").touch()
    os._exit(9)
"""
MAKE_RUN_FOLDERS = """
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from report.run.run_folder import run_folder
runs, now, number = sys.argv[1:]
now = datetime.fromisoformat(now)
for turn in range(int(number)):
    with suppress(KeyError), run_folder(Path(runs), "live", [], now, resume=True, on_phase=id) as folder:
        for name in range(20):
            (folder.path / str(name)).touch()
        if turn % 2:
            raise KeyError
"""
"""Program that makes several runs, every second of which fails."""


class Runs:
    """Runs in one folder, and messages about those that were interrupted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.phases: list[str] = []

    def begin(
        self, site: str = "live", tutorials: Sequence[str] = TUTORIALS, *, now: datetime = NOW, resume: bool = False
    ) -> AbstractContextManager[RunFolder]:
        return run_folder(self.path, site, tutorials, now, resume=resume, on_phase=self.phases.append)

    def make(
        self, site: str = "live", tutorials: Sequence[str] = TUTORIALS, *, now: datetime = NOW, resume: bool = False
    ) -> RunFolder:
        """Make a complete run."""
        with self.begin(site, tutorials, now=now, resume=resume) as folder:
            (folder.path / "run.json").touch()
        return folder

    def kill(self, site: str = "live", *, now: datetime = NOW) -> Path:
        """Kill the process of a run in the middle; return the folder that remains."""
        command = [sys.executable, "-c", KILLED, str(self.path), site, " ".join(TUTORIALS), now.isoformat()]
        assert subprocess.run(command, check=False).returncode == 9
        (folder,) = (path for path in self.path.glob(".*") if (path / "seen").exists())
        return folder

    @property
    def unfinished(self) -> list[Path]:
        return list(self.path.glob(".*"))


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(tmp_path / "runs")


def test_a_whole_run_has_its_name_and_nothing_else(runs: Runs) -> None:
    made = runs.make()
    assert made.run_id == "2026-03-01_03-30-00", "in Paris, as the report tells it"
    assert [path.name for path in runs.path.iterdir()] == [made.run_id]
    assert [path.name for path in (runs.path / made.run_id).iterdir()] == ["run.json"]
    assert runs.phases == []


def test_two_runs_of_one_second_have_two_names(runs: Runs) -> None:
    with runs.begin() as one:
        other = runs.make(resume=True)
        assert one.path.exists(), "who makes it holds it: nobody else goes on with it, or removes it"
    assert one.run_id != other.run_id
    assert runs.phases == ["not_resumed"]


def test_processes_that_make_runs_at_once_are_not_in_each_others_way(runs: Runs) -> None:
    command = [sys.executable, "-c", MAKE_RUN_FOLDERS, str(runs.path), NOW.isoformat(), "120"]
    making = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    phases = [process.communicate()[1] for process in making]
    assert [process.returncode for process in making] == [0] * 4, phases
    assert len(list(runs.path.glob("[!.]*"))) == 240
    assert runs.unfinished == []


def test_a_run_that_fails_leaves_nothing(runs: Runs) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        runs.begin(),
    ):
        raise KeyboardInterrupt
    assert list(runs.path.iterdir()) == []


def test_an_interrupted_run_is_resumed_under_its_own_name(runs: Runs) -> None:
    folder = runs.kill()
    made = runs.make(now=NOW + timedelta(hours=11), resume=True)
    assert (runs.path / made.run_id / "seen").exists()
    assert made.path == folder
    assert made.started == NOW
    assert runs.phases == ["resumed"]
    assert runs.unfinished == []


@pytest.mark.parametrize(("site", "hours", "phases"), [("2026", 1, "not_resumed"), ("live", 13, "not_resumed")])
def test_a_run_of_another_site_or_an_old_run_is_not_resumed(runs: Runs, site: str, hours: int, phases: str) -> None:
    runs.kill()
    made = runs.make(site, now=NOW + timedelta(hours=hours), resume=True)
    assert not (runs.path / made.run_id / "seen").exists()
    assert runs.phases == [phases]


def test_a_run_of_other_tutorials_is_neither_resumed_nor_removed(runs: Runs) -> None:
    folder = runs.kill()
    for tutorials in (["one"], ["one", "other", "more"]):
        runs.make(tutorials=tutorials)
        runs.make(tutorials=tutorials, resume=True)
    assert (folder / "seen").exists()
    assert runs.make(tutorials=TUTORIALS[::-1], resume=True).path == folder
    assert runs.phases == ["not_resumed", "not_resumed", "resumed"]


def test_a_run_that_is_replaced_or_old_is_removed(runs: Runs) -> None:
    runs.kill()
    runs.make("2026")
    assert len(runs.unfinished) == 1, "a run of the live site may still be gone on with"
    runs.make("live")
    assert runs.unfinished == []
    assert runs.phases == ["dropped"]
    runs.kill()
    runs.make("2026", now=NOW + timedelta(hours=13))
    assert runs.unfinished == []
    assert runs.phases == ["dropped"], "nothing is told of what nobody could go on with"


def test_a_folder_that_cannot_be_read_is_removed(runs: Runs) -> None:
    for file in runs.kill().glob("*.json"):
        file.write_bytes(b"{")
    runs.make(resume=True)
    assert runs.unfinished == []
    assert runs.phases == ["not_resumed"]


def test_a_folder_that_cannot_be_removed_or_read_stays_and_stops_no_run(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = runs.kill()
    (runs.path / ".gone.partial").symlink_to("nowhere")
    with monkeypatch.context() as patch:
        patch.setattr("os.rmdir", refuse)
        made = runs.make()
    assert (runs.path / made.run_id / "run.json").exists()
    assert folder.exists()


def refuse(*where: object, **more: object) -> None:
    raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))


def test_a_disk_that_is_full_from_the_beginning_leaves_nothing(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CannotWrite, match="runs cannot be written: No space"):
        runs.make()
    assert list(runs.path.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "raised", "named"),
    [
        (OSError(errno.EACCES, "no", "/elsewhere/picture.png"), CannotWrite, "/elsewhere/picture.png cannot"),
        (OSError(errno.ENOSPC, "no"), CannotWrite, r"03-30-00\.partial cannot"),
        (BrokenPipeError(errno.EPIPE, "no"), BrokenPipeError, "no"),
    ],
)
def test_the_file_that_cannot_be_written_is_named(
    runs: Runs, error: OSError, raised: type[Exception], named: str
) -> None:
    with (
        pytest.raises(raised, match=named),
        runs.begin(),
    ):
        raise error
    assert list(runs.path.iterdir()) == []
