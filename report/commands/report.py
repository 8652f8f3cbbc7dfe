"""``tutofrais report``: write the report of a run again."""

from pathlib import Path

import click

from report.commands.command import Command
from report.commands.options import PATH, lang, runs
from report.i18n.sentences import Sentences
from report.output.html import write_report, write_single_file
from report.results.run_record import read_record
from report.results.run_store import LATEST, find_run


@click.command("report", cls=Command)
@click.argument("run", default=LATEST)
@runs
@click.option("--single-file", type=PATH, help="Write the whole report as this one HTML file.")
@lang
def report_command(run: str, runs: Path, single_file: Path | None, lang: str) -> None:
    """Write the report of a run again, from its run.json.

    RUN is the folder of a run, its name, or “latest”.
    """
    folder = find_run(runs, run)
    words = Sentences(lang)
    record = read_record(folder)
    if single_file is None:
        overview = write_report(record, folder, words)
    else:
        overview = write_single_file(record, folder, words, single_file)
    label = words.gettext("Report:")
    click.echo(f"{label} {overview.resolve()}")
