"""What a job of every night needs: each fault of the settings, people, secrets and the mail server has its line."""

import secrets
from collections.abc import Mapping
from pathlib import Path

import pytest

from capture.errors import (
    ChatUnusable,
    MailServerUnusable,
    NoChannel,
    PatternUnmatched,
    SecretMissing,
    SecretsBroken,
    SecretsExposed,
    TutofraisError,
    UnknownSite,
)
from report.doctor import DoctorFinding
from report.i18n.sentences import Sentences
from report.job_check import examine_job
from report.notify.secret_values import MAIL_PASSWORD
from report.settings import find_settings
from tests.support.commands import invoke, run_command
from tests.support.mail_server import Mailbox, mail_server

HIDDEN = secrets.token_hex(8)
ZOE = '[people.zoe]\nmail = "zoe@example.org"\n'
CHAT = '[people.team]\nchat = "CHAT"\n'


def findings_of(project: Path, text: str, environment: Mapping[str, str] | None = None) -> list[DoctorFinding]:
    (project / "tutofrais.toml").write_text(text)
    return list(examine_job(find_settings(project), project / "scenarios", environment or {}))


def errors_in(findings: list[DoctorFinding]) -> list[TutofraisError]:
    return [one.error for one in findings if one.error is not None]


def test_settings_with_which_a_job_can_run_have_no_fault(project: Path) -> None:
    text = f'site = "2026"\n{CHAT}tutorials = ["ex*"]\n'
    findings = findings_of(project, text, {"CHAT": f"json://127.0.0.1/{HIDDEN}"})
    assert errors_in(findings) == []
    assert [one.absent for one in findings] == [False, False, False, False, True]
    *said, schedule = [str(one.detail) for one in findings]
    assert said == [str(project / "tutofrais.toml"), "2026", "team", "CHAT, in the environment"]
    assert schedule == "nothing starts a run in this folder; “tutofrais schedule --install” does"


@pytest.mark.parametrize(
    ("text", "environment", "errors"),
    [
        ('site = "2021"', {}, [UnknownSite]),
        ("[people.ann]", {}, [NoChannel]),
        (CHAT, {}, [SecretMissing]),
        (CHAT, {"CHAT": HIDDEN}, [ChatUnusable]),
        (CHAT + 'tutorials = ["exemples-*", "ex*"]', {"CHAT": "json://127.0.0.1/"}, [PatternUnmatched]),
        ('site = "2021"\n[people.ann]\n' + CHAT, {}, [UnknownSite, NoChannel, SecretMissing]),
    ],
)
def test_each_fault_is_a_finding_of_its_own(
    project: Path, text: str, environment: Mapping[str, str], errors: list[type[TutofraisError]]
) -> None:
    findings = findings_of(project, text, environment)
    assert [type(error) for error in errors_in(findings)] == errors
    assert HIDDEN not in str(findings)
    assert all(one.optional == isinstance(one.error, PatternUnmatched) for one in findings)


@pytest.mark.parametrize(
    ("content", "mode", "error"), [("CHAT=x", 0o640, SecretsExposed), ("CHAT", 0o600, SecretsBroken)]
)
def test_a_file_of_secrets_that_cannot_be_used_is_a_finding(
    project: Path, content: str, mode: int, error: type[TutofraisError]
) -> None:
    (project / "tutofrais.env").write_text(content)
    (project / "tutofrais.env").chmod(mode)
    assert [type(one) for one in errors_in(findings_of(project, CHAT))] == [error]


def mail_settings(mailbox: Mailbox, security: str) -> str:
    server = f'server = "127.0.0.1"\nport = {mailbox.port}\nsecurity = "{security}"\nsender = "t@example.org"\n'
    user = "" if security == "none" else 'user = "tutofrais"\n'
    return f"{ZOE}[mail]\n{server}{user}"


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_mail_server_is_asked_without_signing_in(
    project: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    mailbox = Mailbox(password=HIDDEN)
    with mail_server(mailbox, project, security=security) as trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        monkeypatch.setattr(mailbox, "authenticate", lambda *_: pytest.fail("it signed in"))
        findings = findings_of(project, mail_settings(mailbox, security), {MAIL_PASSWORD: "wrong"})
    assert errors_in(findings) == []
    assert f"127.0.0.1:{mailbox.port} (security = '{security}') answers" in str(findings[-2].detail)
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("served", "asked", "trusts", "why"),
    [
        ("starttls", "tls", True, "starttls"),
        ("none", "starttls", True, "does not offer STARTTLS"),
        ("tls", "tls", False, "certificate is not valid"),
        ("", "starttls", True, "refuses the connection"),
    ],
)
def test_why_a_mail_server_cannot_be_used_is_said_plainly(
    project: Path, monkeypatch: pytest.MonkeyPatch, served: str, asked: str, trusts: bool, why: str
) -> None:
    mailbox = Mailbox(password=HIDDEN)
    with mail_server(mailbox, project, security=served or "none") as trusted:
        if trusts:
            monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        text = mail_settings(mailbox, asked)
        found = findings_of(project, text, {MAIL_PASSWORD: HIDDEN}) if served else []
    [error] = errors_in(found or findings_of(project, text, {MAIL_PASSWORD: HIDDEN}))
    assert isinstance(error, MailServerUnusable)
    assert why in str(error)
    assert error.exit_code == 48


def test_the_doctor_prints_them_and_setting_up_is_no_failure(project: Path) -> None:
    (project / "tutofrais.toml").write_text(f'language = "en"\nsite = "2021"\n{CHAT}')
    (project / "true").symlink_to("/bin/true")
    completed = run_command("doctor", cwd=project, TUTOFRAIS_FIREFOX=str(project / "true"))
    assert completed.returncode == UnknownSite.exit_code, completed.stderr
    assert "✗ Site of the runs: There is no site “2021”." in completed.stdout
    assert "✗ Secret: The secret CHAT is missing." in completed.stdout
    completed = run_command("doctor", "--install", cwd=project, TUTOFRAIS_FIREFOX=str(project / "true"))
    assert "! Secret: The secret CHAT is missing." in completed.stdout
    assert completed.stdout.count("✗") == 1, "Firefox alone"


def test_config_and_run_warn_of_people_who_are_not_told_as_the_settings_say(project: Path) -> None:
    (project / "tutofrais.toml").write_text(f'language = "en"\n[people.ann]\n{CHAT}tutorials = ["exemples-*"]\n')
    printed = invoke("config")
    assert printed.exit_code == 0
    assert "“ann” cannot be told of anything" in printed.stderr
    assert "“exemples-*”, in the tutorials of [people.team], fits no tutorial" in printed.stderr
    assert "“exemple”" in printed.stderr, "the nearest one"
    (project / "tutofrais.toml").write_text(f'language = "en"\n{CHAT}tutorials = ["exemples-*"]\n')
    (project / "tutofrais.env").write_text("CHAT=json://127.0.0.1:1/")
    (project / "tutofrais.env").chmod(0o600)
    for typed, warned in ([], True), (["--scenarios", "scenarios"], False):
        failed = invoke("run", "--notify", "--site", "2O26", *typed)
        assert failed.exit_code == UnknownSite.exit_code
        assert ("fits no tutorial" in failed.stderr) == warned


def test_findings_are_told_in_french(project: Path) -> None:
    words = Sentences("fr")
    for one in findings_of(
        project, 'site = "2021"\n' + ZOE + '[mail]\nserver = "127.0.0.1"\nport = 1\nsender = "t@example.org"'
    ):
        said = " ".join(
            (words.gettext(one.what), str(words.detail(one.detail)), *(words.error(one.error) if one.error else ()))
        )
        assert "cannot" not in said
        assert "Settings" not in said
