"""An old picture of a page, of another size and lossy, is told from one of another page."""

import io

import numpy as np
import pytest
from PIL import Image

from report.compare.likeness import LIKE, Grey, is_like, likeness
from tests.support.builders import png_of, scene

PAGE = Image.fromarray(scene(900, 600))


def lossy(picture: Image.Image, scale: float) -> Image.Image:
    small = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=60)
    return Image.open(file)


def other_page() -> Image.Image:
    """Return a page of the same size with its content elsewhere."""
    return PAGE.transpose(Image.Transpose.ROTATE_180).transpose(Image.Transpose.FLIP_LEFT_RIGHT)


def grey(picture: Image.Image) -> Grey:
    return np.asarray(picture.convert("L"))


@pytest.mark.parametrize("scale", [0.5, 0.8, 1.5])
def test_the_same_page_is_found_at_another_size(scale: float) -> None:
    assert likeness(grey(lossy(PAGE, scale)), grey(PAGE)) >= LIKE


def test_a_part_of_the_page_is_found() -> None:
    part = PAGE.crop((100, 60, 800, 560))
    assert likeness(grey(lossy(part, 0.7)), grey(PAGE)) >= LIKE


def test_another_page_is_not_like_it() -> None:
    assert likeness(grey(lossy(other_page(), 0.8)), grey(PAGE)) < LIKE
    assert not is_like(png_of(np.asarray(other_page())), png_of(np.asarray(PAGE)))


def test_an_empty_picture_is_like_nothing() -> None:
    assert likeness(grey(Image.new("RGB", (600, 400), "white")), grey(PAGE)) < LIKE
    assert likeness(grey(PAGE), grey(Image.new("RGB", (900, 600), "white"))) < LIKE
