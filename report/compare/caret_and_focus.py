"""What comes and goes with the keyboard, known by its shape: the caret, and the ring around what has the focus."""

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.png import Flags, Pixels
from report.compare.regions import Region, group
from report.compare.rendering_noise import FLAT, STROKE, strongest

CARET_WIDEST = 3
CARET_HEIGHT = range(10, 61)
BESIDE = 3
"""px around a caret that show nothing in either picture."""
RING_THICKEST = 7
RING_THINNEST = 2
"""px. A ring of one px is a border."""
RING_SMALLEST = 14
CLOSED = 0.7
"""Share of each side's length that a ring covers: its corners are round."""
SOMETHING = 24
"""Levels by which what stands inside a ring leaves its ground."""

Frame = tuple[int, int, int, int]
"""Top, bottom, left and right, px; bottom and right are past the end."""


def may_be_caret_or_ring(region: Region) -> bool:
    """Can a region be a part of a caret or of a ring, by how many pixels of its box differ?"""
    return region.pixels <= 2 * RING_THICKEST * (region.box.width + region.box.height)


def caret_and_ring_boxes(one: Pixels, other: Pixels) -> list[Box]:
    """Boxes of the carets and focus rings in which two pictures of one size differ, px."""
    differs = strongest(cv2.absdiff(one, other)) > STROKE
    found = []
    for region in group(differs):
        box = region.box.grown(RING_THICKEST)
        window = (
            slice(max(int(box.y), 0), int(box.bottom)),
            slice(max(int(box.x), 0), int(box.right)),
        )
        before, after = one[window].astype(np.int16), other[window].astype(np.int16)
        if _is_caret(before, after, differs[window]) or _is_ring(before, after, differs[window]):
            found.append(box)
    return found


def _is_caret(before: NDArray[np.int16], after: NDArray[np.int16], differs: Flags) -> bool:
    """A bar of one colour on a ground that shows nothing else."""
    top, bottom, left, right = _extent(differs)
    if right - left > CARET_WIDEST or bottom - top not in CARET_HEIGHT or not differs[top:bottom, left:right].all():
        return False
    around = slice(max(top - BESIDE, 0), bottom + BESIDE), slice(max(left - BESIDE, 0), right + BESIDE)
    grounds = [picture[around] for picture in (before, after)]
    bars = [picture[top:bottom, left:right] for picture in (before, after)]
    return any(_spread(ground) <= FLAT for ground in grounds) and all(_spread(bar) <= FLAT for bar in bars)


def _is_ring(before: NDArray[np.int16], after: NDArray[np.int16], differs: Flags) -> bool:
    """A closed frame around something that stays, where one of the pictures shows its ground."""
    top, bottom, left, right = _extent(differs)
    height, width = bottom - top, right - left
    if min(height, width) < RING_SMALLEST:
        return False
    ring = differs[top:bottom, left:right]
    if ring[RING_THICKEST:-RING_THICKEST, RING_THICKEST:-RING_THICKEST].any():
        return False
    sides = [ring[:RING_THICKEST], ring[-RING_THICKEST:], ring[:, :RING_THICKEST].T, ring[:, -RING_THICKEST:].T]
    if any(side.any(axis=0).mean() < CLOSED for side in sides):
        return False
    if np.median([side.sum(axis=0).max(initial=0) for side in sides]) < RING_THINNEST:
        return False
    inside = slice(top, bottom), slice(left, right)
    shown = [
        _shows_ground(picture[inside], ring, picture[max(top - 1, 0), max(left - 1, 0)]) for picture in (before, after)
    ]
    return any(shown) and all(_spread(picture[inside]) > SOMETHING for picture in (before, after))


def _shows_ground(picture: NDArray[np.int16], ring: Flags, ground: NDArray[np.int16]) -> bool:
    """Has most of the ring the colour of what lies outside it?"""
    return bool((np.abs(picture[ring] - ground).max(axis=1) <= FLAT).mean() > 0.5)  # noqa: PLR2004 - most


def _extent(flags: Flags) -> Frame:
    rows, columns = np.flatnonzero(flags.any(axis=1)), np.flatnonzero(flags.any(axis=0))
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def _spread(pixels: NDArray[np.int16]) -> int:
    """Levels between the lowest and the highest value of any channel."""
    flat = pixels.reshape(-1, pixels.shape[-1])
    return int((flat.max(axis=0) - flat.min(axis=0)).max())
