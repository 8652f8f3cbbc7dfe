"""Pictures made for the report: thumbnails and difference pictures."""

import io
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from capture.geometry import Box
from report.compare.comparison import Comparison
from report.compare.png import Flags, Picture

THUMBNAIL_WIDTH = 480
"""px; displayed at 240 CSS px, so that it is sharp at a device scale of 2."""
THUMBNAIL_RATIO = 0.7
"""Height divided by width."""
CHANGED_COLOUR = (213, 0, 109)
INSERTED_COLOUR = (0, 128, 70)
ELSEWHERE_COLOUR = (176, 176, 190)
"""Colour of changed pixels that do not count, because no instruction is about them."""


@lru_cache(maxsize=1)  # the baseline is often followed by the same picture
def thumbnail(picture: Picture, frame: Box | None) -> bytes:
    """Return a JPEG of at most THUMBNAIL_WIDTH px: the tutorial's frame, or the top of the picture without one."""
    shown = _thumbnail_box(frame, picture.width, picture.height)
    rows = picture.pixels(round(shown.y), round(shown.bottom))
    part = Image.fromarray(rows[:, round(shown.x) : round(shown.right)])
    part.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_WIDTH), Image.Resampling.HAMMING)
    return _encoded(part, "JPEG", quality=82)


def _thumbnail_box(frame: Box | None, width: int, height: int) -> Box:
    """Return the frame with a margin, enlarged to THUMBNAIL_RATIO and moved inside the picture; px."""
    if frame is None:
        return Box(x=0, y=0, width=width, height=min(height, width * THUMBNAIL_RATIO))
    box_width = min(max(frame.width * 1.15, frame.height * 1.15 / THUMBNAIL_RATIO), width)
    box_height = min(box_width * THUMBNAIL_RATIO, height)
    left = min(max(frame.x + frame.width / 2 - box_width / 2, 0), width - box_width)
    top = min(max(frame.y + frame.height / 2 - box_height / 2, 0), height - box_height)
    return Box(x=left, y=top, width=box_width, height=box_height)


def draw_difference(
    candidate: Picture, comparison: Comparison, flags: Flags | None, counted: Sequence[Box] = ()
) -> bytes:
    """Return a PNG of the candidate in pale grey, with changed pixels in colour, framed regions and tinted insertions.

    Args:
        candidate: the candidate's picture.
        comparison: regions and bands to draw.
        flags: changed pixels, height × width; None if there are none.
        counted: parts of the picture that instructions are about, px; changed pixels elsewhere stay grey. Empty: all
            of the picture counts.
    """
    image = Image.fromarray(candidate.pixels())
    pale = np.asarray(image.convert("L").convert("RGB"), dtype=np.float32) * 0.3 + 255 * 0.7
    pixels = pale.astype(np.uint8)
    width = pixels.shape[1]
    if flags is not None:
        changed = flags[: len(pixels), :width]
        pixels[: len(changed)][changed] = ELSEWHERE_COLOUR if counted else CHANGED_COLOUR
        for box in counted:
            high = slice(max(round(box.y), 0), max(round(box.bottom), 0))
            wide = slice(max(round(box.x), 0), max(round(box.right), 0))
            pixels[high, wide][: len(changed[high])][changed[high, wide]] = CHANGED_COLOUR
    for band in comparison.bands:
        if band.kind == "inserted":
            rows = pixels[band.y : band.y + band.height, band.x : band.x + band.width]
            rows[:] = (rows * 0.7 + np.array(INSERTED_COLOUR) * 0.3).astype(np.uint8)
    drawn = Image.fromarray(pixels)
    pen = ImageDraw.Draw(drawn)
    for region in comparison.regions:
        if counted and not any(region.box.overlap(part) for part in counted):
            continue
        box = region.box.grown(4)
        pen.rounded_rectangle((box.x, box.y, box.right, box.bottom), radius=4, outline=CHANGED_COLOUR, width=2)
    for band in comparison.bands:
        if band.kind == "removed":
            pen.line((band.x, band.at, min(band.x + band.width, width), band.at), fill=CHANGED_COLOUR, width=3)
    return _encoded(drawn, "PNG", optimize=False, compress_level=3)


def _encoded(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
