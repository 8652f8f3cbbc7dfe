import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.elements import Element
from capture.scenario.healing import ALIKE, heal, likeness
from capture.scenario.instruction import Because, Truth
from tests.support.builders import element, told

HOME = "https://www.exemple.test/compte"


def healed(now: list[Element], approved: list[Element], name: str = "Je crée mon compte") -> object:
    (result,) = heal([told(1, name, truth=Truth.MISSING)], now, approved)
    return None if result.now is None else (result.now.name, result.now.because)


def test_what_leads_to_the_same_address_took_its_place() -> None:
    approved = [element("link", "Je crée mon compte", address=HOME)]
    now = [element("link", "Aide", address="https://www.exemple.test/aide"), element("link", "Ouvrir", address=HOME)]
    assert healed(now, approved) == ("Ouvrir", Because.ADDRESS)


def test_what_has_nearly_the_same_name_took_its_place() -> None:
    approved = [element("button", "Je crée mon compte")]
    now = [element("button", "Je crée mon compte ameli"), element("button", "Aide")]
    assert healed(now, approved) == ("Je crée mon compte ameli", Because.NAME)


def test_the_only_new_one_of_its_kind_beside_what_stayed_took_its_place() -> None:
    approved = [element("form", ""), element("textbox", "Code postal", parent=0), element("button", "OK", parent=0)]
    now = [element("form", ""), element("textbox", "Code postal", parent=0), element("button", "Valider", parent=0)]
    assert healed(now, approved, "OK") == ("Valider", Because.PLACE)


@pytest.mark.parametrize(
    "now",
    [
        [],
        [element("button", "Je crée mon compte ameli"), element("button", "Je crée un compte")],
        [element("heading", "Je crée mon compte ameli")],
        [element("button", "Je crée mon compte ameli", visible=False)],
        [element("button", "Annuler")],
    ],
    ids=["nothing", "two as good", "another kind", "hidden", "another name"],
)
def test_no_answer_is_given_when_it_is_not_clear(now: list[Element]) -> None:
    assert healed(now, [element("button", "Je crée mon compte")]) is None


def test_what_was_there_before_took_nobodys_place() -> None:
    stayed = element("button", "Je crée mon compte ameli")
    assert healed([stayed], [stayed, element("button", "Je crée mon compte")]) is None


def test_one_element_takes_one_place() -> None:
    approved = [element("button", "Je crée mon compte"), element("button", "Je crée un compte")]
    results = [told(n, old.name, truth=Truth.MISSING) for n, old in enumerate(approved, start=1)]
    assert all(result.now is None for result in heal(results, [element("button", "Je crée ce compte")], approved))


def test_what_a_true_instruction_points_at_is_taken() -> None:
    page = [element("button", "Je crée mon compte ameli")]
    results = [told(1, page[0].name, element=0), told(2, "Je crée mon compte", truth=Truth.MISSING)]
    assert heal(results, page, [element("button", "Je crée mon compte")])[1].now is None


def test_something_hidden_is_told_with_what_opens_it() -> None:
    now = [
        element("button", "Se connecter"),
        element("dialog", "Accéder au compte", visible=False),
        element("link", "Compte assuré", address=HOME, parent=1, visible=False, opener=0),
    ]
    approved = [element("link", "Mon compte", address=HOME)]
    (result,) = heal([told(1, "Mon compte", role="link", truth=Truth.MISSING)], now, approved)
    assert result.now is not None
    assert (result.now.name, result.now.opener, result.now.container) == (
        "Compte assuré",
        "Se connecter",
        "Accéder au compte",
    )


def test_the_same_results_come_back_in_their_order_and_true_ones_untouched() -> None:
    results = [told(3), told(1, truth=Truth.HIDDEN), told(2, truth=Truth.MISSING)]
    assert [(r.number, r.truth) for r in heal(results, [], [])] == [(r.number, r.truth) for r in results]


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Mon n° de sécurité sociale", "Mon numéro de sécurité sociale", True),
        ("Nom", "Nom de famille (sans prénom)", True),
        ("Je crée mon compte", "Se connecter", False),
        ("Valider", "Annuler", False),
    ],
)
def test_which_names_are_nearly_the_same(one: str, other: str, *, alike: bool) -> None:
    assert (likeness(one, other) >= ALIKE) == alike


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
