"""Review sessions of small runs, and decisions in them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.instruction import InstructionStatus
from report.baselines.baselines import Baselines
from report.baselines.decision import DecisionKind, DecisionRequest
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.results.run_record import HistoryEntry, write_record
from report.review.session import ReviewSession
from report.verdict import Verdict
from tests.support.builders import (
    TODAY,
    accueil,
    box,
    capture_of,
    element,
    instruction_result,
    outcome_of,
    png_of,
    record_of,
    scene,
    tutorial_of,
)

OLD, NEW = png_of(scene(seed=1)), png_of(scene(seed=2))
WALL = Obstacle(kind=ObstacleKind.WALL, evidence="HTTP 403", url="https://www.exemple.test/")
INSERTED_PX = 40
NEWS = element("region", "Actualités", box=box(10, 10))


def session_of_four(folder: Path) -> ReviewSession:
    """Return a review of a run with a page that changed, a new one, one behind a wall, and a personal one."""
    (folder / "screenshots").mkdir()
    baselines = Baselines(folder / "screenshots", "replica")
    baselines.write("exemple", 1, capture_of(OLD, elements=(NEWS,)))
    tutorial = tutorial_of(accueil, accueil, accueil)
    tutorial.personal(4, "Code", text=["Tapez le code.", "Validez."])
    pages = tutorial.pages
    outcomes = [
        outcome_of(pages[0], NEW, elements=(NEWS,)),
        outcome_of(pages[1], NEW),
        outcome_of(pages[2], state=VisitState.UNREACHABLE, obstacle=WALL),
        outcome_of(pages[3]),
    ]
    record = record_of(folder / "run", outcomes, baselines=baselines, tutorial=tutorial)
    return ReviewSession(record=record, folder=folder / "run", baselines=baselines)


def decision_request(session: ReviewSession, page: int, kind: DecisionKind, **more: object) -> DecisionRequest:
    """Return a decision as a page of the report asks for it."""
    shown = next(one for _, one in session.record.pages() if one.number == page)
    approved = shown.approved.sidecar_sha256 if shown.approved else ""
    settings = {"captured": shown.capture_sha256, "approved": approved, **more}
    return DecisionRequest(tutorial="exemple", page=page, kind=kind, **settings)  # type: ignore[arg-type]


def approved_png(session: ReviewSession, page: int = 1) -> bytes | None:
    """Return the picture of a page's baseline, None when it has none."""
    baseline = session.baselines.read("exemple", page)
    return None if baseline is None else baseline.png


def session_of_eight(folder: Path) -> ReviewSession:
    """Return a review of a run, in ``folder``, with a page of each verdict, and write its report.

    On page 2, INSERTED_PX rows were inserted and a button was renamed.
    """
    (folder / "screenshots").mkdir()
    baselines = Baselines(folder / "screenshots", "replica")
    tutorial = tutorial_of(*[accueil] * 6)
    tutorial.personal(7, "Code", text=["Tapez « VALIDER »."], described_on=["https://www.exemple.test/aide"])
    tutorial.fixed(8, "Merci")
    pages = tutorial.pages
    before = scene(320, 400)
    banner = np.full((INSERTED_PX, 320, 3), (40, 90, 160), dtype=np.uint8)
    after = np.concatenate([before[:100], banner, before[100:]])
    after[300:320, 40:120] = (200, 0, 80)
    old, new, other = png_of(before), png_of(after), png_of(scene(320, 400, seed=2))
    news = element("region", "Actualités", box=box(10, 10, 200, 60))
    ok = element("button", "OK", box=box(40, 258, 80, 24))
    valider = element("button", "Valider", box=box(40, 298, 80, 24))
    for number in (1, 2, 3, 4):
        baselines.write("exemple", number, capture_of(old, page=number, elements=(news, ok)))
    baselines.add_hand_check("exemple", 7, on=TODAY, by="Zoé", picture=png_of(scene(240, 160)))
    wall = Obstacle(kind=ObstacleKind.WALL, evidence="HTTP 403", url="https://www.exemple.test/")
    false = instruction_result(1, "OK", status=InstructionStatus.MISSING)
    outcomes = [
        outcome_of(
            pages[0], other, elements=(news,), instructions=(false, instruction_result(2, "Aide", box=box(9, 9)))
        ),
        outcome_of(
            pages[1], new, elements=(news, valider), instructions=(instruction_result(1, "Valider", box=valider.box),)
        ),
        outcome_of(pages[2], new, elements=(news, replace(ok, box=valider.box)), masks=(box(200, 200, 80, 40),)),
        outcome_of(pages[3], old, elements=(news, ok)),
        outcome_of(pages[4], new),
        outcome_of(pages[5], state=VisitState.UNREACHABLE, obstacle=wall),
        outcome_of(pages[6]),
        outcome_of(pages[7]),
    ]
    record = record_of(folder / "run", outcomes, baselines=baselines, tutorial=tutorial)
    (one,) = record.tutorials
    earlier = (HistoryEntry(run="a", verdict=Verdict.UP_TO_DATE), HistoryEntry(run="b", verdict=Verdict.UP_TO_DATE))
    shown = tuple(replace(page, history=earlier if page.number < 5 else ()) for page in one.pages)
    record = replace(record, tutorials=(replace(one, pages=shown),))
    write_record(record, folder / "run")
    write_report(record, folder / "run", Sentences("fr"))
    return ReviewSession(record=record, folder=folder / "run", baselines=baselines)
