"""What a worker of a Dask cluster does for a run: it visits one stream, in a process with a Firefox of its own."""

import subprocess
import tempfile
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec
from distributed import Worker, get_worker
from distributed.core import Status
from distributed.utils import sync

from report.run.child_process import events_of, running, tell
from report.run.cluster.parcel import files_under, pack, unpack
from report.run.cluster.stream_parcel import located, visited_files
from report.run.lease import BEAT_S, LEASE_S, lease_clock
from report.run.stream_messages import StreamEvent, StreamRequest
from report.run.stream_pool import MODULE
from report.run.stream_record import stream_file

ASK_S = 5.0
"""Time in which the scheduler answers."""
TOLD, BEGUN, ENDED = "told", "begun", "ended"
"""Keys of the events that a task logs: a line for the person; its name when its stream begins, and has ended."""
IN_SERVICE = (Status.running, Status.paused, Status.closing_gracefully)


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamTask:
    """A stream, handed to a worker."""

    request: StreamRequest
    parcel: bytes
    """What the stream needs."""
    topic: str
    """Topic under which the task logs events."""
    worker_id: str
    """Identifier of the worker to which it is handed: another one that has taken its address does not begin."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamEnd:
    """What became of a stream."""

    parcel: bytes
    """Files of the run's folder; without a record, those of the tutorials that were visited to their end."""
    recorded: bool
    """Whether the stream came to its end."""


class NotBegun(Exception):
    """The stream does not begin: the worker was replaced by another one, or its scheduler is not heard."""


def visit(task: StreamTask) -> StreamEnd:
    """Visit a stream, and return what was seen.

    The stream ends when the scheduler no longer expects this task of this worker, and when it has not been heard for
    the length of a lease: what is returned then counts for nothing.

    Raises:
        NotBegun.
    """
    worker = get_worker()
    if worker.id != task.worker_id:
        raise NotBegun
    watch = _Watch(worker=worker, key=str(worker.get_current_task()))
    with tempfile.TemporaryDirectory(prefix="tutofrais-", dir=worker.local_directory) as name:
        unpack(task.parcel, Path(name))
        worker.log_event(task.topic, {BEGUN: watch.key})
        try:
            asked, wanted = watch.ask()
            if not wanted:
                raise NotBegun
            request = located(task.request, Path(name), asked + LEASE_S)
            _visit(request, watch, told=lambda event: worker.log_event(task.topic, {TOLD: msgspec.to_builtins(event)}))
        finally:
            worker.log_event(task.topic, {ENDED: watch.key})
        recorded = stream_file(request).is_file()
        files = files_under(Path(request.folder), "") if recorded else visited_files(request)
        return StreamEnd(parcel=pack(files), recorded=recorded)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Watch:
    """Asks whether a task is still wanted."""

    worker: Worker
    key: str
    """Name of the task, as the scheduler knows it."""

    def ask(self) -> tuple[float, bool | None]:
        """Ask the scheduler whether it expects the task of this worker.

        It does no longer when the run was stopped, or its process has ended; when the scheduler believes that this
        worker is lost; and when it has handed the task to another one.

        Returns:
            Time at which it was asked, by ``lease_clock``; its answer, or None: there is none.
        """
        asked = lease_clock()
        if self.worker.status not in IN_SERVICE:
            return asked, False
        address = self.worker.contact_address
        ask = self.worker.scheduler.processing
        try:
            return asked, self.key in sync(self.worker.loop, ask, callback_timeout=ASK_S, workers=[address])[address]
        except KeyError:  # raised by the scheduler: it does not know this worker
            return asked, False
        except (OSError, TimeoutError, RuntimeError):
            return asked, None


def _visit(request: StreamRequest, watch: _Watch, told: Callable[[StreamEvent], object]) -> None:
    """Visit a stream as long as it is wanted."""
    until = request.lease_until
    assert until is not None, "it has a lease"
    with running(MODULE, request, errors=subprocess.STDOUT) as process:
        follower = threading.Thread(target=_follow, args=(process, told), daemon=True)
        follower.start()
        while process.poll() is None:
            asked, wanted = watch.ask()
            if wanted:
                until = asked + LEASE_S
                tell(process, str(until).encode())
            elif wanted is False or lease_clock() > until:
                return
            with suppress(subprocess.TimeoutExpired):
                process.wait(BEAT_S)
        follower.join()


def _follow(process: "subprocess.Popen[bytes]", told: Callable[[StreamEvent], object]) -> None:
    """Pass on what a process tells, and whatever else it prints."""
    for event in events_of(process, StreamEvent, on_other=lambda line: told(StreamEvent(told=line.rstrip()))):
        told(event)
