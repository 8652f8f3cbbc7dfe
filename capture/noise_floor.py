"""Noise floor of a page: the difference between two screenshots taken one right after the other."""

import io
from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image, ImageChops

from capture.geometry import Box


@dataclass(frozen=True, kw_only=True, slots=True)
class NoiseFloor:
    """Difference between two screenshots of an untouched page."""

    share: float
    """Fraction of the pixels that differ."""
    box: Box | None
    """Bounding box of these pixels, px; None: none differs."""


NO_NOISE = NoiseFloor(share=0, box=None)


def united(floors: Iterable[NoiseFloor]) -> NoiseFloor:
    """Return the noise floor of several pairs of screenshots of a page: what differs in any of them."""
    known = tuple(floors)
    boxes = [floor.box for floor in known if floor.box is not None]
    if not boxes:
        return NO_NOISE
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return NoiseFloor(
        share=max(floor.share for floor in known), box=Box(x=left, y=top, width=right - left, height=bottom - top)
    )


def measure_noise_floor(one: bytes, other: bytes) -> NoiseFloor:
    """Compare two PNGs of one page; all pixels differ when the sizes do."""
    if one == other:
        return NO_NOISE
    first, second = (Image.open(io.BytesIO(png)).convert("RGB") for png in (one, other))
    if first.size != second.size:
        width, height = second.size
        return NoiseFloor(share=1, box=Box(x=0, y=0, width=width, height=height))
    difference = ImageChops.difference(first, second)
    bounds = difference.getbbox()
    if bounds is None:
        return NO_NOISE
    left, top, right, bottom = bounds
    # Maximum of the three channels: a pixel has the same colour in both where it is 0.
    red, green, blue = difference.split()
    unchanged = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()[0]
    width, height = first.size
    return NoiseFloor(
        share=round(1 - unchanged / (width * height), 6),
        box=Box(x=left, y=top, width=right - left, height=bottom - top),
    )
