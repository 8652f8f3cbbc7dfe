"""Secrets: values that stand in the environment, or in a file beside the settings that nobody else can read."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from capture.errors import SecretMissing, SecretsExposed

FILE = "tutofrais.env"
"""File beside the settings, with a line NAME=value for each secret."""
MAIL_PASSWORD = "TUTOFRAIS_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
PING_URL = "TUTOFRAIS_PING_URL"
"""Web address that is requested after each run that could check something: a service that misses it gives the alarm."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """Values by the name of their variable; never printed."""

    values: Mapping[str, str] = field(repr=False)
    file: Path
    is_exposed: bool = False
    """Whether others can read the file: it was not read."""

    def get(self, name: str) -> str | None:
        return self.values.get(name) or None

    def require(self, name: str) -> str:
        """Return a secret; raises SecretMissing, or SecretsExposed if it may be in a file that others can read."""
        found = self.get(name)
        if found is None:
            raise SecretsExposed(self.file) if self.is_exposed else SecretMissing(name, self.file)
        return found


def read_secrets(settings: Path | None, environment: Mapping[str, str]) -> Secrets:
    """Read the secrets; a variable of the environment counts more than a line of the file.

    Args:
        settings: file of the settings, beside which the file of secrets is; None: the folder is the current one.
        environment: variables of the process.
    """
    file = (settings.parent if settings is not None else Path.cwd()) / FILE
    found: dict[str, str] = {}
    if file.is_file():
        if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            return Secrets(values=environment, file=file, is_exposed=True)
        found = {name: value for name, value in dotenv_values(file, interpolate=False).items() if value}
    return Secrets(values={**found, **environment}, file=file)
