"""Places in a TOML file: dotted names, and the lines in which they are set, which Python's parser does not tell."""

import json
import re
import tomllib
from collections.abc import Sequence

_BARE = re.compile("[A-Za-z0-9_-]+")


def dotted(names: Sequence[str]) -> str:
    """Return names of tables and of a key as TOML writes them: ``hosts."www.ameli.fr".pause``."""
    return ".".join(one if _BARE.fullmatch(one) else json.dumps(one, ensure_ascii=False) for one in names)


def line_of(text: str, names: Sequence[str]) -> int | None:
    """Return the number of the line, from 1, that sets a value, or else begins its table; None: it was not found."""
    table: tuple[str, ...] = ()
    found: tuple[int, int | None] = (0, None)
    for number, line in enumerate(text.splitlines(), 1):
        is_table = line.lstrip().startswith("[")
        set_here = _names_in(line if is_table else f"{line.partition('=')[0]} = 0")
        if is_table:
            table, set_here = set_here, ()
        here = (*table, *set_here)[: len(names)]
        if len(here) > found[0] and here == tuple(names[: len(here)]):
            found = (len(here), number)
    return found[1]


def _names_in(line: str) -> tuple[str, ...]:
    """Return the names of a line that begins a table or sets a value; nothing for another line."""
    try:
        content: object = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    names: list[str] = []
    while isinstance(content, dict) and content:
        [(name, content)] = content.items()
        names.append(name)
    return tuple(names)
