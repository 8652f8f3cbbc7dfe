"""Secrets: values that stand in the environment, or in a file beside the settings that nobody else can read."""

import io
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv.parser import parse_stream

from capture.errors import SecretMissing, SecretsBroken, SecretsExposed
from capture.messages import Phrase
from report.settings import MAIL_PASSWORD, PING_URL, SECRETS_FILE

__all__ = ["MAIL_PASSWORD", "PING_URL", "Secrets", "read_secrets"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Secrets:
    """Values by the name of their variable; never printed."""

    values: Mapping[str, str] = field(repr=False)
    file: Path
    from_environment: frozenset[str] = field(default=frozenset(), repr=False)
    """Names of those that are variables of the environment."""

    def get(self, name: str) -> str | None:
        return self.values.get(name) or None

    def require(self, name: str) -> str:
        """Return a secret; raises SecretMissing."""
        found = self.get(name)
        if found is None:
            raise SecretMissing(name, self.file)
        return found

    def place_of(self, name: str) -> str:
        """Return where a secret stands, in words."""
        return Phrase("the environment") if name in self.from_environment else str(self.file)


def read_secrets(settings: Path | None, environment: Mapping[str, str]) -> Secrets:
    """Read the secrets; a variable of the environment that is not empty counts more than a line of the file.

    Args:
        settings: file of the settings, beside which the file of secrets is; None: the folder is the current one.
        environment: variables of the process.

    Raises:
        SecretsExposed: others can read the file.
        SecretsBroken: a line of it cannot be read.
    """
    file = (settings.parent if settings is not None else Path.cwd()) / SECRETS_FILE
    found: dict[str, str] = {}
    if file.is_file():
        if os.name == "posix" and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretsExposed(file)
        found = _parsed(file)
    given = {name: value for name, value in environment.items() if value}
    return Secrets(values={**found, **given}, file=file, from_environment=frozenset(given))


def _parsed(file: Path) -> dict[str, str]:
    """Return the values of a file of secrets; raises SecretsBroken with the line, never with what it contains."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SecretsBroken(file, content.count(b"\n", 0, error.start) + 1) from None
    values: dict[str, str] = {}
    for binding in parse_stream(io.StringIO(text)):
        if binding.error or (binding.key is not None and binding.value is None):
            original = binding.original.string
            blank = original[: len(original) - len(original.lstrip())]
            raise SecretsBroken(file, binding.original.line + blank.count("\n"))
        if binding.key is not None and binding.value:
            values[binding.key] = binding.value
    return values
