"""``tutofrais history``: the verdicts of many nights."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

import click

from capture.errors import NoRunYet, UnknownPage, UnknownTutorial
from capture.messages import Phrase
from capture.site import LIVE
from report.commands.command import Command
from report.commands.options import lang, option, runs
from report.console import COLOURS
from report.i18n.sentences import Sentences
from report.output.totals import GLYPHS
from report.results.nights import PageNights
from report.run.history import History
from report.verdict import OUTDATED, Verdict

SHOWN = 30
UNVISITED = "·"
"""Symbol of a night on which no run visited the page."""
SHORTEST_MONTH = 3
"""Letters from which the name of a month is cut off to fit its nights."""


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
    pages = _named(History(runs).nights(), name, runs)
    for baselines, group in groupby(pages, key=lambda one: one.baselines):
        _print_site(baselines, list(group), nights, words)


def _named(pages: Sequence[PageNights], name: str, runs: Path) -> list[PageNights]:
    """Return the pages with a name, or of the tutorial with that name; all if it is empty.

    Raises:
        NoRunYet, UnknownTutorial, UnknownPage.
    """
    if not pages:
        raise NoRunYet(runs, Phrase("there is no run yet"))
    tutorial, _, number = name.partition("/")
    of_tutorial = [one for one in pages if tutorial in ("", one.tutorial)]
    if not of_tutorial:
        raise UnknownTutorial(tutorial, {one.tutorial for one in pages})
    found = [one for one in of_tutorial if number in ("", str(one.page))]
    if not found:
        raise UnknownPage(name, dict.fromkeys(map(_name, of_tutorial)))
    return found


def _print_site(baselines: str, pages: Sequence[PageNights], most: int, words: Sentences) -> None:
    """Print a line for each page of a site, with the nights above and the symbols below.

    Args:
        baselines: folder of the site's baselines.
        pages: of the site.
        most: nights to show.
        words: the language.
    """
    days = sorted({night.day for page in pages for night in page.nights})[-most:]
    site = words.gettext("Live site") if baselines == LIVE else words.gettext("A replica of the site")
    title = words.ngettext(
        "{site}: {n} night, {days}",
        "{site}: {n} nights, {days}",
        len(days),
        site=site,
        days=words.days(days[0], days[-1]),
    )
    click.secho(title, bold=True)
    width = max(len(_name(one)) for one in pages)
    for row in filter(str.strip, date_rows(days, words)):
        click.echo(f"{'':<{width}}  {row}".rstrip())
    for one in pages:
        verdicts = {night.day: night.verdict for night in one.nights}
        strip = "".join(_glyph(verdicts.get(day)) for day in days)
        click.echo(f"{_name(one):<{width}}  {strip}  {_told(one, words)}".rstrip())
    shown = [{night.day: night.verdict for night in one.nights}.get(day) for one in pages for day in days]
    click.echo(f"\n{_legend(shown, words)}\n")


def date_rows(days: Sequence[date], words: Sentences) -> list[str]:
    """Return three rows with a letter for each day: names of months, tens and ones of the day's number."""
    months = [list(group) for _, group in groupby(days, key=lambda day: (day.year, day.month))]
    names = [_fitted(words.month(month[0]), len(month), last=month is months[-1]) for month in months]
    numbers = [f"{day.day:2}" for day in days]
    return ["".join(names), "".join(number[0] for number in numbers), "".join(number[1] for number in numbers)]


def _fitted(name: str, nights: int, *, last: bool) -> str:
    """Return the name of a month as wide as its nights, with a space before the next month; the last one is whole."""
    if last:
        return name
    return (name[: nights - 1] if nights > SHORTEST_MONTH else "").ljust(nights)


def _legend(shown: Iterable[Verdict | None], words: Sentences) -> str:
    """Return what the symbols that are shown mean."""
    found = set(shown)
    names: dict[str, list[str]] = {}
    for verdict, glyph in GLYPHS.items():
        if verdict in found:
            names.setdefault(glyph, []).append(words.verdict(verdict))
    if None in found:
        names[UNVISITED] = [words.gettext("No run visited it")]
    return "   ".join(f"{glyph} {', '.join(meanings)}" for glyph, meanings in names.items())


def _name(page: PageNights) -> str:
    return f"{page.tutorial}/{page.page}"


def _glyph(verdict: Verdict | None) -> str:
    return UNVISITED if verdict is None else click.style(GLYPHS[verdict], fg=COLOURS.get(verdict))


def _told(page: PageNights, words: Sentences) -> str:
    """Return what is to be known about a page; empty if all is well."""
    told = []
    since = page.latest.outdated_since
    now = sum(night.verdict in OUTDATED and since is not None and night.day >= since for night in page.nights)
    if since is not None:
        told.append(
            words.ngettext(
                "outdated since {day} ({n} night)", "outdated since {day} ({n} nights)", now, day=words.day(since)
            )
        )
    if page.outdated > now:
        told.append(words.ngettext("outdated on {n} night in all", "outdated on {n} nights in all", page.outdated))
    if page.unseen:
        told.append(words.ngettext("not checked for {n} night", "not checked for {n} nights", page.unseen))
    if page.is_flaky:
        told.append(words.gettext("flaky"))
    return ", ".join(told)
