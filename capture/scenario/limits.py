"""Limits on the code of a scenario: time, memory and output."""

import faulthandler
import os
import resource
import select
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from types import FrameType

import playwright
import psutil

from capture.scenario.arguments import LONGEST_TEXT
from capture.visible_text import visible

SECONDS = 10
"""Time in which a scenario's top level must have run; it only declares."""
MORE_BYTES = 1 << 30
"""Memory that it may take besides what the program holds already."""


MOST_PRINTED = 1000
"""Lines that a scenario may print."""
REHEARSAL_SLACK_S = 1
"""Time that a rehearsal has beyond SECONDS, so that the limits inside it act first."""
STUCK_S = 120
"""Time after which a process is ended that runs no Python code at all; `tutofrais run --resume` continues."""
_ACTS = (str(Path(__file__).parents[1]), str(Path(playwright.__file__).parent))
"""Folders of the code that acts on pages."""


class TookTooLong(BaseException):
    """A scenario's code has run longer than SECONDS; not an Exception, so that no scenario catches it."""


def rehearse(runs: Sequence[Callable[[], object]]) -> int | None:
    """Run the top levels of scenarios in a copy of this process, which is killed when one takes too long.

    A single operation of Python, such as ``sum(count())``, lets no signal and no other thread interrupt it. Does
    nothing where a copy cannot be made safely: in a process with threads.

    Returns:
        Index of the one that has not ended in time; None: there is none.
    """
    if threading.active_count() > 1:
        return None
    sys.stdout.flush()
    sys.stderr.flush()
    ends, told = os.pipe()
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            _run_silently(runs, told)
        os._exit(0)
    os.close(told)
    try:
        return _index_of_stuck(ends)
    finally:
        os.close(ends)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _index_of_stuck(ends: int) -> int | None:
    """Read a byte for the end of each run, until the pipe is closed; return the index of a run that does not end."""
    poll = select.poll()
    poll.register(ends, select.POLLIN)
    ended = 0
    while poll.poll((SECONDS + REHEARSAL_SLACK_S) * 1000):
        if not os.read(ends, 1):
            return None
        ended += 1
    return ended


def _run_silently(runs: Iterable[Callable[[], object]], told: int) -> None:
    """Run top levels of scenarios in the copy, without output and without the handling of Ctrl-C.

    Args:
        runs: of the scenarios, in their order.
        told: pipe into which a byte is written when one has ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nothing, descriptor)
    for run in runs:
        with suppress(BaseException), limited():
            run()
        os.write(told, b".")


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
def ticking(file: str) -> Iterator[None]:
    """Limit the time for which the code of a scenario runs without an act on the page; raises TookTooLong.

    Once a second, it is looked at where the program is. Time in the acts of a step does not count: they have limits of
    their own.

    Args:
        file: name of the file with the scenario's code.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seconds = 0
    _end_when_stuck()

    def look(_: int, frame: FrameType | None) -> None:
        nonlocal seconds
        _end_when_stuck()
        seconds = seconds + 1 if _runs_code_of(file, frame) else 0
        if seconds >= SECONDS:
            raise TookTooLong

    handler = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    try:
        with _limited_memory():
            yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        faulthandler.cancel_dump_traceback_later()


def _end_when_stuck() -> None:
    """End this process unless Python runs within STUCK_S: a single operation lets no signal interrupt it."""
    if sys.__stderr__ is not None:
        faulthandler.dump_traceback_later(STUCK_S, exit=True, file=sys.__stderr__)


def printer() -> Callable[..., None]:
    """Return the ``print`` of one scenario: to standard error, in harmless characters, MOST_PRINTED lines at most."""
    printed = count()

    def print_line(*values: object, sep: str = " ", **_: object) -> None:
        if next(printed) < MOST_PRINTED:
            line = visible(sep.join(map(str, values)))[:LONGEST_TEXT]
            sys.stderr.write(f"{line}\n")

    return print_line


def _runs_code_of(file: str, frame: FrameType | None) -> bool:
    """Return whether a frame belongs to code of this file, or to what that code calls of Python's own library."""
    while frame is not None and frame.f_code.co_filename not in (file, __file__):
        if frame.f_code.co_filename.startswith(_ACTS):
            return False
        frame = frame.f_back
    return frame is not None


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
