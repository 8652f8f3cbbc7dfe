"""What a person's data look like: values, fields that ask for them, addresses that carry them.

The rules err on the side of refusing: a public value that looks like somebody's is not worth the risk.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import normalise
from capture.errors import Phrase

MOST_DIGITS = 5
"""A postcode has 5; what has more than this is a number of somebody's."""
MOST_SINGULAR = 3
"""Letters of a word that ends in s without being several: RIB, tel, but “noms”, “prénoms”."""
_DATE_PARTS = (range(1, 3), range(1, 3), (2, 4))
"""Digits of a day, a month and a year that are typed one by one."""
CARD_LENGTHS = range(12, 20)
"""Digits of a payment card's number (ISO/IEC 7812)."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EMAIL_IN_WORDS = re.compile(r"@|[\[({<]\s*(?:at|arobase)\s*[\])}>]|\barobase\b", re.IGNORECASE)
_PHONE = re.compile(r"(?:(?:\+|00)\d{1,3}|0)[1-9]\d{8}")
_NIR_WITHOUT_KEY = re.compile(r"[123478]\d{2}\d{2}[0-9AB]{2}\d{6}")
_NIR = re.compile(r"[123478]\d{4}[0-9AB]{2}\d{8}")
_NIR_APART = re.compile(rf"(?<![0-9A-Z]){_NIR.pattern}(?![0-9A-Z])")
_DATE = re.compile(r"\b\d{1,2}\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{2,4}\b|\b\d{4}[/.\-]\d{1,2}[/.\-]\d{1,2}\b")
_MONTH = "jan|fev|mar|avr|apr|mai|may|jui|jun|jul|aou|aug|sep|oct|nov|dec"  # without accents: they are taken off first
_WRITTEN_DATE = re.compile(
    rf"\b\d{{1,2}}(?:er|st|nd|rd|th)?[\s\-]+(?:of\s+)?(?:{_MONTH})[a-z]*\.?,?[\s\-]+\d{{2,4}}\b"
    rf"|\b(?:{_MONTH})[a-z]*\.?[\s\-]+\d{{1,2}}(?:st|nd|rd|th)?,?[\s\-]+\d{{2,4}}\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z]+")

_FIELD_WORDS = (
    "mot de passe",
    "password",
    "passphrase",
    "code personnel",
    "code confidentiel",
    "code secret",
    "code de vérification",
    "code de confirmation",
    "code à usage unique",
    "verification code",
    "one time code",
    "passcode",
    "mdp",
    "pin",
    "sécurité sociale",
    "sécu",
    "social security",
    "nir",
    "nss",
    "ssn",
    "allocataire",
    "matricule",
    "carte vitale",
    "carte d'identité",
    "cni",
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
    "carte bleue",
    "carte de crédit",
    "credit card",
    "debit card",
    "cb",
    "numéro de carte",
    "card number",
    "cryptogramme",
    "cvv",
    "cvc",
    "naissance",
    "né le",
    "née le",
    "né e le",
    "ddn",
    "birth",
    "birthday",
    "âge",
    "e-mail",
    "email",
    "mail",
    "courriel",
    "mél",
    "téléphone",
    "tél",
    "gsm",
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
"""Words of a label, a placeholder or a title that ask for a person's data; one or several make no difference."""
_CODE_WORDS = frozenset(
    """
    password passwd pwd pass mdp motdepasse pin secret otp nir ssn numsecu secu nss vitale iban rib bic cvv cvc
    cardnumber ccnumber cardno pan birth birthdate birthday dob naissance datenaissance naiss ddn mail email courriel
    phone tel numtel telephone prenom firstname lastname surname username login identifiant
    """.split()
)
"""The same in the names that programs give to fields, and to what they send."""
_WHOLE_CODES = frozenset("nom name fname lname mobile portable adresse address".split())
"""Of these only the whole name tells: “search-mobile” asks for nothing."""
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
    bare = _bare(value)
    rules = (
        (Phrase("an e-mail address"), _EMAIL_IN_WORDS.search(value)),
        (Phrase("an IBAN"), iban.is_valid(bare)),
        (Phrase("a social security number"), nir.is_valid(bare) or _NIR.search(bare) or _NIR_WITHOUT_KEY.search(bare)),
        (Phrase("a phone number"), _PHONE.search(bare)),
        (Phrase("a card number"), len(bare) in CARD_LENGTHS and luhn.is_valid(bare)),
        (Phrase("a date of birth"), _DATE.search(value) or _WRITTEN_DATE.search(_unaccented(value))),
        (Phrase("a number of somebody's"), sum(letter.isdigit() for letter in value) > MOST_DIGITS),
    )
    return next((what for what, found in rules if found), None)


def made_of(values: Sequence[str]) -> Phrase | None:
    """What values that are typed one after the other make together; two postcodes are not a phone number."""
    parts = [_bare(_plain(value)) for value in values]
    for first in range(len(parts)):
        joined = "".join(parts[first:])
        if iban.is_valid(joined):
            return Phrase("an IBAN")
        if nir.is_valid(joined):
            return Phrase("a social security number")
        if len(joined) in CARD_LENGTHS and luhn.is_valid(joined):
            return Phrase("a card number")
    lengths = [len(part) for part in parts[-len(_DATE_PARTS) :] if part.isdigit()]
    if len(lengths) == len(_DATE_PARTS) and all(one in known for one, known in zip(lengths, _DATE_PARTS, strict=True)):
        return Phrase("a date of birth")
    return None


def field_asks_for(name: str, traits: FieldTraits) -> str | None:
    """What of a field says that it asks for a person's data: a word, a type; None when nothing does."""
    if traits.kind in _TYPES:
        return f"type={traits.kind}"
    token = next((token for token in traits.autocomplete.lower().split() if token in _TOKENS), None)
    if token is not None:
        return f"autocomplete={token}"
    for text in (name, *traits.hints):
        words = bare_words(text)
        word = next((word for word in _FIELD_WORDS if bare_words(word) in words), None)
        if word is not None:
            return word
    codes = [(code, code_words(code)) for code in traits.code_names]
    return next((code for code, parts in codes if _CODE_WORDS.intersection(parts) or parts[-1] in _WHOLE_CODES), None)


def bare_words(text: str) -> str:
    """The words of a text, each between spaces: without accents, dots of abbreviations, nor the s of several."""
    joined = re.sub(r"(?<=\w)\.(?=\w)", "", _unaccented(_plain(text)))
    words = (word.removesuffix("s") if len(word) > MOST_SINGULAR else word for word in _WORD.findall(normalise(joined)))
    return f" {' '.join(words)} "


def address_carries(url: str) -> str | None:
    """The part of an address that carries a person's data: a key, or what its value looks like; None: none does."""
    for key, value in _pairs(url):
        if value and any(word in _CODE_WORDS for word in code_words(key)):
            return key
    return next((found for text in _texts(url) if (found := _certainly(text)) is not None), None)


def address_would_carry(url: str) -> str | None:
    """The same of an address that a scenario wrote: what may be somebody's is refused, too."""
    rules = (("a phone number", _PHONE), ("a social security number", _NIR_WITHOUT_KEY))
    for text in _texts(url):
        bare = _bare(_plain(text))
        looks = next((what for what, rule in rules if rule.fullmatch(bare)), None)
        if looks is None and len(bare) in CARD_LENGTHS and luhn.is_valid(bare):
            looks = "a card number"
        if looks is not None:
            return looks
    return address_carries(url)


def _pairs(url: str) -> list[tuple[str, str]]:
    parts = urlsplit(url)
    return [*parse_qsl(parts.query, keep_blank_values=True), *parse_qsl(parts.fragment, keep_blank_values=True)]


def _texts(url: str) -> list[str]:
    """All that an address says, piece by piece."""
    parts = urlsplit(url)
    pieces = (*parts.path.split("/"), *parts.fragment.split("/"), parts.username or "")
    return [text for pair in _pairs(url) for text in pair] + [unquote(piece) for piece in pieces]


def own_address(url: str, own: Iterable[str]) -> str:
    """An address without the query values and fragments that are not the scenario's own.

    Args:
        own: addresses that the scenario declares, and values that it types.
    """
    own = tuple(own)
    values = {value for address in own for _, value in parse_qsl(urlsplit(address).query)} | set(own)
    parts = urlsplit(url)
    path, host = re.sub(r";[^/]*", "", parts.path), parts.netloc.rpartition("@")[2]
    pieces = (_pair(piece, values) for piece in parts.query.split("&"))
    query = "&".join(filter(None, pieces)) if parts.query else ""
    fragment = parts.fragment if any(urlsplit(address).fragment == parts.fragment for address in own) else ""
    return parts._replace(netloc=host, path=path, query=query, fragment=fragment).geturl()


def code_words(code: str) -> list[str]:
    """Words of a name that a program gave: ``dateNaissance``, ``date_naissance``; and all of it in one."""
    plain = _unaccented(_plain(code))
    words = [word.lower() for word in _CAMEL.split(plain) if word]
    return [*words, "".join(words)]


def _pair(piece: str, values: set[str]) -> str:
    """A pair of a query as it is, or without its value; what is no pair may be all value."""
    pairs: Mapping[str, str] = dict(parse_qsl(piece, keep_blank_values=True))
    if "=" not in piece:
        return piece if piece in values else ""
    return piece if all(value in values for value in pairs.values()) else f"{piece.partition('=')[0]}="


def _certainly(text: str) -> str | None:
    """What only a person's data look like; addresses are full of long numbers that are nobody's."""
    text = _plain(text)
    if _EMAIL.search(text):
        return "an e-mail address"
    bare = re.sub(r"[\s.\-]", "", text).upper()
    if iban.is_valid(bare):
        return "an IBAN"
    numbers = _NIR_APART.findall(text.upper()) + [bare] * bool(_NIR.fullmatch(bare))
    return "a social security number" if any(map(nir.is_valid, numbers)) else None


def _bare(text: str) -> str:
    """A number without what sets its digits apart."""
    return re.sub(r"[\s.\-/()_,:;'|]", "", text).upper()


def _plain(text: str) -> str:
    """A text with one spelling for each letter and digit, and nothing invisible in it."""
    composed = unicodedata.normalize("NFKC", text)
    visible = (letter for letter in composed if unicodedata.category(letter) not in ("Cf", "Cc") or letter.isspace())
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in visible)


def _unaccented(text: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
