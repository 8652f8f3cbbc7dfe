"""Documentation: its links, commands, options and examples agree with the program."""

import ast
import inspect
import re
import tomllib
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from playwright.sync_api import Locator

from capture import Step, Tutorial
from capture.scenario.loader import lint_file, read_tutorials
from capture.scenario.sandbox import ALLOWED_ATTRIBUTES, STEP_ACTS
from capture.scenario.tutorial import PageKind
from capture.site.replica import Route, read_replica
from report.baselines.decision import DecisionKind
from report.settings import (
    HostSettings,
    MailSettings,
    NotificationSettings,
    RecipientSettings,
    Settings,
    find_settings,
)
from report.verdict import Verdict
from tests.support.commands import ALL_COMMANDS, PROJECT
from tutofrais import main

TERMINAL_COLUMNS = 80
DOCUMENTS = (*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md")))
SCENARIOS = (PROJECT / "docs" / "scenarios.md").read_text("utf-8")
PYTHON_NAMES = frozenset(name for kind in (str, list, dict, set, re.Match, date, datetime) for name in dir(kind))
AUTHORS_NAMES = (STEP_ACTS | ALLOWED_ATTRIBUTES) - PYTHON_NAMES
"""Names that the sandbox offers to authors, without those of Python's own values."""


def help_of(*command: str) -> str:
    return CliRunner().invoke(main, [*command, "--help"], terminal_width=TERMINAL_COLUMNS).output


def blocks(language: str) -> list[str]:
    """Return the code blocks of docs/scenarios.md in a language."""
    return re.findall(rf"```{language}\n(.*?)```", SCENARIOS, re.DOTALL)


def section(heading: str) -> str:
    """Return a section of docs/scenarios.md, without its heading."""
    assert f"\n### `{heading}`\n" in SCENARIOS, heading
    return re.split(r"\n#{2,3} ", SCENARIOS.partition(f"\n### `{heading}`\n")[2])[0]


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub forms them."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def methods(kind: type) -> dict[str, Callable[..., object]]:
    """Return the methods of a class that authors may call."""
    return {name: member for name, member in vars(kind).items() if name in AUTHORS_NAMES and callable(member)}


def parameters(function: Callable[..., object]) -> list[str]:
    return list(inspect.signature(function).parameters)[1:]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """Scenario file made of the examples of docs/scenarios.md, one after the other."""
    file = tmp_path / "mairie.py"
    file.write_text("\n\n".join(blocks("python")), "utf-8")
    return file


def test_no_line_of_the_command_list_is_cut() -> None:
    listed = help_of().partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(ALL_COMMANDS)
    for line in listed:
        assert len(line) <= TERMINAL_COLUMNS
        assert line.endswith("."), line
        assert "..." not in line, line


@pytest.mark.parametrize("name", ALL_COMMANDS)
def test_every_option_is_explained(name: str) -> None:
    shown = " ".join(help_of(name).split())
    for parameter in ALL_COMMANDS[name].params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            assert parameter.help.split()[0] in shown
        else:
            assert parameter.human_readable_name in shown


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_command_and_option_is_documented() -> None:
    prose = "\n".join(document.read_text("utf-8") for document in DOCUMENTS)
    for name, command in ALL_COMMANDS.items():
        assert f"tutofrais {name}" in prose, name
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert any(option in prose for option in (*parameter.opts, *parameter.secondary_opts)), (
                    name,
                    parameter.opts,
                )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_a_document_names_exists(document: Path) -> None:
    if document.name == "CHANGELOG.md":
        return
    for name in re.findall(r"`(?:\.venv/bin/)?tutofrais ([a-z]+)", document.read_text("utf-8")):
        assert name in ALL_COMMANDS, name


def test_every_class_that_is_named_exists() -> None:
    sources = [*PROJECT.glob("capture/**/*.py"), *PROJECT.glob("report/**/*.py")]
    defined = {name for file in sources for name in re.findall(r"^class (\w+)", file.read_text("utf-8"), re.MULTILINE)}
    text = (PROJECT / "docs" / "how_it_works.md").read_text("utf-8")
    named = set(re.findall(r"`([A-Z]\w*[a-z]\w*)(?:\.\w+)?`", text))
    assert len(named) > 15
    assert named <= defined, named - defined


@pytest.mark.parametrize("kind", [Verdict, PageKind, DecisionKind])
def test_every_value_is_in_the_glossary(kind: type[StrEnum]) -> None:
    glossary = (PROJECT / "docs" / "glossary.md").read_text("utf-8")
    for value in kind:
        assert f"(`{value}`)" in glossary, value


def test_the_examples_are_one_scenario_that_loads(scenario: Path) -> None:
    assert lint_file(scenario) == ()
    (tutorial,) = read_tutorials(scenario)
    assert {page.kind for page in tutorial.pages} == {"public", "form_only", "personal", "fixed", "gone"}


def test_the_examples_use_the_whole_vocabulary() -> None:
    calls = [node for node in ast.walk(ast.parse("\n".join(blocks("python")))) if isinstance(node, ast.Call)]
    named = {node.func.attr for node in calls if isinstance(node.func, ast.Attribute)}
    assert set(methods(Step)) | set(methods(Tutorial)) <= named
    keywords = {keyword.arg for node in calls for keyword in node.keywords}
    for function in (Tutorial.__init__, *methods(Step).values(), *methods(Tutorial).values()):
        options = [
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        ]
        assert set(options) <= keywords, (function, options)


def test_every_argument_of_a_tutorial_has_its_row() -> None:
    for name in parameters(Tutorial.__init__):
        assert f"\n| `{name}` |" in SCENARIOS, name


@pytest.mark.parametrize(
    ("owner", "name"),
    [("step", name) for name in methods(Step)] + [("tutorial", name) for name in methods(Tutorial)],
)
def test_every_method_and_its_arguments_are_documented(owner: str, name: str) -> None:
    function = methods(Step if owner == "step" else Tutorial)[name]
    text = section(f"{owner}.{name}")
    for argument in parameters(function):
        assert re.search(rf"\b{argument}\b", text), argument


def test_every_locator_is_documented() -> None:
    locators = {name for name in AUTHORS_NAMES if hasattr(Locator, name)} - {"page", *methods(Step)}
    assert len(locators) > 10
    for name in locators:
        assert f"`{name}`" in section("step.page"), name


def test_the_example_of_a_replica_is_read_and_every_key_has_its_row(tmp_path: Path) -> None:
    (example,) = blocks("toml")
    (tmp_path / "www.mairie.example").mkdir()
    (tmp_path / "replica.toml").write_text(example, "utf-8")
    settings = read_replica(tmp_path).settings
    assert len(settings.route) == 2
    keys = {field.name for kind in (type(settings), Route) for field in fields(kind)}
    used = {*tomllib.loads(example), *(key for route in tomllib.loads(example)["route"] for key in route)}
    assert used == keys
    for key in keys:
        assert f"\n| `{key}` |" in SCENARIOS, key


def test_every_setting_is_in_the_example_of_the_settings_which_can_be_used(tmp_path: Path) -> None:
    nightly = (PROJECT / "docs" / "nightly.md").read_text("utf-8")
    example = "\n".join(re.findall(r"```toml\n(.*?)```", nightly, re.DOTALL))
    (tmp_path / "tutofrais.toml").write_text(example, "utf-8")
    settings = find_settings(tmp_path).settings
    assert list(settings.people) == ["zoe", "team"]
    for kind in (Settings, HostSettings, MailSettings, NotificationSettings, RecipientSettings):
        for setting in fields(kind):
            assert re.search(rf"^(\[{setting.name}\b|{setting.name} *=)", example, re.MULTILINE), setting.name
