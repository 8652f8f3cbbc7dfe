"""Recognise text carets and focus rings by their shape: they differ between captures without any change of the page."""

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.png import Flags, Pixels
from report.compare.regions import Region, group_pixels
from report.compare.rendering_noise import FLAT_LEVELS, STROKE_LEVELS, strongest

CARET_MAX_WIDTH = 3
CARET_HEIGHTS = range(10, 61)
"""px."""
CARET_MARGIN = 3
"""px around a caret that must be blank in one of the pictures."""
RING_MAX_THICKNESS = 7
RING_MIN_THICKNESS = 2
"""px; a ring of one px is a border."""
RING_MIN_SIZE = 14
"""px."""
RING_SIDE_SHARE = 0.7
"""Share of each side's length that a ring must cover; its corners may be round."""
RING_CONTENT_LEVELS = 24
"""Range of colour levels (0 to 255) that the inside of a ring must exceed: it surrounds an element, not blank space."""

Extent = tuple[int, int, int, int]
"""Top, bottom, left and right, px; bottom and right are exclusive."""


def may_be_caret_or_ring(region: Region) -> bool:
    """Whether a region has few enough changed pixels, for the size of its box, to be part of a caret or a ring."""
    return region.pixels <= 2 * RING_MAX_THICKNESS * (region.box.width + region.box.height)


def caret_and_ring_boxes(one: Pixels, other: Pixels) -> list[Box]:
    """Return the boxes (px) of the carets and focus rings that only one of two pictures of the same size has."""
    differs = strongest(cv2.absdiff(one, other)) > STROKE_LEVELS
    found = []
    for region in group_pixels(differs):
        box = region.box.grown(RING_MAX_THICKNESS)
        window = (
            slice(max(int(box.y), 0), int(box.bottom)),
            slice(max(int(box.x), 0), int(box.right)),
        )
        before, after = one[window].astype(np.int16), other[window].astype(np.int16)
        if _is_caret(before, after, differs[window]) or _is_ring(before, after, differs[window]):
            found.append(box)
    return found


def _is_caret(before: NDArray[np.int16], after: NDArray[np.int16], differs: Flags) -> bool:
    """Whether the changed pixels are a thin vertical bar of one colour on a blank background."""
    top, bottom, left, right = _extent(differs)
    if right - left > CARET_MAX_WIDTH or bottom - top not in CARET_HEIGHTS or not differs[top:bottom, left:right].all():
        return False
    around = (
        slice(max(top - CARET_MARGIN, 0), bottom + CARET_MARGIN),
        slice(max(left - CARET_MARGIN, 0), right + CARET_MARGIN),
    )
    grounds = [picture[around] for picture in (before, after)]
    bars = [picture[top:bottom, left:right] for picture in (before, after)]
    return any(_spread(ground) <= FLAT_LEVELS for ground in grounds) and all(
        _spread(bar) <= FLAT_LEVELS for bar in bars
    )


def _is_ring(before: NDArray[np.int16], after: NDArray[np.int16], differs: Flags) -> bool:
    """Whether the changed pixels are a closed frame around an element, and one picture shows the background there."""
    top, bottom, left, right = _extent(differs)
    height, width = bottom - top, right - left
    if min(height, width) < RING_MIN_SIZE:
        return False
    ring = differs[top:bottom, left:right]
    if ring[RING_MAX_THICKNESS:-RING_MAX_THICKNESS, RING_MAX_THICKNESS:-RING_MAX_THICKNESS].any():
        return False
    sides = [
        ring[:RING_MAX_THICKNESS],
        ring[-RING_MAX_THICKNESS:],
        ring[:, :RING_MAX_THICKNESS].T,
        ring[:, -RING_MAX_THICKNESS:].T,
    ]
    if any(side.any(axis=0).mean() < RING_SIDE_SHARE for side in sides):
        return False
    if np.median([side.sum(axis=0).max(initial=0) for side in sides]) < RING_MIN_THICKNESS:
        return False
    inside = slice(top, bottom), slice(left, right)
    shows_background = [
        _shows_background(picture[inside], ring, picture[max(top - 1, 0), max(left - 1, 0)])
        for picture in (before, after)
    ]
    return any(shows_background) and all(_spread(picture[inside]) > RING_CONTENT_LEVELS for picture in (before, after))


def _shows_background(picture: NDArray[np.int16], ring: Flags, ground: NDArray[np.int16]) -> bool:
    """Whether most of the ring has the colour of the background outside it."""
    return bool((np.abs(picture[ring] - ground).max(axis=1) <= FLAT_LEVELS).mean() > 0.5)  # noqa: PLR2004 - most


def _extent(flags: Flags) -> Extent:
    """Return the bounding box of the true flags."""
    rows, columns = np.flatnonzero(flags.any(axis=1)), np.flatnonzero(flags.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _spread(pixels: NDArray[np.int16]) -> int:
    """Return the largest range of any colour channel, in levels."""
    flat = pixels.reshape(-1, pixels.shape[-1])
    return int((flat.max(axis=0) - flat.min(axis=0)).max())
