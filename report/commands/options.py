"""Options that several commands have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from capture.site import LIVE
from report.i18n.translator import LANGUAGES

PATH = click.Path(path_type=Path)
PORT = click.IntRange(0, 65535)


def is_typed(name: str) -> bool:
    """Return whether an option of the current command stands on its command line."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def option(*names: str, **settings: Any) -> Callable[..., Any]:
    """Declare an option whose default is shown."""
    return click.option(*names, show_default=True, **settings)


lang = option(
    "--lang", type=click.Choice(LANGUAGES), default="fr", is_eager=True, help="Language of messages and reports."
)
scenarios = option("--scenarios", type=PATH, default=Path("scenarios"), help="A scenario file, or a folder of them.")
screenshots = option(
    "--screenshots", type=PATH, default=Path("screenshots"), help="Folder of the baselines (approved captures)."
)
runs = option("--runs", type=PATH, default=Path("runs"), help="Folder of the runs.")
every = click.option(
    "--every",
    type=click.IntRange(1, 366),
    metavar="DAYS",
    help="Days from one planned run to the next: missed ones are told. Default: runs have no rhythm.",
)
site = option("--site", default=LIVE, help="“live”, a replica’s era (2020, 2026), or the folder of a replica.")
