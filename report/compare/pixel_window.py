"""Parts of a picture, in whole pixels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

STRIP = 128
"""Rows looked at together; the last strip of a window has up to twice as many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A part of a picture, px; ``bottom`` and ``right`` are past its end."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def slices(self) -> tuple[slice, slice]:
        """Its rows and columns in the picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def place(self, other: "Window") -> tuple[slice, slice]:
        """Its rows and columns in a window that holds it."""
        return (
            slice(self.top - other.top, self.bottom - other.top),
            slice(self.left - other.left, self.right - other.left),
        )

    def grown(self, margin: int) -> "Window":
        """With so much around it."""
        return Window(
            top=self.top - margin, bottom=self.bottom + margin, left=self.left - margin, right=self.right + margin
        )

    def within(self, other: "Window") -> "Window":
        """What another window has of it; empty, when that is nothing."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        return Window(
            top=top,
            bottom=max(min(self.bottom, other.bottom), top),
            left=left,
            right=max(min(self.right, other.right), left),
        )

    def strips(self) -> Iterator["Window"]:
        """The window in strips of rows, from top to bottom."""
        count = max(self.height // STRIP, 1)
        for number in range(count):
            top = self.top + number * STRIP
            yield replace(self, top=top, bottom=self.bottom if number + 1 == count else top + STRIP)
