"""``run.json``: what a run found. Everything that people read is rendered from it, and can be again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from capture.capture import Environment
from capture.errors import RunUnreadable
from capture.geometry import Box
from capture.messages import Phrase
from capture.politeness.obstacles import ObstacleKind
from capture.privacy.request_filter import BlockedRequest
from capture.scenario.instruction import InstructionResult, InstructionStatus
from capture.scenario.tutorial import PageKind
from report.baselines.decision import Decision, HandCheck
from report.baselines.mask import Mask
from report.compare.comparison import Comparison
from report.compare.volatility import VolatileRegion
from report.results.scenario_excerpt import ScenarioExcerpt
from report.verdict import OUTDATED, UNKNOWN, ExitCode, Judgement, ReasonKind, Verdict, exit_code

FORMAT = 2
RECORD = "run.json"
SCHEMA = "run.schema.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRecord:
    """A capture that the run's folder holds: the approved one, or tonight's."""

    stem: str
    """Path of its PNG and JSON from the run's folder, without extension."""
    thumbnail: str
    picture_sha256: str
    sidecar_sha256: str
    size: tuple[int, int]
    """Width and height, px."""
    taken: datetime
    firefox: str
    fonts: tuple[str, ...] = ()
    """Families of the web fonts that the page had loaded."""
    scale: float = 1
    """Device scale factor: px of the picture per CSS px."""
    masks: tuple[Box, ...] = ()
    """Parts that were not compared, px."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPicture:
    """A picture that a person took of a personal page, copied into the run's folder."""

    path: str
    size: tuple[int, int]
    """Width and height, px."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """What an earlier run found on a page."""

    run: str
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRecord:
    """What the run found on one page."""

    number: int
    title: str
    kind: PageKind
    judgement: Judgement
    text: tuple[str, ...]
    described_on: tuple[str, ...]
    source_line: str
    scenario_excerpt: ScenarioExcerpt | None = None
    """What the scenario says of the page."""
    url: str | None = None
    """Address of the page that was captured, on the real site."""
    page_title: str | None = None
    headings: tuple[str, ...] = ()
    """The headings that the captured page shows."""
    instructions: tuple[InstructionResult, ...] = ()
    comparison: Comparison | None = None
    """With the approved capture, what is alive left out."""
    volatile: tuple[VolatileRegion, ...] = ()
    approved: PictureRecord | None = None
    captured: PictureRecord | None = None
    difference: str | None = None
    """Path of the picture of the differences, from the run's folder."""
    history: tuple[HistoryEntry, ...] = ()
    """Earlier runs, the latest last."""
    outdated_since: date | None = None
    """Of an outdated page: since when it has been; of one that could not be seen: since when it had been."""
    approval: Decision | None = None
    """Who approved the approved picture."""
    decision: Decision | None = None
    """What somebody decided on an earlier day about what is to be seen tonight, too."""
    masks: tuple[Mask, ...] = ()
    """What reviewers have said to ignore."""
    hand_check: HandCheck | None = None
    """Of a personal page: when a person looked at it last."""
    own_picture: OwnPicture | None = None
    """Of a personal page: what a person showed of it."""

    @property
    def newly_outdated(self) -> bool:
        """It is outdated, and was not when it was seen last."""
        known = [night.verdict for night in self.history if night.verdict not in UNKNOWN]
        return self.verdict in OUTDATED and bool(known) and known[-1] not in OUTDATED

    @property
    def capture_sha256(self) -> str:
        """SHA-256 of tonight's sidecar; empty when there is none."""
        return self.captured.sidecar_sha256 if self.captured else ""

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def stopped_here(self) -> bool:
        """It was seen, and the journey could not go on from it."""
        return any(reason.kind is ReasonKind.STOPPED_HERE for reason in self.judgement.reasons)

    @property
    def refused(self) -> bool:
        """It could have touched a person's data: nothing is kept of it."""
        met = (reason.obstacle for reason in self.judgement.reasons)
        return any(obstacle is not None and obstacle.kind is ObstacleKind.PRIVACY for obstacle in met)

    @property
    def missing_without_replacement(self) -> bool:
        """Something that an instruction points at is gone, and nothing is known to have taken its place."""
        return any(
            result.status is InstructionStatus.MISSING and result.replacement is None for result in self.instructions
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialRecord:
    """What the run found on one tutorial."""

    slug: str
    title: str
    source: str
    licence: str
    scenario: str
    """Name of the scenario's file."""
    planned_pages: int
    """Pages that the tutorial wants to be visited."""
    page_loads: int
    """Pages loaded from the site."""
    blocked_requests: tuple[BlockedRequest, ...]
    pages: tuple[PageRecord, ...]


VISITED_KINDS = frozenset((PageKind.PUBLIC, PageKind.FORM_ONLY))
EnvironmentKind = Literal["firefox", "font"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentChange:
    """Something of the machine, not of the site, that makes pictures look different."""

    part: EnvironmentKind
    before: str
    """A Firefox's major version, or a family of fonts."""
    now: str
    pages: int
    """Whose approved pictures were taken so."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """What a run found."""

    id: str
    version: str
    """Of tutofrais."""
    site: str
    baselines: str
    """The folder of ``screenshots/`` that it compared with."""
    started: datetime
    finished: datetime
    environment: Environment
    tutorials: tuple[TutorialRecord, ...]
    orphans: tuple[str, ...] = ()
    """Approved captures of which no tutorial of this run has the page: tutorial/page."""
    format: int = FORMAT

    @property
    def refused(self) -> tuple[tuple[TutorialRecord, PageRecord], ...]:
        """Pages that could have touched a person's data: of them, nothing is kept."""
        return tuple(pair for pair in self.pages() if pair[1].refused)

    @property
    def exit_code(self) -> ExitCode:
        if self.refused:
            return ExitCode.REFUSED
        found = exit_code(page.verdict for _, page in self.pages())
        unseen = found in (ExitCode.ALL_TRUE, ExitCode.NEW) and not self.coverage.complete
        return ExitCode.UNKNOWN if unseen else found

    @property
    def environment_changes(self) -> tuple[EnvironmentChange, ...]:
        """What pictures are taken with, where it is not what the approved ones were taken with: said once for all."""
        found: Counter[tuple[EnvironmentKind, str, str]] = Counter()
        for _, page in self.pages():
            if page.approved is not None and page.captured is not None:
                before, now = (one.firefox.partition(".")[0] for one in (page.approved, page.captured))
                if before != now:
                    found["firefox", before, now] += 1
                found.update(
                    ("font", family, "") for family in page.approved.fonts if family not in page.captured.fonts
                )
        return tuple(
            EnvironmentChange(part=part, before=before, now=now, pages=pages)
            for (part, before, now), pages in sorted(found.items())
        )

    @property
    def coverage(self) -> "Coverage":
        """How many of the pages that were to be seen were."""
        public = [page for _, page in self.pages() if page.kind in VISITED_KINDS]
        return Coverage(
            planned=sum(tutorial.planned_pages for tutorial in self.tutorials),
            visited=sum(page.verdict is not Verdict.NOT_REACHED for page in public),
            captured=sum(page.captured is not None for page in public),
            compared=sum(page.comparison is not None for page in public),
            new=sum(page.captured is not None and page.approved is None for page in public),
        )

    def pages(self) -> Iterator[tuple[TutorialRecord, PageRecord]]:
        for tutorial in self.tutorials:
            for page in tutorial.pages:
                yield tutorial, page


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Pages that were to be seen, and how far each came."""

    planned: int
    visited: int
    captured: int
    compared: int
    new: int
    """Captured, and nothing was approved to compare with."""

    @property
    def complete(self) -> bool:
        return self.planned == self.visited == self.captured == self.compared + self.new


def schema() -> dict[str, Any]:
    """The JSON Schema of ``run.json``, for programs in other languages."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"tutofrais run, format {FORMAT}",
        **msgspec.json.schema(RunRecord),
    }


def write_record(record: RunRecord, folder: Path) -> None:
    """Write ``run.json`` and its schema into a run's folder."""
    (folder / RECORD).write_bytes(msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")
    (folder / SCHEMA).write_bytes(msgspec.json.format(msgspec.json.encode(schema()), indent=1) + b"\n")


def read_record(folder: Path) -> RunRecord:
    """Read a run's ``run.json``; raises RunUnreadable."""
    path = folder / RECORD
    try:
        record = msgspec.json.decode(path.read_bytes(), type=RunRecord)
    except FileNotFoundError as error:
        raise RunUnreadable(folder, Phrase("there is no {file} there", file=RECORD)) from error
    except (OSError, UnicodeDecodeError, msgspec.DecodeError) as error:
        raise RunUnreadable(path, str(error)) from error
    if record.format != FORMAT:
        raise RunUnreadable(
            path, Phrase("it has format {found}, and this tutofrais reads {known}", found=record.format, known=FORMAT)
        )
    return record
