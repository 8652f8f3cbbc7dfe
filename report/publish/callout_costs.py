"""Costs of a callout's position: an arrangement is better if its callouts cost less.

A point of distance is 0.1; the others are in proportion to it.
"""

from itertools import pairwise

import numpy as np

from report.publish.callout import PlacedMark, Side
from report.publish.plane import corners
from report.publish.surface import Surface

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
"""Cost of two callouts that are in each other's way."""
SIDE_COST = {Side.RIGHT: 0.0, Side.LEFT: 0.8, Side.BELOW: 1.2, Side.ABOVE: 1.6}


def cost_of(one: PlacedMark, surface: Surface) -> float:
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
