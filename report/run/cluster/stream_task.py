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

from capture.checked_values import decode_json
from capture.errors import TutofraisError
from capture.storage import writing_under
from report.i18n.sentences import Sentences
from report.run.child_process import events_of, running, tell
from report.run.cluster.parcel import files_under, pack, unpack
from report.run.cluster.stream_parcel import located, visited_files
from report.run.lease import BEAT_S, LEASE_S, lease_clock
from report.run.stream_messages import PARENT_ENDED, StreamEvent, StreamRequest
from report.run.stream_pool import MODULE
from report.run.stream_record import stream_file

ASK_S = 5.0
"""Time in which the scheduler answers."""
TOLD, BEGUN, ENDED = "told", "begun", "ended"
"""Keys of the events that a task logs: a line for the person; its name when its stream begins, and has ended."""
IN_SERVICE = (Status.running, Status.paused, Status.closing_gracefully)


Visited = tuple[bytes, bool]
"""Files of the run's folder, and whether the stream came to its end and wrote its record.

Without a record, the files are those of the tutorials that were visited to their end.
"""


def visit(request: bytes, parcel: bytes, topic: str, worker_id: str) -> Visited | None:
    """Visit a stream, and return what was seen; None: it did not begin, or was ended before its time.

    It does not begin on a worker that has taken the place of another one, nor where the scheduler is not heard. It is
    ended when the scheduler no longer expects this task of this worker, and when it was not heard for the length of a
    lease.

    Args:
        request: the stream, as JSON.
        parcel: what the stream needs.
        topic: under which events are logged.
        worker_id: identifier of the worker to which the stream was handed.
    """
    worker = get_worker()
    watch = _Watch(worker=worker, key=str(worker.get_current_task()))
    if worker.id != worker_id:
        return None
    wanted = decode_json(request, StreamRequest)

    def tell(event: StreamEvent) -> None:
        worker.log_event(topic, {TOLD: msgspec.to_builtins(event)})

    worker.log_event(topic, {BEGUN: watch.key})
    try:
        own = Path(worker.local_directory)
        with writing_under(own), tempfile.TemporaryDirectory(prefix="tutofrais-", dir=own) as folder:
            return _visit_in(Path(folder), wanted, parcel, watch, tell)
    except TutofraisError as error:
        tell(StreamEvent(problem=" ".join(Sentences(wanted.lang).error(error))))
        return pack(()), False
    finally:
        worker.log_event(topic, {ENDED: watch.key})


def _visit_in(
    folder: Path, request: StreamRequest, parcel: bytes, watch: "_Watch", told: Callable[[StreamEvent], object]
) -> Visited | None:
    """Visit a stream in an empty folder; raises CannotWrite."""
    unpack(parcel, folder)
    asked, expected = watch.ask()
    if not expected:
        return None
    there = located(request, folder, asked + LEASE_S)
    if not _visit(there, watch, told):
        return None
    recorded = stream_file(there).is_file()
    return pack(files_under(Path(there.folder), "") if recorded else visited_files(there)), recorded


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


def _visit(request: StreamRequest, watch: _Watch, told: Callable[[StreamEvent], object]) -> bool:
    """Visit a stream as long as it is wanted; return whether its process came to its own end."""
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
                return False
            with suppress(subprocess.TimeoutExpired):
                process.wait(BEAT_S)
        follower.join()
    return process.returncode != PARENT_ENDED


def _follow(process: "subprocess.Popen[bytes]", told: Callable[[StreamEvent], object]) -> None:
    """Pass on what a process tells, and whatever else it prints."""
    for event in events_of(process, StreamEvent, on_other=lambda line: told(StreamEvent(told=line.rstrip()))):
        told(event)
