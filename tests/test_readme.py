"""README: its commands, make goals, files, exit codes and example agree with the program."""

import re
import tomllib
from pathlib import Path

import pytest

from capture.scenario.loader import lint_file, read_tutorials
from report.verdict import ExitCode
from tests.support.commands import ALL_COMMANDS, PROJECT

README = (PROJECT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w*)\n(.*?)```", README, re.DOTALL)


def test_its_commands_and_options_exist() -> None:
    inline = re.sub(r"```.*?```", "", README, flags=re.DOTALL)
    quoted = [*re.findall(r"`([^`]+)`", inline), *(text for kind, text in BLOCKS if kind != "python")]
    typed = [found for text in quoted for found in re.findall(r"tutofrais ([a-z]+)([^\n#]*)", text)]
    assert len(typed) > 8
    for name, rest in typed:
        assert name in ALL_COMMANDS
        options = {option for parameter in ALL_COMMANDS[name].params for option in parameter.opts}
        assert set(re.findall(r"--[a-z-]+", rest)) <= options | {"--help"}, (name, rest)


def test_its_make_goals_exist() -> None:
    goals = re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.MULTILINE))
    assert {"run", "test"} <= named <= set(goals)


def test_its_files_exist() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        if "://" not in link:
            assert (PROJECT / link).exists(), link
    for name in re.findall(r"^\| `([\w./]+)` \|", README, re.MULTILINE):
        assert (PROJECT / name).exists(), name


def test_every_dependency_has_its_line_and_no_other() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {re.split(r"[<>=~]", line)[0] for line in project["dependencies"]}
    table = README.partition("## Why each dependency")[2]
    rows = re.findall(r"^\| ([a-z][^|]*) \|", table, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"[a-z][a-z0-9-]{2,}", row)}
    assert named - {"package"} == needed
    for line in [line for extra in project["optional-dependencies"].values() for line in extra]:
        name = re.split(r"[<>=~]", line)[0]
        assert name in table or name.startswith("types-"), name


def test_its_exit_codes_are_the_programs() -> None:
    for code in ExitCode:
        assert re.search(rf"\b{code.value}\b", README)


def test_its_scenario_compiles_and_declares_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "mairie.py"
    file.write_text(next(text for kind, text in BLOCKS if kind == "python"), "utf-8")
    assert lint_file(file) == ()
    (tutorial,) = read_tutorials(file)
    assert [page.kind for page in tutorial.pages] == ["public", "form_only", "personal"]


@pytest.mark.parametrize("word", ["En français", "make run", "make test", "docs/report.png"])
def test_it_has_what_a_newcomer_looks_for(word: str) -> None:
    assert word in README
