"""What people decide about pages, and what of it still holds."""

import hashlib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from capture.geometry import Box
from report.verdict import Judgement, ReasonKind

MOST_NOTE = 2000
"""Letters of a note."""
UNSTABLE_REASONS = frozenset((ReasonKind.VOLATILE, ReasonKind.UNSTABLE))
"""Reasons that come and go from night to night."""


class DecisionKind(StrEnum):
    """What a person may decide about a page."""

    APPROVE = "approve"
    """Tonight's capture becomes the baseline."""
    KEEP = "keep"
    """The baseline stays; the tutorial is to be mended."""
    SNOOZE = "snooze"
    """Not now."""
    IGNORE = "ignore"
    """A part of the page is never compared again."""
    CONFIRM = "confirm"
    """A personal page was looked at by hand."""


LASTING_KINDS = frozenset((DecisionKind.KEEP, DecisionKind.SNOOZE))
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
        if self.kind not in LASTING_KINDS or self.of != judgement_fingerprint(judgement):
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
        return Decision(page=page, kind=DecisionKind.CONFIRM, on=self.on, by=self.by, note=self.note)


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRequest:
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
    decisions: tuple[DecisionRequest, ...]
    format: int = 1


def judgement_fingerprint(judgement: Judgement) -> str:
    """What a page gave to see, in short: its verdict and lasting reasons, without figures that waver."""
    reasons = sorted(
        f"{reason.kind} {reason.instruction} {reason.inside} {reason.page}"
        for reason in judgement.reasons
        if reason.kind not in UNSTABLE_REASONS
    )
    return hashlib.sha256("\n".join([judgement.verdict, *reasons]).encode()).hexdigest()[:16]
