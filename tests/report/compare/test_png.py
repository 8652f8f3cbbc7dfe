"""Pictures are read and decoded once, as long as they fit into memory."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from report.compare.png import Picture, read_picture
from tests.support.builders import pixels_of, png_of, scene

FILE = Path("picture.png")


def test_a_picture_is_read_once_and_then_let_go_for_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    pngs = [png_of(pixels_of(colour=colour)) for colour in (1, 2, 3)]
    size = read_picture(pngs[0], FILE).most_bytes
    monkeypatch.setattr("report.compare.png.MOST_KEPT_BYTES", 2 * size)
    first, second = (read_picture(png, FILE) for png in pngs[:2])
    assert read_picture(bytes(bytearray(pngs[0])), FILE) is first, "bytes that are equal are the same picture"
    read_picture(pngs[2], FILE)
    assert read_picture(pngs[0], FILE) is first, "it was needed later than the second"
    assert read_picture(pngs[1], FILE) is not second


def test_a_picture_that_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.compare.png.MOST_KEPT_BYTES", 0)
    png = png_of(pixels_of(colour=4))
    assert read_picture(png, FILE) is not read_picture(png, FILE)


def test_nobody_writes_into_the_pixels_of_a_picture() -> None:
    pixels = read_picture(png_of(scene(seed=5)), FILE).pixels()
    with pytest.raises(ValueError, match="read-only"):
        pixels[0, 0] = 0


def test_threads_that_decode_the_same_picture_get_the_same_pixels() -> None:
    drawn = scene(seed=6)
    rows = np.zeros((len(drawn), 1 + drawn.shape[1] * 3), dtype=np.uint8)
    rows[:, 0] = 1
    rows[:, 1:4] = drawn[:, 0]
    rows[:, 4:] = (drawn[:, 1:] - drawn[:, :-1]).reshape(len(drawn), -1)
    for _ in range(20):
        picture = Picture(rows, width=drawn.shape[1], samples=3)
        with ThreadPoolExecutor(max_workers=4) as threads:
            decoded = list(threads.map(lambda top, of=picture: of.pixels(top), (0, 0, 50, 50)))
        assert all((one == drawn[-len(one) :]).all() for one in decoded)
