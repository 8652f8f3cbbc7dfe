"""Group changed pixels into regions: the places that a person would point at."""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.png import Flags

Labels = NDArray[Any]

CELL_PX = 16
"""Side of a grid cell; changed pixels in touching cells belong to one region. About the height of a line of text."""
MIN_PIXELS = 4
"""A region with fewer changed pixels is dropped as rendering noise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A part of the candidate with changed pixels."""

    box: Box
    """Bounding box in the candidate, px."""
    pixels: int
    """Number of changed pixels."""


def group_pixels(flags: Flags) -> tuple[Region, ...]:
    """Return the regions of changed pixels, from top to bottom.

    Cells of a grid that contain a changed pixel are joined into regions with OpenCV's connected components.
    """
    rows = np.flatnonzero(flags.any(axis=1))
    if not len(rows):
        return ()
    first = int(rows[0]) // CELL_PX * CELL_PX
    part = flags[first : int(rows[-1]) + 1]
    filled = _occupied_cells(part).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(filled, connectivity=8)
    regions = [_region(part, np.asarray(labels), number, stats[number], first) for number in range(1, count)]
    return tuple(sorted((one for one in regions if one.pixels >= MIN_PIXELS), key=lambda one: (one.box.y, one.box.x)))


def _occupied_cells(flags: Flags) -> Flags:
    """Return one flag for each grid cell: whether it contains a changed pixel."""
    height, width = (-(-side // CELL_PX) * CELL_PX for side in flags.shape)
    padded = np.zeros((height, width), dtype=np.bool_)
    padded[: flags.shape[0], : flags.shape[1]] = flags
    return np.asarray(padded.reshape(height // CELL_PX, CELL_PX, width // CELL_PX, CELL_PX).any(axis=(1, 3)))


def _region(flags: Flags, labels: Labels, number: int, stats: Labels, above: int) -> Region:
    """Build the region of one connected component, from OpenCV's labels and statistics of the cells."""
    left, top, width, height = (int(side) for side in stats[:4])
    own = labels[top : top + height, left : left + width] == number
    part = flags[top * CELL_PX : (top + height) * CELL_PX, left * CELL_PX : (left + width) * CELL_PX]
    part = part & own.repeat(CELL_PX, axis=0).repeat(CELL_PX, axis=1)[: part.shape[0], : part.shape[1]]
    rows, columns = np.flatnonzero(part.any(axis=1)), np.flatnonzero(part.any(axis=0))
    box = Box(
        x=left * CELL_PX + int(columns[0]),
        y=above + top * CELL_PX + int(rows[0]),
        width=int(columns[-1] - columns[0]) + 1,
        height=int(rows[-1] - rows[0]) + 1,
    )
    return Region(box=box, pixels=int(np.count_nonzero(part)))
