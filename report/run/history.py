"""History: verdicts on pages and observations of their volatile parts, in a small database beside the runs.

It can be deleted at any time: verdicts only depend on it in how soon a volatile part is recognised again.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from capture.errors import HistoryLocked, HistoryNewer, HistoryNotWritable, HistoryUnusable
from capture.geometry import Box
from capture.messages import Phrase
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
from report.results.nights import Night, PageNights
from report.results.run_record import HistoryEntry, RunRecord
from report.verdict import Verdict

HISTORY = "history.sqlite"
MEMORY_DAYS = 14
"""Age at which an observation is deleted, days."""
FORMAT = 1
"""Format of the database; a table that earlier versions do not need is created when it is missing, and changes none."""
PRIMARY_CODE = 0xFF
"""Mask of a primary result code of SQLite in an extended one (https://www.sqlite.org/rescode.html)."""
_ERRORS: Mapping[int, type[HistoryUnusable]] = {
    sqlite3.SQLITE_BUSY: HistoryLocked,
    sqlite3.SQLITE_LOCKED: HistoryLocked,
    sqlite3.SQLITE_READONLY: HistoryNotWritable,
    sqlite3.SQLITE_PERM: HistoryNotWritable,
    sqlite3.SQLITE_CANTOPEN: HistoryNotWritable,
    sqlite3.SQLITE_FULL: HistoryNotWritable,
    sqlite3.SQLITE_IOERR: HistoryNotWritable,
}
PATIENCE_S = 20
"""Longest wait for another process that is writing, s."""

HISTORY_RUNS = 14
"""Number of earlier runs that the report shows for each page."""

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
CREATE TABLE IF NOT EXISTS run_times (run TEXT PRIMARY KEY, started TEXT, finished TEXT);
"""
_WRITE = "INSERT INTO alive VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_READ = """
SELECT day, x, y, width, height, role, name, digest, alive FROM alive
WHERE baselines = ? AND tutorial = ? AND page = ? AND approved = ? AND day BETWEEN ? AND ?
ORDER BY rowid DESC"""
_FORGET = "DELETE FROM alive WHERE day < ?"
_WRITE_VERDICT = "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?, ?, ?, ?, ?)"
_READ_VERDICTS = """
SELECT page, run, verdict, since FROM verdicts LEFT JOIN run_times USING (run) LEFT JOIN runs USING (run)
WHERE baselines = ? AND tutorial = ? AND run <> ?
ORDER BY page, coalesce(runs.finished, run_times.finished, run), run"""
_READ_NIGHTS = """
SELECT baselines, tutorial, page, day, verdict, since
FROM verdicts LEFT JOIN run_times USING (run) LEFT JOIN runs USING (run)
ORDER BY baselines, tutorial, page, coalesce(runs.finished, run_times.finished, run), run"""
_READ_EARLIER = """
SELECT tutorial, page, run, day, verdict
FROM verdicts LEFT JOIN run_times USING (run) LEFT JOIN runs USING (run)
WHERE baselines = ? AND day >= ? AND day < ? ORDER BY coalesce(runs.finished, run_times.finished, run), run"""
_WRITE_TIMES = "INSERT OR REPLACE INTO run_times VALUES (?, ?, ?)"
_READ_TIMES = "SELECT run, started, finished FROM run_times"
_FORGET_TIMES = "DELETE FROM run_times WHERE started < ?"
_WRITE_RUN = "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?)"
_READ_RUNS = "SELECT run, finished, title, text FROM runs ORDER BY finished DESC, run DESC LIMIT ?"
_READ_LAST_RUN = """
SELECT finished FROM runs WHERE run IN (SELECT run FROM verdicts WHERE baselines = ?) ORDER BY finished DESC LIMIT 1"""
FEED_RUNS = 30
_FORGET_VERDICTS = "DELETE FROM verdicts WHERE day < ?"
VERDICT_DAYS = 400
"""Age at which a verdict is deleted, days."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BaselineKey:
    """A page and the baseline that it is compared with."""

    baselines: str
    tutorial: str
    page: int
    approved: str
    """SHA-256 of the baseline's picture."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageHistory:
    """Verdicts of earlier runs on a page."""

    entries: tuple[HistoryEntry, ...]
    """Oldest first."""
    since: date | None
    """Day since which the page has been outdated; None: it was not outdated in the latest run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PastVerdict:
    """Verdict of one run on a page."""

    tutorial: str
    page: int
    run: str
    day: str
    """ISO 8601."""
    verdict: Verdict


class History:
    """Access to the history of the runs in a folder."""

    def __init__(self, runs: Path) -> None:
        """Refer to the history in the folder ``runs``, which need not exist."""
        self.path = runs / HISTORY

    def check(self) -> None:
        """Raise HistoryUnusable if the history exists and cannot be read."""
        if self.path.exists():
            with self._opened():
                pass

    def volatile_parts(self, key: BaselineKey, today: date) -> tuple[KnownVolatilePart, ...]:
        """Return the parts of a page that were volatile in the last MEMORY_DAYS; raises HistoryUnusable."""
        if not self.path.exists():
            return ()
        since = (today - timedelta(days=MEMORY_DAYS)).isoformat()
        where = (key.baselines, key.tutorial, key.page, key.approved, since, today.isoformat())
        with self._opened() as database:
            rows = database.execute(_READ, where).fetchall()
        known: list[KnownVolatilePart] = []
        for row in rows:
            _add_observation(known, row)
        return tuple(part for part in known if any(observation.volatile for observation in part.observations))

    def page_histories(self, baselines: str, tutorial: str, run: str) -> Mapping[int, PageHistory]:
        """Return the verdicts of all runs except this one, by page number; raises HistoryUnusable."""
        if not self.path.exists():
            return {}
        with self._opened() as database:
            rows = database.execute(_READ_VERDICTS, (baselines, tutorial, run)).fetchall()
        found: dict[int, list[tuple[str, str, str | None]]] = defaultdict(list)
        for page, other, verdict, since in rows:
            found[page].append((other, verdict, since))
        return {page: _page_history(rows) for page, rows in found.items()}

    def nights(self) -> list[PageNights]:
        """Return the last verdict of every day on every page, in the order of their names; raises HistoryUnusable."""
        if not self.path.exists():
            return []
        with self._opened() as database:
            rows = database.execute(_READ_NIGHTS).fetchall()
        return [
            PageNights(baselines=baselines, tutorial=tutorial, page=page, nights=_nights(row[3:] for row in group))
            for (baselines, tutorial, page), group in groupby(rows, key=lambda row: row[:3])
        ]

    def last_run(self, baselines: str) -> datetime | None:
        """Return when the last run of all tutorials on a site ended; None if none is known. Raises HistoryUnusable.

        Args:
            baselines: folder of ``screenshots/`` that the runs compared with.
        """
        if not self.path.exists():
            return None
        with self._opened() as database:
            row = database.execute(_READ_LAST_RUN, (baselines,)).fetchone()
        return None if row is None else datetime.fromisoformat(row[0])

    def verdicts_between(self, baselines: str, first: date, end: date) -> Iterator[PastVerdict]:
        """Yield the verdicts of all runs from a day on and before another, those of earlier runs first.

        Raises:
            HistoryUnusable.
        """
        if not self.path.exists():
            return
        with self._opened() as database:
            for tutorial, page, run, day, verdict in database.execute(
                _READ_EARLIER, (baselines, first.isoformat(), end.isoformat())
            ):
                yield PastVerdict(tutorial=tutorial, page=page, run=run, day=day, verdict=Verdict(verdict))

    def seconds(self) -> Mapping[str, float]:
        """Return the time of each run of which it is known, s; raises HistoryUnusable."""
        if not self.path.exists():
            return {}
        with self._opened() as database:
            rows = database.execute(_READ_TIMES).fetchall()
        return {
            run: (datetime.fromisoformat(finished) - datetime.fromisoformat(started)).total_seconds()
            for run, started, finished in rows
        }

    def add_run(self, record: RunRecord) -> None:
        """Record a run's verdicts and its observations of volatile parts; raises HistoryUnusable."""
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
        oldest = (day - timedelta(days=VERDICT_DAYS)).isoformat()
        with self._opened() as database, database:
            database.execute(_FORGET, ((day - timedelta(days=MEMORY_DAYS)).isoformat(),))
            database.execute(_FORGET_VERDICTS, (oldest,))
            database.execute(_FORGET_TIMES, (oldest,))
            database.execute(_WRITE_TIMES, (record.id, record.started.isoformat(), record.finished.isoformat()))
            database.executemany(_WRITE, rows)
            database.executemany(_WRITE_VERDICT, verdicts)

    def record_feed_entry(self, entry: FeedEntry) -> tuple[FeedEntry, ...]:
        """Record a run's feed entry; return the latest entries, this one included. Raises HistoryUnusable."""
        with self._opened() as database, database:
            database.execute(_WRITE_RUN, (entry.run, entry.finished.isoformat(), entry.title, entry.text))
            rows = database.execute(_READ_RUNS, (FEED_RUNS,)).fetchall()
        return tuple(
            FeedEntry(run=run, finished=datetime.fromisoformat(finished), title=title, text=text)
            for run, finished, title, text in rows
        )

    def write_excerpt(self, tutorials: Iterable[str], file: Path) -> None:
        """Write what is known of some tutorials into a history of their own; raises HistoryUnusable.

        Args:
            tutorials: their slugs.
            file: of the new history; it must not exist.
        """
        if not self.path.exists():
            return
        with self._opened() as database, database:
            database.execute("ATTACH ? AS excerpt", (str(file),))
            for table in ("alive", "verdicts"):
                database.execute(f"CREATE TABLE excerpt.{table} AS SELECT * FROM main.{table} LIMIT 0")  # noqa: S608 - ours
                database.executemany(
                    f"INSERT INTO excerpt.{table} SELECT * FROM main.{table} WHERE tutorial = ?",  # noqa: S608 - ours
                    [(slug,) for slug in tutorials],
                )
            database.execute("CREATE TABLE excerpt.runs AS SELECT run, finished, '' title, '' text FROM main.runs")
            database.execute(f"PRAGMA excerpt.user_version = {FORMAT}")

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=PATIENCE_S)) as database:
                _check_format(self.path, database)
                database.executescript(_TABLES)
                yield database
        except sqlite3.Error as error:
            kind = _ERRORS.get(getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE, HistoryUnusable)
            raise kind(self.path, str(error)) from error


def _check_format(path: Path, database: sqlite3.Connection) -> None:
    """Raise HistoryNewer if a newer version has written the database; give a new one its number."""
    (found,) = database.execute("PRAGMA user_version").fetchone()
    if found > FORMAT:
        raise HistoryNewer(
            path, Phrase("it has format {found}, and this tutofrais reads {known}", found=found, known=FORMAT)
        )
    if found < FORMAT:
        database.execute(f"PRAGMA user_version = {FORMAT}")


def _page_history(rows: list[tuple[str, str, str | None]]) -> PageHistory:
    """Build a page's history from rows of run, verdict and day since which it was outdated, oldest first."""
    since = rows[-1][2]
    return PageHistory(
        entries=tuple(HistoryEntry(run=run, verdict=Verdict(verdict)) for run, verdict, _ in rows[-HISTORY_RUNS:]),
        since=date.fromisoformat(since) if since else None,
    )


def _nights(rows: Iterable[tuple[str, str, str | None]]) -> tuple[Night, ...]:
    """Return a page's nights, from rows of day, verdict and day since which it is outdated: the last of each day."""
    return tuple(
        Night(
            day=date.fromisoformat(day),
            verdict=Verdict(verdict),
            outdated_since=date.fromisoformat(since) if since else None,
        )
        for day, verdict, since in {row[0]: row for row in rows}.values()
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


_Row = tuple[str, float, float, float, float, str | None, str | None, str, int]


def _add_observation(known: list[KnownVolatilePart], row: _Row) -> None:
    """Add an observation to the part that it belongs to; rows come latest first."""
    day, x, y, width, height, role, name, digest, alive = row
    box = Box(x=x, y=y, width=width, height=height)
    observation = Observation(day=date.fromisoformat(day), digest=digest, volatile=bool(alive))
    for index, one in enumerate(known):
        if one.part.box.iou(box) >= SAME_PART_SHARE:
            known[index] = KnownVolatilePart(part=one.part, observations=(*one.observations, observation))
            return
    known.append(KnownVolatilePart(part=PagePart(box=box, role=role, name=name), observations=(observation,)))


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
