"""``tutofrais workbench``: check, correct, review and publish in the browser."""

import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from capture.site.local_server import POLL_S
from report.commands.command import Command
from report.commands.options import PATH, PORT, lang, option, runs, scenarios, screenshots
from report.i18n.sentences import Sentences
from report.workbench.library import Folders, Library
from report.workbench.menu_entry import write_menu_entry
from report.workbench.server import WorkbenchServer
from report.workbench.workbench import Workbench

PROJECT = Path(__file__).parent.parent.parent
"""Folder with the scenarios and baselines of the demonstration."""


@click.command("workbench", cls=Command)
@scenarios
@click.option("--site", help="“live”, a replica’s era, or the folder of a replica. Default: that of the latest run.")
@screenshots
@runs
@option("--out", type=PATH, default=Path("published"), help="Folder of the published tutorials.")
@option("--port", type=PORT, default=0, help="Port to listen on; 0: any free port.")
@option("--browser/--no-browser", default=True, help="Open the workbench in your browser.")
@option("--menu-entry", is_flag=True, help="Write an entry for the menu of the desktop instead, and end.")
@lang
def workbench_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenarios: Path,
    site: str | None,
    screenshots: Path,
    runs: Path,
    out: Path,
    port: int,
    browser: bool,
    menu_entry: bool,
    lang: str,
) -> None:
    """Check, correct, review and publish tutorials in your browser.

    The same as without a command. Ctrl-C ends it.
    """
    words = Sentences(lang)
    if menu_entry:
        click.echo(write_menu_entry(Path.cwd(), lang))
        return
    folders = Folders(scenarios=scenarios, screenshots=screenshots, runs=runs, published=out)
    workbench = Workbench(Library(folders, words, site=site), words, demonstration=PROJECT)
    serve(workbench, words, port=port, browser=browser)


def serve(workbench: Workbench, words: Sentences, *, port: int, browser: bool, page: str = "") -> None:
    """Serve the workbench until Ctrl-C, or until the person ends it.

    Args:
        workbench: what is served.
        words: the language.
        port: 0: any free one.
        browser: open it in the person's browser.
        page: of the workbench that is opened.
    """
    with WorkbenchServer(workbench, words, port=port) as served, suppress(KeyboardInterrupt):
        click.echo(f"{served.address}{page}")
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        if browser:
            webbrowser.open(f"{served.address}{page}")
        while not workbench.ended.wait(POLL_S):
            pass
    workbench.close()
