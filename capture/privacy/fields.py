"""Recognise fields that ask for personal data: by the words of their labels, and by the names in their markup.

The words are in ``labels.toml``.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path

import msgspec

from capture.elements import normalise
from capture.privacy.values import plain_text, unaccented

SHORT_ANSWER = 6
"""Letters of an answer that says nothing without its question: “Oui”, “Non”, “F”."""
MOST_SINGULAR = 3
"""Letters of a word whose final s is kept; “noms” and “prénoms” are longer."""
_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_APART = re.compile(r"[,;:/()|?!…][\s,;:/()|?!…]*")
_NUMERO = re.compile(r"№|\bn\s?[°º]", re.IGNORECASE)
_ABBREVIATED = re.compile(
    r"\w(?<! or)(?<! yes)(?<! page) no (?=,|$)| no (?:d|de|du|ss|client|compte|contrat|dossier|carte) "
)
"""“no” as the abbreviation of “numéro” or “number”."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^A-Za-z]+")
_WITH_DIGIT = re.compile(r"\b([^\W\d_]{4,})\d\b")
"""Word with a digit, such as “address1”."""
COMMON_LANGUAGES = ("fr", "en", "any")
"""Languages whose words count in every tutorial."""

Words = Mapping[str, str | tuple[str, ...]]
"""Words by language: a list of phrases, or single words in one string."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Labels:
    """The contents of ``labels.toml``, where each list is explained."""

    asking: Mapping[str, Words]
    asking_unless_of_a_thing: Mapping[str, Words]
    asking_alone: Mapping[str, Words]
    asking_as_a_choice: Mapping[str, Words]
    possessives: Words
    things: Mapping[str, Words]
    codes: Mapping[str, Words]


def flatten(*lists: Words) -> tuple[str, ...]:
    """Return the words of all languages, in the order of the file."""
    return tuple(
        word
        for words in chain.from_iterable(one.values() for one in lists)
        for word in (words.split() if isinstance(words, str) else words)
    )


def read_labels(text: str) -> Labels:
    """Read lists of words; raises msgspec.ValidationError or tomllib.TOMLDecodeError, which name the wrong place."""
    return msgspec.convert(tomllib.loads(text), Labels)


LABELS = read_labels(Path(__file__).with_name("labels.toml").read_text("utf-8"))
_ASKING = flatten(*LABELS.asking.values())
_ASKING_UNLESS_OF_A_THING = flatten(*LABELS.asking_unless_of_a_thing.values())
_ASKING_AS_A_CHOICE = flatten(*LABELS.asking_as_a_choice.values())
_OF_CIVIL_STATUS = flatten(LABELS.asking["civil_status"], *LABELS.asking_as_a_choice.values())
_NUMBERED = flatten(LABELS.things["numbered"])
_NUMBERED_BEFORE = flatten(LABELS.things["numbered_before"])
_NAMED = flatten(LABELS.things["named"])
_NAMED_BEFORE = flatten(LABELS.things["named_before"])
_PLACES = f"(?:{'|'.join(flatten(LABELS.things['places']))})"
CODE_WORDS = frozenset(flatten(LABELS.codes["fields_and_addresses"]))
"""Words of names in a field's markup, and of keys in a URL, that ask for personal data."""
_FIELD_CODES = frozenset(flatten(LABELS.codes["fields_only"]))
_WHOLE_CODES = frozenset(flatten(LABELS.codes["whole_names_only"]))
_NOT_ASKING_CODES = frozenset(flatten(LABELS.codes["not_asking"]))
_PARTS_OF_WORDS = flatten(LABELS.codes["parts_of_words"])
_PARTS_OF_FIELDS = frozenset("input field value text txt select hidden".split())
_NUMBER_IN_ONE = re.compile(
    "num(?:ero)?(?:secu|ss|compte|carte|client|assure|allocataire|adherent|dossier|contrat|fiscal|tel|cni|caf)"
)
_LONG_WORD = 8
"""Least letters of a joined phrase; a shorter one may be part of another word by chance."""
_TOKENS = frozenset(
    """
    name honorific-prefix given-name additional-name family-name honorific-suffix nickname username new-password
    current-password one-time-code organization-title street-address address-line1 address-line2 address-line3 cc-name
    cc-given-name cc-additional-name cc-family-name cc-number cc-exp cc-exp-month cc-exp-year cc-csc bday bday-day
    bday-month bday-year sex tel tel-country-code tel-national tel-area-code tel-local tel-extension email impp photo
    """.split()
)
"""https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill, without impersonal tokens."""
_TYPES = frozenset(("password", "email", "tel", "file"))
"""Types of fields that ask for a person's data; a date may be that of an event."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldTraits:
    """Properties of a field in its markup, beside its accessible name."""

    kind: str = ""
    """Type: ``text``, ``password``, …"""
    autocomplete: str = ""
    code_names: tuple[str, ...] = ()
    """Attributes ``name`` and ``id``."""
    hints: tuple[str, ...] = ()
    """Placeholder, title, description and the texts around the field."""
    beside: str = ""
    """Words beside it that a reader takes for its label; empty: it has a label, or there are none."""


def field_asks_for(name: str, traits: FieldTraits, language: str = "") -> str | None:
    """Return the word, type or token by which a field asks for personal data; None if it does not.

    Args:
        name: accessible name.
        traits: its attributes and labels.
        language: of the tutorial (ISO 639-1); empty: unknown.
    """
    if traits.kind in _TYPES:
        return f"type={traits.kind}"
    token = next((token for token in traits.autocomplete.lower().split() if token in _TOKENS), None)
    if token is not None:
        return f"autocomplete={token}"
    texts = (name, *traits.hints)
    word = next(filter(None, (_asking_word(text) or _asks_alone(text, language) for text in texts)), None)
    return word or next(filter(_code_asks, traits.code_names), None)


def is_numbered(name: str) -> bool:
    """Return whether a label names a thing that has a public number: a train, a parcel, a business (SIRET)."""
    return any(spelt in bare_words(name) for spelt, _ in _spelt((*_NUMBERED, *_NUMBERED_BEFORE)))


def may_be_declared(traits: FieldTraits) -> bool:
    """Return whether a field may ask for the data of a thing: its type and autocomplete do not say that of a person."""
    return traits.kind not in _TYPES and not _TOKENS.intersection(traits.autocomplete.lower().split())


def choice_asks_for(name: str, traits: FieldTraits) -> str | None:
    """Return the word by which a choice says something about a person; None if it does not.

    Args:
        name: of the radio button, the check box, the option or the key of a keypad.
        traits: of it, with the names of the groups around it.
    """
    own = " / ".join(filter(None, (name, traits.beside)))
    said = bare_words(" / ".join((own, *traits.hints)) if len(own) <= SHORT_ANSWER else own)
    word = next((word for spelt, word in _spelt(_ASKING_AS_A_CHOICE) if spelt in said), None)
    return word or next(filter(None, map(_asking_word, (name, *traits.hints))), None)


def opening_says(name: str, traits: FieldTraits) -> str | None:
    """Return the word by which a tab makes a choice about a person; None if it only opens a part of the page.

    Args:
        name: of the tab.
        traits: its hints are the names of the groups around it: they tell of the page, unless they ask who somebody is.
    """
    asked = " ".join(map(bare_words, traits.hints))
    word = next((word for spelt, word in _spelt(_OF_CIVIL_STATUS) if spelt in asked), None)
    return word or pressing_says(name, FieldTraits())


def pressing_says(name: str, traits: FieldTraits) -> str | None:
    """Return the word by which a button or the like makes a choice about a person; None if it does not.

    Args:
        name: of the button.
        traits: its hints are the names of the groups around it.
    """
    whole = bare_words(name)
    word = next((word for spelt, word in _spelt(_ASKING_AS_A_CHOICE) if spelt == whole), None)
    return word or next(filter(None, map(_asking_word, traits.hints)), None)


def _asking_word(text: str) -> str | None:
    """Return the word of a label that asks for personal data; None if there is none."""
    text = _WITH_DIGIT.sub(r"\1", text)
    words = bare_words(text)
    clauses = f" {' , '.join(bare_words(part).strip() for part in _APART.split(text))} "
    left = non_personal_phrases().sub(" , ", clauses)
    certain = (word for spelt, word in _spelt(_ASKING) if spelt in words)
    likely = (word for spelt, word in _spelt(_ASKING_UNLESS_OF_A_THING) if spelt in left)
    abbreviated = ("no" for _ in _ABBREVIATED.finditer(left))
    return next(chain(certain, likely, abbreviated), None)


def _asks_alone(text: str, language: str) -> str | None:
    """Return the word that asks for personal data as a whole part of a label; None if there is none."""
    parts = [re.sub(_possessives(), "", bare_words(part)).strip() for part in _APART.split(text)]
    return next((word for spelt, word in _alone(language) if spelt.strip() in parts), None)


@cache
def _alone(language: str) -> tuple[tuple[str, str], ...]:
    """Pair each word that asks alone as it is searched for with the word as it is reported."""
    lists = LABELS.asking_alone.values()
    chosen = [{code: words for code, words in one.items() if code in (*COMMON_LANGUAGES, language)} for one in lists]
    return _spelt(flatten(*chosen))


@cache
def _possessives() -> re.Pattern[str]:
    return re.compile(rf"^(?: {_any_of(flatten(LABELS.possessives))})+(?= )")


def _code_asks(code: str) -> bool:
    """Report whether a field's name or id in the markup asks for personal data."""
    *words, joined = code_words(_own_part(code))
    told = f" {' '.join(map(_singular, words))} "
    left = non_personal_codes().sub(" , ", told)
    by_name = (CODE_WORDS | _FIELD_CODES).intersection((*left.split(), joined))
    in_one = any(part in word for word in words for part in _PARTS_OF_WORDS)
    if by_name or in_one or joined in _WHOLE_CODES or _NUMBER_IN_ONE.match(joined) or _ABBREVIATED.search(left):
        return True
    certain, likely = (
        [spelt for spelt, word in _spelt(words) if word not in _NOT_ASKING_CODES]
        for words in (_ASKING, _ASKING_UNLESS_OF_A_THING)
    )
    return any(spelt in told or _is_written_in_one(spelt, joined) for spelt in certain) or any(
        spelt in left for spelt in likely
    )


def _own_part(code: str) -> str:
    """Return the field's part of a name such as ``form:field`` or ``form:field:input`` (JSF)."""
    parts = [part for part in code.split(":") if set(code_words(part)[:-1]) - _PARTS_OF_FIELDS]
    return parts[-1] if parts else code


def _is_written_in_one(spelt: str, joined: str) -> bool:
    in_one = spelt.replace(" ", "")
    return len(spelt.split()) > 1 and len(in_one) >= _LONG_WORD and in_one in joined


@cache
def _spelt(words: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Pair each word as it is searched for with the word as it is reported."""
    return tuple((bare_words(word), word) for word in words)


def _any_of(words: tuple[str, ...]) -> str:
    """Return a pattern for one of these words."""
    return f"(?:{'|'.join(bare_words(word).strip() for word in words)})"


@cache
def non_personal_phrases() -> re.Pattern[str]:
    """Return a pattern for phrases that belong to a thing: “code postal”, “nom de la commune”, “company name”."""
    of = r"(?:(?:de|du|des|d)(?: la| l| le| les| votre)?)"
    a = r"(?:une? |an? )?"
    number, address = r"(?:numero|num|code|reference|ref)", r"(?:adresse|address)"
    phrases = (
        rf"{number}(?: {of})? {_any_of(_NUMBERED)}",
        rf"code insee {of} commune",
        rf"{_any_of(_NUMBERED_BEFORE)} (?:code|number|reference|id|no)(?! (?:d|de|du|a|of) )",
        r"number of(?! (?:your|my|the|card|account))",
        rf"nom {of} {_any_of(_NAMED)}",
        rf"nom ou code postal {of} (?:commune|ville)",
        rf"{_any_of(_NAMED_BEFORE)} name",
        rf"name of (?:a |the |your )?{_any_of(_NAMED_BEFORE)}",
        r"mot cle",
        r"adresse (?:de |d |du )*(?:depart|arrivee|destination|evenement)",
        r"numero de dossier (?:d|de|du) (?:urbanisme|permis de construire|marche|projet|loi)",
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
    """Return a pattern for names in markup that belong to a thing; “code” alone leaves the decision to the label."""
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
    """Return the words of a text, each between spaces, without accents, dots of abbreviations and plural -s."""
    plain = unaccented(plain_text(_NUMERO.sub("numero ", text)))
    joined = re.sub(r"(?<=\w)\.(?=\w)", "", plain)
    return f" {' '.join(map(_singular, _WORD.findall(normalise(joined))))} "


def _singular(word: str) -> str:
    return word.removesuffix("s") if len(word) > MOST_SINGULAR and not word.endswith("ss") else word


def code_words(code: str) -> list[str]:
    """Split a name from markup (``dateNaissance``, ``date_naissance``) into words, and all of them joined."""
    plain = unaccented(plain_text(code))
    words = [word.lower() for word in _CAMEL.split(plain) if word]
    return [*words, "".join(words)]
