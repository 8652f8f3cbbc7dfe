"""Levels of pixels: brightness, contrast, slopes, and sums over neighbourhoods; the limits of what is visible."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from report.compare.png import Pixels

Plane = NDArray[Any]
"""Height × width, one 32-bit float a pixel (not typed as such: numpy's types lose the width in arithmetic)."""
Levels = NDArray[Any]
"""Height × width, 8 bits a pixel."""
Values = NDArray[Any]
"""Height × width, with or without channels."""
Indexes = NDArray[np.intp]
"""Indexes of pixels in a flattened plane."""
Place = tuple[slice, slice]
"""Slices of rows and columns."""
VISIBLE_LEVELS = 3
"""Smallest difference (levels, 0 to 255) between two flat colours; dithering and rounding stay below."""
FLAT_LEVELS = 6
"""Largest range (levels) of a flat neighbourhood; dithering and gradients stay below."""
STROKE_LEVELS = 16
"""A pixel that differs by more than this (levels) is examined as part of a stroke."""
CONTRAST_PX = 15
"""Width of the neighbourhood whose range is the local contrast."""
_SMOOTH = np.array([1, 2, 1], dtype=np.float32) / 4
_SLOPE = np.array([-1, 0, 1], dtype=np.float32) / 2
_IDENTITY = np.ones(1, dtype=np.float32)


def local_contrast(one: Levels, other: Levels) -> Levels:
    """Return the local contrast: the larger range of the two pictures around each pixel, in levels."""
    return np.maximum(local_range(one, CONTRAST_PX), local_range(other, CONTRAST_PX))


def brightness(pixels: Pixels) -> Levels:
    """Return the luma of ITU-R BT.601, in levels."""
    return cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)


def blurred(plane: Levels) -> Plane:
    """Smooth a plane by 1-2-1 in both directions, as gradients need it."""
    return cv2.sepFilter2D(plane, cv2.CV_32F, _SMOOTH, _SMOOTH, borderType=cv2.BORDER_REPLICATE)


def gradient(plane: Plane) -> tuple[Plane, Plane]:
    """Return the horizontal and the vertical slope by central differences, in levels for each px."""
    return (
        cv2.sepFilter2D(plane, cv2.CV_32F, _SLOPE, _IDENTITY, borderType=cv2.BORDER_REPLICATE),
        cv2.sepFilter2D(plane, cv2.CV_32F, _IDENTITY, _SLOPE, borderType=cv2.BORDER_REPLICATE),
    )


def box_sums(values: Values, width: int, height: int) -> Plane:
    """Return the sum over a box of ``width`` × ``height`` px around each pixel."""
    plain = values.view(np.uint8) if values.dtype == np.bool_ else values
    return cv2.boxFilter(plain, cv2.CV_32F, (width, height), normalize=False, borderType=cv2.BORDER_CONSTANT)


def local_range(values: Values, width: int) -> Values:
    """Return the largest minus the smallest value in the neighbourhood of each pixel (morphological gradient)."""
    return cv2.morphologyEx(values, cv2.MORPH_GRADIENT, square(width))


def square(width: int) -> Values:
    """Return a square structuring element for OpenCV's morphology."""
    return np.ones((width, width), dtype=np.uint8)


def strongest(values: Values) -> Values:
    """Return the largest of the three channels of each pixel; faster than ``max(axis=-1)`` over so short an axis."""
    return np.maximum(np.maximum(values[..., 0], values[..., 1]), values[..., 2])
