"""Faults of placed callouts: what would mislead a reader. Plain geometry, independent of how they were placed."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, pairwise, permutations
from math import hypot

from capture.geometry import Box
from report.publish.callout import Layout, PlacedMark

NEAR = 12.0
"""Largest distance between the end of a connector and its target, points."""


SLIVER = 0.5
"""Area of an overlap that is an error of rounding, square points."""


class FaultKind(StrEnum):
    """Kinds of faults of a callout."""

    LABEL_OVER_TARGET = "a label covers a target"
    LABEL_OVER_NAME = "a label covers the words that name a target"
    LABEL_OVER_LABEL = "two labels overlap"
    LABEL_OUTSIDE = "a label is outside the canvas"
    LINE_OVER_TARGET = "a connector passes over another target"
    LINE_OVER_LABEL = "a connector passes over another label"
    LINES_CROSS = "two connectors cross"
    LINE_ASTRAY = "a connector ends at another target, or at none"
    OUTLINE_OVER_TARGET = "an outline passes over another target"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A fault of one callout, or of two."""

    kind: FaultKind
    numbers: tuple[int, ...]


def faults_of(layout: Layout) -> tuple[Fault, ...]:
    """Return all faults of a layout."""
    alone = [
        Fault(kind=kind, numbers=(one.mark.number,)) for one in layout.placed for kind in _alone(one, layout.canvas)
    ]
    pairs = [
        Fault(kind=kind, numbers=(one.mark.number, other.mark.number))
        for one, other in permutations(layout.placed, 2)
        for kind in _with_other(one, other)
    ]
    mutual = [
        Fault(kind=kind, numbers=(one.mark.number, other.mark.number))
        for one, other in combinations(layout.placed, 2)
        for kind in _mutual(one, other)
    ]
    return (*alone, *pairs, *mutual)


def _alone(one: PlacedMark, canvas: Box) -> Iterator[FaultKind]:
    if one.label.overlap(one.mark.target) > 0:
        yield FaultKind.LABEL_OVER_TARGET
    if any(one.label.overlap(name) > 0 for name in one.mark.names):
        yield FaultKind.LABEL_OVER_NAME
    if not one.label.within(canvas):
        yield FaultKind.LABEL_OUTSIDE
    if _distance(one.path[-1], one.mark.target) > NEAR or _inside(one.path[-1], one.mark.target.grown(-4)):
        yield FaultKind.LINE_ASTRAY


def _with_other(one: PlacedMark, other: PlacedMark) -> Iterator[FaultKind]:
    target = other.mark.target
    if one.label.overlap(target) > 0:
        yield FaultKind.LABEL_OVER_TARGET
    if any(one.label.overlap(name) > 0 for name in other.mark.names):
        yield FaultKind.LABEL_OVER_NAME
    if any(_passes(start, end, other.label) for start, end in pairwise(one.path)):
        yield FaultKind.LINE_OVER_LABEL
    if target.overlap(one.mark.target) > 0:
        return  # one in the other, or the same: a line to the inner one passes over the outer one
    if any(_passes(start, end, target) for start, end in pairwise(one.path)):
        yield FaultKind.LINE_OVER_TARGET
    if _distance(one.path[-1], target) < _distance(one.path[-1], one.mark.target):
        yield FaultKind.LINE_ASTRAY
    if one.mark.kind == "box" and one.mark.target.grown(one.outline.outside).overlap(target) > SLIVER:
        yield FaultKind.OUTLINE_OVER_TARGET


def _mutual(one: PlacedMark, other: PlacedMark) -> Iterator[FaultKind]:
    if one.label.overlap(other.label) > 0:
        yield FaultKind.LABEL_OVER_LABEL
    if any(_cross(*first, *second) for first in pairwise(one.path) for second in pairwise(other.path)):
        yield FaultKind.LINES_CROSS


def _inside(point: tuple[float, float], box: Box) -> bool:
    return box.x < point[0] < box.right and box.y < point[1] < box.bottom


def _distance(point: tuple[float, float], box: Box) -> float:
    """Return the distance of a point from a box; 0 inside."""
    x, y = point
    return hypot(max(box.x - x, 0, x - box.right), max(box.y - y, 0, y - box.bottom))


def _passes(start: tuple[float, float], end: tuple[float, float], box: Box) -> bool:
    """Return whether a line passes over a box, looked at half a point apart."""
    steps = max(round(hypot(end[0] - start[0], end[1] - start[1]) * 2), 1)
    return any(
        _inside((start[0] + (end[0] - start[0]) * n / steps, start[1] + (end[1] - start[1]) * n / steps), box)
        for n in range(steps + 1)
    )


def _cross(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> bool:
    """Return whether the lines from a to b and from c to d cross."""

    def turn(p: tuple[float, float], q: tuple[float, float], r: tuple[float, float]) -> float:
        return (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0])

    return turn(a, b, c) * turn(a, b, d) < 0 and turn(c, d, a) * turn(c, d, b) < 0
