import io
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from capture.geometry import Box
from capture.scenario.instruction import InstructionResult, InstructionStatus
from report.publish.callouts import LABEL_WIDTH, annotate, wrap
from tests.support.builders import box, capture_of, instruction_result, pixels_of, png_of

WIDTH, HEIGHT = 900, 700
PAGE = png_of(pixels_of(WIDTH, HEIGHT))


def drawn(*instructions: InstructionResult, frame: Box | None = None) -> tuple[Image.Image, list[Box], list[Box]]:
    """Draw callouts; return the picture, the boxes of the labels and those of the elements."""
    png, placed = annotate(capture_of(PAGE, instructions=instructions, frame=frame))
    return Image.open(io.BytesIO(png)), [one.label for one in placed], [one.target for one in placed]


@given(
    places=st.lists(
        st.tuples(st.integers(0, WIDTH - 90), st.integers(0, HEIGHT - 40)), min_size=1, max_size=4, unique=True
    )
)
@settings(deadline=None, max_examples=25)
def test_labels_are_inside_the_picture_and_off_each_other(places: list[tuple[int, int]]) -> None:
    told_all = [instruction_result(n, box=box(x, y, 80, 30)) for n, (x, y) in enumerate(places, start=1)]
    _, labels, _ = drawn(*told_all)
    assert len(labels) == len(places)
    whole = box(0, 0, WIDTH, HEIGHT)
    assert all(label.within(whole) for label in labels)
    assert sum(one.overlap(other) for one, other in combinations(labels, 2)) == 0


def test_a_label_covers_no_element_when_there_is_room() -> None:
    results = [instruction_result(n, box=box(x, 300, 90, 40)) for n, x in enumerate((100, 400, 700), start=1)]
    _, labels, targets = drawn(*results)
    assert sum(label.overlap(target) for label in labels for target in targets) == 0


@pytest.mark.parametrize("callout", ["box", "arrow"])
def test_a_callout_is_drawn_around_its_element_not_over_it(callout: str) -> None:
    image, _, _ = drawn(instruction_result(1, callout=callout, box=box(400, 300, 90, 40)))
    pixels = np.asarray(image)
    assert (pixels[305:335, 405:485] == 255).all()
    assert (pixels != 255).any()


@pytest.mark.parametrize(
    "result",
    [instruction_result(1, callout="none", box=box()), instruction_result(1, status=InstructionStatus.MISSING)],
)
def test_an_instruction_without_a_callout_or_a_box_is_not_drawn(result: InstructionResult) -> None:
    image, labels, _ = drawn(result)
    assert not labels
    assert (np.asarray(image) == 255).all()


def test_the_picture_is_the_tutorials_frame_with_room_around_it() -> None:
    image, _, (target,) = drawn(instruction_result(1, box=box(420, 320, 90, 40)), frame=box(400, 300, 200, 100))
    assert image.width < WIDTH
    assert image.height < HEIGHT
    assert (target.width, target.height) == (90, 40)
    assert target.within(box(0, 0, image.width, image.height))


def test_a_picture_carries_no_metadata() -> None:
    image, _, _ = drawn(instruction_result(1, box=box(100, 100)))
    assert image.info == {}


def test_labels_break_between_words() -> None:
    label = "Cliquez sur « Sélectionner » tout en bas de la fenêtre qui s’est ouverte"
    lines = wrap(label, 1)
    assert len(lines) > 1
    assert " ".join(lines) == label
    assert wrap("anticonstitutionnellement" * 3, 1) == ("anticonstitutionnellement" * 3,)
    assert LABEL_WIDTH > 0
