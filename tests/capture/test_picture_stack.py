"""Several pictures of one page in one capture."""

import io

from PIL import Image

from capture.capture import Capture, Reference
from capture.picture_stack import GAP_PX, picture_named, stack, taken_apart
from capture.scenario.instruction import HealingEvidence, InstructionStatus, Replacement
from tests.support.builders import box, capture_of, element, instruction_result, pixels_of, png_of

ABOVE, BELOW = png_of(pixels_of(64, 48, 10)), png_of(pixels_of(60, 30, 200))
DOWN = 48 + GAP_PX


def above() -> Capture:
    elements = (element("form", "A"), element("button", "Un", box=box(1, 2), parent=0))
    return capture_of(ABOVE, elements=elements, instructions=(instruction_result(1, "Un", element=1, box=box(1, 2)),))


def below() -> Capture:
    successor = Replacement(index=1, role="button", name="Trois", evidence=HealingEvidence.NAME)
    false = instruction_result(2, "Deux", status=InstructionStatus.MISSING, approved=box(5, 6), replacement=successor)
    elements = (element("dialog", "B"), element("button", "Trois", box=box(5, 6), parent=0, covered_by=-1))
    reference = Reference(elements=(element("button", "Deux", box=box(5, 6)),), instructions=())
    return capture_of(
        BELOW, elements=elements, instructions=(false,), references=(reference,), masks=(box(0, 0, 9, 9),), stable=False
    )


def test_pictures_are_stacked_with_what_is_known_of_them() -> None:
    both = stack(above(), below(), "dialogue")
    with Image.open(io.BytesIO(both.png)) as image:
        assert image.size == (64, DOWN + 30)
        assert (image.getpixel((5, 5)), image.getpixel((5, DOWN + 5))) == ((10, 10, 10), (200, 200, 200))
    third = both.sidecar.elements[3]
    assert (third.box.y, third.parent, third.covered_by) == (6 + DOWN, 2, -1)
    result = both.sidecar.instructions[1]
    assert result.replacement is not None
    assert (result.replacement.index, result.approved) == (3, box(5, 6 + DOWN))
    assert both.sidecar.masks == (box(0, DOWN, 9, 9),)
    assert not both.sidecar.stable


def test_a_stack_is_taken_apart_into_what_it_was_made_of() -> None:
    both = stack(above(), below(), "dialogue")
    (first_name, first), (second_name, second) = taken_apart(both)
    assert (first_name, second_name) == ("", "dialogue")
    for part, whole in ((first, above()), (second, below())):
        assert part.sidecar.elements == whole.sidecar.elements
        assert part.sidecar.instructions == whole.sidecar.instructions
        assert part.sidecar.masks == whole.sidecar.masks
        with Image.open(io.BytesIO(part.png)) as one, Image.open(io.BytesIO(whole.png)) as other:
            assert one.tobytes() == other.convert("RGB").tobytes()
    assert picture_named(both.sidecar, "ailleurs") is None
    assert picture_named(above().sidecar, "dialogue") is None
    assert picture_named(above().sidecar, "") == above().sidecar


def test_a_frame_of_one_picture_makes_the_other_count_whole() -> None:
    framed = capture_of(BELOW, frame=box(10, 10, 20, 10))
    both = stack(above(), framed, "dialogue")
    assert both.sidecar.frame == box(0, 0, 64, DOWN + 20)


def test_a_third_picture_is_stacked_below_the_second() -> None:
    three = stack(stack(above(), below(), "deux"), above(), "trois")
    assert [picture.name for picture in three.sidecar.pictures] == ["", "deux", "trois"]
    assert [name for name, _ in taken_apart(three)] == ["", "deux", "trois"]
    assert taken_apart(three)[2][1].sidecar.elements == above().sidecar.elements
