"""Words that moved by a few px, with what stands around them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from report.compare.moved_words import is_moved_words
from report.compare.png import Pixels

WIDTH, HEIGHT = 480, 120
PLACE = slice(40, 80), slice(160, 320)
"""Where a word moved, in the middle of a part."""


def part(*, word: str = "horaires", at: float = 170, beside: str = "page", cut_at: float = -20) -> Pixels:
    """Draw a word, a word beside it, and one that the left edge cuts through; the places are in px."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    on = ImageDraw.Draw(image)
    for x, text in ((cut_at, "Ligne"), (at, word), (380, beside)):
        on.text((x, 50), text, fill="black", font=ImageFont.load_default(size=15))
    return np.asarray(image)


def is_same(other: Pixels) -> bool:
    flags = (part()[PLACE] != other[PLACE]).any(axis=-1)
    return is_moved_words(part(), other, PLACE, flags)


@pytest.mark.parametrize("cut_at", [-20, -19.6, -19.4, -19, -18])
def test_an_edge_that_cuts_through_a_word_is_no_change(cut_at: float) -> None:
    assert is_same(part(at=172, cut_at=cut_at))


def test_another_word_there_or_beside_is_a_change() -> None:
    assert not is_same(part(at=172, word="honoraires"))
    assert not is_same(part(at=172, beside="passe"))


def test_what_differs_elsewhere_is_judged_by_itself() -> None:
    moved = part(at=172, beside="passe")
    elsewhere = np.zeros((HEIGHT, WIDTH), dtype=bool)
    elsewhere[40:80, 370:440] = True
    flags = (part()[PLACE] != moved[PLACE]).any(axis=-1)
    assert is_moved_words(part(), moved, PLACE, flags, elsewhere)
    elsewhere[:] = False
    assert not is_moved_words(part(), moved, PLACE, flags, elsewhere)
