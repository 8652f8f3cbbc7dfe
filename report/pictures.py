"""The pictures that only the report needs: what differs, and thumbnails."""

import io

import numpy as np
from PIL import Image, ImageDraw

from report.compare.comparison import Comparison
from report.compare.pixels import Flags

THUMBNAIL_WIDTH = 480
"""px; shown at 240 CSS px, sharp on screens of scale 2."""
THUMBNAIL_SHAPE = 0.7
"""Height over width; longer pictures are cut at the bottom."""
CHANGED = (213, 0, 109)
INSERTED = (0, 128, 70)


def thumbnail(png: bytes) -> bytes:
    """A small JPEG of a picture's top."""
    with Image.open(io.BytesIO(png)) as image:
        top = image.convert("RGB").crop((0, 0, image.width, min(image.height, round(image.width * THUMBNAIL_SHAPE))))
        top.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_WIDTH))
        return _encoded(top, "JPEG", quality=82)


def difference(captured_png: bytes, comparison: Comparison, flags: Flags | None) -> bytes:
    """Tonight's picture, pale, with what differs in colour, its regions framed and inserted rows tinted."""
    with Image.open(io.BytesIO(captured_png)) as image:
        pale = np.asarray(image.convert("L").convert("RGB"), dtype=np.float32) * 0.3 + 255 * 0.7
    pixels = pale.astype(np.uint8)
    height, width = pixels.shape[:2]
    if flags is not None:
        pixels[flags[:height, :width]] = CHANGED
    for band in comparison.bands:
        if band.kind == "inserted":
            rows = pixels[band.y : band.y + band.height]
            rows[:] = (rows * 0.7 + np.array(INSERTED) * 0.3).astype(np.uint8)
    drawn = Image.fromarray(pixels)
    pen = ImageDraw.Draw(drawn)
    for region in comparison.regions:
        box = region.box.grown(4)
        pen.rounded_rectangle((box.x, box.y, box.right, box.bottom), radius=4, outline=CHANGED, width=2)
    for band in comparison.bands:
        if band.kind == "removed":
            pen.line((0, band.at, width, band.at), fill=CHANGED, width=3)
    return _encoded(drawn, "PNG", optimize=False, compress_level=3)


def _encoded(image: Image.Image, kind: str, **options: int | bool) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
