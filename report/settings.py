"""Settings of an organisation: ``tutofrais.toml``, or ``[tool.tutofrais]`` in ``pyproject.toml``.

They are read from the folder in which a command starts, or the nearest one above it; folders in them are relative to
their file. An option on the command line counts more than a setting.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, is_dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_type_hints

import msgspec
from msgspec import Meta

from capture.errors import SecretInSettings, SettingsBroken, SettingsUnparsed, UnfitSetting, UnknownSetting
from capture.hosts import host_with_port
from capture.messages import Phrase
from capture.storage import read_bytes
from report.setting_fault import ALLOWED, Allowed, setting_faults
from report.toml_place import dotted, line_of

FILE = "tutofrais.toml"
PROJECT_FILE = "pyproject.toml"
Seconds = Annotated[float, Meta(ge=0, le=3600)]
Count = Annotated[int, Meta(ge=1, le=100_000)]
Nights = Annotated[int, Meta(ge=1, le=60)]
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "never"]
SECRETS_FILE = "tutofrais.env"
"""File beside the settings, with a line NAME=value for each secret."""
MAIL_PASSWORD = "TUTOFRAIS_MAIL_PASSWORD"  # noqa: S105 - the name of a variable
PING_URL = "TUTOFRAIS_PING_URL"
"""Web address that is requested after each run that could check something: a service that misses it gives the alarm."""
SECRETS = (
    (re.compile("passw|^pass$|mot_?de_?passe|^mdp$", re.IGNORECASE), MAIL_PASSWORD),
    (re.compile("ping", re.IGNORECASE), PING_URL),
)
"""Secrets that people look for among the settings, by what is in the names under which they do."""


def _host_alone(written: str) -> Phrase:
    """Say which host an address means that stands where a host should."""
    try:
        host = host_with_port(written if "://" in written else f"https://{written}")
    except ValueError:
        host = ""
    return Phrase('the host alone: [hosts."{host}"]', host=host or "www.example.org")


_MAIL = Allowed(words=lambda _: Phrase('the address of a mailbox, such as "zoe@example.org"'))
_VARIABLE = Allowed(
    words=lambda _: Phrase(
        'the name of a secret, such as chat = "TEAM_CHAT", and the address itself into {file}, in a line TEAM_CHAT=…',
        file=SECRETS_FILE,
    ),
    is_secret=True,
)
_PATTERN = Allowed(words=lambda _: Phrase('names of tutorials, such as "ameli-*"'))
_WEB_ADDRESS = Allowed(words=lambda _: Phrase('a whole web address, such as "https://tutos.example.org/runs/"'))
_SERVER = Allowed(
    words=lambda _: Phrase('the name of the server alone, such as "smtp.example.org", and its port as port = 587')
)
_HOST = Allowed(words=_host_alone)

MailAddress = Annotated[
    str, Meta(pattern=r"^[^@\s<>,;:/]+@[^@\s<>,;:/]+$(?!\n)", max_length=254, extra={ALLOWED: _MAIL})
]
"""Address of a mailbox, without a name."""
VariableName = Annotated[
    str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$(?!\n)", max_length=100, extra={ALLOWED: _VARIABLE})
]
"""Name of an environment variable."""
Pattern = Annotated[str, Meta(min_length=1, max_length=200, extra={ALLOWED: _PATTERN})]
"""Name of a tutorial, in which * stands for any characters."""
HostName = Annotated[str, Meta(pattern=r"^[^\s/:@?#A-Z]+(:[0-9]{1,5})?$(?!\n)", extra={ALLOWED: _HOST})]
"""Host, with its port unless it is the usual one, in small letters as addresses have it."""
ServerName = Annotated[str, Meta(pattern=r"^([^\s/:@]*|[0-9A-Fa-f:]+)$(?!\n)", extra={ALLOWED: _SERVER})]
"""Name or address of a server, without a port; empty: there is none."""
WebFolder = Annotated[str, Meta(pattern=r"^(https?://[^\s/]\S*)?$(?!\n)", extra={ALLOWED: _WEB_ADDRESS})]
"""Web address of a folder; empty: there is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HostSettings:
    """How to behave towards one host."""

    pause: Seconds | None = None
    """Mean seconds between two of its pages; None: that of all hosts."""
    most_pages: Count | None = None
    """Page loads of a run after which no other page of it is visited; None: no limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MailSettings:
    """The server that sends mail; its password is the secret MAIL_PASSWORD."""

    server: ServerName = ""
    """Host name; empty: no mail is sent."""
    security: Literal["tls", "starttls", "none"] = "starttls"
    """Encryption from the start, after a greeting, or none (then no password is sent)."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """0: the usual one, 465 for “tls”, 587 for “starttls”, 25 for “none”."""
    user: str = ""
    """Name for signing in; empty: without."""
    sender: MailAddress | None = None
    """Address that mail comes from; None: that of the user."""
    attach_mb: Annotated[float, Meta(ge=0, le=50)] = 5
    """Largest report that is attached as one file, MB; 0: none is."""

    @property
    def comes_from(self) -> str:
        """Address that mail comes from; empty: nothing names it."""
        named = self.sender or self.user
        return named if "@" in named else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotificationSettings:
    """What people are told of, and when."""

    text_after: Nights = 1
    """Nights, one after the other, after which a false instruction is told."""
    picture_after: Nights = 2
    """Nights after which an outdated picture is told."""
    unchecked_after: Nights = 3
    """Nights after which a page that cannot be checked is told."""
    reminder: Day = "monday"
    """Day of the week on which what stays open is told again."""
    report_url: WebFolder = ""
    """Web address under which the folder of the runs is published; empty: messages name the report's file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecipientSettings:
    """A person or a team, and how they are told."""

    mail: MailAddress | None = None
    chat: VariableName | None = None
    """Environment variable that holds an Apprise URL: a chat, a push service…"""
    tutorials: tuple[Pattern, ...] = ()
    """Tutorials of this person, in addition to those that name them as “owner”."""
    language: Literal["fr", "en"] | None = None
    """None: that of the settings."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """All settings; their defaults are those of the options of commands."""

    language: Literal["fr", "en"] = "fr"
    """Language of messages and reports."""
    scenarios: str = "scenarios"
    """A scenario file, or a folder of them."""
    screenshots: str = "screenshots"
    """Folder of the baselines."""
    runs: str = "runs"
    """Folder of the runs."""
    published: str = "published"
    """Folder of the published tutorials."""
    site: str = "live"
    """Site that a run visits: “live”, a replica's era, or the folder of a replica."""
    pause: Seconds | None = None
    """Mean seconds between two pages of a host; None: 1.5 on the live site, 0 on a replica."""
    patience: Seconds | None = None
    """Total seconds to wait for outages to end; None: 60 on the live site, 0 on a replica."""
    wait: Annotated[float, Meta(ge=0, le=86_400)] | None = None
    """Total seconds to wait for other runs that visit the same hosts, or use the same cluster; None: six hours."""
    every: Annotated[int, Meta(ge=1, le=366)] | None = None
    """Days from one planned run to the next, by which missed ones are told; None: runs have no rhythm."""
    jobs: Annotated[int, Meta(ge=1, le=64)] | None = None
    """Firefoxes at the same time at most; None: what the machine bears."""
    dask: str | None = None
    """Address of the Dask scheduler whose workers visit the tutorials; None: this machine does."""
    keep: Count | None = None
    """Latest runs that are kept: at the end of each run, older ones are removed; None: none is."""
    hosts: dict[HostName, HostSettings] = field(default_factory=dict)
    """How to behave towards single hosts, by name."""
    people: dict[str, RecipientSettings] = field(default_factory=dict)
    """Who is told of a run, by name."""
    mail: MailSettings = field(default_factory=MailSettings)
    notifications: NotificationSettings = field(default_factory=NotificationSettings)


FOLDERS = ("scenarios", "screenshots", "runs", "published")
"""Settings that are paths, relative to their file."""
OPTIONS = {"language": "lang", "published": "out"}
"""Names of the options of commands that are not those of their settings."""
UNLIKE = {("replica", "site"), ("publish", "site"), ("workbench", "site")}
"""Commands whose option of this name is another thing: an era, or the site of the last run by default."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundSettings:
    """Settings, and where they come from."""

    settings: Settings
    file: Path | None = None
    """File in which they stand; None: there is none."""
    given: frozenset[str] = frozenset()
    """Names of the settings that the file sets."""

    def defaults_of(self, command: str, options: frozenset[str]) -> dict[str, object]:
        """Return the values that a file sets for options of a command, by the names of their parameters."""
        found = {OPTIONS.get(name, name): getattr(self.settings, name) for name in self.given}
        return {name: value for name, value in found.items() if name in options and (command, name) not in UNLIKE}


def find_settings(start: Path) -> FoundSettings:
    """Read the settings of a folder, or of the nearest one above it that has some.

    Raises:
        SettingsBroken: the file cannot be read.
        SettingsUnparsed: it is no TOML.
        UnfitSetting: a value does not fit.
        UnknownSetting, SecretInSettings: a name is none of a setting.
    """
    for path, table in _files(start):
        if (content := _content(path, table)) is not None:
            return _settings(path, table, content)
    return FoundSettings(settings=Settings())


def _files(start: Path) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """Yield each file that may have settings, the nearest one first, with the names of the table of them."""
    for folder in (start, *start.parents):
        for path, table in ((folder / FILE, ()), (folder / PROJECT_FILE, ("tool", "tutofrais"))):
            if path.is_file():
                yield path, table


def stated_language(start: Path) -> str | None:
    """Return the language that the nearest settings name, also if they cannot be used; None: they name none."""
    for path, _ in _files(start):
        with suppress(OSError):
            found = re.search(
                r"""^\s*language\s*=\s*["'](fr|en)["']""", path.read_text("utf-8", "replace"), re.MULTILINE
            )
            if found:
                return found[1]
    return None


def _content(path: Path, table: tuple[str, ...]) -> Mapping[str, Any] | None:
    """Return the settings in a TOML file, as it writes them; None: it has no such table."""
    try:
        content: Any = tomllib.loads(read_bytes(path, SettingsBroken).decode())
    except UnicodeDecodeError as error:
        raise SettingsBroken(path, Phrase("it is not in UTF-8")) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsUnparsed(path, _unparsed(str(error))) from error
    for name in table:
        content = content.get(name) if isinstance(content, dict) else None
    return content if isinstance(content, dict) else None


def _unparsed(message: str) -> Phrase:
    """Say where Python's parser stopped."""
    place = re.search(r"at line (\d+), column (\d+)", message)
    if re.search("twice|overwrite|immutable|mutate", message, re.IGNORECASE):
        if place is None:
            return Phrase("its last line sets a name that stands there already")
        return Phrase("line {line} sets a name that stands there already", line=place[1])
    if place is None:
        return Phrase("it ends in the middle of a setting")
    return Phrase("line {line} is no TOML, from character {column} on", line=place[1], column=place[2])


def _settings(path: Path, table: tuple[str, ...], content: Mapping[str, Any]) -> FoundSettings:
    for names, known in _unknown(content, Settings):
        where = _where(path, (*table, *names))
        for sought, secret in SECRETS:
            if sought.search(names[-1]):
                raise SecretInSettings(where, dotted(names), secret, path.parent / SECRETS_FILE)
        raise UnknownSetting(where, dotted(names), known)
    for fault in setting_faults(content, Settings):
        where = _where(path, (*table, *fault.names))
        raise UnfitSetting(where, fault.found, dotted(fault.names), fault.allowed)
    settings = msgspec.convert(content, Settings)
    whole: dict[str, Any] = {name: str(path.parent / getattr(settings, name)) for name in FOLDERS if name in content}
    return FoundSettings(settings=replace(settings, **whole), file=path, given=frozenset(content))


def _where(path: Path, names: tuple[str, ...]) -> str:
    """Return a file, with the line in which a setting stands if it is found."""
    line = line_of(path.read_text("utf-8"), names)
    return Phrase("{file}, line {line}", file=path, line=line) if line is not None else str(path)


def _unknown(
    content: Mapping[str, Any], kind: type, place: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield each name in a table that is none of a dataclass, after its tables, with the names that there are."""
    hints = get_type_hints(kind)
    known = tuple(one.name for one in fields(kind))
    for name, value in content.items():
        if name not in known:
            yield (*place, name), known
        elif isinstance(value, dict):
            yield from _unknown_in(value, hints[name], (*place, name))


def _unknown_in(
    value: Mapping[str, Any], hint: Any, place: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the unknown names in a table whose type is a dataclass, or a dictionary of dataclasses."""
    if is_dataclass(hint):
        assert isinstance(hint, type), "a hint is a type"
        yield from _unknown(value, hint, place)
    for inner in get_args(hint):
        if is_dataclass(inner):
            assert isinstance(inner, type), "a hint is a type"
            for name, one in value.items():
                if isinstance(one, dict):
                    yield from _unknown(one, inner, (*place, name))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the settings, with which editors check and complete the file."""
    schema = msgspec.json.schema(Settings)
    for definition in schema["$defs"].values():
        definition["additionalProperties"] = False
    whole: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(schema))  # lists instead of tuples
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **whole}
