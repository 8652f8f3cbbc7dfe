"""Rectangles on a page or a picture."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle in px of the picture, from its top left corner."""

    x: float
    y: float
    width: float
    height: float

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
        return type(self)(
            x=self.x - margin, y=self.y - margin, width=self.width + 2 * margin, height=self.height + 2 * margin
        )

    def overlap(self, other: "Box") -> float:
        """Area in px² that both boxes cover."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(width, 0) * max(height, 0)

    def common(self, other: "Box") -> "Box":
        """What both boxes cover; of no width or height, when that is nothing."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Box(
            x=x, y=y, width=max(min(self.right, other.right) - x, 0), height=max(min(self.bottom, other.bottom) - y, 0)
        )

    def in_common(self, other: "Box") -> float:
        """Area that two boxes share, as a fraction of all they cover."""
        shared = self.overlap(other)
        return shared / max(self.area + other.area - shared, 1)

    def without(self, other: "Box") -> tuple["Box", ...]:
        """What of this box the other leaves uncovered, as at most four boxes."""
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
        return self.overlap(other) >= self.area * 0.999

    def distance(self, other: "Box") -> float:
        """Largest difference in px between any two corresponding sides."""
        return max(
            abs(self.x - other.x),
            abs(self.y - other.y),
            abs(self.right - other.right),
            abs(self.bottom - other.bottom),
        )
