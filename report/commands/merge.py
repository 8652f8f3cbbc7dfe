"""``tutofrais merge``: several runs as one."""

import sys
from pathlib import Path

import click

from report.commands.command import Command
from report.commands.notifying import notifying
from report.commands.options import every, lang, option, runs
from report.console import print_table, progress_reporter
from report.i18n.sentences import Sentences
from report.output.html import OVERVIEW
from report.results.run_record import RunRecord
from report.results.run_store import find_run
from report.run.merged_run import merge_runs
from report.settings import FoundSettings


@click.command("merge", cls=Command)
@click.argument("parts", nargs=-1, required=True, metavar="RUN...")
@runs
@every
@option("--notify", is_flag=True, help="Tell the people of tutofrais.toml what is new; see notify.")
@option("--exit-zero", is_flag=True, help="Exit with 0 once the report is written.")
@lang
@click.pass_obj
def merge_command(
    found: FoundSettings,
    /,
    parts: tuple[str, ...],
    runs: Path,
    every: int | None,
    notify: bool,
    exit_zero: bool,
    lang: str,
) -> None:
    """Merge runs of different tutorials into one, such as shards.

    Each RUN is the folder of a run, or its name under --runs. The merged run is written there, with its report, and
    enters the history; the exit codes are those of a run. A part of --shard that is absent is told.
    """
    words = Sentences(lang)
    with notifying(found, runs, words, wanted=notify) as tell:
        folders = [find_run(runs, part) for part in parts]
        record = merge_runs(folders, runs, words, progress_reporter(words), every=every)
        print_table(record, words)
        _warn_of_absent_parts(record, words)
        label = words.gettext("Report:")
        click.echo(f"\n{label} {(runs / record.id / OVERVIEW).resolve()}")
        tell(record, runs / record.id)
    sys.exit(0 if exit_zero and not record.refused else record.exit_code)


def _warn_of_absent_parts(record: RunRecord, words: Sentences) -> None:
    """Tell which parts of the tutorials are in none of the runs."""
    if record.parts is None:
        return
    absent = record.parts.absent
    warning = words.ngettext(
        "Absent: part {parts} of {of}. Its tutorials are not in this run.",
        "Absent: parts {parts} of {of}. Their tutorials are not in this run.",
        len(absent),
        parts=", ".join(map(str, absent)),
        of=record.parts.of,
    )
    click.secho(warning, fg="yellow", err=True)
