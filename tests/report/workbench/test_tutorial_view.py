"""Views of a tutorial in the workbench."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from capture.capture import write_capture
from capture.scenario.instruction import HealingEvidence, InstructionResult, InstructionStatus, Replacement
from capture.scenario.tutorial import PageKind
from report.baselines.decision import Decision, DecisionKind
from report.results.run_record import PageRecord, PictureRecord, TutorialRecord
from report.verdict import Judgement, Reason, ReasonKind, Verdict
from report.workbench.job_messages import DeclaredPage, DeclaredTutorial
from report.workbench.scenario_text import told_sentences
from report.workbench.tutorial_view import PageView, TutorialView, element_choices, tutorial_view
from tests.support.builders import TAKEN, TODAY, box, capture_of, element, instruction_result, png_of, scene

SOURCE = """
@tutorial.page(1, "Accueil")
def accueil(step):
    nom = step.tell("Tapez dans « Nom ».", step.field(), label="Votre nom")
    step.tell(
        "Cliquez sur "
        "« OK ».",
        step.button(),
    )
    step.tell(f"Lisez « {nom} ».", step.text())
    step.shoot()
"""
PUBLIC = DeclaredPage(
    number=1, title="Accueil", kind=PageKind.PUBLIC, text=(), line=2, sha256="aujourd'hui", described_on=()
)
PERSONAL = DeclaredPage(
    number=2, title="Code", kind=PageKind.PERSONAL, text=("Tapez.",), line=0, sha256="", described_on=()
)
NAME = instruction_result(1, "Nom", sentence="Tapez dans « Nom ».", source_line="exemple.py:4")
OK = instruction_result(2, "OK", sentence="Cliquez sur « OK ».", source_line="exemple.py:5")
PICTURE = PictureRecord(
    stem="captures/exemple/01",
    thumbnail="thumbnails/captures/exemple/01.jpg",
    picture_sha256="a" * 64,
    sidecar_sha256="b" * 64,
    size=(800, 600),
    taken=TAKEN,
    firefox="140.0",
)


def record(verdict: Verdict, *results: InstructionResult, **more: Any) -> PageRecord:
    settings: dict[str, Any] = {
        "number": 1,
        "title": "Accueil",
        "kind": PageKind.PUBLIC,
        "judgement": Judgement(verdict=verdict),
        "text": (),
        "described_on": (),
        "source_line": "exemple.py:2",
        "scenario_sha256": "aujourd'hui",
        "instructions": results or (NAME, OK),
        "captured": PICTURE,
    }
    return PageRecord(**{**settings, **more})


def view_of(*pages: PageRecord, approved: dict[int, str] | None = None) -> TutorialView:
    tutorial = TutorialRecord(
        slug="exemple",
        title="Exemple",
        locale="fr-FR",
        source="nous",
        licence="CC0",
        scenario="exemple.py",
        planned_pages=1,
        page_loads=1,
        blocked_requests=(),
        pages=pages,
    )
    declared = DeclaredTutorial(
        slug="exemple", title="Exemple", locale="fr-FR", file="exemple.py", pages=(PUBLIC, PERSONAL)
    )
    runs = {page.number: "hier" for page in pages}
    return tutorial_view(declared, SOURCE, tutorial if pages else None, runs, approved or {})


def asked(page: PageView) -> set[str]:
    """Return what a page asks for."""
    questions = ("to_correct", "to_check", "to_approve", "unseen", "due", "step_gone")
    return {question for question in questions if getattr(page, question)}


def test_the_sentences_are_those_of_the_source_that_can_be_rewritten() -> None:
    told = [(one.line, one.sentence, one.callout_label) for one in told_sentences(SOURCE, 2)]
    assert told == [(4, "Tapez dans « Nom ».", "Votre nom"), (5, "Cliquez sur « OK ».", None)]
    assert told_sentences(SOURCE, 3) == ()


GONE = Judgement(verdict=Verdict.TEXT_OUTDATED, reasons=(Reason(kind=ReasonKind.STEP_GONE, after="OK"),))
KEPT = Decision(page=1, kind=DecisionKind.KEEP, on=TODAY, by="Zoé")
FALSE = replace(OK, status=InstructionStatus.MISSING)


@pytest.mark.parametrize(
    ("page", "approved", "expected"),
    [
        (None, "", {"to_check"}),
        (record(Verdict.UP_TO_DATE), "b" * 64, set()),
        (record(Verdict.NEW), "", {"to_approve"}),
        (record(Verdict.PICTURE_OUTDATED), "c" * 64, {"to_approve"}),
        (record(Verdict.PICTURE_OUTDATED), "b" * 64, set()),
        (record(Verdict.COSMETIC), "c" * 64, set()),
        (record(Verdict.PICTURE_OUTDATED, decision=KEPT), "c" * 64, {"to_correct"}),
        (record(Verdict.TEXT_OUTDATED, NAME, FALSE), "c" * 64, {"to_correct"}),
        (record(Verdict.TEXT_OUTDATED, NAME, FALSE), "b" * 64, {"to_correct"}),
        (record(Verdict.TEXT_OUTDATED, FALSE, judgement=GONE), "c" * 64, {"to_correct", "step_gone"}),
        (record(Verdict.UNREACHABLE, captured=None), "c" * 64, {"unseen"}),
        (record(Verdict.NOT_REACHED, captured=None), "c" * 64, {"unseen"}),
        (record(Verdict.PICTURE_OUTDATED, scenario_sha256="hier"), "c" * 64, {"to_check"}),
    ],
    ids=[
        "never run",
        "up to date",
        "new",
        "other picture",
        "picture approved since",
        "changed elsewhere",
        "to be corrected, says a person",
        "false",
        "false on the approved picture",
        "gone",
        "unreachable",
        "not reached",
        "text changed since",
    ],
)
def test_a_page_asks_for_what_it_needs(page: PageRecord | None, approved: str, expected: set[str]) -> None:
    view = view_of(*([page] if page else []), approved={1: approved})
    assert asked(view.pages[0]) == expected
    assert not view.calm, "the personal page is due"


@pytest.mark.parametrize(
    ("verdict", "decided", "expected"),
    [
        (Verdict.BY_HAND_DUE, False, {"due"}),
        (Verdict.BY_HAND_DUE, True, set()),
        (Verdict.BY_HAND, False, set()),
        (Verdict.TEXT_OUTDATED, True, {"to_correct"}),
    ],
)
def test_a_personal_page_asks_for_a_person(verdict: Verdict, decided: bool, expected: set[str]) -> None:
    decision = Decision(page=2, kind=DecisionKind.CONFIRM, on=TODAY, by="Zoé") if decided else None
    personal = record(
        verdict, number=2, kind=PageKind.PERSONAL, scenario_sha256="", captured=None, instructions=(), decision=decision
    )
    view = view_of(record(Verdict.UP_TO_DATE), personal, approved={1: "b" * 64})
    assert asked(view.pages[1]) == expected
    assert view.calm == (not expected)


def test_a_suggestion_stands_on_the_line_of_today_and_ends_when_the_sentence_is_another() -> None:
    found = Replacement(index=0, role="button", name="Valider", evidence=HealingEvidence.PLACE)
    renamed = replace(FALSE, replacement=found, source_line="exemple.py:90")
    ((page, sentence),) = view_of(record(Verdict.TEXT_OUTDATED, NAME, renamed)).fixes
    assert (page.number, sentence.line) == (1, 5)
    assert sentence.fix is not None
    assert (sentence.fix.line, sentence.fix.new_sentence) == (5, "Cliquez sur « Valider ».")
    other = replace(renamed, sentence="Cliquez « OK ».")
    view = view_of(record(Verdict.TEXT_OUTDATED, NAME, other))
    assert view.fixes == ()
    assert [one.result is None for one in view.pages[0].sentences] == [False, True]


def test_what_a_sentence_can_point_at_is_seen_and_named(tmp_path: Path) -> None:
    elements = (
        element("form", "Compte", box=box()),
        element("button", "OK", box=box()),
        element("link", "Aide", box=box()),
        element("link", "Aide", box=box(0, 90)),
        element("button", "", box=box()),
        element("button", "Caché", box=box(), visible=False),
        element("button", "Dessous", box=box(), covered_by=0),
    )
    write_capture(capture_of(png_of(scene()), elements=elements), tmp_path / "exemple" / "01")
    found = [(one.role, one.label, one.alone) for one in element_choices(tmp_path / "exemple" / "01")]
    assert found == [("button", "OK", True), ("link", "Aide", False)]
    assert element_choices(tmp_path / "exemple" / "02") == ()
