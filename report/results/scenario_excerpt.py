"""The lines of a scenario that tell of a page, so that a report can show them wherever it is read."""

import inspect
from dataclasses import dataclass
from pathlib import Path

from capture.scenario.tutorial import Visit


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioExcerpt:
    """Lines of a scenario."""

    file: str
    first: int
    """Number of the first line."""
    lines: tuple[str, ...]

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1

    def line(self, place: str) -> int | None:
        """The line that a place (``scenario.py:104``) names; None when it is not among these."""
        file, _, number = place.rpartition(":")
        return int(number) if file == self.file and self.first <= int(number) <= self.last else None


def excerpt_of(visit: Visit) -> ScenarioExcerpt | None:
    """The lines of the function that visits a page; None when its file is gone."""
    try:
        lines, first = inspect.getsourcelines(visit)
    except OSError:
        return None
    return ScenarioExcerpt(
        file=Path(visit.__code__.co_filename).name, first=first, lines=tuple(line.rstrip() for line in lines)
    )
