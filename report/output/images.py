"""The pictures that only the report needs: what differs, and thumbnails."""

import io

import numpy as np
from PIL import Image, ImageDraw

from capture.geometry import Box
from report.compare.comparison import Comparison
from report.compare.png import Flags

THUMBNAIL_WIDTH = 480
"""px; shown at 240 CSS px, sharp on screens of scale 2."""
THUMBNAIL_SHAPE = 0.7
"""Height over width; longer pictures are cut at the bottom."""
CHANGED = (213, 0, 109)
INSERTED = (0, 128, 70)


def thumbnail(png: bytes, frame: Box | None) -> bytes:
    """A small JPEG of the part of a picture that the tutorial shows, or of its top."""
    with Image.open(io.BytesIO(png)) as image:
        shown = _shape(frame, image.width, image.height)
        part = image.convert("RGB").crop((round(shown.x), round(shown.y), round(shown.right), round(shown.bottom)))
        part.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_WIDTH), Image.Resampling.LANCZOS)
        return _encoded(part, "JPEG", quality=82)


def _shape(frame: Box | None, width: int, height: int) -> Box:
    """The frame, widened to the thumbnails' one shape, inside the picture."""
    if frame is None:
        return Box(x=0, y=0, width=width, height=min(height, width * THUMBNAIL_SHAPE))
    wide = min(max(frame.width * 1.15, frame.height * 1.15 / THUMBNAIL_SHAPE), width)
    high = min(wide * THUMBNAIL_SHAPE, height)
    left = min(max(frame.x + frame.width / 2 - wide / 2, 0), width - wide)
    top = min(max(frame.y + frame.height / 2 - high / 2, 0), height - high)
    return Box(x=left, y=top, width=wide, height=high)


def draw_difference(captured_png: bytes, comparison: Comparison, flags: Flags | None) -> bytes:
    """Tonight's picture, pale, with what differs in colour, its regions framed and inserted rows tinted."""
    with Image.open(io.BytesIO(captured_png)) as image:
        pale = np.asarray(image.convert("L").convert("RGB"), dtype=np.float32) * 0.3 + 255 * 0.7
    pixels = pale.astype(np.uint8)
    width = pixels.shape[1]
    if flags is not None:
        shown = flags[: len(pixels), :width]
        pixels[: len(shown)][shown] = CHANGED
    for band in comparison.bands:
        if band.kind == "inserted":
            rows = pixels[band.y : band.y + band.height, band.x : band.x + band.width]
            rows[:] = (rows * 0.7 + np.array(INSERTED) * 0.3).astype(np.uint8)
    drawn = Image.fromarray(pixels)
    pen = ImageDraw.Draw(drawn)
    for region in comparison.regions:
        box = region.box.grown(4)
        pen.rounded_rectangle((box.x, box.y, box.right, box.bottom), radius=4, outline=CHANGED, width=2)
    for band in comparison.bands:
        if band.kind == "removed":
            pen.line((band.x, band.at, min(band.x + band.width, width), band.at), fill=CHANGED, width=3)
    return _encoded(drawn, "PNG", optimize=False, compress_level=3)


def _encoded(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
