"""Words that moved by a few px, with what stands around them."""

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from report.compare.moved_words import is_moved_words
from report.compare.png import Pixels

WIDTH, HEIGHT = 480, 120
PLACE = slice(40, 80), slice(160, 320)
"""Rows and columns of a word that moved, in the middle of a part."""


def part(
    *,
    word: str = "horaires",
    at: float = 170,
    beside: str = "page",
    cut_at: float = -20,
    above: str = "",
    grey: int = 0,
) -> Pixels:
    """Draw a word on a grey ground, one beside it, one that the left edge cuts through, and one above; places in px."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    on = ImageDraw.Draw(image)
    on.rectangle((at - 6, 46, at + 70, 72), fill=(255 - grey,) * 3)
    for x, y, text in ((cut_at, 50, "Ligne"), (at, 50, word), (380, 50, beside), (at, 30, above)):
        on.text((x, y), text, fill="black", font=ImageFont.load_default(size=15))
    return np.asarray(image)


def is_same(other: Pixels, one: Pixels | None = None) -> bool:
    before = part() if one is None else one
    flags = (before[PLACE] != other[PLACE]).any(axis=-1)
    flags[:8] = False  # another line
    return is_moved_words(before, other, PLACE, flags)


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


@pytest.mark.parametrize(("above", "same"), [("Ligne", True), ("Lagne", False)])
def test_a_line_that_the_place_cuts_through_is_judged_as_its_neighbour(above: str, *, same: bool) -> None:
    assert is_same(part(at=172, above=above), part(above="Ligne")) == same


def test_a_word_is_moved_with_its_pale_ground() -> None:
    assert is_same(part(at=171, grey=10), part(grey=10))
    assert not is_same(part(at=171, grey=10), part(grey=0))


def test_a_letter_is_seen_in_a_word_that_moved() -> None:
    assert is_same(part(at=172))
    assert not is_same(part(at=172, word="horaines"))
