"""Values that settings may not have: the first one in a file, what it is, and what is allowed instead.

The types of the settings say what is allowed. A type that is more than a number, a text or a choice says it in the
words of ``Allowed``.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from capture.messages import Phrase
from report.toml_place import dotted

ALLOWED = "allowed"
"""Key of ``Meta.extra``: an Allowed."""
LONGEST_SHOWN = 60
"""Characters of a value that are shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowed:
    """What a setting may be, in words."""

    words: Callable[[str], Phrase]
    """Returns what may be written, given what is written: an example, or the value itself corrected."""
    is_secret: bool = False
    """Whether people write a secret there by mistake: the value is not shown."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingFault:
    """A value that a setting may not have."""

    names: tuple[str, ...]
    """Names of its tables, and its own."""
    found: str
    """The value, or what is told of it."""
    allowed: str
    """What may be written instead."""


def setting_faults(value: object, hint: Any, names: tuple[str, ...] = ()) -> Iterator[SettingFault]:
    """Yield each value in a table that does not fit its type; all names in the table are known.

    Args:
        value: a value as a file has it.
        hint: its type: a dataclass, a dictionary, or a type that msgspec converts to.
        names: where it stands.
    """
    kind, _ = _plain(hint)
    is_table = is_dataclass(kind) or get_origin(kind) is dict
    if not is_table:
        if not _fits(value, hint):
            yield _fault(value, hint, names)
    elif not isinstance(value, Mapping):
        what = Phrase("a table: a line [{name}], and its settings in the lines below", name=dotted(names))
        yield SettingFault(names=names, found=_found(value, hint), allowed=what)
    elif is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        for name, one in value.items():
            yield from setting_faults(one, hints[name], (*names, name))
    else:
        key, inner = get_args(kind)
        for name, one in value.items():
            if not _fits(name, key):
                yield _fault(name, key, (*names, name))
            yield from setting_faults(one, inner, (*names, name))


def _fits(value: object, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError:
        return False
    return True


def _fault(value: object, hint: Any, names: tuple[str, ...]) -> SettingFault:
    return SettingFault(names=names, found=_found(value, hint), allowed=_allowed(hint, str(value)))


def _plain(hint: Any) -> tuple[Any, Meta]:
    """Return a type without None, and what else it demands."""
    if get_origin(hint) in (Union, UnionType):
        [hint] = [one for one in get_args(hint) if one is not NoneType]
    if get_origin(hint) is Annotated:
        kind, meta = get_args(hint)
        return kind, meta
    return hint, Meta()


def _found(value: object, hint: Any) -> str:
    """Return a value as the file has it; tables, addresses and secrets are only named."""
    said = (_plain(hint)[1].extra or {}).get(ALLOWED)
    if isinstance(value, Mapping):
        return Phrase("a table")
    if isinstance(value, list):
        return Phrase("this list")
    if isinstance(value, str) and ((said is not None and said.is_secret) or "@" in value.partition("://")[2]):
        return Phrase("what stands there, which may be a secret and is not shown")
    shown = str(value) if len(str(value)) <= LONGEST_SHOWN else f"{str(value)[:LONGEST_SHOWN]}…"
    return json.dumps(value if not isinstance(value, str) else shown, ensure_ascii=False, default=str)


def _allowed(hint: Any, value: str) -> Phrase:
    """Return what may be written where a type is wanted, as the object of “write”."""
    kind, meta = _plain(hint)
    said = (meta.extra or {}).get(ALLOWED)
    if said is not None:
        words: Phrase = said.words(value)
        return words
    if get_origin(kind) is Literal:
        return Phrase("one of these: {values}", values=", ".join(f'"{one}"' for one in get_args(kind)))
    if get_origin(kind) is tuple:
        return Phrase("a list in square brackets, and in it {one}", one=_allowed(get_args(kind)[0], ""))
    if kind is int:
        return Phrase("a whole number from {least} to {most}", least=meta.ge, most=meta.le)
    if kind is float:
        return Phrase("a number from {least} to {most}", least=meta.ge, most=meta.le)
    return Phrase("a text in quotation marks")
