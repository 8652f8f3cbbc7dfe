"""The published tutorial page."""

import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from capture.errors import CannotWrite, ForeignFile
from capture.scenario.instruction import InstructionStatus
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.baselines.decision import Decision, DecisionKind, HandTarget
from report.publish.edition import ChangeKind, read_edition
from report.publish.formats import Format
from report.publish.published_picture import Unpointed
from report.publish.steps import Withheld
from report.publish.tutorial_page import PublishedTutorial, write_tutorial
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


def publish(
    tutorial: Tutorial,
    baselines: Baselines,
    out: Path,
    latest: RunRecord | None = None,
    *,
    on: date = date(2026, 3, 3),
    draft: bool = False,
) -> PublishedTutorial:
    """Write the HTML page alone: the other documents have tests of their own."""
    return write_tutorial(tutorial, baselines, out, latest, formats=[Format.HTML], on=on, draft=draft)


def html(tutorial: Tutorial, baselines: Baselines, out: Path, **more: Any) -> str:
    text = publish(tutorial, baselines, out, **more).page.read_text("utf-8")
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
        'src="pictures/01.png"',
        "Vérifié le 2 mars 2026 avec Firefox 153",
        "Étapes vérifiées : 1 sur 3",
        'href="#step-3"',
    ):
        assert said in page
    assert "Merci" not in page


def test_a_picture_of_a_stand_in_says_so(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    approve(baselines, 1, site="2026")
    assert "réplique de démonstration" in html(tutorial, baselines, tmp_path / "out")


def test_a_page_with_a_false_instruction_is_withheld(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    approve(baselines, 1, true=False)
    written = publish(tutorial, baselines, tmp_path / "out")
    assert (written.withheld, written.retained, written.why) == ((1,), (), {1: Withheld.FALSE})
    assert not (tmp_path / "out" / "exemple" / "pictures" / "01.png").exists()
    assert "Cliquez" not in written.page.read_text("utf-8")


def test_a_published_page_that_is_no_longer_true_stays_as_it_was_and_is_marked(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 1)
    html(tutorial, baselines, tmp_path / "out")
    picture = (tmp_path / "out" / "exemple" / "pictures" / "01.png").read_bytes()
    approve(baselines, 1, true=False)
    for _ in range(2):
        written = publish(tutorial, baselines, tmp_path / "out")
        assert (written.withheld, written.retained) == ((1,), (1,))
        assert (tmp_path / "out" / "exemple" / "pictures" / "01.png").read_bytes() == picture
        page = written.page.read_text("utf-8")
        assert "Cliquez" in page
        assert "À revoir" in page
        assert 'class="about checked"' not in page, "nothing that is shown is known to be true"


@pytest.mark.parametrize("verdict", [Verdict.TEXT_OUTDATED, Verdict.PICTURE_OUTDATED])
def test_a_page_that_the_latest_run_found_outdated_is_withheld_until_its_picture_is_approved(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path, verdict: Verdict
) -> None:
    approve(baselines, 1)
    record = replace(run_today(tutorial, baselines, tmp_path), baselines="live")
    (one,) = record.tutorials
    judgement = Judgement(verdict=verdict, reasons=())
    outdated = replace(record, tutorials=(replace(one, pages=(replace(one.pages[0], judgement=judgement),)),))
    assert publish(tutorial, baselines, tmp_path / "out", outdated).withheld == (1,)
    approve(baselines, 1, site="2026")
    assert publish(tutorial, baselines, tmp_path / "out", outdated).withheld == ()


def test_a_draft_shows_what_is_not_known_to_be_true_with_a_watermark(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 1, true=False)
    page = html(tutorial, baselines, tmp_path / "out", draft=True)
    assert "Cliquez" in page
    assert "BROUILLON" in page


def test_nothing_is_written_anew_when_nothing_has_changed(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 1)

    def files() -> dict[Path, tuple[bytes, int]]:
        paths = (path for path in (tmp_path / "out").rglob("*") if path.is_file() and path.name != "edition.json")
        return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}

    publish(tutorial, baselines, tmp_path / "out")
    before = files()
    assert publish(tutorial, baselines, tmp_path / "out").changes == ()
    assert files() == before


def test_what_changed_since_the_last_edition_is_told(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    approve(baselines, 1)
    assert publish(tutorial, baselines, tmp_path / "out").changes == ()
    record = replace(run_today(tutorial, baselines, tmp_path, sentence="Appuyez sur « Valider »."), baselines="live")
    written = publish(tutorial, baselines, tmp_path / "out", record, on=date(2026, 4, 1))
    (change,) = written.changes
    assert (change.number, change.kind, change.after) == (1, ChangeKind.SENTENCES, ("Appuyez sur « Valider ».",))
    told = (written.page.parent / "changes.html").read_text("utf-8")
    for said in ("1er avril 2026", "Pages imprimées à jeter", "Étape 1"):
        assert said in told.replace("\u00a0", " ")


def test_the_badge_says_no_more_than_is_known(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    def badge() -> str:
        folder = publish(tutorial, baselines, tmp_path / "out").page.parent
        message = json.loads((folder / "badge.json").read_text("utf-8"))["message"]
        assert message in (folder / "badge.svg").read_text("utf-8")
        return str(message)

    assert badge() == "non vérifié"
    approve(baselines, 1)
    assert badge() == "vérifié le 2 mars 2026 · étapes\u00a0: 1 sur 3"
    approve(baselines, 1, true=False)
    assert badge() == "non vérifié"


def test_files_of_others_are_left_alone(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    approve(baselines, 1)
    folder = tmp_path / "out" / "exemple"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("mine")
    with pytest.raises(ForeignFile):
        publish(tutorial, baselines, tmp_path / "out")
    assert [path.name for path in folder.rglob("*")] == ["index.html"]
    (folder / "index.html").rename(folder / "pictures.txt")
    publish(tutorial, baselines, tmp_path / "out")
    assert (folder / "pictures.txt").read_text() == "mine"


def test_a_document_that_somebody_has_edited_is_kept(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    page = publish(tutorial, baselines, tmp_path / "out").page
    page.write_text("edited")
    (kept,) = publish(tutorial, baselines, tmp_path / "out").kept
    assert kept.read_text() == "edited"
    assert "Exemple" in page.read_text("utf-8")


def test_steps_are_numbered_from_one_whatever_the_numbers_of_the_pages(baselines: Baselines, tmp_path: Path) -> None:
    declared = tutorial_of()
    declared.fixed(1, "Couverture")
    declared.personal(4, "Signer", text=["Signez."])
    page = html(declared, baselines, tmp_path / "out")
    assert '<span class="number">1.</span> Signer' in page


def test_a_target_outside_the_picture_is_told(tutorial: Tutorial, baselines: Baselines, tmp_path: Path) -> None:
    result = instruction_result(1, box=box(200, 2000))
    baselines.write("exemple", 1, capture_of(PNG, page=1, site="live", instructions=(result,)))
    written = publish(tutorial, baselines, tmp_path / "out")
    assert written.unpointed == ((1, 1, Unpointed.OUTSIDE),)
    assert written.withheld == ()


def test_the_page_needs_no_script_and_loads_nothing_from_elsewhere(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 1)
    page = html(tutorial, baselines, tmp_path / "out")
    assert "<script" not in page
    assert not re.findall(r'(?:src|srcset)="[^"]*//', page)
    for name in re.findall(r'(?:src|href)="([^"#]+\.(?:png|html))"', page):
        assert (tmp_path / "out" / "exemple" / name).is_file() or name == "changes.html"


def test_personal_pages_have_no_picture_whatever_lies_among_the_baselines(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    approve(baselines, 3)
    page = html(tutorial, baselines, tmp_path / "out")
    assert "<img" not in page
    assert not (tmp_path / "out" / "exemple" / "pictures").exists()


def test_a_folder_that_cannot_be_written_raises_an_error(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(CannotWrite):
        publish(tutorial, baselines, tmp_path / "out")


def test_a_personal_page_shows_the_picture_that_a_person_took(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    baselines.add_hand_check("exemple", 3, on=date(2026, 3, 2), by="Zoé", picture=PNG)
    page = html(tutorial, baselines, tmp_path / "out")
    assert "Image prise à la main, vérifiée le 2 mars 2026" in page
    assert "sans image" not in page
    assert "Tapez votre" in page
    picture = tmp_path / "out" / "exemple" / "pictures" / "03.png"
    assert Image.open(picture).convert("RGB").tobytes() == Image.open(io.BytesIO(PNG)).convert("RGB").tobytes()
    baselines.remove_hand_check("exemple", 3, earlier=None, picture=b"")
    assert "Image prise à la main" not in html(tutorial, baselines, tmp_path / "out")
    assert not picture.exists()


def test_a_picture_by_hand_has_a_callout_where_the_person_showed_a_sentence(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    tutorial.personal(5, "Signer", text=["Lisez tout.", "Cliquez sur « Signer »."])
    targets = [
        HandTarget(sentence="Cliquez sur « Signer ».", box=box(200, 200, 120, 40)),
        HandTarget(sentence="Une phrase d'avant.", box=box(0, 0, 40, 40)),
    ]
    baselines.add_hand_check("exemple", 5, on=date(2026, 3, 2), by="Zoé", picture=PNG, targets=targets)
    page = html(tutorial, baselines, tmp_path / "out")
    edition = read_edition(tmp_path / "out" / "exemple")
    assert edition is not None
    (picture,) = next(step for step in edition.steps if step.page == 5).pictures
    assert [(one.number, one.sentence) for one in picture.instructions] == [
        (1, "Lisez tout."),
        (2, "Cliquez sur « Signer »."),
    ]
    (callout,) = picture.callouts
    assert callout.number == 2
    assert picture.picture.alt.replace("\u00a0", " ") == (
        "Capture d’écran de cette étape, prise à la main, sans information personnelle. 2 : « Signer », au milieu."
    )
    assert page.count("Lisez tout.") == 1
    assert "Image prise à la main, vérifiée le 2 mars 2026" in page


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
    written = publish(tutorial, baselines, tmp_path / "out", record)
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
    assert publish(tutorial, baselines, tmp_path / "out", latest).withheld == (1,)


def test_a_personal_page_that_a_person_calls_false_is_not_published_until_somebody_confirms_it(
    tutorial: Tutorial, baselines: Baselines, tmp_path: Path
) -> None:
    said = Decision(page=3, kind=DecisionKind.KEEP, on=date(2026, 3, 2), by="Zoé")
    baselines.add_decision("exemple", said)
    written = publish(tutorial, baselines, tmp_path / "out")
    assert written.said_false == (3,)
    assert "Tapez votre" not in written.page.read_text("utf-8")
    baselines.add_hand_check("exemple", 3, on=date(2026, 3, 2), by="Luc")
    assert "Tapez votre" in html(tutorial, baselines, tmp_path / "out")
