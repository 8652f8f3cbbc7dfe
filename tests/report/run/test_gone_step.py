"""Steps that a site no longer has."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from capture.capture import Sidecar
from capture.runner.journey import PageOutcome
from capture.runner.page_visit import Departure
from capture.scenario.instruction import HealingEvidence, InstructionStatus, Replacement
from capture.scenario.tutorial import PageKind, Tutorial
from report.run.gone_step import with_gone_step
from report.verdict import Reason, ReasonKind, Verdict, judge_captured, judge_unvisited
from tests.support.builders import (
    HOST,
    TODAY,
    accueil,
    box,
    capture_of,
    element,
    instruction_result,
    outcome_of,
    png_of,
    scene,
    tutorial_of,
)

PNG = png_of(scene())
CONFIRM, SIGN_IN = element("button", "Confirmer", box=box()), element("link", "Se connecter", box=box())
HOME = element("heading", "Accueil", box=box())
MISSING = instruction_result(1, "Confirmer", status=InstructionStatus.MISSING, element=None, box=None)
LEFT = Departure(label="Valider", new_tab=False, new_tab_expected=False)


def approved(page: int, target: Any, path: str) -> Sidecar:
    """Return the approved sidecar of a page with one instruction, which is true."""
    told = instruction_result(1, target.name, element=0, box=target.box)
    return capture_of(PNG, page=page, url=f"https://{HOST}/{path}", elements=(target,), instructions=(told,)).sidecar


def seen(path: str, *elements: Any, result: Any = MISSING) -> PageOutcome:
    """Return the outcome of page 2."""
    page = tutorial_of(accueil, accueil).pages[1]
    return outcome_of(page, PNG, url=f"https://{HOST}/{path}", elements=elements, instructions=(result,))


def kinds(outcome: PageOutcome, departure: Departure | None = LEFT) -> list[Reason]:
    """Return the reasons of page 2, after a click on page 1."""
    assert outcome.capture is not None
    first = replace(outcome_of(tutorial_of(accueil).pages[0], PNG), departure=departure)
    judgement = with_gone_step(
        judge_captured(outcome.capture.sidecar, None),
        outcome,
        before=first,
        baselines=[approved(2, CONFIRM, "confirmer"), approved(3, SIGN_IN, "compte")],
    )
    assert judgement.verdict is Verdict.TEXT_OUTDATED
    return list(judgement.reasons)


def test_a_click_that_leads_to_another_address_tells_of_one_step_that_is_gone() -> None:
    assert kinds(seen("accueil", HOME)) == [Reason(kind=ReasonKind.STEP_GONE, after="Valider", inside="Accueil")]


def test_another_page_of_the_tutorial_is_recognised_at_the_same_address() -> None:
    (reason,) = kinds(seen("confirmer", SIGN_IN))
    assert (reason.kind, reason.page) == (ReasonKind.STEP_GONE, 3)


@pytest.mark.parametrize(
    ("outcome", "departure"),
    [
        (seen("confirmer", HOME), LEFT),
        (seen("accueil", HOME), None),
        (
            seen(
                "accueil",
                HOME,
                result=replace(
                    MISSING,
                    replacement=Replacement(index=0, role="heading", name="Accueil", evidence=HealingEvidence.NAME),
                ),
            ),
            LEFT,
        ),
        (seen("accueil", HOME, result=replace(MISSING, status=InstructionStatus.HIDDEN)), LEFT),
    ],
    ids=["same address", "no click led there", "renamed", "hidden"],
)
def test_what_may_be_the_same_step_keeps_its_reasons(outcome: PageOutcome, departure: Departure | None) -> None:
    assert [reason.kind for reason in kinds(outcome, departure)] == [ReasonKind.INSTRUCTION_FALSE]


def test_a_page_that_is_marked_as_gone_is_neither_visited_nor_due() -> None:
    tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=[HOST])
    tutorial.page(1, "Confirmer", gone="2026-11-28")(accueil)
    tutorial.personal(2, "Code", gone="2026-11-28")
    for page in tutorial.pages:
        assert (page.kind, page.visited) == (PageKind.GONE, False)
        judgement = judge_unvisited(page, checked=None, today=TODAY)
        assert judgement.verdict is Verdict.FIXED
        assert judgement.reasons == (Reason(kind=ReasonKind.GONE, day=date(2026, 11, 28)),)
