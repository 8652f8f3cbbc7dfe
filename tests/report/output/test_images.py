"""Thumbnails show the tutorial's frame."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from capture.geometry import Box
from report.compare.comparison import Comparison
from report.compare.png import Picture, read_picture
from report.output.images import CHANGED_COLOUR, ELSEWHERE_COLOUR, THUMBNAIL_WIDTH, draw_difference, thumbnail
from tests.support.builders import box, png_of

WIDTH, HEIGHT = 1000, 2000
RED, WHITE = (200, 0, 0), (255, 255, 255)


def page_with_red(left: int, top: int, width: int, height: int) -> bytes:
    pixels = np.full((HEIGHT, WIDTH, 3), WHITE, dtype=np.uint8)
    pixels[top : top + height, left : left + width] = RED
    return png_of(pixels)


def picture_of(png: bytes) -> Picture:
    return read_picture(png, Path("picture.png"))


def red_share(jpeg: bytes) -> float:
    with Image.open(io.BytesIO(jpeg)) as image:
        assert image.width == THUMBNAIL_WIDTH
        levels = np.asarray(image.convert("RGB")).astype(int)
    return float((levels[..., 0] - levels[..., 1] > 100).mean())


def test_a_thumbnail_shows_the_frame() -> None:
    png = page_with_red(100, 1500, 600, 300)
    assert red_share(thumbnail(picture_of(png), box(100, 1500, 600, 300))) > 0.5


def test_a_thumbnail_without_a_frame_shows_the_top() -> None:
    assert red_share(thumbnail(picture_of(page_with_red(0, 0, WIDTH, 700)), None)) > 0.95
    assert red_share(thumbnail(picture_of(page_with_red(100, 1500, 600, 300)), None)) == 0


def test_a_difference_is_coloured_where_it_counts() -> None:
    flags = np.zeros((60, 80), dtype=bool)
    flags[10:14, 10:14] = flags[40:44, 60:64] = True
    compared = Comparison(identical=False, baseline_size=(80, 60), candidate_size=(80, 60))
    png = png_of(np.full((60, 80, 3), WHITE, dtype=np.uint8))

    def colours(*counted: Box) -> list[tuple[int, ...]]:
        with Image.open(io.BytesIO(draw_difference(picture_of(png), compared, flags, counted))) as drawn:
            return [tuple(np.asarray(drawn)[row, column].tolist()) for row, column in ((11, 11), (41, 61))]

    assert colours() == [CHANGED_COLOUR, CHANGED_COLOUR]
    assert colours(box(0, 0, 20, 20)) == [CHANGED_COLOUR, ELSEWHERE_COLOUR]
    assert colours(box(-5, -5, 20, 20), box(55, 35, 90, 90)) == [CHANGED_COLOUR, CHANGED_COLOUR]
