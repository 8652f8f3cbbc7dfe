"""Group differing pixels into the regions that a person would point at."""

from dataclasses import dataclass

import numpy as np

from capture.elements import Box
from report.compare.pixels import Flags

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
    ys, xs = np.nonzero(flags)
    if not len(ys):
        return ()
    cells: dict[tuple[int, int], list[int]] = {}
    for index, cell in enumerate(zip((ys // CELL).tolist(), (xs // CELL).tolist(), strict=True)):
        cells.setdefault(cell, []).append(index)
    regions = []
    while cells:
        members = _gather(cells)
        if len(members) >= FEWEST:
            regions.append(_region(ys[members], xs[members]))
    return tuple(sorted(regions, key=lambda region: (region.box.y, region.box.x)))


def _gather(cells: dict[tuple[int, int], list[int]]) -> list[int]:
    """Take one cell and all that touch it, directly or not, out of the grid."""
    start, members = cells.popitem()
    open_cells = [start]
    while open_cells:
        row, column = open_cells.pop()
        for near in [(row + dy, column + dx) for dy in (-1, 0, 1) for dx in (-1, 0, 1)]:
            if near in cells:
                members += cells.pop(near)
                open_cells.append(near)
    return members


def _region(ys: np.ndarray, xs: np.ndarray) -> Region:
    top, left = int(ys.min()), int(xs.min())
    box = Box(x=left, y=top, width=int(xs.max()) - left + 1, height=int(ys.max()) - top + 1)
    return Region(box=box, pixels=len(ys))
