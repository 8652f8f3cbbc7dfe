"""Understand the sentences of an old tutorial: what the reader is told to do, and with what kind of element.

The words are in ``wording.toml``.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from capture.privacy.values import unaccented

_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 4
"""Words before a label among which the thing is named that it belongs to: “le champ de texte « … »”."""

_ACT_NEAR = 6
"""Words before a label among which its act is looked for."""
_ORDER = 3
"""Words of a sentence among which the act stands that it orders."""

Words = Mapping[str, str]
"""Beginnings of words by language, in one string."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Wording:
    """The contents of ``wording.toml``, where each list is explained."""

    acts: Mapping[str, Words]
    things: Mapping[str, Words]
    keys: Words
    examples: Words
    possessives: Words
    joints: Words


@cache
def _wording() -> Wording:
    return msgspec.convert(tomllib.loads(Path(__file__).with_name("wording.toml").read_text("utf-8")), Wording)


def act_of(text: str, language: str) -> str | None:
    """Return the act that a text names (``type``, ``press``…): the last one near its end, or its first word.

    Args:
        text: what stands before a label, or a whole sentence.
        language: ISO 639-1; one without words here is read with those of all.
    """
    words = _words(text)
    near = [act for word in words[-_ACT_NEAR:] if (act := _act(word, language)) is not None]
    return near[-1] if near else told_act(text, language)


def told_act(text: str, language: str) -> str | None:
    """Return the act that a sentence begins with, as orders do (“Tapez …”, “Je tape …”, “Puis tapez”); None: none."""
    return next(filter(None, (_act(word, language) for word in _words(text)[:_ORDER])), None)


def _act(word: str, language: str) -> str | None:
    acts = (act for act, words in _wording().acts.items() if _is_one_of(word, words, language))
    return next(acts, None)


def is_key(label: str) -> bool:
    """Return whether a label is that of a key of the keyboard."""
    return unaccented(label).lower().strip() in _of(_wording().keys, "any") or len(label.strip()) == 1


def names_example(text: str, language: str) -> bool:
    """Return whether a text says that what stands beside it is an example."""
    return any(_is_one_of(word, _wording().examples, language) for word in _words(text))


def names_possession(text: str, language: str) -> bool:
    """Return whether a text says whose something is: “votre adresse”, “my name”."""
    return any(_is_one_of(word, _wording().possessives, language) for word in _words(text))


def thing_before(text: str, language: str) -> str | None:
    """Return the role of the thing that the last words of a text name; None if they name none."""
    for word in reversed(_words(text)[-_NEAR:]):
        for role, words in _wording().things.items():
            if _is_one_of(word, words, language):
                return role
    return None


@cache
def joints(language: str) -> re.Pattern[str]:
    """Return a pattern for what joins two instructions: a comma, a semicolon, “puis”, “and then”."""
    words = "|".join(_of(_wording().joints, language))
    return re.compile(rf"\s*[,;:]?\s+(?:(?:{words})\s+)+|\s*[,;:]\s+", re.IGNORECASE)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(unaccented(text))]


def _of(words: Words, language: str) -> list[str]:
    """Return the words of a language, those of all if it has none."""
    return words[language].split() if language in words else " ".join(words.values()).split()


def _is_one_of(word: str, words: Words, language: str) -> bool:
    return any(word == begin[:-1] if begin.endswith(".") else word.startswith(begin) for begin in _of(words, language))
