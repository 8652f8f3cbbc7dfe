"""Underlines that are drawn a pixel higher or lower: they also begin elsewhere, and leave other gaps at letters."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from report.compare.levels import FLAT_LEVELS, STROKE_LEVELS, strongest
from report.compare.png import Flags, Pixels

HIGHEST_PX = 4
"""Largest height of what differs: a line of up to 2 px, at its two places."""
MOVE_PX = 2
"""Movement (px) of a line."""
THICK_PX = 1
"""Thickness (px) of a line, beside the row on which most of it is drawn."""
BESIDE_PX = 48
"""Distance (px) to both sides up to which the line is looked at."""
GROUND_SHARE = 0.3
"""Least share of the colour on which a line is drawn."""
GAP_PX = 12
"""Widest gap that a line leaves where a letter crosses it."""
SOLID_SHARE = 0.65
"""Least share of its length that a line is drawn on; a row of letters has more gaps."""
SHORTEST_PX = 12
"""Least length of a line."""
ENDS_PX = 12
"""Columns in which only one of both pictures may have the line, at both ends together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A horizontal line in a picture, gaps closed."""

    colour: NDArray[np.uint8]
    row: int
    left: int
    right: int

    def is_moved_to(self, other: "_Line") -> bool:
        """Whether another line is this one, up to ``MOVE_PX`` higher or lower."""
        ends = abs(self.left - other.left) + abs(self.right - other.right)
        alike = np.abs(self.colour.astype(np.int16) - other.colour).max() <= FLAT_LEVELS
        return bool(alike) and ends <= ENDS_PX and abs(self.row - other.row) <= MOVE_PX


def is_moved_line(one: Pixels, other: Pixels, flags: Flags) -> bool:
    """Whether what differs is one or more horizontal lines that both pictures have, up to ``MOVE_PX`` apart.

    Args:
        one: what differs in the baseline, with ``MOVE_PX`` above and below and ``BESIDE_PX`` beside it.
        other: the same part of the candidate.
        flags: changed pixels of this part.
    """
    before, after = _lines(one), _lines(other)
    if not before or len(before) != len(after) or not all(map(_Line.is_moved_to, before, after)):
        return False
    left = flags & (strongest(cv2.absdiff(one, other)) > 0)
    for old, new in zip(before, after, strict=True):
        top, bottom = sorted((old.row, new.row))
        columns = slice(min(old.left, new.left), max(old.right, new.right))
        if bottom > top:
            left[max(top - THICK_PX, 0) : bottom + THICK_PX + 1, columns] = False
    return not left.any()


def _lines(picture: Pixels) -> list[_Line]:
    """Return the lines of a picture from left to right; none if there is no ground on which they are drawn."""
    ground, share = _commonest(picture.reshape(-1, picture.shape[-1]))
    if share < GROUND_SHARE:
        return []
    drawn = strongest(cv2.absdiff(picture, np.broadcast_to(ground, picture.shape).copy())) > STROKE_LEVELS
    found = [line for row in range(len(drawn)) for line in _lines_of_row(picture[row], drawn[row], row)]
    return sorted(_thin(found), key=lambda line: line.left)


def _lines_of_row(pixels: NDArray[np.uint8], drawn: Flags, row: int) -> Iterator[_Line]:
    """Yield the lines that lie in a row of pixels."""
    if np.count_nonzero(drawn) < SHORTEST_PX:
        return
    colour, _ = _commonest(pixels[drawn])
    alike = np.flatnonzero(np.abs(pixels.astype(np.int16) - colour).max(axis=-1) <= STROKE_LEVELS)
    for part in np.split(alike, np.flatnonzero(np.diff(alike) > GAP_PX) + 1):
        left, right = int(part[0]), int(part[-1]) + 1
        if right - left >= SHORTEST_PX and len(part) >= SOLID_SHARE * (right - left):
            yield _Line(colour=colour, row=row, left=left, right=right)


def _thin(lines: Sequence[_Line]) -> list[_Line]:
    """Return the lines without those right below another one: a line may be two rows thick."""
    kept: list[_Line] = []
    for line in lines:
        if not any(line.row - one.row == 1 and line.left < one.right and one.left < line.right for one in kept):
            kept.append(line)
    return kept


def _commonest(pixels: Pixels) -> tuple[NDArray[np.uint8], float]:
    """Return the most common colour of a list of pixels, and its share."""
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    return colours[counts.argmax()], float(counts.max() / counts.sum())
