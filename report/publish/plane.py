"""Geometry of many boxes and segments at once: arrays of (left, top, right, bottom) and of (x1, y1, x2, y2)."""

import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
TINY = 1e-9


def corners(box: Box) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a box."""
    return box.x, box.y, box.right, box.bottom


def boxes_meet(boxes: Array, other: Array, clearance: float) -> Flags:
    """Return which boxes come nearer to another one than a distance."""
    return np.asarray(
        (boxes[:, 0] < other[2] + clearance)
        & (boxes[:, 2] > other[0] - clearance)
        & (boxes[:, 1] < other[3] + clearance)
        & (boxes[:, 3] > other[1] - clearance)
    )


def hits(segments: Array, boxes: Array) -> Flags:
    """Return which segments pass through which boxes: segments × boxes (Liang and Barsky, 1984)."""
    x, y = segments[:, None, 0], segments[:, None, 1]
    dx, dy = segments[:, None, 2] - x, segments[:, None, 3] - y
    dx = np.where(np.abs(dx) < TINY, TINY, dx)
    dy = np.where(np.abs(dy) < TINY, TINY, dy)
    with np.errstate(invalid="ignore", over="ignore"):
        left, right = (boxes[None, :, 0] - x) / dx, (boxes[None, :, 2] - x) / dx
        top, bottom = (boxes[None, :, 1] - y) / dy, (boxes[None, :, 3] - y) / dy
        enters = np.maximum(np.minimum(left, right), np.minimum(top, bottom))
        leaves = np.minimum(np.maximum(left, right), np.maximum(top, bottom))
        return np.asarray((enters < leaves) & (leaves > 0) & (enters < 1))


def segments_near(segments: Array, other: Array, distance: float) -> Flags:
    """Return which segments cross another one, or come nearer to it than a distance at one of their ends."""
    found = _crosses(segments, other)
    for end in (segments[:, :2], segments[:, 2:]):
        found |= _distance_to(end, other[None]) < distance
    for point in (other[:2], other[2:]):
        found |= _distance_to(np.broadcast_to(point, (len(segments), 2)), segments) < distance
    return found


def _crosses(segments: Array, other: Array) -> Flags:
    def turn(ax: Array, ay: Array, bx: Array, by: Array, cx: Array, cy: Array) -> Array:
        return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)

    x1, y1, x2, y2 = segments.T
    x3, y3, x4, y4 = (np.asarray(value) for value in other)
    with np.errstate(invalid="ignore"):
        apart = turn(x1, y1, x2, y2, x3, y3) * turn(x1, y1, x2, y2, x4, y4) < 0
        across = turn(x3, y3, x4, y4, x1, y1) * turn(x3, y3, x4, y4, x2, y2) < 0
    return np.asarray(apart & across)


def _distance_to(points: Array, segments: Array) -> Array:
    """Return the distance of each point from the segment in its row, or from the only segment."""
    start, end = segments[:, :2], segments[:, 2:]
    along = end - start
    with np.errstate(invalid="ignore"):
        length = np.maximum((along**2).sum(axis=1), TINY)
        share = np.clip(((points - start) * along).sum(axis=1) / length, 0, 1)
        nearest = start + along * share[:, None]
        return np.asarray(np.hypot(*(points - nearest).T))


def nearest_ends(boxes: Array, other: Array) -> tuple[Array, Array]:
    """Return the ends of the shortest segments from boxes to another box, centred where both face each other."""
    x = _facing(boxes[:, 0], boxes[:, 2], other[0], other[2])
    y = _facing(boxes[:, 1], boxes[:, 3], other[1], other[3])
    return np.stack((x[0], y[0]), axis=1), np.stack((x[1], y[1]), axis=1)


def _facing(low: Array, high: Array, other_low: float, other_high: float) -> tuple[Array, Array]:
    middle = (np.maximum(low, other_low) + np.minimum(high, other_high)) / 2
    own = np.where(high <= other_low, high, np.where(low >= other_high, low, middle))
    across = np.where(high <= other_low, other_low, np.where(low >= other_high, other_high, middle))
    return own, across
