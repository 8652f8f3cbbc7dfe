from dataclasses import replace
from pathlib import Path

import pytest

from capture.capture import FORMAT, Reference, decode, encode, read_capture, references_of, write_capture
from capture.errors import CannotWrite, PictureCorrupt, SidecarCorrupt
from capture.scenario.instruction import HealingEvidence, InstructionStatus, Replacement
from tests.support.builders import box, capture_of, element, instruction_result, pixels_of, png_of

PNG = png_of(pixels_of())


def test_a_capture_comes_back_as_it_was(tmp_path: Path) -> None:
    successor = Replacement(index=1, role="link", name="Ouvrir", evidence=HealingEvidence.NAME)
    capture = capture_of(
        PNG,
        frame=box(1, 2, 3, 4),
        masks=(box(),),
        elements=(element("form", "Été"), element("textbox", "Code postal", parent=0, filled=True)),
        instructions=(
            instruction_result(1, box=box(), element=1),
            instruction_result(2, status=InstructionStatus.MISSING, replacement=successor),
        ),
    )
    write_capture(capture, tmp_path / "exemple" / "01")
    assert read_capture(tmp_path / "exemple" / "01") == capture
    assert [result.number for result in capture.sidecar.false_instructions] == [2]


def test_a_sidecar_has_one_element_a_line_and_no_default_values() -> None:
    button = element("button", "Été", box=box(1, 2.5, 30, 40))
    references = (Reference(elements=(button,), instructions=()),)
    lines = capture_of(PNG, elements=(button, button), references=references).sidecar_json.decode().splitlines()
    line = '{"role": "button", "name": "Été", "box": {"x": 1, "y": 2.5, "width": 30, "height": 40}}'
    assert [text.strip().rstrip(",") for text in lines].count(line) == 3
    assert lines[1] == ' "tutorial": "exemple",'
    assert not any('"visible"' in text for text in lines)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[]", b'{"format": 1}', b'{"page": "x"}'])
def test_a_corrupt_sidecar_names_its_file(data: bytes) -> None:
    with pytest.raises(SidecarCorrupt, match=r"here\.json"):
        decode(data, Path("here.json"))


def test_another_format_is_refused() -> None:
    with pytest.raises(SidecarCorrupt, match=f"format {FORMAT + 1}"):
        decode(encode(replace(capture_of(PNG).sidecar, format=FORMAT + 1)), Path("here.json"))


def test_a_picture_that_is_not_the_sidecars_is_refused(tmp_path: Path) -> None:
    write_capture(replace(capture_of(PNG), png=PNG + b"x"), tmp_path / "exemple" / "01")
    with pytest.raises(PictureCorrupt, match=r"01\.png.*01\.json"):
        read_capture(tmp_path / "exemple" / "01")


def test_half_a_pair_names_the_missing_half(tmp_path: Path) -> None:
    folder = tmp_path / "exemple"
    write_capture(capture_of(PNG), folder / "01")
    (folder / "01.png").rename(folder / "02.png")
    with pytest.raises(PictureCorrupt, match=r"01\.png"):
        read_capture(folder / "01")
    with pytest.raises(SidecarCorrupt, match=r"02\.json"):
        read_capture(folder / "02")


def test_a_folder_that_cannot_be_created_raises_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotWrite, match="file"):
        write_capture(capture_of(PNG), tmp_path / "file" / "01")


def test_a_reference_is_kept_until_its_instruction_is_true_again() -> None:
    true, false = instruction_result(1, element=0), instruction_result(1, status=InstructionStatus.MISSING)
    first = capture_of(PNG, elements=(element("button", "Chercher"),), instructions=(true,)).sidecar
    (reference,) = references_of([false], first)
    assert (reference.elements, reference.instructions) == (first.elements, (true,))
    second = capture_of(PNG, instructions=(false,), references=(reference,)).sidecar
    assert references_of([false], second) == (reference,)
    assert references_of([true], second) == ()
    assert references_of([false], None) == ()
