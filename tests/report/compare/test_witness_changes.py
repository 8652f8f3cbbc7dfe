"""What counts as a change of a witness page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.runner.witness import Witness, witness_from
from report.compare.witness_changes import WitnessChanges, witness_changes

LINES = st.lists(st.text(st.characters(categories=["L", "P"]), min_size=1, max_size=6).map("text: {}".format))


def of(*lines: str) -> Witness:
    return Witness(title="Aide", lines=lines)


@pytest.mark.parametrize(
    ("before", "now", "removed", "added"),
    [
        (["text: A", "text: B"], ["text: B", "text: A"], [], []),
        (["text: Mis à jour le 2 mars 2026"], ["text: Mis à jour le 12/11/2026"], [], []),
        (["text: Updated on 2026-03-02"], ["text: updated on  2026-11-12"], [], []),
        (["text: il y a 3 minutes"], ["text: il y a 2 heures"], [], []),
        (["button: Valider"], ["link: Valider"], ["button: Valider"], ["link: Valider"]),
        (["text: 8 chiffres"], ["text: 12 chiffres"], ["text: 8 chiffres"], ["text: 12 chiffres"]),
        (["text: A", "text: A"], ["text: A"], ["text: A"], []),
    ],
)
def test_lines_count_wherever_they_stand(
    before: list[str], now: list[str], removed: list[str], added: list[str]
) -> None:
    assert witness_changes(of(*before), of(*now)) == WitnessChanges(removed=tuple(removed), added=tuple(added))


def test_what_differs_between_two_visits_does_not_count() -> None:
    before, now, again = (of(text, f"text: Visit {n}") for n, text in enumerate(("text: A", "text: B", "text: B")))
    assert witness_changes(before, now, again) == WitnessChanges(removed=("text: A",), added=("text: B",))
    assert not witness_changes(of("text: 1"), of("text: 2"), of("text: 1"))
    news = (
        of("heading: News", "link: Flu", "link: Heat", "text: Tap 8"),
        of("heading: News", "link: Rain", "text: Tap 9"),
    )
    found = witness_changes(*news, of("heading: News", "link: Snow", "text: Tap 9"))
    assert found.added == ("text: Tap 9",)
    assert "text: Tap 8" in found.removed


@given(LINES, LINES)
def test_a_witness_is_read_as_it_was_kept_and_changes_say_all(before: list[str], now: list[str]) -> None:
    one, other = of(*before), of(*now)
    assert witness_from(one.text) == one
    found = witness_changes(one, other)
    assert len(before) - len(found.removed) == len(now) - len(found.added)
    assert not witness_changes(one, one)
