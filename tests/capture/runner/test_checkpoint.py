"""What became of a tutorial's pages, kept for a run that goes on with one that was cut off."""

from dataclasses import replace
from pathlib import Path

import pytest

from capture.capture import capture_stem, write_pair
from capture.errors import Phrase
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.privacy.request_filter import StoppedRequest
from capture.runner.checkpoint import CAPTURES, VISITED, Visited, forget_visited, keep_visited, read_visited
from capture.runner.journey import JourneyLog, State
from capture.scenario.tutorial import Tutorial
from tests.support.builders import HOST, accueil, outcome_of, pixels_of, png_of, tutorial_of

STOPPED = StoppedRequest(method="GET", host="pisteur.test", why="undeclared host")
MET = Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("its address led to {host}", host="x"), f"https://{HOST}/")


@pytest.fixture
def tutorial() -> Tutorial:
    one = tutorial_of(accueil, accueil, accueil)
    one.source_sha256 = "première version"
    return one


@pytest.fixture
def visited(tutorial: Tutorial, tmp_path: Path) -> Visited:
    """A tutorial's visit, with its captures where a run keeps them."""
    first, second, third = tutorial.pages
    outcomes = (
        outcome_of(first, png_of(pixels_of())),
        outcome_of(second, state=State.UNREACHABLE, obstacle=MET),
        outcome_of(third, state=State.NOT_REACHED, stopped_by=2),
    )
    capture = outcomes[0].capture
    assert capture is not None
    write_pair(capture, outcomes[0].picture, capture_stem(tmp_path / CAPTURES, tutorial.slug, 1))
    return Visited(tutorial=tutorial, outcomes=outcomes, log=JourneyLog(loads=3, stopped=(STOPPED,)))


def test_what_was_visited_is_known_again(visited: Visited, tutorial: Tutorial, tmp_path: Path) -> None:
    keep_visited(visited, tmp_path)
    assert read_visited(tutorial, tmp_path) == visited


def test_nothing_is_known_of_what_was_not_visited_to_its_end(tutorial: Tutorial, tmp_path: Path) -> None:
    assert read_visited(tutorial, tmp_path) is None


def test_a_scenario_that_was_changed_meanwhile_is_visited_anew(
    visited: Visited, tutorial: Tutorial, tmp_path: Path
) -> None:
    keep_visited(visited, tmp_path)
    tutorial.source_sha256 = "deuxième version"
    assert read_visited(tutorial, tmp_path) is None


@pytest.mark.parametrize(
    "spoilt", [f"{VISITED}/exemple.json", f"{CAPTURES}/exemple/01.png", f"{CAPTURES}/exemple/01.json"]
)
@pytest.mark.parametrize("how", ["half", "gone"])
def test_what_is_spoilt_is_visited_anew(
    visited: Visited, tutorial: Tutorial, tmp_path: Path, spoilt: str, how: str
) -> None:
    keep_visited(visited, tmp_path)
    file = tmp_path / spoilt
    whole = file.read_bytes()
    file.unlink()
    if how == "half":
        file.write_bytes(whole[: len(whole) // 2])
    assert read_visited(tutorial, tmp_path) is None


def test_pages_that_the_tutorial_does_not_have_are_not_believed(
    visited: Visited, tutorial: Tutorial, tmp_path: Path
) -> None:
    keep_visited(visited, tmp_path)
    file = tmp_path / VISITED / "exemple.json"
    file.write_bytes(file.read_bytes().replace(b'"page":3', b'"page":99'))
    assert read_visited(tutorial, tmp_path) is None
    forget_visited(tutorial, tmp_path)
    forget_visited(tutorial, tmp_path)
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
def test_what_may_pass_is_worth_another_visit(visited: Visited, kind: ObstacleKind, lasting: bool) -> None:
    first, second, third = visited.outcomes
    met = replace(second, obstacle=Obstacle(kind=kind, sign="x", url=""))
    assert replace(visited, outcomes=(first, met, third)).lasting is lasting


def test_a_firefox_that_stops_after_the_picture_broke_down(visited: Visited) -> None:
    stopped = Obstacle(kind=ObstacleKind.BROWSER, sign="x", url="")
    first, *others = visited.outcomes
    assert not visited.broke_down
    assert replace(visited, outcomes=(replace(first, obstacle=stopped), *others)).broke_down
