"""Edges and lines that moved by a few px."""

import cv2
import numpy as np

from report.compare.levels import FLAT_LEVELS, STROKE_LEVELS, Place, square, strongest
from report.compare.png import Flags, Pixels

SLIM_LENGTH = 3
"""Flags of an edge are at least so many times as long as wide, and two px more: parts of letters are shorter."""
EDGE_GAP_PX = 5
"""Width of the neighbourhood in which flags belong to one edge."""
MOST_EDGES = 200
"""With more groups of flags, none is examined as an edge."""


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
    joined = cv2.dilate(own.view(np.uint8), square(EDGE_GAP_PX))
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
    around = square(2 * px + 1)
    near = np.ascontiguousarray(other[rows, columns])
    lowest, highest = (edge(near, around)[inside].astype(np.int16) for edge in (cv2.erode, cv2.dilate))
    colours = one[place].astype(np.int16)
    return bool(((colours >= lowest - FLAT_LEVELS) & (colours <= highest + FLAT_LEVELS)).all())
