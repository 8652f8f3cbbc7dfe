"""The guard's rules on values and fields. Every personal-looking string is made here, of nobody, and refused."""

import pytest
from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import Element
from capture.errors import Phrase, PrivacyError
from capture.guard import check_act, check_field, check_filled, check_value
from capture.tutorial import PageKind
from tests.building import accueil, element, tutorial_of


def social_security_number(month: int = 1, department: str = "01") -> str:
    body = f"1{0:02}{month:02}{department}{1:03}{1:03}"
    return body + nir.calc_check_digits(body)


def bank_account() -> str:
    rest = "0" * 23
    return f"FR{iban.calc_check_digits(f'FR00{rest}')}{rest}"


def card(length: int = 16) -> str:
    body = "4" + "0" * (length - 2)
    return body + luhn.calc_check_digit(body)


def spaced(digits: str, by: str, every: int = 2) -> str:
    return by.join(digits[start : start + every] for start in range(0, len(digits), every))


PHONE = "0" + "1" + "0" * 8
PERSONAL = {
    "nir": social_security_number(),
    "nir in groups": spaced(social_security_number(), " ", 3),
    "nir without its key": social_security_number()[:13],
    "nir of Corsica": social_security_number(department="2A"),
    "nir with dots": spaced(social_security_number(), "."),
    "iban": bank_account(),
    "iban in groups": spaced(bank_account(), " ", 4),
    "card": card(),
    "card in groups": spaced(card(), "-", 4),
    "card of 19": card(19),
    "e-mail": "@".join(["personne", "exemple.test"]),
    "e-mail in a sentence": "écrire à " + "@".join(["personne", "exemple.test"]),
    "phone": PHONE,
    "phone in groups": spaced(PHONE, " "),
    "phone from abroad": "+33" + PHONE[1:],
    "phone with 00": "0033" + PHONE[1:],
    "date": "/".join(["01", "02", "1903"]),
    "short date": "-".join(["1", "2", "03"]),
    "ISO date": "-".join(["1903", "02", "01"]),
    "Vitale serial": "8" * 10,
}


@pytest.mark.parametrize("value", PERSONAL.values(), ids=PERSONAL)
def test_a_personal_value_is_refused_even_when_it_is_declared_public(value: str) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("value", ["73000", "Chambéry", "75001 Paris", "2A004", "ameli"])
def test_a_public_value_is_typed_when_it_is_declared(value: str) -> None:
    check_value(value, tutorial_of(public_values=[value]))
    with pytest.raises(PrivacyError, match="does not declare"):
        check_value(value, tutorial_of(public_values=[]))


def test_the_value_itself_is_never_told() -> None:
    for value in PERSONAL.values():
        with pytest.raises(PrivacyError) as caught:
            check_value(value, tutorial_of())
        assert value not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    [
        "Mot de passe",
        "Mon numéro de sécurité sociale",
        "Mon n° de sécurité sociale",
        "NIR",
        "Votre IBAN",
        "Date de naissance",
        "E-mail",
        "Adresse e-mail",
        "Courriel",
        "N° de téléphone",
        "Mobile",
        "Nom",
        "Nom de famille (sans prénom)",
        "First name",
        "PASSWORD",
        "Birth date",
        "3 derniers chiffres de la carte Vitale",
    ],
)
def test_a_field_that_asks_for_a_persons_data_is_refused(name: str) -> None:
    with pytest.raises(PrivacyError, match="asks for"):
        check_field(element("textbox", name), secret=False, autocomplete="")


@pytest.mark.parametrize("name", ["Code postal", "Rechercher", "Nombre de pages", "Mot-clé", "Commune"])
def test_a_field_that_asks_for_nothing_personal_is_not(name: str) -> None:
    check_field(element("textbox", name), secret=False, autocomplete="off")


@pytest.mark.parametrize("token", ["given-name", "bday", "section-a shipping tel", "current-password", "cc-number"])
def test_a_field_is_known_by_its_autocomplete(token: str) -> None:
    with pytest.raises(PrivacyError, match="made for"):
        check_field(element("textbox", "Code"), secret=False, autocomplete=token)


def test_a_field_of_hidden_characters_is_refused() -> None:
    with pytest.raises(PrivacyError, match="made for"):
        check_field(element("textbox", "Code"), secret=True, autocomplete="")


def test_an_act_is_refused_on_a_form_only_page_alone() -> None:
    tutorial = tutorial_of(accueil)
    tutorial.form_only(2, "Formulaire")(accueil)
    public, form = tutorial.pages
    assert (public.kind, form.kind) == (PageKind.PUBLIC, PageKind.FORM_ONLY)
    check_act(public, Phrase("click"))
    with pytest.raises(PrivacyError, match="form_only"):
        check_act(form, Phrase("click"))


@pytest.mark.parametrize(
    ("elements", "refused"),
    [
        ([element("textbox", "Nom", filled=True)], True),
        ([element("textbox", "CODE POSTAL", filled=True)], False),
        ([element("textbox", "Nom")], False),
    ],
)
def test_a_field_that_the_scenario_did_not_fill_is_refused(elements: list[Element], *, refused: bool) -> None:
    if not refused:
        check_filled(elements, ["Code postal"])
        return
    with pytest.raises(PrivacyError, match="no picture was kept"):
        check_filled(elements, ["Code postal"])
