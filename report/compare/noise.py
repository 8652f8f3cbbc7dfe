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

import numpy as np
from numpy.typing import NDArray

from report.compare.picture import Flags, Pixels

Plane = NDArray[Any]
"""Height × width, one 32-bit float a pixel: numpy's types lose the width in arithmetic."""
Values = NDArray[Any]
"""Height × width, with or without channels."""

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


def changed(one: Pixels, other: Pixels) -> Flags:
    """Pixels of two pictures of one size that a renderer alone would not have made differ."""
    differs = strongest(_difference(one, other))
    if np.count_nonzero(differs > STROKE) > REDRAWN * differs.size:
        return differs > STROKE
    found = _tinted(one, other, differs)
    if (differs > STROKE).any():
        found |= _redrawn(one, other)
    return found


def _tinted(one: Pixels, other: Pixels, differs: NDArray[np.uint8]) -> Flags:
    """Where both pictures are flat, and not of one colour."""
    found: Flags = differs >= VISIBLE
    if found.any():
        found &= (strongest(_range(one, FLAT_PX)) <= FLAT) & (strongest(_range(other, FLAT_PX)) <= FLAT)
    return found


def _redrawn(one: Pixels, other: Pixels) -> Flags:
    """Pixels of strokes and edges whose difference no small movement explains."""
    bright = _brightness(one), _brightness(other)
    strength = _contrast(*bright)
    contrast = np.maximum(strength, LEAST_CONTRAST)
    limit = _limit(_blurred(bright[0]), _blurred(bright[1]), contrast)
    found = _moved_otherwise(*bright, limit * contrast)
    for which in ((0, 2), (1, 0)):
        tints = _balance(one, *which), _balance(other, *which)
        if np.abs(tints[0] - tints[1]).max(initial=0) > STROKE:
            contrast = np.maximum(np.maximum(_contrast(*tints), strength / 2), LEAST_CONTRAST)
            found |= _moved_otherwise(*tints, limit * contrast)
    return found


def _moved_otherwise(one: Plane, other: Plane, limit: Plane) -> Flags:
    """Pixels near a difference of which the best movement leaves more than the limit, in levels."""
    first, second = _blurred(one), _blurred(other)
    found: Flags = _residual(first, second) > limit
    found &= _near(np.abs(one - other) > STROKE)
    return _not_shifted(found, first, second, limit)


def _contrast(one: Plane, other: Plane) -> Plane:
    return np.maximum(_range(one, CONTRAST_PX), _range(other, CONTRAST_PX))


def _brightness(pixels: Pixels) -> Plane:
    weights = np.array([0.299, 0.587, 0.114], dtype=np.float32)  # ITU-R BT.601
    return pixels.astype(np.float32) @ weights


def _balance(pixels: Pixels, plus: int, minus: int) -> Plane:
    """How much more of one colour than of another, halved, so that it has as many levels as brightness."""
    return (pixels[:, :, plus].astype(np.float32) - pixels[:, :, minus]) / 2


def _limit(one: Plane, other: Plane, contrast: Plane) -> Plane:
    """The residual that is a change, by how many of the edges around differ."""
    across, down = _gradient((one + other) / 2)
    edges = np.hypot(across, down) > 0.08 * contrast
    moved = edges & (np.abs(other - one) > 0.03 * contrast)
    among = np.zeros(edges.shape, dtype=np.bool_)
    for width, height, share in AROUND:
        if 2 * one.shape[1] > width and 2 * one.shape[0] > height:
            among |= _around(moved, width, height) > share * _around(edges, width, height)
    return np.where(among, np.float32(AMONG), np.float32(ALONE))


def _residual(one: Plane, other: Plane) -> Plane:
    """Root mean square of what the best small movement leaves of the difference, in each pixel's window; levels."""
    across, down = _gradient((one + other) / 2)
    rest = other - one
    damping = np.float32(DAMPING * WINDOW * WINDOW)
    xx, yy = _sums(across * across) + damping, _sums(down * down) + damping
    xy, x, y = _sums(across * down), _sums(across * rest), _sums(down * rest)
    size = xx * yy - xy * xy
    dx = np.clip((yy * x - xy * y) / size, -1, 1)
    dy = np.clip((xx * y - xy * x) / size, -1, 1)
    left = _sums(rest * rest) - 2 * (dx * x + dy * y) + dx * dx * (xx - damping) + dy * dy * (yy - damping)
    left += 2 * dx * dy * xy
    result: Plane = np.sqrt(np.maximum(left, 0)) / WINDOW
    return result


def _not_shifted(found: Flags, one: Plane, other: Plane, limit: Plane) -> Flags:
    """What is left of some pixels when parts of the page may be moved by whole pixels."""
    for rows, columns in _cells(found):
        near = tuple(slice(max(side.start - MOVED_AS_ONE, 0), side.stop + MOVED_AS_ONE) for side in (rows, columns))
        first, second = one[near], other[near]
        # Either way, so that it does not matter which picture is which.
        residual = np.minimum(_residual(_shifted(first, second), second), _residual(first, _shifted(second, first)))
        top, left = rows.start - near[0].start, columns.start - near[1].start
        inside = residual[top : top + rows.stop - rows.start, left : left + columns.stop - columns.start]
        found[rows, columns] &= inside > limit[rows, columns]
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


def _blurred(plane: Plane) -> Plane:
    """Smoothed by 1-2-1 in both directions, so that gradients tell how far an edge moved."""
    padded = np.pad(plane, 1, mode="edge")
    rows = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    smooth: Plane = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 4
    return smooth


def _gradient(plane: Plane) -> tuple[Plane, Plane]:
    padded = np.pad(plane, 1, mode="edge")
    return (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2, (padded[2:, 1:-1] - padded[:-2, 1:-1]) / 2


def _sums(plane: Plane) -> Plane:
    """Sum of each pixel's window."""
    padded = np.pad(plane, WINDOW // 2)
    height, width = plane.shape
    rows = padded[:height].copy()
    for step in range(1, WINDOW):
        rows += padded[step : step + height]
    total = rows[:, :width].copy()
    for step in range(1, WINDOW):
        total += rows[:, step : step + width]
    return total


def _around(values: Values, width: int, height: int) -> Plane:
    """Sum of each pixel's surroundings, by a summed-area table (Crow, 1984)."""
    exact = np.int32 if values.dtype == np.bool_ else np.float64
    table = np.pad(values, ((height // 2 + 1, height // 2), (width // 2 + 1, width // 2)))
    table = table.cumsum(axis=0, dtype=exact).cumsum(axis=1, dtype=exact)
    sums: Plane = table[height:, width:] - table[:-height, width:] - table[height:, :-width] + table[:-height, :-width]
    result: Plane = sums.astype(np.float32)
    return result


def _near(flags: Flags) -> Flags:
    """The flags, and all pixels whose window holds one."""
    return _around_max(flags, WINDOW)


def _around_max(values: Values, width: int) -> Values:
    for axis in (0, 1):
        values = _running(np.maximum, values, width, axis)
    return values


def _range(values: Values, width: int) -> Values:
    """Largest less smallest value of each pixel's neighbourhood."""
    low = values
    for axis in (0, 1):
        low = _running(np.minimum, low, width, axis)
    return _around_max(values, width) - low


def _running(pick: np.ufunc, values: Values, width: int, axis: int) -> Values:
    """Smallest or largest of ``width`` neighbours along an axis, by doubling."""
    half = width // 2
    pad = [(half, half) if number == axis else (0, 0) for number in range(values.ndim)]
    padded = np.moveaxis(np.pad(values, pad, mode="edge"), axis, 0)
    done = 1
    while done < width:
        step = min(done, width - done)
        padded = pick(padded[: len(padded) - step], padded[step:])
        done += step
    return np.moveaxis(padded, 0, axis)


def _difference(one: Pixels, other: Pixels) -> Pixels:
    """Absolute difference, without leaving 8 bits."""
    return np.maximum(one, other) - np.minimum(one, other)


def strongest(values: Values) -> Values:
    """The largest of each pixel's three channels; quicker than a reduction over so short an axis."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])
