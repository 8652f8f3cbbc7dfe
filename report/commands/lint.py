"""``tutofrais lint``: read scenarios without running them."""

from pathlib import Path

import click

from capture.errors import PrivacyError, ScenarioBroken
from capture.messages import Phrase
from capture.scenario.loader import lint_file, read_tutorials, scenario_files, wrong_roles_in
from report.commands.command import Command
from report.commands.options import lang, scenarios
from report.i18n.translator import Translator


@click.command("lint", cls=Command)
@scenarios
@lang
def lint_command(scenarios: Path, lang: str) -> None:
    """Read scenarios without running them; name the wrong lines."""
    words = Translator(lang)
    files = list(scenario_files(scenarios))
    findings = [(file, finding) for file in files for finding in lint_file(file)]
    wrong_roles = [(file, wrong) for file in files for wrong in wrong_roles_in(file)]
    told = [(file, one.line, one.what) for file, one in findings] + [
        (file, one.line, one.what) for file, one in wrong_roles
    ]
    for file, line, what in sorted(told):
        click.echo(f"{file}:{line}: {words.detail(what)}")
    if findings:
        raise PrivacyError(Phrase("lines that the sandbox refuses: {n}", n=len(findings)))
    if wrong_roles:
        raise ScenarioBroken(scenarios, Phrase("roles that no instruction can point at: {n}", n=len(wrong_roles)))
    click.echo(words.gettext("Scenarios read: {n}. The sandbox refuses no line.", n=len(read_tutorials(scenarios))))
