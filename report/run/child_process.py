"""Processes that this project starts: events that they tell as lines of JSON, and how they are ended."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import msgspec

from capture.checked_values import Unfit, decode_json

MARK = "tutofrais "
"""Beginning of a line that is an event; other lines come from elsewhere, such as a scenario's ``print``."""
STOP_S = 20
"""Time that a process has to leave nothing half-written after Ctrl-C, until it is killed."""
Event = TypeVar("Event")


def emit(event: object) -> None:
    """Write an event to standard output, as one line."""
    sys.stdout.write(f"{MARK}{msgspec.json.encode(event).decode()}\n")
    sys.stdout.flush()


def events_of(
    process: "subprocess.Popen[bytes]", kind: type[Event], on_other: Callable[[str], object] = lambda _: None
) -> Iterator[Event]:
    """Yield what a process tells until it has ended.

    Args:
        process: with its standard output as a pipe.
        kind: of its events.
        on_other: receives the lines that are no events.
    """
    assert process.stdout is not None, "it was asked for"
    with process.stdout as lines:
        for line in lines:
            text = line.decode("utf-8", "replace")
            if not text.startswith(MARK):
                on_other(text)
                continue
            with suppress(Unfit):
                yield decode_json(text.removeprefix(MARK).encode(), kind)
    process.wait()


def end(process: "subprocess.Popen[bytes]") -> None:
    """Interrupt a process that is still running, and kill it if it does not end."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
