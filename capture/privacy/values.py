"""Recognise personal data by the form of a value: e-mail addresses, French NIRs, IBANs, cards, phones, dates.

A public value that looks like personal data is refused as well: a false alarm does no harm.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, combinations, permutations

from phonenumbers import Leniency, NumberParseException, PhoneNumberMatcher, ValidationResult
from phonenumbers import is_possible_number_with_reason as phone_length
from phonenumbers import parse as parse_phone
from stdnum import iban, luhn
from stdnum.fr import nir, siren, siret

from capture.messages import Phrase

MOST_DIGITS = 5
"""Most digits of a public value, a postcode; a value with more may be a personal number."""
MOST_PARTS = 8
"""Values typed last that are joined with each other."""
MOST_JOINED = 4
"""Fields into which a number is divided."""
_DATE_PARTS = 3
"""Day, month and year, which may be typed into separate fields."""
CARD_LENGTHS = range(12, 20)
"""Numbers of digits that a payment card may have (ISO/IEC 7812)."""
_EMAIL = re.compile(r"[^@\s]@[^@\s]+\.[^@\s]")
"""Begins one letter before the @, so that a long text is searched in linear time."""
_EMAIL_IN_WORDS = re.compile(
    r"@|&#0*64;|%40|[\[({<]\s*(?:at|a|à|arr?obase|arroba)\s*[\])}>]|\b(?:arr?obase|arroba|chiocciola)\b|\bchez\b.*\.[a-z]{2,}"
    r"|(?<=[^\W_])[\s_\-]+at[\s_\-]+[\w\-]+(?:\.|\s+(?:dot|point)\s+)(?:[\w\-]+\.)*[a-z]{2,}",
    re.IGNORECASE,
)
_PHONE_REGION = "FR"
"""Region of phone numbers that are written without a country code (ISO 3166)."""
_DIALLED = re.compile(r"(?:\+|0+)[1-9]\d*")
"""Form of a phone number that is written in full; a number without “+” or 0 before it counts things."""
_UNASSIGNED_PHONE = re.compile(r"(?:\+|00)\d{1,3}[1-9]\d{8}")
"""International form with a country code or a length that no numbering plan has: a mistyped number, or a new plan."""
_NIR_WITHOUT_KEY = re.compile(r"[123478]\d{2}\d{2}[0-9AB]{2}\d{6}")
_NIR = re.compile(r"[123478]\d{4}[0-9AB]{2}\d{8}")
_NIR_APART = re.compile(rf"(?<![0-9A-Z]){_NIR.pattern}(?![0-9A-Z])")
_BETWEEN = r"(?:[^\w]|_)"
_DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}{_BETWEEN}+\d{{1,2}}{_BETWEEN}+\d{{2,4}}(?!\d)"
    rf"|(?<!\d)(?:\d{{4}}|\d{{2}}){_BETWEEN}+\d{{1,2}}{_BETWEEN}+\d{{1,2}}(?!\d)"
)
_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
_DAY = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
"""Day and month, or month and day, in four digits."""
FIRST_BIRTH_YEAR = 1900
LAST_EVENT_YEARS = 20
"""Years from now in which an event may be."""
_MONTH = (
    "(?:jan|fev|feb|mar|avr|apr|mai|may|jui|jun|jul|aou|aug|sep|oct|nov|dec"
    "|ene|abr|ago|set|dic|okt|dez|gen|mag|giu|lug|ott|out|mrt|mei|sty|lut|kwi|maj|cze|lip|sie|wrz|paz|lis|gru)[a-z]*"
)
"""In French, English, Spanish, German, Italian, Portuguese, Dutch and Polish, without accents, which are removed."""
_WRITTEN_DATE = re.compile(
    rf"(?<!\d)\d{{1,4}}(?:er|e|st|nd|rd|th)?{_BETWEEN}*(?:(?:of|de|del)\s+)?{_MONTH}{_BETWEEN}*(?:(?:de|del)\s+)?\d{{1,4}}(?!\d)"
    rf"|(?<!\d)\d{{1,2}}{_BETWEEN}+(?:x|xi{{0,2}}|i?v|vi{{0,3}}|i{{1,3}}|ix){_BETWEEN}+\d{{2,4}}(?!\d)"
    rf"|(?<![a-z]){_MONTH}{_BETWEEN}*\d{{1,2}}(?:st|nd|rd|th)?{_BETWEEN}+\d{{2,4}}(?!\d)",
    re.IGNORECASE,
)
_MONTH_OF_YEAR = re.compile(r"(?<!\d)\d{4}-(?:\d{2}|W\d{2})(?!\d)")
"""Value of a field for a month or a week (HTML, 2.3.5.2 and 2.3.5.8)."""
_VARIATION_SELECTORS = "".join(map(chr, range(0xFE00, 0xFE10)))
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0" + _VARIATION_SELECTORS)
"""Characters that are ignored when a text is drawn (Unicode, Default_Ignorable_Code_Point), besides formats."""
_DATES = (_DATE, _WRITTEN_DATE, _MONTH_OF_YEAR)


def looks_like(value: str, *, of_a_thing: bool = False) -> Phrase | None:
    """Return the kind of personal data that a value looks like; None if it looks like none.

    Args:
        value: to be typed or chosen.
        of_a_thing: the field asks for the number of a thing: it may be long, and the SIREN or SIRET of an organisation.
    """
    value = plain_text(value)
    bare = _bare(value)
    if of_a_thing and (siret.is_valid(bare) or siren.is_valid(bare)):
        return None
    dates = [found.group() for form in _DATES for found in form.finditer(unaccented(value))]
    if dates and all(map(_is_of_an_event, dates)):
        for form in _DATES:
            value = form.sub(" ", unaccented(value))
        bare, dates = _bare(value), []
    joined_date = re.fullmatch(r"\d{8}", bare) is not None and of_a_thing and _is_joined_date(bare)
    rules = (
        (Phrase("an e-mail address"), _EMAIL_IN_WORDS.search(value)),
        (Phrase("an IBAN"), iban.is_valid(bare)),
        (Phrase("a social security number"), nir.is_valid(bare) or _NIR.search(bare) or _NIR_WITHOUT_KEY.search(bare)),
        (Phrase("a phone number"), _is_phone(bare) if of_a_thing else _contains_phone(value)),
        (Phrase("a card number"), len(bare) in CARD_LENGTHS and luhn.is_valid(bare)),
        (Phrase("a date of birth"), dates or joined_date),
        (Phrase("a number of somebody's"), not of_a_thing and sum(map(str.isdigit, value)) > MOST_DIGITS),
    )
    return next((what for what, found in rules if found), None)


def date_of_birth(text: str) -> str | None:
    """Return “a date of birth” if a text contains a date that is not that of an event; None otherwise."""
    text = unaccented(plain_text(text))
    dates = [found.group() for form in (_DATE, _WRITTEN_DATE) for found in form.finditer(text)]
    return "a date of birth" if dates and not all(map(_is_of_an_event, dates)) else None


def looks_like_when_joined(values: Sequence[str]) -> Phrase | None:
    """Return the kind of personal data that consecutively typed values form together; None if they form none.

    Phone numbers are not among the kinds: two postcodes would look like one.
    """
    parts = [_bare(plain_text(value)) for value in values]
    for first in range(len(parts)):
        joined = "".join(parts[first:])
        if len(parts) - first > 1 and len(joined) in CARD_LENGTHS and luhn.is_valid(joined):
            return Phrase("a card number")
    in_order = ("".join(order) for first in range(len(parts)) for order in (parts[first:], parts[first:][::-1]))
    for joined in chain(in_order, _orders(parts)):
        if iban.is_valid(joined):
            return Phrase("an IBAN")
        if nir.is_valid(joined) or _NIR_WITHOUT_KEY.fullmatch(joined):
            return Phrase("a social security number")
    return Phrase("a date of birth") if _ends_in_a_date(values) else None


def _orders(parts: Sequence[str]) -> Iterator[str]:
    """Yield the last part joined with earlier ones, in every order: fields need not be filled from left to right."""
    *earlier, last = parts[-MOST_PARTS:]
    for count in range(1, min(len(earlier), MOST_JOINED - 1) + 1):
        for chosen in combinations(earlier, count):
            yield from ("".join(order) for order in permutations((*chosen, last)))


def _is_joined_date(digits: str) -> bool:
    """Report whether eight digits are a day of a year in which a reader may have been born, in a usual order."""
    orders = ((digits[4:], digits[:4]), (digits[:4], digits[4:]))
    return any(FIRST_BIRTH_YEAR <= int(year) < date.today().year - 1 and _DAY.fullmatch(day) for year, day in orders)


def _ends_in_a_date(values: Sequence[str]) -> bool:
    """Report whether the last value forms a date with one or two earlier ones, in any order."""
    *earlier, last = (unaccented(plain_text(value)).strip() for value in values[-MOST_PARTS:])
    orders = (
        order
        for count in range(1, min(len(earlier), _DATE_PARTS - 1) + 1)
        for chosen in combinations(earlier, count)
        for order in permutations((*chosen, last))
    )
    joined = ("/".join(order) for order in orders)
    return any(
        (_DATE.fullmatch(text) or _WRITTEN_DATE.fullmatch(text)) and not _is_of_an_event(text) for text in joined
    )


def _is_of_an_event(text: str) -> bool:
    """Report whether a date has a year, in four digits, in which no reader of a tutorial was born."""
    years = [int(year) for year in _YEAR.findall(text)]
    this_year = date.today().year
    return len(years) == 1 and this_year - 1 <= years[0] <= this_year + LAST_EVENT_YEARS


def possible_number(text: str) -> str | None:
    """Return the kind of personal number that a whole text may be, without certainty; None if it is none."""
    bare = _bare(plain_text(text))
    rules = (
        ("a phone number", _is_phone(bare)),
        ("a social security number", _NIR_WITHOUT_KEY.fullmatch(bare)),
        ("a card number", len(bare) in CARD_LENGTHS and luhn.is_valid(bare)),
    )
    return next((kind for kind, found in rules if found), None)


def _contains_phone(text: str) -> bool:
    """Report whether a text contains a phone number, in national or international form."""
    return any(PhoneNumberMatcher(text, _PHONE_REGION, leniency=Leniency.POSSIBLE))


def _is_phone(bare: str) -> bool:
    """Report whether a number without separators is a phone number, by its prefix and the length that its plan has."""
    if not _DIALLED.fullmatch(bare):
        return False
    if _UNASSIGNED_PHONE.fullmatch(bare):
        return True
    try:
        number = parse_phone(bare, _PHONE_REGION)
    except NumberParseException:
        return False
    return phone_length(number) == ValidationResult.IS_POSSIBLE


def certain_personal_data(text: str) -> str | None:
    """Return the kind of a text that is certainly personal data; None for others, such as long numbers in URLs."""
    text = plain_text(text)
    if _EMAIL.search(text):
        return "an e-mail address"
    bare = re.sub(r"[\s.\-]", "", text).upper()
    if iban.is_valid(bare):
        return "an IBAN"
    numbers = _NIR_APART.findall(text.upper()) + [bare] * bool(_NIR.fullmatch(bare))
    return "a social security number" if any(map(nir.is_valid, numbers)) else None


def _bare(text: str) -> str:
    """Remove the separators of a number, and write its letters in upper case."""
    return re.sub(r"[\s.\-/()_,:;'|]", "", text).upper()


def plain_text(text: str) -> str:
    """Normalise a text (NFKC), remove invisible characters and write all digits as ASCII."""
    composed = unicodedata.normalize("NFKC", text)
    visible = (letter for letter in composed if not _is_unseen(letter))
    return "".join(str(unicodedata.digit(letter)) if letter.isdigit() else letter for letter in visible)


def _is_unseen(letter: str) -> bool:
    """Report whether nothing is drawn of a character: controls, formats, selectors and fillers."""
    return letter in _UNSEEN or (unicodedata.category(letter) in ("Cf", "Cc") and not letter.isspace())


def unaccented(text: str) -> str:
    """Remove the accents of a text."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
