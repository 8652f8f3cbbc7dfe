"""Rewriting of names in a scenario."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from capture.scenario.rewriter import Renaming, rewrite
from capture.scenario.sandbox import lint_source

SOURCE = """
def visit(step):
    field = step.tell(
        'Tapez dans « Code postal ».',  # as on the old page
        step.field(inside=window), label="Code postal",
    )
    send = step.tell("Cliquez sur « SÉLECTIONNER ».", step.link(inside=window), callout="arrow")
    step.tell("Cliquez.", step.button("OK"))
    step.tell("Lisez « Une "
              "longue phrase ».", step.text())
"""
SELECT = Renaming(line=7, sentence="Cliquez sur « SÉLECTIONNER ».", old="SÉLECTIONNER", new="Valider", role="link")


@pytest.mark.parametrize(
    ("renaming", "before", "after"),
    [
        (SELECT, "« SÉLECTIONNER »", "« Valider »"),
        (
            replace(SELECT, role="button"),
            '"Cliquez sur « SÉLECTIONNER ».", step.link(',
            '"Cliquez sur « Valider ».", step.button(',
        ),
        (
            Renaming(line=3, sentence="Tapez dans « Code postal ».", old="Code postal", new="Ville", role="textbox"),
            "dans « Code postal »",
            "dans « Ville »",
        ),
        (Renaming(line=8, sentence="Cliquez.", old="OK", new="D'accord", role="button"), '"OK"', '"D\'accord"'),
    ],
)
def test_the_name_is_changed_and_all_else_stays(renaming: Renaming, before: str, after: str) -> None:
    assert SOURCE.count(before) == 1
    assert rewrite(SOURCE, renaming) == SOURCE.replace(before, after)


@pytest.mark.parametrize(
    "renaming",
    [replace(SELECT, line=8), replace(SELECT, sentence="Cliquez ici."), replace(SELECT, line=99)],
)
def test_a_line_that_tells_something_else_by_now_is_left(renaming: Renaming) -> None:
    assert rewrite(SOURCE, renaming) is None


@pytest.mark.parametrize(
    "name",
    [
        '"); import os #',
        "'); import os #",
        "\\",
        '\\\\"',
        "deux\nlignes",
        "{braces}",
        "nul\x00",
        "\u202efin",
        "👩🏽‍🚒",
        '"""',
    ],
)
@pytest.mark.parametrize("line", [3, 7])
def test_names_from_a_site_never_become_code(name: str, line: int) -> None:
    renaming = {
        3: Renaming(line=3, sentence="Tapez dans « Code postal ».", old="Code postal", new=name, role="textbox"),
        7: replace(SELECT, new=name),
    }[line]
    source = rewrite(SOURCE, renaming)
    assert source is not None
    assert lint_source(source, Path("exemple.py")) == lint_source(SOURCE, Path("exemple.py"))
    said = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    assert renaming.new_sentence in said
