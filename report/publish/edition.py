"""An edition of a tutorial: everything that its documents show, and what the next edition needs to know of it.

``edition.json``, beside the documents, holds it. All documents are written from it and from the pictures.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

import msgspec

from capture.checked_values import Sha256, Unfit, check_format, decode_json
from capture.errors import EditionCorrupt
from capture.geometry import Box
from capture.scenario.tutorial import PageKind
from capture.storage import read_bytes
from report.publish.callout import Kind, Side
from report.publish.published_picture import Unpointed

FORMAT = 1
EDITION = "edition.json"
PICTURES = "pictures"


class StepState(StrEnum):
    """Part of an edition that shows a page."""

    PUBLISHED = "published"
    """Today's text and picture."""
    TO_REVIEW = "to_review"
    """The page as it was in the last edition: it is no longer known to be true."""
    REWRITTEN = "rewritten"
    """Nothing: it is no longer true, and was not published before."""
    DRAFT = "draft"
    """Text and picture that are no longer known to be true, because a draft was asked for."""
    NEVER_APPROVED = "never_approved"
    """Nothing: no picture has been approved."""
    BY_HAND = "by_hand"
    """A personal page: its text, and the picture that a person took, if there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A file in the folder of the documents."""

    name: str
    """Path relative to that folder, without extension."""
    size: tuple[int, int]
    """Width and height of the PNG, px."""
    alt: str
    """Alternative text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownInstruction:
    """A sentence of a step, with its number on the picture."""

    number: int
    sentence: str
    cut: Picture | None = None
    """The part of the picture around its target, for phones; None: it has no callout."""
    side: Side | None = None
    """Side of the target on which its label is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCallout:
    """A callout as shapes, for a presentation in which it can be moved; px of the picture."""

    number: int
    kind: Kind
    lines: tuple[str, ...]
    outline: Box
    label: Box
    path: tuple[tuple[float, float], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class StepPicture:
    """A picture of a step."""

    key: Sha256
    """Digest of everything that it was made from."""
    drawn: str
    """Digest of the PNG."""
    picture: Picture
    plain: Box
    """Place of the capture on it, px: it may have margins."""
    point: float
    """Px of a point, the unit of callouts."""
    colour: tuple[int, int, int]
    instructions: tuple[ShownInstruction, ...] = ()
    callouts: tuple[ShownCallout, ...] = ()
    unpointed: Mapping[int, Unpointed] = field(default_factory=dict)
    """Instructions without their callout, by number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A page of the tutorial, as its readers count them: from 1, without the cover and the credits."""

    number: int
    page: int
    """Number of the page in the scenario."""
    title: str
    kind: PageKind
    state: StepState
    text: tuple[str, ...] = ()
    """Sentences of a personal page."""
    pictures: tuple[StepPicture, ...] = ()
    checked: date | None = None
    """Day on which its instructions were last found true, or a person looked at it."""
    firefox: str = ""
    """Version with which they were; empty: a person looked."""
    host: str = ""
    replica: bool = False
    """The picture was captured on a replica; its caption says so."""

    @property
    def sentences(self) -> tuple[str, ...]:
        return self.text or tuple(one.sentence for picture in self.pictures for one in picture.instructions)

    @property
    def is_checked(self) -> bool:
        """Whether its text is known to be true."""
        return self.state is StepState.PUBLISHED or (self.state is StepState.BY_HAND and self.checked is not None)


class ChangeKind(StrEnum):
    """Differences of a step from the last edition."""

    ADDED = "added"
    REMOVED = "removed"
    SENTENCES = "sentences"
    PICTURE = "picture"
    OUTDATED = "outdated"
    """It was published, and is to be reviewed now."""
    CONFIRMED = "confirmed"
    """It was to be reviewed, and is published again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionChange:
    """A difference between two editions."""

    on: date
    page: int
    number: int
    """Number of the step, in the edition that is thrown away or, if it was added, in the new one."""
    title: str
    kind: ChangeKind
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Edition:
    """All that the documents of a tutorial show."""

    slug: str
    title: str
    language: str
    source: str
    source_url: str
    licence: str
    licence_url: str
    adaptations: tuple[str, ...]
    """Changes from the original tutorial."""
    site: str
    steps: tuple[Step, ...]
    draft: bool = False
    changes: tuple[EditionChange, ...] = ()
    """Differences from earlier editions, the latest first."""
    files: Mapping[str, Sha256] = field(default_factory=dict)
    """Digest of each file that was written, by its path relative to the folder of the documents."""
    sources: Mapping[str, Sha256] = field(default_factory=dict)
    """Digest of everything that each PDF was made from, by its name."""
    format: int = FORMAT

    @property
    def checked_days(self) -> tuple[date, date] | None:
        """First and last day on which the steps that are true were checked; None: none was."""
        days = sorted(step.checked for step in self.steps if step.checked is not None and step.is_checked)
        return (days[0], days[-1]) if days else None

    @property
    def firefox(self) -> str:
        """Versions of Firefox with which the steps were checked, the latest alone if all are the same."""
        found = {step.firefox.partition(".")[0] for step in self.steps if step.firefox and step.is_checked}
        return ", ".join(sorted(found))

    @property
    def true_steps(self) -> int:
        return sum(step.is_checked for step in self.steps)

    def step_of(self, page: int) -> Step | None:
        return next((step for step in self.steps if step.page == page), None)


def differences(before: Edition | None, after: Edition, on: date) -> tuple[EditionChange, ...]:
    """Return how an edition differs from the one before it; of a first edition there is nothing to tell."""
    if before is None:
        return ()
    changes = [change for step in after.steps for change in _changes_of(before.step_of(step.page), step, on)]
    pages = {step.page for step in after.steps}
    changes += [
        EditionChange(on=on, page=step.page, number=step.number, title=step.title, kind=ChangeKind.REMOVED)
        for step in before.steps
        if step.page not in pages
    ]
    return tuple(changes)


def _changes_of(before: Step | None, step: Step, on: date) -> Iterator[EditionChange]:
    def change(kind: ChangeKind, **texts: tuple[str, ...]) -> EditionChange:
        number = step.number if before is None else before.number
        return EditionChange(on=on, page=step.page, number=number, title=step.title, kind=kind, **texts)

    if before is None:
        yield change(ChangeKind.ADDED)
        return
    unsure = (StepState.TO_REVIEW, StepState.REWRITTEN, StepState.DRAFT)
    if step.state in unsure and before.state not in unsure:
        yield change(ChangeKind.OUTDATED)
    elif before.state in unsure and step.state not in unsure:
        yield change(ChangeKind.CONFIRMED)
    if step.sentences != before.sentences and step.sentences:
        yield change(ChangeKind.SENTENCES, before=before.sentences, after=step.sentences)
    if [one.drawn for one in step.pictures] != [one.drawn for one in before.pictures] and step.pictures:
        yield change(ChangeKind.PICTURE)


def encode_edition(edition: Edition) -> bytes:
    """Encode an edition as JSON, indented so that its git diff is readable."""
    return msgspec.json.format(msgspec.json.encode(edition), indent=1) + b"\n"


def read_edition(folder: Path) -> Edition | None:
    """Return the edition in a folder, None if there is none; raises EditionCorrupt."""
    path = folder / EDITION
    data = read_bytes(path, EditionCorrupt, if_missing=b"") if folder.is_dir() else b""
    if not data:
        return None
    try:
        check_format(data, FORMAT)
        return decode_json(data, Edition)
    except Unfit as error:
        raise EditionCorrupt(path, *error.args) from error
