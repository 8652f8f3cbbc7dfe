"""The folder that a run is made in, hidden and held until it is whole; one that was cut off can be gone on with."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from capture.errors import CannotWrite
from capture.runner.checkpoint import CHECKPOINTS
from report.i18n.dates import TIMEZONE

MANIFEST = "begun.json"
RESUMABLE_FOR = timedelta(hours=12)
"""What was seen longer ago is not what the site shows now."""
SUFFIX = ".partial"


class InterruptedCleanly(KeyboardInterrupt):
    """Somebody typed Ctrl-C before a run was whole: nothing is left of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """A run that is being made."""

    path: Path
    run_id: str
    started: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _RunManifest:
    """What is known of a run from its beginning."""

    site: str
    tutorials: tuple[str, ...]
    """Their names, in order."""
    started: datetime

    def is_like(self, other: "_RunManifest") -> bool:
        """Is it to see the same?"""
        return (self.site, self.tutorials) == (other.site, other.tutorials)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unfinished:
    """A run's folder, and the hold on it that keeps other runs away."""

    path: Path
    lock: int
    manifest: _RunManifest | None
    """None: it cannot be read."""

    def is_like(self, begun: _RunManifest) -> bool:
        return self.manifest is not None and self.manifest.is_like(begun)

    def is_old(self, now: datetime) -> bool:
        return self.manifest is None or now - self.manifest.started > RESUMABLE_FOR


@contextmanager
def run_folder(
    runs: Path, site: str, tutorials: Iterable[str], now: datetime, *, resume: bool, on_phase: Callable[[str], None]
) -> Iterator[RunFolder]:
    """A folder for a run, which gets its name only when the run is whole; nothing is left of one that fails.

    Args:
        tutorials: the names of those that the run is to visit.
        now: when the run starts; aware.
        resume: go on with a run of this site and these tutorials that was cut off, if there is one.
        told: what is done about such a run: “resumed” or “dropped”; “afresh” when none is there to go on with.

    Raises:
        CannotWrite: there is no room for it, or it may not be written.
        NothingLeft: Ctrl-C.
    """
    new = _RunManifest(site=site, tutorials=tuple(sorted(tutorials)), started=now)
    with writing(runs):
        runs.mkdir(parents=True, exist_ok=True)
        with _lock(runs):
            unfinished = _choose_resumable(runs, new, resume, on_phase) or _new_folder(runs, new)
    folder, begun = unfinished.path, unfinished.manifest
    assert begun is not None, "it was just read, or written"
    run_id = folder.name.removeprefix(".").removesuffix(SUFFIX)
    try:
        with writing(folder):
            yield RunFolder(path=folder, run_id=run_id, started=begun.started)
            shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
            with _lock(runs):
                (folder / MANIFEST).unlink()
                folder.rename(runs / run_id)
    except KeyboardInterrupt as interrupt:
        raise InterruptedCleanly from interrupt
    finally:
        with suppress(OSError), _lock(runs):
            shutil.rmtree(folder, ignore_errors=True)
        os.close(unfinished.lock)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """Raise CannotWrite for what the system would not do; of a place, unless it names a file.

    That nobody reads any more what is said is no such thing: BrokenPipeError goes on.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else place
        raise CannotWrite(path, error.strerror or str(error)) from error


def _choose_resumable(runs: Path, new: _RunManifest, resume: bool, told: Callable[[str], None]) -> _Unfinished | None:
    """The run to go on with, if that is asked for; of others that were cut off, what is of no more use is removed.

    What may not be removed, somebody else's perhaps, stays.
    """
    cut_off = list(_interrupted_runs(runs))
    recent = [one for one in cut_off if one.is_like(new) and not one.is_old(new.started)]
    chosen = recent[-1] if resume and recent else None
    for one in cut_off:
        if one is chosen:
            continue
        if one.is_old(new.started) or one.is_like(new):
            shutil.rmtree(one.path, ignore_errors=True)
        os.close(one.lock)
    if resume:
        told("resumed" if chosen else "afresh")
    elif recent:
        told("dropped")
    return chosen


def _interrupted_runs(runs: Path) -> Iterator[_Unfinished]:
    """Folders of runs that nobody makes any more, from the oldest to the newest."""
    for path in sorted(runs.glob(f".*{SUFFIX}")):
        hold = None
        with suppress(OSError):
            hold = _try_lock(path)
        if hold is not None:
            yield _Unfinished(path=path, lock=hold, manifest=_read(path / MANIFEST))


def _read(file: Path) -> _RunManifest | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_RunManifest)
    except (OSError, msgspec.DecodeError):
        return None


def _new_folder(runs: Path, begun: _RunManifest) -> _Unfinished:
    stamp = begun.started.astimezone(TIMEZONE).strftime("%Y-%m-%d_%H-%M-%S")
    run_id = next(
        name for name in _names(stamp) if not (runs / name).exists() and not (runs / f".{name}{SUFFIX}").exists()
    )
    path = runs / f".{run_id}{SUFFIX}"
    path.mkdir()
    try:
        (path / MANIFEST).write_bytes(msgspec.json.encode(begun))
        hold = _try_lock(path)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    assert hold is not None, "nobody else looks for one meanwhile"
    return _Unfinished(path=path, lock=hold, manifest=begun)


def _names(stamp: str) -> Iterator[str]:
    yield stamp
    number = 2
    while True:
        yield f"{stamp}_{number}"
        number += 1


def _try_lock(folder: Path) -> int | None:
    """A hold on a folder, which ends with this process however it ends; None when another process has it."""
    hold = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(hold)
        return None
    return hold


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Let no other run choose its folder, or end, meanwhile."""
    hold = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(hold, fcntl.LOCK_EX)
        yield
    finally:
        os.close(hold)
