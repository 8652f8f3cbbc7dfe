"""Judge by words, boxes and layout what pixels cannot tell: other font settings, and layouts that moved by a few px.

Fully hinted glyphs differ from unhinted ones as much as from other glyphs, lines break elsewhere, and all that follows
moves. Where most texts of a page are drawn differently, an element with the same words, about as much ink and the same
colours is the same, wherever the lines break; it has moved only if it left its neighbours. On other pages, an element
that moved by a few px is compared at its new place.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.elements import Element, normalise
from capture.geometry import Box
from report.compare.elements import FEW_PX, MOVED_PX, ChangeKind, ElementChange, Match, Matches
from report.compare.levels import STROKE_LEVELS, VISIBLE_LEVELS, square, strongest
from report.compare.moved_edges import is_moved, without_moved_edges
from report.compare.pixel_diff import Difference
from report.compare.png import Flags, Picture, Pixels
from report.compare.regions import Region, group_pixels
from report.compare.rendering_noise import WINDOW_PX, changed_alone

SAME_INK_SHARE = 0.25
"""Share by which the ink of the same words may differ between two renderings, in amount and colour."""
SAME_GROUND_LEVELS = 3
"""Levels by which their background colour may differ."""
REDRAWN_SHARE = 0.5
"""Share of the texts whose pixels must differ for the page to be drawn with other fonts or at other positions."""
SIZE_PX = 0.5
"""Difference (px) of the size of a text that shows another rendering."""
LEAST_TEXTS = 4
MOST_TEXTS = 200
"""Number of texts that are looked at."""
WORD_ROLES = frozenset(
    ("text", "heading", "link", "button", "tab", "menuitem", "menuitemcheckbox", "menuitemradio", "treeitem", "tooltip")
)
"""Roles of elements whose name is what they draw."""
LINE_PX = 48
"""Height (px) up to which a changed region outside all elements may be a line of words."""
GLYPH_PX = 4
"""Distance (px) by which words may reach out of the box of their element."""
FRAME_PX = 3
"""Thickness of a frame, as of a table."""
FRAME_MOVE_PX = 16
"""Movement (px) of a frame around words that are wider or narrower in another font."""
FRAME_LENGTH_PX = 24
"""Least length of a line of a frame."""
_LINES = ((1, FRAME_LENGTH_PX), (FRAME_LENGTH_PX, 1))
REFLOWED_SHARE = 0.1
"""Share of its size by which a field may differ, because fields are as wide as some letters of their font."""
NEIGHBOURS = 6
TEXT_WIDTH_SHARE = 0.03
"""Share by which font hinting may change the width of the same text."""

ToCandidate = Callable[[Box], Box]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pictures:
    """Pictures of the baseline and of the candidate."""

    baseline: Picture
    candidate: Picture

    def crops(self, old: Box, new: Box) -> tuple[Pixels, Pixels]:
        """Return the pixels at two boxes, cut to the size that both have."""
        one, other = _cropped(self.baseline, old), _cropped(self.candidate, new)
        height, width = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
        return one[:height, :width], other[:height, :width]


def is_redrawn(difference: Difference, matches: Matches, pictures: Pictures) -> bool:
    """Return whether most texts are drawn differently although their words are the same.

    Where all that differs is a movement by a fraction of a pixel, no text has another size, and pixels are compared.
    """
    texts = [pair for pair in matches.pairs if _has_same_words(pair)]
    if not (difference.widespread or any(_has_other_size(pair) for pair in texts)):
        return False
    step = max(len(texts) // MOST_TEXTS, 1)
    looked_at = [pictures.crops(pair.baseline.box, pair.candidate.box) for pair in texts[::step]]
    drawn = [(one, other) for one, other in looked_at if one.size]
    if len(drawn) < LEAST_TEXTS:
        return False
    differing = sum(bool((cv2.absdiff(one, other) > STROKE_LEVELS).any()) for one, other in drawn)
    return differing >= REDRAWN_SHARE * len(drawn)


def judge_redrawn(difference: Difference, matches: Matches, pictures: Pictures) -> Difference:
    """Return the difference of a redrawn page without what its elements show to be the same."""
    assert difference.flags is not None, "a page that was compared"
    to_candidate = difference.alignment.to_candidate
    flags = difference.flags.copy()
    words = [pair for pair in matches.pairs if _has_same_words(pair) and _has_same_ink(pair, pictures)]
    others = _drawn_alone(matches.pairs)
    if _is_reflowed(words, to_candidate):
        # Nothing below a line that breaks elsewhere is where it was, so only elements can be compared.
        flags[:] = False
        for pair in matches.pairs:
            if _has_same_words(pair) and pair not in words:
                flags[_slices(pair.candidate.box)] = True
    for pair in words:
        _clear(flags, (pair.candidate.box, to_candidate(pair.baseline.box)), GLYPH_PX)
    _clear_halos(flags, *_aligned(difference, pictures, flags))
    for pair in others:
        _compare_in_place(flags, pair, pictures, to_candidate)
    aligned = _aligned(difference, pictures, flags)
    flags = without_moved_edges(flags, *aligned, FEW_PX)
    regions = [
        region
        for region in group_pixels(flags)
        if not _is_same_line(region, pictures, difference) and not _is_moved_frame(region, flags, *aligned)
    ]
    bands = tuple(band for band in difference.alignment.bands if _holds_news(band.in_candidate, matches))
    return _with(difference, flags, regions, bands)


def judge_shifted(difference: Difference, matches: Matches, pictures: Pictures) -> Difference:
    """Return the difference of a page with the elements that moved by a few px compared at their places."""
    assert difference.flags is not None, "a page that was compared"
    to_candidate = difference.alignment.to_candidate
    shifted = [pair for pair in matches.pairs if _has_same_words(pair) and _is_shifted(pair, to_candidate)]
    if not shifted:
        return difference
    flags = difference.flags.copy()
    for pair in shifted:
        _compare_in_place(flags, pair, pictures, to_candidate)
    flags = without_moved_edges(flags, *_aligned(difference, pictures, flags), FEW_PX)
    bands = tuple(
        band for band in difference.alignment.bands if band.height > FEW_PX or _holds_news(band.in_candidate, matches)
    )
    return _with(difference, flags, group_pixels(flags), bands)


def without_reflow(changes: Iterable[ElementChange], matches: Matches) -> tuple[ElementChange, ...]:
    """Return the changes of a redrawn page without moves and sizes that only follow from lines that break elsewhere."""
    places = _Places(matches.pairs)
    numbers = {id(pair.candidate.box): number for number, pair in enumerate(matches.pairs)}
    return tuple(
        change
        for change in changes
        if change.kind not in (ChangeKind.MOVED, ChangeKind.RESIZED)
        or (number := numbers.get(id(change.box))) is None
        or not places.keeps(number)
    )


def _with(difference: Difference, flags: Flags, regions: Sequence[Region], bands: tuple[object, ...]) -> Difference:
    alignment = replace(difference.alignment, bands=bands)  # type: ignore[arg-type]
    return replace(difference, flags=flags, regions=tuple(regions), alignment=alignment)


def _has_words(element: Element) -> bool:
    """Whether an element draws letters, as far as its capture recorded it."""
    return bool(element.name) and (element.role in WORD_ROLES if element.lettering is None else bool(element.lettering))


def _has_same_words(pair: Match) -> bool:
    old, new = pair.baseline, pair.candidate
    return (
        _has_words(new)
        and normalise(old.label) == normalise(new.label)
        and old.states == new.states
        and (None in (old.lettering, new.lettering) or old.lettering == new.lettering)
    )


def _has_other_size(pair: Match) -> bool:
    old, new = pair.baseline.box, pair.candidate.box
    return max(abs(old.width - new.width), abs(old.height - new.height)) > SIZE_PX


def _has_same_ink(pair: Match, pictures: Pictures) -> bool:
    """Whether both elements have the same background, and about as much ink of the same colour.

    A text that reaches out of a picture cannot be measured.
    """
    if pair.baseline.box.bottom > pictures.baseline.height or pair.candidate.box.bottom > pictures.candidate.height:
        return True
    return _is_same_ink(
        _cropped(pictures.baseline, pair.baseline.box), _cropped(pictures.candidate, pair.candidate.box)
    )


def _is_same_ink(one: Pixels, other: Pixels) -> bool:
    if not one.size or not other.size:
        return False
    grounds = [np.median(pixels.reshape(-1, 3), axis=0) for pixels in (one, other)]
    if np.abs(grounds[0] - grounds[1]).max() > SAME_GROUND_LEVELS:
        return False
    inks = [(pixels.reshape(-1, 3) - ground).sum(axis=0) for pixels, ground in zip((one, other), grounds, strict=True)]
    return bool(np.abs(inks[0] - inks[1]).max() <= SAME_INK_SHARE * max(np.abs(ink).max() for ink in inks))


def _is_reflowed(words: Sequence[Match], to_candidate: ToCandidate) -> bool:
    """Whether lines break elsewhere: a text has another height, or is more than a few px off its old place."""
    return any(
        abs(pair.candidate.box.y - to_candidate(pair.baseline.box).y) > FEW_PX
        or abs(pair.candidate.box.height - pair.baseline.box.height) > FEW_PX
        for pair in words
    )


def _is_shifted(pair: Match, to_candidate: ToCandidate) -> bool:
    expected = to_candidate(pair.baseline.box)
    return 0.5 <= pair.candidate.box.distance(expected) <= FEW_PX  # noqa: PLR2004 - rounds to a whole pixel


def _boxes(elements: Iterable[Element]) -> NDArray[np.float64]:
    """Return the left, top, right and bottom (px) of elements: number × 4."""
    sides = [(one.box.x, one.box.y, one.box.right, one.box.bottom) for one in elements]
    return np.array(sides, dtype=np.float64).reshape(-1, 4)


def _drawn_alone(pairs: Sequence[Match]) -> list[Match]:
    """Return the elements without words that contain no other one: pictures and controls, not tables and groups."""
    boxes = _boxes(pair.candidate for pair in pairs)
    found = []
    for number, pair in enumerate(pairs):
        if not _has_words(pair.candidate):
            inside = (boxes[:, :2] >= boxes[number, :2] - 1).all(axis=1) & (boxes[:, 2:] <= boxes[number, 2:] + 1).all(
                axis=1
            )
            if int(np.sum(inside)) == 1:
                found.append(pair)
    return found


def _compare_in_place(flags: Flags, pair: Match, pictures: Pictures, to_candidate: ToCandidate) -> None:
    """Replace the flags of an element by those of a comparison at its two places."""
    old, new = pair.baseline.box, pair.candidate.box
    one, other = pictures.crops(old, new)
    if new.bottom > pictures.candidate.height or old.bottom > pictures.baseline.height:
        one = one[:0]
    _clear(flags, (new, to_candidate(old)), 1)
    if not one.size:
        return
    found = changed_alone(one, other)
    if found.any() and _has_same_words(pair) and _has_same_ink(pair, pictures) and old.distance(new) > 1:
        return
    place = flags[_slices(new)][: found.shape[0], : found.shape[1]]
    place |= found[: place.shape[0], : place.shape[1]]


def _clear(flags: Flags, boxes: Iterable[Box], margin: float) -> None:
    for box in boxes:
        flags[_slices(box.grown(margin))] = False


def _clear_halos(flags: Flags, before: Pixels, after: Pixels) -> None:
    """Clear flags far from all that differs: their neighbours' window held what has been cleared."""
    rows = np.flatnonzero(flags.any(axis=1))
    if not len(rows):
        return
    part = flags[rows[0] : rows[-1] + 1]
    place = slice(rows[0], rows[-1] + 1)
    differs = strongest(cv2.absdiff(before[place], after[place])) >= VISIBLE_LEVELS
    part &= cv2.dilate((part & differs).view(np.uint8), square(WINDOW_PX)).view(np.bool_)


def _slices(box: Box) -> tuple[slice, slice]:
    top, left = max(round(box.y), 0), max(round(box.x), 0)
    return slice(top, max(round(box.bottom), top)), slice(left, max(round(box.right), left))


def _cropped(picture: Picture, box: Box) -> Pixels:
    rows, columns = _slices(box)
    if rows.start >= picture.height:
        return np.zeros((0, 0, 3), dtype=np.uint8)
    return picture.pixels(rows.start, rows.stop)[:, columns]


def _aligned(difference: Difference, pictures: Pictures, flags: Flags) -> tuple[Pixels, Pixels]:
    """Return the pixels of both pictures in the layout of the candidate, as far as flags are set."""
    after = pictures.candidate.pixels()
    before = after.copy()
    rows = np.asarray(flags.any(axis=1))
    for block in difference.alignment.blocks:
        place = slice(block.candidate_y, block.candidate_y + block.height)
        if not block.equal and rows[place].any():
            part = pictures.baseline.pixels(block.baseline_y, block.baseline_y + block.height)
            before[place, block.left : block.right] = part[:, block.left : block.right]
    return before, after


def _is_same_line(region: Region, pictures: Pictures, difference: Difference) -> bool:
    """Whether a region outside all elements looks like a line of words with as much ink of the same colour."""
    box = region.box
    if box.height > LINE_PX or box.width < box.height:
        return False
    old = difference.alignment.to_baseline(box).grown(GLYPH_PX)
    return _is_same_ink(_cropped(pictures.baseline, old), _cropped(pictures.candidate, box.grown(GLYPH_PX)))


def _is_moved_frame(region: Region, flags: Flags, before: Pixels, after: Pixels) -> bool:
    """Whether a region holds only thin lines that moved, as the frame of a table whose words are wider or narrower."""
    rows, columns = _slices(region.box)
    differs = strongest(cv2.absdiff(before[rows, columns], after[rows, columns])) >= VISIBLE_LEVELS
    found = (flags[rows, columns] & differs).astype(np.uint8)
    along = [cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones(shape, np.uint8)) for shape in _LINES]
    lines = cv2.max(*along)
    near = cv2.dilate(lines, square(2 * FRAME_MOVE_PX + 1))
    thick = cv2.erode(found, square(FRAME_PX + 1), borderType=cv2.BORDER_CONSTANT, borderValue=0)
    if not lines.any() or thick.any() or (found > near).any():
        return False
    _, _, stats, _ = cv2.connectedComponentsWithStats(lines, connectivity=8)
    places = [
        (slice(rows.start + top, rows.start + top + height), slice(columns.start + left, columns.start + left + width))
        for left, top, width, height in stats[1:, :4].tolist()
    ]
    pictures = ((before, after), (after, before))
    return all(is_moved(one, other, place, FRAME_MOVE_PX) for place in places for one, other in pictures)


def _holds_news(band: Box, matches: Matches) -> bool:
    """Whether an element that only one capture has lies in a band."""
    return any(element.box.overlap(band.grown(GLYPH_PX)) for element in (*matches.added, *matches.removed))


class _Places:
    """Places of the matched elements in both captures."""

    def __init__(self, pairs: Sequence[Match]) -> None:
        self._pairs = pairs
        self._old = _boxes(pair.baseline for pair in pairs)
        self._new = _boxes(pair.candidate for pair in pairs)
        self._same = np.array([_has_same_words(pair) for pair in pairs], dtype=np.bool_)

    def keeps(self, number: int) -> bool:
        """Return whether an element is where it was beside a neighbour or within the same text, and about as large."""
        pair, others = self._pairs[number], np.arange(len(self._pairs)) != number
        inside = _contains(self._new[number], self._new) & self._same & others
        if not _has_words(pair.candidate) and _resized(pair):
            return bool(inside.any())
        around = _contains(self._old, self._old[number]) & _contains(self._new, self._new[number])
        if (around & self._same & others).any():
            return True
        gaps = np.maximum(self._new[:, :2] - self._new[number, 2:], self._new[number, :2] - self._new[:, 2:])
        distances = np.where(others, np.maximum(gaps, 0).sum(axis=1), np.inf)
        nearest = np.argsort(distances)[: min(NEIGHBOURS, len(distances) - 1)].tolist()
        return not nearest or any(self._is_beside(number, other) for other in nearest)

    def _is_beside(self, number: int, other: int) -> bool:
        """Whether a side of an element is as far from a side of its neighbour as before, across and down."""
        change = np.subtract.outer(_sides(self._new[number]), _sides(self._new[other])) - np.subtract.outer(
            _sides(self._old[number]), _sides(self._old[other])
        )
        across, down = np.abs(change[:3, :3]).min(), np.abs(change[3:, 3:]).min()
        width = max(self._new[one, 2] - self._new[one, 0] for one in (number, other))
        return bool(across <= FEW_PX + TEXT_WIDTH_SHARE * width and down <= FEW_PX)


def _contains(outer: NDArray[np.float64], inner: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether boxes contain a box, or a box contains boxes, to 1 px."""
    inside = np.concatenate((inner[..., :2] - outer[..., :2], outer[..., 2:] - inner[..., 2:]), axis=-1)
    return np.asarray(np.all(inside >= -1, axis=-1), dtype=np.bool_)


def _sides(box: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return left, right, centre, top and bottom of a box."""
    left, top, right, bottom = box.tolist()
    return np.array([left, right, (left + right) / 2, top, bottom])


def _resized(pair: Match) -> bool:
    """Whether the size of a control or a picture differs by more than that of a field does in another font."""
    old, new = pair.baseline.box, pair.candidate.box
    return any(
        abs(before - now) > MOVED_PX + REFLOWED_SHARE * before
        for before, now in ((old.width, new.width), (old.height, new.height))
    )
