"""Read pictures, and tell which of their pixels differ."""

import io
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from capture.elements import Box
from capture.errors import PictureCorrupt

Pixels = NDArray[np.uint8]
"""Height × width × 3 (RGB, 0 to 255)."""
Flags = NDArray[np.bool_]
"""Height × width."""

TOLERANCE = 16
"""Levels of a channel by which a pixel may leave the range of its neighbours in the other picture."""


def read_pixels(png: bytes, path: Path) -> Pixels:
    """Decode a picture on white; raises PictureCorrupt, naming ``path``."""
    try:
        with Image.open(io.BytesIO(png)) as opened:
            opened.load()
            return np.asarray(_on_white(opened))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureCorrupt(path, str(error)) from error


def _on_white(image: Image.Image) -> Image.Image:
    """A picture of any mode, as RGB on white; of 16 bits a channel, the higher 8."""
    if image.mode == "RGB":
        return image
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def mask_of(boxes: Iterable[Box], height: int, width: int) -> Flags:
    """True where a picture is not to be compared."""
    flags = np.zeros((height, width), dtype=np.bool_)
    for box in boxes:
        top, left = max(int(box.y), 0), max(int(box.x), 0)
        flags[top : max(int(np.ceil(box.bottom)), 0), left : max(int(np.ceil(box.right)), 0)] = True
    return flags


def differing(one: Pixels, other: Pixels) -> Flags:
    """Pixels of two pictures of one size whose colour is outside the other's 3×3 range, either way.

    Comparing with the range of the neighbourhood is what lets an edge's anti-aliasing vary (after the
    “morphological” tests of layout engines' reftests); the tolerance is per channel.
    """
    same: Flags = (one == other).all(axis=2)
    if same.all():
        return np.zeros(same.shape, dtype=np.bool_)
    differs: Flags = (_outside(one, other) | _outside(other, one)) & ~same
    return differs


def _outside(one: Pixels, other: Pixels) -> Flags:
    low, high = _range(other)
    value = one.astype(np.int16)
    beyond: NDArray[np.bool_] = (value < low - TOLERANCE) | (value > high + TOLERANCE)
    outside: Flags = np.logical_or.reduce(beyond, axis=2)
    return outside


def _range(pixels: Pixels) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Lowest and highest value of each pixel's 3×3 neighbourhood, by channel."""
    padded = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge").astype(np.int16)
    height, width = pixels.shape[:2]
    rows = [padded[dy : dy + height] for dy in range(3)]
    low, high = np.minimum.reduce(rows), np.maximum.reduce(rows)
    columns_low = [low[:, dx : dx + width] for dx in range(3)]
    columns_high = [high[:, dx : dx + width] for dx in range(3)]
    return np.minimum.reduce(columns_low), np.maximum.reduce(columns_high)
