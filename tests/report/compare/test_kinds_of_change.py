"""Kinds of change and of noise, on pages that are drawn here: small controls, frames, words, photographs, the floor."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFilter

from capture.elements import Element
from capture.geometry import Box
from report.compare.comparison import compare
from tests.support.builders import box, element, instruction_result
from tests.support.drawn_pages import BLUE, GREY, RED, Draw, button, compared, font, page, side, word

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


def test_another_photograph_is_seen() -> None:
    one, other = encoded(photograph(), "JPEG", 90), encoded(photograph().rotate(180), "JPEG", 90)
    assert not compared(side(with_photograph(one)), side(with_photograph(other))).same


def test_a_thing_drawn_on_a_photograph_is_seen() -> None:
    drawn = photograph()
    ImageDraw.Draw(drawn).rectangle((100, 50, 112, 62), fill=RED)
    one, other = encoded(photograph(), "JPEG", 90), encoded(drawn, "WEBP", 75)
    assert not compared(side(with_photograph(one)), side(with_photograph(other))).same


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
