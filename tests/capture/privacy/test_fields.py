"""Fields: those that ask for a person's data are refused, and no others."""

import pytest

from capture.errors import PrivacyError
from capture.privacy.fields import FieldTraits
from capture.privacy.guard import (
    check_field,
    may_replace,
)
from tests.support.builders import element


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


HOSTS = ("www.exemple.test",)


def test_the_markup_of_a_neighbouring_field_counts() -> None:
    page = [element("form"), element("textbox", "Réponse", parent=0), element("button", "Suite", parent=0)]
    fields = {1: FieldTraits(autocomplete="bday")}
    assert may_replace(page[2], page, {}, hosts=HOSTS, sends=())
    assert not may_replace(page[2], page, fields, hosts=HOSTS, sends=())
