"""``tutofrais config``: the settings in force, and where they come from."""

import json
from dataclasses import asdict, fields

import click

from report.commands.command import Command
from report.commands.options import lang, option
from report.i18n.translator import Translator
from report.settings import FILE, FoundSettings, json_schema

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
    by_site, unset, default = (
        words.gettext("default of the site"),
        words.gettext("not set"),
        words.gettext("default"),
    )
    for setting in fields(found.settings):
        value = getattr(found.settings, setting.name)
        source = str(found.file) if setting.name in found.given else default
        if value is None:
            click.echo(f"# {setting.name}: {by_site if setting.name in OF_THE_SITE else unset}")
        elif setting.name != "hosts":
            click.echo(f"{setting.name} = {json.dumps(value, ensure_ascii=False)}  # {source}")
    for host, settings in found.settings.hosts.items():
        for name, value in asdict(settings).items():
            if value is not None:
                click.echo(f"hosts.{json.dumps(host)}.{name} = {json.dumps(value)}  # {found.file}")
