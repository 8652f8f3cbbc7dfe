"""``tutofrais lint``: read scenarios without running them."""

from pathlib import Path

import click

from capture.errors import PrivacyError
from capture.messages import Phrase
from capture.scenario.loader import lint_file, read_tutorials, scenario_files
from report.commands.command import Command
from report.commands.options import lang, scenarios
from report.i18n.translator import Translator


@click.command("lint", cls=Command)
@scenarios
@lang
def lint_command(scenarios: Path, lang: str) -> None:
    """Read scenarios without running them; name the refused lines."""
    words = Translator(lang)
    findings = [(file, finding) for file in scenario_files(scenarios) for finding in lint_file(file)]
    for file, finding in findings:
        click.echo(f"{file}:{finding.line}: {words.detail(finding.what)}")
    if findings:
        raise PrivacyError(Phrase("lines that the sandbox refuses: {n}", n=len(findings)))
    click.echo(words.gettext("Scenarios read: {n}. The sandbox refuses no line.", n=len(read_tutorials(scenarios))))
