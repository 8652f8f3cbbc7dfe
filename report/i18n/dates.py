"""The day that a moment is of: the one that the report speaks of, whatever the machine's own time zone."""

from datetime import UTC, date, datetime

from report.i18n.sentences import TIMEZONE


def day_of(moment: datetime) -> date:
    return moment.astimezone(TIMEZONE).date()


def today() -> date:
    return day_of(datetime.now(UTC))
