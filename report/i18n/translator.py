"""Translate messages into French or English, and typeset them.

An English message is the key of its translation in ``locales/fr.po``. The catalogue is compiled in memory: there is
no ``.mo`` file to keep up to date. ``make messages`` adds new messages to the catalogue and removes unused ones.
"""

import gettext
import io
import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from capture.errors import TutofraisError
from capture.messages import Phrase, Wording
from capture.visible_text import visible
from report.i18n.dates import format_day, format_days, format_moment, format_month, format_short_day

LANGUAGES = ("fr", "en")
LOCALES = Path(__file__).parent / "locales"

_NARROW_NO_BREAK, _NO_BREAK = "\u202f", "\u00a0"
_FRENCH_SPACES = (
    (re.compile(r"«\s*"), f"«{_NO_BREAK}"),
    (re.compile(r"\s*»"), f"{_NO_BREAK}»"),
    (re.compile(r" ([;!?])"), rf"{_NARROW_NO_BREAK}\1"),
    (re.compile(r" ([:*])"), rf"{_NO_BREAK}\1"),
    (re.compile(r"([\d}]) (px|ms|s)\b"), rf"\1{_NO_BREAK}\2"),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
)
_OUTER_QUOTES = re.compile(r"«\s*|\s*»")

_SPACE_BESIDE_PUNCTUATION = re.compile(r" (?=[:;!?»*)])|(?<=«) ")
"""Spaces in a site's own wording at which a line must not break."""


GIGABYTE = 1_000_000_000
MEGABYTE = 1_000_000


def gettext_noop(message: str) -> str:
    """Mark a message for extraction into the catalogue; it is translated later, by ``Translator.gettext``."""
    return message


class Translator:
    """Messages in one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._catalogue = _catalogue(language)

    def gettext(self, message: str, **details: object) -> str:
        """Translate and typeset a message, then format it with its details, which are left as they are."""
        return self.typeset(self._catalogue.gettext(message)).format(**_visible(details))

    def ngettext(self, singular: str, plural: str, number: int, **details: object) -> str:
        """Translate a message in the form that a number asks for; the number is its detail ``{n}``."""
        return self.typeset(self._catalogue.ngettext(singular, plural, number)).format(n=number, **_visible(details))

    def typeset(self, text: str) -> str:
        """Apply a language's spaces and quotation marks: no-break spaces in French, “ ” for « » in English."""
        if self.language != "fr":
            return text.replace("« ", "“").replace(" »", "”")
        for pattern, replacement in _FRENCH_SPACES:
            text = pattern.sub(replacement, text)
        return text

    def nested(self, sentence: str) -> str:
        """Turn the quotation marks of a sentence into those of a quotation inside a quotation."""
        if self.language != "fr":
            sentence = sentence.replace("“", "‘").replace("”", "’")
        inner = "“”" if self.language == "fr" else "‘’"
        return _OUTER_QUOTES.sub(lambda mark: inner["»" in mark.group()], sentence)

    def day(self, moment: date | datetime) -> str:
        """Format a day in full."""
        return format_day(moment, self.language)

    def moment(self, moment: datetime) -> str:
        """Format a day with its time."""
        return format_moment(moment, self.language)

    def days(self, first: date, last: date) -> str:
        """Format days that follow each other, with short months."""
        return format_days(first, last, self.language)

    def short_day(self, day: date) -> str:
        """Format a day without its year."""
        return format_short_day(day, self.language)

    def month(self, day: date) -> str:
        """Return the name of a day's month."""
        return format_month(day, self.language)

    def number(self, value: float) -> str:
        """Format a number: "3 000,5" in French, "3,000.5" in English."""
        return str(format_decimal(value, locale=self.language))

    def error(self, error: TutofraisError) -> tuple[str, str]:
        """Return an error's problem and cure, translated."""
        details = {name: self.detail(value) for name, value in error.details.items()}
        return self.gettext(error.problem, **details), self.gettext(error.cure, **details)

    def gigabytes(self, size: int) -> str:
        """Return an amount of memory: "1.2 GB"."""
        return self.gettext("{n} GB", n=format_decimal(size / GIGABYTE, "0.0", locale=self.language))

    def megabytes(self, size: int) -> str:
        """Return an amount of disk space: "2.3 MB"."""
        return self.gettext("{n} MB", n=format_decimal(size / MEGABYTE, "0.0", locale=self.language))

    def detail(self, value: object) -> object:
        """Translate a detail of an error if it is a message; return any other value unchanged."""
        return self.wording(value.wording) if isinstance(value, Phrase) else value

    def wording(self, wording: Wording | str) -> str:
        """Translate a stored message and the messages nested in it; return plain text unchanged."""
        if isinstance(wording, str):
            return wording
        return self.gettext(wording.text, **{name: self.wording(inner) for name, inner in wording.details.items()})


def _visible(details: Mapping[str, object]) -> dict[str, object]:
    """Return the details of a message with harmless texts: they may come from a site, a scenario or a file."""
    return {name: visible(value) if isinstance(value, str) else value for name, value in details.items()}


def shorten(text: str, longest: int = 90) -> str:
    """Cut a text to at most ``longest`` characters at a word, with an ellipsis; no line may start with punctuation."""
    text = _SPACE_BESIDE_PUNCTUATION.sub(_NO_BREAK, text)
    if len(text) <= longest:
        return text
    return text[:longest].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Read a language's catalogue; without one, messages stay in English."""
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
