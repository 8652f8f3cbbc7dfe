"""``tutofrais replica``: serve a replica to look at."""

from contextlib import suppress
from pathlib import Path

import click

from capture.scenario.loader import read_tutorials
from capture.site.local_server import wait_for_ctrl_c
from capture.site.site import open_site
from report.commands.command import Command
from report.commands.options import PORT, lang, option, scenarios
from report.i18n.sentences import Sentences


@click.command("replica", cls=Command)
@option("--era", "site", default="2026", help="An era (2020, 2026), or the folder of a replica.")
@option("--port", type=PORT, default=8020, help="Port to listen on; 0: any free port.")
@scenarios
@lang
def replica_command(site: str, port: int, scenarios: Path, lang: str) -> None:
    """Serve a replica to look at, until Ctrl-C."""
    words = Sentences(lang)
    tutorials = read_tutorials(scenarios)
    folders = {tutorial.file.parent for tutorial in tutorials}
    with open_site(site, folders, port=port) as served, suppress(KeyboardInterrupt):
        for host in sorted(served.hosts):
            click.echo(served.reach(f"https://{host}/"))
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        wait_for_ctrl_c()
