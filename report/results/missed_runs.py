"""Planned runs that did not take place: how many were missed since the last one, by the rhythm of the runs."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta


@dataclass(frozen=True, kw_only=True, slots=True)
class MissedRuns:
    """Planned runs between two moments that did not take place."""

    since: datetime
    """End of the last run of all tutorials."""
    until: datetime
    """Start of the next one, or the moment at which none had begun yet."""
    number: Annotated[int, Meta(ge=1)]


def missed_runs(last: datetime | None, now: datetime, every_days: int | None) -> MissedRuns | None:
    """Return the planned runs that did not take place; None if there are none, or no rhythm by which to tell.

    A run may begin half an interval late: a night that is made up for in the morning was not missed.

    Args:
        last: end of the last run of all tutorials of the site; None: there was none.
        now: start of this run, or the present moment if none has begun.
        every_days: days from one planned run to the next; None: runs have no rhythm.
    """
    if last is None or every_days is None:
        return None
    missed = math.floor((now - last) / timedelta(days=every_days) + 0.5) - 1
    return MissedRuns(since=last, until=now, number=missed) if missed > 0 else None
