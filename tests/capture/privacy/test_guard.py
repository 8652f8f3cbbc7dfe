"""Rules of the guard on values and fields; personal-looking strings are built here, belong to nobody, are refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations
from urllib.parse import quote

import phonenumbers
import pytest
from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import Element
from capture.errors import PrivacyError
from capture.messages import Phrase
from capture.privacy.addresses import personal_data_in_url, redact_url
from capture.privacy.fields import FieldTraits
from capture.privacy.guard import (
    check_act,
    check_address,
    check_elements,
    check_field,
    check_filled,
    check_sends,
    check_value,
    check_visit,
    may_replace,
)
from capture.privacy.values import certain_personal_data
from capture.scenario.tutorial import PageKind
from tests.support.builders import accueil, element, tutorial_of


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


def checked(body: str) -> str:
    return body + luhn.calc_check_digit(body)


SIREN = checked("9" * 8)
SIRET = checked(f"{SIREN}0001")


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_a_number_typed_in_parts_in_any_order_is_refused(order: tuple[int, ...]) -> None:
    number = social_security_number()
    parts = [number[:5], number[5:10], number[10:]]
    typed = [parts[place] for place in order]
    with pytest.raises(PrivacyError, match="social security"):
        check_value(typed[-1], tutorial_of(public_values=parts), typed[:-1])


def test_a_date_typed_with_something_in_between_is_refused() -> None:
    values = ["14", "vert", "juillet", "1980"]
    with pytest.raises(PrivacyError, match="date of birth"):
        check_value(values[-1], tutorial_of(public_values=values), values[:-1])


@pytest.mark.parametrize("between", ["\u2013", "*", "~", "'", "+", "·", "\u2212", "\u2044", "="])
def test_a_date_is_one_whatever_stands_between_its_parts(between: str) -> None:
    value = between.join(["14", "7", "1980"])
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "words", [("14", "VII", "80"), ("4", "luglio", "1980"), ("4", "lipca", "1980"), ("14", "de julio de", "1980")]
)
def test_a_date_is_one_in_several_languages(words: tuple[str, ...]) -> None:
    value = " ".join(words)
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("at", ["(a)", "&#64;", "%40", " arroba ", "[arrobase]", " chez "])
def test_an_address_is_one_however_its_sign_is_written(at: str) -> None:
    value = at.join(["personne", "exemple.test"])
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("value", ["abc\n", "a\tb", "\x08"])
def test_a_value_presses_no_key(value: str) -> None:
    with pytest.raises(PrivacyError, match="no plain text"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "query", ["d=" + "/".join(["14", "07", "1980"]), "q=" + "%252540".join(["a", "exemple.test"]), "civilite=Madame"]
)
def test_an_address_that_a_scenario_opens_carries_nothing_personal(query: str) -> None:
    with pytest.raises(PrivacyError):
        check_visit(f"https://www.exemple.test/?{query}")
    with pytest.raises(PrivacyError, match="user name"):
        check_visit("https://a:b@www.exemple.test/")


NEXT_YEAR = date.today().year + 1


@pytest.mark.parametrize(
    "value",
    [
        f"{NEXT_YEAR}-07-14",
        f"14/07/{NEXT_YEAR}",
        f"14 juillet {NEXT_YEAR}",
        f"July 14, {NEXT_YEAR}",
        f"{NEXT_YEAR}-07-14T20:00",
        f"{NEXT_YEAR}-07",
        f"{NEXT_YEAR}-W30",
        f"du 14/07/{NEXT_YEAR} au 16/07/{NEXT_YEAR}",
    ],
)
def test_the_date_of_an_event_is_typed(value: str) -> None:
    check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "value",
    ["-".join(["1980", "07"]), f"14/07/{NEXT_YEAR} ou " + "/".join(["14", "07", "1980"]), f"14/07/{NEXT_YEAR} {PHONE}"],
)
def test_the_date_of_an_event_hides_nothing_else(value: str) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("value", [SIRET, spaced(SIRET, " ", 3), SIREN, "6" * 12 + "1", "7" * 7, "FR" + "12" * 3])
def test_the_number_of_a_thing_is_typed_into_its_field_alone(value: str) -> None:
    tutorial = tutorial_of(public_values=[value])
    check_value(value, tutorial, of_a_thing=True)
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(value, tutorial)


@pytest.mark.parametrize("kind", ["nir", "iban", "card", "card of 19", "e-mail", "phone", "phone from abroad", "date"])
def test_a_persons_number_is_not_that_of_a_thing(kind: str) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(PERSONAL[kind], tutorial_of(public_values=[PERSONAL[kind]]), of_a_thing=True)


@pytest.mark.parametrize("query", ["1=2", "=", "&&", "12=34&é=ü", "%00=%ff", "?=?"])
def test_no_query_of_a_site_stops_the_check(query: str) -> None:
    assert personal_data_in_url(f"https://www.exemple.test/?{query}") is None


@pytest.mark.parametrize(
    "value", ["a" * 200_000, "@" * 200_000, "a@" * 100_000, "a_" * 2000, "_at_" * 2000, "1 " * 2000]
)
def test_a_long_text_is_looked_at_in_linear_time(value: str) -> None:
    certain_personal_data(value)
    personal_data_in_url(f"https://www.exemple.test/{value}?{value}={value}")


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
def test_typing_into_an_element_that_is_no_field_is_refused(role: str) -> None:
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
        *(FieldTraits(kind=kind) for kind in ("password", "email", "tel", "file")),
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


ASKING = [
    "N° d'assuré social",
    "Numéro d'assuré",
    "Numéro d'assurance maladie",
    "N° SS",
    "N° adhérent",
    "N° d’adhérent",
    "Numéro client",
    "Numéro de client",
    "Référence client",
    "Numéro de contrat",
    "N° de dossier",
    "Nº de dossier",
    "№ de dossier",
    "No de dossier",
    "N° fiscal",
    "Numéro SPI",
    "Référence de l'avis d'impôt",
    "Numéro d'accès en ligne",
    "Code d'accès",
    "Code client",
    "Clé d'accès",
    "Numéro de compte",
    "Titulaire du compte",
    "Code de sécurité",
    "Date d'expiration",
    "Code banque",
    "Code guichet",
    "Pièce d'identité",
    "Titre de séjour",
    "Permis de conduire",
    "Immatriculation",
    "INE",
    "Numéro CAF",
    "Numéro de demandeur d'emploi",
    "Numéro de télédéclarant",
    "Numéro fixe",
    "Numéro d'appel",
    "Code reçu par SMS",
    "Code de validation",
    "Code à 6 chiffres",
    "Civilité",
    "Sexe",
    "Nationalité",
    "Situation familiale",
    "National Insurance number",
    "Account number",
    "Sort code",
    "Account holder",
    "Cardholder",
    "Card no",
    "Card no.",
    "CVV2",
    "Security code",
    "Expiry date",
    "NHS number",
    "Driving licence number",
    "DOB",
    "UTR",
    "User ID",
    "Member ID",
    "Customer number",
    "Policy number",
    "Cell number",
    "Contact number",
    "ID number",
    "Memorable word",
    "Numéro",
    "Code",
    "Portable",
    "Âge",
    "Adresse",
    "Nom, ville",
    "City, name",
    "Page, number",
    "Nom de naissance (commune)",
    "Nom de la ville de naissance",
    "Nom de la commune et nom de famille",
    "Votre adresse, ville ou code postal",
    "Code postal et code d'accès",
    "Article code confidentiel",
    "Rechercher une adresse e-mail",
    "N° INSEE",
    "Company name and your name",
    "Name of your account holder",
    "Saisir votre adresse, une ville ou un code postal",
    "Nom ou code postal",
]
HARMLESS = [
    "Nom de la commune",
    "Noms de communes",
    "Nom de la ville",
    "Nom de la rue",
    "Nom de l'école",
    "Nom de l’école",
    "Nom de l'établissement",
    "Nom de l'entreprise",
    "Nom du médicament",
    "Adresse, ville ou code postal",
    "Address, city or postcode",
    "Où ? (adresse, ville…)",
    "Rechercher une adresse",
    "Tranche d'âge",
    "Âge de départ à la retraite",
    "City name",
    "Place name",
    "Company name",
    "Business name",
    "School name",
    "Street name",
    "Application mobile",
    "Mon code postal : *",
    "Ville ou code postal",
    "Postal code",
    "Numéro de page",
    "N° de département",
    "Code APE",
    "Code ROME",
    "Code INSEE de la commune",
    "Code promo",
    "Question number",
    "Mots-clés",
    "Mot clé",
    "Code du travail",
    "Référence de l'offre",
    "No",
    "Yes or no",
    "Page no",
    "Saisir une adresse, une ville ou un code postal",
    "Nom ou code postal de la commune",
    "Name of the city",
]
ASKING_CODES = """
    numeroSecuriteSociale noSecuriteSociale numss num_ss numeroFiscal spi nomFamille nomUsage fullName full_name
    userId accountNumber numCompte numAdherent numAssure cryptogramme numCarte expiry codeConfidentiel motPasse
    passcode prenoms matricule allocataire passport cni civilite street numcompte numerosecuritesociale motdepasse
    user_pass numero codeClient form:email form:nir:input form:password:0 contact_email_cp noClient account_no
""".split()
HARMLESS_CODES = """
    formLogin:codePostal formLogin:codePostal:input pass-navigo id_codePostal codeInsee code nomCommune
    company_name cityName numPage page_number mot-cle nombre cbVille edit-field-id search_id departement:0
    no_results page_no
""".split()


@pytest.mark.parametrize("name", ASKING)
def test_a_number_a_code_or_a_name_of_a_persons_is_refused(name: str) -> None:
    for traits in (FieldTraits(), FieldTraits(hints=(name,))):
        with pytest.raises(PrivacyError, match="asks for"):
            check_field("textbox", name if not traits.hints else "Commune", traits)


@pytest.mark.parametrize("name", HARMLESS)
def test_a_number_a_code_or_a_name_of_a_things_is_not(name: str) -> None:
    check_field("textbox", name, FieldTraits(hints=(name,)))


@pytest.mark.parametrize("code", ASKING_CODES)
def test_a_field_is_known_by_the_name_that_its_program_gave_it(code: str) -> None:
    with pytest.raises(PrivacyError, match="asks for"):
        check_field("textbox", "Commune", FieldTraits(code_names=("q", code)))


@pytest.mark.parametrize("code", HARMLESS_CODES)
def test_a_name_that_a_program_gave_may_be_harmless(code: str) -> None:
    check_field("textbox", "Commune", FieldTraits(code_names=(code,)))


def test_parts_of_a_number_typed_one_after_the_other_are_that_number() -> None:
    for number in (social_security_number(), card(), bank_account()):
        pieces = [number[start : start + 5] for start in range(0, len(number), 5)]
        tutorial = tutorial_of(public_values=pieces)
        check_value(pieces[0], tutorial)
        check_value(pieces[1], tutorial, pieces[:1])
        with pytest.raises(PrivacyError, match="looks like"):
            check_value(pieces[-1], tutorial, pieces[:-1])


DAY, MONTH, YEAR = "2", "mars", str(1900 + 69)
DATES = [
    *(by.join([DAY, MONTH, YEAR]) for by in ("/", ".", "", ", ", "_", " | ")),
    *(by.join([DAY, "3", YEAR[2:]]) for by in (" ", "|", " . ", ":", ", ")),
    ".".join(["Mar", DAY, YEAR]),
    " ".join([YEAR, MONTH, DAY]),
    "/".join([YEAR[2:], "3", DAY]),
]


@pytest.mark.parametrize("value", DATES)
def test_a_date_is_known_whatever_sets_its_parts_apart(value: str) -> None:
    with pytest.raises(PrivacyError, match="date of birth"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize("at", [" at ", " AT ", "_at_", "-at-"])
@pytest.mark.parametrize("dot", [".", " dot ", " point "])
def test_an_address_spelt_in_words_is_known(at: str, dot: str) -> None:
    value = at.join(["une.personne", dot.join(["exemple", "test"])])
    with pytest.raises(PrivacyError, match="e-mail"):
        check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "value",
    ["Paris 15", "75 Mayenne", "mars", MONTH + " " + YEAR, "1.2.3", "look at this", "at 10.30", "1" + " " * 9_999],
)
def test_a_value_that_is_neither_a_date_nor_an_address_is_typed(value: str) -> None:
    check_value(value, tutorial_of(public_values=[value]))


@pytest.mark.parametrize(
    "pieces",
    [
        *permutations([DAY, MONTH, YEAR]),
        *permutations(["02", "03", YEAR]),
        ["02/03", YEAR],
        ["02/03", YEAR[2:]],
        [YEAR, "02/03"],
        [f"{DAY} {MONTH}", YEAR],
        [f"{MONTH} {YEAR}", DAY],
        ["73000", DAY, "3", YEAR[2:]],
    ],
    ids=str,
)
def test_a_date_typed_piece_by_piece_is_one(pieces: Sequence[str]) -> None:
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


@pytest.mark.parametrize("pieces", [["2", "3"], ["73000", "2", "3"], ["1", "2", "3"], ["2", "mars"], ["mars", "73000"]])
def test_values_that_form_no_date_together_are_typed(pieces: list[str]) -> None:
    check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_an_iban_typed_in_pieces_is_refused_as_an_iban() -> None:
    rest = "".join(str(digit % 10) for digit in range(7, 30))
    number = f"FR{iban.calc_check_digits(f'FR00{rest}')}{rest}"
    pieces = [number[start : start + 4] for start in range(0, len(number), 4)]
    with pytest.raises(PrivacyError, match="an IBAN"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_a_number_is_known_behind_what_was_typed_before_it() -> None:
    number = card()
    pieces = ["73000", *(number[start : start + 4] for start in range(0, len(number), 4))]
    with pytest.raises(PrivacyError, match="looks like"):
        check_value(pieces[-1], tutorial_of(public_values=pieces), pieces[:-1])


def test_a_subclass_of_str_is_not_typed() -> None:
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


@pytest.mark.parametrize("region", ["FR", "GB", "US", "BE", "CH", "DZ", "MA", "DE", "IT", "ES", "PT", "SN", "JP", "AU"])
def test_an_address_with_a_phone_number_of_any_country_is_refused(region: str) -> None:
    number = phonenumbers.example_number(region)
    assert number is not None
    international = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    with_exit_code = international.replace("+", "00")
    for written in (international, spaced(international.replace(" ", ""), "-", 3), with_exit_code):
        with pytest.raises(PrivacyError, match="a phone number"):
            check_visit(f"https://www.exemple.test/{in_address(written)}")


def test_an_international_number_of_no_known_country_is_a_phone_number() -> None:
    with pytest.raises(PrivacyError, match="a phone number"):
        check_visit(f"https://www.exemple.test/{in_address('+' + '9' * 3 + PHONE[1:])}")


@pytest.mark.parametrize("number", ["01000", "123456789", "0012345678", "000000000", "20260302", "0"])
def test_an_address_with_the_number_of_a_thing_is_opened(number: str) -> None:
    check_visit(f"https://www.exemple.test/article/{number}")


def test_a_scenario_opens_the_addresses_of_the_project() -> None:
    check_visit("https://assure.ameli.fr/PortailAS/appmanager/PortailAS/assure?_nfpb=true&_pageLabel=as_creation")


def test_two_postcodes_are_not_a_phone_number() -> None:
    check_value("02000", tutorial_of(public_values=["01000", "02000"]), ["01000"])


def test_on_a_form_only_page_nothing_may_be_done() -> None:
    (page,) = tutorial_of(accueil).pages
    check_act(page, Phrase("type"))
    with pytest.raises(PrivacyError, match="form_only"):
        check_act(replace(page, kind=PageKind.FORM_ONLY), Phrase("type"))


def test_a_field_that_the_site_filled_is_refused_and_named() -> None:
    check_filled([])
    check_elements([element("textbox", "Code postal"), element("button", "Chercher", filled=False)])
    with pytest.raises(PrivacyError, match="Mon code"):
        check_elements([element("textbox", "Mon code", filled=True)])


@pytest.mark.parametrize(
    "name", ["Déconnexion", "SE DÉCONNECTER", "Log out", "Deconnexion", "Se déconnecter de mon compte"]
)
def test_a_page_with_a_signed_in_account_is_refused(name: str) -> None:
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
        *(f"?{key}=x" for key in ("login", "email2", "e_mail", "email_address", "login_hint", "user_login", "secret")),
        "?mail=12",
        "?password=1",
    ],
    ids=lambda part: part[:6],
)
def test_a_personal_url_is_refused(part: str) -> None:
    with pytest.raises(PrivacyError) as caught:
        check_address(f"https://www.exemple.test{part}", tutorial_of(forbidden_urls=["www.exemple.test/compte/"]))
    assert PERSONAL["nir"] not in str(caught.value)


SWITCHES = """
    ?login_challenge=x ?loginChallenge=x ?login=true ?email_campaign=x ?pass=1 ?mail=0 ?secret=FALSE ?mail_sent=x
""".split()


@pytest.mark.parametrize(
    "part",
    [
        "",
        "/assure?_nfpb=true&_pageLabel=as_creation",
        "?t=1711111111111",
        "/2026-03-02/actualites",
        "?email=",
        "#haut",
        *SWITCHES,
    ],
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
def test_only_the_scenarios_own_values_are_kept_of_a_url(url: str, kept: str) -> None:
    assert redact_url(url, ["https://a.test/x?page=2", "73000"]) == kept


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
    assert may_replace(acted_on, [*around, acted_on], {}, hosts=HOSTS, sends=sends) is harmless


def test_the_markup_of_a_neighbouring_field_counts() -> None:
    page = [element("form"), element("textbox", "Réponse", parent=0), element("button", "Suite", parent=0)]
    fields = {1: FieldTraits(autocomplete="bday")}
    assert may_replace(page[2], page, {}, hosts=HOSTS, sends=())
    assert not may_replace(page[2], page, fields, hosts=HOSTS, sends=())
