"""Earlier nights of run records."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from report.i18n.dates import day_of
from report.results.run_record import EarlierNight, RunRecord

NO_RUN = " "


def with_nights(record: RunRecord, letters: Mapping[int, str], *, seconds: float | None = 60) -> RunRecord:
    """Return the record of a run with one tutorial, with what is known of the nights before it.

    Args:
        record: of the run.
        letters: for each page, one letter a night up to the one before the run; NO_RUN: no run.
        seconds: time of each earlier run.
    """
    (tutorial,) = record.tutorials
    nights = list(zip(*letters.values(), strict=True))
    ran = [at for at, night in enumerate(nights) if set(night) != {NO_RUN}]
    pages = tuple(replace(page, nights="".join(letters[page.number][at] for at in ran)) for page in tutorial.pages)
    tonight = day_of(record.started)
    return replace(
        record,
        tutorials=(replace(tutorial, pages=pages),),
        nights=tuple(EarlierNight(day=tonight - timedelta(days=len(nights) - at), seconds=seconds) for at in ran),
    )
