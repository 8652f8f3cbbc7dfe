"""Days and moments in the report's time zone, whatever the time zone of the machine, and as text in either language."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_interval

TIMEZONE = ZoneInfo("Europe/Paris")
_DAY = "d MMMM yyyy"
"""Format of every day, in both languages."""
_FIRST = re.compile(r"(?<!\d)1(?=\s?–|\s[^\W\d])")
"""Number of the first day of a month, before the name of the month or the dash of an interval."""
_LOCALES = {"fr": "fr", "en": "en_GB"}
"""Locale of intervals: the day stands before the month in both languages."""


def day_of(moment: datetime) -> date:
    """Return the calendar day of an aware datetime in ``TIMEZONE``."""
    return moment.astimezone(TIMEZONE).date()


def today() -> date:
    """Return the current day in ``TIMEZONE``."""
    return day_of(datetime.now(UTC))


def format_day(moment: date | datetime, language: str) -> str:
    """Format a day in full: "2 mars 2026", "2 March 2026"."""
    return _with_ordinal(format_date(_local_day(moment), format=_DAY, locale=language), language)


def format_moment(moment: datetime, language: str) -> str:
    """Format a day with its time: "2 mars 2026, 00:30"."""
    text = format_datetime(moment.astimezone(TIMEZONE), f"{_DAY}, HH:mm", locale=language)
    return _with_ordinal(text, language)


def format_days(first: date, last: date, language: str) -> str:
    """Format days that follow each other: "2–4 mars 2026", "27 Feb – 4 Mar 2026"; one day: "2 Mar 2026"."""
    return _with_ordinal(str(format_interval(first, last, skeleton="yMMMd", locale=_LOCALES[language])), language)


def format_short_day(day: date, language: str) -> str:
    """Format a day without its year: "2 févr.", "2 Feb"."""
    return _with_ordinal(format_date(day, format="d MMM", locale=language), language)


def format_month(day: date, language: str) -> str:
    """Format the name of a day's month."""
    return format_date(day, format="MMMM", locale=language)


def _with_ordinal(text: str, language: str) -> str:
    """Return a day as text with the first of a month as French writes it: "1er mars 2026"."""
    return _FIRST.sub("1er", text) if language == "fr" else text


def _local_day(moment: date | datetime) -> date:
    return day_of(moment) if isinstance(moment, datetime) else moment
