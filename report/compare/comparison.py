"""Tonight's capture against the approved one, as a whole: pictures, elements, and what of them is told."""

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
    restyled,
    slack,
)
from report.compare.pixel_diff import Difference, Screenshot, compare_screenshots
from report.compare.png import Flags, Picture, read_picture
from report.compare.regions import Region

SAME_INK = 0.25
"""Share by which the ink of the same words may differ between two renderings."""
SAME_GROUND = 3
"""Levels by which their ground may."""
COVERED = 0.9
"""Share of a region that the element must hold of which it is a part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetMove:
    """How far the element of an instruction moved, other than with all that is around it."""

    instruction: int
    px: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How tonight's capture differs from the approved one."""

    identical: bool
    """The pictures show the same, outside the masks."""
    baseline_size: tuple[int, int] | None
    """Width and height, px; None when the pictures were not decoded."""
    candidate_size: tuple[int, int] | None
    regions: tuple[Region, ...] = ()
    bands: tuple[Band, ...] = ()
    elements: tuple[ElementChange, ...] = ()
    moves: tuple[TargetMove, ...] = ()

    @property
    def same(self) -> bool:
        """Nothing differs that was looked at."""
        return not (self.regions or self.bands or self.elements or self.moves)


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two captures: its picture, and what was on the page."""

    screenshot: Screenshot
    elements: Sequence[Element] = ()
    instructions: Sequence[InstructionResult] = ()
    ignored: tuple[Box, ...] = ()
    """Parts in which differences do not count, px; unlike masks, they are carried to where they are tonight."""

    @classmethod
    def of(cls, capture: Capture, path: Path) -> "Side":
        shot = Screenshot(png=capture.png, path=path, masks=capture.sidecar.masks)
        return cls(screenshot=shot, elements=capture.sidecar.elements, instructions=capture.sidecar.instructions)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonResult:
    """A comparison, and what it was made from."""

    comparison: Comparison
    differing: Flags | None
    """Differing pixels of tonight's picture, height × width; None when the pictures are the same bytes."""
    alignment: Alignment


def compare(baseline: Side, candidate: Side) -> ComparisonResult:
    """Compare two captures; raises PictureCorrupt when one of the pictures cannot be decoded."""
    difference = compare_screenshots(baseline.screenshot, candidate.screenshot)
    carried, traced = difference.alignment.to_candidate, difference.alignment.to_baseline
    ignored_before = (*baseline.ignored, *map(traced, candidate.ignored))
    ignored_now = (*candidate.ignored, *map(carried, baseline.ignored))
    before = ElementSide(elements=baseline.elements, masks=(*baseline.screenshot.masks, *ignored_before))
    after = ElementSide(elements=candidate.elements, masks=(*candidate.screenshot.masks, *ignored_now))
    difference = difference.without(ignored_now)
    alignment = difference.alignment
    matches = match_elements(before, after, carried)
    regions = _without_same_words(difference, matches, baseline.screenshot, candidate.screenshot)
    happened = tuple(
        change
        for change in element_changes(matches, carried, redrawn=difference.widespread)
        if not _is_ignored(change, regions, (*ignored_before, *ignored_now))
    )
    if not (alignment.bands or any(change.box is None for change in happened)):
        happened += _restyled_elements(regions, matches, happened)
    comparison = Comparison(
        identical=not regions and not alignment.bands,
        baseline_size=difference.baseline_size,
        candidate_size=difference.candidate_size,
        regions=regions,
        bands=_placed_bands(difference, before, after),
        elements=happened,
        moves=_moves(baseline.instructions, candidate.instructions, alignment),
    )
    return ComparisonResult(comparison=comparison, differing=_differing_in(difference, regions), alignment=alignment)


def _is_ignored(change: ElementChange, regions: Sequence[Region], ignored: Sequence[Box]) -> bool:
    """Is all that is to be seen of a change in what is ignored? A text's box may reach far beyond its words."""
    box = change.box
    if box is None or not any(box.overlap(part) for part in ignored):
        return False
    return not any(box.overlap(region.box) for region in regions)


def compare_pictures(
    approved: Screenshot,
    captured: Screenshot,
    *,
    approved_elements: Sequence[Element] = (),
    captured_elements: Sequence[Element] = (),
) -> Comparison:
    """Compare two pictures by themselves, or with the elements of their pages; raises PictureCorrupt."""
    return compare(
        Side(screenshot=approved, elements=approved_elements), Side(screenshot=captured, elements=captured_elements)
    ).comparison


def _without_same_words(
    difference: Difference, matches: Matches, approved: Screenshot, captured: Screenshot
) -> tuple[Region, ...]:
    """Regions less those where the same words are drawn otherwise, on a page that is all drawn otherwise.

    Fully hinted letters are as far from unhinted ones as other letters are: there, the page's own texts tell.
    """
    if not (difference.regions and difference.widespread and matches.pairs):
        return difference.regions
    one, other = read_picture(approved.png, approved.path), read_picture(captured.png, captured.path)
    same = [pair.now.box for pair in matches.pairs if _same_words(pair, one, other)]
    return tuple(region for region in difference.regions if not _is_made_of(region.box, same))


def _same_words(pair: Match, one: Picture, other: Picture) -> bool:
    """Are they the same words, in the same place, with as much ink on the same ground?"""
    if pair.before.name != pair.now.name or pair.before.box.distance(pair.now.box) >= slack(pair.now.box, redrawn=True):
        return False
    before, after = _ink(one, pair.before.box), _ink(other, pair.now.box)
    if before is None or after is None or np.abs(before[0] - after[0]).max() > SAME_GROUND:
        return False
    return abs(before[1] - after[1]) <= SAME_INK * max(before[1], after[1])


def _ink(picture: Picture, box: Box) -> tuple[np.ndarray, float] | None:
    """The colour of a box's ground, and how far its pixels are from it on average, levels."""
    top, left = max(int(box.y), 0), max(int(box.x), 0)
    pixels = picture.pixels(top, max(int(box.bottom), top))[:, left : max(int(box.right), left)].reshape(-1, 3)
    if not len(pixels):
        return None
    ground = np.median(pixels, axis=0)
    return ground, float(np.abs(pixels - ground).mean())


def _is_made_of(box: Box, parts: Sequence[Box]) -> bool:
    """Do these parts cover a box, but for its edges?"""
    left: tuple[Box, ...] = (box,)
    for part in parts:
        left = tuple(rest for piece in left for rest in piece.without(part.grown(MOVED_PX)))
    return sum(piece.area for piece in left) <= (1 - COVERED) * box.area


def _restyled_elements(
    regions: Sequence[Region], matches: Matches, happened: Sequence[ElementChange]
) -> tuple[ElementChange, ...]:
    """The elements to which a region belongs that nothing else explains."""
    told = [change.box for change in happened if change.box is not None]
    found: dict[int, ElementChange] = {}
    for region in regions:
        holding = [
            pair
            for pair in matches.pairs
            if region.box.overlap(pair.now.box.grown(MOVED_PX)) >= COVERED * region.box.area
        ]
        if not holding or any(region.box.overlap(box) for box in told):
            continue
        smallest = min(holding, key=lambda pair: pair.now.box.area)
        found[id(smallest)] = restyled(smallest)
    return tuple(found.values())


def _placed_bands(difference: Difference, before: ElementSide, after: ElementSide) -> tuple[Band, ...]:
    """The bands; those that do not reach across the page, with the names of what holds them."""
    bands, size = difference.alignment.bands, difference.candidate_size
    if size is None:
        return bands
    return tuple(
        _placed(band, before if band.kind is BandKind.REMOVED else after) if band.width < size[0] else band
        for band in bands
    )


def _placed(band: Band, side: ElementSide) -> Band:
    """A band, with the name of the smallest thing that holds it, when it is not the whole page's."""
    box = Box(x=band.x, y=band.y, width=band.width, height=band.height)
    holding = [
        index for index, element in enumerate(side.elements) if element.visible and box.within(element.box.grown(2))
    ]
    smallest = min(holding, key=lambda index: side.elements[index].box.area, default=None)
    return band if smallest is None else replace(band, inside=_title(smallest, side.elements))


def _title(index: int, elements: Sequence[Element]) -> str | None:
    """The name of an element, or the first title in it."""
    if elements[index].name:
        return elements[index].name
    return next((one.name for one in elements if one.role == "heading" and index in containers_of(one, elements)), None)


def _moves(
    approved: Sequence[InstructionResult], captured: Sequence[InstructionResult], alignment: Alignment
) -> tuple[TargetMove, ...]:
    """Instructions whose element moved by itself: what a shifted page carries along has not moved."""
    before = {result.number: result.box for result in approved if result.true}
    moves = []
    for result in captured:
        old, new = before.get(result.number), result.box
        if old is None or new is None or not result.true:
            continue
        place = alignment.to_candidate(old)
        px = max(
            abs(new.x - place.x),
            abs(new.y - place.y),
            abs(new.width - place.width),
            abs(new.height - place.height),
        )
        if px >= slack(new, redrawn=False):
            moves.append(TargetMove(instruction=result.number, px=round(px)))
    return tuple(moves)


def _differing_in(difference: Difference, regions: Sequence[Region]) -> Flags | None:
    """The differing pixels that are in the regions told."""
    if difference.flags is None or len(regions) == len(difference.regions):
        return difference.flags
    kept = np.zeros_like(difference.flags)
    for region in regions:
        place = slice(int(region.box.y), int(region.box.bottom)), slice(int(region.box.x), int(region.box.right))
        kept[place] = difference.flags[place]
    return kept
