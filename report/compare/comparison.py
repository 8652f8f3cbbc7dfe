"""Compare a candidate with its baseline: pictures, elements, and the targets of instructions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capture.capture import Capture
from capture.elements import Element, containers_of
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult
from report.compare.align import Alignment, Band, BandKind
from report.compare.elements import (
    MOVED_PX,
    ChangeKind,
    ElementChange,
    ElementSide,
    Matches,
    element_changes,
    match_elements,
    move_tolerance,
    restyled,
)
from report.compare.faint_changes import AROUND_PX, faint_change
from report.compare.pixel_diff import Difference, Screenshot, compare_screenshots, flags_in
from report.compare.png import Flags
from report.compare.regions import Region, group_pixels
from report.compare.same_words import Pictures, is_redrawn, judge_redrawn, judge_shifted, without_reflow

COVERED_SHARE = 0.9
"""Share of a region that must lie in an element for the region to belong to it."""
BROKEN_INTO_LINES = frozenset(("text", "heading", "link"))
"""Roles of elements that are as large as their words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetMove:
    """Movement of an instruction's target relative to its surroundings, px."""

    instruction: int
    px: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Differences of a candidate from its baseline."""

    identical: bool
    """The pictures are equal outside masks and ignored parts, apart from rendering noise."""
    baseline_size: tuple[int, int] | None
    """Width and height, px; None if the pictures were not decoded."""
    candidate_size: tuple[int, int] | None
    regions: tuple[Region, ...] = ()
    bands: tuple[Band, ...] = ()
    elements: tuple[ElementChange, ...] = ()
    moves: tuple[TargetMove, ...] = ()
    new_targets: tuple[int, ...] = ()
    """Numbers of the instructions whose target is not on the approved picture."""

    @property
    def same(self) -> bool:
        """No difference of any kind was found."""
        return not (self.regions or self.bands or self.elements or self.moves)


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two captures: its screenshot, elements and instruction results."""

    screenshot: Screenshot
    elements: Sequence[Element] = ()
    instructions: Sequence[InstructionResult] = ()
    text_rendering: str = ""
    """Digest of text as the capture's desktop draws it; empty: not recorded."""
    ignored: tuple[Box, ...] = ()
    """Parts in which differences do not count, px. Unlike masks, they are mapped through the alignment."""

    @classmethod
    def of(cls, capture: Capture, path: Path) -> "Side":
        """Build a side from a capture; ``path`` is named in errors."""
        shot = Screenshot(png=capture.png, path=path, masks=capture.sidecar.masks)
        return cls(
            screenshot=shot,
            elements=capture.sidecar.elements,
            instructions=capture.sidecar.instructions,
            text_rendering=capture.sidecar.environment.text_rendering,
        )

    @property
    def with_focus(self) -> Screenshot:
        """The screenshot, with the boxes of the focused elements if the capture recorded them."""
        if all(element.focused is None for element in self.elements):
            return self.screenshot
        return replace(self.screenshot, focus=tuple(element.box for element in self.elements if element.focused))


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonResult:
    """A comparison, with its changed pixels and its alignment."""

    comparison: Comparison
    differing: Flags | None
    """Changed pixels of the candidate, height × width; None if the files are equal."""
    alignment: Alignment


def compare(baseline: Side, candidate: Side) -> ComparisonResult:
    """Compare two captures; raises PictureCorrupt if a picture cannot be decoded."""
    difference = compare_screenshots(baseline.with_focus, candidate.with_focus)
    to_candidate, to_baseline = difference.alignment.to_candidate, difference.alignment.to_baseline
    ignored_before = (*baseline.ignored, *map(to_baseline, candidate.ignored))
    ignored_now = (*candidate.ignored, *map(to_candidate, baseline.ignored))
    before = ElementSide(elements=baseline.elements, masks=(*baseline.screenshot.masks, *ignored_before))
    after = ElementSide(elements=candidate.elements, masks=(*candidate.screenshot.masks, *ignored_now))
    difference = difference.without(ignored_now)
    matches = match_elements(before, after, to_candidate)
    redrawn = difference.widespread
    if difference.pictures is not None:
        pictures = Pictures(baseline=difference.pictures[0], candidate=difference.pictures[1])
        if matches.pairs and not difference.same:
            redrawn = _has_other_fonts(baseline, candidate) or is_redrawn(difference, matches, pictures)
            difference = (judge_redrawn if redrawn else judge_shifted)(difference, matches, pictures)
            difference = difference.without(ignored_now)
        if not redrawn:
            unseen = (*before.masks, *map(to_candidate, before.masks), *after.masks)
            difference = _with_faint_changes(difference, baseline, candidate, pictures, unseen)
    alignment, regions = difference.alignment, difference.regions
    changes = element_changes(matches, to_candidate, redrawn=redrawn)
    changes = tuple(
        change
        for change in (without_reflow(changes, matches) if redrawn else changes)
        if not _is_ignored(change, regions, (*ignored_before, *ignored_now))
        and not (difference.same and _is_broken_elsewhere(change))
    )
    if not (alignment.bands or any(change.box is None for change in changes)):
        changes += _restyled_elements(regions, matches, changes)
    redrawn_changes = changes if redrawn else None
    comparison = Comparison(
        identical=not regions and not alignment.bands,
        baseline_size=difference.baseline_size,
        candidate_size=difference.candidate_size,
        regions=regions,
        bands=_named_bands(difference, before, after),
        elements=changes,
        moves=_target_moves(baseline.instructions, candidate.instructions, alignment, redrawn_changes),
        new_targets=_new_targets(baseline, candidate.instructions),
    )
    return ComparisonResult(comparison=comparison, differing=_differing_in(difference), alignment=alignment)


def _has_other_fonts(baseline: Side, candidate: Side) -> bool:
    """Whether both captures recorded how their desktops draw text, and these differ."""
    renderings = baseline.text_rendering, candidate.text_rendering
    return all(renderings) and renderings[0] != renderings[1]


def _with_faint_changes(
    difference: Difference, baseline: Side, candidate: Side, pictures: Pictures, unseen: Sequence[Box]
) -> Difference:
    """Add faint changes of the targets of instructions that no other change touches.

    Args:
        difference: of both pictures.
        baseline: the approved capture.
        candidate: the new capture.
        pictures: those of both.
        unseen: parts of the candidate in which differences do not count.
    """
    assert difference.flags is not None, "pictures that were decoded"
    flags, added = difference.flags, False
    for result in candidate.instructions:
        old, new = _approved_box(result, baseline.instructions), result.box
        if not result.true or old is None or new is None or any(new.grown(AROUND_PX).overlap(part) for part in unseen):
            continue
        found = faint_change(pictures.baseline, pictures.candidate, old, new)
        if found is not None and not any(region.box.overlap(found[1]) for region in difference.regions):
            flags = flags if added else flags.copy()
            added = True
            place = flags[int(found[1].y) : int(found[1].bottom), int(found[1].x) : int(found[1].right)]
            place |= found[0][: place.shape[0], : place.shape[1]]
    return replace(difference, flags=flags, regions=group_pixels(flags)) if added else difference


def _is_ignored(change: ElementChange, regions: Sequence[Region], ignored: Sequence[Box]) -> bool:
    """Whether a change touches an ignored part and no region outside it; the box of a text may exceed its words."""
    box = change.box
    if box is None or not any(box.overlap(part) for part in ignored):
        return False
    return not any(box.overlap(region.box) for region in regions)


def _is_broken_elsewhere(change: ElementChange) -> bool:
    """Whether only the lines of a text break elsewhere: pixels tell whether its words are the same."""
    return change.kind is ChangeKind.RESIZED and change.role in BROKEN_INTO_LINES


def compare_pictures(
    baseline: Screenshot,
    candidate: Screenshot,
    *,
    baseline_elements: Sequence[Element] = (),
    candidate_elements: Sequence[Element] = (),
) -> Comparison:
    """Compare two pictures, with or without the elements of their pages; raises PictureCorrupt."""
    return compare(
        Side(screenshot=baseline, elements=baseline_elements), Side(screenshot=candidate, elements=candidate_elements)
    ).comparison


def _restyled_elements(
    regions: Sequence[Region], matches: Matches, changes: Sequence[ElementChange]
) -> tuple[ElementChange, ...]:
    """Return RESTYLED changes for the elements whose regions no other change explains."""
    explained = [change.box for change in changes if change.box is not None]
    found: dict[int, ElementChange] = {}
    for region in regions:
        containing = [
            pair
            for pair in matches.pairs
            if region.box.overlap(pair.candidate.box.grown(MOVED_PX)) >= COVERED_SHARE * region.box.area
        ]
        if not containing or any(region.box.overlap(box) for box in explained):
            continue
        smallest = min(containing, key=lambda pair: pair.candidate.box.area)
        found[id(smallest)] = restyled(smallest)
    return tuple(found.values())


def _named_bands(difference: Difference, before: ElementSide, after: ElementSide) -> tuple[Band, ...]:
    """Return the bands; those narrower than the page with the name of their container."""
    bands, size = difference.alignment.bands, difference.candidate_size
    if size is None:
        return bands
    return tuple(
        _named_band(band, before if band.kind is BandKind.REMOVED else after) if band.width < size[0] else band
        for band in bands
    )


def _named_band(band: Band, side: ElementSide) -> Band:
    """Return a band with the name of the smallest element that contains it."""
    box = Box(x=band.x, y=band.y, width=band.width, height=band.height)
    containing = [
        index for index, element in enumerate(side.elements) if element.visible and box.within(element.box.grown(2))
    ]
    smallest = min(containing, key=lambda index: side.elements[index].box.area, default=None)
    return band if smallest is None else replace(band, inside=_title(smallest, side.elements))


def _title(index: int, elements: Sequence[Element]) -> str | None:
    """Return the name of an element, or of the first heading inside it."""
    if elements[index].name:
        return elements[index].name
    return next((one.name for one in elements if one.role == "heading" and index in containers_of(one, elements)), None)


def _target_moves(
    baseline: Sequence[InstructionResult],
    candidate: Sequence[InstructionResult],
    alignment: Alignment,
    redrawn_changes: Sequence[ElementChange] | None,
) -> tuple[TargetMove, ...]:
    """Return the targets that moved relative to their surroundings, for instructions true in both captures.

    Args:
        baseline: results on the baseline.
        candidate: results on the candidate.
        alignment: of both pictures.
        redrawn_changes: on a redrawn page, the changes of elements, which tell what moved; None on any other page.
    """
    moves = []
    for result in candidate:
        old, new = _approved_box(result, baseline), result.box
        if old is None or new is None or not result.true:
            continue
        if redrawn_changes is not None and not any(change.box == new for change in redrawn_changes):
            continue
        expected = alignment.to_candidate(old)
        px = max(
            abs(new.x - expected.x),
            abs(new.y - expected.y),
            abs(new.width - expected.width),
            abs(new.height - expected.height),
        )
        if px >= move_tolerance(new, redrawn=False):
            moves.append(TargetMove(instruction=result.number, px=round(px)))
    return tuple(moves)


def _approved_box(result: InstructionResult, baseline: Sequence[InstructionResult]) -> Box | None:
    """Return where the target of an instruction was when the picture was approved; None if no instruction told of it.

    The text may have been corrected since: the instruction is the one with the same sentence, or with the same target.
    """
    same = [one for one in baseline if one.true and one.box is not None and _tells_of_the_same(one, result)]
    return min(same, key=lambda one: one.number != result.number).box if same else None


def _tells_of_the_same(one: InstructionResult, other: InstructionResult) -> bool:
    return one.sentence == other.sentence or (one.role, one.name) == (other.role, other.name)


def _new_targets(baseline: Side, candidate: Sequence[InstructionResult]) -> tuple[int, ...]:
    """Return the numbers of the true instructions whose target is not on the approved picture."""
    return tuple(
        result.number
        for result in candidate
        if result.true
        and result.name
        and baseline.elements
        and not any(one.true and _tells_of_the_same(one, result) for one in baseline.instructions)
        and not any(one.visible and one.is_called(result.name) for one in baseline.elements)
    )


def _differing_in(difference: Difference) -> Flags | None:
    """Return the changed pixels that lie in the regions of the comparison."""
    return None if difference.flags is None else flags_in(difference.flags, difference.regions)
