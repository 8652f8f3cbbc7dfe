"""``tutofrais attend``: one sitting for what only a person can do."""

from pathlib import Path

import click

from capture.scenario.loader import scenario_files
from capture.site.site import check_site
from report.commands.command import Command
from report.commands.options import PORT, lang, option, runs, scenarios, screenshots
from report.commands.workbench import PROJECT, serve
from report.i18n.sentences import Sentences
from report.i18n.translator import gettext_noop
from report.workbench.errand import Errand, ErrandKind, page_numbers
from report.workbench.library import Folders, Library
from report.workbench.workbench import Workbench

SITTING = "sitting/"
TOLD = {
    ErrandKind.WALL: gettext_noop("The site asks for a person: pages {pages}"),
    ErrandKind.LOOK: gettext_noop("To check by hand: {title}"),
    ErrandKind.UNCHECKED: gettext_noop("Not checked for {n} nights: {title}"),
}


@click.command("attend", cls=Command)
@scenarios
@click.option("--site", help="“live”, a replica’s era, or the folder of a replica. Default: that of the latest run.")
@screenshots
@runs
@option("--list", "only_list", is_flag=True, help="Print what there is to do, and end.")
@option("--port", type=PORT, default=0, help="Port to listen on; 0: any free port.")
@option("--browser/--no-browser", default=True, help="Open the sitting in your browser.")
@lang
def attend_command(
    scenarios: Path,
    site: str | None,
    screenshots: Path,
    runs: Path,
    only_list: bool,
    port: int,
    browser: bool,
    lang: str,
) -> None:
    """Do in one sitting what only a person can do.

    Walls, personal pages that are due, and pages that could not be checked for several nights, one after the other,
    each with a note of what to look at. Every answer is kept at once: go on whenever you like.
    """
    words = Sentences(lang)
    if site is not None:
        check_site(site, {file.parent for file in scenario_files(scenarios)})
    folders = Folders(scenarios=scenarios, screenshots=screenshots, runs=runs, published=runs)
    library = Library(folders, words, site=site)
    found = library.errands()
    for errand in found:
        click.echo(f"{errand.name:<30} {_told(errand, words)}")
    if not found:
        click.echo(words.gettext("Nothing waits for a person."), err=True)
    elif not only_list:
        workbench = Workbench(library, words, demonstration=PROJECT)
        serve(workbench, words, port=port, browser=browser, page=SITTING)


def _told(errand: Errand, words: Sentences) -> str:
    title = words.typeset(errand.page.declared.title)
    return words.gettext(TOLD[errand.kind], title=title, pages=page_numbers(errand.pages), n=errand.nights)
