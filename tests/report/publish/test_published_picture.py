"""The published picture: cropped to what the instructions need, with legible callouts around what is seen."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from capture.geometry import Box
from capture.scenario.instruction import InstructionResult, InstructionStatus
from report.publish.callout_drawing import HUES, LEAST_CONTRAST, least_contrast
from report.publish.callout_faults import faults_of
from report.publish.lettering import write_text
from report.publish.published_picture import (
    PHONE_WIDTH,
    PublishedPicture,
    Unpointed,
    cuts,
    names_of,
    published_picture,
    words_box,
)
from tests.support.builders import ENVIRONMENT, box, capture_of, instruction_result, pixels_of, png_of

WIDTH, HEIGHT = 900, 700
PAGE = png_of(pixels_of(WIDTH, HEIGHT))


def picture(*results: InstructionResult, frame: Box | None = None, png: bytes = PAGE) -> PublishedPicture:
    return published_picture(capture_of(png, instructions=results, frame=frame))


def page_with_text(x: int, y: int, text: str, *, ground: tuple[int, int, int] = (255, 255, 255)) -> Image.Image:
    image = Image.new("RGB", (1300, 300), ground)
    write_text(ImageDraw.Draw(image), x, y, text, size=16, fill=(30, 30, 30))
    return image


@pytest.mark.parametrize("callout", ["box", "arrow"])
def test_a_callout_is_drawn_around_its_element_not_over_it(callout: str) -> None:
    made = picture(instruction_result(1, callout=callout, box=box(400, 300, 90, 40)))
    pixels = np.asarray(made.drawn())
    left, top = round(400 - made.box.x), round(300 - made.box.y)
    assert (pixels[top + 4 : top + 36, left + 4 : left + 86] == 255).all()
    assert (pixels != 255).any()


@pytest.mark.parametrize(
    ("result", "why"),
    [
        (instruction_result(1, callout="none", box=box()), None),
        (instruction_result(1, status=InstructionStatus.MISSING), Unpointed.FALSE),
        (instruction_result(1, status=InstructionStatus.MISSING, box=box()), Unpointed.FALSE),
        (instruction_result(1, box=box(400, HEIGHT + 50)), Unpointed.OUTSIDE),
        (instruction_result(1, box=box(-300, 10)), Unpointed.OUTSIDE),
        (instruction_result(1, box=box(100, HEIGHT - 5, 100, 60)), Unpointed.OUTSIDE),
        (instruction_result(1), Unpointed.OUTSIDE),
    ],
)
def test_what_is_false_or_outside_the_picture_has_no_callout_and_is_told(
    result: InstructionResult, why: Unpointed | None
) -> None:
    made = picture(result)
    assert made.layout.placed == ()
    assert made.unpointed.get(1) is why
    assert (np.asarray(made.drawn()) == 255).all()


def test_a_target_at_the_edge_is_pointed_at_as_far_as_it_is_seen() -> None:
    made = picture(instruction_result(1, box=box(WIDTH - 80, 100, 100, 30)))
    (placed,) = made.layout.placed
    assert placed.mark.target.right <= made.layout.canvas.right
    assert faults_of(made.layout) == ()


def test_the_picture_is_the_tutorials_frame_with_room_around_it() -> None:
    made = picture(instruction_result(1, box=box(420, 320, 90, 40)), frame=box(400, 300, 200, 100))
    assert made.box == box(336, 252, 328, 196)


def test_a_frame_shows_its_targets_all_the_same() -> None:
    made = picture(instruction_result(1, box=box(700, 320, 90, 40)), frame=box(400, 300, 200, 100))
    assert made.box.right >= 790


def test_without_a_frame_the_picture_is_what_the_instructions_need() -> None:
    large = png_of(pixels_of(1280, 4000))
    made = picture(
        instruction_result(1, box=box(300, 2000, 90, 40)),
        instruction_result(2, callout="none", box=box(300, 2200, 90, 40)),
        png=large,
    )
    assert made.box.height < 700
    for target in (box(300, 2000, 90, 40), box(300, 2200, 90, 40)):
        assert target.grown(60).within(made.box)


def test_a_crop_cuts_no_words() -> None:
    image = Image.new("RGB", (1280, 2000), "white")
    pen = ImageDraw.Draw(image)
    for line in range(80):
        write_text(pen, 40, 12 + line * 25, "Suivre ses remboursements " * 5, size=16, fill=(30, 30, 30))
    made = picture(instruction_result(1, box=box(300, 1000, 90, 40)), png=png_of(np.asarray(image)))
    edges = np.asarray(made.part.convert("L"))[[0, -1]]
    assert (edges > 200).all()


def test_a_picture_without_callouts_is_shown_whole() -> None:
    made = picture()
    assert (made.size, made.unpointed) == ((WIDTH, HEIGHT), {})


def test_labels_are_as_legible_on_a_large_picture() -> None:
    large = png_of(pixels_of(2560, 1800))
    results = [instruction_result(1, box=box(20, 20, 90, 40)), instruction_result(2, box=box(2400, 1700, 90, 40))]
    made = picture(*results, png=large)
    assert made.point == pytest.approx(2560 / 860, rel=0.01)


def test_labels_are_scaled_with_the_device() -> None:
    dense = published_picture(
        capture_of(
            png_of(pixels_of(1600, 1200)),
            instructions=(instruction_result(1, box=box(400, 300, 180, 80)),),
            environment=replace(ENVIRONMENT, scale=2),
        )
    )
    assert dense.point == 2


def test_a_picture_carries_no_metadata_and_is_twice_as_large_for_print() -> None:
    made = picture(instruction_result(1, box=box(100, 100)))
    once, twice = made.drawn(), made.drawn(times=2)
    buffer = io.BytesIO()
    once.save(buffer, "PNG")
    assert Image.open(io.BytesIO(buffer.getvalue())).info == {}
    assert abs(twice.width - 2 * once.width) <= 2


def test_the_box_of_a_text_is_its_words() -> None:
    image = page_with_text(40, 100, "Suivez vos remboursements")
    result = instruction_result(1, role="text", box=box(20, 80, 1248, 40))
    words = words_box(result, np.asarray(image))
    assert 38 <= words.x <= 44
    assert words.right < 300
    assert words.height < 24


@pytest.mark.parametrize("role", ["textbox", "dialog"])
def test_the_box_of_a_field_or_a_window_is_all_of_it(role: str) -> None:
    image = page_with_text(40, 100, "Suivez vos remboursements")
    result = instruction_result(1, role=role, box=box(20, 80, 1248, 40))
    assert words_box(result, np.asarray(image)) == result.box


def test_a_block_with_a_ground_or_a_border_of_its_own_keeps_its_box() -> None:
    image = page_with_text(40, 100, "Attention")
    pen = ImageDraw.Draw(image)
    pen.rectangle((20, 80, 620, 120), fill=(255, 240, 200))
    write_text(pen, 40, 100, "Attention", size=16, fill=(30, 30, 30))
    coloured = instruction_result(1, role="text", box=box(20, 80, 601, 41))
    assert words_box(coloured, np.asarray(image)) == coloured.box
    pen.rectangle((20, 180, 620, 220), outline=(30, 30, 30))
    bordered = instruction_result(1, role="text", box=box(20, 180, 601, 41))
    assert words_box(bordered, np.asarray(image)) == bordered.box


def test_the_name_of_a_field_is_the_words_before_it_and_above_it() -> None:
    words = np.zeros((200, 400), dtype=bool)
    words[96:110, 40:130] = True  # before the field
    words[70:82, 150:260] = True  # above it
    words[10:22, 10:390] = True  # a title far above
    before, above = names_of(box(140, 90, 200, 30), words)
    assert (before.x, before.right) == (40, 130)
    assert (above.y, above.bottom) == (70, 82)


@pytest.mark.parametrize("grey", range(0, 256, 15))
def test_some_colour_has_contrast_on_every_ground(grey: int) -> None:
    ground = np.full((10, 3), grey, dtype=np.float64)
    assert max(least_contrast(colour, ground) for hue in HUES for colour in hue) >= LEAST_CONTRAST


@pytest.mark.parametrize("ground", [(255, 255, 255), (0, 0, 0), (196, 22, 28), (150, 150, 150), (255, 140, 60)])
def test_the_colour_of_callouts_stands_out_from_the_page(ground: tuple[int, int, int]) -> None:
    pixels = np.full((HEIGHT, WIDTH, 3), ground, dtype=np.uint8)
    made = picture(instruction_result(1, box=box(400, 300, 90, 40)), png=png_of(pixels))
    assert made.palette.contrast >= LEAST_CONTRAST
    assert made.palette.colour != ground


def test_each_instruction_has_its_cut_for_phones() -> None:
    results = [
        instruction_result(1, box=box(100, 100, 90, 40)),
        instruction_result(2, box=box(600, 500, 90, 40)),
        instruction_result(3, callout="none", box=box(10, 10)),
        instruction_result(4, status=InstructionStatus.MISSING),
    ]
    made = cuts(capture_of(PAGE, instructions=tuple(results)))
    assert list(made) == [1, 2]
    for number, cut in made.items():
        assert cut.box.width < 1.2 * PHONE_WIDTH
        assert [one.mark.number for one in cut.layout.placed] == [number]
        assert faults_of(cut.layout) == ()
