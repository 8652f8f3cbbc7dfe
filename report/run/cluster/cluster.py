"""A Dask cluster, as the machine that starts a run sees it: workers visit its streams, and their records come back."""

import queue
import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
from distributed import Client, Future

from capture.errors import ClusterLost, NoWorkers, VisitsLost, WorkersDiffer
from capture.messages import Phrase
from capture.runner.checkpoint import CAPTURES
from report.run.cluster.dispatch import Dispatch, Order
from report.run.cluster.parcel import unpack
from report.run.cluster.remote_call import call_on
from report.run.cluster.stream_parcel import stream_parcel
from report.run.cluster.stream_task import BEGUN, ENDED, TOLD, Visited, visit
from report.run.cluster.versions import described, versions
from report.run.cluster.workers import SchedulerLost, Workers
from report.run.lease import RETRY_AFTER_S
from report.run.run_plan import ProgressReporter, RunPlan, pass_on
from report.run.stream_messages import StreamEvent, StreamRequest
from report.run.stream_record import read_stream_record, stream_file

WORKERS_S = 60.0
"""Time that a run waits for a worker when there is none."""
INTRODUCTION_S = 10.0
"""Time that a run waits at its begin for workers that are busy with something else."""
POLL_S = 0.5
"""Interval at which the workers are looked at, and Ctrl-C is noticed."""
STOP_S = 20.0
"""Time in which the workers say that they have ended their streams, after Ctrl-C."""
VISIT_KEYS = "tutofrais-visit-"
"""Beginning of the names of all tasks that visit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Settled:
    """A task has ended, one way or another."""

    order: Order
    end: Visited | Exception | None


class Cluster:
    """The workers of a Dask cluster, which visit the streams of a run."""

    phase = "cluster"
    why_lost = Phrase("no worker of the cluster brought its visit to an end")

    def __init__(self, client: Client, plan: RunPlan, reporter: ProgressReporter) -> None:
        self._client = client
        self._plan = plan
        self._reporter = reporter
        self._workers = Workers(client)
        self._topic = f"tutofrais-{uuid4().hex}"
        self._events: queue.Queue[_Settled | Mapping[str, Any]] = queue.Queue()
        self._handed: dict[Order, Future[Any]] = {}
        self._visiting: set[str] = set()
        """Names of the tasks whose streams have begun and not ended."""
        self._told: set[str] = set()
        """Workers of which was told that they are given no stream."""

    def check_workers(self, address: str) -> None:
        """Wait until there is a worker, and compare the versions of all that are there.

        Args:
            address: of the scheduler.

        Raises:
            NoWorkers, WorkersDiffer: no run is possible.
            SchedulerLost.
        """
        started = time.monotonic()
        if not self._workers.threads() and not self._workers.unknown:
            self._reporter.on_phase("no_worker")
        while not (threads := self._workers.threads()) or self._workers.unknown:
            known = threads or self._workers.differing
            waited = time.monotonic() - started
            if (known and not self._workers.unknown) or waited > (INTRODUCTION_S if known else WORKERS_S):
                break
            time.sleep(POLL_S / 5)
        for worker, theirs in self._workers.differing.items():
            raise WorkersDiffer(worker, theirs, described(versions()))
        if not threads:
            raise NoWorkers(address)

    def visit(self, requests: Sequence[StreamRequest]) -> None:
        """Visit all streams, the first ones first; what was seen comes into the run's folder.

        Raises:
            ClusterLost: no stream came to its end.
            CannotWrite: what comes back cannot be written.
        """
        numbers = [request.number for request in requests]
        dispatch = Dispatch(numbers, retry_after_s=RETRY_AFTER_S)
        self._client.subscribe_topic(self._topic, lambda event: self._events.put(event[1]))
        try:
            self._visit(dispatch, {request.number: request for request in requests})
        except SchedulerLost:
            dispatch.give_up()
        finally:
            self._stop()
        if len(dispatch.given_up) == len(requests):
            raise ClusterLost
        if dispatch.given_up:
            self._reporter.on_warning(VisitsLost(len(dispatch.given_up)))

    def _visit(self, dispatch: Dispatch, requests: Mapping[int, StreamRequest]) -> None:
        last_seen = time.monotonic()
        while not dispatch.over:
            threads = self._workers.threads()
            now = time.monotonic()
            last_seen = now if threads or self._workers.unknown else last_seen
            self._warn_of_differing()
            for order in dispatch.running:
                if order.worker not in threads:
                    self._lose(dispatch, order)
            for order in dispatch.orders(threads, now):
                self._hand(order, requests[order.number])
            if dispatch.cannot_go_on(threads) and (threads or now - last_seen > WORKERS_S):
                dispatch.give_up()
            self._take_events(dispatch, requests)

    def _warn_of_differing(self) -> None:
        """Say which workers have come since with other versions: they are given nothing."""
        for worker in self._workers.differing.keys() - self._told:
            self._told.add(worker)
            theirs = self._workers.differing[worker]
            self._reporter.on_warning(WorkersDiffer(worker, theirs, described(versions())))

    def _hand(self, order: Order, request: StreamRequest) -> None:
        """Hand a stream to a worker, and to no other one: Dask does not hand it on when the worker is lost."""
        tutorials = [one for one in self._plan.tutorials if one.slug in request.slugs]
        arguments = (
            msgspec.json.encode(request),
            stream_parcel(request, tutorials),
            self._topic,
            self._workers.id_of(order.worker),
        )
        key = f"{VISIT_KEYS}{self._topic}-{order.number}-{order.attempt}"
        future = call_on(self._client, order.worker, visit.__module__, visit.__name__, arguments, key=key)
        self._handed[order] = future
        future.add_done_callback(partial(self._settle, order))

    def _settle(self, order: Order, future: Future[Any]) -> None:
        """Fetch the end of a task, in a thread of its own."""
        try:
            end: Visited | Exception | None = future.result()
        except Exception as error:  # noqa: BLE001 - whatever a worker raises
            end = error
        self._events.put(_Settled(order=order, end=end))

    def _take_events(self, dispatch: Dispatch, requests: Mapping[int, StreamRequest]) -> None:
        """Take what has happened; wait a little if nothing has."""
        event = self._next()
        while event is not None:
            if isinstance(event, _Settled) and dispatch.is_running(event.order):
                self._take_end(dispatch, event.order, event.end, requests[event.order.number])
            event = self._next(wait_s=0)

    def _next(self, wait_s: float = POLL_S) -> _Settled | Mapping[str, Any] | None:
        """Return the next event, None if there is none; what tasks tell of themselves is noted, or passed on."""
        try:
            event = self._events.get(timeout=wait_s) if wait_s else self._events.get_nowait()
        except queue.Empty:
            return None
        if not isinstance(event, _Settled):
            if TOLD in event:
                pass_on(self._reporter, msgspec.convert(event[TOLD], StreamEvent))
            self._visiting |= {event[BEGUN]} if BEGUN in event else set()
            self._visiting -= {event[ENDED]} if ENDED in event else set()
        return event

    def _take_end(
        self, dispatch: Dispatch, order: Order, end: Visited | Exception | None, request: StreamRequest
    ) -> None:
        if end is None or isinstance(end, Exception):
            if end is None:  # the scheduler was not heard, or another worker has taken its address
                self._workers.forget(order.worker)
            self._lose(dispatch, order, why="" if end is None else f" ({end})")
            return
        parcel, recorded = end
        del self._handed[order]
        for slug in request.slugs if recorded else ():  # of an earlier attempt
            shutil.rmtree(Path(request.folder) / CAPTURES / slug, ignore_errors=True)
        unpack(parcel, Path(request.folder))
        if recorded:
            dispatch.finish(order)
            self._reporter.on_told(self._line(request, order.worker))
            return
        dispatch.fail(order, time.monotonic())
        if dispatch.is_out_of_service(order.worker) and order.worker not in self._told:
            self._told.add(order.worker)
            words = self._plan.translator
            self._reporter.on_told(
                words.gettext("Visits end on {worker} again and again: it is given no other.", worker=order.worker)
            )

    def _lose(self, dispatch: Dispatch, order: Order, why: str = "") -> None:
        """Take a stream back from a worker that is lost."""
        self._handed.pop(order).cancel()
        dispatch.lose(order, time.monotonic())
        words = self._plan.translator
        self._reporter.on_told(words.gettext("{worker} was lost during a visit.", worker=order.worker) + why)

    def _line(self, request: StreamRequest, worker: str) -> str:
        """Return a line that says what the visit of a stream has found."""
        record = read_stream_record(stream_file(request))
        words = self._plan.translator
        found = Counter(words.verdict(page.verdict) for _, page in record.pages()) if record is not None else {}
        verdicts = ", ".join(f"{verdict} {number}" for verdict, number in found.items())
        return words.gettext(
            "{tutorials}: visited by {worker}: {verdicts}",
            tutorials=", ".join(request.slugs),
            worker=worker,
            verdicts=verdicts,
        )

    def _stop(self) -> None:
        """Take all streams back, and wait until their workers have ended them."""
        futures = list(self._handed.values())
        keys = {future.key for future in futures}
        self._handed.clear()
        if futures and self._client.status == "running":
            self._client.cancel(futures)
        deadline = time.monotonic() + STOP_S
        waits = bool(keys)
        while waits and self._client.status == "running" and time.monotonic() < deadline:
            waits = self._next() is not None or bool(self._visiting & keys)
        if self._client.status == "running":
            self._client.unsubscribe_topic(self._topic)
