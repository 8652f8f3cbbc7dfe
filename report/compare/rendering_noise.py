"""Which pixels that differ are a change, and which only a rendering.

Text that moved by a fraction of a pixel, or is drawn by another Firefox, differs in every edge. Where an edge moved,
the difference between the pictures is the picture's gradient times the movement; what a small movement cannot
explain is a stroke that changed (the residual of Lucas and Kanade's optical flow, 1981, in closed form for each
pixel's window). It is judged against the contrast of its surroundings, more sternly where little else differs: an
edge beside edges that all stayed was not moved by the renderer. Where both pictures are flat, a small difference of
colour is a change.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from report.compare.png import Flags, Pixels

Plane = NDArray[Any]
"""Height × width, one 32-bit float a pixel: numpy's types lose the width in arithmetic."""
Levels = NDArray[Any]
"""Height × width, 8 bits a pixel."""
Values = NDArray[Any]
"""Height × width, with or without channels."""

Places = NDArray[np.intp]
"""Pixels, by their places in a flattened plane."""
Place = tuple[slice, slice]
"""Rows and columns."""

VISIBLE = 3
"""Levels of a channel under which two flat colours are the same: dithering and rounding stay below."""
FLAT = 6
"""Levels between the darkest and the lightest pixel of a flat neighbourhood: dithering and gradients stay below."""
FLAT_PX = 9
"""Width of that neighbourhood: wider than the strokes of text."""
STROKE = 16
"""Levels by which a pixel must differ to be looked at as a stroke."""
WINDOW = 5
"""px; width of the window in which one movement must explain the difference."""
DAMPING = 4.0
"""Levels² a pixel, added to the gradients: where there is none, nothing moves."""
EDGE = 0.08
"""Slope, as a fraction of the contrast for each px, from which there is an edge."""
MOVED = 0.03
"""Difference, as a fraction of the contrast, from which an edge is not the same."""
CONTRAST_PX = 15
LEAST_CONTRAST = 24
"""Levels; in paler surroundings, differences are weighed as if they were this strong."""
ALONE = 0.095
"""Residual, as a fraction of the contrast, that is a change where most edges around stayed."""
AMONG = 0.23
"""The same where most edges around differ too."""
AROUND = ((41, 21, 0.5), (161, 81, 0.4), (641, 321, 0.12))
"""Width and height, px, of these surroundings, and the share of their edges that must differ: a few letters of
the same line; some lines; a good part of the page, where full or no hinting moves only some strokes."""
REACH = 2
"""px; a part of a page may be moved by so many whole pixels when the page is scaled by a trifle."""
MOVED_AS_ONE = 21
"""px; width of the parts that are moved as a whole."""
CELL = 32
"""px; grid on which what differs is looked at again."""
HALF = 0.5
"""A whole-pixel movement is believed when it explains this share of the difference."""
MARGIN = 24
"""px around what differs, looked at as its surroundings."""
REDRAWN = 0.25
"""Share of pixels that differ as strokes do, over which a part shows something else: no rendering does that."""
_SMOOTH = np.array([1, 2, 1], dtype=np.float32) / 4
_SLOPE = np.array([-1, 0, 1], dtype=np.float32) / 2
_AS_IS = np.ones(1, dtype=np.float32)


class Surroundings:
    """The edges of a part of the page, and which of them differ."""

    def __init__(self, height: int, width: int) -> None:
        self._edges = np.zeros((height, width), dtype=np.uint8)
        self._moved = np.zeros((height, width), dtype=np.uint8)

    def add(self, one: Pixels, other: Pixels, place: Place, inside: Place) -> None:
        """Take in what two pictures of one size show ``inside`` them, at a place of this part."""
        if is_redrawn(strongest(cv2.absdiff(one, other))):
            return
        bright = _brightness(one), _brightness(other)
        contrast = _contrast(*bright)[inside].astype(np.float32)
        first, second = (_blurred(plane) for plane in bright)
        across, down = (slope[inside] for slope in _gradient((first + second) / 2))
        edges = cv2.magnitude(across, down) > EDGE * contrast
        self._edges[place] = edges
        self._moved[place] = edges & (cv2.absdiff(first, second)[inside] > MOVED * contrast)

    def differ(self, place: Place, at: Places) -> Flags:
        """Whether so many of the edges around differ, for some pixels of a place."""
        height, width = self._edges.shape
        rows, columns = place
        result: Flags = np.zeros(len(at), dtype=np.bool_)
        for wide, high, share in AROUND:
            if 2 * width > wide and 2 * height > high and not result.all():
                near = slice(max(rows.start - high // 2, 0), rows.stop + high // 2)
                inside = slice(rows.start - near.start, rows.stop - near.start), columns
                edges, moved = (
                    _around(flags[near], wide, high)[inside].ravel()[at] for flags in (self._edges, self._moved)
                )
                result |= moved > share * edges
        return result


def is_redrawn(differs: NDArray[np.uint8]) -> bool:
    """Does a part show something else altogether?"""
    return bool(np.count_nonzero(differs > STROKE) > REDRAWN * differs.size)


def changed_pixels(one: Pixels, other: Pixels, around: Surroundings, place: Place) -> Flags:
    """Pixels of two pictures of one size that a renderer alone would not have made differ.

    Args:
        around: what is around, with these pictures noted.
        place: where these pictures are in it.
    """
    differs = strongest(cv2.absdiff(one, other))
    strokes: Flags = differs > STROKE
    if is_redrawn(differs):
        return strokes
    found = _tinted(one, other, differs)
    if strokes.any():
        found |= _redrawn(one, other, around, place)
    return found


def _tinted(one: Pixels, other: Pixels, differs: NDArray[np.uint8]) -> Flags:
    """Where both pictures are flat, and not of one colour."""
    found: Flags = differs >= VISIBLE
    if found.any():
        found &= (strongest(_range(one, FLAT_PX)) <= FLAT) & (strongest(_range(other, FLAT_PX)) <= FLAT)
    return found


def _redrawn(one: Pixels, other: Pixels, around: Surroundings, place: Place) -> Flags:
    """Pixels of strokes and edges whose difference no small movement explains."""
    bright = _brightness(one), _brightness(other)
    strength = _contrast(*bright)
    found = _moved_otherwise(*bright, strength, around, place)
    for which in ((0, 2), (1, 0)):
        tints = _balance(one, *which), _balance(other, *which)
        if (cv2.absdiff(*tints) > STROKE).any():
            contrast = np.maximum(_contrast(*tints), strength // 2)
            found |= _moved_otherwise(*tints, contrast, around, place)
    return found


def _moved_otherwise(one: Levels, other: Levels, contrast: Levels, around: Surroundings, place: Place) -> Flags:
    """Pixels near a difference of which the best movement leaves more than the surroundings allow."""
    first, second = _blurred(one), _blurred(other)
    at = np.flatnonzero(_near(cv2.absdiff(one, other) > STROKE))
    limit = np.maximum(contrast.ravel()[at], LEAST_CONTRAST).astype(np.float32)
    left = _residual(first, second, at)
    above = left > ALONE * limit
    at, limit, left = at[above], limit[above], left[above]
    limit *= np.where(around.differ(place, at), np.float32(AMONG), np.float32(ALONE))
    above = left > limit
    limits = np.full(one.shape, np.inf, dtype=np.float32)
    limits.ravel()[at[above]] = limit[above]
    return _not_shifted(limits, first, second)


def _contrast(one: Levels, other: Levels) -> Levels:
    return np.maximum(_range(one, CONTRAST_PX), _range(other, CONTRAST_PX))


def _brightness(pixels: Pixels) -> Levels:
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)  # ITU-R BT.601


def _balance(pixels: Pixels, plus: int, minus: int) -> Levels:
    """How much more of one colour than of another, halved, so that it has as many levels as brightness."""
    return cv2.addWeighted(cv2.extractChannel(pixels, plus), 0.5, cv2.extractChannel(pixels, minus), -0.5, 128)


def _residual(one: Plane, other: Plane, at: Places) -> Values:
    """Root mean square of what the best small movement leaves of the difference, in some pixels' windows; levels."""
    across, down = _gradient((one + other) / 2)
    rest = other - one
    damping = np.float32(DAMPING * WINDOW * WINDOW)
    pairs = ((across, across), (down, down), (across, down), (across, rest), (down, rest), (rest, rest))
    xx, yy, xy, x, y, all_of_it = (_sums(left * right).ravel()[at] for left, right in pairs)
    size = (xx + damping) * (yy + damping) - xy * xy
    dx = np.clip(((yy + damping) * x - xy * y) / size, -1, 1)
    dy = np.clip(((xx + damping) * y - xy * x) / size, -1, 1)
    left = all_of_it - 2 * (dx * x + dy * y) + dx * dx * xx + dy * dy * yy + 2 * dx * dy * xy
    result: Values = np.sqrt(np.maximum(left, 0)) / WINDOW
    return result


def _not_shifted(limits: Plane, one: Plane, other: Plane) -> Flags:
    """Which pixels leave more than their limit also when parts of the page may be moved by whole pixels."""
    found: Flags = limits < np.inf
    for rows, columns in _cells(found):
        near = tuple(slice(max(side.start - MOVED_AS_ONE, 0), side.stop + MOVED_AS_ONE) for side in (rows, columns))
        first, second = one[near], other[near]
        inside = np.full(first.shape, np.inf, dtype=np.float32)
        top, left = rows.start - near[0].start, columns.start - near[1].start
        inside[top : top + rows.stop - rows.start, left : left + columns.stop - columns.start] = limits[rows, columns]
        at = np.flatnonzero(inside < np.inf)
        # Either way, so that it does not matter which picture is which.
        residual = np.minimum(
            _residual(_shifted(first, second), second, at), _residual(first, _shifted(second, first), at)
        )
        found[rows, columns][limits[rows, columns] < np.inf] = residual > inside.ravel()[at]
    return found


def _cells(found: Flags) -> Iterator[tuple[slice, slice]]:
    """Rows and columns of the parts of a picture that hold a flag: cells of a grid, neighbours in a row joined."""
    height, width = found.shape
    for top in range(0, height, CELL):
        rows = slice(top, min(top + CELL, height))
        columns = np.asarray(found[rows].any(axis=0))
        held = [bool(np.count_nonzero(columns[left : left + CELL])) for left in range(0, width, CELL)]
        start = None
        for number, holds in enumerate([*held, False]):
            if holds and start is None:
                start = number * CELL
            elif not holds and start is not None:
                yield rows, slice(start, min(number * CELL, width))
                start = None


def _shifted(one: Plane, other: Plane) -> Plane:
    """A picture with each part moved by the whole pixels that make it most like the other one."""
    padded = np.pad(one, REACH, mode="edge")
    height, width = one.shape
    best, least = one.copy(), HALF * _around(np.square(other - one), MOVED_AS_ONE, MOVED_AS_ONE)
    for dy, dx in product(range(2 * REACH + 1), repeat=2):
        moved = padded[dy : dy + height, dx : dx + width]
        cost = _around(np.square(other - moved), MOVED_AS_ONE, MOVED_AS_ONE)
        better = cost < least
        best[better] = moved[better]
        least = np.minimum(least, cost)
    return best


def _blurred(plane: Levels) -> Plane:
    """Smoothed by 1-2-1 in both directions, so that gradients tell how far an edge moved."""
    return cv2.sepFilter2D(plane, cv2.CV_32F, _SMOOTH, _SMOOTH, borderType=cv2.BORDER_REPLICATE)


def _gradient(plane: Plane) -> tuple[Plane, Plane]:
    return (
        cv2.sepFilter2D(plane, cv2.CV_32F, _SLOPE, _AS_IS, borderType=cv2.BORDER_REPLICATE),
        cv2.sepFilter2D(plane, cv2.CV_32F, _AS_IS, _SLOPE, borderType=cv2.BORDER_REPLICATE),
    )


def _sums(plane: Plane) -> Plane:
    """Sum of each pixel's window."""
    return _around(plane, WINDOW, WINDOW)


def _around(values: Values, width: int, height: int) -> Plane:
    """Sum of each pixel's surroundings."""
    plain = values.view(np.uint8) if values.dtype == np.bool_ else values
    return cv2.boxFilter(plain, cv2.CV_32F, (width, height), normalize=False, borderType=cv2.BORDER_CONSTANT)


def _near(flags: Flags) -> Flags:
    """The flags, and all pixels whose window holds one."""
    near: Flags = cv2.dilate(flags.view(np.uint8), _square(WINDOW)).view(np.bool_)
    return near


def _range(values: Values, width: int) -> Values:
    """Largest less smallest value of each pixel's neighbourhood."""
    return cv2.morphologyEx(values, cv2.MORPH_GRADIENT, _square(width))


def _square(width: int) -> Values:
    return np.ones((width, width), dtype=np.uint8)


def strongest(values: Values) -> Values:
    """The largest of each pixel's three channels; quicker than a reduction over so short an axis."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])
