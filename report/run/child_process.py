"""Processes that this project starts: events that they tell as lines of JSON, and how they are ended."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

import msgspec

from capture.checked_values import Unfit, decode_json

MARK = "tutofrais "
"""Beginning of a line that is an event; other lines come from elsewhere, such as a scenario's ``print``."""
STOP_S = 20
"""Time that a process has to leave nothing half-written after Ctrl-C, until it is killed."""
Event = TypeVar("Event")


@contextmanager
def running(module: str, request: object, *, errors: int | None = None) -> Iterator["subprocess.Popen[bytes]"]:
    """Start a module as a process that reads a request from its standard input, and end it with the context.

    Its standard input stays open: the process ends when this one does.

    Args:
        module: its name.
        request: written as a line of JSON.
        errors: where its standard error goes, as for Popen; None: where that of this process goes.
    """
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )
    try:
        tell(process, msgspec.json.encode(request))
        yield process
    finally:
        end(process)
        assert process.stdin is not None, "it was asked for"
        with suppress(BrokenPipeError):
            process.stdin.close()


def tell(process: "subprocess.Popen[bytes]", line: bytes) -> None:
    """Write a line to the standard input of a process; it is lost if the process has ended."""
    assert process.stdin is not None, "it was asked for"
    with suppress(BrokenPipeError):
        process.stdin.write(line + b"\n")
        process.stdin.flush()


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
