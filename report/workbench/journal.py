"""Journal of what was done since the workbench was started; each entry can be undone, and is a commit if possible."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from capture.errors import DecisionRefused, NotCommitted
from capture.messages import Phrase
from report.review.git_commit import commit, is_repository


@dataclass(frozen=True, kw_only=True, slots=True)
class JournalEntry:
    """Something that was done."""

    number: int
    told: str
    undo: Callable[[], None]
    folder: Path
    """Folder of what has changed."""
    only: str
    """File in it, by its name; ``.``: all."""


class Journal:
    """Entries of the workbench, oldest first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[JournalEntry] = []
        self._numbers = 0
        self.notice: NotCommitted | None = None
        """Why the latest change was not committed; None: it was, or is in no repository."""

    @property
    def entries(self) -> tuple[JournalEntry, ...]:
        return tuple(self._entries)

    def add(self, told: str, undo: Callable[[], None], folder: Path, only: str = ".", *, by: str = "") -> None:
        """Record something that was done, and commit it where that is possible."""
        with self._lock:
            self._numbers += 1
            entry = JournalEntry(number=self._numbers, told=told, undo=undo, folder=folder, only=only)
            self._entries.append(entry)
            self.commit(folder, told, only=only, by=by)

    def undo(self, number: int, told: str, *, by: str = "") -> None:
        """Undo an entry; raises DecisionRefused if it is not there, or what its ``undo`` raises.

        Args:
            number: of the entry.
            told: first line of the commit.
            by: who undoes it.
        """
        with self._lock:
            entry = next((one for one in self._entries if one.number == number), None)
            if entry is None:
                raise DecisionRefused(Phrase("nothing was decided here that could be taken back"))
            entry.undo()
            self._entries.remove(entry)
            self.commit(entry.folder, told, only=entry.only, by=by)

    def commit(self, folder: Path, title: str, *, only: str = ".", by: str = "") -> None:
        """Commit what has changed in a folder, if it is in a repository; a failure becomes the notice."""
        self.notice = None
        try:
            if is_repository(folder):
                commit(folder, title, [by] if by else [], only=only)
        except NotCommitted as error:
            self.notice = error
