"""The verdicts of many nights on one page: since when it is outdated, how often, whether it is flaky or unseen."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise, takewhile

from report.verdict import OUTDATED, UNKNOWN, Verdict

FLAKY_NIGHTS = 14
"""Nights, of those on which a page was seen, in which changes of its verdict are counted."""
FLAKY_CHANGES = 3
"""Changes between outdated and not outdated from which a page is flaky."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """Verdict on a page in the last run of a day that visited it."""

    day: date
    verdict: Verdict
    outdated_since: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageNights:
    """All nights of one page, the oldest first."""

    baselines: str
    """Folder of the baselines of its site."""
    tutorial: str
    page: int
    nights: tuple[Night, ...]

    @property
    def latest(self) -> Night:
        return self.nights[-1]

    @property
    def outdated(self) -> int:
        """Number of nights on which it was outdated."""
        return sum(night.verdict in OUTDATED for night in self.nights)

    @property
    def unseen(self) -> int:
        """Number of the latest nights, one after the other, on which it could not be checked."""
        return sum(1 for _ in takewhile(lambda night: night.verdict in UNKNOWN, reversed(self.nights)))

    @property
    def is_flaky(self) -> bool:
        """Whether it changes between outdated and not outdated again and again."""
        seen = [night.verdict in OUTDATED for night in self.nights if night.verdict not in UNKNOWN][-FLAKY_NIGHTS:]
        return sum(one != other for one, other in pairwise(seen)) >= FLAKY_CHANGES
