"""How far apart two pictures are that were taken one right after the other: the noise floor of a page."""

import io
from dataclasses import dataclass

from PIL import Image, ImageChops

from capture.geometry import Box


@dataclass(frozen=True, kw_only=True, slots=True)
class NoiseFloor:
    """What of a page is another at each look, though nobody touches it."""

    share: float
    """Fraction of the picture's px."""
    box: Box | None
    """What holds them all, px; None: none differs."""


STEADY = NoiseFloor(share=0, box=None)


def measure_noise_floor(one: bytes, other: bytes) -> NoiseFloor:
    """The px in which two PNGs of one page differ; all of them when the sizes do."""
    if one == other:
        return STEADY
    first, second = (Image.open(io.BytesIO(png)).convert("RGB") for png in (one, other))
    if first.size != second.size:
        width, height = second.size
        return NoiseFloor(share=1, box=Box(x=0, y=0, width=width, height=height))
    apart = ImageChops.difference(first, second)
    place = apart.getbbox()
    if place is None:
        return STEADY
    left, top, right, bottom = place
    # The strongest of the three channels: what is 0 there is the same colour.
    red, green, blue = apart.split()
    same = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()[0]
    width, height = first.size
    return NoiseFloor(
        share=round(1 - same / (width * height), 6), box=Box(x=left, y=top, width=right - left, height=bottom - top)
    )
