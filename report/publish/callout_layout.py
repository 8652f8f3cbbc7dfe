"""Place the callouts of a picture, without drawing anything: the best arrangement, with margins or without. Points."""

from collections.abc import Sequence

from capture.geometry import Box
from report.publish.callout import CLEARANCE, STROKE_REACH, Layout, Mark, PlacedMark, Side
from report.publish.callout_costs import GROWTH_COST, cost_of
from report.publish.callout_faults import faults_of
from report.publish.callout_search import ArrangementSearch
from report.publish.surface import Surface

_MARGINS: tuple[tuple[Side, ...], ...] = (
    (),
    (Side.RIGHT,),
    (Side.LEFT,),
    (Side.LEFT, Side.RIGHT),
    (Side.LEFT, Side.RIGHT, Side.ABOVE, Side.BELOW),
)
GOOD_ENOUGH = 14.0
"""Mean cost of a callout up to which no margin is tried."""


def place(marks: Sequence[Mark], surface: Surface) -> Layout:
    """Place the label of every mark.

    No label lies over a target, another label or a connector, and no two connectors cross, wherever that is possible.
    Among such arrangements one is chosen that covers little ink, keeps labels near their targets and on the side of the
    last edition, and lets the canvas grow little.
    """
    if not marks:
        return Layout(placed=(), canvas=surface.box)
    best: tuple[tuple[int, float], Layout] | None = None
    for margins in _MARGINS:
        placed = ArrangementSearch(marks, surface, margins).run()
        layout = Layout(placed=placed, canvas=_canvas(placed, surface))
        growth = layout.canvas.area / max(surface.box.area, 1) - 1
        faults = len(faults_of(layout))
        rank = (faults, sum(cost_of(one, surface) for one in placed) + growth * GROWTH_COST)
        if best is None or rank < best[0]:
            best = (rank, layout)
        if not margins and faults == 0 and rank[1] < GOOD_ENOUGH * len(marks):
            break
    assert best is not None, "there is always the arrangement without margins"
    return best[1]


def _canvas(placed: Sequence[PlacedMark], surface: Surface) -> Box:
    """Return the picture, grown to hold all labels, outlines and connectors."""
    drawn = [surface.box]
    for one in placed:
        drawn.append(one.label.grown(CLEARANCE))
        drawn.append(one.mark.target.grown(one.outline.outside))
        drawn += [Box(x=x, y=y, width=0, height=0).grown(STROKE_REACH) for x, y in one.path]
    left, top = min(box.x for box in drawn), min(box.y for box in drawn)
    return Box(
        x=left, y=top, width=max(box.right for box in drawn) - left, height=max(box.bottom for box in drawn) - top
    )
