"""What became of a tutorial's pages, kept beside their captures: a run that was cut off need not visit them again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from capture.capture import capture_stem, read_pair
from capture.errors import CannotWrite, PictureCorrupt, SidecarCorrupt
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import PASSING
from capture.runner.journey import JourneyLog, Outcome, State
from capture.scenario.tutorial import Page, Tutorial

CAPTURES = "captures"
VISITED = "visited"
"""Folder, inside an unfinished run's, with a file for each tutorial that was visited to its end."""

FLEETING = PASSING | {ObstacleKind.BROWSER}

Progress = Callable[[Tutorial, Outcome], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Visited:
    """A tutorial, and what became of its pages."""

    tutorial: Tutorial
    outcomes: tuple[Outcome, ...]
    log: JourneyLog
    again: tuple[Outcome, ...] = ()
    """What became of pages that were visited a second time; their pictures are not kept."""

    @property
    def broke_down(self) -> bool:
        """Firefox stopped on the way."""
        return any(outcome.broke_down for outcome in self.outcomes)

    @property
    def lasting(self) -> bool:
        """What it met would be met again a little later; so it need not be visited again."""
        return not any(outcome.obstacle and outcome.obstacle.kind in FLEETING for outcome in self.outcomes)

    def again_of(self, outcome: Outcome) -> Outcome | None:
        """The second visit of the page of a first one."""
        return next((second for second in self.again if second.page == outcome.page), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Kept:
    """What became of one page; its capture is in its own files."""

    page: int
    state: State
    obstacle: Obstacle | None
    stopped_by: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _File:
    """What is kept of a tutorial's visit."""

    scenario_sha256: str
    outcomes: tuple[_Kept, ...]
    log: JourneyLog


def keep_visited(visited: Visited, folder: Path) -> None:
    """Keep what became of a tutorial's pages in a run's folder, whole or not at all; raises CannotWrite."""
    file = _File(
        scenario_sha256=visited.tutorial.source_sha256,
        outcomes=tuple(
            _Kept(page=one.page.number, state=one.state, obstacle=one.obstacle, stopped_by=one.stopped_by)
            for one in visited.outcomes
        ),
        log=visited.log,
    )
    path = _path(visited.tutorial, folder)
    try:
        path.parent.mkdir(exist_ok=True)
        half = path.with_suffix(".half")
        half.write_bytes(msgspec.json.encode(file))
        half.replace(path)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from error


def read_visited(tutorial: Tutorial, folder: Path) -> Visited | None:
    """What was kept of a tutorial's visit; None when nothing of use was, or its scenario is another one by now."""
    try:
        file = msgspec.json.decode(_path(tutorial, folder).read_bytes(), type=_File)
        if file.scenario_sha256 != tutorial.source_sha256:
            return None
        if [kept.page for kept in file.outcomes] != [page.number for page in tutorial.pages]:
            return None
        outcomes = tuple(
            _outcome(kept, page, tutorial, folder) for kept, page in zip(file.outcomes, tutorial.pages, strict=True)
        )
    except (OSError, msgspec.DecodeError, SidecarCorrupt, PictureCorrupt):
        return None
    return Visited(tutorial=tutorial, outcomes=outcomes, log=file.log)


def forget_visited(tutorial: Tutorial, folder: Path) -> None:
    """Keep nothing of a tutorial's visit: it is to be visited anew; raises CannotWrite."""
    path = _path(tutorial, folder)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(path, error.strerror or str(error)) from error


def _outcome(kept: _Kept, page: Page, tutorial: Tutorial, folder: Path) -> Outcome:
    if kept.state is not State.CAPTURED:
        return Outcome(page=page, state=kept.state, obstacle=kept.obstacle, stopped_by=kept.stopped_by)
    capture, picture = read_pair(capture_stem(folder / CAPTURES, tutorial.slug, page.number))
    return Outcome(page=page, state=kept.state, capture=capture, picture=picture, obstacle=kept.obstacle)


def _path(tutorial: Tutorial, folder: Path) -> Path:
    return folder / VISITED / f"{tutorial.slug}.json"
