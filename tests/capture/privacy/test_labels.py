"""Word lists of ``labels.toml``."""

import tomllib

import msgspec
import pytest

from capture.privacy.fields import LABELS, FieldTraits, field_asks_for, flatten, read_labels


def test_every_list_has_words_and_no_word_twice() -> None:
    for table in (LABELS.asking, LABELS.asking_unless_of_a_thing, LABELS.things, LABELS.codes):
        for purpose, words in table.items():
            found = flatten(words)
            assert found, purpose
            assert len(set(found)) == len(found), purpose


@pytest.mark.parametrize("word", flatten(*LABELS.asking.values()))
def test_every_word_is_recognised_in_a_label(word: str) -> None:
    assert field_asks_for(f"Votre {word} :", FieldTraits())


def test_a_missing_table_or_a_wrong_type_is_named() -> None:
    with pytest.raises(msgspec.ValidationError, match="asking"):
        read_labels("")
    with pytest.raises(msgspec.ValidationError, match="things"):
        read_labels("asking = {}\nasking_unless_of_a_thing = {}\ncodes = {}\nthings = {named = {fr = 3}}")
    with pytest.raises(tomllib.TOMLDecodeError, match="Invalid value"):
        read_labels("asking =")


ASKING = """
Réponse à la question secrète|Digicode|Groupe sanguin|Religion|Quotient familial|Numéro AVS|NISS|NAM
Numéro d'assurance sociale (NAS)|Vorname|Nachname *|Geburtsdatum|Passwort|Anschrift|Contraseña|Apellidos
Fecha de nacimiento|DNI / NIE|Correo electrónico|Codice fiscale|Cognome|Data di nascita|Senha|Telemóvel|Morada
Wachtwoord|Achternaam|BSN|Hasło|Imię i nazwisko|PESEL|Numéro de permis de conduire|Numéro de dossier
"""
OF_THINGS = """
Code postal|Nombre de pages|Numéro de train|Numéro de vol|Numéro de parcelle|Adresse de départ|Adresse d'arrivée
Nom de l'auteur|Numéro de dossier d'urbanisme|Numéro SIRET|Date de l'événement|Montant du loyer|Postleitzahl|Ort|Suche
Código postal|Ciudad|Buscar|Città|Cidade|Zoeken|Postcode|Plaats|Miasto|Kod pocztowy|Szukaj|Titre du livre|Mot-clé
"""


def labels(text: str) -> list[str]:
    return [label for line in text.strip().splitlines() for label in line.split("|")]


@pytest.mark.parametrize("label", labels(ASKING))
def test_a_label_that_asks_for_a_persons_data_is_known_in_several_languages(label: str) -> None:
    assert field_asks_for(label, FieldTraits(kind="text"))


@pytest.mark.parametrize("label", labels(OF_THINGS))
def test_a_label_that_asks_for_the_data_of_a_thing_is_not(label: str) -> None:
    assert field_asks_for(label, FieldTraits(kind="text")) is None


@pytest.mark.parametrize(
    ("label", "language"),
    [
        ("Nombre *", "es"),
        ("Su nombre:", "es"),
        ("Nome", "it"),
        ("Indirizzo (via)", "it"),
        ("Ihr Name", "de"),
        ("Adres", "pl"),
    ],
)
def test_an_ambiguous_word_asks_as_a_whole_label_of_its_language(label: str, language: str) -> None:
    assert field_asks_for(label, FieldTraits(), language)


@pytest.mark.parametrize(
    ("label", "language"),
    [("Nombre", "fr"), ("Nombre de la empresa", "es"), ("Nome del prodotto", "it"), ("Nummer", "fr")],
)
def test_an_ambiguous_word_does_not_ask_elsewhere(label: str, language: str) -> None:
    assert field_asks_for(label, FieldTraits(), language) is None


@pytest.mark.parametrize(
    "code", ["txtemail", "emailsignup", "tbxDOBDay", "dateofbirth_year", "ctl00$tbFax", "userNick", "civility", "user"]
)
def test_a_name_in_the_markup_asks_however_it_is_written(code: str) -> None:
    assert field_asks_for("", FieldTraits(code_names=(code,)))


@pytest.mark.parametrize("code", ["searchbox", "CountryCode", "searchuser", "couponCode", "useragent", "newsletter"])
def test_a_name_in_the_markup_that_belongs_to_a_thing_does_not(code: str) -> None:
    assert field_asks_for("Recherche", FieldTraits(code_names=(code,))) is None


def test_a_date_asks_only_by_its_words() -> None:
    assert field_asks_for("Date du concert", FieldTraits(kind="date")) is None
    assert field_asks_for("Date de naissance", FieldTraits(kind="date"))
