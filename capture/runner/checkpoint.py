"""Checkpoints: outcomes of a tutorial's pages, written beside their captures so that a resumed run reuses them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from capture.capture import capture_stem, read_capture
from capture.checked_values import Unfit, decode_json
from capture.errors import PictureCorrupt, SidecarCorrupt
from capture.messages import Phrase
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import RETRIED
from capture.privacy.request_filter import BlockedRequest
from capture.runner.journey import JourneyLog, PageOutcome, VisitState
from capture.runner.page_visit import Departure
from capture.runner.witness import WitnessOutcome
from capture.scenario.tutorial import Page, Tutorial
from capture.storage import read_bytes, remove, write_atomically

CAPTURES = "captures"
CHECKPOINTS = "visited"
"""Folder in an unfinished run's folder, with one JSON file for each tutorial that was visited to its end."""

TEMPORARY = RETRIED | {ObstacleKind.BROWSER, ObstacleKind.OCCUPIED}
"""Obstacles that a later visit may not meet."""

OnPage = Callable[[Tutorial, PageOutcome], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialOutcome:
    """A tutorial with the outcomes of its pages."""

    tutorial: Tutorial
    outcomes: tuple[PageOutcome, ...]
    log: JourneyLog
    seconds: float = 0
    """Time of the first visit; 0: it is not known."""
    revisits: tuple[PageOutcome, ...] = ()
    """Outcomes of pages that were visited a second time; their captures are not written to disk."""
    witnesses: tuple[WitnessOutcome, ...] = ()
    """Outcomes of its witness pages."""
    second_witnesses: tuple[WitnessOutcome, ...] = ()
    """Outcomes of those that were visited a second time."""
    is_stored: bool = False
    """Whether its captures are on disk only: see ``read_visited``."""

    @classmethod
    def unseen(cls, tutorial: Tutorial, kind: ObstacleKind, evidence: str) -> "TutorialOutcome":
        """Return the outcome of a tutorial of which no page was seen, because of one obstacle."""
        return cls(
            tutorial=tutorial,
            outcomes=tuple(_unseen(page, Obstacle.of(kind, evidence, page.starts_at or "")) for page in tutorial.pages),
            log=JourneyLog(page_loads=0, blocked=()),
        )

    @property
    def crashed(self) -> bool:
        """Whether Firefox stopped during the journey."""
        return any(outcome.crashed for outcome in self.outcomes)

    @property
    def conclusive(self) -> bool:
        """Whether no page met a temporary obstacle, so that a resumed run need not visit the tutorial again."""
        return not any(outcome.obstacle and outcome.obstacle.kind in TEMPORARY for outcome in self.outcomes)

    def stored(self) -> "TutorialOutcome":
        """Return the outcome of a tutorial that has a checkpoint, without its captures, which take much memory."""
        outcomes = tuple(replace(outcome, capture=None) for outcome in self.outcomes)
        return replace(self, outcomes=outcomes, is_stored=True)

    def revisit_of(self, outcome: PageOutcome) -> PageOutcome | None:
        """Return the outcome of the second visit of a page; None if it was visited once."""
        return next((second for second in self.revisits if second.page == outcome.page), None)


def _unseen(page: Page, why: Obstacle) -> PageOutcome:
    if not page.visited:
        return PageOutcome(page=page, state=VisitState.NOT_VISITED)
    return PageOutcome(page=page, state=VisitState.UNREACHABLE, obstacle=why)


@dataclass(frozen=True, kw_only=True, slots=True)
class _PageCheckpoint:
    """Outcome of one page, without its capture, which has files of its own."""

    page: int
    state: VisitState
    obstacle: Obstacle | None
    stopped_by: int | None
    blocked: tuple[BlockedRequest, ...] = ()
    departure: Departure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Checkpoint:
    """Contents of a checkpoint file."""

    scenario_sha256: str
    outcomes: tuple[_PageCheckpoint, ...]
    log: JourneyLog
    seconds: float = 0
    witnesses: tuple[WitnessOutcome, ...] = ()


def write_checkpoint(visited: TutorialOutcome, folder: Path) -> None:
    """Write the outcomes of a tutorial's pages into a run's folder atomically; raises CannotWrite."""
    file = _Checkpoint(
        scenario_sha256=visited.tutorial.source_sha256,
        outcomes=tuple(
            _PageCheckpoint(
                page=outcome.page.number,
                state=outcome.state,
                obstacle=outcome.obstacle,
                stopped_by=outcome.stopped_by,
                blocked=outcome.blocked,
                departure=outcome.departure,
            )
            for outcome in visited.outcomes
        ),
        log=visited.log,
        seconds=visited.seconds,
        witnesses=visited.witnesses,
    )
    write_atomically(_path(visited.tutorial, folder), msgspec.json.encode(file))


def read_checkpoint(tutorial: Tutorial, folder: Path) -> TutorialOutcome | None:
    """Read a tutorial's checkpoint and captures; None if they are missing or corrupt, or the scenario has changed."""
    try:
        return read_visited(tutorial, folder)
    except (SidecarCorrupt, PictureCorrupt):
        return None


def read_visited(tutorial: Tutorial, folder: Path) -> TutorialOutcome:
    """Read a tutorial's checkpoint and captures; raises SidecarCorrupt or PictureCorrupt."""
    path = _path(tutorial, folder)
    try:
        file = decode_json(read_bytes(path, SidecarCorrupt), _Checkpoint)
    except Unfit as error:
        raise SidecarCorrupt(path, *error.args) from error
    if file.scenario_sha256 != tutorial.source_sha256 or not _is_about(file, tutorial):
        raise SidecarCorrupt(path, Phrase("the scenario has changed since"))
    return TutorialOutcome(
        tutorial=tutorial,
        outcomes=tuple(
            _outcome(recorded, page, tutorial, folder)
            for recorded, page in zip(file.outcomes, tutorial.pages, strict=True)
        ),
        log=file.log,
        seconds=file.seconds,
        witnesses=file.witnesses,
    )


def _is_about(file: _Checkpoint, tutorial: Tutorial) -> bool:
    return [recorded.page for recorded in file.outcomes] == [page.number for page in tutorial.pages]


def remove_checkpoint(tutorial: Tutorial, folder: Path) -> None:
    """Remove a tutorial's checkpoint, so that it is visited again; raises CannotWrite."""
    remove(_path(tutorial, folder))


def _outcome(recorded: _PageCheckpoint, page: Page, tutorial: Tutorial, folder: Path) -> PageOutcome:
    if recorded.state is not VisitState.CAPTURED:
        return PageOutcome(
            page=page,
            state=recorded.state,
            obstacle=recorded.obstacle,
            stopped_by=recorded.stopped_by,
            blocked=recorded.blocked,
        )
    capture = read_capture(capture_stem(folder / CAPTURES, tutorial.slug, page.number))
    return PageOutcome(
        page=page,
        state=recorded.state,
        capture=capture,
        obstacle=recorded.obstacle,
        blocked=recorded.blocked,
        departure=recorded.departure,
    )


def _path(tutorial: Tutorial, folder: Path) -> Path:
    return folder / CHECKPOINTS / f"{tutorial.slug}.json"
