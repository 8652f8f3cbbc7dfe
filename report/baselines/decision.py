"""What people decide about pages, and what of it still holds."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from capture.elements import Box
from report.verdict import Judgement, ReasonKind

MOST_NOTE = 2000
"""Letters of a note."""
PASSING = frozenset((ReasonKind.ALIVE, ReasonKind.RESTLESS))
"""Reasons that come and go from night to night."""


class DecisionKind(StrEnum):
    """What a person may decide about a page."""

    APPROVE = "approve"
    """Tonight's capture becomes the baseline."""
    KEEP = "keep"
    """The baseline stays; the tutorial is to be mended."""
    LATER = "later"
    """Not now."""
    IGNORE = "ignore"
    """A part of the page is never compared again."""
    CHECKED = "checked"
    """A personal page was looked at by hand."""


STANDING = frozenset((DecisionKind.KEEP, DecisionKind.LATER))
"""Decisions that hold until the page gives another reason to look at it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What somebody decided about a page, as it is kept beside the baselines."""

    page: int
    kind: DecisionKind
    on: date
    by: str
    note: str = ""
    person: str = ""
    """Who is to mend the tutorial."""
    until: date | None = None
    """Of what is put off."""
    of: str = ""
    """Approved: SHA-256 of the sidecar; kept or put off: what was to be seen, as ``seen_in`` has it."""
    run: str = ""

    def holds(self, judgement: Judgement, today: date) -> bool:
        """Does it still answer what is to be seen?"""
        if self.kind not in STANDING or self.of != seen_in(judgement):
            return False
        return self.until is None or today < self.until


@dataclass(frozen=True, kw_only=True, slots=True)
class HandCheck:
    """A person looked at a personal page."""

    on: date
    by: str
    picture: str = ""
    """SHA-256 of the picture that they, or somebody before them, took of it; empty: there is none."""
    note: str = ""

    def decision(self, page: int) -> Decision:
        """The same, told as what somebody decided."""
        return Decision(page=page, kind=DecisionKind.CHECKED, on=self.on, by=self.by, note=self.note)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A decision as it comes from the report, not yet carried out."""

    tutorial: str
    page: int
    kind: DecisionKind
    note: str = ""
    person: str = ""
    until: date | None = None
    element: str | None = None
    """Name of what is ignored."""
    box: Box | None = None
    """Place of what is ignored, px of the approved picture."""
    captured: str = ""
    """SHA-256 of the sidecar of tonight's picture that was on the screen."""
    approved: str = ""
    """The same of the approved one; empty: there was none."""

    @property
    def name(self) -> str:
        return f"{self.tutorial}/{self.page}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionFile:
    """What the report exports, and ``tutofrais apply`` carries out."""

    run: str
    baselines: str
    by: str
    decisions: tuple[Choice, ...]
    format: int = 1


def seen_in(judgement: Judgement) -> str:
    """What a page gave to see, in short: its verdict and lasting reasons, without figures that waver."""
    reasons = sorted(
        f"{reason.kind} {reason.instruction} {reason.inside} {reason.page}"
        for reason in judgement.reasons
        if reason.kind not in PASSING
    )
    return hashlib.sha256("\n".join([judgement.verdict, *reasons]).encode()).hexdigest()[:16]
