"""Limits on the top level of a scenario: time and memory."""

import resource
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import psutil

SECONDS = 10
"""Time in which a scenario's top level must have run; it only declares."""
MORE_BYTES = 1 << 30
"""Memory that it may take besides what the program holds already."""


class TookTooLong(BaseException):
    """A scenario's top level has run longer than SECONDS; not an Exception, so that no scenario catches it."""


@contextmanager
def limited() -> Iterator[None]:
    """Limit time and memory inside the context; outside the main thread, only memory.

    Raises:
        TookTooLong: the time is over.
        MemoryError: the memory is used up.
    """
    with _limited_memory(), _limited_time():
        yield


@contextmanager
def _limited_time() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_: int, __: FrameType | None) -> None:
        raise TookTooLong

    handler = signal.signal(signal.SIGALRM, stop)
    begun = time.monotonic()
    # The timer goes on, in case a scenario has caught the first signal.
    left, interval = signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - begun), 0.001), interval)


@contextmanager
def _limited_memory() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = _address_space() + MORE_BYTES
    if hard != resource.RLIM_INFINITY and wanted > hard:
        yield
        return
    try:
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):  # macOS knows no such limit
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def _address_space() -> int:
    """Return the bytes of address space that this process uses."""
    return int(psutil.Process().memory_info().vms)
