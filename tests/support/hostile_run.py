"""Run on a hostile site, whose texts contain markup."""

import re
from pathlib import Path

import numpy as np

from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.instruction import HealingEvidence, InstructionStatus, Replacement
from report.baselines.baselines import Baselines
from report.results.run_record import RunRecord, write_record
from tests.support.builders import (
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
from tests.support.earlier_nights import with_nights

CONTROLS = "\u202e\u2066\x1b]0;x\x07\x1b[2J\x9b31m\x00\x7f\r\x08"
"""Bidirectional controls, and sequences that act on a terminal."""
OF_AN_AUTHOR = "<img src=x onerror=alert(1)>\"'&amp;\u05d0 @quelquun https://ailleurs.test " + "long" * 60
"""Text without a control character, which no scenario may declare."""
HOSTILE = CONTROLS + OF_AN_AUTHOR
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufff9-\ufffb]")
"""Characters that no output of this program contains."""
OLD, NEW = png_of(scene(seed=1)), png_of(scene(seed=2))
OTHER = png_of(np.concatenate([scene(seed=2)[:120], scene(seed=3)[120:140], scene(seed=2)[140:]]))


def write_hostile_run(folder: Path) -> tuple[RunRecord, Path]:
    """Return the record of a run with many verdicts, and its run folder; all texts of its site contain markup."""
    (folder / "screenshots").mkdir()
    baselines = Baselines(folder / "screenshots", "replica")
    tutorial = tutorial_of(*[accueil] * 6, source=OF_AN_AUTHOR, licence="<b>")
    tutorial.personal(7, OF_AN_AUTHOR, text=[OF_AN_AUTHOR], described_on=["https://www.exemple.test/?a=1&b=<2>"])
    tutorial.fixed(8, "Merci")
    pages = tutorial.pages
    button = element("button", HOSTILE, box=box(30, 30))
    for page, approved in ((1, OLD), (2, OLD), (3, OLD), (4, NEW)):
        baselines.write("exemple", page, capture_of(approved, page=page, elements=(button,)))
    gone = Replacement(
        index=0, role="button", name=HOSTILE, evidence=HealingEvidence.PLACE, opener=HOSTILE, container=HOSTILE
    )
    false = (
        instruction_result(1, HOSTILE, status=InstructionStatus.MISSING),
        instruction_result(2, HOSTILE, status=InstructionStatus.MISSING, replacement=gone),
    )
    wall = Obstacle(kind=ObstacleKind.WALL, evidence=HOSTILE, url=HOSTILE)
    heading = element("heading", HOSTILE)
    lively = (element("main", box=box(0, 0, 320, 240)), element("region", HOSTILE, box=box(60, 100, 100, 60)))
    outcomes = [
        outcome_of(pages[0], NEW, title=HOSTILE, elements=(heading,), instructions=false),
        outcome_of(pages[1], NEW, instructions=(instruction_result(1, box=box(20, 20)),)),
        outcome_of(pages[2], NEW, stable=False, elements=lively),
        outcome_of(pages[3], NEW, elements=(button,)),
        outcome_of(pages[4], NEW),
        outcome_of(pages[5], state=VisitState.UNREACHABLE, obstacle=wall),
        outcome_of(pages[6]),
        outcome_of(pages[7]),
    ]
    again = [outcome_of(pages[2], OTHER, elements=lively)]
    record = record_of(folder / "run", outcomes, baselines=baselines, tutorial=tutorial, revisits=again)
    record = with_nights(record, dict.fromkeys(range(1, 9), "TU"))
    write_record(record, folder / "run")
    return record, folder / "run"
