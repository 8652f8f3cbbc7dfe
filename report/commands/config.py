"""``tutofrais config``: the settings in force, and where they come from."""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields, is_dataclass

import click

from report.commands.command import Command
from report.commands.options import lang, option
from report.i18n.translator import Translator
from report.settings import FILE, FoundSettings, json_schema
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
