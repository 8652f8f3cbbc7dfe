"""Thumbnails show the tutorial's frame."""

import io

import numpy as np
from PIL import Image

from report.output.images import THUMBNAIL_WIDTH, thumbnail
from tests.support.builders import box, png_of

WIDTH, HEIGHT = 1000, 2000
RED, WHITE = (200, 0, 0), (255, 255, 255)


def page_with_red(left: int, top: int, width: int, height: int) -> bytes:
    pixels = np.full((HEIGHT, WIDTH, 3), WHITE, dtype=np.uint8)
    pixels[top : top + height, left : left + width] = RED
    return png_of(pixels)


def red_share(jpeg: bytes) -> float:
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.width == THUMBNAIL_WIDTH
        levels = np.asarray(image.convert("RGB")).astype(int)
    return float((levels[..., 0] - levels[..., 1] > 100).mean())


def test_a_thumbnail_shows_the_frame() -> None:
    png = page_with_red(100, 1500, 600, 300)
    assert red_share(thumbnail(png, box(100, 1500, 600, 300))) > 0.5


def test_a_thumbnail_without_a_frame_shows_the_top() -> None:
    assert red_share(thumbnail(page_with_red(0, 0, WIDTH, 700), None)) > 0.95
    assert red_share(thumbnail(page_with_red(100, 1500, 600, 300), None)) == 0
