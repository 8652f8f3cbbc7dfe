"""Underlines that are drawn a pixel higher or lower: they also begin elsewhere, and leave other gaps at letters."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from report.compare.png import Flags, Pixels
from report.compare.rendering_noise import FLAT_LEVELS, STROKE_LEVELS, strongest

HIGHEST_PX = 4
"""Largest height of what differs: a line of up to 2 px, at its two places."""
MOVE_PX = 2
"""Movement (px) of a line."""
THICK_PX = 1
"""Thickness (px) of a line, beside the row on which most of it is drawn."""
BESIDE_PX = 24
"""Distance (px) to both sides up to which the line is looked at."""
GROUND_SHARE = 0.3
"""Least share of the colour on which a line is drawn."""
GAP_PX = 12
"""Widest gap that a line leaves where a letter crosses it."""
SOLID_SHARE = 0.75
"""Least share of its length that a line is drawn on; a row of letters has more gaps."""
SHORTEST_PX = 12
"""Least length of a line."""
ENDS_PX = 12
"""Columns in which only one of both pictures may have the line, at both ends together."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """A horizontal line in a picture."""

    colour: NDArray[np.uint8]
    row: int
    columns: Flags
    """Where it is drawn, gaps closed."""


def is_moved_line(one: Pixels, other: Pixels) -> bool:
    """Whether both pictures have the same horizontal line, up to ``MOVE_PX`` higher or lower.

    Args:
        one: what differs in the baseline, with ``MOVE_PX`` above and below and ``BESIDE_PX`` beside it.
        other: the same part of the candidate.
    """
    before, after = _longest_line(one), _longest_line(other)
    if before is None or after is None:
        return False
    if np.abs(before.colour.astype(np.int16) - after.colour).max() > FLAT_LEVELS:
        return False
    top, bottom = sorted((before.row, after.row))
    rows = np.flatnonzero((strongest(cv2.absdiff(one, other)) > STROKE_LEVELS).any(axis=1))
    ends = int(np.count_nonzero(before.columns != after.columns))
    return (
        0 < bottom - top <= MOVE_PX
        and ends <= ENDS_PX
        and bool(((rows >= top - THICK_PX) & (rows <= bottom + THICK_PX)).all())
    )


def _longest_line(picture: Pixels) -> _Line | None:
    """Return the longest line of one colour; None: there is none, or no ground on which it is drawn."""
    ground, share = _commonest(picture.reshape(-1, picture.shape[-1]))
    if share < GROUND_SHARE:
        return None
    drawn = strongest(cv2.absdiff(picture, np.broadcast_to(ground, picture.shape).copy())) > STROKE_LEVELS
    row = int(drawn.sum(axis=1).argmax())
    if not drawn[row].any():
        return None
    colour, _ = _commonest(picture[row][drawn[row]])
    alike = (np.abs(picture[row].astype(np.int16) - colour).max(axis=-1) <= STROKE_LEVELS).astype(np.uint8)
    padded = cv2.copyMakeBorder(alike[None, :], 0, 0, GAP_PX, GAP_PX, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, np.ones((1, GAP_PX + 1), np.uint8))[0, GAP_PX:-GAP_PX] > 0
    length = np.count_nonzero(closed)
    if length < SHORTEST_PX or np.count_nonzero(alike) < SOLID_SHARE * length:
        return None
    return _Line(colour=colour, row=row, columns=closed)


def _commonest(pixels: Pixels) -> tuple[NDArray[np.uint8], float]:
    """Return the most common colour of a list of pixels, and its share."""
    colours, counts = np.unique(pixels, axis=0, return_counts=True)
    return colours[counts.argmax()], float(counts.max() / counts.sum())
