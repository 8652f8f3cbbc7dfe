"""Jobs of the workbench: one at a time, each in a process of its own, with progress that every browser sees."""

import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import msgspec

from capture.errors import DecisionRefused
from capture.messages import Phrase
from report.run.child_process import end, events_of
from report.workbench.job_messages import JobEvent, JobRequest, ReadScenarios

PACKAGE = "report.workbench"
MOST_LINES = 200
"""Lines of progress that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JobState:
    """State of a job, from what it has reported so far."""

    title: str = ""
    """Title, for the person; empty: no job has been started."""
    running: bool = False
    lines: tuple[str, ...] = ()
    pages: int = 0
    planned: int = 0
    stopped: bool = False
    """A person stopped it."""
    last: JobEvent | None = None
    """Its last event; None: it has not ended, or was stopped."""
    number: int = 0
    """Number of the job since the workbench was started."""


class JobRunner:
    """Runs one job at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._state = JobState()

    @property
    def state(self) -> JobState:
        return self._state

    def start(self, title: str, request: JobRequest, on_end: Callable[[JobState], None] = lambda _: None) -> None:
        """Start a job; raises DecisionRefused while another one is running.

        Args:
            title: what it does, for the person.
            request: what it does.
            on_end: called in another thread when it has ended.
        """
        with self._lock:
            if self._state.running:
                raise DecisionRefused(Phrase("something else is being done: wait for its end, or stop it"))
            self._state = JobState(title=title, running=True, number=self._state.number + 1)
            self._process = _start("run", request)
        threading.Thread(target=self._follow, args=(self._process, on_end), daemon=True).start()

    def stop(self) -> None:
        """Stop the job that is running, if there is one; wait until it has left nothing half-written."""
        with self._lock:
            process = self._process if self._state.running else None
            if process is not None:
                self._state = replace(self._state, stopped=True)
        if process is not None:
            end(process)

    def _follow(self, process: "subprocess.Popen[bytes]", on_end: Callable[[JobState], None]) -> None:
        for event in events_of(process, JobEvent):
            with self._lock:
                self._state = _after(self._state, event)
        with self._lock:
            self._state = replace(self._state, running=False)
            state = self._state
        on_end(state)


def read_scenarios(request: ReadScenarios) -> JobEvent | None:
    """Read scenarios and return what they declare, or why they cannot be read; None: the program ended without it."""
    process = _start("read", request)
    try:
        return next(iter([event for event in events_of(process, JobEvent) if event.done]), None)
    finally:
        end(process)


def _start(program: str, request: JobRequest | ReadScenarios) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", PACKAGE, program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdin is not None, "it was asked for"
    with process.stdin as pipe:
        pipe.write(msgspec.json.encode(request))
    return process


def _after(state: JobState, event: JobEvent) -> JobState:
    """Return the state after an event."""
    lines = (*state.lines, event.told)[-MOST_LINES:] if event.told else state.lines
    return replace(
        state,
        lines=lines,
        pages=event.pages or state.pages,
        planned=event.planned or state.planned,
        last=event if event.done else state.last,
    )
