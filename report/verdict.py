"""The verdict on a page, with its reasons: weighed by what the page teaches, never by a share of pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from capture.capture import Capture
from capture.elements import CONTAINERS, FIELDS, Box, containers_of
from capture.errors import PrivacyError
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import Outcome, State
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import Page, PageKind
from report.compare.align import Band, BandKind
from report.compare.comparison import Comparison
from report.compare.volatility import AlivePart, Liveliness

NEAR_PX = 24
"""What lies this near an instruction's element is part of what the reader looks at."""
MOST_REASONS = 4
HOLDERS = frozenset(("dialog", "alertdialog", "form", "search", "region", "complementary"))
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
    ALIVE = "alive"
    """A part differs from one visit to the next; it does not count."""
    TARGET_ALIVE = "target_alive"
    """So does what an instruction points at: that cannot be left out of account."""
    STANDING = "standing"
    """A part that used to differ at each visit has shown the same for nights."""
    RESTLESS = "restless"
    """The page never stood still."""
    NOTHING_APPROVED = "nothing_approved"
    OBSTACLE = "obstacle"
    STOPPED_HERE = "stopped_here"
    """The page was seen, and the journey could not go on from it."""
    EARLIER_PAGE = "earlier_page"
    CHECK_NEVER = "check_never"
    CHECK_DUE = "check_due"
    CHECK_NEXT = "check_next"


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
        return Judgement(verdict=Verdict.BY_HAND_DUE, reasons=(Reason(kind=ReasonKind.CHECK_NEVER),))
    due = checked + timedelta(days=page.check_every_days or 0)
    if due <= today:
        return Judgement(verdict=Verdict.BY_HAND_DUE, reasons=(Reason(kind=ReasonKind.CHECK_DUE, day=checked),))
    return Judgement(verdict=Verdict.BY_HAND, reasons=(Reason(kind=ReasonKind.CHECK_NEXT, day=due),))


def judge_unseen(outcome: Outcome) -> Judgement:
    """The verdict on a page that could not be seen: we do not know."""
    if outcome.state is State.NOT_REACHED:
        reasons = [Reason(kind=ReasonKind.EARLIER_PAGE, page=outcome.stopped_by)]
        if outcome.obstacle is not None:
            reasons.append(Reason(kind=ReasonKind.OBSTACLE, obstacle=outcome.obstacle))
        return Judgement(verdict=Verdict.NOT_REACHED, reasons=tuple(reasons))
    reason = Reason(kind=ReasonKind.OBSTACLE, obstacle=outcome.obstacle)
    return Judgement(verdict=Verdict.UNREACHABLE, reasons=(reason,))


def stopped_here(judgement: Judgement, outcome: Outcome) -> Judgement:
    """The judgement on a page that was captured, with what kept the journey from going on from it.

    A false instruction tells by itself what is lost.
    """
    lost = outcome.obstacle is not None and outcome.obstacle.kind is ObstacleKind.LOST
    if outcome.obstacle is None or (lost and judgement.verdict is Verdict.TEXT_OUTDATED):
        return judgement
    reason = Reason(kind=ReasonKind.STOPPED_HERE, obstacle=outcome.obstacle)
    return replace(judgement, reasons=(*judgement.reasons, reason))


def judge_captured(capture: Capture, comparison: Comparison | None, alive: Sequence[AlivePart] = ()) -> Judgement:
    """The verdict on a page that was captured.

    Args:
        comparison: with the approved capture, less what is alive; None when nothing was approved.
        alive: what is known of parts that differ from one visit to the next.
    """
    reasons = _false(capture)
    if reasons:
        return Judgement(verdict=Verdict.TEXT_OUTDATED, reasons=tuple(reasons))
    if comparison is None:
        return Judgement(verdict=Verdict.NEW, reasons=(Reason(kind=ReasonKind.NOTHING_APPROVED),))
    known = _alive(alive)
    reasons = _matters(capture, comparison)
    if reasons:
        return Judgement(verdict=Verdict.PICTURE_OUTDATED, reasons=tuple([*reasons, *known][:MOST_REASONS]))
    reasons = _elsewhere(capture, comparison)
    if reasons:
        return Judgement(verdict=Verdict.COSMETIC, reasons=tuple([*reasons, *known][:MOST_REASONS]))
    return Judgement(verdict=Verdict.UP_TO_DATE, reasons=tuple(known[:MOST_REASONS]))


def _alive(parts: Sequence[AlivePart]) -> list[Reason]:
    """What is to be said of the parts that are alive, and differ from the approved picture."""
    kinds = [(_alive_kind(part), part) for part in parts if part.differs]
    order = (ReasonKind.TARGET_ALIVE, ReasonKind.STANDING, ReasonKind.ALIVE)
    ranked = sorted(kinds, key=lambda one: (order.index(one[0]), one[1].name is None))
    return list(dict.fromkeys(Reason(kind=kind, inside=part.name, day=part.since) for kind, part in ranked))


def _alive_kind(part: AlivePart) -> ReasonKind:
    if part.liveliness is Liveliness.STANDING:
        return ReasonKind.STANDING
    return ReasonKind.ALIVE if part.ignored else ReasonKind.TARGET_ALIVE


def _false(capture: Capture) -> list[Reason]:
    """The false instructions: what a reader acts on first, then those of which it is known what changed."""
    ranked = sorted(
        capture.false_instructions,
        key=lambda result: (result.role not in ACTED_ON, result.now is None, result.number),
    )
    return [Reason(kind=ReasonKind.INSTRUCTION_FALSE, instruction=result.number) for result in ranked]


def _matters(capture: Capture, comparison: Comparison) -> list[Reason]:
    """What changed of the things that an instruction points at, or in the frame that the tutorial shows."""
    reasons = [
        Reason(kind=ReasonKind.TARGET_MOVED, instruction=move.instruction, px=move.px) for move in comparison.moves
    ]
    touched = [result for result in capture.instructions if _touched(result, comparison)]
    reasons += [Reason(kind=ReasonKind.TARGET_LOOKS, instruction=result.number) for result in touched]
    if not reasons:
        reasons += _containers(capture, comparison)[:1]
    if not reasons and capture.frame is not None and _in_frame(capture.frame, comparison):
        reasons.append(Reason(kind=ReasonKind.FRAME_LOOKS))
    return reasons


def _touched(result: InstructionResult, comparison: Comparison) -> bool:
    if result.box is None:
        return False
    near = result.box.grown(NEAR_PX)
    return any(region.box.overlap(near) for region in comparison.regions)


def _containers(capture: Capture, comparison: Comparison) -> list[Reason]:
    """Changes in the form, box or window that holds what an instruction points at."""
    found = []
    for result in capture.instructions:
        element = next((one for one in capture.elements if one.box == result.box and one.role not in CONTAINERS), None)
        around = containers_of(element, capture.elements) if element else iter(())
        holder = next((capture.elements[index] for index in around), None)
        if holder is not None and holder.role in HOLDERS and _in_frame(holder.box, comparison):
            found.append(Reason(kind=ReasonKind.CONTAINER_LOOKS, instruction=result.number, inside=holder.name or None))
    return found


def _in_frame(frame: Box, comparison: Comparison) -> bool:
    inside = [region.box for region in comparison.regions] + [band.tonight for band in comparison.bands]
    return any(box.overlap(frame) for box in inside)


def _elsewhere(capture: Capture, comparison: Comparison) -> list[Reason]:
    reasons = [_band(band) for band in comparison.bands]
    if comparison.regions or (comparison.elements and not comparison.bands):
        reasons.append(Reason(kind=ReasonKind.ELSEWHERE))
    if reasons and not capture.still:
        reasons.append(Reason(kind=ReasonKind.RESTLESS, inside=_restless(capture)))
    return reasons


_BANDS = {
    BandKind.INSERTED: ReasonKind.ROWS_INSERTED,
    BandKind.REMOVED: ReasonKind.ROWS_REMOVED,
    BandKind.MOVED: ReasonKind.ROWS_MOVED,
}


def _restless(capture: Capture) -> str | None:
    """The name of the smallest thing that holds what never stood still."""
    flicker = capture.flicker.box if capture.flicker else None
    restless = capture.restless if flicker is None else (*capture.restless, flicker)
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
