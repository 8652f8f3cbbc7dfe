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
from capture.runner.checkpoint import VISITED
from report.i18n.sentences import TIMEZONE

BEGUN = "begun.json"
ONE_NIGHT = timedelta(hours=12)
"""What was seen longer ago is not what the site shows now."""
SUFFIX = ".partial"


class NothingLeft(KeyboardInterrupt):
    """Somebody typed Ctrl-C before a run was whole: nothing is left of it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunFolder:
    """A run that is being made."""

    path: Path
    run_id: str
    started: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class _Begun:
    """What is known of a run from its beginning."""

    site: str
    tutorials: tuple[str, ...]
    """Their names, in order."""
    started: datetime

    def is_like(self, other: "_Begun") -> bool:
        """Is it to see the same?"""
        return (self.site, self.tutorials) == (other.site, other.tutorials)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Unfinished:
    """A run's folder, and the hold on it that keeps other runs away."""

    path: Path
    hold: int
    begun: _Begun | None
    """None: it cannot be read."""

    def is_like(self, begun: _Begun) -> bool:
        return self.begun is not None and self.begun.is_like(begun)

    def is_old(self, now: datetime) -> bool:
        return self.begun is None or now - self.begun.started > ONE_NIGHT


@contextmanager
def run_folder(
    runs: Path, site: str, tutorials: Iterable[str], now: datetime, *, resume: bool, told: Callable[[str], None]
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
    new = _Begun(site=site, tutorials=tuple(sorted(tutorials)), started=now)
    with writing(runs):
        runs.mkdir(parents=True, exist_ok=True)
        with _held(runs):
            unfinished = _gone_on_with(runs, new, resume, told) or _begin(runs, new)
    folder, begun = unfinished.path, unfinished.begun
    assert begun is not None, "it was just read, or written"
    run_id = folder.name.removeprefix(".").removesuffix(SUFFIX)
    try:
        with writing(folder):
            yield RunFolder(path=folder, run_id=run_id, started=begun.started)
            shutil.rmtree(folder / VISITED, ignore_errors=True)
            with _held(runs):
                (folder / BEGUN).unlink()
                folder.rename(runs / run_id)
    except KeyboardInterrupt as interrupt:
        raise NothingLeft from interrupt
    finally:
        with suppress(OSError), _held(runs):
            shutil.rmtree(folder, ignore_errors=True)
        os.close(unfinished.hold)


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


def _gone_on_with(runs: Path, new: _Begun, resume: bool, told: Callable[[str], None]) -> _Unfinished | None:
    """The run to go on with, if that is asked for; of others that were cut off, what is of no more use is removed.

    What may not be removed, somebody else's perhaps, stays.
    """
    cut_off = list(_cut_off(runs))
    recent = [one for one in cut_off if one.is_like(new) and not one.is_old(new.started)]
    chosen = recent[-1] if resume and recent else None
    for one in cut_off:
        if one is chosen:
            continue
        if one.is_old(new.started) or one.is_like(new):
            shutil.rmtree(one.path, ignore_errors=True)
        os.close(one.hold)
    if resume:
        told("resumed" if chosen else "afresh")
    elif recent:
        told("dropped")
    return chosen


def _cut_off(runs: Path) -> Iterator[_Unfinished]:
    """Folders of runs that nobody makes any more, from the oldest to the newest."""
    for path in sorted(runs.glob(f".*{SUFFIX}")):
        hold = None
        with suppress(OSError):
            hold = _hold(path)
        if hold is not None:
            yield _Unfinished(path=path, hold=hold, begun=_read(path / BEGUN))


def _read(file: Path) -> _Begun | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Begun)
    except (OSError, msgspec.DecodeError):
        return None


def _begin(runs: Path, begun: _Begun) -> _Unfinished:
    stamp = begun.started.astimezone(TIMEZONE).strftime("%Y-%m-%d_%H-%M-%S")
    run_id = next(
        name for name in _names(stamp) if not (runs / name).exists() and not (runs / f".{name}{SUFFIX}").exists()
    )
    path = runs / f".{run_id}{SUFFIX}"
    path.mkdir()
    try:
        (path / BEGUN).write_bytes(msgspec.json.encode(begun))
        hold = _hold(path)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    assert hold is not None, "nobody else looks for one meanwhile"
    return _Unfinished(path=path, hold=hold, begun=begun)


def _names(stamp: str) -> Iterator[str]:
    yield stamp
    number = 2
    while True:
        yield f"{stamp}_{number}"
        number += 1


def _hold(folder: Path) -> int | None:
    """A hold on a folder, which ends with this process however it ends; None when another process has it."""
    hold = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(hold)
        return None
    return hold


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Let no other run choose its folder, or end, meanwhile."""
    hold = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(hold, fcntl.LOCK_EX)
        yield
    finally:
        os.close(hold)
