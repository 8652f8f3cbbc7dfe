"""Recognise and remove personal data in URLs."""

import re
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from urllib.parse import parse_qsl, unquote, urlsplit

from capture.privacy.fields import CODE_WORDS, LABELS, code_words, flatten
from capture.privacy.values import certain_personal_data, date_of_birth, looks_like_when_joined, possible_number

MOST_ENCODINGS = 4
_VAGUE_KEYS = frozenset(flatten(LABELS.codes["vague_in_addresses"]))
_PERSONAL_AFTER_VAGUE = frozenset(("", *flatten(LABELS.codes["personal_after_vague"])))
"""Words after a vague key that leave its value personal; “”: no word follows."""
_SWITCH = re.compile(r"true|false|\d", re.IGNORECASE)


def personal_data_in_url(url: str) -> str | None:
    """Return the key, or the kind of value, by which a URL carries personal data; None if it carries none."""
    for key, value in _pairs(url):
        if value and _key_asks(key, value):
            return key
    return next((found for text in _texts(url) if (found := certain_personal_data(text)) is not None), None)


def _key_asks(key: str, value: str) -> bool:
    """Report whether a key marks its value as personal; “login=true” and “email_campaign=x” do not."""
    *words, joined = code_words(key)
    if any(word in CODE_WORDS - _VAGUE_KEYS for word in (*words, joined)):
        return True
    vague = [*zip_longest(words, words[1:], fillvalue=""), (joined, "")]
    is_vague = any(word in _VAGUE_KEYS and after in _PERSONAL_AFTER_VAGUE for word, after in vague)
    return is_vague and _SWITCH.fullmatch(value) is None


def possible_personal_data_in_url(url: str) -> str | None:
    """Return the part of a URL that carries, or may carry, personal data; None if no part does.

    Stricter than ``personal_data_in_url()``: for URLs that a scenario contains.
    """
    texts = _texts(url)
    possible = next(
        (kind for text in texts if (kind := possible_number(text) or date_of_birth(text)) is not None), None
    )
    parts = [text for text in texts if text.isdigit()]
    joined = looks_like_when_joined(parts) if len(parts) > 1 else None
    return possible or joined or personal_data_in_url(url)


def _pairs(url: str) -> list[tuple[str, str]]:
    parts = urlsplit(url)
    return [*parse_qsl(parts.query, keep_blank_values=True), *parse_qsl(parts.fragment, keep_blank_values=True)]


def _texts(url: str) -> list[str]:
    """Return keys, values, path segments, fragment segments and user name of a URL."""
    parts = urlsplit(url)
    pieces = (*parts.path.split("/"), *parts.fragment.split("/"), parts.username or "")
    return [_decoded(text) for text in (*(text for pair in _pairs(url) for text in pair), *pieces)]


def _decoded(text: str) -> str:
    """Return a text of a URL without percent encoding, which may have been applied several times."""
    for _ in range(MOST_ENCODINGS):
        text = unquote(text)
    return text


def redact_url(url: str, public_values: Iterable[str]) -> str:
    """Remove from a URL the query values and fragments that are not public.

    Args:
        url: any URL.
        public_values: URLs that the scenario declares, and values that it types.
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


def _pair(piece: str, values: set[str]) -> str:
    """Return a pair of a query, without its value unless that is public; a piece without “=” counts as a value."""
    pairs: Mapping[str, str] = dict(parse_qsl(piece, keep_blank_values=True))
    if "=" not in piece:
        return piece if piece in values else ""
    return piece if all(value in values for value in pairs.values()) else f"{piece.partition('=')[0]}="
