"""Divide the tutorials of a run into streams that can be visited at the same time: no host is in two of them."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence

import psutil

from capture.scenario.tutorial import Tutorial

FIREFOX_MB = 1000
"""Memory that a Firefox with its driver and its process takes, MB."""
MOST_JOBS = 64


def bearable_jobs() -> int:
    """Return the number of Firefoxes that this machine bears at the same time, by its processors and free memory."""
    available_mb = psutil.virtual_memory().available >> 20
    return max(min(os.cpu_count() or 1, available_mb // FIREFOX_MB, MOST_JOBS), 1)


def streams_of(tutorials: Sequence[Tutorial], jobs: int, seconds: Mapping[str, float]) -> list[list[Tutorial]]:
    """Divide tutorials into at most as many streams as there are jobs, about equally long.

    Tutorials that share a host are in one stream; what took longest last time is placed first (LPT: Graham, “Bounds on
    multiprocessing timing anomalies”, 1969), and visited first.

    Args:
        tutorials: of the run.
        jobs: number of streams at most.
        seconds: time that a tutorial took in the last run, by its slug.
    """
    length = _length_by(seconds)
    streams: list[list[Tutorial]] = [[] for _ in range(max(jobs, 1))]
    for group in groups_of(tutorials, seconds):
        min(streams, key=length).extend(group)
    return [stream for stream in streams if stream]


def groups_of(tutorials: Sequence[Tutorial], seconds: Mapping[str, float]) -> list[list[Tutorial]]:
    """Divide tutorials into the smallest streams that share no host, what took longest last time first.

    Args:
        tutorials: of the run.
        seconds: time that a tutorial took in the last run, by its slug.
    """
    return sorted(_groups(tutorials), key=_length_by(seconds), reverse=True)


def _length_by(seconds: Mapping[str, float]) -> Callable[[Iterable[Tutorial]], float]:
    """Return a function that estimates the time that tutorials take, s: as in the last run, or by their pages."""
    known = [value for value in seconds.values() if value]
    a_page = sum(known) / len(known) if known else 1.0
    return lambda group: sum(seconds.get(one.slug) or a_page * sum(page.visited for page in one.pages) for one in group)


def _groups(tutorials: Sequence[Tutorial]) -> list[list[Tutorial]]:
    """Return the tutorials in groups that share no host with one another, in their order."""
    groups: list[tuple[set[str], list[Tutorial]]] = []
    for tutorial in tutorials:
        hosts = {host.partition(":")[0] for host in tutorial.all_hosts}
        touching = [group for group in groups if group[0] & hosts]
        merged = set().union(hosts, *(group[0] for group in touching)), [one for group in touching for one in group[1]]
        groups = [group for group in groups if group not in touching]
        groups.append((merged[0], [*merged[1], tutorial]))
    return [members for _, members in groups]


def shards_of(tutorials: Sequence[Tutorial], of: int) -> list[list[Tutorial]]:
    """Return the parts that have a tutorial, of so many parts at most."""
    return streams_of(tutorials, of, {})


def shard_of(tutorials: Sequence[Tutorial], number: int, of: int) -> list[Tutorial]:
    """Return one part of the tutorials: the same on every machine, and no host is in two parts.

    Args:
        tutorials: all.
        number: of the part, from 1.
        of: number of parts.
    """
    shards = shards_of(tutorials, of)
    chosen = shards[number - 1] if number <= len(shards) else []
    return [one for one in tutorials if one in chosen]
