"""Compare a candidate with its baseline: pictures, elements, and the targets of instructions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from capture.capture import Capture
from capture.elements import Element, containers_of
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult
from report.compare.align import Alignment, Band, BandKind
from report.compare.elements import (
    MOVED_PX,
    ElementChange,
    ElementSide,
    Match,
    Matches,
    element_changes,
    match_elements,
    move_tolerance,
    restyled,
)
from report.compare.pixel_diff import Difference, Screenshot, compare_screenshots, flags_in
from report.compare.png import Flags, Picture, read_picture
from report.compare.regions import Region

SAME_INK_SHARE = 0.25
"""Share by which the amount of ink of the same words may differ between two renderings."""
SAME_BACKGROUND_LEVELS = 3
"""Levels by which their background colour may differ."""
COVERED_SHARE = 0.9
"""Share of a region that must lie in an element for the region to belong to it."""


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
    ignored: tuple[Box, ...] = ()
    """Parts in which differences do not count, px. Unlike masks, they are mapped through the alignment."""

    @classmethod
    def of(cls, capture: Capture, path: Path) -> "Side":
        """Build a side from a capture; ``path`` is named in errors."""
        shot = Screenshot(png=capture.png, path=path, masks=capture.sidecar.masks)
        return cls(screenshot=shot, elements=capture.sidecar.elements, instructions=capture.sidecar.instructions)

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
    alignment = difference.alignment
    matches = match_elements(before, after, to_candidate)
    regions = _without_same_words(difference, matches, baseline.screenshot, candidate.screenshot)
    changes = tuple(
        change
        for change in element_changes(matches, to_candidate, redrawn=difference.widespread)
        if not _is_ignored(change, regions, (*ignored_before, *ignored_now))
    )
    if not (alignment.bands or any(change.box is None for change in changes)):
        changes += _restyled_elements(regions, matches, changes)
    comparison = Comparison(
        identical=not regions and not alignment.bands,
        baseline_size=difference.baseline_size,
        candidate_size=difference.candidate_size,
        regions=regions,
        bands=_named_bands(difference, before, after),
        elements=changes,
        moves=_target_moves(baseline.instructions, candidate.instructions, alignment),
        new_targets=_new_targets(baseline, candidate.instructions),
    )
    return ComparisonResult(comparison=comparison, differing=_differing_in(difference, regions), alignment=alignment)


def _is_ignored(change: ElementChange, regions: Sequence[Region], ignored: Sequence[Box]) -> bool:
    """Whether a change touches an ignored part and no region outside it; the box of a text may exceed its words."""
    box = change.box
    if box is None or not any(box.overlap(part) for part in ignored):
        return False
    return not any(box.overlap(region.box) for region in regions)


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


def _without_same_words(
    difference: Difference, matches: Matches, baseline: Screenshot, candidate: Screenshot
) -> tuple[Region, ...]:
    """Drop regions that only show the same words in another rendering, if differences are widespread.

    Fully hinted glyphs differ from unhinted ones as much as from other glyphs, so pixels cannot tell; the texts of the
    matched elements can.
    """
    if not (difference.regions and difference.widespread and matches.pairs):
        return difference.regions
    one, other = read_picture(baseline.png, baseline.path), read_picture(candidate.png, candidate.path)
    same = [pair.candidate.box for pair in matches.pairs if _same_words(pair, one, other)]
    return tuple(region for region in difference.regions if not _is_covered(region.box, same))


def _same_words(pair: Match, one: Picture, other: Picture) -> bool:
    """Whether a matched element has the same text and place, about as much ink, and the same background."""
    if pair.baseline.name != pair.candidate.name or pair.baseline.box.distance(pair.candidate.box) >= move_tolerance(
        pair.candidate.box, redrawn=True
    ):
        return False
    before, after = _ink(one, pair.baseline.box), _ink(other, pair.candidate.box)
    if before is None or after is None or np.abs(before[0] - after[0]).max() > SAME_BACKGROUND_LEVELS:
        return False
    return abs(before[1] - after[1]) <= SAME_INK_SHARE * max(before[1], after[1])


def _ink(picture: Picture, box: Box) -> tuple[np.ndarray, float] | None:
    """Return the background colour (median) of a box, and the mean absolute difference from it, in levels."""
    top, left = max(int(box.y), 0), max(int(box.x), 0)
    pixels = picture.pixels(top, max(int(box.bottom), top))[:, left : max(int(box.right), left)].reshape(-1, 3)
    if not len(pixels):
        return None
    ground = np.median(pixels, axis=0)
    return ground, float(np.abs(pixels - ground).mean())


def _is_covered(box: Box, parts: Sequence[Box]) -> bool:
    """Whether parts, each grown by MOVED_PX, cover at least COVERED_SHARE of a box."""
    left: tuple[Box, ...] = (box,)
    for part in parts:
        left = tuple(rest for piece in left for rest in piece.without(part.grown(MOVED_PX)))
    return sum(piece.area for piece in left) <= (1 - COVERED_SHARE) * box.area


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
    baseline: Sequence[InstructionResult], candidate: Sequence[InstructionResult], alignment: Alignment
) -> tuple[TargetMove, ...]:
    """Return the targets that moved relative to their surroundings, for instructions true in both captures."""
    moves = []
    for result in candidate:
        old, new = _approved_box(result, baseline), result.box
        if old is None or new is None or not result.true:
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


def _differing_in(difference: Difference, regions: Sequence[Region]) -> Flags | None:
    """Return the changed pixels that lie in the regions of the comparison."""
    if difference.flags is None or len(regions) == len(difference.regions):
        return difference.flags
    return flags_in(difference.flags, regions)
