"""Judge a page: its verdict and reasons, by what its instructions point at, never by a share of pixels."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from capture.capture import Sidecar
from capture.elements import CONTAINERS, Element, containers_of
from capture.errors import PrivacyError
from capture.geometry import Box
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import PageOutcome, VisitState
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import Page, PageKind
from report.compare.align import Band, BandKind
from report.compare.comparison import Comparison
from report.compare.elements import ChangeKind, ElementChange
from report.compare.volatility import VolatileRegion, Volatility

NEAR_PX = 24
"""A change within this distance of a target counts as a change of the target, unless it is one of a neighbour."""
EDGE_PX = 3
"""Width of what is drawn around an element: its outline, the ends of its letters."""
MAX_REASONS = 4
SMALL_CONTAINER_ROLES = frozenset(("dialog", "alertdialog", "form", "search", "region", "complementary"))
"""Roles of containers in which any change matters to a reader who acts inside them."""


class Verdict(StrEnum):
    """Verdicts on a page, the worst first."""

    TEXT_OUTDATED = "text_outdated"
    """An instruction is false and must be rewritten."""
    PICTURE_OUTDATED = "picture_outdated"
    """Every instruction is true, but a target looks different or has moved."""
    UNREACHABLE = "unreachable"
    """Not checked because of an obstacle, such as a wall, an outage or the network."""
    NOT_REACHED = "not_reached"
    """Not checked because the journey stopped at an earlier page."""
    NEW = "new"
    """No baseline has been approved yet."""
    BY_HAND_DUE = "by_hand_due"
    COSMETIC = "cosmetic"
    """Changed only outside the targets of instructions."""
    UP_TO_DATE = "up_to_date"
    BY_HAND = "by_hand"
    FIXED = "fixed"

    @property
    def rank(self) -> int:
        """Position in the order of severity; 0 is the worst."""
        return list(Verdict).index(self)


OUTDATED = frozenset((Verdict.TEXT_OUTDATED, Verdict.PICTURE_OUTDATED))
UNKNOWN = frozenset((Verdict.UNREACHABLE, Verdict.NOT_REACHED))


class ExitCode(IntEnum):
    """Exit codes of ``tutofrais run`` once the report is written."""

    ALL_TRUE = 0
    OUTDATED = 1
    UNKNOWN = 3
    """No checked page is outdated, but some pages could not be checked."""
    NEW = 4
    """No checked page is outdated, but some pages have no baseline."""
    REFUSED = PrivacyError.exit_code
    """Captures were discarded to protect personal data, whatever the other verdicts are."""


def exit_code(verdicts: Iterable[Verdict]) -> ExitCode:
    """Return the exit code of a run with these verdicts."""
    found = set(verdicts)
    if found & OUTDATED:
        return ExitCode.OUTDATED
    if found & UNKNOWN:
        return ExitCode.UNKNOWN
    return ExitCode.NEW if Verdict.NEW in found else ExitCode.ALL_TRUE


class ReasonKind(StrEnum):
    """Kinds of reason for a verdict."""

    INSTRUCTION_FALSE = "instruction_false"
    TARGET_LOOKS = "target_looks"
    """The target of an instruction looks different."""
    TARGET_MOVED = "target_moved"
    TARGET_LEADS = "target_leads"
    """The target of an instruction is a link that leads to another page; the scenario does not say where."""
    CONTAINER_LOOKS = "container_looks"
    """The container of a target changed, but not the target itself."""
    FRAME_LOOKS = "frame_looks"
    """The part of the page that the tutorial shows looks different."""
    ELSEWHERE = "elsewhere"
    TARGET_NEW = "target_new"
    """The target of an instruction is not on the approved picture."""
    ROWS_INSERTED = "rows_inserted"
    ROWS_REMOVED = "rows_removed"
    ROWS_MOVED = "rows_moved"
    VOLATILE = "volatile"
    """A part is volatile and ignored."""
    TARGET_VOLATILE = "target_volatile"
    """The target of an instruction is volatile; it is not ignored."""
    SETTLED = "settled"
    """A part that used to be volatile has shown the same content for several runs."""
    UNSTABLE = "unstable"
    """The page never became stable."""
    NOTHING_APPROVED = "nothing_approved"
    OBSTACLE = "obstacle"
    STOPPED_HERE = "stopped_here"
    """The page was captured, but the journey stopped there."""
    EARLIER_PAGE = "earlier_page"
    SAID_FALSE = "said_false"
    """A person said that the text of a personal page is no longer true."""
    STEP_GONE = "step_gone"
    """A click leads straight to another page: the site seems to have this step no longer."""
    OTHER_PAGE = "other_page"
    """Another page than the approved one is shown."""
    NEW_TAB = "new_tab"
    """A click leads to another tab, and the scenario does not say so."""
    SAME_TAB = "same_tab"
    """A click opens the page in the same tab, and the scenario says that it opens another."""
    GONE = "gone"
    """The site no longer has this step."""
    NEVER_CONFIRMED = "never_confirmed"
    CONFIRMATION_DUE = "confirmation_due"
    NEXT_CONFIRMATION = "next_confirmation"
    WITNESS_CHANGED = "witness_changed"
    """A public page that describes the personal page says something else than when it was checked."""
    WITNESS_GONE = "witness_gone"
    """Such a page is no longer there."""


ABOUT_INSTRUCTIONS = frozenset(
    (
        ReasonKind.INSTRUCTION_FALSE,
        ReasonKind.TARGET_LOOKS,
        ReasonKind.TARGET_MOVED,
        ReasonKind.TARGET_LEADS,
        ReasonKind.TARGET_NEW,
        ReasonKind.CONTAINER_LOOKS,
    )
)
"""Kinds of reason that name an instruction."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """A reason with its details; ``report.i18n.sentences`` turns it into a sentence."""

    kind: ReasonKind
    instruction: int | None = None
    """Number of the instruction."""
    page: int | None = None
    """Number of the page at which the journey stopped, or that is shown instead."""
    px: int | None = None
    """Distance of a move, or height of a band."""
    inside: str | None = None
    """Name of the part of the page that the reason is about; None for the whole page."""
    after: str | None = None
    """Label of what was clicked before; heading of the page that was there before."""
    day: date | None = None
    by: str | None = None
    """Person who said it."""
    obstacle: Obstacle | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Judgement:
    """A verdict and its reasons; those about instructions stand in the tutorial's order."""

    verdict: Verdict
    reasons: tuple[Reason, ...] = ()


def judge_unvisited(
    page: Page,
    *,
    checked: date | None,
    today: date,
    said_false: Reason | None = None,
    witnessed: Sequence[Reason] = (),
) -> Judgement:
    """Judge a page to which no scenario goes.

    Args:
        page: the page, personal or fixed.
        checked: day on which a person last checked it.
        today: the current day.
        said_false: who said, since the last check, that its text is no longer true; None: nobody.
        witnessed: what the public pages that describe it give as reasons to check it again.
    """
    if page.kind is PageKind.FIXED:
        return Judgement(verdict=Verdict.FIXED)
    if page.kind is PageKind.GONE:
        return Judgement(verdict=Verdict.FIXED, reasons=(Reason(kind=ReasonKind.GONE, day=page.gone),))
    if said_false is not None:
        return Judgement(verdict=Verdict.TEXT_OUTDATED, reasons=(said_false,))
    if checked is None:
        return Judgement(verdict=Verdict.BY_HAND_DUE, reasons=(Reason(kind=ReasonKind.NEVER_CONFIRMED),))
    due = checked + timedelta(days=page.check_every_days or 0)
    reasons = list(witnessed[:MAX_REASONS])
    if due <= today:
        reasons.append(Reason(kind=ReasonKind.CONFIRMATION_DUE, day=checked))
    if reasons:
        return Judgement(verdict=Verdict.BY_HAND_DUE, reasons=tuple(reasons))
    return Judgement(verdict=Verdict.BY_HAND, reasons=(Reason(kind=ReasonKind.NEXT_CONFIRMATION, day=due),))


def judge_unseen(outcome: PageOutcome) -> Judgement:
    """Judge a page that was not captured: unreachable or not reached, never outdated."""
    if outcome.state is VisitState.NOT_REACHED:
        reasons = [Reason(kind=ReasonKind.EARLIER_PAGE, page=outcome.stopped_by)]
        if outcome.obstacle is not None:
            reasons.append(Reason(kind=ReasonKind.OBSTACLE, obstacle=outcome.obstacle))
        return Judgement(verdict=Verdict.NOT_REACHED, reasons=tuple(reasons))
    reason = Reason(kind=ReasonKind.OBSTACLE, obstacle=outcome.obstacle)
    return Judgement(verdict=Verdict.UNREACHABLE, reasons=(reason,))


def with_stop_reason(judgement: Judgement, outcome: PageOutcome) -> Judgement:
    """Add the obstacle that stopped the journey at a captured page to its reasons.

    Not added for a missing element if an instruction is already false: that reason names it.
    """
    lost = outcome.obstacle is not None and outcome.obstacle.kind is ObstacleKind.LOST
    if outcome.obstacle is None or (lost and judgement.verdict is Verdict.TEXT_OUTDATED):
        return judgement
    reason = Reason(kind=ReasonKind.STOPPED_HERE, obstacle=outcome.obstacle)
    return replace(judgement, reasons=(*judgement.reasons, reason))


def judge_captured(
    capture: Sidecar, comparison: Comparison | None, volatile: Sequence[VolatileRegion] = ()
) -> Judgement:
    """Judge a page that was captured.

    Args:
        capture: sidecar of the candidate.
        comparison: comparison with the baseline, without ignored volatile regions; None without a baseline.
        volatile: volatile regions of the page.
    """
    reasons = _false_instructions(capture)
    if reasons:
        return Judgement(verdict=Verdict.TEXT_OUTDATED, reasons=tuple(reasons))
    if comparison is None:
        return Judgement(verdict=Verdict.NEW, reasons=(Reason(kind=ReasonKind.NOTHING_APPROVED),))
    volatile_reasons = _volatile_reasons(volatile)
    reasons = _relevant_changes(capture, comparison)
    if reasons:
        return Judgement(verdict=Verdict.PICTURE_OUTDATED, reasons=tuple([*reasons, *volatile_reasons][:MAX_REASONS]))
    reasons = _cosmetic_changes(capture, comparison)
    if reasons:
        return Judgement(verdict=Verdict.COSMETIC, reasons=tuple([*reasons, *volatile_reasons][:MAX_REASONS]))
    return Judgement(verdict=Verdict.UP_TO_DATE, reasons=tuple(volatile_reasons[:MAX_REASONS]))


def _volatile_reasons(parts: Sequence[VolatileRegion]) -> list[Reason]:
    """Return the reasons for volatile regions that differ from the baseline, those at targets first."""
    kinds = [(_volatile_reason_kind(part), part) for part in parts if part.differs]
    order = (ReasonKind.TARGET_VOLATILE, ReasonKind.SETTLED, ReasonKind.VOLATILE)
    ranked = sorted(kinds, key=lambda one: (order.index(one[0]), one[1].name is None))
    return list(dict.fromkeys(Reason(kind=kind, inside=part.name, day=part.since) for kind, part in ranked))


def _volatile_reason_kind(part: VolatileRegion) -> ReasonKind:
    if part.volatility is Volatility.SETTLED:
        return ReasonKind.SETTLED
    return ReasonKind.VOLATILE if part.is_ignored else ReasonKind.TARGET_VOLATILE


def _false_instructions(capture: Sidecar) -> list[Reason]:
    """Return the false instructions, in the tutorial's order."""
    numbers = sorted(result.number for result in capture.false_instructions)
    return [Reason(kind=ReasonKind.INSTRUCTION_FALSE, instruction=number) for number in numbers]


def _relevant_changes(capture: Sidecar, comparison: Comparison) -> list[Reason]:
    """Return changes of targets in the tutorial's order, or else of their containers, or else of its frame."""
    reasons = [
        Reason(kind=ReasonKind.TARGET_MOVED, instruction=move.instruction, px=move.px) for move in comparison.moves
    ]
    touched = [result for result in capture.instructions if _target_changed(result, comparison, capture.elements)]
    new = {result.number for result in touched}.intersection(comparison.new_targets)
    reasons += [Reason(kind=ReasonKind.TARGET_NEW, instruction=number) for number in sorted(new)]
    moved = {move.instruction for move in comparison.moves}
    touched = [
        result
        for result in touched
        if result.number not in new and (result.number not in moved or _is_redrawn(result, comparison))
    ]
    reasons += [Reason(kind=ReasonKind.TARGET_LOOKS, instruction=result.number) for result in touched]
    reasons.sort(key=lambda reason: reason.instruction or 0)
    if not reasons:
        reasons += _container_changes(capture, comparison)[:1]
    if not reasons and capture.frame is not None and _changes_in(capture.frame, comparison):
        reasons.append(Reason(kind=ReasonKind.FRAME_LOOKS))
    return reasons


def _target_changed(result: InstructionResult, comparison: Comparison, elements: Sequence[Element]) -> bool:
    """Whether a region overlaps the target of an instruction, or its margin without being one of a neighbour."""
    if result.box is None:
        return False
    near = result.box.grown(NEAR_PX)
    return any(
        region.box.overlap(near) and not _is_of_neighbour(region.box, result, elements) for region in comparison.regions
    ) or any(
        change.box is not None and change.box.within(near) and _changes_its_element(change)
        for change in comparison.elements
    )


def _is_redrawn(result: InstructionResult, comparison: Comparison) -> bool:
    """Whether the target of an instruction that has moved has changed in another way, too."""
    return any(
        change.box == result.box and change.kind not in (ChangeKind.MOVED, ChangeKind.READDRESSED)
        for change in comparison.elements
    )


def _is_of_neighbour(region: Box, result: InstructionResult, elements: Sequence[Element]) -> bool:
    """Whether a region lies in another element, beside the target of an instruction."""
    target = result.box
    if target is None or region.overlap(target.grown(EDGE_PX)):
        return False
    return any(
        region.within(element.box.grown(EDGE_PX)) and not element.box.overlap(target)
        for index, element in enumerate(elements)
        if element.visible and index != result.element and element.role not in CONTAINERS
    )


def _changes_its_element(change: ElementChange) -> bool:
    """Whether a change is one of state, or of the choices of a list, which have the box of the list."""
    return change.kind is ChangeKind.STATE or (
        change.role == "option" and change.kind in (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RENAMED)
    )


def _container_changes(capture: Sidecar, comparison: Comparison) -> list[Reason]:
    """Return the instructions whose target is in a form, box or window that changed."""
    found = []
    for result in capture.instructions:
        element = next((one for one in capture.elements if one.box == result.box and one.role not in CONTAINERS), None)
        indexes = containers_of(element, capture.elements) if element else iter(())
        container = next((capture.elements[index] for index in indexes), None)
        if container is not None and container.role in SMALL_CONTAINER_ROLES and _changes_in(container.box, comparison):
            found.append(
                Reason(kind=ReasonKind.CONTAINER_LOOKS, instruction=result.number, inside=container.name or None)
            )
    return found


def _changes_in(frame: Box, comparison: Comparison) -> bool:
    """Whether a region or a band overlaps a box of the candidate."""
    changed = [region.box for region in comparison.regions] + [band.in_candidate for band in comparison.bands]
    return any(box.overlap(frame) for box in changed)


def _cosmetic_changes(capture: Sidecar, comparison: Comparison) -> list[Reason]:
    """Return changes outside targets, and whether the page was unstable."""
    readdressed = [change.box for change in comparison.elements if change.kind is ChangeKind.READDRESSED]
    reasons = [
        Reason(kind=ReasonKind.TARGET_LEADS, instruction=result.number)
        for result in capture.instructions
        if result.box is not None and result.box in readdressed
    ]
    others = len(comparison.elements) - len(reasons)
    reasons += _band_reasons(comparison.bands)
    if comparison.regions or (others > 0 and not comparison.bands):
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
    """Return the name of the smallest container of an unstable part."""
    flicker = capture.noise_floor.box if capture.noise_floor else None
    unstable = capture.unstable if flicker is None else (*capture.unstable, flicker)
    containers = [
        element
        for element in capture.elements
        if element.name and element.role in CONTAINERS and any(box.within(element.box) for box in unstable)
    ]
    return min(containers, key=lambda element: element.box.area).name if containers else None


def _band_reasons(bands: Sequence[Band]) -> list[Reason]:
    """Return the reasons for bands: one for all rows that were inserted in the same part of the page, or removed."""
    groups: dict[tuple[BandKind, str | None, int | None], list[Band]] = {}
    for number, band in enumerate(bands):
        own = number if band.kind is BandKind.MOVED else None
        groups.setdefault((band.kind, band.inside, own), []).append(band)
    return [Reason(kind=_BANDS[kind], px=_rows_of(group), inside=inside) for (kind, inside, _), group in groups.items()]


def _rows_of(bands: Iterable[Band]) -> int:
    """Return the number of rows in some bands; rows side by side count once."""
    return len({row for band in bands for row in range(band.y, band.y + band.height)})


def worst(verdicts: Sequence[Verdict]) -> Verdict:
    """Return the worst of several verdicts; FIXED if there is none."""
    return min(verdicts, key=lambda verdict: verdict.rank, default=Verdict.FIXED)
