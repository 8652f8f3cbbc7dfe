"""``tutofrais compare``: two pictures."""

import sys
from pathlib import Path

import click

from report.commands.command import Command
from report.commands.options import PATH, lang
from report.compare.comparison import compare_pictures
from report.compare.pixel_diff import Screenshot
from report.i18n.difference_sentences import DifferenceSentences


@click.command("compare", cls=Command)
@click.argument("approved", type=PATH)
@click.argument("captured", type=PATH)
@lang
def compare_command(approved: Path, captured: Path, lang: str) -> None:
    """Compare two pictures, without masks or elements.

    Exit codes: 0 the same, 1 changed.
    """
    words = DifferenceSentences(lang)
    comparison = compare_pictures(Screenshot.read(approved), Screenshot.read(captured))
    for sentence in words.comparison(comparison):
        click.echo(sentence)
    sys.exit(0 if comparison.same else 1)
