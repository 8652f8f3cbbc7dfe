"""Tell changed pixels from rendering noise.

Text that moved by a fraction of a pixel, or that another Firefox draws, differs along every edge. For a small movement
of an edge, the difference between two pictures is about the gradient times the movement; the movement that explains
most of it is found by least squares in each pixel's window, in closed form (Lucas and Kanade, "An Iterative Image
Registration Technique with an Application to Stereo Vision", IJCAI 1981). The residual, which no small movement
explains, is a changed stroke if it is large against the local contrast. The limit is stricter where the edges around
are equal, because a renderer does not move one edge alone. Where both pictures are flat, a small difference of colour
is a change.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from report.compare.png import Flags, Pixels

Plane = NDArray[Any]
"""Height × width, one 32-bit float a pixel (not typed as such: numpy's types lose the width in arithmetic)."""
Levels = NDArray[Any]
"""Height × width, 8 bits a pixel."""
Values = NDArray[Any]
"""Height × width, with or without channels."""

Indexes = NDArray[np.intp]
"""Indexes of pixels in a flattened plane."""
Place = tuple[slice, slice]
"""Slices of rows and columns."""

VISIBLE_LEVELS = 3
"""Smallest difference (levels, 0 to 255) between two flat colours; dithering and rounding stay below."""
FLAT_LEVELS = 6
"""Largest range (levels) of a flat neighbourhood; dithering and gradients stay below."""
FLAT_PX = 9
"""Width of that neighbourhood: more than the strokes of text."""
EVEN_LEVELS = 1
"""Largest range (levels) of a neighbourhood of one colour; photographs and gradients are above."""
BLOCK_LEVELS = 6
"""A smaller difference (levels) may be that of an even block of a photograph in another encoding."""
VISIBLE_MEAN_LEVELS = 5
"""Smallest difference (levels) between two mean colours of a photograph or a gradient."""
ROUNDED_LEVELS = 0.01
"""Error of a mean (levels)."""
MEAN_PX = 21
"""Width of the neighbourhood whose mean colour is compared where a picture is not even: over two blocks of JPEG."""
STROKE_LEVELS = 16
"""A pixel that differs by more than this (levels) is examined as part of a stroke."""
WINDOW_PX = 5
"""Width of the window in which one movement must explain the difference."""
DAMPING = 4.0
"""Levels² a pixel, added to the squared gradients (Tikhonov regularisation): without a gradient, no movement."""
EDGE_SLOPE = 0.08
"""Smallest slope of an edge, as a fraction of the local contrast for each px."""
MOVED_SHARE = 0.03
"""Smallest difference of an edge that counts as moved, as a fraction of the local contrast."""
CONTRAST_PX = 15
"""Width of the neighbourhood whose range is the local contrast."""
MIN_CONTRAST = 24
"""Levels; a lower local contrast is raised to this value."""
STRICT_LIMIT = 0.095
"""Residual that counts as a change where most edges around are equal, as a fraction of the local contrast."""
LENIENT_LIMIT = 0.23
"""Residual that counts as a change where many edges around differ too, as a fraction of the local contrast."""
SURROUNDINGS = ((80, 40, 0.4), (320, 160, 0.12))
"""Distance (px) to the sides and up and down around a line, and the share of the edges there above which LENIENT_LIMIT
applies: a few lines; a large part of the page, where a change of font hinting moves only some strokes."""
TALLEST_LINE_PX = 96
"""px; what is higher is no line of text but a picture, or many lines: there its own edges count."""
PICTURE_SHARE = 0.4
"""Share of the edges of a picture above which LENIENT_LIMIT applies to all of it."""
LEAST_EDGES = 40
"""Fewer edges (px) around a line tell nothing."""
LINE_GAP_PX = (25, 5)
"""Width and height of the neighbourhood in which edges belong to one line of text: more than a space, less than the
distance of two lines."""
MAX_SHIFT = 2
"""Largest movement (whole px) of a part of a page that is scaled by a fraction."""
SHIFTED_PX = 22
"""Width of the parts that move as a whole."""
COST_PX = 2
"""Side (px) of the squares for which a movement is chosen; a power of two."""
REACH_PX = 21
"""Distance (px) around a cell that a movement and its residual depend on: half a part, MAX_SHIFT and a window."""
CELL_PX = 32
"""Side of the grid cells that are examined for whole-pixel movements."""
MOST_SEARCHES = 16
"""Number of grid cells after which a search that explained little ends."""
PLAIN_SHARE = 0.5
"""Share of the pixels of a cell, and of the cells, that no movement explains where the content plainly differs."""
REPLACED_SEARCHES = 48
"""Number of grid cells that tell another page from another rendering."""
REPLACED_PLAIN_SHARE = 0.85
"""Share of them that no movement explains on another page."""
SHIFT_COST_SHARE = 0.5
"""A whole-pixel movement is accepted if it reduces the squared difference below this share."""
MARGIN_PX = 24
"""Distance around differing blocks that is examined as their surroundings."""
SLIM_LENGTH = 3
"""Flags of an edge are at least so many times as long as wide, and two px more: parts of letters are shorter."""
EDGE_MOVE_PX = 2
"""Movement (px) of such an edge."""
EDGE_GAP_PX = 5
"""Width of the neighbourhood in which flags belong to one edge."""
MOST_EDGES = 200
"""With more groups of flags, none is examined as an edge."""
REPLACED_SHARE = 0.25
"""Share of stroke pixels above which a part shows different content: rendering alone never changes so many."""
_SMOOTH = np.array([1, 2, 1], dtype=np.float32) / 4
_SLOPE = np.array([-1, 0, 1], dtype=np.float32) / 2
_IDENTITY = np.ones(1, dtype=np.float32)


class Surroundings:
    """Edges of a part of the page, and which of them differ between the pictures."""

    def __init__(self, height: int, width: int, *, limit: float = STRICT_LIMIT) -> None:
        """Create surroundings without edges yet.

        Args:
            height: px.
            width: px.
            limit: residual that counts as a change where few edges differ, as a fraction of the local contrast.
        """
        self.limit = limit
        self._edges = np.zeros((height, width), dtype=np.uint8)
        self._moved = np.zeros((height, width), dtype=np.uint8)
        self._searched = self._kept = 0
        self._judged: _Lines | None = None

    def add(self, one: Pixels, other: Pixels, place: Place, inside: Place) -> None:
        """Record the edges of two pictures of the same size.

        Args:
            one: pixels of a window of the baseline.
            other: pixels of the same window of the candidate.
            place: where to record, in this part.
            inside: what to record, in the window.
        """
        if is_replaced(strongest(cv2.absdiff(one, other))):
            return
        bright = _brightness(one), _brightness(other)
        contrast = _contrast(*bright)[inside].astype(np.float32)
        first, second = (_blurred(plane) for plane in bright)
        across, down = (slope[inside] for slope in _gradient((first + second) / 2))
        edges = cv2.magnitude(across, down) > EDGE_SLOPE * contrast
        self._edges[place] = edges
        self._moved[place] = edges & (cv2.absdiff(first, second)[inside] > MOVED_SHARE * contrast)

    @property
    def plainly_differs(self) -> bool:
        """Whether whole-pixel movements explained so little so far that it is no use to look for more of them."""
        return self._searched >= MOST_SEARCHES and self._kept > PLAIN_SHARE * self._searched

    @property
    def may_be_replaced(self) -> bool:
        """Whether so few places were searched that this may turn out to be another page."""
        return self._searched < REPLACED_SEARCHES and self._kept > REPLACED_PLAIN_SHARE * self._searched

    @property
    def is_replaced(self) -> bool:
        """Whether movements explained next to nothing in many places: this is another page, not another rendering."""
        return self._searched >= REPLACED_SEARCHES and self._kept > REPLACED_PLAIN_SHARE * self._searched

    def count_search(self, *, explained: bool) -> None:
        """Count a search for a whole-pixel movement."""
        self._searched += 1
        self._kept += not explained

    def differ(self, place: Place, at: Indexes) -> Flags:
        """Return, for the pixels at some indexes of a place, whether many of the edges around their line differ.

        The line itself does not count: the words of a label that stands alone would prove their own other rendering.
        """
        if not len(at):
            return np.zeros(0, dtype=np.bool_)
        rows, columns = place
        if self._judged is None or self._judged.rows != rows:
            self._judged = _Lines(self._edges, self._moved, rows)
        width = columns.stop - columns.start
        return self._judged.differ(at // width, at % width + columns.start)


class _Lines:
    """Lines of text with edges that differ, in some rows of a part and around them."""

    def __init__(self, edges: NDArray[np.uint8], moved: NDArray[np.uint8], rows: slice) -> None:
        self.rows = rows
        reach = max(down for _, down, _ in SURROUNDINGS)
        near = slice(max(rows.start - reach, 0), rows.stop + reach)
        self._first = rows.start - near.start
        self._boxes, self._numbers = _lines(moved[near])
        self._sums = cv2.integral(edges[near]), cv2.integral(moved[near])
        self._differ: dict[int, bool] = {0: False}

    def differ(self, rows: Indexes, columns: Indexes) -> Flags:
        """Return for each pixel, by its row and column, whether many of the edges around its line differ."""
        own = self._numbers[rows + self._first, columns]
        found = np.zeros(len(self._boxes), dtype=np.bool_)
        for number in np.unique(own).tolist():
            if number not in self._differ:
                self._differ[number] = _is_rendering(self._boxes[number], self._sums)
            found[number] = self._differ[number]
        result: Flags = found[own]
        return result


def _lines(moved: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Join moved edges to lines of text; return each line's box (left, top, width, height), and its number by pixel."""
    joined = cv2.dilate(moved, np.ones(LINE_GAP_PX[::-1], dtype=np.uint8))
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    return np.asarray(stats[:, :4]), np.asarray(numbers)


def _is_rendering(line: NDArray[np.int32], sums: tuple[Values, Values]) -> bool:
    """Whether many of the edges around a line differ too.

    Args:
        line: box of the line: left, top, width, height.
        sums: integral images of all edges and of those that differ.
    """
    left, top, width, height = line.tolist()
    bottom, right = sums[0].shape[0] - 1, sums[0].shape[1] - 1

    def counted(across: int, down: int) -> tuple[int, int]:
        rows = max(top - down, 0), min(top + height + down, bottom)
        columns = max(left - across, 0), min(left + width + across, right)
        edges, moved = (
            int(
                one[rows[1], columns[1]]
                - one[rows[0], columns[1]]
                - one[rows[1], columns[0]]
                + one[rows[0], columns[0]]
            )
            for one in sums
        )
        return edges, moved

    own = counted(0, 0)
    if height > TALLEST_LINE_PX and own[1] > PICTURE_SHARE * own[0]:
        return True
    for across, down, share in SURROUNDINGS:
        edges, moved = (whole - part for whole, part in zip(counted(across, down), own, strict=True))
        if edges >= LEAST_EDGES and moved > share * edges:
            return True
    return False


def is_replaced(differs: NDArray[np.uint8]) -> bool:
    """Whether so many pixels differ that a part shows different content."""
    return bool(np.count_nonzero(differs > STROKE_LEVELS) > REPLACED_SHARE * differs.size)


def changed_pixels(one: Pixels, other: Pixels, around: Surroundings, place: Place) -> Flags:
    """Flag the pixels whose difference rendering noise does not explain, in two pictures of the same size.

    Args:
        one: pixels of a window of the baseline.
        other: pixels of the same window of the candidate.
        around: recorded edges of the surroundings, this window included.
        place: place of the window in ``around``.
    """
    differs = strongest(cv2.absdiff(one, other))
    strokes: Flags = differs > STROKE_LEVELS
    if around.is_replaced or is_replaced(differs):
        return strokes
    found = _flat_changes(one, other, differs)
    if strokes.any():
        found |= without_moved_edges(_stroke_changes(one, other, around, place), one, other, EDGE_MOVE_PX)
    return found


def changed_alone(one: Pixels, other: Pixels, *, limit: float | None = None) -> Flags:
    """Flag the changed pixels of two pictures of the same size, judged without any surroundings.

    Args:
        one: pixels of the baseline.
        other: pixels of the candidate.
        limit: residual that counts as a change even where many edges differ, as a fraction of the local contrast;
            None: STRICT_LIMIT, or LENIENT_LIMIT there.
    """
    if not (strongest(cv2.absdiff(one, other)) > 0).any():
        return np.zeros(one.shape[:2], dtype=np.bool_)
    place = slice(0, one.shape[0]), slice(0, one.shape[1])
    around = Surroundings(*one.shape[:2], limit=limit or STRICT_LIMIT)
    if limit is None:
        around.add(one, other, place, place)
    return changed_pixels(one, other, around, place)


def without_moved_edges(found: Flags, one: Pixels, other: Pixels, px: int) -> Flags:
    """Return the flags without slim ones that only show where an edge or a line moved.

    Args:
        found: flagged pixels.
        one: pixels of the baseline.
        other: pixels of the candidate.
        px: largest movement.
    """
    rows, columns = np.flatnonzero(found.any(axis=1)), np.flatnonzero(found.any(axis=0))
    if not len(rows):
        return found
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    own = found[part]
    strokes = own & (strongest(cv2.absdiff(one[part], other[part])) > STROKE_LEVELS)
    joined = cv2.dilate(own.view(np.uint8), _square(EDGE_GAP_PX))
    count, numbers, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    if count > MOST_EDGES:
        return found
    kept = found.copy()
    for number in range(1, count):
        left, top, width, height = stats[number, :4].tolist()
        box = slice(top, top + height), slice(left, left + width)
        flags = own[box] & (np.asarray(numbers)[box] == number)
        for shape in (flags & strokes[box], flags):
            place = _slim_place(shape, px, int(rows[0]) + top, int(columns[0]) + left)
            if place is not None and is_moved(one, other, place, px) and is_moved(other, one, place, px):
                kept[part][box] &= ~flags
    return kept


def _slim_place(shape: Flags, px: int, top: int, left: int) -> Place | None:
    """Return the place of flags that are long and at most some px wide; None if they are not.

    Args:
        shape: flags of one group.
        px: largest width.
        top: first row of the shape in the picture.
        left: first column.
    """
    rows, columns = np.flatnonzero(shape.any(axis=1)), np.flatnonzero(shape.any(axis=0))
    if not len(rows):
        return None
    height, width = int(rows[-1] - rows[0]) + 1, int(columns[-1] - columns[0]) + 1
    if min(height, width) > px or max(height, width) < SLIM_LENGTH * min(height, width) + SLIM_LENGTH - 1:
        return None
    top, left = top + int(rows[0]), left + int(columns[0])
    return slice(top, top + height), slice(left, left + width)


def is_moved(one: Pixels, other: Pixels, place: Place, px: int) -> bool:
    """Whether all colours of a place in one picture lie between those around it in the other."""
    rows, columns = (slice(max(side.start - px, 0), side.stop + px) for side in place)
    inside = (
        slice(place[0].start - rows.start, place[0].stop - rows.start),
        slice(place[1].start - columns.start, place[1].stop - columns.start),
    )
    square = _square(2 * px + 1)
    near = np.ascontiguousarray(other[rows, columns])
    lowest, highest = (edge(near, square)[inside].astype(np.int16) for edge in (cv2.erode, cv2.dilate))
    colours = one[place].astype(np.int16)
    return bool(((colours >= lowest - FLAT_LEVELS) & (colours <= highest + FLAT_LEVELS)).all())


def _flat_changes(one: Pixels, other: Pixels, differs: NDArray[np.uint8]) -> Flags:
    """Flag pixels where both pictures are flat but differ in colour.

    Where they are not exactly flat, as the sky of a photograph or a gradient, the mean colour around must differ:
    another encoding of a photograph changes single pixels by several levels, and the mean of a block by about one.
    """
    found: Flags = differs >= VISIBLE_LEVELS
    if not found.any():
        return found
    ranges = np.maximum(strongest(local_range(one, FLAT_PX)), strongest(local_range(other, FLAT_PX)))
    flat = ranges <= FLAT_LEVELS
    found &= flat
    doubtful = found & ((ranges > EVEN_LEVELS) | (differs < BLOCK_LEVELS))
    if doubtful.any():
        limit = np.where(ranges > EVEN_LEVELS, np.float32(VISIBLE_MEAN_LEVELS), np.float32(VISIBLE_LEVELS))
        found &= ~doubtful | (_mean_difference(one, other, flat) >= limit - ROUNDED_LEVELS)
    return found


def _mean_difference(one: Pixels, other: Pixels, counted: Flags) -> Plane:
    """Return the largest difference of a channel's mean over the counted pixels around each pixel, in levels.

    Where less than a quarter of the pixels around count, the others count as equal.
    """
    difference = cv2.subtract(other, one, dtype=cv2.CV_16S)
    difference[~counted] = 0
    size = (MEAN_PX, MEAN_PX)
    sums = cv2.boxFilter(difference, cv2.CV_32F, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return strongest(np.abs(sums)) / np.maximum(_box_sums(counted, *size), MEAN_PX * MEAN_PX / 4)


def _stroke_changes(one: Pixels, other: Pixels, around: Surroundings, place: Place) -> Flags:
    """Flag pixels of strokes whose difference no small movement explains, in brightness or in colour balance."""
    bright = _brightness(one), _brightness(other)
    strength = _contrast(*bright)
    found = _unexplained(*bright, strength, around, place)
    for which in ((0, 2), (1, 0)):
        tints = _balance(one, *which), _balance(other, *which)
        if (cv2.absdiff(*tints) > STROKE_LEVELS).any():
            contrast = np.maximum(_contrast(*tints), strength // 2)
            found |= _unexplained(*tints, contrast, around, place)
    return found


def _unexplained(one: Levels, other: Levels, contrast: Levels, around: Surroundings, place: Place) -> Flags:
    """Flag pixels whose residual exceeds the limit for their surroundings, in one plane of both pictures."""
    first, second = _blurred(one), _blurred(other)
    at = np.flatnonzero(_dilated(cv2.absdiff(one, other) > STROKE_LEVELS))
    limit = np.maximum(contrast.ravel()[at], MIN_CONTRAST).astype(np.float32)
    left = _residual(first, second, at)
    above = left > around.limit * limit
    at, limit, left = at[above], limit[above], left[above]
    limit *= np.where(around.differ(place, at), np.float32(LENIENT_LIMIT), np.float32(around.limit))
    above = left > limit
    limits = np.full(one.shape, np.inf, dtype=np.float32)
    limits.ravel()[at[above]] = limit[above]
    return _not_shifted(limits, first, second, around)


def _contrast(one: Levels, other: Levels) -> Levels:
    """Return the local contrast: the larger range of the two pictures around each pixel, in levels."""
    return np.maximum(local_range(one, CONTRAST_PX), local_range(other, CONTRAST_PX))


def _brightness(pixels: Pixels) -> Levels:
    """Return the luma of ITU-R BT.601, in levels."""
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def _balance(pixels: Pixels, plus: int, minus: int) -> Levels:
    """Return half the difference of two colour channels plus 128, so that it has as many levels as brightness."""
    return cv2.addWeighted(cv2.extractChannel(pixels, plus), 0.5, cv2.extractChannel(pixels, minus), -0.5, 128)


def _residual(one: Plane, other: Plane, at: Indexes) -> Values:
    """Return the root mean square (levels) of the difference that the best movement of up to 1 px leaves.

    Solves the 2 × 2 normal equations of Lucas and Kanade in the window of each pixel.
    """
    across, down = _gradient((one + other) / 2)
    difference = other - one
    damping = np.float32(DAMPING * WINDOW_PX * WINDOW_PX)
    pairs = (
        (across, across),
        (down, down),
        (across, down),
        (across, difference),
        (down, difference),
        (difference, difference),
    )
    xx, yy, xy, xt, yt, tt = (_window_sums(left * right).ravel()[at] for left, right in pairs)
    determinant = (xx + damping) * (yy + damping) - xy * xy
    dx = np.clip(((yy + damping) * xt - xy * yt) / determinant, -1, 1)
    dy = np.clip(((xx + damping) * yt - xy * xt) / determinant, -1, 1)
    left = tt - 2 * (dx * xt + dy * yt) + dx * dx * xx + dy * dy * yy + 2 * dx * dy * xy
    result: Values = np.sqrt(np.maximum(left, 0)) / WINDOW_PX
    return result


def _not_shifted(limits: Plane, one: Plane, other: Plane, around: Surroundings) -> Flags:
    """Flag pixels whose residual stays above their limit when parts may also move by up to MAX_SHIFT whole pixels.

    The search costs most of the time of pictures that differ much, and ends once it has explained little.
    """
    found: Flags = limits < np.inf
    for rows, columns in _cells(found):
        if around.plainly_differs and (around.is_replaced or not around.may_be_replaced):
            break
        near = tuple(slice(max(side.start - REACH_PX, 0), side.stop + REACH_PX) for side in (rows, columns))
        first, second = one[near], other[near]
        inside = np.full(first.shape, np.inf, dtype=np.float32)
        top, left = rows.start - near[0].start, columns.start - near[1].start
        inside[top : top + rows.stop - rows.start, left : left + columns.stop - columns.start] = limits[rows, columns]
        at = np.flatnonzero(inside < np.inf)
        # Both directions, so that the result does not depend on the order of the pictures.
        residual = np.minimum(
            _residual(_shifted(first, second), second, at), _residual(first, _shifted(second, first), at)
        )
        left_over = residual > inside.ravel()[at]
        found[rows, columns][limits[rows, columns] < np.inf] = left_over
        around.count_search(explained=bool(np.count_nonzero(left_over) < PLAIN_SHARE * len(left_over)))
    return found


def _cells(found: Flags) -> Iterator[tuple[slice, slice]]:
    """Yield the grid cells that contain a flag, as slices; cells next to each other in a row are joined."""
    height, width = found.shape
    for top in range(0, height, CELL_PX):
        rows = slice(top, min(top + CELL_PX, height))
        columns = np.asarray(found[rows].any(axis=0))
        held = [bool(np.count_nonzero(columns[left : left + CELL_PX])) for left in range(0, width, CELL_PX)]
        start = None
        for number, holds in enumerate([*held, False]):
            if holds and start is None:
                start = number * CELL_PX
            elif not holds and start is not None:
                yield rows, slice(start, min(number * CELL_PX, width))
                start = None


def _shifted(one: Plane, other: Plane) -> Plane:
    """Return a plane with each part moved by the whole pixels that make it most like the other plane."""
    height, width = (size + -size % COST_PX for size in one.shape)
    padded = _padded(one, MAX_SHIFT, height + 2 * MAX_SHIFT, width + 2 * MAX_SHIFT)
    target = _padded(other, 0, height, width)
    moves = [padded[dy : dy + height, dx : dx + width] for dy, dx in product(range(2 * MAX_SHIFT + 1), repeat=2)]
    unmoved = len(moves) // 2
    least = SHIFT_COST_SHARE * _cost(moves[unmoved], target)
    chosen = np.full(least.shape, unmoved, dtype=np.uint8)
    for number, moved in enumerate(moves):
        cost = _cost(moved, target)
        chosen[cost < least] = number
        np.minimum(least, cost, out=least)
    best = moves[unmoved].copy()
    numbers = cv2.resize(chosen, (width, height), interpolation=cv2.INTER_NEAREST)
    for number in set(np.unique(chosen).tolist()) - {unmoved}:
        np.copyto(best, moves[number], where=numbers == number)
    return best[: one.shape[0], : one.shape[1]]


def _padded(plane: Plane, before: int, height: int, width: int) -> Plane:
    """Return a plane of this size that repeats its border pixels, ``before`` px of them at the top and at the left."""
    after = height - before - plane.shape[0], width - before - plane.shape[1]
    return cv2.copyMakeBorder(plane, before, after[0], before, after[1], cv2.BORDER_REPLICATE)


def _cost(one: Plane, other: Plane) -> Plane:
    """Return the mean of the squared differences over the part around each square of COST_PX."""
    difference = cv2.subtract(one, other)
    squares = cv2.multiply(difference, difference)
    for _ in range(COST_PX.bit_length() - 1):
        squares = cv2.resize(squares, (squares.shape[1] // 2, squares.shape[0] // 2), interpolation=cv2.INTER_AREA)
    return cv2.blur(squares, (SHIFTED_PX // COST_PX, SHIFTED_PX // COST_PX), borderType=cv2.BORDER_REPLICATE)


def _blurred(plane: Levels) -> Plane:
    """Smooth a plane by 1-2-1 in both directions, as gradients need it."""
    return cv2.sepFilter2D(plane, cv2.CV_32F, _SMOOTH, _SMOOTH, borderType=cv2.BORDER_REPLICATE)


def _gradient(plane: Plane) -> tuple[Plane, Plane]:
    """Return the horizontal and the vertical slope by central differences, in levels for each px."""
    return (
        cv2.sepFilter2D(plane, cv2.CV_32F, _SLOPE, _IDENTITY, borderType=cv2.BORDER_REPLICATE),
        cv2.sepFilter2D(plane, cv2.CV_32F, _IDENTITY, _SLOPE, borderType=cv2.BORDER_REPLICATE),
    )


def _window_sums(plane: Plane) -> Plane:
    """Return the sum over each pixel's window."""
    return _box_sums(plane, WINDOW_PX, WINDOW_PX)


def _box_sums(values: Values, width: int, height: int) -> Plane:
    """Return the sum over a box of ``width`` × ``height`` px around each pixel."""
    plain = values.view(np.uint8) if values.dtype == np.bool_ else values
    return cv2.boxFilter(plain, cv2.CV_32F, (width, height), normalize=False, borderType=cv2.BORDER_CONSTANT)


def _dilated(flags: Flags) -> Flags:
    """Return the flags enlarged to all pixels whose window contains one."""
    near: Flags = cv2.dilate(flags.view(np.uint8), _square(WINDOW_PX)).view(np.bool_)
    return near


def local_range(values: Values, width: int) -> Values:
    """Return the largest minus the smallest value in the neighbourhood of each pixel (morphological gradient)."""
    return cv2.morphologyEx(values, cv2.MORPH_GRADIENT, _square(width))


def _square(width: int) -> Values:
    return np.ones((width, width), dtype=np.uint8)


def strongest(values: Values) -> Values:
    """Return the largest of the three channels of each pixel; faster than ``max(axis=-1)`` over so short an axis."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])
