"""Rectangles of a picture in whole pixels."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

STRIP_HEIGHT = 256
"""Rows of a strip; the last strip of a window has up to twice as many."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A rectangle of a picture, px; ``bottom`` and ``right`` are exclusive."""

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
        """Rows and columns in the picture."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def place(self, other: "Window") -> tuple[slice, slice]:
        """Return the rows and columns relative to a window that contains this one."""
        return (
            slice(self.top - other.top, self.bottom - other.top),
            slice(self.left - other.left, self.right - other.left),
        )

    def grown(self, margin: int, beside: int | None = None) -> "Window":
        """Return the window enlarged by a margin on every side; it may reach out of the picture.

        Args:
            margin: px.
            beside: margin to the left and right, if that is another one, px.
        """
        sides = margin if beside is None else beside
        return Window(
            top=self.top - margin, bottom=self.bottom + margin, left=self.left - sides, right=self.right + sides
        )

    def within(self, other: "Window") -> "Window":
        """Return the intersection with another window; its width or height is 0 if there is none."""
        top, left = max(self.top, other.top), max(self.left, other.left)
        return Window(
            top=top,
            bottom=max(min(self.bottom, other.bottom), top),
            left=left,
            right=max(min(self.right, other.right), left),
        )

    def strips(self) -> Iterator["Window"]:
        """Yield the window in strips of STRIP_HEIGHT rows, from top to bottom."""
        count = max(self.height // STRIP_HEIGHT, 1)
        for number in range(count):
            top = self.top + number * STRIP_HEIGHT
            yield replace(self, top=top, bottom=self.bottom if number + 1 == count else top + STRIP_HEIGHT)
