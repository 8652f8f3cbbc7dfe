"""The published tutorial page."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from capture.errors import CannotWrite
from capture.scenario.instruction import InstructionStatus
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.baselines.decision import Decision, DecisionKind
from report.publish.tutorial_page import write_tutorial
from report.results.run_record import RunRecord
from report.verdict import Judgement, Verdict
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

PNG = png_of(pixels_of(600, 500))


@pytest.fixture
def baselines(tmp_path: Path) -> Baselines:
    (tmp_path / "screenshots").mkdir()
    return Baselines(tmp_path / "screenshots", "live")


@pytest.fixture
def tutorial() -> Tutorial:
    declared = tutorial_of(
        accueil,
        accueil,
        source="Polymatheia, 2020",
        source_url="https://exemple.test/original",
        licence="CC BY-NC-SA 4.0",
        licence_url="https://exemple.test/licence",
        changes=["images refaites", "légendes replacées"],
    )
    declared.personal(3, "Votre compte", text=["Tapez votre « code »."])
    declared.fixed(4, "Merci", text=["Ce tutoriel est de nous."])
    return declared


def approve(baselines: Baselines, page: int, *, true: bool = True, site: str = "live") -> None:
    result = instruction_result(
        1, box=box(200, 200), status=InstructionStatus.TRUE if true else InstructionStatus.MISSING
    )
    capture = capture_of(PNG, page=page, site=site, instructions=(result,))
    baselines.write("exemple", page, capture)


def html(tutorial: Tutorial, baselines: Baselines, out: Path) -> str:
    text = write_tutorial(tutorial, baselines, out).page.read_text("utf-8")
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_it_names_its_source_its_licence_its_date_and_what_was_changed(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 1)
    page = html(tutorial, baselines, tmp_path / "out")
    for said in (
        '<a href="https://exemple.test/original">Polymatheia, 2020</a>',
        '<a rel="license" href="https://exemple.test/licence">CC BY-NC-SA 4.0</a>',
        "exemple.test, capture du 2 mars 2026",
        "images refaites ; légendes replacées",
        "Tapez votre « code ».",
        'src="01.png"',
    ):
        assert said in page
    assert "Merci" not in page


def test_a_picture_of_a_stand_in_says_so(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    approve(baselines, 1, site="2026")
    assert "réplique de démonstration" in html(tutorial, baselines, tmp_path / "out")


def test_a_page_with_a_false_instruction_is_withheld_and_its_old_picture_taken_away(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 1)
    html(tutorial, baselines, tmp_path / "out")
    assert (tmp_path / "out" / "exemple" / "01.png").exists()
    approve(baselines, 1, true=False)
    written = write_tutorial(tutorial, baselines, tmp_path / "out")
    assert written.withheld == (1,)
    assert not (tmp_path / "out" / "exemple" / "01.png").exists()
    assert "Cliquez" not in written.page.read_text("utf-8")


def test_personal_pages_have_no_picture_whatever_lies_among_the_baselines(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 3)
    page = html(tutorial, baselines, tmp_path / "out")
    assert "<img" not in page
    assert sorted(path.name for path in (tmp_path / "out" / "exemple").iterdir()) == ["index.html"]


def test_a_folder_that_cannot_be_written_raises_an_error(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(CannotWrite):
        write_tutorial(tutorial, baselines, tmp_path / "out")


def test_a_personal_page_shows_the_picture_that_a_person_took(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    baselines.add_hand_check("exemple", 3, on=date(2026, 3, 2), by="Zoé", picture=PNG)
    page = html(tutorial, baselines, tmp_path / "out")
    assert "Image prise à la main, vérifiée le 2 mars 2026" in page
    assert "sans image" not in page
    assert "Tapez votre" in page
    assert (tmp_path / "out" / "exemple" / "03.png").read_bytes() == PNG
    baselines.remove_hand_check("exemple", 3, earlier=None, picture=b"")
    assert "Image prise à la main" not in html(tutorial, baselines, tmp_path / "out")
    assert not (tmp_path / "out" / "exemple" / "03.png").exists()


def run_today(
    tutorial: Tutorial, baselines: Baselines, folder: Path, *, sentence: str = "Cliquez sur « Valider »."
) -> RunRecord:
    """Return the record of a run that finds page 1 as it was approved, with a sentence that is true on it."""
    result = replace(instruction_result(1, box=box(200, 200)), sentence=sentence)
    outcomes = [outcome_of(page, PNG, instructions=(result,)) for page in tutorial.pages[:1]]
    return record_of(folder / "run", outcomes, baselines=baselines, tutorial=tutorial)


def test_a_page_approved_while_its_text_was_false_is_published_once_a_run_finds_the_corrected_text_true(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 1, true=False)
    record = replace(run_today(tutorial, baselines, tmp_path), baselines="live")
    assert record.tutorials[0].pages[0].verdict is Verdict.UP_TO_DATE
    written = write_tutorial(tutorial, baselines, tmp_path / "out", record)
    assert written.withheld == ()
    assert written.pictures == 1
    assert "Valider" in written.page.read_text("utf-8")


@pytest.mark.parametrize("fault", ["other text", "other picture", "other site", "outdated", "no run"])
def test_a_run_of_something_else_proves_nothing(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path, fault: str
) -> None:
    approve(baselines, 1, true=False)
    record = replace(run_today(tutorial, baselines, tmp_path), baselines="live")
    (one,) = record.tutorials
    if fault == "other text":
        tutorial.page_sha256 = {1: "corrected since"}
    if fault == "other picture":
        approve(baselines, 1, true=False, site="2020")
    if fault == "other site":
        record = replace(record, baselines="replica")
    if fault == "outdated":
        judgement = Judgement(verdict=Verdict.PICTURE_OUTDATED, reasons=())
        record = replace(record, tutorials=(replace(one, pages=(replace(one.pages[0], judgement=judgement),)),))
    latest = None if fault == "no run" else record
    assert write_tutorial(tutorial, baselines, tmp_path / "out", latest).withheld == (1,)


def test_a_personal_page_that_a_person_calls_false_is_not_published_until_somebody_confirms_it(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    said = Decision(page=3, kind=DecisionKind.KEEP, on=date(2026, 3, 2), by="Zoé")
    baselines.add_decision("exemple", said)
    written = write_tutorial(tutorial, baselines, tmp_path / "out")
    assert written.said_false == (3,)
    assert "Tapez votre" not in written.page.read_text("utf-8")
    baselines.add_hand_check("exemple", 3, on=date(2026, 3, 2), by="Luc")
    assert "Tapez votre" in html(tutorial, baselines, tmp_path / "out")
