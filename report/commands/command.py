"""A command of ``tutofrais``: it reports errors with their cure, and exits with the right code."""

import os
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import click

from capture.errors import InterruptedCleanly, OutOfMemory, TutofraisError
from capture.storage import writing_under
from report.i18n.translator import LANGUAGES, Translator, gettext_noop
from report.settings import Settings, find_settings, stated_language
from report.terminal import print_error, silence_driver

EXIT_INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells report it."""
EXIT_BROKEN_PIPE = 141
"""Exit code when the reader of the output has gone: 128 + SIGPIPE, as shells report it."""


class Command(click.Command):
    """A command that reports a TutofraisError as its sentence and cure, and exits with its code."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the settings: they are the defaults of the command's options, and its object."""
        try:
            found = find_settings(Path.cwd())
        except TutofraisError as error:
            print_error(error, Translator(_language(args)))
            sys.exit(error.exit_code)
        options = frozenset(one.name for one in self.params if one.name is not None)
        extra.setdefault("default_map", found.defaults_of(info_name or "", options))
        extra.setdefault("obj", found)
        return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        words = Translator(ctx.params.get("lang", "fr"))
        try:
            with writing_under(ctx.params.get("runs", Path.cwd())):
                return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            ctx.exit(EXIT_BROKEN_PIPE)
        except (TutofraisError, MemoryError) as error:
            known = error if isinstance(error, TutofraisError) else OutOfMemory()
            print_error(known, words)
            ctx.exit(known.exit_code)
        except KeyboardInterrupt as interrupt:
            silence_driver()
            clean = isinstance(interrupt, InterruptedCleanly)
            message = gettext_noop("Interrupted: nothing was left behind.") if clean else gettext_noop("Interrupted.")
            click.echo(f"\n{words.gettext(message)}", err=True)
            ctx.exit(EXIT_INTERRUPTED)


def _language(args: list[str]) -> str:
    """Return the language of messages when the settings cannot be used: that of --lang, else the one that they name."""
    named = [after for option, after in pairwise(args) if option == "--lang"]
    named += [one.removeprefix("--lang=") for one in args if one.startswith("--lang=")]
    found = next((one for one in named if one in LANGUAGES), None)
    return found or stated_language(Path.cwd()) or Settings().language


def _discard_output() -> None:
    """Redirect stdout and stderr to /dev/null: Python flushes both at exit and would report the broken pipe again."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(devnull, stream.fileno())
