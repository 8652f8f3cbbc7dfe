"""Print to the terminal what was drafted, and what is left to do."""

import sys
from pathlib import Path

import click

from capture.scenario.tutorial import PageKind
from report.draft.drafted_page import DraftedPage, DraftedTutorial
from report.draft.old_tutorial import OnPage
from report.draft.written_draft import WrittenDraft
from report.i18n.translator import Translator, gettext_noop

_KINDS = {
    PageKind.PUBLIC: gettext_noop("visited"),
    PageKind.FORM_ONLY: gettext_noop("visited, empty form"),
    PageKind.PERSONAL: gettext_noop("personal, by hand"),
    PageKind.FIXED: gettext_noop("nothing to check"),
}


def reading_progress(document: Path, words: Translator) -> OnPage:
    """Return a function that tells on a terminal, in one line, which page of a document is being read."""
    shown = sys.stderr.isatty()

    def on_page(number: int, of: int) -> None:
        if shown:
            line = words.gettext("Reading {document}: page {n} of {of}", document=document.name, n=number, of=of)
            click.echo(f"\r{line}", nl=number == of, err=True)

    return on_page


def print_draft(tutorial: DraftedTutorial, written: WrittenDraft, words: Translator) -> None:
    """Print a line for each page, and the next commands; the path of the scenario goes to the standard output."""
    for page in tutorial.pages:
        click.echo(_line(page, words), err=True)
    click.echo(err=True)
    if written.pictures:
        pictures = words.ngettext(
            "{n} picture of the old tutorial is kept, to look at beside the new one.",
            "{n} pictures of the old tutorial are kept, to look at beside the new ones.",
            written.pictures,
        )
        click.echo(pictures, err=True)
    if tutorial.removed:
        removed = words.ngettext(
            "{n} place that looked like somebody's data was left out: […].",
            "{n} places that looked like somebody's data were left out: […].",
            tutorial.removed,
        )
        click.secho(removed, fg="yellow", err=True)
    todos = words.ngettext(
        "{n} place to work through is marked TODO.", "{n} places to work through are marked TODO.", written.todos
    )
    click.echo(todos, err=True)
    command = f"tutofrais lint --scenarios {written.scenario}"
    click.echo(words.gettext("Then: {command}", command=command), err=True)
    click.echo(str(written.scenario))


def _line(page: DraftedPage, words: Translator) -> str:
    labels = sum(one.label is not None for one in page.instructions)
    found = words.ngettext("{n} instruction", "{n} instructions", labels) if page.kind in _SHOWN else ""
    kind = words.gettext(_KINDS[page.kind])
    return f"{page.number:>4}  {kind:<24} {found:<16} {words.typeset(page.title)}".rstrip()


_SHOWN = (PageKind.PUBLIC, PageKind.FORM_ONLY)
