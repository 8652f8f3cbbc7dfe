"""The Jinja environment of everything that is written from a template."""

from pathlib import Path

import jinja2

from report.i18n.translator import Translator, shorten

TEMPLATES = Path(__file__).parent / "templates"


def template_environment(translator: Translator) -> jinja2.Environment:
    """Return an environment over ``templates/``, with the functions and filters that translate and typeset.

    HTML, XML and Atom templates escape what they print; Markdown templates do not. An undefined name is an error.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html", "xml", "atom")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(translator=translator, _=translator.gettext, ngettext=translator.ngettext)
    environment.filters.update(typo=translator.typeset, shorten=shorten)
    return environment
