"""Callouts: the target of each, its outline, and where its label is. All lengths are points.

A point is the unit in which labels have the same size on every picture (see ``report.publish.published_picture``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from capture.geometry import Box

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
CLEARANCE = 4.0
"""Distance between a label and what it must not touch."""


class Side(StrEnum):
    """Place of a label, seen from its target."""

    RIGHT = "right"
    LEFT = "left"
    ABOVE = "above"
    BELOW = "below"


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
