"""Check the arguments that authors give, by type and meaning; each mistake names its argument and the cure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from capture.messages import Phrase
from capture.visible_text import visible

LONGEST_TEXT = 1000
"""Characters of a title, a sentence or another text of an author."""
LONGEST_VALUE = 10_000
"""Characters of a value that a scenario types."""
LONGEST_SLUG = 80
MOST_PAGES = 999
"""Highest number of a page."""
SMALLEST_SIDE, LARGEST_SIDE = 200, 8000
"""Width and height of a window, CSS px."""
SMALLEST_SCALE, LARGEST_SCALE = 0.5, 4.0
MOST_DAYS = 3650

_HOST = re.compile(r"(?:[\w-]+(?:\.[\w-]+)*|\[[0-9a-fA-F:]+\])(?::\d{1,5})?")
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

Check = Callable[[object], Phrase | None]
"""Return what is wrong with the value of an argument; None: nothing."""


def mistakes_in(given: Mapping[str, tuple[object, Check]]) -> str:
    """Return the mistakes in some arguments, one after another; empty: there are none.

    Args:
        given: value and check of each argument, by its name.
    """
    found = ((name, check(value)) for name, (value, check) in given.items())
    told = [Phrase("“{name}” {mistake}", name=name, mistake=mistake) for name, mistake in found if mistake is not None]
    return _joined(told)


def _joined(phrases: Iterable[Phrase]) -> str:
    """Return phrases as one, with a semicolon between them; empty: there are none."""
    joined: str = ""
    for phrase in phrases:
        joined = Phrase("{first}; {second}", first=joined, second=phrase) if joined else phrase
    return joined


def listed(value: Iterable[str]) -> Iterable[str]:
    """Return a list that can be read twice; what is no list is returned as it is, for its check to find."""
    is_list = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    return tuple(value) if is_list else value


def text(value: object) -> Phrase | None:
    """Check a text that must not be empty."""
    if type(value) is not str or not value.strip():
        return Phrase("is a text, and not empty")
    if len(value) > LONGEST_TEXT:
        return Phrase("has at most {n} characters", n=LONGEST_TEXT)
    return None if visible(value) == value else Phrase("contains control characters")


def any_text(value: object) -> Phrase | None:
    """Check a text that may be empty."""
    return None if value == "" and type(value) is str else text(value)


def slug(value: object) -> Phrase | None:
    if type(value) is not str or not value or not all(letter.isalnum() or letter in "-_" for letter in value):
        return Phrase("is made of letters, digits, - and _")
    return Phrase("has at most {n} characters", n=LONGEST_SLUG) if len(value) > LONGEST_SLUG else None


def texts(value: object) -> Phrase | None:
    """Check a list of texts, none of them empty."""
    return values(value) or next(
        (Phrase("is a list of texts, none of them empty") for one in _strings(value) if text(one) is not None), None
    )


def values(value: object) -> Phrase | None:
    """Check a list of texts; one text alone would be taken for the list of its letters."""
    if isinstance(value, str | bytes) or not isinstance(value, Iterable):
        return Phrase("is a list of texts: put brackets around it")
    wrong = (one for one in value if type(one) is not str or len(one) > LONGEST_VALUE)
    return next((Phrase("is a list of texts, none of them a number or something else") for _ in wrong), None)


def reasons(value: object) -> Phrase | None:
    """Check labels, each with a reason."""
    if not isinstance(value, Mapping) or any(text(one) is not None for pair in value.items() for one in pair):
        example = '{"Numéro SIRET": "of a public body"}'
        return Phrase("is a table of labels with a reason each: {example}", example=example)
    return None


def hosts(value: object) -> Phrase | None:
    """Check a list of host names, perhaps with a port: no scheme, path or user name."""
    return texts(value) or next(
        (
            Phrase("contains “{host}”, which is no host: write “www.ameli.fr” or “127.0.0.1:8000”", host=one)
            for one in _strings(value)
            if not _HOST.fullmatch(one)
        ),
        None,
    )


def web_address(value: object) -> Phrase | None:
    """Check a web address without a user name or password."""
    try:
        parts = urlsplit(value) if type(value) is str else None
        host = parts.hostname if parts else None
    except ValueError:
        parts = host = None
    if parts is None or parts.scheme not in ("http", "https") or not host:
        return Phrase("“{address}” is no address of the web (https://…)", address=str(value)[:LONGEST_SLUG])
    return Phrase("contains a user name or a password") if parts.username or parts.password else None


def optional_web_address(value: object) -> Phrase | None:
    return None if value in ("", None) else web_address(value)


def web_addresses(value: object) -> Phrase | None:
    return texts(value) or next(filter(None, map(web_address, _strings(value))), None)


def page_number(value: object) -> Phrase | None:
    return _whole_number(value, 1, MOST_PAGES)


def days(value: object) -> Phrase | None:
    return _whole_number(value, 1, MOST_DAYS)


def day(value: object) -> Phrase | None:
    """Check a day, written as ``2026-11-28``."""
    try:
        date.fromisoformat(value if type(value) is str else "")
    except ValueError:
        return Phrase("is a day, written as {example}", example="2026-11-28")
    return None


def seed(value: object) -> Phrase | None:
    return None if value is None else _whole_number(value, 0, 2**32 - 1)


def viewport(value: object) -> Phrase | None:
    if (
        not isinstance(value, tuple | list)
        or len(value) != 2  # noqa: PLR2004 - width and height
        or any(_whole_number(side, SMALLEST_SIDE, LARGEST_SIDE) is not None for side in value)
    ):
        return Phrase("is a width and a height from {least} to {most}", least=SMALLEST_SIDE, most=LARGEST_SIDE)
    return None


def optional_viewport(value: object) -> Phrase | None:
    return None if value is None else viewport(value)


def scale(value: object) -> Phrase | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not SMALLEST_SCALE <= value <= LARGEST_SCALE:
        return Phrase("is a number from {least} to {most}", least=SMALLEST_SCALE, most=LARGEST_SCALE)
    return None


def locale(value: object) -> Phrase | None:
    known = type(value) is str and _LOCALE.fullmatch(value)
    return None if known else Phrase("is a language and a country, such as “fr-FR”")


def time_zone(value: object) -> Phrase | None:
    return None if value in _time_zones() else Phrase("is a time zone, such as “Europe/Paris”")


@cache
def _time_zones() -> frozenset[str]:
    """Return the time zones of this machine; reading them takes 15 ms."""
    return frozenset(available_timezones())


def moment(value: object) -> Phrase | None:
    return None if value is None or isinstance(value, datetime) else Phrase("is a datetime")


def one_of(*allowed: object) -> Check:
    """Return a check for one of some values."""
    known = ", ".join(map(repr, allowed))
    return lambda value: None if value in allowed else Phrase("is one of {known}", known=known)


def optional(check: Check) -> Check:
    """Return a check that also accepts None."""
    return lambda value: None if value is None else check(value)


def truth(value: object) -> Phrase | None:
    return None if isinstance(value, bool) else Phrase("is True or False")


def count(value: object) -> Phrase | None:
    return _whole_number(value, 0, LONGEST_TEXT)


def position(value: object) -> Phrase | None:
    return _whole_number(value, 1, LONGEST_TEXT)


def _whole_number(value: object, least: int, most: int) -> Phrase | None:
    if type(value) is not int or not least <= value <= most:
        return Phrase("is a whole number from {least} to {most}", least=least, most=most)
    return None


def _strings(value: object) -> Iterator[str]:
    assert isinstance(value, Iterable), "checked before"
    yield from value
