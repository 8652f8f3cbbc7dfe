"""A stream on another machine ends when its lease is over, also if nobody tells it to."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from report.run.child_process import tell
from report.run.lease import BEAT_S, LEASE_S, RETRY_AFTER_S, lease_clock
from report.run.stream_messages import PARENT_ENDED
from tests.support.commands import PROJECT, TIMEOUT_S

LONG_S = 1000.0
PROGRAM = "import sys; from report.run.stream_process import end_in_time; end_in_time(float(sys.argv[1]))"


def started(lease_until: float) -> "subprocess.Popen[bytes]":
    """Start a process that does nothing but watch its lease, until a time of ``lease_clock``."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(lease_until)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT
    )


@pytest.fixture
def holder() -> Iterator["subprocess.Popen[bytes]"]:
    """Process with a long lease."""
    with started(lease_clock() + LONG_S) as process:
        yield process
        process.kill()


def test_a_stream_whose_lease_is_over_ends_while_its_standard_input_is_open() -> None:
    with started(lease_clock() - 1) as process:
        assert process.wait(TIMEOUT_S) == PARENT_ENDED


def test_a_later_line_counts(holder: "subprocess.Popen[bytes]") -> None:
    for until in (lease_clock() + LONG_S, lease_clock() - 1):
        tell(holder, str(until).encode())
    assert holder.wait(TIMEOUT_S) == PARENT_ENDED


def test_a_stream_ends_with_the_process_that_started_it(holder: "subprocess.Popen[bytes]") -> None:
    assert holder.stdin is not None
    holder.stdin.close()
    assert holder.wait(TIMEOUT_S) == PARENT_ENDED


def test_a_lost_stream_has_ended_long_before_it_is_begun_again() -> None:
    assert BEAT_S * 5 < LEASE_S
    assert RETRY_AFTER_S >= LEASE_S + 10
