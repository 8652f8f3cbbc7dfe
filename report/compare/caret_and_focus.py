"""Recognise text carets and focus rings by their shape: they differ between captures without any change of the page."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.levels import FLAT_LEVELS, STROKE_LEVELS, strongest
from report.compare.png import Flags, Pixels
from report.compare.regions import Region, group_pixels

CARET_MAX_WIDTH = 3
CARET_HEIGHTS = range(10, 61)
"""px."""
CARET_MARGIN = 3
"""px around a caret that must be blank in one of the pictures."""
RING_MAX_THICKNESS = 7
FOCUS_RING_MAX_THICKNESS = 14
"""px, around an element that is known to have the focus; pictures of high resolution have thick ones."""
RING_MIN_THICKNESS = 2
"""px; a ring of one px is a border."""
RING_MIN_SIZE = 2 * RING_MAX_THICKNESS + 4
"""px; a smaller ring would have no inside, so that any small filled box would be one."""
RING_SIDE_SHARE = 0.7
"""Share of each side's length that a ring must cover; its corners may be round."""
RING_CONTENT_LEVELS = 24
"""Range of colour levels (0 to 255) that the inside of a ring must exceed: it surrounds an element, not blank space."""
RING_FOCUS_PX = 24
"""Largest distance (px) of a ring's sides from those of the focused element: it may be around its label, or apart."""
RING_SLIMNESS = 30
"""A ring without known focus is at most this many times as high as it is thick: it surrounds a control, not a card."""
RED_RATIO = 1.6
"""Ratio of red to green and blue above which a frame means an error, which no focus ring does; amber stays below."""

Extent = tuple[int, int, int, int]
"""Top, bottom, left and right, px; bottom and right are exclusive."""
Focus = tuple[Box, ...] | None
"""Boxes of the elements of a capture that have the keyboard focus, px; None: not recorded."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """A closed frame that only one of two pictures has."""

    box: Box
    """px."""
    in_candidate: bool
    """Whether the candidate has it, and the baseline shows the background there."""
    may_be_focus: bool
    """Whether it looks like a focus ring, and not like the frame of a chosen card or of a field in error."""

    def is_of_focus(self, baseline: Focus, candidate: Focus) -> bool:
        """Return whether the focus of its capture explains it; without known focus, whether it looks like that."""
        own, other = (candidate, baseline) if self.in_candidate else (baseline, candidate)
        if own is None:
            return self.may_be_focus
        return any(
            self._is_around(box) and not any(box.iou(one) > SAME_FOCUS_SHARE for one in other or ()) for box in own
        )

    def _is_around(self, focused: Box) -> bool:
        return self.box.within(focused.grown(RING_FOCUS_PX)) and focused.overlap(self.box) > 0


SAME_FOCUS_SHARE = 0.6
"""Share of their area that two focused elements have in common if the focus is at the same place in both captures."""


def may_be_caret_or_ring(region: Region) -> bool:
    """Whether a region has few enough changed pixels, for the size of its box, to be part of a caret or a ring."""
    return region.pixels <= 2 * FOCUS_RING_MAX_THICKNESS * (region.box.width + region.box.height)


def carets_and_rings(one: Pixels, other: Pixels, *, thickest: int = RING_MAX_THICKNESS) -> tuple[list[Box], list[Ring]]:
    """Return the carets (boxes, px) and the rings that only one of two pictures of the same size has.

    Args:
        one: pixels of the baseline.
        other: pixels of the candidate.
        thickest: largest thickness of a ring, px.
    """
    differs = strongest(cv2.absdiff(one, other)) > STROKE_LEVELS
    carets, rings = [], []
    for region in group_pixels(differs):
        box = region.box.grown(RING_MAX_THICKNESS)
        window = (
            slice(max(int(box.y), 0), int(box.bottom)),
            slice(max(int(box.x), 0), int(box.right)),
        )
        before, after = one[window].astype(np.int16), other[window].astype(np.int16)
        if _is_caret(before, after, differs[window]):
            carets.append(box)
            continue
        ring = _ring(before, after, differs[window], box, thickest)
        if ring is not None:
            rings.append(ring)
    return carets, rings


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


def _ring(before: NDArray[np.int16], after: NDArray[np.int16], differs: Flags, box: Box, thickest: int) -> Ring | None:
    """Return the ring that the changed pixels are; None unless they are a closed frame around an element.

    One of the pictures shows the background in its place.
    """
    top, bottom, left, right = _extent(differs)
    height, width = bottom - top, right - left
    if min(height, width) < RING_MIN_SIZE:
        return None
    ring = differs[top:bottom, left:right]
    if ring[thickest:-thickest, thickest:-thickest].any():
        return None
    sides = [
        ring[:thickest],
        ring[-thickest:],
        ring[:, :thickest].T,
        ring[:, -thickest:].T,
    ]
    if any(side.any(axis=0).mean() < RING_SIDE_SHARE for side in sides):
        return None
    thickness = float(np.median([np.median(side.sum(axis=0)) for side in sides]))
    if np.median([side.sum(axis=0).max(initial=0) for side in sides]) < RING_MIN_THICKNESS:
        return None
    inside = slice(top, bottom), slice(left, right)
    shows_background = [
        _shows_background(picture[inside], ring, picture[max(top - 1, 0), max(left - 1, 0)])
        for picture in (before, after)
    ]
    if not any(shows_background) or any(_spread(picture[inside]) <= RING_CONTENT_LEVELS for picture in (before, after)):
        return None
    in_candidate = shows_background[0]
    drawn = (after if in_candidate else before)[inside][ring]
    slim = min(height, width) <= RING_SLIMNESS * max(thickness, 1)
    return Ring(box=box, in_candidate=in_candidate, may_be_focus=slim and not _is_red(drawn))


def _is_red(colours: NDArray[np.int16]) -> bool:
    """Whether the typical one of some colours (number × 3) is red."""
    red, green, blue = np.median(colours, axis=0).tolist()
    return bool(red > RED_RATIO * max(green, blue))


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
