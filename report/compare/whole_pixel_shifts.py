"""Parts of a page that moved by whole pixels, as those of a page that is scaled by a fraction."""

from collections.abc import Iterator
from itertools import product

import cv2
import numpy as np

from report.compare.levels import Plane
from report.compare.png import Flags

MAX_SHIFT = 2
"""Largest movement (whole px) of a part of a page that is scaled by a fraction."""
SHIFTED_PX = 22
"""Width of the parts that move as a whole."""
COST_PX = 2
"""Side (px) of the squares for which a movement is chosen; a power of two."""
CELL_PX = 32
"""Side of the grid cells that are examined for whole-pixel movements."""
SHIFT_COST_SHARE = 0.5
"""A whole-pixel movement is accepted if it reduces the squared difference below this share."""


def cells(found: Flags) -> Iterator[tuple[slice, slice]]:
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


def shifted(one: Plane, other: Plane) -> Plane:
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
