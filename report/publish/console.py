"""Print to the terminal what is published, what is not and why.

It is imported by the command that publishes alone: the libraries of documents take memory.
"""

import sys

import click

from capture.scenario.tutorial import Page, Tutorial
from capture.site import LIVE
from capture.site.site import baselines_of
from report.i18n.sentences import Sentences
from report.i18n.translator import gettext_noop
from report.publish.edition import ChangeKind
from report.publish.published_picture import Unpointed
from report.publish.steps import Withheld
from report.publish.tutorial_page import Progress, PublishedTutorial
from report.results.run_record import RunRecord

WITHHELD = {
    Withheld.FALSE: gettext_noop(
        "Page {n}: an instruction was false when the picture was approved. Correct the sentence and run again: the "
        "page is published once a run finds it up to date."
    ),
    Withheld.OUTDATED: gettext_noop(
        "Page {n}: an instruction was false in the latest run. Correct it, run again, and approve the new picture."
    ),
    Withheld.PICTURE: gettext_noop(
        "Page {n}: its picture is no longer the one that was approved. Look at the new one, and approve it."
    ),
    Withheld.SAID_FALSE: gettext_noop(
        "Page {n}: somebody said that its text is no longer true. Correct it, then confirm the page: {command}."
    ),
}
RETAINED = gettext_noop("The page of the last edition stays, marked as to be reviewed.")
LEFT_OUT = gettext_noop("It is left out.")
SHOWN_IN_DRAFT = gettext_noop("The draft shows it.")
UNPOINTED = {
    Unpointed.OUTSIDE: gettext_noop("Page {page}, instruction {n}: its target is not on the picture: no callout."),
    Unpointed.FALSE: gettext_noop("Page {page}, instruction {n}: it is false: no callout."),
}


def published_site(site: str | None, latest: RunRecord | None, words: Sentences) -> str:
    """Return the folder of the baselines to publish, and say which site that is if nobody named it.

    Args:
        site: as the command line names it; None: that of the latest run.
        latest: the latest run; None: there is none.
        words: the language.
    """
    if site is not None:
        return baselines_of(site)
    if latest is None:
        click.echo(words.gettext("Site: {site} (there is no run yet)", site=LIVE), err=True)
        return LIVE
    click.echo(words.gettext("Site: {site} (that of the last run, {run})", site=latest.site, run=latest.id), err=True)
    return latest.baselines


def publication_progress(tutorial: Tutorial, words: Sentences) -> Progress:
    """Return a function that prints to a terminal which page is being published."""
    shown = sys.stderr.isatty()

    def on_page(page: Page, place: int, of: int) -> None:
        if shown:
            click.echo(f"{tutorial.slug} {place:>2}/{of}  {words.typeset(page.title)}", err=True)

    return on_page


def print_publication(tutorial: Tutorial, written: PublishedTutorial, words: Sentences) -> None:
    """Print what was published, what was not and why, and what has changed since the last edition."""
    for number, why in written.why.items():
        command = f"tutofrais confirm {tutorial.slug}/{number} --by …"
        what = RETAINED if number in written.retained else LEFT_OUT if not written.draft else SHOWN_IN_DRAFT
        line = f"{words.gettext(WITHHELD[why], n=number, command=command)} {words.gettext(what)}"
        click.secho(line, fg="yellow", err=True)
    for page, number, unpointed in written.unpointed:
        click.secho(words.gettext(UNPOINTED[unpointed], page=page, n=number), fg="yellow", err=True)
    for path in written.kept:
        click.secho(
            words.gettext("A document that somebody had edited is kept as {path}.", path=path), fg="yellow", err=True
        )
    if not written.pictures and not written.why:
        click.secho(
            words.gettext(
                "No picture of this site is published: approve a run of it first, or name another with --site."
            ),
            fg="yellow",
            err=True,
        )
    reprinted = sorted({change.number for change in written.changes if change.kind is not ChangeKind.ADDED})
    if reprinted:
        numbers = ", ".join(map(str, reprinted))
        click.echo(
            words.gettext("Changed since the last edition: steps {numbers}. Throw printed ones away.", numbers=numbers),
            err=True,
        )
    for document in written.documents:
        if document.suffix not in (".svg", ".json"):
            click.echo(f"  {document}", err=True)
    label = words.gettext("Tutorial:")
    click.echo(f"{label} {written.page.resolve()}")
