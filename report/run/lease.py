"""The lease of a stream on another machine: the time until which it may visit, if nobody extends it.

A stream ends when its lease is over: also where the network is cut, or the process that watches over it hangs.
"""

import time

CLOCK: int = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""A clock that all processes of a machine share, and that goes on while the machine is suspended.

CLOCK_BOOTTIME of Linux (clock_gettime(2)), CLOCK_MONOTONIC of macOS.
"""
LEASE_S = 15.0
"""Length of a lease, s: how long a stream goes on after its scheduler was last heard."""
BEAT_S = 1.0
"""Interval at which a lease is extended."""
RETRY_AFTER_S = 2 * LEASE_S
"""Time after which a stream whose worker was lost is handed to another one: the lost one has ended, with a margin."""


def lease_clock() -> float:
    """Return the time of the clock of leases, s."""
    return time.clock_gettime(CLOCK)
