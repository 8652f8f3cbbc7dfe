"""``tutofrais doctor``: everything that a run needs."""

import sys
from pathlib import Path

import click

from report.commands.command import Command
from report.commands.options import lang, option, runs, scenarios, screenshots
from report.doctor import examine
from report.i18n.sentences import Sentences


@click.command("doctor", cls=Command)
@scenarios
@screenshots
@runs
@option("--install", is_flag=True, help="Install Firefox if none is found.")
@lang
def doctor_command(scenarios: Path, screenshots: Path, runs: Path, install: bool, lang: str) -> None:
    """Check everything that a run needs, and print what to do."""
    words = Sentences(lang)
    code = 0
    for finding in examine(scenarios=scenarios, screenshots=screenshots, runs=runs, install=install):
        if finding.error is None:
            click.echo(f"✓ {words.gettext(finding.what)} {finding.detail}".rstrip())
            continue
        problem, cure = words.error(finding.error)
        sign, colour = ("!", "yellow") if finding.optional else ("✗", "red")
        click.secho(f"{sign} {words.gettext(finding.what)} {problem}", fg=colour)
        click.echo(f"  → {cure}")
        code = code or (0 if finding.optional else finding.error.exit_code)
    sys.exit(code)
