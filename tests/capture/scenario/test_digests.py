"""Digests of a scenario's pages."""

from pathlib import Path

import pytest

from capture.scenario.loader import read_tutorials

SOURCE = """
from capture import Step, Tutorial

t = Tutorial("un", title="T", source="S", licence="CC0", hosts=["www.exemple.test"])
NEWS = ["#news"]

@t.page(1, "Accueil", starts_at="https://www.exemple.test/")
def accueil(step: Step) -> None:
    step.tell("Cliquez sur « OK ».", step.button())
    step.shoot(ignore=NEWS)

@t.page(2, "Suite")
def suite(step: Step) -> None:
    step.tell("Lisez « Fin ».", step.heading())
    step.shoot()

t.personal(3, "Code", text=["Tapez le code."])
"""


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("« OK »", "« Valider »", {1}),
        ("« Fin »", "« Bravo »", {2}),
        ('"Suite")', '"Suite", starts_at="https://www.exemple.test/2")', {2}),
        ("#news", "#actualites", {1, 2}),
        ("Tapez le code.", "Choisissez un code.", set()),
        ("    step.shoot()", "    # la fin\n\n    step.shoot()", set()),
    ],
)
def test_only_the_pages_that_a_change_concerns_get_another_digest(
    tmp_path: Path, before: str, after: str, changed: set[int]
) -> None:
    file = tmp_path / "un.py"
    digests = []
    for source in (SOURCE, SOURCE.replace(before, after)):
        file.write_text(source, "utf-8")
        (tutorial,) = read_tutorials(file)
        digests.append(tutorial.page_sha256)
    first, second = digests
    assert set(first) == set(second) == {1, 2}
    assert {number for number in first if first[number] != second[number]} == changed
