"""Days and moments in the report's time zone, whatever the time zone of the machine, and as text in either language."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

TIMEZONE = ZoneInfo("Europe/Paris")
_DAY = "d MMMM yyyy"
"""Format of every day, in both languages."""


def day_of(moment: datetime) -> date:
    """Return the calendar day of an aware datetime in ``TIMEZONE``."""
    return moment.astimezone(TIMEZONE).date()


def today() -> date:
    """Return the current day in ``TIMEZONE``."""
    return day_of(datetime.now(UTC))


def format_day(moment: date | datetime, language: str) -> str:
    """Format a day in full: "2 mars 2026", "2 March 2026"."""
    return format_date(_local_day(moment), format=_DAY, locale=language)


def format_moment(moment: datetime, language: str) -> str:
    """Format a day with its time: "2 mars 2026, 00:30"."""
    return format_datetime(moment.astimezone(TIMEZONE), f"{_DAY}, HH:mm", locale=language)


def _local_day(moment: date | datetime) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment
