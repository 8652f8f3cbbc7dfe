"""What moved by a few px: underlines, whole pages, elements and words."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from report.compare.comparison import Side
from tests.support.builders import box, element
from tests.support.drawn_pages import BLUE, GREY, SIZE, button, compared, font, page, side, word


def underlined(*, lower: int = 0, left: int = 24, right: int = 180) -> Side:
    """Draw two links with a gap between their underlines, of which the first one varies."""

    def draw(to: ImageDraw.ImageDraw) -> None:
        to.text((28, 24), "Prendre un rendez-vous", fill=BLUE, font=font(15))
        to.text((208, 24), "Aide", fill=BLUE, font=font(15))
        to.line((208, 44, 238, 44), fill=BLUE)
        if right > left:
            to.line((left, 44 + lower, right, 44 + lower), fill=BLUE)

    return side(page(draw))


@pytest.mark.parametrize("varied", [{"lower": 1}, {"lower": 1, "left": 28}, {"lower": 2, "right": 175}])
def test_an_underline_a_pixel_lower_is_the_same(varied: dict[str, int]) -> None:
    assert compared(underlined(), underlined(**varied)).same


def test_two_underlines_a_pixel_lower_are_the_same() -> None:
    def both(lower: int, *, second: bool = True) -> Side:
        def draw(to: ImageDraw.ImageDraw) -> None:
            to.text((24, 24), "[Attention]", fill="black", font=font(15))
            to.text((104, 25), "Attention", fill="black", font=font(16))
            to.line((24 - 5 * lower, 44 + lower, 94 + 5 * lower, 44 + lower), fill="black")
            if second:
                to.line((104, 46 + lower, 184, 46 + lower), fill="black")

        return side(page(draw))

    assert compared(both(0), both(1)).same
    assert not compared(both(0), both(1, second=False)).same


@pytest.mark.parametrize("varied", [{"right": 0}, {"lower": 1, "right": 100}, {"lower": 6}])
def test_an_underline_that_goes_or_shrinks_is_seen(varied: dict[str, int]) -> None:
    assert not compared(underlined(), underlined(**varied)).same


@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (1, 1)])
def test_a_page_that_moved_by_a_pixel_is_the_same(shift: tuple[int, int]) -> None:
    assert compared(side(page(button(), word("suite"))), side(page(button(), word("suite"), shift=shift))).same


def test_an_element_with_the_same_words_a_few_px_away_is_the_same() -> None:
    def placed(x: int) -> Side:
        words = (element("link", "Aide en ligne", box=box(x, 60, 110, 22), lettering="400", focused=False),)
        return side(page(lambda on: on.text((x, 60), "Aide en ligne", fill="black", font=font(16))), words)

    assert compared(placed(40), placed(46)).same
    assert not compared(placed(40), placed(100)).same


PARAGRAPH = (
    "Pour créer votre compte, munissez-vous de votre carte, puis suivez les étapes une à une, sans fermer la page : "
    "le site vous envoie un code, que vous saisissez à la dernière étape avant de valider votre demande."
).split()


def paragraph(words: Sequence[str], *, spacing: float = 0, right: int = 440, frame: bool = False) -> Side:
    """Draw words from left to right, each line as full as it can be, with a space of 5 px and a little more."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    x, y = 24.0, 24
    for one in words:
        width = draw.textlength(one, font=font(15))
        if x + width > right:
            x, y = 24.0, y + 26
        draw.text((round(x), y), one, fill="black", font=font(15))
        x += width + 5 + spacing
    if frame:
        draw.rectangle((8, 8, 470, y + 40), outline=GREY)
    return side(image)


@pytest.mark.parametrize("frame", [False, True])
@pytest.mark.parametrize("varied", [{"spacing": 0.3}, {"right": 425}, {"spacing": 0.5, "right": 430}])
def test_the_same_words_in_the_same_order_are_the_same(varied: dict[str, float], *, frame: bool) -> None:
    one, other = paragraph(PARAGRAPH, frame=frame), paragraph(PARAGRAPH, frame=frame, **varied)  # type: ignore[arg-type]
    assert one.screenshot.png != other.screenshot.png
    assert compared(one, other).same


def replaced(at: int, word: str) -> list[str]:
    return [*PARAGRAPH[:at], word, *PARAGRAPH[at + 1 :]]


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(replaced(6, "cette"), id="another word"),
        pytest.param(replaced(14, "clic"), id="another word, shorter"),
        pytest.param(PARAGRAPH[:-1], id="a word less"),
        pytest.param([*PARAGRAPH[:10], PARAGRAPH[11], PARAGRAPH[10], *PARAGRAPH[12:]], id="two words change places"),
        pytest.param(replaced(21, "envoie,"), id="a comma"),
    ],
)
@pytest.mark.parametrize("spacing", [0.0, 0.3])
def test_words_that_are_not_the_same_are_seen(words: list[str], spacing: float) -> None:
    assert not compared(paragraph(PARAGRAPH), paragraph(words, spacing=spacing)).same


@settings(max_examples=60)
@given(data=st.data(), spacing=st.sampled_from([0.0, 0.2, 0.3, 0.5]), right=st.sampled_from([440, 430, 420]))
def test_a_letter_changed_in_words_that_moved_is_seen(data: st.DataObject, spacing: float, right: int) -> None:
    at = data.draw(st.sampled_from([number for number, word in enumerate(PARAGRAPH) if "e" in word]))
    words = replaced(at, PARAGRAPH[at].replace("e", data.draw(st.sampled_from("asx"))))
    assert not compared(paragraph(PARAGRAPH), paragraph(words, spacing=spacing, right=right)).same


def test_words_that_moved_far_are_seen() -> None:
    def placed(x: int) -> Side:
        return side(page(lambda on: on.text((x, 60), "Aide en ligne", fill="black", font=font(16))))

    assert not compared(placed(40), placed(60)).same


@pytest.mark.parametrize("px", [20, 60])
def test_a_word_that_leaves_the_one_before_it_is_seen(px: int) -> None:
    def placed(x: int) -> Side:
        def draw(on: ImageDraw.ImageDraw) -> None:
            on.text((40, 60), "Caisse", fill="black", font=font(16))
            on.text((x, 60), "Lille", fill="black", font=font(16))

        return side(page(draw))

    assert not compared(placed(140), placed(140 + px)).same


def test_pictures_of_different_widths_are_compared_at_the_places_of_their_elements() -> None:
    def wide(width: int, x: int) -> Side:
        found = (element("link", "Aide en ligne", box=box(x, 60, 110, 22), lettering="400", focused=False),)
        image = Image.new("RGB", (width, 200), "white")
        draw = ImageDraw.Draw(image)
        draw.text((x, 60), "Aide en ligne", fill="black", font=font(16))
        draw.rectangle((0, 50, width, 90), outline=GREY)
        for at in range(0, width, 60):
            draw.text((at + x / 10, 120), "Compte", fill="black", font=font(15))
        return side(image, found)

    assert [change.kind for change in compared(wide(480, 40), wide(520, 46)).elements] == []
    assert not compared(wide(480, 40), wide(520, 46)).same


@pytest.mark.parametrize(("role", "same"), [("text", True), ("link", True), ("heading", True), ("button", False)])
def test_a_text_of_another_height_is_the_same_if_no_pixel_tells_otherwise(role: str, *, same: bool) -> None:
    def of_height(height: int) -> Side:
        return side(page(), [element(role, "Ligne 0", box=box(24, 150, 240, height), focused=False)])

    assert compared(of_height(24), of_height(48)).same == same
