"""The same page in other font settings, which draw words wider, narrower and elsewhere."""

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from capture.elements import Element
from report.compare.comparison import Side, compare
from tests.support.builders import box, element
from tests.support.drawn_pages import GREY, SIZE, compared, font, side


def lines(size: float, *, changed: int = -1, colour: str = "black") -> tuple[Image.Image, tuple[Element, ...]]:
    """Draw lines of text in a size, as other font settings change the width of words, with their elements."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    found = []
    for number in range(8):
        text = f"Ligne {'autre' if number == changed else number} de la page des horaires"
        draw.text((24, 20 + 34 * number), text, fill=colour, font=font(size))
        place = box(24, 20 + 34 * number, 300, 22)
        found.append(element("text", text, box=place, lettering="400", focused=False))
    return image, tuple(found)


def test_the_same_words_in_another_rendering_are_the_same() -> None:
    assert compared(side(*lines(15)), side(*lines(15.3))).same


def test_a_changed_word_in_another_rendering_is_seen() -> None:
    assert not compared(side(*lines(15)), side(*lines(15.3, changed=4))).same


def test_another_colour_in_another_rendering_is_seen() -> None:
    assert not compared(side(*lines(15)), side(*lines(15.3, colour="#c00000"))).same


@pytest.mark.parametrize(("thick", "same"), [(1, True), (9, False)])
def test_the_frame_of_a_table_follows_its_words(thick: int, *, same: bool) -> None:
    def framed(size: float, right: int, thick: int = 1) -> Side:
        image, elements = lines(size)
        ImageDraw.Draw(image).line((right, 8, right, 300), fill=GREY, width=thick)
        return side(image, elements, text_rendering=str(size))

    assert compared(framed(15, 400), framed(15.3, 412, thick)).same == same


@pytest.mark.parametrize("right", range(320, 334))
def test_a_frame_just_beside_its_words_follows_them(right: int) -> None:
    def framed(size: float, right: int) -> Side:
        image, elements = lines(size)
        ImageDraw.Draw(image).line((right, 20, right, 291), fill=GREY)
        cells = [replace(one, box=replace(one.box, height=34)) for one in elements]
        return side(image, cells, text_rendering=str(size))

    assert compared(framed(15, right), framed(15.3, right - 11)).same


def test_a_faint_ground_or_a_frame_that_goes_is_seen_in_another_rendering() -> None:
    def drawn(size: float, place: tuple[int, int, int, int], **style: str) -> Side:
        image, elements = lines(size)
        ImageDraw.Draw(image).rectangle(place, **style)  # type: ignore[arg-type]
        return side(image, elements, text_rendering=str(size))

    ground, frame = (380, 60, 460, 140), (14, 10, 300, 300)
    assert not compared(drawn(15, ground, fill="#f0f0f0"), drawn(15.3, ground, fill="white")).same
    assert not compared(drawn(15, frame, outline="black"), side(*lines(15.3), text_rendering="15.3")).same


def test_known_font_settings_need_not_be_recognised() -> None:
    def few(size: float, rendering: str) -> Side:
        image, elements = lines(size)
        return side(image.crop((0, 0, 480, 54)), elements[:1], text_rendering=rendering)

    assert not compare(few(15, "a"), few(15.5, "a")).comparison.same
    assert compare(few(15, "a"), few(15.5, "b")).comparison.same
