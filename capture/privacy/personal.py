"""What a person's data look like: values, fields that ask for them, addresses that carry them.

The rules err on the side of refusing: a public value that looks like somebody's is not worth the risk.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, permutations
from urllib.parse import parse_qsl, unquote, urlsplit

from stdnum import iban, luhn
from stdnum.fr import nir

from capture.elements import normalise
from capture.messages import Phrase

MOST_DIGITS = 5
"""A postcode has 5; what has more than this is a number of somebody's."""
MOST_SINGULAR = 3
"""Letters of a word that ends in s without being several: RIB, tel, but “noms”, “prénoms”."""
_DATE_PARTS = 3
"""A day, a month and a year; they may be typed one by one."""
CARD_LENGTHS = range(12, 20)
"""Digits of a payment card's number (ISO/IEC 7812)."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_EMAIL_IN_WORDS = re.compile(
    r"@|[\[({<]\s*(?:at|arobase)\s*[\])}>]|\barobase\b"
    r"|\w[\s_\-]+at[\s_\-]+[\w\-]+(?:\.|\s+(?:dot|point)\s+)(?:[\w\-]+\.)*[a-z]{2,}",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:(?:\+|00)\d{1,3}|0)[1-9]\d{8}")
_NIR_WITHOUT_KEY = re.compile(r"[123478]\d{2}\d{2}[0-9AB]{2}\d{6}")
_NIR = re.compile(r"[123478]\d{4}[0-9AB]{2}\d{8}")
_NIR_APART = re.compile(rf"(?<![0-9A-Z]){_NIR.pattern}(?![0-9A-Z])")
_BETWEEN = r"[\s/.\-|,;:_\\]"
_DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}{_BETWEEN}+\d{{1,2}}{_BETWEEN}+\d{{2,4}}(?!\d)"
    rf"|(?<!\d)(?:\d{{4}}|\d{{2}}){_BETWEEN}+\d{{1,2}}{_BETWEEN}+\d{{1,2}}(?!\d)"
)
_MONTH = "(?:jan|fev|feb|mar|avr|apr|mai|may|jui|jun|jul|aou|aug|sep|oct|nov|dec)[a-z]*"
"""Without accents: they are taken off first."""
_WRITTEN_DATE = re.compile(
    rf"(?<!\d)\d{{1,4}}(?:er|e|st|nd|rd|th)?{_BETWEEN}*(?:of\s+)?{_MONTH}{_BETWEEN}*\d{{1,4}}(?!\d)"
    rf"|(?<![a-z]){_MONTH}{_BETWEEN}*\d{{1,2}}(?:st|nd|rd|th)?{_BETWEEN}+\d{{2,4}}(?!\d)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_APART = re.compile(r"[,;:/()|?!…][\s,;:/()|?!…]*")
_NUMERO = re.compile(r"№|\bn\s?[°º]", re.IGNORECASE)
_ABBREVIATED = re.compile(
    r"\w(?<! or)(?<! yes)(?<! page) no (?=,|$)| no (?:d|de|du|ss|client|compte|contrat|dossier|carte) "
)
"""“no” where it means a number."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z]+")

_FIELD_WORDS = (
    "mot de passe",
    "password",
    "passphrase",
    "code personnel",
    "code confidentiel",
    "code secret",
    "memorable word",
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
    "national insurance",
    "NHS",
    "UTR",
    "INE",
    "SPI",
    "allocataire",
    "adhérent",
    "assuré",
    "matricule",
    "carte vitale",
    "carte d'identité",
    "pièce d'identité",
    "titre de séjour",
    "permis de conduire",
    "driving licence",
    "driver's license",
    "immatriculation",
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
    "titulaire",
    "account holder",
    "cardholder",
    "card holder",
    "code banque",
    "guichet",
    "sort code",
    "expiration",
    "expiry",
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
    "cvv2",
    "cvc",
    "cvc2",
    "naissance",
    "né le",
    "née le",
    "né e le",
    "ddn",
    "birth",
    "birthday",
    "DOB",
    "civilité",
    "sexe",
    "sex",
    "gender",
    "nationalité",
    "nationality",
    "situation familiale",
    "marital status",
    "e-mail",
    "email",
    "mail",
    "courriel",
    "mél",
    "adresse électronique",
    "téléphone",
    "tél",
    "gsm",
    "telephone",
    "phone",
    "surname",
    "prénom",
    "identifiant",
    "login",
    "username",
)
"""Words of a label, a placeholder or a title that ask for a person's data; one or several make no difference."""
_UNLESS_HARMLESS = (
    "numéro",
    "num",
    "number",
    "code",
    "référence",
    "réf",
    "reference",
    "clé",
    "id",
    "nom",
    "name",
    "adresse",
    "address",
    "âge",
    "portable",
    "mobile",
)
"""The same, where nothing around them says that they are a thing's and nobody's."""
_NUMBERED = """
    postal postaux cp département région pays commune ville arrondissement page article question étape chapitre ligne
    version offre annonce produit formulaire cerfa loi travail route consommation ape naf rome promo promotionnel langue
"""
"""Things that have a public number, code or reference; “insee” is not one: so is a social security number called."""
_NUMBERED_BEFORE = """
    postal post zip postcode promo discount page question item article product department region country commune city
    language lang version qr naf ape
"""
"""The same, where English puts them before."""
_NAMED = """
    commune ville rue voie quartier lieu département région pays gare station arrêt école collège lycée université
    établissement entreprise société organisme association service site hôpital clinique mairie caisse médicament
    produit marque maladie métier
"""
_NAMED_BEFORE = """
    city town village place street road region country station school college university company business organisation
    organization hospital medicine drug product brand
"""
_PLACES = r"(?:code postal|ville|commune|lieu|quartier|city|town|place|postcode|post code|postal code|zip code)"
_CODE_WORDS = frozenset(
    """
    password passwd pwd pass mdp motdepasse pin secret otp nir ssn numsecu secu nss vitale iban rib bic cvv cvc
    cardnumber ccnumber cardno pan birth birthdate birthday dob naissance datenaissance naiss ddn mail email courriel
    phone tel numtel telephone prenom firstname lastname surname username login identifiant
    """.split()
)
"""The same in the names that programs give to fields, and to what they send."""
_FIELD_CODES = frozenset("numss motpasse street fullname userid nomfamille nomusage accountnumber".split())
"""The same in the names of fields alone."""
_VAGUE_KEYS = frozenset("login pass mail email secret".split())
"""Of these, in an address, a value that is a switch is nobody's, nor what another word goes on to tell of."""
_STILL_SOMEBODYS = frozenset(("", *"address adresse name nom hint hash id user utilisateur value word".split()))
"""What may follow them, and they still are somebody's."""
_SWITCH = re.compile(r"true|false|\d", re.IGNORECASE)
_WHOLE_CODES = frozenset("fname lname mobile portable adresse address age".split())
"""Of these only the whole name tells: “search-mobile” asks for nothing."""
_NO_CODES = frozenset(("cb", "adresse", "address", "mobile", "portable", "âge", "id", "réf"))
"""Words of labels that are something else in names that programs give: “cb” is a checkbox, “id” is anything's."""
_PARTS_OF_FIELDS = frozenset("input field value text txt select hidden".split())
_NUMBER_IN_ONE = re.compile(
    "num(?:ero)?(?:secu|ss|compte|carte|client|assure|allocataire|adherent|dossier|contrat|fiscal|tel|cni|caf)"
)
_LONG_WORD = 8
"""Letters of words written in one that are no part of another word by chance."""
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


def looks_like_when_joined(values: Sequence[str]) -> Phrase | None:
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
    return Phrase("a date of birth") if _ends_in_a_date(values) else None


def _ends_in_a_date(values: Sequence[str]) -> bool:
    """Are the last two or three values a date, in whatever order they were typed?"""
    last = [_unaccented(_plain(value)).strip() for value in values[-_DATE_PARTS:]]
    orders = (order for count in range(2, len(last) + 1) for order in permutations(last[-count:]))
    joined = ("/".join(order) for order in orders)
    return any(_DATE.fullmatch(text) or _WRITTEN_DATE.fullmatch(text) for text in joined)


def field_asks_for(name: str, traits: FieldTraits) -> str | None:
    """What of a field says that it asks for a person's data: a word, a type; None when nothing does."""
    if traits.kind in _TYPES:
        return f"type={traits.kind}"
    token = next((token for token in traits.autocomplete.lower().split() if token in _TOKENS), None)
    if token is not None:
        return f"autocomplete={token}"
    word = next(filter(None, map(_asking_word, (name, *traits.hints))), None)
    return word or next(filter(_code_asks, traits.code_names), None)


def _asking_word(text: str) -> str | None:
    """The word of a label that asks for a person's data."""
    words = bare_words(text)
    told = f" {' , '.join(bare_words(part).strip() for part in _APART.split(text))} "
    left = non_personal_phrases().sub(" , ", told)
    certain = (word for spelt, word in _spelt(_FIELD_WORDS) if spelt in words)
    likely = (word for spelt, word in _spelt(_UNLESS_HARMLESS) if spelt in left)
    abbreviated = ("no" for _ in _ABBREVIATED.finditer(left))
    return next(chain(certain, likely, abbreviated), None)


def _code_asks(code: str) -> bool:
    """Does the name that a program gave to a field say that it asks for a person's data?"""
    *words, joined = code_words(_own_part(code))
    told = f" {' '.join(map(_singular, words))} "
    left = non_personal_codes().sub(" , ", told)
    by_name = (_CODE_WORDS | _FIELD_CODES).intersection((*left.split(), joined))
    if by_name or joined in _WHOLE_CODES or _NUMBER_IN_ONE.match(joined) or _ABBREVIATED.search(left):
        return True
    certain, likely = (
        [spelt for spelt, word in _spelt(words) if word not in _NO_CODES] for words in (_FIELD_WORDS, _UNLESS_HARMLESS)
    )
    return any(spelt in told or _is_written_in_one(spelt, joined) for spelt in certain) or any(
        spelt in left for spelt in likely
    )


def _own_part(code: str) -> str:
    """What names the field itself where a form names its fields ``form:field`` or ``form:field:input`` (JSF)."""
    parts = [part for part in code.split(":") if set(code_words(part)[:-1]) - _PARTS_OF_FIELDS]
    return parts[-1] if parts else code


def _is_written_in_one(spelt: str, joined: str) -> bool:
    in_one = spelt.replace(" ", "")
    return len(spelt.split()) > 1 and len(in_one) >= _LONG_WORD and in_one in joined


@cache
def _spelt(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Words as texts are searched for them, and as they are told."""
    return tuple((bare_words(word), word) for word in words)


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(bare_words(word).strip() for word in words.split())})"


@cache
def non_personal_phrases() -> re.Pattern[str]:
    """What is a thing's, and nobody's: “code postal”, “nom de la commune”, “company name”."""
    of = r"(?:(?:de|du|des|d)(?: la| l| le| les| votre)?)"
    a = r"(?:une? |an? )?"
    number, address = r"(?:numero|num|code|reference|ref)", r"(?:adresse|address)"
    phrases = (
        rf"{number}(?: {of})? {_any_of(_NUMBERED)}",
        rf"code insee {of} commune",
        rf"{_any_of(_NUMBERED_BEFORE)} (?:code|number|reference|id|no)(?! (?:d|de|du|a|of) )",
        r"number of (?:page|result|item|people|day|night|room)",
        rf"nom {of} {_any_of(_NAMED)}",
        rf"nom ou code postal {of} (?:commune|ville)",
        rf"{_any_of(_NAMED_BEFORE)} name",
        rf"name of (?:a |the |your )?{_any_of(_NAMED_BEFORE)}",
        r"mot cle",
        r"tranche d age|age (?:de|du) depart|age legal|age (?:range|group|bracket)",
        r"(?:application|appli|app|site|version|internet) mobile|mobile (?:application|app|site|version)",
        r"ordinateur portable",
        rf"(?<! votre )(?<! mon )(?<! your )(?<! my ){address}(?: , {a}{_PLACES})* (?:ou|or) {a}{_PLACES}",
        rf"{_PLACES} (?:ou|or) {a}{address}",
        rf"(?<=^ )ou , (?:une )?adresse (?:,|ou) {_PLACES}",
        r"(?:recherch|cherch|trouv|localis)\w* (?:par |d |une |l )*adresse",
        r"(?:search|find|look up) (?:for |by |an |the )*address",
    )
    return re.compile(rf"(?<= )(?:{'|'.join(phrases)})(?= )")


@cache
def non_personal_codes() -> re.Pattern[str]:
    """The same in the names that programs give; who names a field “code” leaves it to the label to say which."""
    number = r"(?:numero|num|number|code|reference)"
    phrases = (
        rf"{number} (?:de |du |d )?{_any_of(_NUMBERED)}",
        rf"{_any_of(_NUMBERED_BEFORE)} {number}",
        r"code insee",
        rf"nom (?:de |la |du |d |l )*{_any_of(_NAMED)}",
        rf"{_any_of(_NAMED_BEFORE)} name",
        r"mot cle",
        r"pass (?:navigo|culture|sport|rail|numerique|education|sanitaire)",
        r"(?<=^ )code(?= $)",
    )
    return re.compile(rf"(?<= )(?:{'|'.join(phrases)})(?= )")


def bare_words(text: str) -> str:
    """The words of a text, each between spaces: without accents, dots of abbreviations, nor the s of several."""
    plain = _unaccented(_plain(_NUMERO.sub("numero ", text)))
    joined = re.sub(r"(?<=\w)\.(?=\w)", "", plain)
    return f" {' '.join(map(_singular, _WORD.findall(normalise(joined))))} "


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > MOST_SINGULAR and not word.endswith("ss") else word


def personal_data_in_url(url: str) -> str | None:
    """The part of an address that carries a person's data: a key, or what its value looks like; None: none does."""
    for key, value in _pairs(url):
        if value and _key_asks(key, value):
            return key
    return next((found for text in _texts(url) if (found := certain_personal_data(text)) is not None), None)


def _key_asks(key: str, value: str) -> bool:
    """Does the key of a pair say that its value is a person's? “login=true” and “email_campaign=x” do not."""
    *words, joined = code_words(key)
    if any(word in _CODE_WORDS - _VAGUE_KEYS for word in (*words, joined)):
        return True
    vague = [*zip(words, [*words[1:], ""], strict=True), (joined, "")]
    told = any(word in _VAGUE_KEYS and after in _STILL_SOMEBODYS for word, after in vague)
    return told and _SWITCH.fullmatch(value) is None


def possible_personal_data_in_url(url: str) -> str | None:
    """The same of an address that a scenario wrote: what may be somebody's is refused, too."""
    rules = (("a phone number", _PHONE), ("a social security number", _NIR_WITHOUT_KEY))
    for text in _texts(url):
        bare = _bare(_plain(text))
        looks = next((what for what, rule in rules if rule.fullmatch(bare)), None)
        if looks is None and len(bare) in CARD_LENGTHS and luhn.is_valid(bare):
            looks = "a card number"
        if looks is not None:
            return looks
    return personal_data_in_url(url)


def _pairs(url: str) -> list[tuple[str, str]]:
    parts = urlsplit(url)
    return [*parse_qsl(parts.query, keep_blank_values=True), *parse_qsl(parts.fragment, keep_blank_values=True)]


def _texts(url: str) -> list[str]:
    """All that an address says, piece by piece."""
    parts = urlsplit(url)
    pieces = (*parts.path.split("/"), *parts.fragment.split("/"), parts.username or "")
    return [text for pair in _pairs(url) for text in pair] + [unquote(piece) for piece in pieces]


def redact_url(url: str, public_values: Iterable[str]) -> str:
    """An address without the query values and fragments that are not the scenario's own.

    Args:
        own: addresses that the scenario declares, and values that it types.
    """
    public_values = tuple(public_values)
    values = {value for address in public_values for _, value in parse_qsl(urlsplit(address).query)} | set(
        public_values
    )
    parts = urlsplit(url)
    path, host = re.sub(r";[^/]*", "", parts.path), parts.netloc.rpartition("@")[2]
    pieces = (_pair(piece, values) for piece in parts.query.split("&"))
    query = "&".join(filter(None, pieces)) if parts.query else ""
    fragment = parts.fragment if any(urlsplit(address).fragment == parts.fragment for address in public_values) else ""
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


def certain_personal_data(text: str) -> str | None:
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
