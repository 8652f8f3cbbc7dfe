"""Errors in the terminal."""

import logging
import sys

import click

from capture.errors import TutofraisError
from report.i18n.translator import Translator


def print_error(error: TutofraisError, translator: Translator, *, fg: str = "red") -> None:
    """Print an error and its cure to standard error."""
    problem, cure = translator.error(error)
    click.secho(problem, fg=fg, err=True)
    click.echo(f"→ {cure}", err=True)


def silence_driver() -> None:
    """Drop what Playwright says after Ctrl-C: its driver receives it as well, and its closing messages are noise."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    sys.unraisablehook = lambda _: None
