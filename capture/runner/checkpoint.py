"""What became of a tutorial's pages, kept beside their captures: a run that was cut off need not visit them again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from capture.capture import capture_stem, read_capture
from capture.errors import PictureCorrupt, SidecarCorrupt
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import RETRIED
from capture.runner.journey import JourneyLog, PageOutcome, VisitState
from capture.scenario.tutorial import Page, Tutorial
from capture.storage import remove, write_atomically

CAPTURES = "captures"
CHECKPOINTS = "visited"
"""Folder, inside an unfinished run's, with a file for each tutorial that was visited to its end."""

TEMPORARY = RETRIED | {ObstacleKind.BROWSER}

OnPage = Callable[[Tutorial, PageOutcome], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialOutcome:
    """A tutorial, and what became of its pages."""

    tutorial: Tutorial
    outcomes: tuple[PageOutcome, ...]
    log: JourneyLog
    revisits: tuple[PageOutcome, ...] = ()
    """What became of pages that were visited a second time; their pictures are not kept."""

    @property
    def crashed(self) -> bool:
        """Firefox stopped on the way."""
        return any(outcome.crashed for outcome in self.outcomes)

    @property
    def conclusive(self) -> bool:
        """What it met would be met again a little later; so it need not be visited again."""
        return not any(outcome.obstacle and outcome.obstacle.kind in TEMPORARY for outcome in self.outcomes)

    def revisit_of(self, outcome: PageOutcome) -> PageOutcome | None:
        """The second visit of the page of a first one."""
        return next((second for second in self.revisits if second.page == outcome.page), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class _PageCheckpoint:
    """What became of one page; its capture is in its own files."""

    page: int
    state: VisitState
    obstacle: Obstacle | None
    stopped_by: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Checkpoint:
    """What is kept of a tutorial's visit."""

    scenario_sha256: str
    outcomes: tuple[_PageCheckpoint, ...]
    log: JourneyLog


def write_checkpoint(visited: TutorialOutcome, folder: Path) -> None:
    """Keep what became of a tutorial's pages in a run's folder, whole or not at all; raises CannotWrite."""
    file = _Checkpoint(
        scenario_sha256=visited.tutorial.source_sha256,
        outcomes=tuple(
            _PageCheckpoint(page=one.page.number, state=one.state, obstacle=one.obstacle, stopped_by=one.stopped_by)
            for one in visited.outcomes
        ),
        log=visited.log,
    )
    write_atomically(_path(visited.tutorial, folder), msgspec.json.encode(file))


def read_checkpoint(tutorial: Tutorial, folder: Path) -> TutorialOutcome | None:
    """What was kept of a tutorial's visit; None when nothing of use was, or its scenario is another one by now."""
    try:
        file = msgspec.json.decode(_path(tutorial, folder).read_bytes(), type=_Checkpoint)
        if file.scenario_sha256 != tutorial.source_sha256:
            return None
        if [kept.page for kept in file.outcomes] != [page.number for page in tutorial.pages]:
            return None
        outcomes = tuple(
            _outcome(kept, page, tutorial, folder) for kept, page in zip(file.outcomes, tutorial.pages, strict=True)
        )
    except (OSError, msgspec.DecodeError, SidecarCorrupt, PictureCorrupt):
        return None
    return TutorialOutcome(tutorial=tutorial, outcomes=outcomes, log=file.log)


def remove_checkpoint(tutorial: Tutorial, folder: Path) -> None:
    """Keep nothing of a tutorial's visit: it is to be visited anew; raises CannotWrite."""
    remove(_path(tutorial, folder))


def _outcome(kept: _PageCheckpoint, page: Page, tutorial: Tutorial, folder: Path) -> PageOutcome:
    if kept.state is not VisitState.CAPTURED:
        return PageOutcome(page=page, state=kept.state, obstacle=kept.obstacle, stopped_by=kept.stopped_by)
    capture = read_capture(capture_stem(folder / CAPTURES, tutorial.slug, page.number))
    return PageOutcome(page=page, state=kept.state, capture=capture, obstacle=kept.obstacle)


def _path(tutorial: Tutorial, folder: Path) -> Path:
    return folder / CHECKPOINTS / f"{tutorial.slug}.json"
