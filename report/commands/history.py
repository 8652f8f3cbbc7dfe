"""``tutofrais history``: the verdicts of many nights."""

from pathlib import Path

import click

from capture.errors import UnknownPage
from report.commands.command import Command
from report.commands.options import lang, option, runs
from report.console import COLOURS
from report.i18n.sentences import Sentences
from report.output.totals import GLYPHS
from report.results.nights import PageNights
from report.run.history import History
from report.verdict import Verdict

SHOWN = 30


@click.command("history", cls=Command)
@click.argument("name", required=False, default="", metavar="[TUTORIAL[/PAGE]]")
@runs
@option("--nights", type=click.IntRange(1, 400), default=SHOWN, help="Nights to show, the latest at the right.")
@lang
def history_command(name: str, runs: Path, nights: int, lang: str) -> None:
    """Print the verdicts of the last nights on each page.

    Since when a page is outdated, how often it was, whether it is flaky, and for how many nights it was not checked.
    """
    words = Sentences(lang)
    tutorial, _, number = name.partition("/")
    pages = [one for one in History(runs).nights() if tutorial in ("", one.tutorial) and number in ("", str(one.page))]
    if not pages:
        raise UnknownPage(name or "–", [f"{one.tutorial}/{one.page}" for one in History(runs).nights()])
    width = max(len(f"{one.tutorial}/{one.page}") for one in pages)
    site = ""
    for one in pages:
        if one.baselines != site:
            site = one.baselines
            click.secho(words.gettext("Baselines: {site}", site=site), bold=True)
        strip = "".join(_glyph(night.verdict) for night in one.nights[-nights:])
        padding = " " * max(nights - len(one.nights), 0)
        click.echo(f"{one.tutorial + '/' + str(one.page):<{width}}  {padding}{strip}  {_told(one, words)}".rstrip())


def _glyph(verdict: Verdict) -> str:
    return click.style(GLYPHS[verdict], fg=COLOURS.get(verdict))


def _told(page: PageNights, words: Sentences) -> str:
    """Return what is to be known about a page; empty if all is well."""
    told = []
    if page.latest.outdated_since is not None:
        told.append(words.gettext("outdated since {day}", day=words.day(page.latest.outdated_since)))
    if page.outdated:
        told.append(words.ngettext("outdated on {n} night", "outdated on {n} nights", page.outdated))
    if page.unseen:
        told.append(words.ngettext("not checked for {n} night", "not checked for {n} nights", page.unseen))
    if page.is_flaky:
        told.append(words.gettext("flaky"))
    return ", ".join(told)
