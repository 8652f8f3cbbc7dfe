"""Decisions of reviewers about pages, and whether an earlier decision still applies."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from capture.checked_values import Name, Note, PageNumber, Person, Sentence, Sha256, WebAddress
from capture.geometry import Box
from report.verdict import Judgement, ReasonKind

FORMAT = 1
"""Format of files of decisions."""
UNSTABLE_REASONS = frozenset((ReasonKind.VOLATILE, ReasonKind.UNSTABLE))
"""Reasons that may be there in one run and not in the next, on the same page."""


class DecisionKind(StrEnum):
    """Kinds of decisions about a page."""

    APPROVE = "approve"
    """The candidate becomes the baseline."""
    KEEP = "keep"
    """The baseline stays; the tutorial must be corrected."""
    SNOOZE = "snooze"
    """Remind me on a later day."""
    IGNORE = "ignore"
    """A part of the page is never compared again."""
    CONFIRM = "confirm"
    """A person checked a personal page."""


LASTING_KINDS = frozenset((DecisionKind.KEEP, DecisionKind.SNOOZE))
"""Decisions that apply until the page's judgement changes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A decision about a page, as it is stored beside the baselines."""

    page: PageNumber
    kind: DecisionKind
    on: date
    by: Person
    note: Note = ""
    person: Person = ""
    """Person who is to correct the tutorial."""
    until: date | None = None
    """Day of the reminder; only if the kind is SNOOZE."""
    of: str = ""
    """If approved: SHA-256 of the sidecar; if kept or snoozed: fingerprint of the judgement."""
    run: str = ""

    def holds(self, judgement: Judgement, today: date) -> bool:
        """Tell whether the decision still applies to this judgement."""
        if self.kind not in LASTING_KINDS or self.of != judgement_fingerprint(judgement):
            return False
        return self.until is None or today < self.until


@dataclass(frozen=True, kw_only=True, slots=True)
class HandTarget:
    """Place on a person's picture that a sentence of the page is about."""

    sentence: Sentence
    box: Box
    """Px of the picture."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandCheck:
    """Check of a personal page by a person."""

    on: date
    by: Person
    picture: str = ""
    """SHA-256 of the latest picture that a person took of the page; empty: there is none."""
    note: Note = ""
    targets: tuple[HandTarget, ...] = ()
    """Places on that picture; the tutorial is published with a callout at each."""
    witnesses: Mapping[WebAddress, Sha256] = field(default_factory=dict)
    """Digest of what each public page that describes the page said then, by its address."""

    def decision(self, page: int) -> Decision:
        """Return the check as a decision."""
        return Decision(page=page, kind=DecisionKind.CONFIRM, on=self.on, by=self.by, note=self.note)


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRequest:
    """A decision that the report sends, not yet applied."""

    tutorial: Name
    page: PageNumber
    kind: DecisionKind
    note: Note = ""
    person: Person = ""
    until: date | None = None
    element: str | None = None
    """Accessible name of the elements to mask."""
    box: Box | None = None
    """Box to mask, px of the approved picture."""
    targets: tuple[HandTarget, ...] = ()
    """Places on the picture that is sent with the decision."""
    captured: str = ""
    """SHA-256 of the candidate's sidecar that the reviewer saw."""
    approved: str = ""
    """SHA-256 of the baseline's sidecar that the reviewer saw; empty: there was no baseline."""

    @property
    def name(self) -> str:
        return f"{self.tutorial}/{self.page}"


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionFile:
    """File of decisions that the report exports and ``tutofrais apply`` applies."""

    run: Name
    baselines: Name
    by: Person
    decisions: tuple[DecisionRequest, ...]
    format: int = FORMAT


def judgement_fingerprint(judgement: Judgement) -> str:
    """Return a digest of a judgement's verdict and lasting reasons, without figures and unstable reasons."""
    reasons = sorted(
        f"{reason.kind} {reason.instruction} {reason.inside} {reason.page}"
        for reason in judgement.reasons
        if reason.kind not in UNSTABLE_REASONS
    )
    return hashlib.sha256("\n".join([judgement.verdict, *reasons]).encode()).hexdigest()[:16]
