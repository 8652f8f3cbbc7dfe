"""The days on which a run starts, as the calendars of schedulers can say it."""

from dataclasses import dataclass

WEEK = 7
MONTH = 30
"""Days from which a rhythm is one of months."""
LONGEST_MONTH = 31
MONTHS = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """Days on which a run starts; without any of these, every day."""

    mondays: bool = False
    """Only on Mondays."""
    days: tuple[int, ...] = ()
    """Only on these days of a month."""
    months: tuple[int, ...] = ()
    """Only in these months."""
    longest_days: int = 1
    """Longest time from one run to the next, days."""


def rhythm_of(every: int) -> Rhythm:
    """Return the rhythm that is nearest to a number of days, and never so much slower that a run counts as missed.

    Calendars know weeks and days of a month. Any other number of days begins again on the first day of each month.

    Args:
        every: days from one planned run to the next, 1 to 366.
    """
    if every == 1:
        return Rhythm()
    if every == WEEK:
        return Rhythm(mondays=True, longest_days=WEEK)
    if every < MONTH:
        days = _days_of_month(every)
        return Rhythm(days=days, longest_days=max(every, LONGEST_MONTH + 1 - days[-1]))
    step = min(every // MONTH, MONTHS)
    months = tuple(range(1, MONTHS + 1, step)) if step > 1 else ()
    return Rhythm(days=(1,), months=months, longest_days=LONGEST_MONTH * step)


def _days_of_month(every: int) -> tuple[int, ...]:
    """Return days of a month; the last one is left out if the next month begins less than half a rhythm later."""
    days = range(1, LONGEST_MONTH + 1, every)
    return tuple(day for day in days if day == 1 or 2 * (LONGEST_MONTH + 1 - day) >= every)
