"""Noise floor of a page: the difference between two screenshots of it."""

import io

from PIL import Image

from capture.geometry import Box
from capture.noise_floor import NO_NOISE, NoiseFloor, measure_noise_floor, united

WHITE, BLACK = (255, 255, 255), (0, 0, 0)


def png_of_size(width: int, height: int, pixel: tuple[int, int, int] = WHITE) -> bytes:
    """Return a white PNG whose pixel at (1, 2) has this colour."""
    image = Image.new("RGB", (width, height), WHITE)
    image.putpixel((1, 2), pixel)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_identical_pictures_have_no_noise() -> None:
    assert measure_noise_floor(png_of_size(20, 10), png_of_size(20, 10)) == NO_NOISE


def test_one_different_pixel_is_measured_and_located() -> None:
    measured = measure_noise_floor(png_of_size(20, 10), png_of_size(20, 10, BLACK))
    assert measured == NoiseFloor(share=0.005, box=Box(x=1, y=2, width=1, height=1))


def test_pictures_of_unequal_size_differ_everywhere() -> None:
    whole = NoiseFloor(share=1.0, box=Box(x=0, y=0, width=20, height=14))
    assert measure_noise_floor(png_of_size(20, 10), png_of_size(20, 14)) == whole


def test_what_differs_in_any_of_several_pairs_is_noise() -> None:
    left = NoiseFloor(share=0.2, box=Box(x=1, y=2, width=3, height=4))
    right = NoiseFloor(share=0.1, box=Box(x=10, y=0, width=5, height=1))
    assert united([left, NO_NOISE, right]) == NoiseFloor(share=0.2, box=Box(x=1, y=0, width=14, height=6))
    assert united([NO_NOISE]) == NO_NOISE
