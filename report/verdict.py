"""The verdict on a page, with its reasons: weighed by what the page teaches, never by a share of pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from capture.capture import Sidecar
from capture.elements import CONTAINERS, FIELDS, containers_of
from capture.errors import PrivacyError
from capture.geometry import Box
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import PageOutcome, VisitState
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import Page, PageKind
from report.compare.align import Band, BandKind
from report.compare.comparison import Comparison
from report.compare.volatility import VolatileRegion, Volatility

NEAR_PX = 24
"""What lies this near an instruction's element is part of what the reader looks at."""
MOST_REASONS = 4
HOLDING_ROLES = frozenset(("dialog", "alertdialog", "form", "search", "region", "complementary"))
"""Containers small enough for all that is in one to concern who acts in it."""

ACTED_ON = frozenset(("button", "link", "field")) | FIELDS


class Verdict(StrEnum):
    """What is known of a page tonight, the worst first."""

    TEXT_OUTDATED = "text_outdated"
    """An instruction is false: rewrite it."""
    PICTURE_OUTDATED = "picture_outdated"
    """Every instruction is true, but what they point at looks or sits differently."""
    UNREACHABLE = "unreachable"
    """A wall, an outage, the network: not known."""
    NOT_REACHED = "not_reached"
    """An earlier page stopped the journey: not known."""
    NEW = "new"
    """Nothing was approved yet."""
    BY_HAND_DUE = "by_hand_due"
    COSMETIC = "cosmetic"
    """Differs, but nothing that an instruction points at."""
    UP_TO_DATE = "up_to_date"
    BY_HAND = "by_hand"
    FIXED = "fixed"

    @property
    def rank(self) -> int:
        """0 is the worst."""
        return list(Verdict).index(self)


OUTDATED = frozenset((Verdict.TEXT_OUTDATED, Verdict.PICTURE_OUTDATED))
UNKNOWN = frozenset((Verdict.UNREACHABLE, Verdict.NOT_REACHED))


class ExitCode(IntEnum):
    """What ``tutofrais run`` ends with when the report is written."""

    ALL_TRUE = 0
    OUTDATED = 1
    UNKNOWN = 3
    """Nothing seen is outdated, but some pages could not be seen."""
    NEW = 4
    """Nothing seen is outdated, but some pages were never approved."""
    REFUSED = PrivacyError.exit_code
    """Whatever else was seen: of some pages nothing was kept, for they could have touched a person's data."""


def exit_code(verdicts: Iterable[Verdict]) -> ExitCode:
    """The exit code of a run with these verdicts."""
    found = set(verdicts)
    if found & OUTDATED:
        return ExitCode.OUTDATED
    if found & UNKNOWN:
        return ExitCode.UNKNOWN
    return ExitCode.NEW if Verdict.NEW in found else ExitCode.ALL_TRUE


class ReasonKind(StrEnum):
    """Why a page has its verdict."""

    INSTRUCTION_FALSE = "instruction_false"
    TARGET_LOOKS = "target_looks"
    """What an instruction points at looks different."""
    TARGET_MOVED = "target_moved"
    CONTAINER_LOOKS = "container_looks"
    """What holds the thing that an instruction points at changed elsewhere in it."""
    FRAME_LOOKS = "frame_looks"
    """The part of the page that the tutorial shows looks different."""
    ELSEWHERE = "elsewhere"
    ROWS_INSERTED = "rows_inserted"
    ROWS_REMOVED = "rows_removed"
    ROWS_MOVED = "rows_moved"
    VOLATILE = "volatile"
    """A part differs from one visit to the next; it does not count."""
    TARGET_VOLATILE = "target_volatile"
    """So does what an instruction points at: that cannot be left out of account."""
    SETTLED = "settled"
    """A part that used to differ at each visit has shown the same for nights."""
    UNSTABLE = "unstable"
    """The page never stood still."""
    NOTHING_APPROVED = "nothing_approved"
    OBSTACLE = "obstacle"
    STOPPED_HERE = "stopped_here"
    """The page was seen, and the journey could not go on from it."""
    EARLIER_PAGE = "earlier_page"
    NEVER_CONFIRMED = "never_confirmed"
    CONFIRMATION_DUE = "confirmation_due"
    NEXT_CONFIRMATION = "next_confirmation"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason; its words are made when the report is written."""

    kind: ReasonKind
    instruction: int | None = None
    page: int | None = None
    px: int | None = None
    inside: str | None = None
    """Name of the part of the page where it happened; None: across all of it."""
    day: date | None = None
    obstacle: Obstacle | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict and its reasons, the most important first."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


def judge_unvisited(page: Page, *, checked: date | None, today: date) -> Judgement:
    """The verdict on a page where no scenario goes.

    Args:
        checked: when a person last checked it.
    """
    if page.kind is PageKind.FIXED:
        return Judgement(verdict=Verdict.FIXED)
    if checked is None:
        return Judgement(verdict=Verdict.BY_HAND_DUE, reasons=(Reason(kind=ReasonKind.NEVER_CONFIRMED),))
    due = checked + timedelta(days=page.check_every_days or 0)
    if due <= today:
        return Judgement(verdict=Verdict.BY_HAND_DUE, reasons=(Reason(kind=ReasonKind.CONFIRMATION_DUE, day=checked),))
    return Judgement(verdict=Verdict.BY_HAND, reasons=(Reason(kind=ReasonKind.NEXT_CONFIRMATION, day=due),))


def judge_unseen(outcome: PageOutcome) -> Judgement:
    """The verdict on a page that could not be seen: we do not know."""
    if outcome.state is VisitState.NOT_REACHED:
        reasons = [Reason(kind=ReasonKind.EARLIER_PAGE, page=outcome.stopped_by)]
        if outcome.obstacle is not None:
            reasons.append(Reason(kind=ReasonKind.OBSTACLE, obstacle=outcome.obstacle))
        return Judgement(verdict=Verdict.NOT_REACHED, reasons=tuple(reasons))
    reason = Reason(kind=ReasonKind.OBSTACLE, obstacle=outcome.obstacle)
    return Judgement(verdict=Verdict.UNREACHABLE, reasons=(reason,))


def with_stop_reason(judgement: Judgement, outcome: PageOutcome) -> Judgement:
    """The judgement on a page that was captured, with what kept the journey from going on from it.

    A false instruction tells by itself what is lost.
    """
    lost = outcome.obstacle is not None and outcome.obstacle.kind is ObstacleKind.LOST
    if outcome.obstacle is None or (lost and judgement.verdict is Verdict.TEXT_OUTDATED):
        return judgement
    reason = Reason(kind=ReasonKind.STOPPED_HERE, obstacle=outcome.obstacle)
    return replace(judgement, reasons=(*judgement.reasons, reason))


def judge_captured(
    capture: Sidecar, comparison: Comparison | None, volatile: Sequence[VolatileRegion] = ()
) -> Judgement:
    """The verdict on a page that was captured.

    Args:
        comparison: with the approved capture, less what is alive; None when nothing was approved.
        alive: what is known of parts that differ from one visit to the next.
    """
    reasons = _false_instructions(capture)
    if reasons:
        return Judgement(verdict=Verdict.TEXT_OUTDATED, reasons=tuple(reasons))
    if comparison is None:
        return Judgement(verdict=Verdict.NEW, reasons=(Reason(kind=ReasonKind.NOTHING_APPROVED),))
    known = _volatile_reasons(volatile)
    reasons = _taught_changes(capture, comparison)
    if reasons:
        return Judgement(verdict=Verdict.PICTURE_OUTDATED, reasons=tuple([*reasons, *known][:MOST_REASONS]))
    reasons = _cosmetic_changes(capture, comparison)
    if reasons:
        return Judgement(verdict=Verdict.COSMETIC, reasons=tuple([*reasons, *known][:MOST_REASONS]))
    return Judgement(verdict=Verdict.UP_TO_DATE, reasons=tuple(known[:MOST_REASONS]))


def _volatile_reasons(parts: Sequence[VolatileRegion]) -> list[Reason]:
    """What is to be said of the parts that are alive, and differ from the approved picture."""
    kinds = [(_volatile_reason_kind(part), part) for part in parts if part.differs]
    order = (ReasonKind.TARGET_VOLATILE, ReasonKind.SETTLED, ReasonKind.VOLATILE)
    ranked = sorted(kinds, key=lambda one: (order.index(one[0]), one[1].name is None))
    return list(dict.fromkeys(Reason(kind=kind, inside=part.name, day=part.since) for kind, part in ranked))


def _volatile_reason_kind(part: VolatileRegion) -> ReasonKind:
    if part.volatility is Volatility.SETTLED:
        return ReasonKind.SETTLED
    return ReasonKind.VOLATILE if part.is_ignored else ReasonKind.TARGET_VOLATILE


def _false_instructions(capture: Sidecar) -> list[Reason]:
    """The false instructions: what a reader acts on first, then those of which it is known what changed."""
    ranked = sorted(
        capture.false_instructions,
        key=lambda result: (result.role not in ACTED_ON, result.replacement is None, result.number),
    )
    return [Reason(kind=ReasonKind.INSTRUCTION_FALSE, instruction=result.number) for result in ranked]


def _taught_changes(capture: Sidecar, comparison: Comparison) -> list[Reason]:
    """What changed of the things that an instruction points at, or in the frame that the tutorial shows."""
    reasons = [
        Reason(kind=ReasonKind.TARGET_MOVED, instruction=move.instruction, px=move.px) for move in comparison.moves
    ]
    touched = [result for result in capture.instructions if _target_changes(result, comparison)]
    reasons += [Reason(kind=ReasonKind.TARGET_LOOKS, instruction=result.number) for result in touched]
    if not reasons:
        reasons += _container_changes(capture, comparison)[:1]
    if not reasons and capture.frame is not None and _in_frame(capture.frame, comparison):
        reasons.append(Reason(kind=ReasonKind.FRAME_LOOKS))
    return reasons


def _target_changes(result: InstructionResult, comparison: Comparison) -> bool:
    if result.box is None:
        return False
    near = result.box.grown(NEAR_PX)
    return any(region.box.overlap(near) for region in comparison.regions)


def _container_changes(capture: Sidecar, comparison: Comparison) -> list[Reason]:
    """Changes in the form, box or window that holds what an instruction points at."""
    found = []
    for result in capture.instructions:
        element = next((one for one in capture.elements if one.box == result.box and one.role not in CONTAINERS), None)
        around = containers_of(element, capture.elements) if element else iter(())
        holder = next((capture.elements[index] for index in around), None)
        if holder is not None and holder.role in HOLDING_ROLES and _in_frame(holder.box, comparison):
            found.append(Reason(kind=ReasonKind.CONTAINER_LOOKS, instruction=result.number, inside=holder.name or None))
    return found


def _in_frame(frame: Box, comparison: Comparison) -> bool:
    inside = [region.box for region in comparison.regions] + [band.in_candidate for band in comparison.bands]
    return any(box.overlap(frame) for box in inside)


def _cosmetic_changes(capture: Sidecar, comparison: Comparison) -> list[Reason]:
    reasons = [_band(band) for band in comparison.bands]
    if comparison.regions or (comparison.elements and not comparison.bands):
        reasons.append(Reason(kind=ReasonKind.ELSEWHERE))
    if reasons and not capture.stable:
        reasons.append(Reason(kind=ReasonKind.UNSTABLE, inside=_unstable_part(capture)))
    return reasons


_BANDS = {
    BandKind.INSERTED: ReasonKind.ROWS_INSERTED,
    BandKind.REMOVED: ReasonKind.ROWS_REMOVED,
    BandKind.MOVED: ReasonKind.ROWS_MOVED,
}


def _unstable_part(capture: Sidecar) -> str | None:
    """The name of the smallest thing that holds what never stood still."""
    flicker = capture.noise_floor.box if capture.noise_floor else None
    restless = capture.unstable if flicker is None else (*capture.unstable, flicker)
    holding = [
        element
        for element in capture.elements
        if element.name and element.role in CONTAINERS and any(box.within(element.box) for box in restless)
    ]
    return min(holding, key=lambda element: element.box.area).name if holding else None


def _band(band: Band) -> Reason:
    return Reason(kind=_BANDS[band.kind], px=band.height, inside=band.inside)


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """The worst of some verdicts."""
    return min(verdicts, key=lambda verdict: verdict.rank, default=Verdict.FIXED)
