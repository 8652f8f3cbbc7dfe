"""Roles that a target may have, and those that it may not."""

import ast
import re
from pathlib import Path

import pytest

from capture.page_scripts import page_script
from capture.scenario.roles import OTHER_ROLES, ROLES, mistake_in_role, wrong_roles

DOCS = Path(__file__).parents[3] / "docs" / "scenarios.md"


@pytest.mark.parametrize("role", ["", *sorted(ROLES)])
def test_a_role_of_a_target_is_no_mistake(role: str) -> None:
    assert mistake_in_role(role) is None


@pytest.mark.parametrize("role", ["row", "list", "listitem", "article"])
def test_a_role_of_aria_that_is_not_listed_is_told_with_what_to_use_instead(role: str) -> None:
    what = mistake_in_role(role)
    assert what is not None
    assert what.startswith(f"“{role}” is a role, but none that an instruction can point at: use step.text")


@pytest.mark.parametrize(("role", "close"), [("buton", "button"), ("Link", "link"), ("xyz", "text")])
def test_what_is_no_role_is_told_with_the_one_like_it(role: str, close: str) -> None:
    assert mistake_in_role(role) == f"“{role}” is no role; perhaps “{close}” is meant"


def test_every_role_that_firefox_reports_is_one_or_the_other() -> None:
    source = re.search(r"const ROLES = new Set\(\((.*?)\)\.split", page_script("browser/names.js"), re.DOTALL)
    assert source is not None
    reported = set(" ".join(re.findall(r'"([^"]*)"', source.group(1))).split())
    assert reported <= ROLES | OTHER_ROLES
    assert not ROLES & OTHER_ROLES


def test_the_documentation_lists_the_roles() -> None:
    table = DOCS.read_text("utf-8").partition("### `step.role`")[2].partition("No instruction can point")[0]
    assert set(re.findall(r"`([a-z]+)`", table.partition("|---|---|")[2])) == ROLES


def test_wrong_roles_are_found_in_a_scenario_without_running_it() -> None:
    source = """
def page(step):
    tab = step.role("tab", "Row")
    step.tell("Voyez « Un ».", step.role("row", inside=step.role("list", "Mes choix")))
    step.tell("Voyez « Un ».", step.role(role="buton"))
    step.tell("Voyez « Un ».", step.role(tab))
    step.page.get_by_role("row")
"""
    told = [(one.line, one.what.partition("”")[0]) for one in wrong_roles(ast.parse(source))]
    assert told == [(4, "“row"), (4, "“list"), (5, "“buton")]
