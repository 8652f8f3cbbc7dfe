"""Connectors between labels and the outlines of targets: which are tried, and how they look. Lengths are points."""

import numpy as np

from report.publish.plane import TINY, Array, Flags, nearest_ends

SMALL_SIDE = 90.0
"""Length of the side of a target from which its corners are as good as its middle."""


def connectors(labels: Array, outline: Array) -> tuple[Array, Flags]:
    """Return the connectors that are tried from labels to an outline: straight ones, and ones with a right angle.

    Returns:
        Array of labels × connectors × 2 segments × 4, and which of them are possible: labels × connectors.
    """
    left, top, right, bottom = outline
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    label_x, label_y = (labels[:, 0] + labels[:, 2]) / 2, (labels[:, 1] + labels[:, 3]) / 2
    n = len(labels)
    start, end = nearest_ends(labels, outline)
    straight = _path(start, end, end)
    beside = (labels[:, 2] <= left) | (labels[:, 0] >= right)
    apart = (labels[:, 3] <= top) | (labels[:, 1] >= bottom)
    facing_x = np.where(labels[:, 2] <= left, labels[:, 2], labels[:, 0])
    facing_y = np.where(labels[:, 3] <= top, labels[:, 3], labels[:, 1])
    edge_x = np.where(labels[:, 2] <= left, left, right)
    edge_y = np.where(labels[:, 3] <= top, top, bottom)
    to_side = _path(
        np.stack((facing_x, label_y), 1),
        end_side := np.stack((edge_x, np.full(n, middle_y)), 1),
        end_side,
    )
    to_edge = _path(
        np.stack((label_x, facing_y), 1),
        end_edge := np.stack((np.full(n, middle_x), edge_y), 1),
        end_edge,
    )
    near_x = np.clip(facing_x, left + min(12, (right - left) / 2), right - min(12, (right - left) / 2))
    angles = [
        (beside & apart, _angle(facing_x, label_y, near_x, label_y, near_x, edge_y)),
        (beside & apart, _angle(facing_x, label_y, np.full(n, middle_x), label_y, np.full(n, middle_x), edge_y)),
        (beside & apart, _angle(label_x, facing_y, label_x, np.full(n, middle_y), edge_x, np.full(n, middle_y))),
    ]
    ways = [(np.full(n, True), straight), (beside, to_side), (apart, to_edge), *angles]
    possible = np.stack([way for way, _ in ways], axis=1)
    paths = np.stack([np.where(way[:, None, None], path, straight) for way, path in ways], axis=1)
    return paths, possible


def _path(start: Array, corner: Array, end: Array) -> Array:
    return np.stack((np.concatenate((start, corner), axis=1), np.concatenate((corner, end), axis=1)), axis=1)


def _angle(x1: Array, y1: Array, x2: Array, y2: Array, x3: Array, y3: Array) -> Array:
    return _path(np.stack((x1, y1), 1), np.stack((x2, y2), 1), np.stack((x3, y3), 1))


def slant(segments: Array) -> Array:
    """Return how slanted segments are: 0 when horizontal or vertical, 1 at 45 degrees."""
    dx, dy = segments[..., 2] - segments[..., 0], segments[..., 3] - segments[..., 1]
    return np.asarray(2 * np.abs(dx * dy) / np.maximum(dx**2 + dy**2, TINY))


def off_centre(ends: Array, outline: Array) -> Array:
    """Return how far each end of a connector is from the middle of its side: 0, to 1 at a small target's corner."""
    left, top, right, bottom = outline
    middle = np.array(((left + right) / 2, (top + bottom) / 2))
    half = np.maximum(np.array(((right - left) / 2, (bottom - top) / 2)), 1)
    # Along the side that the connector meets: the other coordinate is at its extreme.
    along = np.abs(ends - middle) / half
    small = np.clip(1 - (half * 2 - SMALL_SIDE / 2) / (SMALL_SIDE / 2), 0, 1)
    return np.asarray((along.min(axis=1) ** 2) * small[along.argmin(axis=1)])


def hits_own(segments: Array, labels: Array) -> Flags:
    """Return which segments pass over the label in the same row."""
    x = (segments[:, 0] + segments[:, 2]) / 2
    y = (segments[:, 1] + segments[:, 3]) / 2
    moving = (segments[:, :2] != segments[:, 2:]).any(axis=1)
    return np.asarray(moving & (labels[:, 0] < x) & (x < labels[:, 2]) & (labels[:, 1] < y) & (y < labels[:, 3]))
