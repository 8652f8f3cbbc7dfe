"""Photographs in another encoding: pixels differ that an encoder has rounded, but no colour that a reader sees."""

import cv2
import numpy as np

from report.compare.levels import local_range, strongest
from report.compare.png import Pixels

TEXTURE_PX = 11
"""Width of the neighbourhood whose mean colour an encoder keeps."""
TEXTURE_EVEN_SHARE = 0.1
"""Share of that neighbourhood's pixels that equal all their neighbours; a photograph's texture has fewer."""
TEXTURE_LEVELS = 9
"""Levels by which its mean colour may differ all the same."""
PHOTOGRAPH_PX = 64
"""Distance (px) up to which a picture is looked at to tell a photograph from what is drawn."""
PHOTOGRAPH_EVEN_SHARE = 0.6
"""Share of pixels that equal all their neighbours there; a photograph has fewer, anything drawn has more."""
COMMON_COLOUR_SHARE = 1 / 3
"""Share of the most common colour there; what is drawn has a ground, of which there is more."""
ROUNDED_LEVELS = 24
"""Levels by which a pixel of an even part of a photograph may differ: encoders round its colour in blocks."""


Pair = tuple[Pixels, Pixels]
"""The same part of the baseline and of the candidate."""


def is_texture(near: Pair) -> bool:
    """Whether both pictures show the texture of a photograph, and only single pixels differ, but no mean colour."""
    return all(_even_share(picture) <= TEXTURE_EVEN_SHARE for picture in near) and _has_same_mean(*near)


def is_rounded_photograph(part: Pair, near: Pair, around: Pair) -> bool:
    """Whether a part of a photograph differs by so little that its encoder explains it.

    Args:
        part: what differs.
        near: the same, and ``TEXTURE_PX`` around it.
        around: the same, and ``PHOTOGRAPH_PX`` around it.
    """
    return cv2.absdiff(*part).max() <= ROUNDED_LEVELS and _has_same_mean(*near) and all(map(_is_photograph, around))


def _is_photograph(picture: Pixels) -> bool:
    """Whether a picture has neither even parts nor a ground, as anything drawn has."""
    return _even_share(picture) <= PHOTOGRAPH_EVEN_SHARE and _common_colour_share(picture) <= COMMON_COLOUR_SHARE


def _even_share(picture: Pixels) -> float:
    even = strongest(local_range(picture, 3)) == 0
    return float(np.count_nonzero(even) / even.size)


def _common_colour_share(picture: Pixels) -> float:
    colours = picture.astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32)
    _, counts = np.unique(colours, return_counts=True)
    return float(counts.max() / counts.sum())


def _has_same_mean(one: Pixels, other: Pixels) -> bool:
    difference = cv2.subtract(other, one, dtype=cv2.CV_16S)
    mean = cv2.boxFilter(difference, cv2.CV_32F, (TEXTURE_PX, TEXTURE_PX), borderType=cv2.BORDER_REPLICATE)
    return bool(np.abs(mean).max() < TEXTURE_LEVELS)
