"""Group differing pixels into the regions that a person would point at."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.png import Flags

Labels = NDArray[Any]

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
    filled = _filled(part).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=8)
    regions = [_region(part, np.asarray(labels), number, stats[number], first) for number in range(1, count)]
    return tuple(sorted((one for one in regions if one.pixels >= FEWEST), key=lambda one: (one.box.y, one.box.x)))


def _filled(flags: Flags) -> Flags:
    """Which cells of the grid hold a pixel."""
    height, width = (-(-side // CELL) * CELL for side in flags.shape)
    padded = np.zeros((height, width), dtype=np.bool_)
    padded[: flags.shape[0], : flags.shape[1]] = flags
    return np.asarray(padded.reshape(height // CELL, CELL, width // CELL, CELL).any(axis=(1, 3)))


def _region(flags: Flags, labels: Labels, number: int, stats: Labels, above: int) -> Region:
    """The differing pixels of one group of cells, as OpenCV labels and measures it."""
    left, top, width, height = (int(side) for side in stats[:4])
    own = labels[top : top + height, left : left + width] == number
    part = flags[top * CELL : (top + height) * CELL, left * CELL : (left + width) * CELL]
    part = part & own.repeat(CELL, axis=0).repeat(CELL, axis=1)[: part.shape[0], : part.shape[1]]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    box = Box(
        x=left * CELL + int(columns[0]),
        y=above + top * CELL + int(rows[0]),
        width=int(columns[-1] - columns[0]) + 1,
        height=int(rows[-1] - rows[0]) + 1,
    )
    return Region(box=box, pixels=int(np.count_nonzero(part)))
