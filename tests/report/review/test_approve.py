from pathlib import Path
from typing import Any

import pytest

from capture.errors import BaselineChanged, NotCaptured, UnknownPage
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.instruction import InstructionStatus
from report.baselines.baselines import Baselines
from report.results.run_record import RunRecord
from report.review.approve import ApprovalOutcome, approve
from tests.support.builders import (
    accueil,
    capture_of,
    instruction_result,
    outcome_of,
    png_of,
    record_of,
    scene,
    tutorial_of,
)

OLD, NEW, OTHER = (png_of(scene(seed=seed)) for seed in (1, 2, 3))
UNSEEN: dict[str, Any] = {
    "state": VisitState.UNREACHABLE,
    "obstacle": Obstacle(kind=ObstacleKind.WALL, evidence="x", url=""),
}


class Desk:
    """Run of two pages, the first captured, the second behind a wall; with a baseline of the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "run"
        (folder / "screenshots").mkdir()
        self.baselines = Baselines(folder / "screenshots", "replica")
        self.tutorial = tutorial_of(accueil, accueil)

    def put(self, png: bytes) -> None:
        self.baselines.write("exemple", 1, capture_of(png))

    def night(self, png: bytes = NEW, **more: Any) -> RunRecord:
        first, second = self.tutorial.pages
        outcomes = [outcome_of(first, png, **more), outcome_of(second, **UNSEEN)]
        return record_of(self.folder, outcomes, baselines=self.baselines, tutorial=self.tutorial)

    def now(self) -> bytes | None:
        found = self.baselines.read("exemple", 1)
        return None if found is None else found.png


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.mark.parametrize(("before", "done"), [(None, ApprovalOutcome.CREATED), (OLD, ApprovalOutcome.REPLACED)])
def test_tonights_capture_becomes_the_approved_one(desk: Desk, before: bytes | None, done: ApprovalOutcome) -> None:
    if before is not None:
        desk.put(before)
    assert [approval.outcome for approval in approve(desk.night(), desk.folder, desk.baselines)] == [done]
    assert desk.now() == NEW


def test_a_second_time_there_is_nothing_to_do(desk: Desk) -> None:
    record = desk.night()
    approve(record, desk.folder, desk.baselines)
    assert [approval.outcome for approval in approve(record, desk.folder, desk.baselines)] == [ApprovalOutcome.ALREADY]


@pytest.mark.parametrize("before", [None, OLD])
def test_a_baseline_that_moved_meanwhile_stays(desk: Desk, before: bytes | None) -> None:
    if before is not None:
        desk.put(before)
    record = desk.night()
    desk.put(OTHER)
    with pytest.raises(BaselineChanged):
        approve(record, desk.folder, desk.baselines)
    assert desk.now() == OTHER


@pytest.mark.parametrize("spoilt", ["01.png", "01.json"])
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_capture_that_is_not_what_the_report_showed_is_not_approved(desk: Desk, spoilt: str, how: str) -> None:
    record = desk.night()
    file = desk.folder / "captures" / "exemple" / spoilt
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(OTHER if spoilt.endswith("png") else capture_of(OTHER).sidecar_json)
    with pytest.raises(BaselineChanged):
        approve(record, desk.folder, desk.baselines)
    assert desk.now() is None


@pytest.mark.parametrize("names", [["2"], ["exemple/2"], ["1", "2"]])
def test_a_page_that_was_not_captured_can_never_be_approved_and_nothing_else_is(desk: Desk, names: list[str]) -> None:
    with pytest.raises(NotCaptured, match="exemple/2"):
        approve(desk.night(), desk.folder, desk.baselines, names)
    assert desk.now() is None


def test_an_unknown_page_names_those_there_are(desk: Desk) -> None:
    with pytest.raises(UnknownPage, match="1, 2"):
        approve(desk.night(), desk.folder, desk.baselines, ["9"])


def test_a_page_named_twice_is_approved_once(desk: Desk) -> None:
    assert len(approve(desk.night(), desk.folder, desk.baselines, ["1", "1"])) == 1


def test_false_instructions_on_what_is_approved_are_counted(desk: Desk) -> None:
    record = desk.night(instructions=(instruction_result(1), instruction_result(2, status=InstructionStatus.MISSING)))
    (approval,) = approve(record, desk.folder, desk.baselines)
    assert approval.false_instructions == 1
