"""What earlier nights showed of the parts of pages that are alive: a small database beside the runs.

Nothing depends on it but how soon such a part is known again: it can be deleted at any time.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from capture.elements import Box
from capture.errors import HistoryUnusable
from report.compare.alive import SAME_PART, AlivePart, KnownPart, Liveliness, Part, Sighting
from report.record import RunRecord

HISTORY = "history.sqlite"
MEMORY_DAYS = 14
"""What has not been seen alive for so long is forgotten."""
PATIENCE_S = 20
"""How long to wait for another run that is writing."""

_TABLE = """
CREATE TABLE IF NOT EXISTS alive (
  run TEXT, day TEXT, baselines TEXT, tutorial TEXT, page INTEGER, approved TEXT,
  x REAL, y REAL, width REAL, height REAL, role TEXT, name TEXT, digest TEXT, alive INTEGER
)"""
_WRITE = "INSERT INTO alive VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_READ = """
SELECT day, x, y, width, height, role, name, digest, alive FROM alive
WHERE baselines = ? AND tutorial = ? AND page = ? AND approved = ? AND day BETWEEN ? AND ?
ORDER BY rowid DESC"""
_FORGET = "DELETE FROM alive WHERE day < ?"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A page, and the approved picture that it is compared with."""

    baselines: str
    tutorial: str
    page: int
    approved: str
    """SHA-256 of the approved picture."""


class History:
    """What was alive on earlier nights."""

    def __init__(self, runs: Path) -> None:
        """Open the history beside some runs."""
        self.path = runs / HISTORY

    def check(self) -> None:
        """Raise HistoryUnusable when there is a history that cannot be read."""
        if self.path.exists():
            with self._opened():
                pass

    def known(self, place: Place, today: date) -> tuple[KnownPart, ...]:
        """Parts of a page that were alive of late; raises HistoryUnusable."""
        if not self.path.exists():
            return ()
        since = (today - timedelta(days=MEMORY_DAYS)).isoformat()
        where = (place.baselines, place.tutorial, place.page, place.approved, since, today.isoformat())
        with self._opened() as database:
            rows = database.execute(_READ, where).fetchall()
        known: list[KnownPart] = []
        for row in rows:
            _add(known, row)
        return tuple(part for part in known if any(sighting.alive for sighting in part.sightings))

    def keep(self, record: RunRecord) -> None:
        """Note what a run has seen of what is alive; raises HistoryUnusable."""
        day = record.started.date()
        rows = [
            _row(record, day, tutorial.slug, page.number, page.approved.picture_sha256, part)
            for tutorial in record.tutorials
            for page in tutorial.pages
            if page.approved is not None
            for part in page.alive
        ]
        if not rows and not self.path.exists():
            return
        with self._opened() as database, database:
            database.execute(_FORGET, ((day - timedelta(days=MEMORY_DAYS)).isoformat(),))
            database.executemany(_WRITE, rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self.path, timeout=PATIENCE_S)) as database:
                database.execute(_TABLE)
                yield database
        except sqlite3.Error as error:
            raise HistoryUnusable(self.path, str(error)) from error


_Row = tuple[str, float, float, float, float, str | None, str | None, str, int]


def _add(known: list[KnownPart], row: _Row) -> None:
    """Add a sighting to the part that it is of; rows come from the latest to the earliest."""
    day, x, y, width, height, role, name, digest, alive = row
    box = Box(x=x, y=y, width=width, height=height)
    sighting = Sighting(day=date.fromisoformat(day), digest=digest, alive=bool(alive))
    for number, one in enumerate(known):
        if one.part.box.in_common(box) >= SAME_PART:
            known[number] = KnownPart(part=one.part, sightings=(*one.sightings, sighting))
            return
    known.append(KnownPart(part=Part(box=box, role=role, name=name), sightings=(sighting,)))


def _row(
    record: RunRecord, day: date, tutorial: str, page: int, approved: str, part: AlivePart
) -> tuple[str | int | float | None, ...]:
    box = part.approved_box
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
        int(part.liveliness is Liveliness.TONIGHT),
    )
