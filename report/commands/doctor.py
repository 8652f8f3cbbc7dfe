"""``tutofrais doctor``: everything that a run needs."""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from report.commands.command import Command
from report.commands.options import lang, option, runs, scenarios, screenshots
from report.doctor import DoctorFinding, examine
from report.i18n.sentences import Sentences
from report.job_check import examine_job
from report.settings import FoundSettings


@click.command("doctor", cls=Command)
@scenarios
@screenshots
@runs
@option("--install", is_flag=True, help="Install Firefox if none is found.")
@lang
@click.pass_obj
def doctor_command(
    found: FoundSettings, /, scenarios: Path, screenshots: Path, runs: Path, install: bool, lang: str
) -> None:
    """Check everything that a run needs, and print what to do.

    What a job of every night needs besides (its site, people, secrets, mail server) is checked, too; nobody is told
    anything. With --install, what is missing of that is no failure: a machine that is being set up may get it later.
    """
    words = Sentences(lang)
    code = 0
    for finding in _findings(found, scenarios, screenshots, runs, install=install):
        if finding.error is None:
            sign = "–" if finding.absent else "✓"
            click.echo(f"{sign} {words.gettext(finding.what)} {words.detail(finding.detail)}".rstrip())
            continue
        problem, cure = words.error(finding.error)
        sign, colour = ("!", "yellow") if finding.optional else ("✗", "red")
        click.secho(f"{sign} {words.gettext(finding.what)} {problem}", fg=colour)
        click.echo(f"  → {cure}")
        code = code or (0 if finding.optional else finding.error.exit_code)
    sys.exit(code)


def _findings(
    found: FoundSettings, scenarios: Path, screenshots: Path, runs: Path, *, install: bool
) -> Iterator[DoctorFinding]:
    """Yield the findings about a run, Firefox last, after those about a job of every night."""
    for finding in examine_job(found, scenarios, os.environ):
        yield replace(finding, optional=finding.optional or install)
    yield from examine(scenarios=scenarios, screenshots=screenshots, runs=runs, install=install)
