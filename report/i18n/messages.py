"""Keep the catalogues in step with the code: ``make messages``, or ``python -m report.i18n.messages``.

Babel extracts the messages of Python files and Jinja templates and merges them into ``locales/*.po``: a new message
gets an empty translation, an unused one is removed, every message names the files that it is in.
"""

import ast
import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from report.i18n.translator import LOCALES

PROJECT = Path(__file__).parents[2]
KEYWORDS = {"_": None, "gettext": None, "gettext_noop": None, "ngettext": (1, 2), "Phrase": None}
"""Functions whose first argument is a message; those of ``ngettext`` are its singular and plural."""
ERROR_ATTRIBUTES = frozenset(("problem", "cure"))
"""Class attributes of errors that are messages."""
SOURCES = (
    ("python", "tutofrais.py"),
    ("python", "capture/**/*.py"),
    ("python", "report/**/*.py"),
    ("jinja2.ext:babel_extract", "report/output/templates/**/*.*"),
)
"""Babel's extraction method for each pattern of paths, from the project's folder."""


def extract_messages() -> Catalog:
    """Return a catalogue without translations of every message of the project, with its places."""
    template = Catalog()
    for method, pattern in SOURCES:
        for path in sorted(PROJECT.glob(pattern)):
            source, name = path.read_bytes(), path.relative_to(PROJECT).as_posix()
            for line, message, _, _ in extract(method, io.BytesIO(source), keywords=KEYWORDS):
                template.add(message, locations=[(name, line)])
            if method == "python":
                for line, message in error_messages(source):
                    template.add(message, locations=[(name, line)])
    return template


def error_messages(source: bytes) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of each ``problem`` and ``cure`` that a class of a Python file declares."""
    for declared in ast.walk(ast.parse(source)):
        for statement in declared.body if isinstance(declared, ast.ClassDef) else ():
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(message))):
                    pass
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str(message))):
                    pass
                case _:
                    continue
            if name in ERROR_ATTRIBUTES:
                yield statement.lineno, message


def update_catalogue(text: str, template: Catalog) -> str:
    """Return the text of a ``.po`` file with the messages of a template, in the order of the files that they are in.

    Translations are kept, the header is left as it is. No translation is guessed from a similar message.
    """
    header, _, _ = text.partition("\n\n")
    catalogue = read_po(io.BytesIO(text.encode()))
    catalogue.update(template, no_fuzzy_matching=True)
    updated = io.BytesIO()
    write_po(
        updated,
        catalogue,
        width=0,
        omit_header=True,
        sort_by_file=True,
        ignore_obsolete=True,
        include_lineno=False,
    )
    return f"{header}\n\n{updated.getvalue().decode().strip()}\n"


def update_catalogues() -> None:
    """Rewrite every catalogue in ``locales/``."""
    template = extract_messages()
    for path in sorted(LOCALES.glob("*.po")):
        path.write_text(update_catalogue(path.read_text("utf-8"), template), "utf-8")


if __name__ == "__main__":
    update_catalogues()
