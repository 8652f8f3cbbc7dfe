"""``tutofrais config``: the settings in force, and where they come from."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path

import click

from capture.errors import TutofraisError
from capture.scenario.loader import read_tutorials
from report.commands.command import Command
from report.commands.notifying import warn_of_patterns
from report.commands.options import lang, option
from report.i18n.translator import Translator
from report.notify.recipient import recipients_of
from report.settings import FILE, FoundSettings, Settings, json_schema
from report.terminal import print_error
from report.toml_place import dotted

OF_THE_SITE = ("pause", "patience")
"""Settings whose default depends on the site."""


@click.command("config", cls=Command)
@option("--schema", is_flag=True, help="Print the JSON Schema of tutofrais.toml instead, for editors.")
@lang
@click.pass_obj
def config_command(found: FoundSettings, /, schema: bool, lang: str) -> None:
    """Print the settings in force, and where they come from.

    They stand in tutofrais.toml, or in [tool.tutofrais] of pyproject.toml. An option of a command counts more.
    """
    if schema:
        click.echo(json.dumps(json_schema(), indent=1))
        return
    words = Translator(lang)
    if found.file is None:
        click.echo(words.gettext("No {file} here or above: these are the defaults.", file=FILE), err=True)
    unset, default = words.gettext("not set"), words.gettext("default")
    for name, value, is_given in _flat(found):
        source = str(found.file) if is_given else default
        click.echo(f"# {name}: {unset}" if value is None else f"{name} = {_toml(value)}  # {source}")
    if found.settings.people:
        _warn_of_people(found.settings, words)


def _warn_of_people(settings: Settings, words: Translator) -> None:
    """Print why people cannot be told, and which of their patterns fit no tutorial, as far as scenarios can be read."""
    from report.notify.recipient_check import channel_faults  # noqa: PLC0415 - most settings name nobody

    for one in recipients_of(settings):
        for fault in channel_faults(one, settings):
            print_error(fault, words, fg="yellow")
    with suppress(TutofraisError):
        warn_of_patterns(settings.people, read_tutorials(Path(settings.scenarios)), words)


def _flat(found: FoundSettings) -> Iterator[tuple[str, object, bool]]:
    """Yield the dotted name, the value, and whether the file sets it, of each setting."""
    for setting in fields(found.settings):
        value = getattr(found.settings, setting.name)
        is_given = setting.name in found.given
        if isinstance(value, dict):
            for name, one in value.items():
                for inner, content in asdict(one).items():
                    if content not in (None, ()):
                        yield dotted((setting.name, name, inner)), content, True
        elif is_dataclass(value):
            for part in fields(value):
                content = getattr(value, part.name)
                yield f"{setting.name}.{part.name}", content, is_given and content != part.default
        else:
            yield setting.name, value, is_given


def _toml(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
