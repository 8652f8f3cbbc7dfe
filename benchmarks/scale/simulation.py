"""Simulate nights of many sites on 1 to 64 workers of a cluster, as a run hands streams to them.

    python benchmarks/scale/simulation.py [PAGE_S] [PAUSE_S] [START_S]

A stream takes START_S (its process and its Firefox; default 5) and, for each page, the longer of PAUSE_S (mean time
between two pages of a host on a live site, default 1.5) and PAGE_S (the page's own time, default 1.5; scale.py measures
it). Each host is a stream, and the run's own ``Dispatch`` hands the streams out, the longest first. Nothing is measured
here, and nothing is random: the same figures on any machine. The time in which the run packs, unpacks and writes its
report is left out.
"""

import heapq
import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from report.run.cluster.dispatch import Dispatch, Order
from report.run.lease import RETRY_AFTER_S

PAGE_S, PAUSE_S, START_S = 1.5, 1.5, 5.0
WORKERS = (1, 2, 4, 8, 16, 32, 64)
"""Workers with one thread each: that is the number of Firefoxes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """What is visited in a night."""

    title: str
    pages: tuple[int, ...]
    """Pages of each host."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Times of visits, s."""

    page: float = PAGE_S
    """A page's own time."""
    pause: float = PAUSE_S
    """Mean time between two pages of a host."""
    start: float = START_S
    """Start of a stream."""

    def of(self, pages: int) -> float:
        """Return the time of a stream."""
        return self.start + pages * max(self.page, self.pause)


def skewed(hosts: int, pages: int) -> tuple[int, ...]:
    """Return the pages of hosts of which few have many pages: that of rank k has a share like 1/√k.

    Args:
        hosts: number of hosts; each has at least a page.
        pages: of all hosts together.
    """
    shares = [1 / math.sqrt(rank) for rank in range(1, hosts + 1)]
    given = [max(int(pages * share / sum(shares)), 1) for share in shares]
    return (given[0] + pages - sum(given), *given[1:])


NIGHTS = (
    Night(title="3,000 pages, 40 hosts", pages=(75,) * 40),
    Night(title="30,000 pages, 400 hosts", pages=(75,) * 400),
    Night(title="100,000 pages, 1,000 hosts", pages=(100,) * 1000),
    Night(title="the same, few hosts have many", pages=skewed(1000, 100_000)),
)


def seconds_of(night: Night, workers: int, times: Times) -> float:
    """Return the time from the first stream to the end of the last one, s."""
    lengths = dict(enumerate(sorted(map(times.of, night.pages), reverse=True), start=1))
    threads = {f"worker {number}": 1 for number in range(workers)}
    dispatch = Dispatch(list(lengths), retry_after_s=RETRY_AFTER_S)
    running: list[tuple[float, int, Order]] = []
    now = 0.0
    while not dispatch.over:
        for order in dispatch.orders(threads, now):
            heapq.heappush(running, (now + lengths[order.number], order.number, order))
        now, _, ended = heapq.heappop(running)
        dispatch.finish(ended)
    return now


def rows_of(night: Night, times: Times) -> list[list[str]]:
    """Return rows: number of workers, minutes, pages a minute, and share of what a division without loss would be."""
    alone = seconds_of(night, 1, times)
    rows = []
    for workers in WORKERS:
        seconds = seconds_of(night, workers, times)
        rate = sum(night.pages) / seconds * 60
        rows.append([str(workers), f"{seconds / 60:.0f}", f"{rate:.0f}", f"{alone / workers / seconds:.0%}"])
    return rows


def print_table(rows: Sequence[Sequence[object]]) -> None:
    """Print rows with aligned columns."""
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).rjust(width) for cell, width in zip(row, widths, strict=True)))


def print_nights(times: Times) -> None:
    """Print a table for each night."""
    print(
        f"computed: {times.page:.2f} s a page, {times.pause} s between two pages of a host, {times.start} s to begin a "
        "host"
    )
    for night in NIGHTS:
        longest = times.of(max(night.pages)) / 60
        print(f"\n{night.title} (the longest host takes {longest:.0f} minutes)")
        print_table([["workers", "minutes", "pages a minute", "of ideal"], *rows_of(night, times)])


if __name__ == "__main__":
    given = dict(zip(("page", "pause", "start"), map(float, sys.argv[1:]), strict=False))
    print_nights(Times(**given))
