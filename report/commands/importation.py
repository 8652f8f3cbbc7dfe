"""``tutofrais import``: draft a scenario from a tutorial that exists as a document."""

import re
from datetime import date
from pathlib import Path

import click

from capture.privacy.values import unaccented
from capture.scenario.arguments import LONGEST_SLUG
from capture.scenario.arguments import slug as check_slug
from report.commands.command import Command
from report.commands.options import PATH, lang, option, screenshots
from report.draft.console import print_draft, reading_progress
from report.draft.document_formats import read_document
from report.draft.drafted_page import draft
from report.draft.written_draft import write_draft
from report.i18n.translator import Translator


def _slug(_ctx: click.Context, _option: click.Parameter, name: str | None) -> str | None:
    mistake = check_slug(name) if name is not None else None
    if mistake is not None:
        raise click.BadParameter(mistake)
    return name


@click.command("import", cls=Command)
@click.argument("document", type=PATH)
@option("--scenarios", type=PATH, default=Path("scenarios"), help="Folder of the scenarios.")
@click.option("--name", callback=_slug, help="Name of the tutorial in commands. Default: that of the document.")
@screenshots
@lang
def import_command(document: Path, scenarios: Path, name: str | None, screenshots: Path, lang: str) -> None:
    """Draft a scenario from an old tutorial, such as a PDF.

    PDF, ODP, PPTX, HTML and Markdown are read. Each slide or section becomes a page, each sentence an instruction with
    the label that it quotes. What only a person knows is marked TODO. The pictures are kept to look at, until new ones
    are approved.
    """
    words = Translator(lang)
    tutorial = draft(read_document(document, on_page=reading_progress(document, words)))
    slug = name or _name_of(document)
    written = write_draft(
        tutorial,
        slug=slug,
        document=document.name,
        scenarios=scenarios,
        screenshots=screenshots,
        words=words,
        today=date.today(),
    )
    print_draft(tutorial, written, words)


def _name_of(document: Path) -> str:
    """Return the name of a document as the name of a tutorial."""
    return "-".join(re.findall("[a-z0-9]+", unaccented(document.stem).lower()))[:LONGEST_SLUG] or "tutorial"
