"""The folder of baselines of a new project: created once, and never in place of one that was lost or mistyped."""

import shutil
from pathlib import Path

import pytest

from capture.errors import NoBaselines, NoScenarios, UnknownSite
from report.run.first_run import create_baselines, is_first_run
from tests.support.commands import invoke

NOWHERE = ("run", "--site", "2O26", "--lang", "en")
"""A run that ends before Firefox starts."""


@pytest.fixture
def new_project(project: Path) -> Path:
    """Project with scenarios alone."""
    shutil.rmtree(project / "screenshots")
    shutil.rmtree(project / "runs")
    return project


def test_the_first_run_creates_the_usual_folder_and_says_so(new_project: Path) -> None:
    completed = invoke(*NOWHERE)
    assert completed.exit_code == UnknownSite.exit_code, completed.output
    assert "screenshots was created: no picture is approved yet." in completed.stderr
    assert (new_project / "screenshots").is_dir()
    assert "was created" not in invoke(*NOWHERE).stderr


def test_a_folder_that_was_typed_is_not_created(new_project: Path) -> None:
    for name in ("sreenshots", "screenshots"):
        completed = invoke("run", "--site", "2026", "--lang", "en", "--screenshots", name)
        assert completed.exit_code == NoBaselines.exit_code
        assert f"mkdir -p {name}" in completed.stderr
    assert not (new_project / "screenshots").exists()


def test_a_folder_that_was_lost_is_not_created_in_its_place(project: Path) -> None:
    shutil.rmtree(project / "screenshots")
    assert not is_first_run(project / "screenshots", project / "runs")
    assert not create_baselines(project / "screenshots", project / "runs")
    assert invoke("run", "--site", "2026").exit_code == NoBaselines.exit_code


def test_a_folder_of_another_name_in_the_settings_is_not_created(new_project: Path) -> None:
    (new_project / "tutofrais.toml").write_text('screenshots = "sreenshots"')
    assert invoke("run", "--site", "2026").exit_code == NoBaselines.exit_code
    (new_project / "tutofrais.toml").write_text('screenshots = "screenshots"')
    assert invoke(*NOWHERE).exit_code == UnknownSite.exit_code
    assert (new_project / "screenshots").is_dir()


@pytest.mark.parametrize("content", [None, "x = 1\n"], ids=["no file", "no tutorial"])
def test_without_a_scenario_the_cure_is_to_make_one(project: Path, content: str | None) -> None:
    (project / "scenarios" / "exemple.py").unlink()
    if content is not None:
        (project / "scenarios" / "empty.py").write_text(content)
    completed = invoke("run", "--lang", "en")
    assert completed.exit_code == NoScenarios.exit_code
    assert "tutofrais import" in completed.stderr
    assert "line" not in completed.stderr
