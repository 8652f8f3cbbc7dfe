"""``tutofrais heal``: write the new names of renamed elements into the scenarios."""

from pathlib import Path

import click

from capture.scenario.loader import read_tutorials
from report.commands.command import Command
from report.commands.options import lang, runs, scenarios
from report.i18n.sentences import Sentences
from report.results.run_record import read_record
from report.results.run_store import LATEST, find_run
from report.results.suggested_fixes import write_fixes


@click.command("heal", cls=Command)
@click.argument("run", default=LATEST)
@runs
@scenarios
@lang
def heal_command(run: str, runs: Path, scenarios: Path, lang: str) -> None:
    """Write the new names of renamed elements into the scenarios.

    Only names for which RUN found one clear replacement are written; the rest of the file is left as it is.
    """
    words = Sentences(lang)
    fixes = write_fixes(read_record(find_run(runs, run)), read_tutorials(scenarios))
    for result in fixes:
        where = f"{result.file.name}:{result.correction.line}"
        if result.written:
            indent = " " * len(where)
            opener = result.correction.opener
            click.echo(f"{where}  {result.correction.sentence}")
            for sentence in [*([opener.sentence] if opener else []), result.correction.new_sentence]:
                click.echo(f"{indent}→ {sentence}")
        else:
            click.secho(
                words.gettext("{line} has been changed since that run: left as it is.", line=where),
                fg="yellow",
                err=True,
            )
    if not fixes:
        click.echo(words.gettext("Nothing to write: no false instruction has one clear replacement."))
