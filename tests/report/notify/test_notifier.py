"""Messages as they arrive: by SMTP with TLS, by Apprise over HTTP, and what becomes of those that do not."""

import json
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path
from typing import Literal
from urllib.parse import quote

import pytest

from capture.errors import (
    HostBusy,
    NoScreen,
    NotDelivered,
    NotDeliveredInTest,
    SecretsExposed,
)
from report.commands.notifying import notifying
from report.i18n.sentences import Sentences
from report.notify.notifier import Notifier, open_notifier
from report.notify.secret_values import MAIL_PASSWORD, PING_URL
from report.notify.told import TOLD
from report.results.run_record import RunRecord, write_record
from report.settings import FoundSettings, find_settings
from report.verdict import Verdict
from tests.support.builders import TAKEN
from tests.support.commands import invoke
from tests.support.hostile_run import HOSTILE
from tests.support.mail_server import EndPoint, Mailbox, end_point, mail_server
from tests.support.nights import false_page, night, page

Run = tuple[RunRecord, Path]
Security = Literal["tls", "starttls", "none"]
PASSWORD = secrets.token_hex(8)


def settings_in(folder: Path, text: str) -> FoundSettings:
    (folder / "tutofrais.toml").write_text(text, "utf-8")
    return find_settings(folder)


@contextmanager
def zoes_mail(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, security: str = "starttls", more: str = ""
) -> Iterator[tuple[Mailbox, Notifier]]:
    """Serve mail, and yield the mailbox with a notifier that tells Zoé by it."""
    mailbox = Mailbox(password=PASSWORD)
    with mail_server(mailbox, folder, security=security) as trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        user = "" if security == "none" else 'user = "tutofrais"'
        text = (
            f'language = "en"\n[people.zoe]\nmail = "zoe@example.org"\n[mail]\nserver = "127.0.0.1"\n{user}\n'
            f'port = {mailbox.port}\nsecurity = "{security}"\nsender = "tutofrais@example.org"\n{more}'
        )
        found = settings_in(folder, text)
        yield mailbox, open_notifier(found, folder / "runs", {MAIL_PASSWORD: PASSWORD})


def texts_of(mail: EmailMessage) -> list[str]:
    """Return the plain text and the HTML of a mail."""
    bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [body.get_content() for body in bodies if body is not None]


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_a_mail_has_text_html_pictures_and_the_report(
    hostile_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    record, folder = hostile_run
    with zoes_mail(tmp_path, monkeypatch, security=security) as (mailbox, notifier):
        notifier.tell_of_run(record, folder)
        notifier.tell_of_run(record, folder)
    [mail] = mailbox.mails
    assert mailbox.recipients == ["zoe@example.org"]
    kinds = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert kinds[:2] == ["text/plain", "text/html"]
    assert kinds.count("image/jpeg") >= 2
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "tutofrais.html"
    assert "Text to rewrite – Exemple, 1. Accueil and 2 more pages" in mail["Subject"]
    assert mail["Auto-Submitted"] == "auto-generated"
    html = mail.get_body(("html",))
    assert html is not None
    shown = html.get_content()
    assert HOSTILE not in shown
    assert "<img src=x" not in shown
    cids = {str(part["Content-ID"]).strip("<>") for part in mail.walk() if part["Content-ID"]}
    assert cids == {piece.partition('"')[0] for piece in shown.split('src="cid:')[1:]}


def test_a_large_report_is_not_attached(hostile_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record, folder = hostile_run
    with zoes_mail(tmp_path, monkeypatch, more="attach_mb = 0.001") as (mailbox, notifier):
        notifier.tell_of_run(record, folder)
    [mail] = mailbox.mails
    assert list(mail.iter_attachments()) == []
    assert all("not attached: as one file it is larger than 0.001 MB" in part for part in texts_of(mail))


def test_what_could_not_be_delivered_is_told_the_next_time_and_no_secret_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zoes_mail(tmp_path, monkeypatch) as (mailbox, notifier):
        mailbox.refused = "zoe@example.org"
        with pytest.raises(NotDelivered, match="no such mailbox") as refusal:
            notifier.tell_of_run(night(false_page("A")), tmp_path)
        mailbox.refused, mailbox.password = "", "changed"
        with pytest.raises(NotDelivered, match="535") as unsigned:
            notifier.tell_of_run(night(false_page("A")), tmp_path)
        mailbox.password = PASSWORD
        notifier.tell_of_run(night(false_page("A"), day=1), tmp_path)
        notifier.tell_of_run(night(false_page("A"), day=2), tmp_path)
    assert len(mailbox.mails) == 1
    written = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*") if path.suffix in {".json", ".toml"})
    for text in (written, str(refusal.value), str(unsigned.value), repr(notifier)):
        assert PASSWORD not in text


def test_a_server_without_a_valid_certificate_gets_no_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zoes_mail(tmp_path, monkeypatch) as (mailbox, notifier):
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(NotDelivered, match="certificate"):
            notifier.test()
    assert mailbox.mails == []


@contextmanager
def a_chat(folder: Path, **more: str) -> Iterator[tuple[EndPoint, Notifier]]:
    """Serve an HTTP end point, and yield it with a notifier that tells a team by it."""
    received = EndPoint()
    with end_point(received):
        found = settings_in(folder, '[people.equipe]\nchat = "EQUIPE"\n')
        environment = {
            "EQUIPE": f"json://{received.url}/{PASSWORD}",
            PING_URL: f"http://{received.url}/ping/{PASSWORD}",
        }
        yield received, open_notifier(found, folder / "runs", {**environment, **more}, after_run=True)


def test_a_chat_is_told_by_apprise_and_a_watching_service_hears_of_each_run_that_saw_something(tmp_path: Path) -> None:
    with a_chat(tmp_path) as (received, notifier):
        notifier.tell_of_run(night(false_page("Chercher")), tmp_path)
        notifier.tell_of_run(night(false_page("Chercher"), day=1), tmp_path)
        notifier.tell_of_run(night(page(Verdict.UNREACHABLE), day=2), tmp_path)
    told = [json.loads(body) for method, _, body in received.requests if method == "POST"]
    assert ["Texte à réécrire" in told[0]["title"], "Chercher" in told[0]["message"]] == [True, True]
    assert "aucune page" in told[1]["title"]
    assert len(told) == 2
    assert [path for method, path, _ in received.requests if method == "GET"] == [f"/ping/{PASSWORD}"] * 2


def test_an_issue_that_takes_comments_by_mail_is_told_as_a_chat_so_that_its_address_is_a_secret(tmp_path: Path) -> None:
    address = f"incoming+tutos-20-{PASSWORD}-issue-34@incoming.example.org"
    mailbox = Mailbox()
    with mail_server(mailbox, tmp_path, security="none"):
        found = settings_in(tmp_path, '[people.tutoriel]\nchat = "ISSUE"\n')
        url = f"mailto://127.0.0.1:{mailbox.port}?from=tutofrais@example.org&to={quote(address)}"
        open_notifier(found, tmp_path / "runs", {"ISSUE": url}).tell_of_run(night(false_page("Chercher")), tmp_path)
    assert mailbox.recipients == [address]
    (mail,) = mailbox.mails
    assert "Texte à réécrire" in mail["Subject"]
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Chercher" in text.get_content()


def test_pages_that_are_not_checked_for_the_same_reason_are_told_together(tmp_path: Path) -> None:
    walled = [page(Verdict.UNREACHABLE, number) for number in range(2, 80)]
    with a_chat(tmp_path) as (received, notifier):
        for day in range(3):
            notifier.tell_of_run(night(page(), *walled, day=day), tmp_path)
    [(_, _, body)] = [one for one in received.requests if one[0] == "POST"]
    message = json.loads(body)["message"]
    assert "2. Page 2 et 77 autres pages" in message.replace("\u00a0", " ")
    assert message.count("Non vérifiée") == 1


def test_a_chat_that_refuses_is_named_without_its_address(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with a_chat(tmp_path) as (received, notifier):
        received.status = 403
        with pytest.raises(NotDelivered, match="403") as refusal:
            notifier.tell_of_run(night(false_page("A")), tmp_path)
    assert PASSWORD not in str(refusal.value) + "".join(capfd.readouterr())
    assert '"told":{}' in (tmp_path / "runs" / TOLD).read_text().replace(" ", "")


@pytest.mark.parametrize(
    ("text", "environment"), [("", {}), ('chat = "CHAT"\n', {}), ('chat = "CHAT"\n', {"CHAT": PASSWORD})]
)
def test_nobody_who_can_be_told_is_no_error_before_the_run(
    tmp_path: Path, text: str, environment: Mapping[str, str]
) -> None:
    notifier = open_notifier(settings_in(tmp_path, f"[people.zoe]\n{text}"), tmp_path, environment)
    assert list(notifier.problems) == ["zoe"]
    assert notifier.recipients == ()
    with pytest.raises(NotDelivered, match="zoe"):
        notifier.tell_of_run(night(page()), tmp_path)


def test_secrets_may_stand_in_a_file_that_nobody_else_can_read(tmp_path: Path) -> None:
    found = settings_in(tmp_path, '[people.zoe]\nchat = "CHAT"\n')
    file = tmp_path / "tutofrais.env"
    file.write_text("CHAT=json://127.0.0.1/$x\n")
    file.chmod(0o640)
    assert isinstance(open_notifier(found, tmp_path, {}).problems["zoe"], SecretsExposed)
    file.chmod(0o600)
    assert open_notifier(found, tmp_path, {}).recipients[0].chat == "CHAT"


def test_those_who_can_be_told_hear_once_of_somebody_who_cannot(tmp_path: Path) -> None:
    with a_chat(tmp_path) as (received, _):
        found = settings_in(tmp_path, '[people.equipe]\nchat = "EQUIPE"\n[people.paul]\nchat = "PAUL"\n')
        notifier = open_notifier(found, tmp_path / "runs", {"EQUIPE": f"json://{received.url}/"})
        for day in range(2):
            with pytest.raises(NotDelivered, match="paul"):
                notifier.tell_of_run(night(page(), day=day), tmp_path)
    [(_, _, body)] = received.requests
    assert json.loads(body)["title"].endswith("Quelqu’un ne peut être prévenu de rien.")
    assert "paul – Le secret PAUL manque." in json.loads(body)["message"]
    assert json.loads(body)["type"] == "failure"


def test_each_is_told_of_their_own_tutorials_only(tmp_path: Path) -> None:
    with a_chat(tmp_path) as (received, _):
        found = settings_in(
            tmp_path,
            '[people.equipe]\nchat = "EQUIPE"\ntutorials = ["autre"]\n[people.paul]\nchat = "EQUIPE"\n'
            'tutorials = ["exemple"]\n',
        )
        notifier = open_notifier(found, tmp_path / "runs", {"EQUIPE": f"json://{received.url}/"})
        record = night(false_page("A"))
        [tutorial] = record.tutorials
        theirs = replace(
            tutorial, slug="autre", title="Autre", pages=(replace(false_page("B"), url="https://b.test/"),)
        )
        notifier.tell_of_run(replace(record, tutorials=(tutorial, theirs)), tmp_path)
    told = [json.loads(body) for _, _, body in received.requests]
    assert [("Autre" in one["message"], "Exemple" in one["message"]) for one in told] == [(True, False), (False, True)]
    assert ["b.test" in one["message"] for one in told] == [True, False], "the site is theirs too"


@pytest.mark.parametrize(
    ("served", "used", "said"),
    [
        ("starttls", "tls", "does not begin with TLS on this port"),
        ("none", "starttls", "does not offer STARTTLS"),
        (None, "none", "refuses the connection"),
    ],
)
def test_why_a_mail_was_not_sent_is_said_with_what_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, served: str | None, used: Security, said: str
) -> None:
    with zoes_mail(tmp_path, monkeypatch, security=served or "none") as (mailbox, notifier):
        changed = replace(notifier.settings.mail, security=used, user="")
        if served is None:
            with socket.create_server(("127.0.0.1", 0)) as closed:
                changed = replace(changed, port=closed.getsockname()[1])
        settings = replace(notifier.settings, mail=changed)
        found = FoundSettings(settings=settings, file=tmp_path / "tutofrais.toml", given=frozenset())
        with pytest.raises(NotDeliveredInTest) as refusal:
            open_notifier(found, tmp_path, {}).test()
    assert said in str(refusal.value)
    assert f":{changed.port}" in str(refusal.value)
    assert mailbox.mails == []


def test_the_command_shows_messages_and_tells_that_there_was_no_run(
    hostile_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, _ = hostile_run
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "runs" / record.id
    folder.mkdir(parents=True)
    write_record(replace(record, finished=TAKEN), folder)
    with a_chat(tmp_path) as (received, _):
        monkeypatch.setenv("EQUIPE", f"json://{received.url}/")
        shown = invoke("notify", "--dry-run", "--lang", "en")
        assert shown.exit_code == 0, shown.output
        assert "Texte à réécrire" in shown.output
        assert "tutofrais workbench" in shown.output
        saved = invoke("notify", "--save", "eml")
        assert saved.output == "eml/equipe.eml\n"
        assert b"Subject: " in (tmp_path / "eml" / "equipe.eml").read_bytes()
        assert received.requests == [], "nobody was told"
        assert invoke("notify", "--missed", "--hours", "1").exit_code == 0
        assert invoke("notify", "--missed", "--hours", "1").exit_code == 0
        [(_, _, body)] = received.requests
        assert "Aucun passage depuis" in json.loads(body)["title"]
        assert invoke("notify", "--lang", "en").output == "equipe was told of 3 pages.\n"
        assert invoke("notify", "--lang", "en").output == "Nothing new: there is nobody to tell.\n"
        assert invoke("notify", "--test", "--lang", "en").output == "equipe: a test was sent.\n"


def test_a_run_that_fails_tells_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    with a_chat(tmp_path) as (received, _):
        monkeypatch.setenv("EQUIPE", f"json://{received.url}/")
        failed = invoke("run", "--notify")
    [(_, _, body)] = received.requests
    assert failed.exit_code >= 10
    assert "erreur" in json.loads(body)["title"]
    assert str(tmp_path) in json.loads(body)["message"]
    assert json.loads(body)["type"] == "failure"


def test_that_another_run_visits_the_hosts_is_not_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_chat(tmp_path) as (received, _):
        monkeypatch.setenv("EQUIPE", f"json://{received.url}/")
        for error in (HostBusy("a.test", 0), NoScreen()):
            telling = notifying(find_settings(tmp_path), tmp_path, Sentences("en"), wanted=True)
            with pytest.raises(type(error)), telling:
                raise error
    assert len(received.requests) == 1, "of the other error"


def test_the_file_of_what_was_told_is_replaced_or_refused(tmp_path: Path) -> None:
    with a_chat(tmp_path) as (_, notifier):
        (tmp_path / "runs").mkdir()
        (tmp_path / "runs" / TOLD).write_text('{"format": 9}')
        with pytest.raises(Exception, match="format 9"):
            notifier.tell_of_run(night(false_page("A")), tmp_path)
