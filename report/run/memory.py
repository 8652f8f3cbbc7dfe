"""Memory of a run: of its process and all that it has started."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

EVERY_S = 10
"""Time between two looks at the memory, s: adding up the pages of a Firefox takes time."""


@dataclass(kw_only=True)
class MemoryUse:
    """Bytes that are in use now, and at most so far."""

    now: int = 0
    most: int = 0


@contextmanager
def watched_memory() -> Iterator[MemoryUse]:
    """Look at the memory again and again, in a thread of its own, for as long as the context lasts."""
    use, ended = MemoryUse(), threading.Event()

    def look() -> None:
        while not ended.wait(EVERY_S):
            use.now = memory_of(psutil.Process())
            use.most = max(use.most, use.now)

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield use
    finally:
        ended.set()
        thread.join()


def memory_of(process: psutil.Process) -> int:
    """Return the bytes of a process and of all that it has started; on Linux, what they share counts once."""
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            info = one.memory_full_info()
        except psutil.Error:
            continue  # it has ended
        total += getattr(info, "pss", info.uss)
    return total
