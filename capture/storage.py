"""Disk access: atomic writes, locks that end with their process, and one error for each failure."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from capture.errors import CannotWrite, TutofraisError
from capture.messages import Phrase

LOCK_FILE = ".lock"
MOST_BYTES = 500_000_000
"""Size of a file that is read, bytes."""
POLL_S = 0.02
"""Interval at which a lock held by another process is tried again."""
ReadError = Callable[[Path, str], TutofraisError]
"""Builds the error for a file that cannot be read, from its path and the system's reason."""


class StillHeld(Exception):
    """Another process or thread still holds a lock at the end of the longest wait for it."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError into CannotWrite for this file or folder."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(path, _reason(error)) from error


@contextmanager
def writing_under(folder: Path) -> Iterator[None]:
    """Turn an OSError into CannotWrite for the file that the system names, or else for the folder.

    BrokenPipeError passes through: a closed output is not a disk error.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else folder
        raise CannotWrite(path, _reason(error)) from error


def write(path: Path, data: bytes) -> None:
    """Write a file of a folder that nobody reads yet, creating its parents; raises CannotWrite."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def write_inside(folder: Path, name: str, data: bytes) -> None:
    """Write a file into a folder that may come from elsewhere: no link in it is followed. Raises CannotWrite."""
    path = folder / name
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.parent.resolve().is_relative_to(folder.resolve()):
            raise CannotWrite(path, Phrase("it leads out of the folder"))
        if path.is_symlink():
            path.unlink()
        path.write_bytes(data)


def write_atomically(path: Path, data: bytes, *, sync: bool = False) -> None:
    """Replace a file in one step, so that readers see the old or the new content; raises CannotWrite.

    Args:
        sync: flush the content to the disk first, so that a power cut leaves one of the two.
    """
    pending = path.with_name(f".{path.name}.{os.getpid()}.new")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(pending, data, sync=sync)
            pending.replace(path)
        finally:
            pending.unlink(missing_ok=True)


def write_synced(path: Path, data: bytes) -> None:
    """Write a file and flush it to the disk; removes an incomplete one. Raises CannotWrite."""
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write(path, data, sync=True)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries (created, renamed and removed files) to the disk; raises CannotWrite."""
    with writing(folder):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, if it exists; raises CannotWrite."""
    with writing(path):
        path.unlink(missing_ok=True)


def read_bytes(path: Path, unreadable: ReadError, *, if_missing: bytes | None = None, most: int = MOST_BYTES) -> bytes:
    """Read an ordinary file; raises what ``unreadable`` builds.

    Args:
        unreadable: the error's class, such as PictureCorrupt.
        if_missing: content of a file that does not exist; None: that is an error, too.
        most: size from which it is not read, bytes.
    """
    try:
        status = path.stat()
        if stat.S_ISFIFO(status.st_mode) or stat.S_ISCHR(status.st_mode) or stat.S_ISSOCK(status.st_mode):
            raise unreadable(path, Phrase("it is no ordinary file"))
        if status.st_size > most:
            raise unreadable(path, Phrase("it has more than {n} million bytes", n=most // 1_000_000))
        return path.read_bytes()
    except (OSError, MemoryError) as error:
        if if_missing is not None and isinstance(error, FileNotFoundError):
            return if_missing
        raise unreadable(path, _reason(error)) from error


def file_lock(path: Path) -> FileLock:
    """Create a lock on a file, released at the latest when the process ends."""
    return FileLock(path, poll_interval=POLL_S)


def folder_lock(folder: Path) -> FileLock:
    """Create the lock of a folder: a dot file in it."""
    return file_lock(folder / LOCK_FILE)


@contextmanager
def holding(
    lock: FileLock, on_wait: Callable[[], None] = lambda: None, *, wait_s: float | None = None
) -> Iterator[None]:
    """Hold a lock, waiting for it; reentrant in one thread.

    The holder removes the lock file: waiting processes notice that theirs is gone, and create another.

    Args:
        on_wait: called once, before waiting, if another process or thread holds the lock.
        wait_s: longest wait, s; None: without an end.

    Raises:
        CannotWrite: it cannot be created.
        StillHeld: the longest wait is over.
    """
    if lock.is_locked:
        yield
        return
    path = Path(lock.lock_file)
    with writing(path.parent):
        held = _try_acquire(lock)
    if not held:
        if wait_s != 0:
            on_wait()
        _wait_for(lock, wait_s)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        lock.release()


def _wait_for(lock: FileLock, wait_s: float | None) -> None:
    """Acquire a lock; raises StillHeld when the longest wait is over, CannotWrite when it cannot be created."""
    with writing(Path(lock.lock_file).parent):
        try:
            lock.acquire(timeout=-1 if wait_s is None else wait_s)
        except Timeout as timeout:
            raise StillHeld from timeout


def _try_acquire(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height from a PNG's header (https://www.w3.org/TR/png/#11IHDR), px."""
    return int.from_bytes(png[16:20]), int.from_bytes(png[20:24])


def sha256(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _write(path: Path, data: bytes, *, sync: bool) -> None:
    with path.open("wb") as file:
        file.write(data)
        if sync:
            file.flush()
            os.fsync(file.fileno())


def _reason(error: OSError | MemoryError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error) or type(error).__name__
