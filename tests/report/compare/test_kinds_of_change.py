"""Kinds of change and of noise, on pairs that are drawn here: small controls, frames, photographs, shifts, fonts."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from capture.elements import Element
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult
from report.compare.comparison import Comparison, Side, compare
from report.compare.pixel_diff import Screenshot
from tests.support.builders import box, element, instruction_result

SIZE = (480, 320)
BLUE, GREY, RED = (0, 99, 203), (110, 110, 110), (206, 5, 0)
Draw = Callable[[ImageDraw.ImageDraw], None]


def font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def page(*parts: Draw, shift: tuple[int, int] = (0, 0), size: float = 15) -> Image.Image:
    """Draw a page of six lines of text, with more on it, and move it by whole pixels."""
    image = Image.new("RGB", SIZE, "white")
    draw = ImageDraw.Draw(image)
    for number in range(6):
        draw.text((24, 150 + 26 * number), f"Ligne {number} de la page des horaires", fill="black", font=font(size))
    for part in parts:
        part(draw)
    return image.transform(SIZE, Image.Transform.AFFINE, (1, 0, -shift[0], 0, 1, -shift[1]), fillcolor="white")


def side(
    image: Image.Image,
    elements: Sequence[Element] = (),
    instructions: Sequence[InstructionResult] = (),
    *,
    text_rendering: str = "",
) -> Side:
    data = io.BytesIO()
    image.save(data, "PNG")
    shot = Screenshot(png=data.getvalue(), path=Path("page.png"))
    return Side(screenshot=shot, elements=elements, instructions=instructions, text_rendering=text_rendering)


def compared(one: Side, other: Side) -> Comparison:
    found = compare(one, other).comparison
    assert compare(other, one).comparison.same == found.same, "the order does not matter"
    return found


# Small controls


def square(filled: tuple[int, int, int] | None, tick: tuple[int, int, int] | None = None, at: int = 20) -> Draw:
    def draw(on: ImageDraw.ImageDraw) -> None:
        on.rectangle((at, 20, at + 13, 33), outline=GREY, fill=filled or (255, 255, 255))
        if tick:
            on.line((at + 3, 27, at + 6, 30, at + 11, 23), fill=tick, width=2)
        on.text((at + 24, 18), "Par la poste", fill="black", font=font(15))

    return draw


def circle(filled: tuple[int, int, int] | None) -> Draw:
    def draw(on: ImageDraw.ImageDraw) -> None:
        on.ellipse((20, 20, 33, 33), outline=GREY, fill=filled or (255, 255, 255))
        on.text((44, 18), "Par la poste", fill="black", font=font(15))

    return draw


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (square(None), square(BLUE, (255, 255, 255))),
        (square(BLUE), square(BLUE, (255, 255, 255))),
        (square(None), square(None, BLUE)),
        (circle(None), circle(BLUE)),
        (square(None), circle(None)),
        (circle((0, 120, 60)), circle(BLUE)),
    ],
)
def test_a_control_of_14_px_that_changes_is_seen(before: Draw, now: Draw) -> None:
    assert not compared(side(page(before)), side(page(now))).same


# Frames and focus


BUTTON = Box(x=40, y=40, width=140, height=40)


def button(*, frame: tuple[int, int, int] | None = None, thick: int = 2) -> Draw:
    def draw(on: ImageDraw.ImageDraw) -> None:
        on.rectangle((40, 40, 179, 79), fill=(220, 225, 240))
        on.text((60, 50), "Continuer", fill="black", font=font(15))
        if frame:
            on.rectangle((37 - thick, 37 - thick, 182 + thick, 82 + thick), outline=frame, width=thick)

    return draw


def controls(*, focused: bool | None) -> tuple[Element, ...]:
    return (element("button", "Continuer", box=BUTTON, focused=focused, lettering="400"),)


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        (False, True, True),
        (False, False, False),
        (None, False, False),
        (True, True, False),
        (None, True, True),
        (False, None, True),
        (None, None, True),
    ],
)
def test_only_the_focused_element_has_a_focus_ring(before: bool | None, now: bool | None, same: bool) -> None:
    one = side(page(button()), controls(focused=before))
    other = side(page(button(frame=BLUE)), controls(focused=now))
    assert compare(one, other).comparison.same == same


@pytest.mark.parametrize(("frame", "same"), [(BLUE, True), (RED, False)])
def test_without_known_focus_a_red_frame_is_an_error(frame: tuple[int, int, int], same: bool) -> None:
    assert compared(side(page(button())), side(page(button(frame=frame)))).same == same


@pytest.mark.parametrize("thick", [3, 4])
def test_without_known_focus_the_frame_of_a_card_is_seen(thick: int) -> None:
    def card(on: ImageDraw.ImageDraw) -> None:
        on.rectangle((20, 16, 240, 140), outline=(200, 200, 200))
        on.text((40, 60), "Carte famille", fill="black", font=font(20))

    def chosen(on: ImageDraw.ImageDraw) -> None:
        card(on)
        on.rectangle((14, 10, 246, 146), outline=BLUE, width=thick)

    assert not compared(side(page(card)), side(page(chosen))).same


# Short words


def word(text: str, *, weight: int = 0) -> Draw:
    return lambda on: on.text((24, 60), text, fill="black", font=font(16), stroke_width=weight)


@pytest.mark.parametrize(("before", "now"), [("suite", "saite"), ("1 358", "1 353")])
def test_a_lone_word_that_is_redrawn_is_seen(before: str, now: str) -> None:
    assert not compared(side(page(word(before))), side(page(word(now)))).same


def test_a_lone_word_made_bold_is_seen() -> None:
    assert not compared(side(page(word("suite"))), side(page(word("suite", weight=1)))).same


# Photographs


def photograph(seed: int = 3) -> Image.Image:
    """Return a picture with soft grounds, grain and edges, as photographs have."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:120, 0:240] / 40
    soft = 120 + 60 * np.sin(x + y) + 30 * np.cos(2 * y)
    layers = [soft + random.normal(0, 4, soft.shape) + 60 * (np.sin(3 * x) > 0.9) + 10 * tint for tint in range(3)]
    return Image.fromarray(np.clip(np.stack(layers, axis=2), 0, 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(1))


def encoded(image: Image.Image, form: str, quality: int) -> Image.Image:
    data = io.BytesIO()
    image.save(data, form, quality=quality)
    return Image.open(data).convert("RGB")


def with_photograph(photo: Image.Image) -> Image.Image:
    image = page()
    image.paste(photo, (20, 16))
    return image


@pytest.mark.parametrize(("form", "quality"), [("WEBP", 90), ("WEBP", 75), ("JPEG", 75), ("JPEG", 50)])
def test_a_photograph_in_another_encoding_is_the_same(form: str, quality: int) -> None:
    one, other = encoded(photograph(), "JPEG", 90), encoded(photograph(), form, quality)
    assert compared(side(with_photograph(one)), side(with_photograph(other))).same


def test_a_colour_that_an_encoder_rounded_in_a_block_is_the_same() -> None:
    one = np.asarray(encoded(photograph(), "JPEG", 90)).copy()
    other = one.copy()
    other[60:80, 60:80, 2] = np.clip(other[60:80, 60:80, 2].astype(int) + 7, 0, 255)
    assert compared(*(side(with_photograph(Image.fromarray(picture))) for picture in (one, other))).same
    other[60:80, 60:80, 2] = np.clip(one[60:80, 60:80, 2].astype(int) + 60, 0, 255)
    assert not compared(*(side(with_photograph(Image.fromarray(picture))) for picture in (one, other))).same


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


def test_another_photograph_is_seen() -> None:
    one, other = encoded(photograph(), "JPEG", 90), encoded(photograph().rotate(180), "JPEG", 90)
    assert not compared(side(with_photograph(one)), side(with_photograph(other))).same


def test_a_thing_drawn_on_a_photograph_is_seen() -> None:
    drawn = photograph()
    ImageDraw.Draw(drawn).rectangle((100, 50, 112, 62), fill=RED)
    one, other = encoded(photograph(), "JPEG", 90), encoded(drawn, "WEBP", 75)
    assert not compared(side(with_photograph(one)), side(with_photograph(other))).same


# Shifts


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
    for word in words:
        width = draw.textlength(word, font=font(15))
        if x + width > right:
            x, y = 24.0, y + 26
        draw.text((round(x), y), word, fill="black", font=font(15))
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


# Fonts


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


# Faint changes


def title(colour: tuple[int, int, int]) -> Draw:
    return lambda on: on.text((24, 40), "Choisissez la poste", fill=colour, font=font(24))


def test_a_faint_change_is_seen_at_a_target_and_left_alone_elsewhere() -> None:
    one, other = page(title((60, 60, 60))), page(title((52, 52, 52)))
    at_target = [instruction_result(name="Choisissez la poste", role="heading", box=box(24, 40, 240, 30))]
    elsewhere = [instruction_result(name="Ligne 4", role="text", box=box(24, 254, 240, 20))]
    assert compare(side(one), side(other)).comparison.same
    assert compare(side(one, (), elsewhere), side(other, (), elsewhere)).comparison.same
    assert not compare(side(one, (), at_target), side(other, (), at_target)).comparison.same


# The floor: docs/how_it_works.md names these numbers


@settings(max_examples=40)
@given(
    x=st.integers(20, 440),
    y=st.integers(20, 120),
    size=st.integers(4, 12),
    level=st.integers(60, 255),
    channel=st.sampled_from([(1, 1, 1), (1, 0, 0), (0, 1, 1)]),
)
def test_a_spot_above_the_floor_is_always_seen(
    x: int, y: int, size: int, level: int, channel: tuple[int, int, int]
) -> None:
    red, green, blue = (255 - level * part for part in channel)
    drawn = page(lambda on: on.rectangle((x, y, x + size - 1, y + size - 1), fill=(red, green, blue)))
    assert not compared(side(page()), side(drawn)).same


@settings(max_examples=30)
@given(
    large=st.booleans(),
    ground=st.integers(40, 240),
    darker=st.booleans(),
)
def test_a_flat_surface_above_the_floor_is_always_seen(large: bool, ground: int, darker: bool) -> None:
    size, step = (24, 3) if large else (11, 6)

    def surface(level: int) -> Draw:
        return lambda on: on.rectangle((60, 40, 60 + size - 1, 40 + size - 1), fill=(level, level, level))

    now = ground - step if darker else ground + step
    assert not compared(side(page(surface(ground))), side(page(surface(now)))).same
