"""The day that a moment is of: the one that the report speaks of, whatever the machine's own time zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

TIMEZONE = ZoneInfo("Europe/Paris")


def day_of(moment: datetime) -> date:
    return moment.astimezone(TIMEZONE).date()


def today() -> date:
    return day_of(datetime.now(UTC))
