"""Review state of a page: its baseline, decisions, masks and hand check, and the part of its record they make up."""

from dataclasses import dataclass
from datetime import date
from typing import TypedDict

import msgspec

from capture.storage import sha256
from report.baselines.baselines import Baselines
from report.baselines.decision import Decision, DecisionKind, HandCheck
from report.baselines.mask import Mask
from report.results.run_record import OwnPicture, PageRecord
from report.verdict import Judgement, ReasonKind


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewState:
    """Everything that is decided about one page, as it is on disk."""

    sidecar: bytes
    """The baseline's sidecar; empty: there is no baseline."""
    decisions: tuple[Decision, ...]
    masks: tuple[Mask, ...]
    check: HandCheck | None

    @property
    def token(self) -> str:
        """Digest that changes with every decision."""
        content = msgspec.json.encode((sha256(self.sidecar), self.decisions, self.masks, self.check))
        return sha256(content)[:16]

    @property
    def decider(self) -> str:
        """Name of the person who decided last; “?” if nobody did."""
        checked = [self.check.by] if self.check is not None else []
        named = [*checked, *(mask.by for mask in self.masks), *(decision.by for decision in self.decisions)]
        return named[-1] if named else "?"

    @property
    def baseline_sha256(self) -> str:
        """SHA-256 of the baseline's sidecar; empty: there is no baseline."""
        return sha256(self.sidecar) if self.sidecar else ""

    @property
    def approval(self) -> Decision | None:
        """The decision by which the baseline was approved; None also if there is no baseline."""
        approvals = (one for one in self.decisions if self.sidecar and one.kind is DecisionKind.APPROVE)
        return next((one for one in approvals if one.of == self.baseline_sha256), None)

    @property
    def kept(self) -> Decision | None:
        """The decision that the tutorial must be corrected; None if there is none, or somebody has checked it since."""
        return next((one for one in self.decisions if one.kind is DecisionKind.KEEP), None)

    def standing_decision(self, judgement: Judgement, today: date) -> Decision | None:
        """Return the decision of an earlier day that still answers this judgement."""
        if any(reason.kind is ReasonKind.SAID_FALSE for reason in judgement.reasons):
            return self.kept
        return next((one for one in self.decisions if one.holds(judgement, today)), None)

    def decision_since(self, page: PageRecord) -> Decision | None:
        """Return the approval of the run's capture, or the hand check, that was recorded after the run."""
        if page.captured is not None and self.baseline_sha256 == page.capture_sha256 and self.approval is not None:
            return self.approval
        if self.check is not None and self.check != page.hand_check:
            return self.check.decision(page.number)
        return None


class DecidedFields(TypedDict):
    """Fields of a page's record that follow from its review state, not from the visit."""

    decision: Decision | None
    masks: tuple[Mask, ...]
    hand_check: HandCheck | None
    own_picture: OwnPicture | None


def read_review_state(baselines: Baselines, slug: str, page: int) -> ReviewState:
    """Read what is decided about a page; raises SidecarCorrupt."""
    return ReviewState(
        sidecar=baselines.read_sidecar(slug, page),
        decisions=tuple(one for one in baselines.decisions(slug) if one.page == page),
        masks=tuple(one for one in baselines.masks(slug) if one.page == page),
        check=baselines.hand_checks(slug).get(page),
    )


def decided_fields(
    state: ReviewState,
    judgement: Judgement,
    *,
    today: date,
    own_picture: OwnPicture | None,
    reviewed: PageRecord | None = None,
) -> DecidedFields:
    """Build the fields of a page's record that follow from its review state.

    Args:
        state: the page's review state.
        judgement: the run's judgement of the page.
        today: the current day.
        own_picture: picture that a person took of the page.
        reviewed: the record that the run wrote; None while the run builds it.
    """
    decision = state.decision_since(reviewed) if reviewed is not None else None
    return DecidedFields(
        decision=decision or state.standing_decision(judgement, today),
        masks=state.masks,
        hand_check=state.check,
        own_picture=own_picture,
    )
