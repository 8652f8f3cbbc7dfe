"""Search for the arrangement of all callouts of a picture, among the positions of each.

The problem is that of point-feature labelling (Christensen, Marks and Shieber, "An empirical study of algorithms for
point-feature label placement", ACM Transactions on Graphics 14(3), 1995). Conflicts are resolved by the breakout method
(Morris, "The breakout method for escaping from local minima", AAAI 1993): a conflict that remains becomes more
expensive.
"""

from collections.abc import Sequence

import numpy as np

from capture.geometry import Box
from report.publish.callout import CLEARANCE, STROKE_REACH, Mark, PlacedMark, Side
from report.publish.callout_costs import CONFLICT_COST
from report.publish.callout_positions import PositionFinder
from report.publish.plane import TINY, Array, Flags, boxes_meet, hits, segments_near
from report.publish.surface import Surface

REGRET = 3.0
"""Cost above that of its best place from which a label is tried there again."""
TRIED_AGAIN = 5
"""Places that are tried for such a label."""
ROUNDS = 40
"""Rounds of the search for an arrangement without conflicts."""


class ArrangementSearch:
    """Search for the arrangement of all labels with the lowest cost."""

    def __init__(self, marks: Sequence[Mark], surface: Surface, margins: Sequence[Side]) -> None:
        """Prepare for a picture; arguments as those of ``PositionFinder``."""
        self.marks = marks
        finder = PositionFinder(marks, surface, margins)
        self.drawn, self.targets = finder.drawn, finder.targets
        self.positions = [finder.positions(index) for index in range(len(marks))]
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
        crowded = sorted(indexes, key=lambda index: -float(self.positions[index].costs.min()))
        if len(indexes) < 3:  # noqa: PLR2004 - all orders of two
            return [crowded, crowded[::-1]]
        down = sorted(indexes, key=lambda index: (self.targets[index, 1], self.targets[index, 0]))
        across = sorted(indexes, key=lambda index: (self.targets[index, 0], self.targets[index, 1]))
        return [crowded, down, down[::-1], across, across[::-1]]

    def _settled(self, order: Sequence[int]) -> list[int]:
        """Place labels in an order, then resolve their conflicts; return the index of each one's position."""
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
        costs = [self.positions[index].costs for index in range(len(chosen))]
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
        positions = self.positions[index]
        left, top, right, bottom = (float(value) for value in positions.labels[choice])
        first, second = positions.segments[choice]
        points = [(float(first[0]), float(first[1])), (float(first[2]), float(first[3]))]
        if (second[:2] != second[2:]).any():
            points.append((float(second[2]), float(second[3])))
        return PlacedMark(
            mark=self.marks[index],
            label=Box(x=left, y=top, width=right - left, height=bottom - top),
            size=int(positions.sizes[choice]),
            path=tuple(points),
            outline=self.drawn[index],
        )

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
        costs = self.positions[index].costs.copy()
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
        own, there = self.positions[index], self.positions[other]
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
        own = sum(float(self.positions[index].costs[choice]) for index, choice in enumerate(chosen))
        return own + CONFLICT_COST * len(self._conflicting(chosen))
