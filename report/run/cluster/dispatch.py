"""Which stream is handed to which worker, and when: the longest first, and never twice at the same time."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from report.run.stream_pool import ATTEMPTS

MOST_FAILURES = 2
"""Streams in a row that end on a worker without a record, after which it is given no other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A stream that is handed to a worker."""

    number: int
    """Number of the stream."""
    worker: str
    """Address of the worker."""
    attempt: int
    """How often the stream has been handed to a worker, this time included."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Waiting:
    """A stream that waits for a worker."""

    number: int
    attempts: int = 0
    """How often it was handed to a worker."""
    due: float = 0.0
    """Time before which it is not handed to a worker, s."""
    failed_on: frozenset[str] = frozenset()
    """Workers to which it was handed before."""


class Dispatch:
    """State of the streams of a run: waiting, running on a worker, done, or given up.

    The greedy rule “the longest of those that wait to the first free worker” is LPT (Graham, “Bounds on multiprocessing
    timing anomalies”, 1969). A stream whose worker was lost may still be running where nobody sees it, until its lease
    ends: it is handed to another worker later than that.
    """

    def __init__(self, numbers: Sequence[int], *, retry_after_s: float) -> None:
        """Begin with streams that wait.

        Args:
            numbers: of the streams, the longest first.
            retry_after_s: time from the loss of a worker until its stream is handed to another one.
        """
        self._retry_after_s = retry_after_s
        self._waiting = [_Waiting(number=number) for number in numbers]
        self._running: dict[int, tuple[Order, _Waiting]] = {}
        self._failures: dict[str, int] = {}
        self.given_up: list[int] = []
        """Streams that were lost, or ended without a record, as often as they may."""

    @property
    def over(self) -> bool:
        """Whether no stream waits or runs."""
        return not self._waiting and not self._running

    @property
    def running(self) -> tuple[Order, ...]:
        return tuple(order for order, _ in self._running.values())

    def is_running(self, order: Order) -> bool:
        """Whether an order is in force; what is told of an earlier one does not count."""
        return order in self.running

    def is_out_of_service(self, worker: str) -> bool:
        """Whether streams end on a worker again and again, so that it is given no other."""
        return self._failures.get(worker, 0) >= MOST_FAILURES

    def orders(self, threads: Mapping[str, int], now: float) -> list[Order]:
        """Hand waiting streams to the least busy workers, each to one that has not had it, if there is one.

        Args:
            threads: number of streams that each worker may run at the same time, by its address.
            now: time, s.
        """
        usable = self._usable(threads)
        busy = Counter(order.worker for order in self.running)
        orders: list[Order] = []
        for waiting in [one for one in self._waiting if one.due <= now]:
            if not any(busy[worker] < threads[worker] for worker in usable):
                break
            elsewhere = [worker for worker in usable if worker not in waiting.failed_on]
            free = [worker for worker in elsewhere or usable if busy[worker] < threads[worker]]
            if free:
                worker = min(free, key=lambda one: busy[one] / threads[one])
                order = Order(number=waiting.number, worker=worker, attempt=waiting.attempts + 1)
                busy[worker] += 1
                self._waiting.remove(waiting)
                self._running[order.number] = order, waiting
                orders.append(order)
        return orders

    def finish(self, order: Order) -> None:
        """Record that a stream came to its end."""
        del self._running[order.number]
        self._failures[order.worker] = 0

    def fail(self, order: Order, now: float) -> None:
        """Record that a stream ended without a record: it has ended, so that the next attempt may begin."""
        self._failures[order.worker] = self._failures.get(order.worker, 0) + 1
        self._wait_again(order, due=now)

    def lose(self, order: Order, now: float) -> None:
        """Record that nobody knows what a stream does: the next attempt begins when its lease is over for certain."""
        self._wait_again(order, due=now + self._retry_after_s)

    def cannot_go_on(self, threads: Mapping[str, int]) -> bool:
        """Whether streams wait and there is no worker that may have one."""
        return bool(self._waiting) and not self._running and not self._usable(threads)

    def give_up(self) -> None:
        """Give up all streams that wait or run."""
        self.given_up += [*(one.number for one in self._waiting), *self._running]
        self._waiting, self._running = [], {}

    def _usable(self, threads: Mapping[str, int]) -> list[str]:
        return [worker for worker in threads if not self.is_out_of_service(worker)]

    def _wait_again(self, order: Order, due: float) -> None:
        """Put a stream before all others that wait, or give it up."""
        _, waiting = self._running.pop(order.number)
        if order.attempt >= ATTEMPTS:
            self.given_up.append(order.number)
            return
        failed_on: Collection[str] = waiting.failed_on | {order.worker}
        again = _Waiting(number=order.number, attempts=order.attempt, due=due, failed_on=frozenset(failed_on))
        self._waiting.insert(0, again)
