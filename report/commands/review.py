"""``tutofrais review``: serve a report, and apply decisions at once."""

import webbrowser
from contextlib import suppress
from pathlib import Path

import click

from capture.site.local_server import wait_for_ctrl_c
from report.commands.command import Command
from report.commands.decisions import commit_decisions
from report.commands.options import PORT, lang, option, runs, screenshots
from report.i18n.sentences import Sentences
from report.results.run_store import LATEST
from report.review.server import ReviewServer
from report.review.session import open_session


@click.command("review", cls=Command)
@click.argument("run", default=LATEST)
@runs
@screenshots
@option("--port", type=PORT, default=0, help="Port to listen on; 0: any free port.")
@option("--browser/--no-browser", default=True, help="Open the report in your browser.")
@option("--commit", "committed", is_flag=True, help="At the end, commit the decisions, and nothing else, with git.")
@lang
def review_command(
    run: str, runs: Path, screenshots: Path, port: int, browser: bool, committed: bool, lang: str
) -> None:
    """Serve a report on this machine and apply decisions at once.

    RUN is the folder of a run, its name, or “latest”. Ctrl-C ends the review.
    """
    words = Sentences(lang)
    session = open_session(runs, run, screenshots)
    with ReviewServer(session, words, runs=runs, port=port) as review, suppress(KeyboardInterrupt):
        click.echo(review.address)
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        if browser:
            webbrowser.open(review.address)
        wait_for_ctrl_c()
    click.echo(words.ngettext("{n} decision carried out.", "{n} decisions carried out.", len(review.applied)))
    if committed and review.applied:
        commit_decisions(screenshots, session, review.applied, words)
