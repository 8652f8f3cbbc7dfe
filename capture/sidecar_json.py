"""The text of a sidecar: JSON that a person can read in a diff, one element or instruction a line."""

import dataclasses
import json
from collections.abc import Iterable
from typing import Any

import msgspec


def to_text(value: Any) -> str:
    """Return a dataclass as JSON, without the fields that have their default value.

    It has one field a line. A list of objects has one of them a line, and so has an object that holds such a list;
    all else is on one line.
    """
    return _object(_plain(value), "") + "\n"


def _plain(value: Any) -> Any:
    """Return a value in terms of JSON."""
    if dataclasses.is_dataclass(value):
        # The format is what a reader looks for first, also when it is the current one.
        kept = (one for one in dataclasses.fields(value) if one.name == "format" or _differs(value, one))
        return {one.name: _plain(getattr(value, one.name)) for one in kept}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    return msgspec.to_builtins(value)


def _differs(value: Any, field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING or getattr(value, field.name) != field.default


def _lines(value: Any, indent: str) -> str:
    """Return JSON in which what holds a list of objects takes several lines."""
    inner = indent + " "
    if isinstance(value, dict) and any(map(_holds_objects, value.values())):
        return _object(value, indent)
    if isinstance(value, list) and _holds_objects(value):
        return _block("[", [_lines(part, inner) for part in value], "]", indent)
    return _compact(value)


def _object(value: dict[str, Any], indent: str) -> str:
    """Return an object with one field a line."""
    parts = [f"{_compact(name)}: {_lines(part, indent + ' ')}" for name, part in value.items()]
    return _block("{", parts, "}", indent)


def _holds_objects(value: Any) -> bool:
    """Return whether a value is, or contains, a list of objects."""
    if isinstance(value, dict):
        return any(map(_holds_objects, value.values()))
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _block(opening: str, parts: Iterable[str], closing: str, indent: str) -> str:
    inside = ",\n".join(f"{indent} {part}" for part in parts)
    return f"{opening}\n{inside}\n{indent}{closing}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
