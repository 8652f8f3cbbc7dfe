from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from capture.errors import AmbiguousPage, BaselineChanged, NotCaptured, UnknownPage
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.instruction import InstructionStatus
from report.baselines.baselines import Baselines
from report.results.run_record import RunRecord
from report.review.approve import ApprovalOutcome, approve, select_pages
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


class Workspace:
    """Run of two pages, the first captured, the second behind a wall; with a baseline of the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "run"
        (folder / "screenshots").mkdir()
        self.baselines = Baselines(folder / "screenshots", "replica")
        self.tutorial = tutorial_of(accueil, accueil)

    def write_baseline(self, png: bytes) -> None:
        self.baselines.write("exemple", 1, capture_of(png))

    def run(self, png: bytes = NEW, **more: Any) -> RunRecord:
        first, second = self.tutorial.pages
        outcomes = [outcome_of(first, png, **more), outcome_of(second, **UNSEEN)]
        return record_of(self.folder, outcomes, baselines=self.baselines, tutorial=self.tutorial)

    def baseline_png(self) -> bytes | None:
        found = self.baselines.read("exemple", 1)
        return None if found is None else found.png


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


@pytest.mark.parametrize(("before", "outcome"), [(None, ApprovalOutcome.CREATED), (OLD, ApprovalOutcome.REPLACED)])
def test_the_candidate_becomes_the_baseline(
    workspace: Workspace, before: bytes | None, outcome: ApprovalOutcome
) -> None:
    if before is not None:
        workspace.write_baseline(before)
    assert [approval.outcome for approval in approve(workspace.run(), workspace.folder, workspace.baselines)] == [
        outcome
    ]
    assert workspace.baseline_png() == NEW


def test_a_second_time_there_is_nothing_to_do(workspace: Workspace) -> None:
    record = workspace.run()
    approve(record, workspace.folder, workspace.baselines)
    assert [approval.outcome for approval in approve(record, workspace.folder, workspace.baselines)] == [
        ApprovalOutcome.ALREADY
    ]


@pytest.mark.parametrize("before", [None, OLD])
def test_a_baseline_that_moved_meanwhile_stays(workspace: Workspace, before: bytes | None) -> None:
    if before is not None:
        workspace.write_baseline(before)
    record = workspace.run()
    workspace.write_baseline(OTHER)
    with pytest.raises(BaselineChanged):
        approve(record, workspace.folder, workspace.baselines)
    assert workspace.baseline_png() == OTHER


@pytest.mark.parametrize("spoilt", ["01.png", "01.json"])
@pytest.mark.parametrize("how", ["changed", "gone"])
def test_a_capture_that_is_not_what_the_report_showed_is_not_approved(
    workspace: Workspace, spoilt: str, how: str
) -> None:
    record = workspace.run()
    file = workspace.folder / "captures" / "exemple" / spoilt
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(OTHER if spoilt.endswith("png") else capture_of(OTHER).sidecar_json)
    with pytest.raises(BaselineChanged):
        approve(record, workspace.folder, workspace.baselines)
    assert workspace.baseline_png() is None


@pytest.mark.parametrize("names", [["2"], ["exemple/2"], ["1", "2"]])
def test_a_page_that_was_not_captured_can_never_be_approved_and_nothing_else_is(
    workspace: Workspace, names: list[str]
) -> None:
    with pytest.raises(NotCaptured, match="exemple/2"):
        approve(workspace.run(), workspace.folder, workspace.baselines, names)
    assert workspace.baseline_png() is None


def test_an_unknown_page_names_those_there_are(workspace: Workspace) -> None:
    with pytest.raises(UnknownPage, match="1, 2"):
        approve(workspace.run(), workspace.folder, workspace.baselines, ["9"])


def test_a_number_that_several_tutorials_have_names_the_candidates(workspace: Workspace) -> None:
    (first,) = workspace.run().tutorials
    second = replace(first, slug="autre", pages=first.pages[1:])
    record = replace(workspace.run(), tutorials=(first, second))
    with pytest.raises(AmbiguousPage) as ambiguous:
        select_pages(record, ["1", "2"])
    assert ambiguous.value.known == "exemple/2, autre/2"
    assert select_pages(record, ["1"]) == [(first, first.pages[0])], "only one tutorial has it"
    assert select_pages(record, ["autre/2"]) == [(second, second.pages[0])]


def test_a_page_named_twice_is_approved_once(workspace: Workspace) -> None:
    assert len(approve(workspace.run(), workspace.folder, workspace.baselines, ["1", "1"])) == 1


def test_false_instructions_on_what_is_approved_are_counted(workspace: Workspace) -> None:
    record = workspace.run(
        instructions=(instruction_result(1), instruction_result(2, status=InstructionStatus.MISSING))
    )
    (approval,) = approve(record, workspace.folder, workspace.baselines)
    assert approval.false_instructions == 1
