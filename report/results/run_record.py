"""``run.json``: the record of a run, from which the report and all other outputs are rendered."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from capture.capture import Environment
from capture.checked_values import (
    Name,
    PageNumber,
    RelativePath,
    Scale,
    Sha256,
    Side,
    Unfit,
    WebAddress,
    check_format,
    decode_json,
)
from capture.errors import RunUnreadable
from capture.geometry import Box
from capture.messages import Phrase
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.privacy.request_filter import BlockedRequest
from capture.scenario.instruction import InstructionResult, InstructionStatus
from capture.scenario.tutorial import PageKind
from capture.storage import read_bytes
from report.baselines.decision import Decision, HandCheck
from report.baselines.mask import Mask
from report.compare.comparison import Comparison
from report.compare.volatility import VolatileRegion
from report.results.missed_runs import MissedRuns
from report.results.scenario_excerpt import ScenarioExcerpt
from report.results.verdict_letters import VerdictLetters
from report.verdict import ABOUT_INSTRUCTIONS, OUTDATED, UNKNOWN, ExitCode, Judgement, ReasonKind, Verdict, exit_code

FORMAT = 2
RECORD = "run.json"
NIGHTS = 90
"""Number of nights of which a run's record tells the verdicts, its own included."""
LONGEST_S = 1e7
"""Longest time of a run in a file, s."""
SCHEMA = "run.schema.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class PictureRecord:
    """A capture in the run's folder: the baseline or the candidate."""

    stem: RelativePath
    """Path of its PNG and JSON relative to the run's folder, without extension."""
    thumbnail: RelativePath
    picture_sha256: Sha256
    sidecar_sha256: Sha256
    size: tuple[Side, Side]
    """Width and height, px."""
    taken: datetime
    firefox: str
    fonts: tuple[str, ...] = ()
    """Families of the web fonts that the page loaded."""
    text_rendering: str = ""
    """Digest of text as the capture's desktop draws it; empty: not recorded."""
    scale: Scale = 1
    """Device scale factor: px of the picture per CSS px."""
    masks: tuple[Box, ...] = ()
    """Boxes that were not compared, px."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPicture:
    """A picture that a person took of a personal page, copied into the run's folder."""

    path: RelativePath
    size: tuple[Side, Side]
    """Width and height, px."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedPicture:
    """A picture of the old tutorial, copied into the run's folder; it is no baseline."""

    path: RelativePath
    size: tuple[Side, Side]
    """Width and height, px."""
    document: str
    """Name of the document from which it comes."""
    is_like: bool | None = None
    """Whether it shows the page of the candidate; None: there is no candidate."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessRecord:
    """A public page that describes a personal page, as this run found it."""

    url: WebAddress
    title: str = ""
    """Its title; empty: it was not read."""
    text: RelativePath | None = None
    """File of what it says, relative to the run's folder; None: it was not read."""
    known: bool = False
    """Whether it is known what it said when a person last checked the personal page."""
    removed: tuple[str, ...] = ()
    """Lines that it had then; at most MOST_WITNESS_LINES."""
    added: tuple[str, ...] = ()
    """Lines that are new; at most MOST_WITNESS_LINES."""
    changes: int = 0
    """Number of lines that differ, also of those that are not listed."""
    obstacle: Obstacle | None = None
    """Met instead of the page."""


MOST_WITNESS_LINES = 30
CalloutSide = Literal["right", "left", "above", "below"]
"""Place of a callout, seen from its target."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedCallout:
    """A callout of a preview that is on another side of its target than on the approved picture."""

    instruction: int
    """Number of the instruction."""
    before: CalloutSide
    now: CalloutSide


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A picture of the page as it would be published if the candidate were approved, in the run's folder."""

    path: RelativePath
    size: tuple[Side, Side]
    """Width and height, px."""
    moved: tuple[MovedCallout, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class HistoryEntry:
    """Verdict of an earlier run on a page."""

    run: Name
    verdict: Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRecord:
    """Record of one page of a run."""

    number: PageNumber
    title: str
    kind: PageKind
    judgement: Judgement
    text: tuple[str, ...]
    described_on: tuple[WebAddress, ...]
    source_line: str
    scenario_sha256: str = ""
    """Digest of what the scenario says about the page; empty: no scenario visits it."""
    gone: date | None = None
    """Day on which somebody saw that the site no longer has this step."""
    scenario_excerpt: ScenarioExcerpt | None = None
    """Lines of the scenario about the page."""
    url: WebAddress | None = None
    """Address of the page that was captured, on the real site."""
    page_title: str | None = None
    headings: tuple[str, ...] = ()
    """Headings of the captured page."""
    instructions: tuple[InstructionResult, ...] = ()
    blocked: tuple[BlockedRequest, ...] = ()
    """Requests that were blocked during the visit and may matter."""
    comparison: Comparison | None = None
    """Comparison with the baseline; volatile regions are left out."""
    volatile: tuple[VolatileRegion, ...] = ()
    approved: PictureRecord | None = None
    captured: PictureRecord | None = None
    difference: RelativePath | None = None
    """Path of the difference picture, relative to the run's folder."""
    history: tuple[HistoryEntry, ...] = ()
    """Earlier runs, oldest first."""
    nights: VerdictLetters = ""
    """Its verdict on each of the run's earlier nights."""
    outdated_since: date | None = None
    """Day since which the page has been outdated; if it could not be checked, as of the latest run that could."""
    approval: Decision | None = None
    """Approval of the baseline."""
    decision: Decision | None = None
    """Decision of an earlier day that still applies."""
    masks: tuple[Mask, ...] = ()
    """Masks of reviewers."""
    hand_check: HandCheck | None = None
    """Latest check by a person; personal pages only."""
    own_picture: OwnPicture | None = None
    """Picture that a person took; personal pages only."""
    previews: tuple[Preview, ...] = ()
    """Its pictures as they would be published; only of a page whose new picture can be approved."""
    imported: tuple[ImportedPicture, ...] = ()
    """Pictures of the old tutorial, as long as no picture of the page was approved."""
    witnesses: tuple[WitnessRecord, ...] = ()
    """Its witness pages; personal pages only."""

    @property
    def newly_outdated(self) -> bool:
        """Whether the page is outdated now and was not in the latest run that could check it."""
        known = [entry.verdict for entry in self.history if entry.verdict not in UNKNOWN]
        return self.verdict in OUTDATED and bool(known) and known[-1] not in OUTDATED

    @property
    def capture_sha256(self) -> str:
        """SHA-256 of the candidate's sidecar; empty if there is none."""
        return self.captured.sidecar_sha256 if self.captured else ""

    @property
    def verdict(self) -> Verdict:
        return self.judgement.verdict

    @property
    def stopped_here(self) -> bool:
        """Whether the page was captured and the journey could not continue from it."""
        return any(reason.kind is ReasonKind.STOPPED_HERE for reason in self.judgement.reasons)

    @property
    def refused(self) -> bool:
        """Whether the page could have shown personal data; then nothing of it is kept."""
        met = (reason.obstacle for reason in self.judgement.reasons)
        return any(obstacle is not None and obstacle.kind is ObstacleKind.PRIVACY for obstacle in met)

    @property
    def occupied_by_another_run(self) -> str:
        """Host on which another run on this machine kept this one from the page; empty if none did."""
        met = (reason.obstacle for reason in self.judgement.reasons)
        return next((one.evidence for one in met if one is not None and one.kind is ObstacleKind.OCCUPIED), "")

    @property
    def missing_without_replacement(self) -> bool:
        """Whether an instruction's target is missing and no replacement is known."""
        return any(
            result.status is InstructionStatus.MISSING and result.replacement is None for result in self.instructions
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialRecord:
    """Record of one tutorial of a run."""

    slug: Name
    title: str
    locale: str = ""
    """Language and country of the browser (BCP 47)."""
    source: str
    licence: str
    scenario: str
    """File name of the scenario."""
    planned_pages: int
    """Number of pages that the run should visit."""
    page_loads: int
    """Number of page loads from the site."""
    blocked_requests: tuple[BlockedRequest, ...]
    seconds: float = 0
    """Time of its visit; 0: it is not known."""
    consents_refused: tuple[str, ...] = ()
    """Platform and host of each consent window that was refused."""
    owners: tuple[str, ...] = ()
    """Names of the people who look after it, as the scenario says."""
    pages: tuple[PageRecord, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierNight:
    """A night before that of a run, on which at least one of its pages was visited."""

    day: date
    seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_S)] | None = None
    """Time of the longest run of that night; None: it is not known."""


VISITED_KINDS = frozenset((PageKind.PUBLIC, PageKind.FORM_ONLY))
EnvironmentKind = Literal["firefox", "font", "text_rendering"]


@dataclass(frozen=True, kw_only=True, slots=True)
class EnvironmentChange:
    """A difference of the machine, not of the site, that changes how pages are drawn."""

    part: EnvironmentKind
    before: str
    """Firefox's major version, a font family, or a digest of drawn text."""
    now: str
    pages: int
    """Number of pages whose baseline was captured with ``before``."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """Parts of the tutorials that a run visited, of those into which they were divided."""

    numbers: tuple[Annotated[int, msgspec.Meta(ge=1)], ...]
    """From 1."""
    of: Annotated[int, msgspec.Meta(ge=1)]
    """Number of parts that have a tutorial."""

    @property
    def absent(self) -> tuple[int, ...]:
        """Numbers of the other parts."""
        return tuple(number for number in range(1, self.of + 1) if number not in self.numbers)


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """Record of a run."""

    id: Name
    version: str
    """Version of tutofrais."""
    site: str
    baselines: Name
    """Folder of ``screenshots/`` that holds the baselines."""
    started: datetime
    finished: datetime
    environment: Environment
    tutorials: tuple[TutorialRecord, ...]
    orphans: tuple[str, ...] = ()
    """Baselines that belong to no page of these tutorials, as tutorial/page."""
    missed: MissedRuns | None = None
    """Planned runs before this one that did not take place."""
    nights: tuple[EarlierNight, ...] = ()
    """Earlier nights, the oldest first; fewer than NIGHTS."""
    parts: Parts | None = None
    """Parts that it visited; None: all tutorials."""
    format: int = FORMAT

    @property
    def seconds(self) -> float:
        """Time from its start to its end."""
        return (self.finished - self.started).total_seconds()

    @property
    def refused(self) -> tuple[tuple[TutorialRecord, PageRecord], ...]:
        """Pages that could have shown personal data; nothing of them is kept."""
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
        """Differences between the environments of baselines and candidates, each with its number of pages."""
        found: Counter[tuple[EnvironmentKind, str, str]] = Counter()
        for _, page in self.pages():
            if page.approved is not None and page.captured is not None:
                before, now = (one.firefox.partition(".")[0] for one in (page.approved, page.captured))
                if before != now:
                    found["firefox", before, now] += 1
                renderings = page.approved.text_rendering, page.captured.text_rendering
                if all(renderings) and renderings[0] != renderings[1]:
                    found["text_rendering", "", ""] += 1
                found.update(
                    ("font", family, "") for family in page.approved.fonts if family not in page.captured.fonts
                )
        return tuple(
            EnvironmentChange(part=part, before=before, now=now, pages=pages)
            for (part, before, now), pages in sorted(found.items())
        )

    @property
    def coverage(self) -> "Coverage":
        """Numbers of planned, visited, captured and compared pages."""
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
    """Numbers of pages that were planned, visited, captured and compared."""

    planned: int
    visited: int
    captured: int
    compared: int
    new: int
    """Captured, but without a baseline to compare with."""

    @property
    def complete(self) -> bool:
        return self.planned == self.visited == self.captured == self.compared + self.new


def schema() -> dict[str, Any]:
    """Return the JSON Schema of ``run.json``, for programs in other languages."""
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
    data = read_bytes(path, RunUnreadable, if_missing=b"")
    if not data:
        raise RunUnreadable(folder, Phrase("there is no {file} there", file=RECORD))
    try:
        check_format(data, FORMAT)
        record = decode_json(data, RunRecord)
        _check_nights(record)
        for tutorial, page in record.pages():
            _check_page(page, f"{tutorial.slug}/{page.number}")
    except Unfit as error:
        raise RunUnreadable(path, *error.args) from error
    return record


def _check_nights(record: RunRecord) -> None:
    """Raise Unfit unless every page has a letter for each earlier night, and there are not more than are shown."""
    count = len(record.nights)
    if count >= NIGHTS or any(len(page.nights) != count for _, page in record.pages()):
        raise Unfit(Phrase("its earlier nights contradict each other"))


def _check_page(page: PageRecord, name: str) -> None:
    """Raise Unfit if a page's reasons are about instructions that it does not have, or pictures are missing."""
    numbers = {result.number for result in page.instructions}
    of_instructions = [
        reason.instruction
        for reason in page.judgement.reasons
        if reason.kind in ABOUT_INSTRUCTIONS or reason.instruction is not None
    ]
    uncompared = page.comparison is not None and (page.captured is None or page.approved is None)
    if uncompared or not numbers.issuperset(of_instructions):
        raise Unfit(Phrase("page {page} contradicts itself", page=name))
