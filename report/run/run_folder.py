"""The folder of a run: hidden and locked until the run is complete; an interrupted one can be resumed."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec
from filelock import FileLock, Timeout

from capture.checked_values import Unfit, decode_json
from capture.errors import CannotWrite, InterruptedCleanly, RunUnreadable
from capture.runner.checkpoint import CHECKPOINTS
from capture.storage import LOCK_FILE, folder_lock, holding, read_bytes, writing_under
from report.i18n.dates import TIMEZONE
from report.results.run_store import RESUMABLE_FOR

MANIFEST = "begun.json"
SUFFIX = ".partial"


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """The folder of a run in progress."""

    path: Path
    run_id: str
    started: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _RunManifest:
    """Site and tutorials of a run in progress, by which it is recognised when it is to be resumed."""

    site: str
    tutorials: tuple[str, ...]
    """Slugs, sorted."""
    started: datetime

    def is_like(self, other: "_RunManifest") -> bool:
        """Compare site and tutorials."""
        return (self.site, self.tutorials) == (other.site, other.tutorials)


@dataclass(frozen=True, kw_only=True, slots=True)
class _UnfinishedRun:
    """The folder of an unfinished run, and the lock on it that this process holds."""

    path: Path
    lock: FileLock
    manifest: _RunManifest | None
    """None: it cannot be read."""

    def is_like(self, manifest: _RunManifest) -> bool:
        return self.manifest is not None and self.manifest.is_like(manifest)

    def is_old(self, now: datetime) -> bool:
        return self.manifest is None or now - self.manifest.started > RESUMABLE_FOR


@contextmanager
def run_folder(
    runs: Path, site: str, tutorials: Iterable[str], now: datetime, *, resume: bool, on_phase: Callable[[str], None]
) -> Iterator[RunFolder]:
    """Create a run's folder, or resume one; rename it when the run is complete, remove it when the run fails.

    Args:
        tutorials: slugs of the tutorials that the run visits.
        now: start of the run; aware.
        resume: resume an interrupted run of this site and these tutorials, if there is one.
        on_phase: receives “resumed” or “not_resumed” when a resumption was asked for; “dropped” when an interrupted
            run that could have been resumed is removed.

    Raises:
        CannotWrite: the disk is full, or the folder may not be written.
        InterruptedCleanly: Ctrl-C.
    """
    new = _RunManifest(site=site, tutorials=tuple(sorted(tutorials)), started=now)
    runs_lock = folder_lock(runs)
    with writing_under(runs):
        runs.mkdir(parents=True, exist_ok=True)
        with holding(runs_lock):
            unfinished = _choose_resumable(runs, new, resume, on_phase) or _new_folder(runs, new)
    folder, manifest = unfinished.path, unfinished.manifest
    assert manifest is not None, "it was just read, or written"
    run_id = folder.name.removeprefix(".").removesuffix(SUFFIX)
    try:
        with writing_under(folder):
            yield RunFolder(path=folder, run_id=run_id, started=manifest.started)
            shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
            with holding(runs_lock):
                (folder / MANIFEST).unlink()
                (folder / LOCK_FILE).unlink()
                folder.rename(runs / run_id)
    except KeyboardInterrupt as interrupt:
        raise InterruptedCleanly from interrupt
    finally:
        with suppress(CannotWrite), holding(runs_lock):
            shutil.rmtree(folder, ignore_errors=True)
        unfinished.lock.release()


def _choose_resumable(
    runs: Path, new: _RunManifest, resume: bool, on_phase: Callable[[str], None]
) -> _UnfinishedRun | None:
    """Return the run to resume, if that was asked for; remove interrupted runs that are old or replaced by this one.

    Folders that this user may not remove stay.
    """
    interrupted = list(_interrupted_runs(runs))
    recent = [run for run in interrupted if run.is_like(new) and not run.is_old(new.started)]
    chosen = recent[-1] if resume and recent else None
    for run in interrupted:
        if run is chosen:
            continue
        if run.is_old(new.started) or run.is_like(new):
            shutil.rmtree(run.path, ignore_errors=True)
        run.lock.release()
    if resume:
        on_phase("resumed" if chosen else "not_resumed")
    elif recent:
        on_phase("dropped")
    return chosen


def _interrupted_runs(runs: Path) -> Iterator[_UnfinishedRun]:
    """Yield, locked, the unfinished runs whose process has ended, the oldest first."""
    for path in sorted(runs.glob(f".*{SUFFIX}")):
        lock = None
        with suppress(OSError):
            lock = _try_lock(path)
        if lock is not None:
            yield _UnfinishedRun(path=path, lock=lock, manifest=_read_manifest(path / MANIFEST))


def _read_manifest(file: Path) -> _RunManifest | None:
    try:
        return decode_json(read_bytes(file, RunUnreadable), _RunManifest)
    except (RunUnreadable, Unfit):
        return None


def _new_folder(runs: Path, manifest: _RunManifest) -> _UnfinishedRun:
    """Create and lock a folder named after the run's start, or nothing if the disk is full."""
    stamp = manifest.started.astimezone(TIMEZONE).strftime("%Y-%m-%d_%H-%M-%S")
    run_id = next(
        name for name in _names(stamp) if not (runs / name).exists() and not (runs / f".{name}{SUFFIX}").exists()
    )
    path = runs / f".{run_id}{SUFFIX}"
    path.mkdir()
    try:
        (path / MANIFEST).write_bytes(msgspec.json.encode(manifest))
        lock = _try_lock(path)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    assert lock is not None, "no other run looks for a folder while this one holds the lock of all runs"
    return _UnfinishedRun(path=path, lock=lock, manifest=manifest)


def _names(stamp: str) -> Iterator[str]:
    """Yield a name, then the same name followed by _2, _3 and so on."""
    yield stamp
    number = 2
    while True:
        yield f"{stamp}_{number}"
        number += 1


def _try_lock(folder: Path) -> FileLock | None:
    """Lock a run's folder until this process ends; None when another process holds it."""
    lock = folder_lock(folder)
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return None
    return lock
