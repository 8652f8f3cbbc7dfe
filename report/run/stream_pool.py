"""Visit several streams at the same time, each in a process with a Firefox of its own."""

import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from capture.messages import Phrase
from report.run.child_process import events_of, running
from report.run.stream_messages import StreamEvent, StreamRequest
from report.run.stream_record import stream_file

MODULE = "report.run.stream_process"
ATTEMPTS = 2
"""Processes that are started for a stream at most: what was visited when one ended is not visited again."""
POLL_S = 0.5
"""Time after which Ctrl-C is noticed."""

OnTold = Callable[[StreamEvent], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Ended:
    """A process has ended."""

    request: StreamRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamPool:
    """Processes of this machine that visit the streams of a run."""

    phase: ClassVar[str] = "firefoxes"
    why_lost: ClassVar[Phrase] = Phrase("the process that visits it ended twice")
    told: OnTold
    """Receives what processes tell."""

    def visit(self, requests: Sequence[StreamRequest]) -> None:
        """Visit all streams, each in a process with a Firefox of its own."""
        visit_streams(requests, stream_file, self.told)


def visit_streams(requests: Sequence[StreamRequest], result_of: Callable[[StreamRequest], Path], told: OnTold) -> None:
    """Visit all streams; a process that ends without a result is started once more.

    Args:
        requests: the streams.
        result_of: returns the file that the process of a stream writes at its end.
        told: receives what processes tell.
    """
    events: queue.Queue[StreamEvent | _Ended] = queue.Queue()
    attempts = dict.fromkeys((one.number for one in requests), 1)
    with ExitStack() as stack:
        for request in requests:
            stack.enter_context(_process(request, events))
        left = len(requests)
        while left:
            event = _next(events)
            if isinstance(event, StreamEvent):
                told(event)
            elif isinstance(event, _Ended):
                left -= 1
                number = event.request.number
                if not result_of(event.request).is_file() and attempts[number] < ATTEMPTS:
                    attempts[number] += 1
                    left += 1
                    stack.enter_context(_process(event.request, events))


def _next(events: "queue.Queue[StreamEvent | _Ended]") -> StreamEvent | _Ended | None:
    """Return the next event; None if there is none for a while, so that Ctrl-C is noticed."""
    try:
        return events.get(timeout=POLL_S)
    except queue.Empty:
        return None


@contextmanager
def _process(request: StreamRequest, events: "queue.Queue[StreamEvent | _Ended]") -> Iterator[None]:
    """Start the process of a stream, and end it with the context."""
    with running(MODULE, request) as process:
        threading.Thread(target=_follow, args=(process, request, events), daemon=True).start()
        yield


def _follow(
    process: "subprocess.Popen[bytes]", request: StreamRequest, events: "queue.Queue[StreamEvent | _Ended]"
) -> None:
    """Pass on what a process tells, until it has ended."""
    for event in events_of(process, StreamEvent, on_other=sys.stderr.write):
        events.put(event)
    events.put(_Ended(request=request))
