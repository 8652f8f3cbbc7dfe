"""The part of a capture that a tutorial shows: the frame of its author, or what its instructions need."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box

# Lengths in CSS px.
FRAME_PADDING = 64, 48
"""Space around the author's frame."""
PADDING = 170, 120
"""Space around what the instructions point at, without a frame: enough to find the place on the page."""
SMALLEST = 720, 405
"""Size of the smallest automatic crop."""
EDGE = 150, 130
"""Rest of the page beside a crop below which it is shown, too."""
SEARCHED = 30, 150
"""Distances, inwards and outwards, within which the edge of an automatic crop is moved to where it cuts no words."""
CUT = 64, 60
"""Space around the target in its own cut, for phones."""
NARROWEST_CUT = 343, 190
"""Size of the smallest cut."""
Size = tuple[float, float]


def shown_part(picture: Box, frame: Box | None, needed: Sequence[Box], *, ink: NDArray[np.bool_], scale: float) -> Box:
    """Return the part of a picture that is published, in whole px.

    Args:
        picture: the whole picture.
        frame: the part that the author chose; None: none.
        needed: what the instructions point at.
        ink: pixels of the picture that differ from their neighbours, height × width.
        scale: px of the picture per CSS px.
    """
    seen = [box for box in (one.intersection(picture) for one in needed) if box.area]
    if frame is not None and frame.overlap(picture):
        return _whole_px(_with_space(union([frame.intersection(picture), *seen]), FRAME_PADDING, scale), picture)
    if not seen:
        return picture
    part = _at_least(_with_space(union(seen), PADDING, scale), SMALLEST, scale, picture)
    part = _to_the_edges(part, picture, scale)
    return _whole_px(_between_words(part, union(seen), picture, ink, scale), picture)


def cut_around(target: Box, picture: Box, scale: float) -> Box:
    """Return the part of a picture around one target, in whole px."""
    part = _at_least(_with_space(target, CUT, scale), NARROWEST_CUT, scale, picture)
    return _whole_px(part, picture)


def union(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around boxes."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _with_space(box: Box, space: Size, scale: float) -> Box:
    across, down = space[0] * scale, space[1] * scale
    return Box(x=box.x - across, y=box.y - down, width=box.width + 2 * across, height=box.height + 2 * down)


def _at_least(box: Box, size: Size, scale: float, picture: Box) -> Box:
    """Return a box that is enlarged around its centre, and moved inside the picture."""
    width = min(max(box.width, size[0] * scale), picture.width)
    height = min(max(box.height, size[1] * scale), picture.height)
    left = min(max(box.x + (box.width - width) / 2, picture.x), picture.right - width)
    top = min(max(box.y + (box.height - height) / 2, picture.y), picture.bottom - height)
    return Box(x=left, y=top, width=width, height=height)


def _to_the_edges(box: Box, picture: Box, scale: float) -> Box:
    across, down = EDGE[0] * scale, EDGE[1] * scale
    left = picture.x if box.x - picture.x < across else box.x
    top = picture.y if box.y - picture.y < down else box.y
    right = picture.right if picture.right - box.right < across else box.right
    bottom = picture.bottom if picture.bottom - box.bottom < down else box.bottom
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _between_words(box: Box, needed: Box, picture: Box, ink: NDArray[np.bool_], scale: float) -> Box:
    """Move the edges of a box that are not the picture's to the nearest lines of pixels with the least ink."""
    left, top, right, bottom = (round(value) for value in (box.x, box.y, box.right, box.bottom))
    inwards, outwards = (round(distance * scale) for distance in SEARCHED)
    across, down = ink[:, max(left, 0) : right].sum(axis=1), ink[max(top, 0) : bottom].sum(axis=0)
    if top > picture.y:
        top = _quietest(across, top, top - outwards, min(top + inwards, round(needed.y)))
    if bottom < picture.bottom:
        bottom = _quietest(across, bottom, max(bottom - inwards, round(needed.bottom)), bottom + outwards)
    if left > picture.x:
        left = _quietest(down, left, left - outwards, min(left + inwards, round(needed.x)))
    if right < picture.right:
        right = _quietest(down, right, max(right - inwards, round(needed.right)), right + outwards)
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def _quietest(ink: NDArray[np.int_], at: int, low: int, high: int) -> int:
    """Return the line with the least ink from ``low`` to ``high``, of several the nearest to ``at``."""
    places = np.arange(max(low, 0), min(high, len(ink) - 1) + 1)
    if not len(places):
        return at
    return int(places[np.lexsort((np.abs(places - at), ink[places]))[0]])


def _whole_px(box: Box, picture: Box) -> Box:
    left, top = max(round(box.x), round(picture.x)), max(round(box.y), round(picture.y))
    right, bottom = min(round(box.right), round(picture.right)), min(round(box.bottom), round(picture.bottom))
    return Box(x=left, y=top, width=max(right - left, 1), height=max(bottom - top, 1))
