"""Before a run: whether everybody can be told, and a cure that names the key, the file and the line."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import pytest

from capture.errors import (
    ChatUnusable,
    NoChannel,
    NoMailServer,
    NoSender,
    NotDelivered,
    SecretMissing,
    SecretsBroken,
    TutofraisError,
    UnencryptedSignIn,
)
from report.notify.recipient_check import secrets_and_faults
from report.notify.secret_values import MAIL_PASSWORD, read_secrets
from report.settings import find_settings
from tests.support.commands import invoke

HIDDEN = secrets.token_hex(8)
ZOE = '[people.zoe]\nmail = "zoe@example.org"\n'
SERVER = '[mail]\nserver = "smtp.example.org"\n'
CHAT = '[people.zoe]\nchat = "CHAT"\n'


def faults_of(folder: Path, text: str, environment: Mapping[str, str]) -> TutofraisError:
    (folder / "tutofrais.toml").write_text(text)
    _, faults = secrets_and_faults(find_settings(folder), environment)
    assert HIDDEN not in str(faults)
    [fault] = faults.values()
    return fault


@pytest.mark.parametrize(
    ("text", "environment", "error", "cure"),
    [
        ("[people.zoe]\n", {}, NoChannel, 'chat = "TEAM_CHAT"'),
        (ZOE, {}, NoMailServer, 'server = "smtp.example.org"'),
        (ZOE + SERVER, {}, NoSender, 'sender = "tutofrais@example.org"'),
        (ZOE + SERVER + 'user = "zoe"', {MAIL_PASSWORD: HIDDEN}, NoSender, 'sender = "tutofrais@example.org"'),
        (ZOE + SERVER + 'user = "zoe@example.org"', {}, SecretMissing, f"{MAIL_PASSWORD}=…"),
        (ZOE + SERVER + 'user = "z@example.org"\nsecurity = "none"', {}, UnencryptedSignIn, "remove “user”"),
        (CHAT, {}, SecretMissing, "CHAT=…"),
        (CHAT, {"CHAT": HIDDEN}, ChatUnusable, "Correct CHAT in the environment"),
    ],
)
def test_the_cure_names_the_key_that_is_missing_or_wrong(
    tmp_path: Path, text: str, environment: Mapping[str, str], error: type[TutofraisError], cure: str
) -> None:
    found = faults_of(tmp_path, text, environment)
    assert type(found) is error
    assert cure in str(found)


def write_secrets(folder: Path, content: bytes) -> Path:
    file = folder / "tutofrais.env"
    file.write_bytes(content)
    file.chmod(0o600)
    return file


def test_a_chat_that_is_no_address_is_corrected_in_the_file_that_has_it(tmp_path: Path) -> None:
    file = write_secrets(tmp_path, f"CHAT={HIDDEN}\n".encode())
    assert f"Correct CHAT in {file}:" in str(faults_of(tmp_path, CHAT, {}))


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (f"{HIDDEN}\n", 1),
        (f"A=1\n\n\nCHAT json://{HIDDEN}\n", 4),
        (f"A=1\nCHAT='{HIDDEN}\n", 2),
        (f"# a\nCHAT={HIDDEN}\xe9\n", 2),
    ],
    ids=["no name", "no sign", "open quotation", "Latin-1"],
)
def test_a_line_of_the_secrets_that_cannot_be_read_is_named_without_its_content(
    project: Path, capfd: pytest.CaptureFixture[str], content: str, line: int
) -> None:
    file = write_secrets(project, content.encode("latin-1"))
    (project / "tutofrais.toml").write_text(CHAT)
    with pytest.raises(SecretsBroken) as refusal:
        read_secrets(project / "tutofrais.toml", {})
    assert f"Line {line} of {file} cannot be read" in str(refusal.value)
    completed = invoke("notify", "--test", "--lang", "en")
    assert completed.exit_code == NotDelivered.exit_code
    printed = completed.output + "".join(capfd.readouterr())
    assert f"Line {line} of" in printed
    assert "dotenv" not in printed
    assert HIDDEN not in printed


def test_secrets_are_read_with_comments_quotation_marks_and_a_byte_order_mark(tmp_path: Path) -> None:
    write_secrets(tmp_path, b"\xef\xbb\xbf# a comment\nA=json://h/#x\n\nexport B='c d'\nEMPTY=\n")
    found = read_secrets(tmp_path / "tutofrais.toml", {"A2": "b", "A": ""})
    assert [found.get(name) for name in ("A", "A2", "B", "EMPTY")] == ["json://h/#x", "b", "c d", None]
    assert [found.place_of("A2"), found.place_of("A")] == ["the environment", str(tmp_path / "tutofrais.env")]


@pytest.mark.parametrize("command", [("merge", "--notify", "latest"), ("notify", "--test")])
def test_commands_that_tell_people_check_them_first(project: Path, command: tuple[str, ...]) -> None:
    (project / "tutofrais.toml").write_text(ZOE + SERVER)
    completed = invoke(*command, "--lang", "en")
    assert completed.exit_code == NotDelivered.exit_code
    first, cure = completed.stderr.splitlines()[:2]
    assert "“zoe” cannot be told of anything" in first
    assert 'sender = "tutofrais@example.org"' in cure
