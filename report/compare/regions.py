"""Group differing pixels into the regions that a person would point at."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.elements import Box
from report.compare.picture import Flags

CELL = 16
"""Pixels this near (px) belong to one region: about a line of text."""
FEWEST = 4
"""Differing pixels under which a region is a speck of rendering."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A part of tonight's picture that differs."""

    box: Box
    """In tonight's picture, px."""
    pixels: int
    """How many differ."""


def group(flags: Flags) -> tuple[Region, ...]:
    """Regions of differing pixels, from top to bottom: cells of a grid that touch belong together."""
    rows = np.flatnonzero(flags.any(axis=1))
    if not len(rows):
        return ()
    first = int(rows[0]) // CELL * CELL
    part = flags[first : int(rows[-1]) + 1]
    regions = [_region(part, cells, first) for cells in _touching(_filled(part))]
    return tuple(sorted((one for one in regions if one.pixels >= FEWEST), key=lambda one: (one.box.y, one.box.x)))


def _filled(flags: Flags) -> Flags:
    """Which cells of the grid hold a pixel."""
    height, width = (-(-side // CELL) * CELL for side in flags.shape)
    padded = np.zeros((height, width), dtype=np.bool_)
    padded[: flags.shape[0], : flags.shape[1]] = flags
    return np.asarray(padded.reshape(height // CELL, CELL, width // CELL, CELL).any(axis=(1, 3)))


def _touching(filled: Flags) -> Iterator[NDArray[np.intp]]:
    """Groups of cells that touch, directly or not, also by a corner: an array of (row, column) each."""
    left = set(zip(*(places.tolist() for places in np.nonzero(filled)), strict=True))
    while left:
        start = left.pop()
        members, waiting = [start], [start]
        while waiting:
            row, column = waiting.pop()
            for near in [(row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]:
                if near in left:
                    left.remove(near)
                    members.append(near)
                    waiting.append(near)
        yield np.array(members)


def _region(flags: Flags, cells: NDArray[np.intp], above: int) -> Region:
    top, left = cells.min(axis=0) * CELL
    bottom, right = (cells.max(axis=0) + 1) * CELL
    own = np.zeros((bottom - top, right - left), dtype=np.bool_)
    for row, column in cells * CELL - (top, left):
        own[row : row + CELL, column : column + CELL] = True
    part = flags[top:bottom, left:right].copy()
    part &= own[: part.shape[0], : part.shape[1]]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    box = Box(
        x=int(left + columns[0]),
        y=int(above + top + rows[0]),
        width=int(columns[-1] - columns[0]) + 1,
        height=int(rows[-1] - rows[0]) + 1,
    )
    return Region(box=box, pixels=int(part.sum()))
