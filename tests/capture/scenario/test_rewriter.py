"""Rewriting of names in a scenario."""

import ast
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from capture.errors import EditRefused
from capture.scenario.edits import Correction, GonePage, Opener, Removal, TextCorrection
from capture.scenario.rewriter import rewrite
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


def renaming(line: int, sentence: str, name: str, new_name: str, role: str) -> Correction:
    """Return the correction that replaces a name in a sentence and its target."""
    return Correction(
        line=line,
        sentence=sentence,
        new_sentence=sentence.replace(name, new_name, 1),
        name=name,
        new_name=new_name,
        role=role,
    )


SELECT = renaming(7, "Cliquez sur « SÉLECTIONNER ».", "SÉLECTIONNER", "Valider", "link")


@pytest.mark.parametrize(
    ("edit", "before", "after"),
    [
        (SELECT, "« SÉLECTIONNER »", "« Valider »"),
        (
            replace(SELECT, role="button"),
            '"Cliquez sur « SÉLECTIONNER ».", step.link(',
            '"Cliquez sur « Valider ».", step.button(',
        ),
        (
            renaming(3, "Tapez dans « Code postal ».", "Code postal", "Ville", "textbox"),
            "dans « Code postal »",
            "dans « Ville »",
        ),
        (renaming(8, "Cliquez.", "OK", "D'accord", "button"), '"OK"', '"D\'accord"'),
    ],
)
def test_the_name_is_changed_and_all_else_stays(edit: Correction, before: str, after: str) -> None:
    assert SOURCE.count(before) == 1
    assert rewrite(SOURCE, edit) == SOURCE.replace(before, after)


@pytest.mark.parametrize(
    "edit",
    [replace(SELECT, line=8), replace(SELECT, sentence="Cliquez ici."), replace(SELECT, line=99)],
)
def test_a_line_that_tells_something_else_by_now_is_left(edit: Correction) -> None:
    assert rewrite(SOURCE, edit) is None


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
    edit = {
        3: renaming(3, "Tapez dans « Code postal ».", "Code postal", name, "textbox"),
        7: replace(SELECT, new_sentence=f"Cliquez sur « {name} ».", new_name=name, callout_label=name),
    }[line]
    source = rewrite(SOURCE, edit)
    assert source is not None
    assert lint_source(source, Path("exemple.py")) == lint_source(SOURCE, Path("exemple.py"))
    said = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    assert edit.new_sentence in said


PAGE = """
@tutorial.page(4, "Ouvrir le compte", starts_at="https://www.exemple.test/")
def page(step):
    icons = step.role("navigation", "Accès")
    icon = step.tell(
        "Cliquez sur la silhouette « COMPTE ».",
        step.link(inside=icons),
        callout="arrow",
        label="La silhouette",
    )
    step.hover(icon)
    step.tell("Sa description « COMPTE » s'affiche.", step.role("tooltip", inside=icons))
    step.tell("Lisez « Bonjour », puis « Bienvenue ».", step.heading("Bonjour"))
    step.shoot(ignore=NEWS)
    step.click(icon)

tutorial.personal(
    7,
    "Code",
    text=[
        "Choisissez un code.",
        "Appuyez sur « VALIDER ».",
    ],
    described_on=WITNESSES,
)
"""
ICON = Correction(
    line=5,
    sentence="Cliquez sur la silhouette « COMPTE ».",
    new_sentence="Cliquez sur « Accéder à mon compte ».",
    name="COMPTE",
    new_name="Accéder à mon compte",
    role="link",
    callout_label="Ici",
    leaves_container=True,
    opener=Opener(sentence="Cliquez sur « Se connecter ».", role="button", name="Se connecter"),
)


def test_what_another_control_opens_takes_an_instruction_and_a_picture_more() -> None:
    before = """    icon = step.tell(
        "Cliquez sur la silhouette « COMPTE ».",
        step.link(inside=icons),
        callout="arrow",
        label="La silhouette",
    )
"""
    after = """    ouvre = step.tell("Cliquez sur « Se connecter ».", step.button("Se connecter"), callout="arrow")
    step.shoot(ignore=NEWS)
    step.click(ouvre)
    icon = step.tell(
        "Cliquez sur « Accéder à mon compte ».",
        step.link(),
        callout="arrow",
        label="Ici",
    )
"""
    named = PAGE.replace("step.shoot(ignore", 'step.shoot("Se connecter", ignore')
    assert rewrite(PAGE, ICON) == named.replace(before, after)
    # The picture already has a name: the new one gets another.
    source = rewrite(PAGE.replace("step.shoot(ignore", 'step.shoot("Fin", ignore'), ICON)
    assert source is not None
    assert (
        source.count('step.shoot("Se connecter", ignore=NEWS)') == source.count('step.shoot("Fin", ignore=NEWS)') == 1
    )


def test_an_opener_without_a_method_of_its_own_is_pointed_at_by_its_role() -> None:
    source = rewrite(PAGE, replace(ICON, opener=Opener(sentence="Ouvrez « Plus ».", role="tab", name="Plus")))
    assert source is not None
    assert 'step.tell("Ouvrez « Plus ».", step.role("tab", "Plus"), callout="arrow")' in source


@pytest.mark.parametrize(
    ("new_sentence", "role", "target"),
    [
        # A quotation that takes the place of the target's name renames the target.
        ("Lisez « Salut », puis « Bienvenue ».", None, 'step.heading("Salut")'),
        # The other quotation is only told.
        ("Lisez « Bonjour », puis « Au revoir ».", None, 'step.heading("Bonjour")'),
        ("Lisez « Bonjour ».", None, 'step.heading("Bonjour")'),
        ("Lisez « Bonjour », puis « Bienvenue ».", "text", 'step.text("Bonjour")'),
        ("Lisez « Bonjour », puis « Bienvenue ».", "tab", 'step.role("tab", "Bonjour")'),
    ],
)
def test_a_sentence_in_other_words_keeps_what_it_points_at(new_sentence: str, role: str | None, target: str) -> None:
    sentence = "Lisez « Bonjour », puis « Bienvenue »."
    edit = Correction(line=13, sentence=sentence, new_sentence=new_sentence, name="Bonjour", role=role)
    expected = PAGE.replace(sentence, new_sentence).replace('step.heading("Bonjour")', target)
    assert rewrite(PAGE, edit) == expected


def test_a_role_that_was_written_becomes_the_method_of_the_new_role() -> None:
    sentence = "Sa description « COMPTE » s'affiche."
    edit = Correction(line=12, sentence=sentence, new_sentence=sentence, role="heading")
    assert rewrite(PAGE, edit) == PAGE.replace('step.role("tooltip", inside', "step.heading(inside")


def test_a_target_that_the_sentence_does_not_quote_gets_its_name() -> None:
    sentence = "Sa description « COMPTE » s'affiche."
    edit = Correction(
        line=12,
        sentence=sentence,
        new_sentence="Une description s'affiche.",
        name="COMPTE",
        new_name="Mon compte",
        role="tooltip",
        leaves_container=True,
    )
    source = rewrite(PAGE, edit)
    assert source is not None
    assert 'step.tell("Une description s\'affiche.", step.role("tooltip", "Mon compte"))' in source
    variable = PAGE.replace('step.role("tooltip", inside=icons))', "icons)")
    source = rewrite(variable, edit)
    assert source is not None
    assert 'step.tell("Une description s\'affiche.", step.role("tooltip", "Mon compte"))' in source


def test_a_long_sentence_goes_on_below_itself() -> None:
    words = "Lisez « Bonjour » " + "et tout ce qui suit " * 9 + "enfin."
    edit = Correction(line=13, sentence="Lisez « Bonjour », puis « Bienvenue ».", new_sentence=words, name="Bonjour")
    source = rewrite(PAGE, edit)
    assert source is not None
    assert words in [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    assert max(map(len, source.splitlines())) <= 120


def test_an_instruction_is_removed_with_its_line() -> None:
    removal = Removal(line=12, sentence="Sa description « COMPTE » s'affiche.")
    lines = PAGE.splitlines(keepends=True)
    assert rewrite(PAGE, removal) == "".join(lines[:11] + lines[12:])


def test_an_instruction_that_the_scenario_acts_on_stays() -> None:
    with pytest.raises(EditRefused, match="acts on this instruction"):
        rewrite(PAGE, Removal(line=5, sentence="Cliquez sur la silhouette « COMPTE »."))


def test_a_page_is_marked_as_gone_and_unmarked() -> None:
    marked = rewrite(PAGE, GonePage(number=4, since=date(2026, 11, 28)))
    assert marked == PAGE.replace('"Ouvrir le compte", ', '"Ouvrir le compte", gone="2026-11-28", ')
    assert rewrite(marked, GonePage(number=4, since=None)) == PAGE
    personal = rewrite(PAGE, GonePage(number=7, since=date(2026, 11, 28)))
    assert personal == PAGE.replace('    "Code",\n', '    "Code",\n    gone="2026-11-28",\n')
    assert rewrite(PAGE, GonePage(number=5, since=date(2026, 11, 28))) is None


def test_a_page_that_is_declared_twice_is_left() -> None:
    with pytest.raises(EditRefused, match="more than once"):
        rewrite(PAGE + PAGE, GonePage(number=4, since=None))


def test_a_sentence_of_a_personal_page_is_corrected_or_removed() -> None:
    edit = TextCorrection(number=7, text="Choisissez un code.", new_text="Choisissez un code de 8 chiffres.")
    assert rewrite(PAGE, edit) == PAGE.replace("un code.", "un code de 8 chiffres.")
    removed = rewrite(PAGE, replace(edit, new_text=""))
    assert removed is not None
    assert "Choisissez" not in removed
    assert rewrite(PAGE, replace(edit, text="Autre chose.")) is None
