"""What a person's data look like: values, fields that ask for them, addresses that carry them.

The rules err on the side of refusing: a public value that looks like somebody's is not worth the risk.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import normalise
from capture.errors import Phrase

MOST_DIGITS = 5
"""A postcode has 5; what has more than this is a number of somebody's."""
CARD_LENGTHS = range(12, 20)
"""Digits of a payment card's number (ISO/IEC 7812)."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"(?:(?:\+|00)\d{1,3}|0)[1-9]\d{8}")
_NIR_WITHOUT_KEY = re.compile(r"[123478]\d{2}\d{2}[0-9AB]{2}\d{6}")
_NIR = re.compile(r"[123478]\d{4}[0-9AB]{2}\d{8}")
_DATE = re.compile(r"\b\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{2,4}\b|\b\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}\b")
_MONTH = "jan|fev|mar|avr|apr|mai|may|jui|jun|jul|aou|aug|sep|oct|nov|dec"  # without accents: they are taken off first
_WRITTEN_DATE = re.compile(rf"\b\d{{1,2}}(?:er|st|nd|rd|th)?\s+(?:{_MONTH})[a-z]*\.?,?\s+\d{{2,4}}\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z]+")

_FIELD_WORDS = (
    "mot de passe",
    "password",
    "passphrase",
    "code personnel",
    "code confidentiel",
    "code secret",
    "pin",
    "sécurité sociale",
    "social security",
    "nir",
    "ssn",
    "carte vitale",
    "carte d'identité",
    "identity card",
    "passeport",
    "passport",
    "numéro fiscal",
    "tax number",
    "iban",
    "rib",
    "bic",
    "compte bancaire",
    "bank account",
    "carte bancaire",
    "numéro de carte",
    "card number",
    "cryptogramme",
    "cvv",
    "cvc",
    "naissance",
    "birth",
    "âge",
    "e-mail",
    "email",
    "mail",
    "courriel",
    "mél",
    "téléphone",
    "portable",
    "telephone",
    "phone",
    "mobile",
    "nom",
    "name",
    "surname",
    "prénom",
    "adresse",
    "address",
    "identifiant",
    "login",
    "username",
)
"""Words of a label, a placeholder or a title that ask for a person's data."""
_CODE_WORDS = frozenset(
    """
    password passwd pwd pass mdp motdepasse pin secret otp nir ssn numsecu secu nss vitale iban rib bic cvv cvc
    cardnumber ccnumber pan birth birthdate birthday dob naissance datenaissance mail email courriel phone tel telephone
    mobile portable prenom firstname lastname surname username login identifiant
    """.split()
)
"""The same in the names that programs give to fields, and to what they send."""
_TOKENS = frozenset(
    """
    name honorific-prefix given-name additional-name family-name honorific-suffix nickname username new-password
    current-password one-time-code organization-title street-address address-line1 address-line2 address-line3 cc-name
    cc-given-name cc-additional-name cc-family-name cc-number cc-exp cc-exp-month cc-exp-year cc-csc bday bday-day
    bday-month bday-year sex tel tel-country-code tel-national tel-area-code tel-local tel-extension email impp photo
    """.split()
)
"""https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill, less what is no person's own."""
_TYPES = frozenset(("password", "email", "tel", "date", "month", "week", "datetime-local", "file"))


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldTraits:
    """What a field's markup says that its accessible name may not."""

    kind: str = ""
    """Its type: ``text``, ``password``, …"""
    autocomplete: str = ""
    code_names: tuple[str, ...] = ()
    """Its name and id."""
    hints: tuple[str, ...] = ()
    """Its placeholder and title, and the words that describe it."""


def looks_like(value: str) -> Phrase | None:
    """Whose data a value looks like, None when it looks like nobody's."""
    value = _plain(value)
    bare = re.sub(r"[\s.\-/()_,:;'|]", "", value).upper()
    rules = (
        (Phrase("an e-mail address"), _EMAIL.search(value)),
        (Phrase("an IBAN"), iban.is_valid(bare)),
        (Phrase("a social security number"), nir.is_valid(bare) or _NIR.search(bare) or _NIR_WITHOUT_KEY.search(bare)),
        (Phrase("a phone number"), _PHONE.search(bare)),
        (Phrase("a card number"), len(bare) in CARD_LENGTHS and luhn.is_valid(bare)),
        (Phrase("a date of birth"), _DATE.search(value) or _WRITTEN_DATE.search(_unaccented(value))),
        (Phrase("a number of somebody's"), sum(letter.isdigit() for letter in value) > MOST_DIGITS),
    )
    return next((what for what, found in rules if found), None)


def field_asks_for(name: str, traits: FieldTraits) -> str | None:
    """What of a field says that it asks for a person's data: a word, a type; None when nothing does."""
    if traits.kind in _TYPES:
        return f"type={traits.kind}"
    token = next((token for token in traits.autocomplete.lower().split() if token in _TOKENS), None)
    if token is not None:
        return f"autocomplete={token}"
    for text in (name, *traits.hints):
        words = f" {' '.join(_WORD.findall(normalise(_plain(text))))} "
        word = next((word for word in _FIELD_WORDS if f" {' '.join(_WORD.findall(word))} " in words), None)
        if word is not None:
            return word
    return next((part for code in traits.code_names for part in code_words(code) if part in _CODE_WORDS), None)


def address_carries(url: str) -> str | None:
    """The part of an address that carries a person's data: a key, or what its value looks like; None: none does."""
    parts = urlsplit(url)
    pairs = [*parse_qsl(parts.query), *parse_qsl(parts.fragment)]
    for key, value in pairs:
        if value and any(word in _CODE_WORDS for word in code_words(key)):
            return key
    texts = [value for _, value in pairs] + [unquote(piece) for piece in (*parts.path.split("/"), parts.fragment)]
    return next((found for text in texts if (found := _certainly(text)) is not None), None)


def own_address(url: str, own: Iterable[str]) -> str:
    """An address without the query values and fragments that are not the scenario's own.

    Args:
        own: addresses that the scenario declares, and values that it types.
    """
    own = tuple(own)
    values = {value for address in own for _, value in parse_qsl(urlsplit(address).query)} | set(own)
    parts = urlsplit(url)
    path = re.sub(r";[^/]*", "", parts.path)
    query = "&".join(_pair(piece, values) for piece in parts.query.split("&")) if parts.query else ""
    fragment = parts.fragment if any(urlsplit(address).fragment == parts.fragment for address in own) else ""
    return parts._replace(path=path, query=query, fragment=fragment).geturl()


def code_words(code: str) -> list[str]:
    """Words of a name that a program gave: ``dateNaissance``, ``date_naissance``; and all of it in one."""
    plain = _unaccented(_plain(code))
    words = [word.lower() for word in _CAMEL.split(plain) if word]
    return [*words, "".join(words)]


def _pair(piece: str, values: set[str]) -> str:
    """A pair of a query as it is, or without its value."""
    pairs: Mapping[str, str] = dict(parse_qsl(piece, keep_blank_values=True))
    return piece if all(value in values for value in pairs.values()) else f"{piece.partition('=')[0]}="


def _certainly(text: str) -> str | None:
    """What only a person's data look like; addresses are full of long numbers that are nobody's."""
    text = _plain(text)
    if _EMAIL.search(text):
        return "an e-mail address"
    bare = re.sub(r"[\s.\-]", "", text).upper()
    if iban.is_valid(bare):
        return "an IBAN"
    return "a social security number" if _NIR.fullmatch(bare) and nir.is_valid(bare) else None


def _plain(text: str) -> str:
    """A text with one spelling for each letter and digit, and nothing invisible in it."""
    composed = unicodedata.normalize("NFKC", text)
    visible = (letter for letter in composed if unicodedata.category(letter) not in ("Cf", "Cc") or letter.isspace())
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in visible)


def _unaccented(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
