"""Findings: what people are told about a page, or about a run, as long as it is so."""

from dataclasses import dataclass
from enum import StrEnum

from report.baselines.decision import DecisionKind
from report.results.run_record import VISITED_KINDS, PageRecord, RunRecord
from report.verdict import UNKNOWN, ReasonKind, Verdict


class FindingKind(StrEnum):
    """Kinds of findings; the last four are about runs."""

    TEXT = "text"
    """An instruction is false."""
    PICTURE = "picture"
    """The picture is outdated."""
    UNCHECKED = "unchecked"
    """The page could not be checked."""
    BY_HAND = "by_hand"
    """A person must check the page."""
    NEVER_APPROVED = "never_approved"
    REFUSED = "refused"
    """The page could have shown personal data."""
    BLIND = "blind"
    """The run could not check any page."""
    FAILED = "failed"
    """The run ended with an error."""
    MISSED = "missed"
    """There was no run."""
    UNTOLD = "untold"
    """Somebody cannot be told of anything."""


OF_RUNS = frozenset((FindingKind.BLIND, FindingKind.FAILED, FindingKind.MISSED, FindingKind.UNTOLD))
"""Kinds of findings that are about runs."""
_KINDS = {
    Verdict.PICTURE_OUTDATED: FindingKind.PICTURE,
    Verdict.UNREACHABLE: FindingKind.UNCHECKED,
    Verdict.NOT_REACHED: FindingKind.UNCHECKED,
    Verdict.BY_HAND_DUE: FindingKind.BY_HAND,
    Verdict.NEW: FindingKind.NEVER_APPROVED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A finding about a page, or about a run."""

    kind: FindingKind
    words: str = ""
    """False sentence of the tutorial, what ended the run, or who cannot be told; empty: this kind has one finding."""


def findings_of(page: PageRecord) -> frozenset[Finding]:
    """Return the findings of a run about a page."""
    if page.refused:
        return frozenset((Finding(kind=FindingKind.REFUSED),))
    if page.verdict is Verdict.TEXT_OUTDATED:
        return frozenset(Finding(kind=FindingKind.TEXT, words=words) for words in _false_sentences(page))
    kind = _KINDS.get(page.verdict)
    return frozenset() if kind is None else frozenset((Finding(kind=kind),))


def is_snoozed(page: PageRecord) -> bool:
    """Whether somebody wants to be reminded of a page on a later day."""
    return page.decision is not None and page.decision.kind is DecisionKind.SNOOZE


def is_blind(record: RunRecord) -> bool:
    """Whether a run that should have visited pages could not check any."""
    seen = any(page.verdict not in UNKNOWN for _, page in record.pages() if page.kind in VISITED_KINDS)
    return record.coverage.planned > 0 and not seen


def _false_sentences(page: PageRecord) -> list[str]:
    """Return the false sentences of a page; an empty one if the page as a whole is no longer true."""
    numbers = {one.instruction for one in page.judgement.reasons if one.kind is ReasonKind.INSTRUCTION_FALSE}
    return [result.sentence for result in page.instructions if result.number in numbers] or [""]
