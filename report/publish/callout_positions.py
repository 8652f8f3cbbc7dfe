"""Positions of a callout's label, each with its connector and its cost. All lengths are points.

Labels are tried around their target, all over the picture, and in its margins, as in boundary labelling (Bekos et al.,
2007).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from report.publish.callout import CLEARANCE, SIDES, STROKE_REACH, Mark, Side, outline_of
from report.publish.callout_connectors import connectors, hits_own, off_centre, slant
from report.publish.callout_costs import (
    BARE_COST,
    BEND_COST,
    CONFLICT_COST,
    CONNECTOR_INK_COST,
    CORNER_COST,
    DISTANCE_COST,
    INK_COST,
    LINE_COST,
    OTHER_SIDE_COST,
    SIDE_COST,
    SLANT_COST,
)
from report.publish.plane import Array, Flags, boxes_meet, corners, hits
from report.publish.surface import Surface

SHORTEST_CONNECTOR = {"box": 8.0, "arrow": 26.0}
"""Length of the shortest connector, by the kind of callout."""
NAME_CLEARANCE = 1.0
"""Distance between a label and the words that name a target."""
DISTANCES = (10, 18, 30, 44, 62, 84, 112, 150, 200, 260)
"""Distances at which labels are tried around a target."""
GRID = 22
"""Distance between the positions that are tried all over the picture."""
MARGIN_GAP = 16
"""Distance of a label in the margin from the picture."""
MARGIN_STEP = 9
"""Distance between the positions that are tried in a margin."""
MOST_POSITIONS = 360
"""Positions of a callout that are kept; half of them the cheapest, half the cheapest of each part of the picture."""


@dataclass(frozen=True, kw_only=True)
class Positions:
    """Positions of one label, each with a connector; arrays with one row a position."""

    labels: Array
    """Left, top, right, bottom."""
    segments: Array
    """Two segments each, (x1, y1, x2, y2); of a straight connector the second has no length."""
    sizes: NDArray[np.intp]
    costs: Array

    def __len__(self) -> int:
        return len(self.labels)

    @cached_property
    def extents(self) -> Array:
        """Boxes around each label with its connector."""
        low = np.minimum(self.segments[:, :, :2], self.segments[:, :, 2:]).min(axis=1)
        high = np.maximum(self.segments[:, :, :2], self.segments[:, :, 2:]).max(axis=1)
        return np.concatenate((np.minimum(self.labels[:, :2], low), np.maximum(self.labels[:, 2:], high)), axis=1)

    def take(self, chosen: NDArray[np.intp] | Flags) -> "Positions":
        return Positions(
            labels=self.labels[chosen],
            segments=self.segments[chosen],
            sizes=self.sizes[chosen],
            costs=self.costs[chosen],
        )


class PositionFinder:
    """Finds the positions of the labels of a picture."""

    def __init__(self, marks: Sequence[Mark], surface: Surface, margins: Sequence[Side]) -> None:
        """Prepare for a picture.

        Args:
            marks: all that are on it.
            surface: its content.
            margins: sides beside which labels may be.
        """
        self.marks = marks
        self.surface = surface
        self.margins = margins
        self.drawn = [outline_of(mark, [other.target for other in marks if other is not mark]) for mark in marks]
        self.targets = np.array([corners(mark.target) for mark in marks])
        self.outlines = np.array(
            [corners(mark.target.grown(drawn.gap)) for mark, drawn in zip(marks, self.drawn, strict=True)]
        )

    def positions(self, index: int) -> Positions:
        """Return the best positions of a label, with the cheapest connector of each."""
        mark = self.marks[index]
        parts = []
        for size, (width, height) in enumerate(mark.sizes):
            labels = np.vstack(
                [
                    self._around(index, width, height),
                    self._all_over(width, height),
                    *(self._in_margin(side, index, width, height) for side in self.margins),
                ]
            )
            labels = labels[self._is_free(labels)]
            if len(labels):
                parts.append(self._with_connectors(index, labels, size))
        if not parts:
            parts = [self._far_away(index)]
        found = Positions(
            labels=np.concatenate([part.labels for part in parts]),
            segments=np.concatenate([part.segments for part in parts]),
            sizes=np.concatenate([part.sizes for part in parts]),
            costs=np.concatenate([part.costs for part in parts]),
        )
        return found.take(self._selection(found))

    def _far_away(self, index: int) -> Positions:
        """Return positions beside the picture for a label that has none on it, such as on a very small picture."""
        sides = [self._in_margin(side, index, *self.marks[index].sizes[0]) for side in SIDES]
        return self._with_connectors(index, np.vstack(sides), 0)

    def _selection(self, found: Positions) -> NDArray[np.intp]:
        """Return the indexes of the cheapest positions, and of the cheapest ones of each part of the picture."""
        order = np.argsort(found.costs, kind="stable")
        kept = list(order[: MOST_POSITIONS // 2])
        seen = set()
        for index in order[MOST_POSITIONS // 2 :]:
            part = (int(found.labels[index, 0] // 60), int(found.labels[index, 1] // 24), int(found.sizes[index]) > 0)
            if part not in seen:
                seen.add(part)
                kept.append(index)
            if len(kept) >= MOST_POSITIONS:
                break
        return np.array(kept)

    def _is_free(self, labels: Array) -> Flags:
        """Return which labels touch no target and are on the picture, or in a margin that is allowed."""
        free = np.ones(len(labels), dtype=bool)
        for target, mark, drawn in zip(self.targets, self.marks, self.drawn, strict=True):
            free &= ~boxes_meet(labels, target, CLEARANCE + drawn.outside)
            for name in mark.names:
                free &= ~boxes_meet(labels, np.array(corners(name)), NAME_CLEARANCE)
        edge = CLEARANCE
        allowed = {side: side in self.margins for side in SIDES}
        free &= (labels[:, 0] >= edge) | allowed[Side.LEFT]
        free &= (labels[:, 2] <= self.surface.width - edge) | allowed[Side.RIGHT]
        beside = (labels[:, 0] > self.surface.width) | (labels[:, 2] < 0)
        free &= (labels[:, 1] >= edge) | allowed[Side.ABOVE] | beside
        free &= (labels[:, 3] <= self.surface.height - edge) | allowed[Side.BELOW] | beside
        return free

    def _around(self, index: int, width: float, height: float) -> Array:
        """Return labels beside a target: on each side and corner, in three alignments, at several distances."""
        left, top, right, bottom = self.outlines[index]
        along_x = [left + (right - left - width) * share for share in (0.5, 0.0, 1.0)]
        along_x += [left - width * 0.6, right - width * 0.4]
        along_y = [top + (bottom - top - height) * share for share in (0.5, 0.0, 1.0)]
        along_y += [along_y[0] + off for off in (-12, -8, -4, 4, 8, 12)]
        along_y += [top - height * 0.8, bottom - height * 0.2, top - height * 1.6, bottom + height * 0.6]
        places = []
        for distance in DISTANCES:
            places += [(right + distance, y) for y in along_y]
            places += [(left - distance - width, y) for y in along_y]
            places += [(x, top - distance - height) for x in along_x]
            places += [(x, bottom + distance) for x in along_x]
            for across in (14, distance):
                places += [(right + across, top - distance - height), (right + across, bottom + distance)]
                places += [
                    (left - across - width, top - distance - height),
                    (left - across - width, bottom + distance),
                ]
        x, y = np.array(places).T
        # A label that would stick out a little is moved onto the picture.
        edge = CLEARANCE
        inside_x = np.clip(x, edge, max(self.surface.width - width - edge, edge))
        inside_y = np.clip(y, edge, max(self.surface.height - height - edge, edge))
        x = np.where(np.abs(inside_x - x) < width, inside_x, x)
        y = np.where(np.abs(inside_y - y) < height, inside_y, y)
        return _boxes(x, y, width, height)

    def _all_over(self, width: float, height: float) -> Array:
        """Return labels on a grid over the picture."""
        x = np.arange(CLEARANCE, max(self.surface.width - width - CLEARANCE, CLEARANCE + 1), GRID)
        y = np.arange(CLEARANCE, max(self.surface.height - height - CLEARANCE, CLEARANCE + 1), GRID)
        grid = np.meshgrid(x, y)
        return _boxes(grid[0].ravel(), grid[1].ravel(), width, height)

    def _in_margin(self, side: Side, index: int, width: float, height: float) -> Array:
        """Return labels in a margin, one below or beside another, at the height of the target and around it."""
        need = sum(mark.sizes[0][1] + 2 * CLEARANCE for mark in self.marks)
        if side in (Side.LEFT, Side.RIGHT):
            centre = (self.targets[index, 1] + self.targets[index, 3]) / 2 - height / 2
            first, last = min(0.0, self.surface.height - need), max(self.surface.height, need) - height
            y = np.concatenate(([centre], np.arange(first, last + 1, MARGIN_STEP)))
            left = self.surface.width + MARGIN_GAP if side is Side.RIGHT else -MARGIN_GAP - width
            return _boxes(np.full(len(y), left), y, width, height)
        centre = (self.targets[index, 0] + self.targets[index, 2]) / 2 - width / 2
        x = np.concatenate(([centre], np.arange(0, max(self.surface.width - width, 1), MARGIN_STEP * 2)))
        rows = [
            self.surface.height + MARGIN_GAP + row * (height + CLEARANCE + 2)
            if side is Side.BELOW
            else -MARGIN_GAP - height - row * (height + CLEARANCE + 2)
            for row in range(3)
        ]
        return np.vstack([_boxes(x, np.full(len(x), y), width, height) for y in rows])

    def _with_connectors(self, index: int, labels: Array, size: int) -> Positions:
        """Return labels, each with its cheapest connectors."""
        mark, outline = self.marks[index], self.outlines[index]
        paths, possible = connectors(labels, outline)
        count = paths.shape[1]
        every = np.repeat(labels, count, axis=0)
        segments = paths.reshape(-1, 2, 4)
        lengths = np.hypot(segments[..., 2] - segments[..., 0], segments[..., 3] - segments[..., 1])
        costs = DISTANCE_COST * lengths.sum(axis=1)
        costs += BEND_COST * (lengths[:, 1] > 0) + CORNER_COST * off_centre(segments[:, 1, 2:], outline)
        costs += SLANT_COST * slant(segments).max(axis=1)
        costs += CONNECTOR_INK_COST * self.surface.ink_along(segments).sum(axis=1)
        last = np.where(lengths[:, 1] > 0, lengths[:, 1], lengths[:, 0])
        too_short = last < SHORTEST_CONNECTOR[mark.kind]
        costs[too_short | ~possible.ravel()] = np.inf
        costs += CONFLICT_COST * self._strays(index, every, segments)
        best = np.argsort(costs.reshape(-1, count), axis=1, kind="stable")[:, :2]
        chosen = (np.arange(len(labels))[:, None] * count + best).ravel()
        found = Positions(
            labels=every[chosen],
            segments=segments[chosen],
            sizes=np.full(len(chosen), size, dtype=np.intp),
            costs=costs[chosen] + self._label_costs(mark, every[chosen], size),
        )
        return found.take(np.isfinite(found.costs))

    def _strays(self, index: int, labels: Array, segments: Array) -> Array:
        """Return how many other targets, and its own label, each connector passes over."""
        others = np.zeros(len(labels))
        own = self.marks[index].target
        for other, mark in enumerate(self.marks):
            around = mark.target.overlap(own) > 0
            if other == index or around:
                continue
            reach = self.drawn[other].outside + STROKE_REACH
            near = max(min(reach, self._distance(index, other) / 2), 0.5)
            box = self.targets[other] + np.array((-1, -1, 1, 1)) * near
            for part in (0, 1):
                others += hits(segments[:, part], box[None])[:, 0]
        inner = labels + np.array((1, 1, -1, -1))
        others += hits_own(segments[:, 1], inner)
        return others

    def _distance(self, index: int, other: int) -> float:
        one, two = self.targets[index], self.targets[other]
        return float(max(two[0] - one[2], one[0] - two[2], two[1] - one[3], one[1] - two[3], 0))

    def _label_costs(self, mark: Mark, labels: Array, size: int) -> Array:
        lines = mark.lines[size]
        target = corners(mark.target)
        gaps = np.stack(
            [
                labels[:, 0] - target[2],
                target[0] - labels[:, 2],
                target[1] - labels[:, 3],
                labels[:, 1] - target[3],
            ]
        )
        sides = gaps.argmax(axis=0)
        by_side = np.array(
            [OTHER_SIDE_COST if mark.last_side not in (None, side) else SIDE_COST[side] for side in SIDES]
        )
        costs = INK_COST * np.sqrt(self.surface.ink_in(labels)) + by_side[sides]
        outside = np.maximum(labels[:, 2] - self.surface.width, 0) + np.maximum(-labels[:, 0], 0)
        outside += np.maximum(labels[:, 3] - self.surface.height, 0) + np.maximum(-labels[:, 1], 0)
        costs += 0.02 * outside
        return np.asarray(costs + (LINE_COST * (lines - 1) if lines else BARE_COST))


def _boxes(x: Array, y: Array, width: float, height: float) -> Array:
    return np.stack((x, y, x + width, y + height), axis=1)
