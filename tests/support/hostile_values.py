"""Documents in which one value at a time is replaced by a hostile one, as a file from elsewhere may contain it."""

import copy
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

HOSTILE_VALUES: tuple[Any, ...] = (
    None,
    -1,
    10**30,
    "../../../etc/passwd",
    "javascript:alert(1)",
    "x" * 120_000,
    {},
)
VALUES_A_PLACE = 3
Step = str | int


def mutations(document: Any) -> Iterator[tuple[str, Any]]:
    """Yield copies of a JSON document with one value replaced, each with a description of its place and value.

    Of the items of a list, the first that has a place of this shape is replaced. Every place gets three of the values,
    by turns: all of them, with a file written and read for each, would take long.
    """
    values = cycle(HOSTILE_VALUES)
    for name, path in _places(document).items():
        for value in islice(values, VALUES_A_PLACE):
            yield f"{name} = {value!r:.40}", _replaced(document, path, value)


def _places(document: Any) -> dict[str, tuple[Step, ...]]:
    found: dict[str, tuple[Step, ...]] = {}
    for path in _paths(document, ()):
        found.setdefault(".".join("*" if isinstance(step, int) else step for step in path), path)
    return {name: path for name, path in found.items() if path}


def _paths(value: Any, path: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from _paths(item, (*path, step))


def _replaced(document: Any, path: tuple[Step, ...], value: object) -> Any:
    changed = copy.deepcopy(document)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed
