"""Checkpoints: outcomes of a tutorial's pages, read by a resumed run."""

from dataclasses import replace
from pathlib import Path

import pytest

from capture.capture import capture_stem, write_capture
from capture.messages import Phrase
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.privacy.request_filter import BlockedRequest
from capture.runner.checkpoint import (
    CAPTURES,
    CHECKPOINTS,
    TutorialOutcome,
    read_checkpoint,
    remove_checkpoint,
    write_checkpoint,
)
from capture.runner.journey import JourneyLog, VisitState
from capture.scenario.tutorial import Tutorial
from tests.support.builders import HOST, accueil, outcome_of, pixels_of, png_of, tutorial_of

STOPPED = BlockedRequest(method="GET", host="pisteur.test", reason="undeclared host")
MET = Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("its address led to {host}", host="x"), f"https://{HOST}/")


@pytest.fixture
def tutorial() -> Tutorial:
    one = tutorial_of(accueil, accueil, accueil)
    one.source_sha256 = "première version"
    return one


@pytest.fixture
def visited(tutorial: Tutorial, tmp_path: Path) -> TutorialOutcome:
    """Outcome of a tutorial, with its captures in the run folder."""
    first, second, third = tutorial.pages
    outcomes = (
        outcome_of(first, png_of(pixels_of())),
        outcome_of(second, state=VisitState.UNREACHABLE, obstacle=MET),
        outcome_of(third, state=VisitState.NOT_REACHED, stopped_by=2),
    )
    capture = outcomes[0].capture
    assert capture is not None
    write_capture(capture, capture_stem(tmp_path / CAPTURES, tutorial.slug, 1))
    return TutorialOutcome(tutorial=tutorial, outcomes=outcomes, log=JourneyLog(page_loads=3, blocked=(STOPPED,)))


def test_a_visited_tutorial_is_read_from_its_checkpoint(
    visited: TutorialOutcome, tutorial: Tutorial, tmp_path: Path
) -> None:
    write_checkpoint(visited, tmp_path)
    assert read_checkpoint(tutorial, tmp_path) == visited


def test_nothing_is_known_of_what_was_not_visited_to_its_end(tutorial: Tutorial, tmp_path: Path) -> None:
    assert read_checkpoint(tutorial, tmp_path) is None


def test_a_scenario_that_was_changed_meanwhile_is_visited_anew(
    visited: TutorialOutcome, tutorial: Tutorial, tmp_path: Path
) -> None:
    write_checkpoint(visited, tmp_path)
    tutorial.source_sha256 = "deuxième version"
    assert read_checkpoint(tutorial, tmp_path) is None


@pytest.mark.parametrize(
    "spoilt", [f"{CHECKPOINTS}/exemple.json", f"{CAPTURES}/exemple/01.png", f"{CAPTURES}/exemple/01.json"]
)
@pytest.mark.parametrize("how", ["half", "gone"])
def test_a_tutorial_with_a_corrupt_checkpoint_is_visited_again(
    visited: TutorialOutcome, tutorial: Tutorial, tmp_path: Path, spoilt: str, how: str
) -> None:
    write_checkpoint(visited, tmp_path)
    file = tmp_path / spoilt
    whole = file.read_bytes()
    file.unlink()
    if how == "half":
        file.write_bytes(whole[: len(whole) // 2])
    assert read_checkpoint(tutorial, tmp_path) is None


def test_pages_that_the_tutorial_does_not_have_are_not_believed(
    visited: TutorialOutcome, tutorial: Tutorial, tmp_path: Path
) -> None:
    write_checkpoint(visited, tmp_path)
    file = tmp_path / CHECKPOINTS / "exemple.json"
    file.write_bytes(file.read_bytes().replace(b'"page":3', b'"page":99'))
    assert read_checkpoint(tutorial, tmp_path) is None
    remove_checkpoint(tutorial, tmp_path)
    remove_checkpoint(tutorial, tmp_path)
    assert not file.exists()


@pytest.mark.parametrize(
    ("kind", "lasting"),
    [
        (ObstacleKind.WALL, True),
        (ObstacleKind.GONE, True),
        (ObstacleKind.OUTAGE, False),
        (ObstacleKind.NETWORK, False),
        (ObstacleKind.BROWSER, False),
    ],
)
def test_a_temporary_obstacle_is_worth_another_visit(
    visited: TutorialOutcome, kind: ObstacleKind, lasting: bool
) -> None:
    first, second, third = visited.outcomes
    met = replace(second, obstacle=Obstacle(kind=kind, evidence="x", url=""))
    assert replace(visited, outcomes=(first, met, third)).conclusive is lasting


def test_a_firefox_that_stops_after_the_picture_broke_down(visited: TutorialOutcome) -> None:
    stopped = Obstacle(kind=ObstacleKind.BROWSER, evidence="x", url="")
    first, *others = visited.outcomes
    assert not visited.crashed
    assert replace(visited, outcomes=(replace(first, obstacle=stopped), *others)).crashed
