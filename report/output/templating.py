"""The Jinja environment of everything that is written from a template."""

from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from capture.errors import CannotWrite
from capture.storage import write_atomically
from capture.user_caches import folder_of_caches
from capture.visible_text import visible
from report.i18n.translator import Translator, shorten

TEMPLATES = Path(__file__).parent / "templates"


class CompiledTemplates(jinja2.BytecodeCache):
    """Compiled templates, kept in memory and among this user's caches: compiling takes most of a report's time.

    Jinja recognises those of another version of Jinja, of Python or of the template, and compiles again.
    """

    def __init__(self) -> None:
        self._bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key not in self._bytecode:
            self._bytecode[bucket.key] = self._read(bucket.key)
        try:
            bucket.bytecode_from_string(self._bytecode[bucket.key])
        except Exception:  # noqa: BLE001 - a damaged file may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._bytecode[bucket.key] = bucket.bytecode_to_string()
        folder = folder_of_caches()
        if folder is not None:
            with suppress(CannotWrite):
                write_atomically(folder / TEMPLATES.name / bucket.key, self._bytecode[bucket.key])

    def _read(self, key: str) -> bytes:
        folder = folder_of_caches()
        try:
            return b"" if folder is None else (folder / TEMPLATES.name / key).read_bytes()
        except OSError:
            return b""


_COMPILED_TEMPLATES = CompiledTemplates()


def _harmless(value: object) -> object:
    """Return a printed value in which no character acts on a terminal or turns the order of the text around."""
    if isinstance(value, Markup):
        return Markup(visible(value))  # noqa: S704 - it is markup already
    return visible(value) if isinstance(value, str) else value


def template_environment(translator: Translator) -> jinja2.Environment:
    """Return an environment over ``templates/``, with the functions and filters that translate and typeset.

    HTML, XML and Atom templates escape what they print; Markdown templates do not. An undefined name is an error.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html", "xml", "atom")),
        undefined=jinja2.StrictUndefined,
        finalize=_harmless,
        bytecode_cache=_COMPILED_TEMPLATES,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(translator=translator, _=translator.gettext, ngettext=translator.ngettext)
    environment.filters.update(typo=translator.typeset, shorten=shorten)
    return environment
