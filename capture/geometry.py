"""Rectangles on a page or in a picture."""

from dataclasses import dataclass
from typing import Self

from capture.checked_values import Coordinate


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """Rectangle in px of a picture; the origin is the picture's top left corner."""

    x: Coordinate
    y: Coordinate
    width: Coordinate
    height: Coordinate

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def area(self) -> float:
        return max(self.width, 0) * max(self.height, 0)

    def scaled(self, factor: float) -> Self:
        """Return the box with all lengths multiplied: CSS px times the device scale factor are px of a screenshot."""
        return type(self)(x=self.x * factor, y=self.y * factor, width=self.width * factor, height=self.height * factor)

    def grown(self, margin: float) -> Self:
        """Return the box with a margin added on all sides; a negative margin shrinks it."""
        return type(self)(
            x=self.x - margin, y=self.y - margin, width=self.width + 2 * margin, height=self.height + 2 * margin
        )

    def overlap(self, other: "Box") -> float:
        """Return the area of the intersection, px²."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(width, 0) * max(height, 0)

    def intersection(self, other: "Box") -> "Box":
        """Return the intersection; its width or height is 0 if the boxes do not overlap."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Box(
            x=x, y=y, width=max(min(self.right, other.right) - x, 0), height=max(min(self.bottom, other.bottom) - y, 0)
        )

    def iou(self, other: "Box") -> float:
        """Return the intersection over union: 0 for disjoint boxes, 1 for equal ones."""
        shared = self.overlap(other)
        return shared / max(self.area + other.area - shared, 1)

    def without(self, other: "Box") -> tuple["Box", ...]:
        """Return the part of this box outside the other, as at most four boxes that do not overlap."""
        if not self.overlap(other):
            return (self,)
        top, bottom = max(self.y, other.y), min(self.bottom, other.bottom)
        pieces = (
            Box(x=self.x, y=self.y, width=self.width, height=top - self.y),
            Box(x=self.x, y=bottom, width=self.width, height=self.bottom - bottom),
            Box(x=self.x, y=top, width=other.x - self.x, height=bottom - top),
            Box(x=other.right, y=top, width=self.right - other.right, height=bottom - top),
        )
        return tuple(piece for piece in pieces if piece.width > 0 and piece.height > 0)

    def within(self, other: "Box") -> bool:
        """Return whether the other box contains this one, to 0.1 % of its area."""
        return self.overlap(other) >= self.area * 0.999

    def distance(self, other: "Box") -> float:
        """Return the largest distance between corresponding sides, px."""
        return max(
            abs(self.x - other.x),
            abs(self.y - other.y),
            abs(self.right - other.right),
            abs(self.bottom - other.bottom),
        )
