"""Progress of a run: pages seen, time left, memory."""

import subprocess
import sys

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.run.memory import memory_of
from report.run.progress import PageSeen, RunProgress, SeenState, progress_of
from tests.support.builders import accueil, tutorial_of

MEGABYTE = 1_000_000


def suite(article: object) -> None:
    """Page that is never visited."""


def progress(*pages: int, jobs: int = 1, seconds: tuple[float, ...] = ()) -> RunProgress:
    """Return the progress of a run of tutorials about different hosts, with so many pages each."""
    tutorials = []
    for number, count in enumerate(pages):
        tutorial = tutorial_of(*[accueil] * count, hosts=[f"h{number}.test", "www.exemple.test"])
        tutorial.hosts = frozenset((f"h{number}.test",))
        tutorial.slug = f"t{number}"
        tutorials.append(tutorial)
    return progress_of(tutorials, jobs, {f"t{number}": one for number, one in enumerate(seconds)})


def seen(tutorial: int, number: int, state: SeenState = SeenState.TRUE) -> PageSeen:
    return PageSeen(tutorial=f"t{tutorial}", number=number, state=state)


def test_pages_count_once_and_their_latest_state_counts() -> None:
    now = progress(3, 2).after(seen(0, 1, SeenState.FALSE)).after(seen(1, 2, SeenState.UNCHECKED))
    assert (now.pages, now.seen, len(now.false), len(now.unchecked)) == (5, 2, 1, 1)
    now = now.after(seen(0, 1)).after(seen(1, 2, SeenState.FALSE))
    assert (now.seen, len(now.false), len(now.unchecked)) == (2, 1, 0)
    assert [site.host for site in now.sites.values() if site.begun] == ["h0.test", "h1.test"]


@pytest.mark.parametrize(
    ("pages", "jobs", "seconds", "visited", "elapsed", "left"),
    [
        ((4,), 1, (), [(0, 1)], 10, 30),
        ((4,), 1, (), [], 10, None),
        ((2, 2), 2, (), [(0, 1), (1, 1)], 10, 10),
        ((2, 2), 1, (30, 10), [(0, 1)], 15, 25),
        ((1, 9), 2, (), [(0, 1), (1, 1)], 10, 80),
        ((1,), 1, (), [(0, 1)], 10, 0),
    ],
)
def test_the_time_that_is_left_follows_the_rate_and_the_longest_site(
    pages: tuple[int, ...],
    jobs: int,
    seconds: tuple[float, ...],
    visited: list[tuple[int, int]],
    elapsed: float,
    left: float | None,
) -> None:
    now = progress(*pages, jobs=jobs, seconds=seconds)
    for page in visited:
        now = now.after(seen(*page))
    found = now.seconds_left(elapsed)
    assert found == (None if left is None else pytest.approx(left))


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5), st.integers(1, 4))
def test_the_time_that_is_left_is_nothing_at_the_end(pages: list[int], jobs: int) -> None:
    now = progress(*pages, jobs=jobs)
    for tutorial, count in enumerate(pages):
        for number in range(1, count + 1):
            now = now.after(seen(tutorial, number))
    assert now.seconds_left(100) == 0


def test_the_memory_of_a_process_is_that_of_all_it_has_started() -> None:
    code = f"import sys; kept = bytearray({80 * MEGABYTE}); print('ready', flush=True); sys.stdin.read()"
    before = memory_of(psutil.Process())
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert memory_of(psutil.Process()) - before > 60 * MEGABYTE
        child.communicate()
