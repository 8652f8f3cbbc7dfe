"""The Jinja environment of everything that is written from a template."""

from pathlib import Path

import jinja2
from jinja2.bccache import Bucket
from markupsafe import Markup

from capture.visible_text import visible
from report.i18n.translator import Translator, shorten

TEMPLATES = Path(__file__).parent / "templates"


class _CompiledTemplates(jinja2.BytecodeCache):
    """Compiled templates, kept in memory for all environments of the process: compiling takes half a report's time."""

    def __init__(self) -> None:
        self._bytecode: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._bytecode:
            bucket.bytecode_from_string(self._bytecode[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._bytecode[bucket.key] = bucket.bytecode_to_string()


_COMPILED_TEMPLATES = _CompiledTemplates()


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
