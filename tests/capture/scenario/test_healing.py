import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.elements import Element
from capture.scenario.healing import SIMILAR, find_replacements, similarity
from capture.scenario.instruction import HealingEvidence, InstructionStatus
from tests.support.builders import box, element, instruction_result

HOME = "https://www.exemple.test/compte"


def healed(now: list[Element], approved: list[Element], name: str = "Je crée mon compte") -> object:
    (result,) = find_replacements([instruction_result(1, name, status=InstructionStatus.MISSING)], now, approved)
    return None if result.replacement is None else (result.replacement.name, result.replacement.evidence)


def test_an_element_with_the_same_link_is_a_replacement() -> None:
    approved = [element("link", "Je crée mon compte", address=HOME)]
    now = [element("link", "Aide", address="https://www.exemple.test/aide"), element("link", "Ouvrir", address=HOME)]
    assert healed(now, approved) == ("Ouvrir", HealingEvidence.ADDRESS)


def test_an_element_with_a_similar_name_is_a_replacement() -> None:
    approved = [element("button", "Je crée mon compte")]
    now = [element("button", "Je crée mon compte ameli"), element("button", "Aide")]
    assert healed(now, approved) == ("Je crée mon compte ameli", HealingEvidence.NAME)


def test_the_only_new_one_of_its_kind_beside_what_stayed_took_its_place() -> None:
    approved = [element("form", ""), element("textbox", "Code postal", parent=0), element("button", "OK", parent=0)]
    now = [element("form", ""), element("textbox", "Code postal", parent=0), element("button", "Valider", parent=0)]
    assert healed(now, approved, "OK") == ("Valider", HealingEvidence.PLACE)


BESIDE = (element("heading", "Documents"), element("link", "Aide"))
IMPORT = element("button", "Import SVG", box=box(0, 50, 100, 30))
"""A button between a heading and a link."""


@pytest.mark.parametrize(
    ("now", "found"),
    [
        ([BESIDE[0], element("button", "Open", box=box(300, 50, 60, 30)), BESIDE[1]], True),
        ([BESIDE[0], element("button", "Open", box=box(0, 60, 80, 30)), element("link", "Plus")], True),
        ([BESIDE[0], element("button", "Open", box=box(300, 50, 60, 30)), element("link", "Plus")], False),
        ([element("button", "Open", box=IMPORT.box)], False),
        ([BESIDE[0], element("link", "Open", box=IMPORT.box), BESIDE[1]], False),
        ([BESIDE[0], element("button", "Open"), element("button", "Share"), BESIDE[1]], False),
    ],
    ids=["between the same", "in the same box", "elsewhere", "alone", "of another role", "one of two"],
)
def test_what_stands_between_the_same_two_elements_took_its_place(now: list[Element], found: bool) -> None:
    replaced = healed(now, [BESIDE[0], IMPORT, BESIDE[1]], "Import SVG")
    assert replaced == (("Open", HealingEvidence.PLACE) if found else None)


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


TEN = "Vous recevrez une réponse sous 10 jours ouvrés"
FIFTEEN = "Vous recevrez une réponse sous 15 jours ouvrés"


@pytest.mark.parametrize(
    ("role", "name", "old", "new", "proposed"),
    [
        ("text", TEN, f"{TEN}. Le devis est gratuit.", f"{FIFTEEN}. Le devis est gratuit.", FIFTEEN),
        ("text", TEN, f"{TEN}.", f"{FIFTEEN}.", FIFTEEN),
        ("heading", "Étape 2 sur 4", "Étape 2 sur 4", "Étape 3 sur 5 : vos documents", "Étape 3 sur 5 : vos documents"),
        # A heading or a button is found by its whole label only.
        ("heading", "Vos documents", "Vos documents", "Vos documents. Étape 2", "Vos documents. Étape 2"),
        ("button", "Créer un compte", "Créer un compte", "Créer mon compte ?", "Créer mon compte ?"),
        ("button", "Créer un compte", "Créer un compte", "Créer mon compte ›", "Créer mon compte ›"),
    ],
)
def test_what_replaces_a_quotation_is_the_part_that_the_tutorial_would_quote(
    role: str, name: str, old: str, new: str, proposed: str
) -> None:
    results = [instruction_result(1, name, role=role, status=InstructionStatus.MISSING)]
    (result,) = find_replacements(results, [element(role, new)], [element(role, old)])
    assert result.replacement is not None
    assert result.replacement.name == proposed


def test_a_label_is_replaced_by_the_label_without_the_hint_below_it() -> None:
    old = element("textbox", "Nom de famille tel que sur la carte", lead="Nom de famille")
    new = element("textbox", "Nom de la famille tel que sur la carte", lead="Nom de la famille")
    results = [instruction_result(1, "Nom de famille", role="field", status=InstructionStatus.MISSING)]
    (result,) = find_replacements(results, [new], [old])
    assert result.replacement is not None
    assert result.replacement.name == "Nom de la famille"


def test_an_element_of_the_baseline_is_no_replacement() -> None:
    stayed = element("button", "Je crée mon compte ameli")
    assert healed([stayed], [stayed, element("button", "Je crée mon compte")]) is None


def test_one_element_takes_one_place() -> None:
    approved = [element("button", "Je crée mon compte"), element("button", "Je crée un compte")]
    results = [
        instruction_result(n, old.name, status=InstructionStatus.MISSING) for n, old in enumerate(approved, start=1)
    ]
    assert all(
        result.replacement is None
        for result in find_replacements(results, [element("button", "Je crée ce compte")], approved)
    )


def test_the_target_of_a_true_instruction_is_no_replacement() -> None:
    page = [element("button", "Je crée mon compte ameli")]
    results = [
        instruction_result(1, page[0].name, element=0),
        instruction_result(2, "Je crée mon compte", status=InstructionStatus.MISSING),
    ]
    assert find_replacements(results, page, [element("button", "Je crée mon compte")])[1].replacement is None


def test_a_hidden_replacement_comes_with_its_opener() -> None:
    now = [
        element("button", "Se connecter"),
        element("dialog", "Accéder au compte", visible=False),
        element("link", "Compte assuré", address=HOME, parent=1, visible=False, opener=0),
    ]
    approved = [element("link", "Mon compte", address=HOME)]
    (result,) = find_replacements(
        [instruction_result(1, "Mon compte", role="link", status=InstructionStatus.MISSING)], now, approved
    )
    assert result.replacement is not None
    assert (result.replacement.name, result.replacement.opener, result.replacement.container) == (
        "Compte assuré",
        "Se connecter",
        "Accéder au compte",
    )


def test_a_visible_replacement_comes_without_a_dialog() -> None:
    now = [element("dialog", "Accéder au compte"), element("link", "Compte assuré", address=HOME, parent=0)]
    approved = [element("link", "Mon compte", address=HOME)]
    (result,) = find_replacements(
        [instruction_result(1, "Mon compte", role="link", status=InstructionStatus.MISSING)], now, approved
    )
    assert result.replacement is not None
    assert (result.replacement.opener, result.replacement.container) == (None, None)


def test_the_same_results_come_back_in_their_order_and_true_ones_untouched() -> None:
    results = [
        instruction_result(3),
        instruction_result(1, status=InstructionStatus.HIDDEN),
        instruction_result(2, status=InstructionStatus.MISSING),
    ]
    assert [(r.number, r.status) for r in find_replacements(results, [], [])] == [(r.number, r.status) for r in results]


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
    assert (similarity(one, other) >= SIMILAR) == alike


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    assert 0 <= similarity(one, other) == similarity(other, one) <= 1
