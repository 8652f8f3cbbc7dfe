"""Place the callouts of a picture: an optimisation over positions and connectors, without drawing anything.

All lengths are points: a point is the unit in which labels have the same size on every picture (see
``report.publish.published_picture``). The problem is that of point-feature labelling (Christensen, Marks and Shieber,
"An empirical study of algorithms for point-feature label placement", ACM Transactions on Graphics 14(3), 1995), with
margins as in boundary labelling (Bekos et al., 2007). Conflicts are resolved by the breakout method (Morris, "The
breakout method for escaping from local minima", AAAI 1993): a conflict that remains becomes more expensive.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.publish import callout_faults
from report.publish.callout_connectors import connectors, hits_own, off_centre, slant
from report.publish.plane import TINY, Array, Flags, boxes_meet, hits, segments_near

Point = tuple[float, float]
Kind = Literal["box", "arrow"]

OUTLINE_GAP = 6.0
"""Distance between a target and the middle of its outline; less beside another target."""
FAR = 100.0
"""Distance of the nearest target when there is none."""
TOUCHING = 2.0
"""Distance up to which targets touch: what is drawn between them would cover one."""
STROKE = 3.0
HALO = 1.5
"""Width of the white line on either side of a stroke."""
STROKE_REACH = STROKE / 2 + HALO
"""Distance from the middle of a stroke to the outside of its halo."""
THIN_REACH = STROKE_REACH / 2
"""That of the thinnest stroke."""
ARROW_GAP = 4.0
"""Distance between a target and the tip of its arrow."""
SHORTEST_CONNECTOR = {"box": 8.0, "arrow": 26.0}
CLEARANCE = 4.0
"""Distance between a label and what it must not touch."""
NAME_CLEARANCE = 1.0
"""Distance between a label and the words that name a target."""
DISTANCES = (10, 18, 30, 44, 62, 84, 112, 150, 200, 260)
"""Distances at which labels are tried around a target."""
GRID = 22
"""Distance of the positions that are tried all over the picture."""
MARGIN_GAP = 16
"""Distance of a label in the margin from the picture."""
MARGIN_STEP = 9
MOST_CANDIDATES = 360
"""Candidates of a callout that are kept; half of them the cheapest, half the cheapest of each part of the picture."""
REGRET = 3.0
"""Cost above that of its best place from which a label is tried there again."""
TRIED_AGAIN = 5
"""Places that are tried for such a label."""
ROUNDS = 40
"""Rounds of the search for an arrangement without conflicts."""

# Costs. A point of distance is 0.1; the others are in proportion to it.
INK_COST = 60.0
"""Cost of a label that covers words or controls alone; times the root of their share: a half covered word is bad."""
CONNECTOR_INK_COST = 0.45
"""Cost of a point of a connector over words."""
DISTANCE_COST = 0.1
BEND_COST = 3.0
SLANT_COST = 4.0
"""Cost of a connector at 45 degrees."""
CORNER_COST = 7.0
"""Cost of a connector that ends at a corner of a small target instead of the middle of a side."""
LINE_COST = 1.5
"""Cost of each further line of a label."""
BARE_COST = 45.0
"""Cost of a number without its words."""
OTHER_SIDE_COST = 14.0
"""Cost of another side than that of the last edition."""
GROWTH_COST = 90.0
"""Cost of a canvas that doubles."""
CONFLICT_COST = 1000.0


class Side(StrEnum):
    """Place of a label, seen from its target."""

    RIGHT = "right"
    LEFT = "left"
    ABOVE = "above"
    BELOW = "below"


SIDE_COST = {Side.RIGHT: 0.0, Side.LEFT: 0.8, Side.BELOW: 1.2, Side.ABOVE: 1.6}
SIDES = tuple(Side)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """The target of a callout, and the sizes that its label may have."""

    number: int
    target: Box
    kind: Kind
    sizes: tuple[tuple[float, float], ...]
    """Width and height of the label for each way to break its text, the best first; the last one is the bare number."""
    lines: tuple[int, ...]
    """Number of lines for each size; 0: the bare number."""
    last_side: Side | None = None
    """Side of the label in the last edition."""
    names: tuple[Box, ...] = ()
    """Words beside the target that name it, such as those of a field: no label covers them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outline:
    """Place of the outline of a target, or of the end of its arrow; points."""

    gap: float
    """Distance from the target to the middle of the stroke, or to the tip; negative: inside the target."""
    reach: float
    """Distance from the middle of the stroke to the outside of its halo; small between targets that are near."""

    @property
    def outside(self) -> float:
        """Distance from the target at which something is drawn."""
        return max(self.gap + self.reach, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedMark:
    """A mark with the position of its label and of its connector."""

    mark: Mark
    label: Box
    size: int
    """Index of the label's size in ``mark.sizes``."""
    path: tuple[Point, ...]
    """Points of the connector, from the label to the target."""
    outline: Outline

    @property
    def side(self) -> Side:
        """Side of the target on which the label is."""
        return side_of(self.label, self.mark.target)


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """The callouts of a picture, and the canvas that they need: the picture, with margins where they are beside it."""

    placed: tuple[PlacedMark, ...]
    canvas: Box
    """In points of the picture: its x and y are 0, or negative when there is a margin on the left or above."""


def side_of(label: Box, target: Box) -> Side:
    """Return the side of a target on which a label is: the one with the largest distance between both."""
    distances = {
        Side.RIGHT: label.x - target.right,
        Side.LEFT: target.x - label.right,
        Side.ABOVE: target.y - label.bottom,
        Side.BELOW: label.y - target.bottom,
    }
    return max(distances, key=lambda side: distances[side])


@dataclass(frozen=True, kw_only=True, slots=True)
class Surface:
    """Content of a picture: how much ink there is in every part of it."""

    width: float
    height: float
    table: Array
    """Summed-area table (Crow, 1984) of the ink of each point, 0 to 1."""

    @classmethod
    def of(cls, ink: NDArray[np.floating]) -> "Surface":
        """Build a surface from the ink of each point: an array of height × width, 0 to 1."""
        table = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1))
        table[1:, 1:] = ink.cumsum(axis=0).cumsum(axis=1)
        return cls(width=ink.shape[1], height=ink.shape[0], table=table)

    def ink_in(self, boxes: Array) -> Array:
        """Return the ink in boxes (left, top, right, bottom), as a share of their area; outside there is none."""
        height, width = self.table.shape[0] - 1, self.table.shape[1] - 1
        left, right = (np.clip(np.rint(boxes[..., one]), 0, width).astype(int) for one in (0, 2))
        top, bottom = (np.clip(np.rint(boxes[..., one]), 0, height).astype(int) for one in (1, 3))
        total = self.table[bottom, right] - self.table[top, right] - self.table[bottom, left] + self.table[top, left]
        area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
        return np.asarray(np.maximum(total, 0) / np.maximum(area, 1))

    def ink_along(self, segments: Array) -> Array:
        """Return the ink under segments (x1, y1, x2, y2), as points of their length."""
        shares = np.linspace(0.05, 0.95, 10)
        x = segments[..., 0, None] + (segments[..., 2] - segments[..., 0])[..., None] * shares
        y = segments[..., 1, None] + (segments[..., 3] - segments[..., 1])[..., None] * shares
        around = np.stack((x - 3, y - 3, x + 3, y + 3), axis=-1)
        lengths = np.hypot(segments[..., 2] - segments[..., 0], segments[..., 3] - segments[..., 1])
        return np.asarray(self.ink_in(around).mean(axis=-1) * lengths)


def outline_of(mark: Mark, others: Sequence[Box]) -> Outline:
    """Return the outline of a target that covers neither its words nor what is near: other targets, and its name."""
    target = mark.target
    distances = [
        max(other.x - target.right, target.x - other.right, other.y - target.bottom, target.y - other.bottom)
        for other in (*others, *mark.names)
        if not target.overlap(other)
    ]
    nearest = min((max(distance, 0) for distance in distances), default=FAR)
    if mark.kind == "arrow":
        return Outline(gap=min(ARROW_GAP, nearest / 2 - 0.5) if nearest > TOUCHING else -THIN_REACH, reach=0)
    if nearest >= 4 * STROKE_REACH:
        return Outline(gap=min(OUTLINE_GAP, nearest / 2 - STROKE_REACH), reach=STROKE_REACH)
    reach = max(nearest / 4, THIN_REACH)
    return Outline(gap=min(reach, nearest - reach), reach=reach)


def place(marks: Sequence[Mark], surface: Surface) -> Layout:
    """Place the label of every mark.

    No label lies over a target, another label or a connector, and no two connectors cross, wherever that is possible.
    Among such arrangements one is chosen that covers little ink, keeps labels near their targets and on the side of the
    last edition, and lets the canvas grow little.
    """
    if not marks:
        return Layout(placed=(), canvas=_picture_box(surface))
    best: tuple[tuple[int, float], Layout] | None = None
    for margins in _MARGINS:
        placed = _Search(marks, surface, margins).run()
        layout = Layout(placed=placed, canvas=_canvas(placed, surface))
        growth = layout.canvas.area / max(_picture_box(surface).area, 1) - 1
        faults = len(callout_faults.faults_of(layout))
        rank = (faults, sum(_quality(one, surface) for one in placed) + growth * GROWTH_COST)
        if best is None or rank < best[0]:
            best = (rank, layout)
        if not margins and faults == 0 and rank[1] < GOOD_ENOUGH * len(marks):
            break
    assert best is not None, "there is always the arrangement without margins"
    return best[1]


_MARGINS: tuple[tuple[Side, ...], ...] = (
    (),
    (Side.RIGHT,),
    (Side.LEFT,),
    (Side.LEFT, Side.RIGHT),
    (Side.LEFT, Side.RIGHT, Side.ABOVE, Side.BELOW),
)
GOOD_ENOUGH = 14.0
"""Mean cost of a callout up to which no margin is tried."""


def _picture_box(surface: Surface) -> Box:
    return Box(x=0, y=0, width=surface.width, height=surface.height)


def _canvas(placed: Sequence[PlacedMark], surface: Surface) -> Box:
    """Return the picture, grown to hold all labels, outlines and connectors."""
    drawn = [_picture_box(surface)]
    for one in placed:
        drawn.append(one.label.grown(CLEARANCE))
        drawn.append(one.mark.target.grown(one.outline.outside))
        drawn += [Box(x=x, y=y, width=0, height=0).grown(STROKE_REACH) for x, y in one.path]
    left, top = min(box.x for box in drawn), min(box.y for box in drawn)
    return Box(
        x=left, y=top, width=max(box.right for box in drawn) - left, height=max(box.bottom for box in drawn) - top
    )


def _quality(one: PlacedMark, surface: Surface) -> float:
    """Return the cost of a placed mark, without conflicts."""
    label = np.array([corners(one.label)])
    segments = np.array([(*start, *end) for start, end in pairwise(one.path)])
    side_cost = OTHER_SIDE_COST if one.mark.last_side not in (None, one.side) else SIDE_COST[one.side]
    lines = one.mark.lines[one.size]
    return float(
        INK_COST * np.sqrt(surface.ink_in(label)[0])
        + CONNECTOR_INK_COST * surface.ink_along(segments).sum()
        + DISTANCE_COST * np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1]).sum()
        + BEND_COST * (len(segments) - 1)
        + (LINE_COST * (lines - 1) if lines else BARE_COST)
        + side_cost
    )


def corners(box: Box) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a box."""
    return box.x, box.y, box.right, box.bottom


@dataclass(frozen=True, kw_only=True)
class _Candidates:
    """Positions of one label, each with a connector; arrays with one row a candidate."""

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

    def take(self, chosen: NDArray[np.intp] | Flags) -> "_Candidates":
        return _Candidates(
            labels=self.labels[chosen],
            segments=self.segments[chosen],
            sizes=self.sizes[chosen],
            costs=self.costs[chosen],
        )


class _Search:
    """Search for the arrangement of all labels with the lowest cost."""

    def __init__(self, marks: Sequence[Mark], surface: Surface, margins: Sequence[Side]) -> None:
        self.marks = marks
        self.surface = surface
        self.margins = margins
        self.drawn = [outline_of(mark, [other.target for other in marks if other is not mark]) for mark in marks]
        self.targets = np.array([corners(mark.target) for mark in marks])
        self.outlines = np.array(
            [corners(mark.target.grown(drawn.gap)) for mark, drawn in zip(marks, self.drawn, strict=True)]
        )
        self.candidates = [self._candidates(index) for index in range(len(marks))]
        self.weights = np.full((len(marks), len(marks)), CONFLICT_COST)
        self.known_conflicts: dict[tuple[int, int, int], Flags] = {}

    def run(self) -> tuple[PlacedMark, ...]:
        """Return every mark with its best position."""
        starts = [self._settled(order) for order in self._orders()]
        best = self._with_better_neighbours(min(starts, key=self._total))
        return tuple(self._placed(index, choice) for index, choice in enumerate(best))

    def _orders(self) -> list[list[int]]:
        """Return the orders in which labels are placed at first: the most crowded first, across, down, and back."""
        indexes = list(range(len(self.marks)))
        crowded = sorted(indexes, key=lambda index: -float(self.candidates[index].costs.min()))
        if len(indexes) < 3:  # noqa: PLR2004 - all orders of two
            return [crowded, crowded[::-1]]
        down = sorted(indexes, key=lambda index: (self.targets[index, 1], self.targets[index, 0]))
        across = sorted(indexes, key=lambda index: (self.targets[index, 0], self.targets[index, 1]))
        return [crowded, down, down[::-1], across, across[::-1]]

    def _settled(self, order: Sequence[int]) -> list[int]:
        """Place labels in an order, then resolve their conflicts; return the index of each one's candidate."""
        chosen = [-1] * len(self.marks)
        for index in order:
            chosen[index] = int(self._costs(index, chosen).argmin())
        self.weights[:] = CONFLICT_COST
        best, least = list(chosen), self._total(chosen)
        for _ in range(ROUNDS):
            self._improve(chosen)
            total = self._total(chosen)
            if total < least:
                best, least = list(chosen), total
            conflicts = self._conflicting(chosen)
            if not conflicts:
                break
            for one, other in conflicts:
                self.weights[one, other] += CONFLICT_COST
                self.weights[other, one] += CONFLICT_COST
        return best

    def _with_better_neighbours(self, chosen: list[int]) -> list[int]:
        """Return an arrangement in which no label keeps a better place from another that needs it more.

        A label that costs much more than at its best places is put there, and the others are placed anew around it
        (ruin and recreate: Schrimpf et al., 2000).
        """
        self.weights[:] = CONFLICT_COST
        least = self._total(chosen)
        costs = [self.candidates[index].costs for index in range(len(chosen))]
        for index in sorted(range(len(chosen)), key=lambda one: float(costs[one].min() - costs[one][chosen[one]])):
            if costs[index][chosen[index]] - costs[index].min() < REGRET:
                continue
            for choice in np.argsort(costs[index], kind="stable")[:TRIED_AGAIN]:
                tried = list(chosen)
                tried[index] = int(choice)
                self._improve(tried, fixed=index)
                self._improve(tried)
                total = self._total(tried)
                if total < least - TINY:
                    chosen, least = tried, total
        return chosen

    def _placed(self, index: int, choice: int) -> PlacedMark:
        candidates = self.candidates[index]
        left, top, right, bottom = (float(value) for value in candidates.labels[choice])
        first, second = candidates.segments[choice]
        points = [(float(first[0]), float(first[1])), (float(first[2]), float(first[3]))]
        if (second[:2] != second[2:]).any():
            points.append((float(second[2]), float(second[3])))
        return PlacedMark(
            mark=self.marks[index],
            label=Box(x=left, y=top, width=right - left, height=bottom - top),
            size=int(candidates.sizes[choice]),
            path=tuple(points),
            outline=self.drawn[index],
        )

    # Search

    def _improve(self, chosen: list[int], *, fixed: int | None = None) -> None:
        """Move one label after another to its cheapest position, until none moves; one of them may be fixed."""
        for _ in range(8):
            moved = False
            for index in range(len(self.marks)):
                if index == fixed:
                    continue
                costs = self._costs(index, chosen)
                cheapest = int(costs.argmin())
                if costs[cheapest] < costs[chosen[index]] - TINY:
                    chosen[index], moved = cheapest, True
            if not moved:
                return

    def _costs(self, index: int, chosen: Sequence[int]) -> Array:
        """Return the cost of every position of a label, the others being where they are."""
        costs = self.candidates[index].costs.copy()
        for other, choice in enumerate(chosen):
            if other != index and choice >= 0:
                costs += self.weights[index, other] * self._conflicts(index, other, choice)
        return costs

    def _conflicts(self, index: int, other: int, choice: int) -> Flags:
        """Return which positions of a label conflict with the chosen position of another one."""
        key = index, other, choice
        if key not in self.known_conflicts:
            self.known_conflicts[key] = self._find_conflicts(index, other, choice)
        return self.known_conflicts[key]

    def _find_conflicts(self, index: int, other: int, choice: int) -> Flags:
        own, there = self.candidates[index], self.candidates[other]
        found = np.zeros(len(own), dtype=bool)
        near = np.flatnonzero(boxes_meet(own.extents, there.extents[choice], 2 * CLEARANCE))
        if not len(near):
            return found
        labels, segments, label = own.labels[near], own.segments[near], there.labels[choice]
        lines = [line for line in there.segments[choice] if (line[:2] != line[2:]).any()]
        clash = boxes_meet(labels, label, CLEARANCE)
        around = label + np.array((-CLEARANCE, -CLEARANCE, CLEARANCE, CLEARANCE))
        reach = np.array((-1, -1, 1, 1)) * (STROKE_REACH + 1)
        for line in lines:
            clash |= hits(line[None], labels + reach)[0]
        for part in (0, 1):
            clash |= hits(segments[:, part], around[None])[:, 0]
            for line in lines:
                clash |= segments_near(segments[:, part], line, 2 * STROKE_REACH)
        found[near] = clash
        return found

    def _conflicting(self, chosen: Sequence[int]) -> list[tuple[int, int]]:
        return [
            (index, other)
            for index in range(len(chosen))
            for other in range(index)
            if self._conflicts(index, other, chosen[other])[chosen[index]]
        ]

    def _total(self, chosen: Sequence[int]) -> float:
        own = sum(float(self.candidates[index].costs[choice]) for index, choice in enumerate(chosen))
        return own + CONFLICT_COST * len(self._conflicting(chosen))

    # Candidates

    def _candidates(self, index: int) -> _Candidates:
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
        found = _Candidates(
            labels=np.concatenate([part.labels for part in parts]),
            segments=np.concatenate([part.segments for part in parts]),
            sizes=np.concatenate([part.sizes for part in parts]),
            costs=np.concatenate([part.costs for part in parts]),
        )
        return found.take(self._selection(found))

    def _far_away(self, index: int) -> _Candidates:
        """Return positions beside the picture for a label that has none on it, such as on a very small picture."""
        sides = [self._in_margin(side, index, *self.marks[index].sizes[0]) for side in SIDES]
        return self._with_connectors(index, np.vstack(sides), 0)

    def _selection(self, found: _Candidates) -> NDArray[np.intp]:
        """Return the indexes of the cheapest candidates, and of the cheapest ones of each part of the picture."""
        order = np.argsort(found.costs, kind="stable")
        kept = list(order[: MOST_CANDIDATES // 2])
        seen = set()
        for index in order[MOST_CANDIDATES // 2 :]:
            part = (int(found.labels[index, 0] // 60), int(found.labels[index, 1] // 24), int(found.sizes[index]) > 0)
            if part not in seen:
                seen.add(part)
                kept.append(index)
            if len(kept) >= MOST_CANDIDATES:
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

    def _with_connectors(self, index: int, labels: Array, size: int) -> _Candidates:
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
        found = _Candidates(
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
