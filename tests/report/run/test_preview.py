"""Pictures as they would be published, in the record of a run and in its report."""

from dataclasses import replace
from pathlib import Path

from capture.scenario.instruction import InstructionStatus
from report.baselines.baselines import Baselines
from report.run.preview import draw_previews
from report.verdict import Verdict
from tests.support.builders import (
    accueil,
    box,
    capture_of,
    instruction_result,
    outcome_of,
    pixels_of,
    png_of,
    record_of,
    tutorial_of,
)

PLAIN = pixels_of(900, 600)
TOLD = (instruction_result(1, box=box(300, 200, 120, 40)),)


def crowded() -> bytes:
    """Return a picture on which words stand to the right of the target."""
    pixels = PLAIN.copy()
    for row in range(0, 600, 6):
        pixels[row : row + 3, 430:880:2] = 0
    return png_of(pixels)


def test_a_callout_that_moves_to_another_side_is_told() -> None:
    approved = capture_of(png_of(PLAIN), instructions=TOLD)
    (before,) = draw_previews(approved, None, "fr")
    assert before.moved == ()
    (same,) = draw_previews(approved, approved, "fr")
    assert same == before
    (now,) = draw_previews(capture_of(crowded(), instructions=TOLD), approved, "fr")
    (moved,) = now.moved
    assert (moved.instruction, moved.before) == (1, "right")
    assert moved.now != "right"


def test_a_page_whose_new_picture_can_be_approved_has_a_preview(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    tutorial = tutorial_of(accueil, accueil, accueil)
    baselines.write("exemple", 2, capture_of(png_of(PLAIN), page=2, instructions=TOLD))
    false = tuple(replace(one, status=InstructionStatus.MISSING, box=None) for one in TOLD)
    outcomes = [
        outcome_of(tutorial.pages[0], crowded(), instructions=TOLD),
        outcome_of(tutorial.pages[1], png_of(PLAIN), instructions=TOLD),
        outcome_of(tutorial.pages[2], crowded(), instructions=false),
    ]
    record = record_of(tmp_path / "run", outcomes, baselines=baselines, tutorial=tutorial)
    new, same, wrong = (page for _, page in record.pages())
    assert new.verdict is Verdict.NEW
    (preview,) = new.previews
    assert (tmp_path / "run" / preview.path).read_bytes()[8:12] == b"WEBP"
    assert (same.verdict, same.previews) == (Verdict.UP_TO_DATE, ())
    assert (wrong.verdict, wrong.previews) == (Verdict.TEXT_OUTDATED, ())
