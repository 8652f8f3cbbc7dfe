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
    enters the history; the exit codes are those of a run.
    """
    words = Sentences(lang)
    with notifying(found, runs, words, wanted=notify) as tell:
        folders = [find_run(runs, part) for part in dict.fromkeys(parts)]
        record = merge_runs(folders, runs, words, progress_reporter(words), every=every)
        print_table(record, words)
        label = words.gettext("Report:")
        click.echo(f"\n{label} {(runs / record.id / OVERVIEW).resolve()}")
        tell(record, runs / record.id)
    sys.exit(0 if exit_zero and not record.refused else record.exit_code)
