"""``tutofrais prune``: remove old runs."""

from pathlib import Path

import click

from report.commands.command import Command
from report.commands.options import lang, option, runs, screenshots
from report.i18n.translator import Translator
from report.run.retention import cited_old_runs, old_runs, remove_runs

DEFAULT_KEPT = 90
"""Runs that are kept if nothing else is said: three months of nights."""


@click.command("prune", cls=Command)
@runs
@screenshots
@click.option("--keep", type=click.IntRange(1), help="Latest runs to keep. Default: “keep” of the settings, or 90.")
@option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@lang
def prune_command(runs: Path, screenshots: Path, keep: int | None, dry_run: bool, lang: str) -> None:
    """Remove old runs, but none that a decision cites.

    The history keeps their verdicts.
    """
    words = Translator(lang)
    old = old_runs(runs, screenshots, keep or DEFAULT_KEPT)
    for one in old:
        click.echo(f"{one.folder}  {words.megabytes(one.size)}")
    for folder in cited_old_runs(runs, screenshots, keep or DEFAULT_KEPT):
        click.echo(words.gettext("{run}: kept, because a decision cites it", run=folder), err=True)
    size = words.megabytes(sum(one.size for one in old))
    if dry_run:
        said = words.ngettext(
            "{n} run would be removed ({size}).", "{n} runs would be removed ({size}).", len(old), size=size
        )
    else:
        remove_runs(runs, old)
        said = words.ngettext("{n} run removed ({size}).", "{n} runs removed ({size}).", len(old), size=size)
    click.echo(said, err=True)
