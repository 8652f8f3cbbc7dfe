"""What earlier nights showed: the verdict on each page, and its parts that are alive. A small database beside the runs.

No verdict depends on it but on how soon a part that is alive is known again: it can be deleted at any time.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from capture.errors import HistoryUnusable
from capture.geometry import Box
from report.compare.volatility import (
    SAME_PART_SHARE,
    KnownVolatilePart,
    Observation,
    PagePart,
    VolatileRegion,
    Volatility,
)
from report.i18n.dates import day_of
from report.output.formats import FeedEntry
from report.results.run_record import HistoryEntry, RunRecord
from report.verdict import Verdict

HISTORY = "history.sqlite"
MEMORY_DAYS = 14
"""What has not been seen alive for so long is forgotten."""
PATIENCE_S = 20
"""How long to wait for another run that is writing."""

NIGHTS = 14
"""Earlier runs that the report shows of each page."""

_TABLES = """
CREATE TABLE IF NOT EXISTS alive (
  run TEXT, day TEXT, baselines TEXT, tutorial TEXT, page INTEGER, approved TEXT,
  x REAL, y REAL, width REAL, height REAL, role TEXT, name TEXT, digest TEXT, alive INTEGER
);
CREATE TABLE IF NOT EXISTS verdicts (
  run TEXT, day TEXT, baselines TEXT, tutorial TEXT, page INTEGER, verdict TEXT, since TEXT,
  PRIMARY KEY (baselines, tutorial, page, run)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (run TEXT PRIMARY KEY, finished TEXT, title TEXT, text TEXT);
"""
_WRITE = "INSERT INTO alive VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_READ = """
SELECT day, x, y, width, height, role, name, digest, alive FROM alive
WHERE baselines = ? AND tutorial = ? AND page = ? AND approved = ? AND day BETWEEN ? AND ?
ORDER BY rowid DESC"""
_FORGET = "DELETE FROM alive WHERE day < ?"
_WRITE_VERDICT = "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)"
_READ_VERDICTS = """
SELECT page, run, verdict, since FROM verdicts LEFT JOIN runs USING (run)
WHERE baselines = ? AND tutorial = ? AND run <> ? ORDER BY page, coalesce(finished, run), run"""
_WRITE_RUN = "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)"
_READ_RUNS = "SELECT run, finished, title, text FROM runs ORDER BY finished DESC, run DESC LIMIT ?"
FEED_RUNS = 30
_FORGET_VERDICTS = "DELETE FROM verdicts WHERE day < ?"
VERDICT_DAYS = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineKey:
    """A page, and the approved picture that it is compared with."""

    baselines: str
    tutorial: str
    page: int
    approved: str
    """SHA-256 of the approved picture."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageHistory:
    """What earlier runs found on a page."""

    entries: tuple[HistoryEntry, ...]
    """The latest last."""
    since: date | None
    """Since when it has been outdated, if it was at the latest."""


class History:
    """What earlier nights showed."""

    def __init__(self, runs: Path) -> None:
        """Open the history beside some runs."""
        self.path = runs / HISTORY

    def check(self) -> None:
        """Raise HistoryUnusable when there is a history that cannot be read."""
        if self.path.exists():
            with self._opened():
                pass

    def volatile_parts(self, place: BaselineKey, today: date) -> tuple[KnownVolatilePart, ...]:
        """Parts of a page that were alive of late; raises HistoryUnusable."""
        if not self.path.exists():
            return ()
        since = (today - timedelta(days=MEMORY_DAYS)).isoformat()
        where = (place.baselines, place.tutorial, place.page, place.approved, since, today.isoformat())
        with self._opened() as database:
            rows = database.execute(_READ, where).fetchall()
        known: list[KnownVolatilePart] = []
        for row in rows:
            _add_observation(known, row)
        return tuple(part for part in known if any(sighting.volatile for sighting in part.observations))

    def page_histories(self, baselines: str, tutorial: str, run: str) -> Mapping[int, PageHistory]:
        """What runs but this one have found on each page of a tutorial; raises HistoryUnusable."""
        if not self.path.exists():
            return {}
        with self._opened() as database:
            rows = database.execute(_READ_VERDICTS, (baselines, tutorial, run)).fetchall()
        found: dict[int, list[tuple[str, str, str | None]]] = defaultdict(list)
        for page, other, verdict, since in rows:
            found[page].append((other, verdict, since))
        return {page: _page_history(nights) for page, nights in found.items()}

    def add_run(self, record: RunRecord) -> None:
        """Note what a run has found, and what it has seen of what is alive; raises HistoryUnusable."""
        day = day_of(record.started)
        rows = [
            _row(record, day, tutorial.slug, page.number, page.approved.picture_sha256, part)
            for tutorial in record.tutorials
            for page in tutorial.pages
            if page.approved is not None
            for part in page.volatile
        ]
        verdicts = [
            (
                record.id,
                day.isoformat(),
                record.baselines,
                tutorial.slug,
                page.number,
                page.verdict,
                _day(page.outdated_since),
            )
            for tutorial, page in record.pages()
        ]
        with self._opened() as database, database:
            database.execute(_FORGET, ((day - timedelta(days=MEMORY_DAYS)).isoformat(),))
            database.execute(_FORGET_VERDICTS, ((day - timedelta(days=VERDICT_DAYS)).isoformat(),))
            database.executemany(_WRITE, rows)
            database.executemany(_WRITE_VERDICT, verdicts)

    def record_feed_entry(self, entry: FeedEntry) -> tuple[FeedEntry, ...]:
        """Note what the feed tells of a run; gives the latest runs, this one among them. Raises HistoryUnusable."""
        with self._opened() as database, database:
            database.execute(_WRITE_RUN, (entry.run, entry.finished.isoformat(), entry.title, entry.text))
            rows = database.execute(_READ_RUNS, (FEED_RUNS,)).fetchall()
        return tuple(
            FeedEntry(run=run, finished=datetime.fromisoformat(finished), title=title, text=text)
            for run, finished, title, text in rows
        )

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=PATIENCE_S)) as database:
                database.executescript(_TABLES)
                yield database
        except sqlite3.Error as error:
            raise HistoryUnusable(self.path, str(error)) from error


def _page_history(nights: list[tuple[str, str, str | None]]) -> PageHistory:
    """The latest nights of a page, each a run, a verdict, and since when."""
    since = nights[-1][2]
    return PageHistory(
        entries=tuple(HistoryEntry(run=run, verdict=Verdict(verdict)) for run, verdict, _ in nights[-NIGHTS:]),
        since=date.fromisoformat(since) if since else None,
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_Row = tuple[str, float, float, float, float, str | None, str | None, str, int]


def _add_observation(known: list[KnownVolatilePart], row: _Row) -> None:
    """Add a sighting to the part that it is of; rows come from the latest to the earliest."""
    day, x, y, width, height, role, name, digest, alive = row
    box = Box(x=x, y=y, width=width, height=height)
    sighting = Observation(day=date.fromisoformat(day), digest=digest, volatile=bool(alive))
    for number, one in enumerate(known):
        if one.part.box.iou(box) >= SAME_PART_SHARE:
            known[number] = KnownVolatilePart(part=one.part, observations=(*one.observations, sighting))
            return
    known.append(KnownVolatilePart(part=PagePart(box=box, role=role, name=name), observations=(sighting,)))


def _row(
    record: RunRecord, day: date, tutorial: str, page: int, approved: str, part: VolatileRegion
) -> tuple[str | int | float | None, ...]:
    box = part.baseline_box
    return (
        record.id,
        day.isoformat(),
        record.baselines,
        tutorial,
        page,
        approved,
        box.x,
        box.y,
        box.width,
        box.height,
        part.role,
        part.name,
        part.digest,
        int(part.volatility is Volatility.SEEN_NOW),
    )
