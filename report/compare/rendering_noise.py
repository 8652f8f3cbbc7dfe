"""Tell changed pixels from rendering noise.

Text that moved by a fraction of a pixel, or that another Firefox draws, differs along every edge. For a small movement
of an edge, the difference between two pictures is about the gradient times the movement; the movement that explains
most of it is found by least squares in each pixel's window, in closed form (Lucas and Kanade, "An Iterative Image
Registration Technique with an Application to Stereo Vision", IJCAI 1981). The residual, which no small movement
explains, is a changed stroke if it is large against the local contrast. The limit is stricter where the edges around
are equal, because a renderer does not move one edge alone. Where both pictures are flat, a small difference of colour
is a change.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from report.compare.levels import (
    FLAT_LEVELS,
    STROKE_LEVELS,
    VISIBLE_LEVELS,
    Indexes,
    Levels,
    Place,
    Plane,
    Values,
    blurred,
    box_sums,
    brightness,
    gradient,
    local_contrast,
    local_range,
    square,
    strongest,
)
from report.compare.moved_edges import without_moved_edges
from report.compare.png import Flags, Pixels
from report.compare.surroundings import PLAIN_SHARE, STRICT_LIMIT, Surroundings, is_replaced
from report.compare.whole_pixel_shifts import cells, shifted

FLAT_PX = 9
"""Width (px) of a flat neighbourhood: more than the strokes of text."""
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
WINDOW_PX = 5
"""Width of the window in which one movement must explain the difference."""
DAMPING = 4.0
"""Levels² a pixel, added to the squared gradients (Tikhonov regularisation): without a gradient, no movement."""
MIN_CONTRAST = 24
"""Levels; a lower local contrast is raised to this value."""
LENIENT_LIMIT = 0.23
"""Residual that counts as a change where many edges around differ too, as a fraction of the local contrast."""
REACH_PX = 21
"""Distance (px) around a cell that a movement and its residual depend on: half a part, MAX_SHIFT and a window."""
MARGIN_PX = 24
"""Distance around differing blocks that is examined as their surroundings."""
EDGE_MOVE_PX = 2
"""Movement (px) of such an edge."""


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
    return strongest(np.abs(sums)) / np.maximum(box_sums(counted, *size), MEAN_PX * MEAN_PX / 4)


def _stroke_changes(one: Pixels, other: Pixels, around: Surroundings, place: Place) -> Flags:
    """Flag pixels of strokes whose difference no small movement explains, in brightness or in colour balance."""
    bright = brightness(one), brightness(other)
    strength = local_contrast(*bright)
    found = _unexplained(*bright, strength, around, place)
    for which in ((0, 2), (1, 0)):
        tints = _balance(one, *which), _balance(other, *which)
        if (cv2.absdiff(*tints) > STROKE_LEVELS).any():
            contrast = np.maximum(local_contrast(*tints), strength // 2)
            found |= _unexplained(*tints, contrast, around, place)
    return found


def _unexplained(one: Levels, other: Levels, contrast: Levels, around: Surroundings, place: Place) -> Flags:
    """Flag pixels whose residual exceeds the limit for their surroundings, in one plane of both pictures."""
    first, second = blurred(one), blurred(other)
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


def _balance(pixels: Pixels, plus: int, minus: int) -> Levels:
    """Return half the difference of two colour channels plus 128, so that it has as many levels as brightness."""
    return cv2.addWeighted(cv2.extractChannel(pixels, plus), 0.5, cv2.extractChannel(pixels, minus), -0.5, 128)


def _residual(one: Plane, other: Plane, at: Indexes) -> Values:
    """Return the root mean square (levels) of the difference that the best movement of up to 1 px leaves.

    Solves the 2 × 2 normal equations of Lucas and Kanade in the window of each pixel.
    """
    across, down = gradient((one + other) / 2)
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
    for rows, columns in cells(found):
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
            _residual(shifted(first, second), second, at), _residual(first, shifted(second, first), at)
        )
        left_over = residual > inside.ravel()[at]
        found[rows, columns][limits[rows, columns] < np.inf] = left_over
        around.count_search(explained=bool(np.count_nonzero(left_over) < PLAIN_SHARE * len(left_over)))
    return found


def _window_sums(plane: Plane) -> Plane:
    """Return the sum over each pixel's window."""
    return box_sums(plane, WINDOW_PX, WINDOW_PX)


def _dilated(flags: Flags) -> Flags:
    """Return the flags enlarged to all pixels whose window contains one."""
    near: Flags = cv2.dilate(flags.view(np.uint8), square(WINDOW_PX)).view(np.bool_)
    return near
