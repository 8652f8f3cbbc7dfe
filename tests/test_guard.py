"""The guard's rules on values and fields. Every personal-looking string is made here, of nobody, and refused."""

from dataclasses import replace
from urllib.parse import quote

import pytest
from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import Element
from capture.errors import Phrase, PrivacyError
from capture.guard import (
    check_act,
    check_address,
    check_elements,
    check_field,
    check_filled,
    check_sends,
    check_value,
    check_visit,
    is_harmless,
)
from capture.personal import FieldTraits, own_address
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
    "nir between other words": "mon numéro : " + spaced(social_security_number(), " ", 3),
    "nir in lower case": social_security_number(department="2B").lower(),
    "nir with no-break spaces": spaced(social_security_number(), "\u202f", 3),
    "nir with invisible characters": spaced(social_security_number(), "\u200b", 1),
    "nir in full-width digits": "".join(chr(ord(digit) + 0xFEE0) for digit in social_security_number()),
    "nir in Arabic digits": "".join(chr(ord(digit) - ord("0") + 0x0660) for digit in social_security_number()),
    "nir with underscores": spaced(social_security_number(), "_", 4),
    "iban in lower case": bank_account().lower(),
    "e-mail in words": " [at] ".join(["personne", "exemple.test"]),
    "e-mail in French words": " arobase ".join(["personne", "exemple point test"]),
    "e-mail with spaces": " @ ".join(["personne", "exemple . test"]),
    "English date": " ".join(["January", "2,", "1903"]),
    "English date of": " of ".join(["2nd", "January 1903"]),
    "date in words with hyphens": "-".join(["2", "janvier", "1903"]),
    "phone in brackets": f"({PHONE[:2]}) {PHONE[2:]}",
    "phone in a sentence": "au " + spaced(PHONE, "."),
    "date in words": " ".join(["1er", "janvier", "1903"]),
    "date in English": " ".join(["2", "January", "1903"]),
    "date with accents": " ".join(["4", "août", "1903"]),
    "date in one": "01" + "02" + "1903",
    "date with spaces": " / ".join(["01", "02", "1903"]),
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
        "Numéro de sécu",
        "N.I.R.",
        "securite sociale",
        "Né(e) le",
        "Birthday",
        "Tél.",
        "GSM",
        "Prénoms",
        "N° allocataire",
        "R.I.B.",
        "Credit card",
        "Code de vérification",
    ],
)
def test_a_field_that_asks_for_a_persons_data_is_refused(name: str) -> None:
    with pytest.raises(PrivacyError, match="asks for"):
        check_field("textbox", name, FieldTraits(kind="text"))


@pytest.mark.parametrize("role", ["heading", "link", "text", "button"])
def test_what_is_no_field_is_not_typed_into(role: str) -> None:
    with pytest.raises(PrivacyError, match="no field"):
        check_field(role, "Code postal", FieldTraits())


@pytest.mark.parametrize("name", ["Code postal", "Rechercher", "Nombre de pages", "Mot-clé", "Commune", "Votre caisse"])
def test_a_field_that_asks_for_nothing_personal_is_not(name: str) -> None:
    traits = FieldTraits(
        kind="search", autocomplete="postal-code off", code_names=("codePostal", "q", "search-mobile"), hints=("73000",)
    )
    check_field("textbox", name, traits)


@pytest.mark.parametrize(
    "traits",
    [
        *(FieldTraits(kind=kind) for kind in ("password", "email", "tel", "date", "month", "datetime-local", "file")),
        *(
            FieldTraits(autocomplete=token)
            for token in ("given-name", "bday", "section-a shipping tel", "current-password", "cc-number", "BDAY-year")
        ),
        *(
            FieldTraits(code_names=(code,))
            for code in (
                "nir",
                "numSecu",
                "date_naissance",
                "dateNaissance",
                "user-email",
                "Tel",
                "password2",
                "mdp",
                "IBAN",
                "nom",
                "fname",
                "dateNaiss",
                "numtel",
            )
        ),
        *(
            FieldTraits(hints=(hint,))
            for hint in ("jj/mm/aaaa de naissance", "Votre e-mail", "Your phone", "N° de sécurité sociale")
        ),
    ],
    ids=str,
)
def test_a_field_is_known_by_its_markup(traits: FieldTraits) -> None:
    with pytest.raises(PrivacyError, match="asks for"):
        check_field("textbox", "Code", traits)


def test_parts_of_a_number_typed_one_after_the_other_are_that_number() -> None:
    for number in (social_security_number(), card(), bank_account()):
        pieces = [number[start : start + 5] for start in range(0, len(number), 5)]
        tutorial = tutorial_of(public_values=pieces)
        check_value(pieces[0], tutorial)
        check_value(pieces[1], tutorial, pieces[:1])
        with pytest.raises(PrivacyError, match="looks like"):
            check_value(pieces[-1], tutorial, pieces[:-1])


def test_a_date_typed_piece_by_piece_is_one() -> None:
    pieces = ["02", "03", "1969"]
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_a_number_is_known_behind_what_was_typed_before_it() -> None:
    number = card()
    pieces = ["73000", *(number[start : start + 4] for start in range(0, len(number), 4))]
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_what_only_pretends_to_be_a_text_is_not_typed() -> None:
    class Liar(str):
        __slots__ = ()

    with pytest.raises(PrivacyError, match="no plain text"):
        check_value(Liar("73000"), tutorial_of())


@pytest.mark.parametrize("address", ["*", "pisteur.test/*", "www.exemple.test", "/recherche"])
def test_a_step_may_only_send_to_addresses_of_declared_hosts(address: str) -> None:
    check_sends(["www.exemple.test/recherche", "www.exemple.test/*"], tutorial_of())
    with pytest.raises(PrivacyError, match="would send"):
        check_sends([address], tutorial_of())


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "data:text/html,x", "javascript:1", "about:config", "view-source:x"]
)
def test_a_scenario_opens_pages_of_sites_alone(url: str) -> None:
    with pytest.raises(PrivacyError, match="no page"):
        check_visit(url)


@pytest.mark.parametrize("kind", ["nir", "nir without its key", "iban", "card", "phone", "e-mail"])
@pytest.mark.parametrize("place", ["?q={}", "/dossier/{}", "#{}", "?{}"])
def test_a_scenario_opens_no_address_that_carries_a_persons_data(kind: str, place: str) -> None:
    with pytest.raises(PrivacyError, match="carries"):
        check_visit(f"https://www.exemple.test/{place.format(in_address(PERSONAL[kind]))}")


def test_a_scenario_opens_the_addresses_of_the_project() -> None:
    check_visit("https://assure.ameli.fr/PortailAS/appmanager/PortailAS/assure?_nfpb=true&_pageLabel=as_creation")


def test_two_postcodes_are_not_a_phone_number() -> None:
    check_value("02000", tutorial_of(public_values=["01000", "02000"]), ["01000"])


def test_on_a_form_only_page_nothing_may_be_done() -> None:
    (page,) = tutorial_of(accueil).pages
    check_act(page, Phrase("type"))
    with pytest.raises(PrivacyError, match="form_only"):
        check_act(replace(page, kind=PageKind.FORM_ONLY), Phrase("type"))


def test_a_field_filled_by_somebody_else_is_refused_and_named() -> None:
    check_filled([])
    check_elements([element("textbox", "Code postal"), element("button", "Chercher", filled=False)])
    with pytest.raises(PrivacyError, match="Mon code"):
        check_elements([element("textbox", "Mon code", filled=True)])


@pytest.mark.parametrize(
    "name", ["Déconnexion", "SE DÉCONNECTER", "Log out", "Deconnexion", "Se déconnecter de mon compte"]
)
def test_a_page_that_knows_somebody_is_refused(name: str) -> None:
    with pytest.raises(PrivacyError, match="knows somebody"):
        check_elements([element("link", name)])
    check_elements([element("link", name, visible=False), element("heading", name)])


def in_address(value: str) -> str:
    return quote(value, safe="")


@pytest.mark.parametrize(
    "part",
    [
        "?email=x",
        "?user_email=x",
        "?dateNaissance=x",
        "#nir=x",
        f"?q={in_address(PERSONAL['e-mail'])}",
        f"/{in_address(PERSONAL['e-mail'])}/compte",
        f"?q={in_address(PERSONAL['iban'])}",
        f"?q={in_address(PERSONAL['nir'])}",
        f"/dossier/{in_address(PERSONAL['nir in groups'])}",
        f"/dossier-{in_address(PERSONAL['nir'])}.html",
        f"#/dossier/{in_address(PERSONAL['nir'])}",
        f"?{in_address(PERSONAL['nir'])}",
        "/compte/accueil?a=1",
    ],
    ids=lambda part: part[:6],
)
def test_an_address_that_is_somebodys_is_refused(part: str) -> None:
    with pytest.raises(PrivacyError) as caught:
        check_address(f"https://www.exemple.test{part}", tutorial_of(beyond=["www.exemple.test/compte/"]))
    assert PERSONAL["nir"] not in str(caught.value)


@pytest.mark.parametrize(
    "part",
    ["", "/assure?_nfpb=true&_pageLabel=as_creation", "?t=1711111111111", "/2026-03-02/actualites", "?email=", "#haut"],
)
def test_an_address_that_is_nobodys_is_not(part: str) -> None:
    check_address(f"https://www.exemple.test{part}", tutorial_of())


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://a.test/x?page=2&sid=8fa3", "https://a.test/x?page=2&sid="),
        ("https://a.test/x;jsessionid=8fa3?page=2", "https://a.test/x?page=2"),
        ("https://a.test/x?code=73000#haut", "https://a.test/x?code=73000"),
        ("https://a.test/x?page=3", "https://a.test/x?page="),
        ("https://a.test/x?8fa3&page=2", "https://a.test/x?page=2"),
        ("https://nom:mot@a.test/x", "https://a.test/x"),
        ("https://a.test/x", "https://a.test/x"),
    ],
)
def test_of_an_address_only_the_scenarios_own_values_are_kept(url: str, kept: str) -> None:
    assert own_address(url, ["https://a.test/x?page=2", "73000"]) == kept


HOSTS = ("www.exemple.test",)
IN_FORM = {"parent": 0}
ASKS_NOTHING = [element("form"), element("textbox", "Code postal", **IN_FORM)]
ASKS = [element("form"), element("textbox", "Votre adresse e-mail", **IN_FORM)]
WITHIN_DIALOG = [element("dialog"), element("form", parent=0), element("textbox", "Mot de passe", parent=1)]


@pytest.mark.parametrize(
    ("acted_on", "around", "sends", "harmless"),
    [
        (element("link", "Créer", address="https://www.exemple.test/creer"), [], (), True),
        (element("link", "Créer", address="https://ailleurs.test/"), [], (), False),
        (element("link", "Créer", address="mailto:x"), [], (), False),
        (element("link", "Créer", address="javascript:void(0)"), [], (), False),
        (element("button", "Ouvrir"), [], (), True),
        (element("button", "Supprimer"), [], (), False),
        (element("button", "Envoyer ma demande"), [], ("www.exemple.test/*",), False),
        (element("button", "Valider", submits=True), ASKS_NOTHING, (), False),
        (element("button", "Valider", submits=True, **IN_FORM), ASKS_NOTHING, ("www.exemple.test/*",), True),
        (element("button", "Valider", submits=True, **IN_FORM), ASKS, ("www.exemple.test/*",), False),
        (element("button", "Fermer", parent=0), WITHIN_DIALOG, (), False),
        (element("textbox", "Code postal", **IN_FORM), ASKS, (), False),
        (element("textbox", "Code postal", **IN_FORM), ASKS_NOTHING, (), True),
    ],
)
def test_only_what_is_harmless_is_acted_on_in_place_of_what_is_gone(
    acted_on: Element, around: list[Element], sends: tuple[str, ...], *, harmless: bool
) -> None:
    assert is_harmless(acted_on, [*around, acted_on], {}, hosts=HOSTS, sends=sends) is harmless


def test_what_the_markup_of_a_field_beside_it_asks_for_counts() -> None:
    page = [element("form"), element("textbox", "Réponse", parent=0), element("button", "Suite", parent=0)]
    fields = {1: FieldTraits(autocomplete="bday")}
    assert is_harmless(page[2], page, {}, hosts=HOSTS, sends=())
    assert not is_harmless(page[2], page, fields, hosts=HOSTS, sends=())
