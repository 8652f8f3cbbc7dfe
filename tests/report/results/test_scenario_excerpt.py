import runpy
from pathlib import Path

import pytest

from report.results.scenario_excerpt import ScenarioExcerpt, excerpt_of
from tests.support.builders import accueil

EXCERPT = ScenarioExcerpt(file="exemple.py", first=7, lines=("a", "b", "c"))


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("exemple.py:7", 7),
        ("exemple.py:9", 9),
        ("exemple.py:6", None),
        ("exemple.py:10", None),
        ("autre.py:7", None),
        ("", None),
    ],
)
def test_a_place_is_one_of_its_lines_or_not(place: str, line: int | None) -> None:
    assert EXCERPT.line(place) == line


def test_the_lines_that_visit_a_page_are_found() -> None:
    found = excerpt_of(accueil)
    assert found is not None
    assert (found.file, found.lines[0], found.last) == (
        "builders.py",
        "def accueil(step: object) -> None:",
        found.first + 1,
    )


def test_a_scenario_that_is_gone_has_none(tmp_path: Path) -> None:
    source = tmp_path / "gone.py"
    source.write_text("def visit(step): ...", "utf-8")
    visit = runpy.run_path(str(source))["visit"]
    assert excerpt_of(visit) is not None
    source.unlink()
    assert excerpt_of(visit) is None
