"""Tell people about a run: each of what is new, once, by mail and by chat."""

import smtplib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from capture.errors import NotDelivered, RecipientUnusable, TutofraisError
from capture.messages import Phrase
from report.i18n.dates import day_of, today
from report.i18n.sentences import Sentences
from report.notify.chat import is_usable, send
from report.notify.finding import Finding, FindingKind, is_blind
from report.notify.mail import MailServer, connected, mail_of
from report.notify.message import Message, RunPlace, compose, compose_test
from report.notify.news import News, alarm_news, news_for
from report.notify.ping import ping
from report.notify.recipient import Recipient, recipients_of
from report.notify.secret_values import MAIL_PASSWORD, PING_URL, Secrets, read_secrets
from report.notify.told import Told, ToldFile, marked, told_file, with_alarm, with_run
from report.output.html import write_single_file
from report.results.run_record import RunRecord
from report.run.retention import MEGABYTE, size_of
from report.settings import FoundSettings, Settings

SMALLER = 4
"""A report as one file is not tried if the run's folder is larger than this times what may be attached."""

Send = Callable[[Recipient, Message, bytes], tuple[str, ...]]
"""Sends a message, with a report as one file (empty: without); returns why some of it was refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notifier:
    """Everybody who is told, and how."""

    settings: Settings
    recipients: tuple[Recipient, ...]
    runs: Path
    send: Send
    ping_url: str | None = None
    remembers: bool = True
    """Whether what was told is not told again; false if messages are only shown."""

    def tell_of_run(self, record: RunRecord, folder: Path) -> None:
        """Tell everybody what is new in a run of whole tutorials.

        Raises:
            NotDelivered: somebody could not be told.
            ToldUnreadable, CannotWrite.
        """
        day = day_of(record.started)
        place = RunPlace(record=record, folder=folder, report_url=self.settings.notifications.report_url)
        people, rules = self.settings.people, self.settings.notifications
        failed: dict[str, str] = {}
        with told_file(self.runs) as told:
            self._write(told, with_run(told.content, record, day))
            reports: dict[str, bytes] = {}
            for one in self.recipients:
                news = news_for(one, record, told.content, people=people, rules=rules, today=day)
                failed |= self._tell(news, place, told, partial(self._report_of, reports, place, one.language))
                self._remember_reminder(news, told, day)
        if self.ping_url is not None and not is_blind(record) and (why := ping(self.ping_url)) is not None:
            failed[PING_URL] = why
        _raise(failed)

    def tell_of_failure(self, problem: str) -> None:
        """Tell everybody that a run ended with an error; raises NotDelivered, ToldUnreadable, CannotWrite."""
        self._tell_of(Finding(kind=FindingKind.FAILED, words=problem))

    def tell_of_missed(self, last: datetime | None) -> None:
        """Tell everybody that there was no run; raises NotDelivered, ToldUnreadable, CannotWrite.

        Args:
            last: end of the last run; None: there never was one.
        """
        self._tell_of(Finding(kind=FindingKind.MISSED, words=last.isoformat() if last is not None else ""))

    def test(self) -> None:
        """Send everybody a message that says that it is a test; raises NotDelivered."""
        failed: dict[str, str] = {}
        for one in self.recipients:
            failed |= _by_name(one, self.send(one, compose_test(Sentences(one.language)), b""))
        _raise(failed)

    def _tell_of(self, alarm: Finding) -> None:
        failed: dict[str, str] = {}
        with told_file(self.runs) as told:
            self._write(told, with_alarm(told.content, alarm, today()))
            for one in self.recipients:
                failed |= self._tell(alarm_news(told.content, one), None, told, lambda: b"")
        _raise(failed)

    def _tell(
        self, news: News, place: RunPlace | None, told: ToldFile, report: Callable[[], bytes]
    ) -> Mapping[str, str]:
        """Tell a person; return why it failed, by name. What one channel has delivered counts as told."""
        if not news.worth_telling:
            return {}
        one = news.recipient
        message = compose(news, place, Sentences(one.language))
        refusals = self.send(one, message, report() if one.mail is not None else b"")
        if len(refusals) < _channels(one):
            day = day_of(place.record.started) if place is not None else today()
            self._write(told, marked(told.content, news.findings, one.name, day))
        return _by_name(one, refusals)

    def _remember_reminder(self, news: News, told: ToldFile, day: date) -> None:
        """Remember that a person was reminded, or has a first message from which the weeks count."""
        name = news.recipient.name
        if news.is_reminder or name not in told.content.reminded:
            self._write(told, replace(told.content, reminded={**told.content.reminded, name: day}))

    def _write(self, file: ToldFile, told: Told) -> None:
        if self.remembers:
            file.write(told)
        else:
            file.content = told

    def _report_of(self, written: dict[str, bytes], place: RunPlace, language: str) -> bytes:
        """Return the report as one file in a language; empty if it is too large to be attached."""
        most = self.settings.mail.attach_mb * MEGABYTE
        if language not in written:
            written[language] = b""
            if most and size_of(place.folder) <= SMALLER * most:
                with tempfile.TemporaryDirectory() as folder:
                    out = Path(folder) / "report.html"
                    write_single_file(place.record, place.folder, Sentences(language), out)
                    written[language] = out.read_bytes() if out.stat().st_size <= most else b""
        return written[language]


def open_notifier(found: FoundSettings, runs: Path, environment: Mapping[str, str]) -> Notifier:
    """Return a notifier that really sends; everything that it needs is there.

    Raises:
        SecretMissing, SecretsExposed, RecipientUnusable: somebody could not be told.
    """
    secrets = read_secrets(found.file, environment)
    recipients = recipients_of(found.settings)
    for one in recipients:
        _check(one, found.settings, secrets)
    return Notifier(
        settings=found.settings,
        recipients=recipients,
        runs=runs,
        send=partial(_send, found.settings, secrets),
        ping_url=secrets.get(PING_URL),
    )


def _check(one: Recipient, settings: Settings, secrets: Secrets) -> None:
    if one.mail is None and one.chat is None:
        raise RecipientUnusable(one.name, Phrase("there is neither “mail” nor “chat”"))
    if one.mail is not None:
        if not settings.mail.server:
            raise RecipientUnusable(one.name, Phrase("[mail] names no server"))
        if "@" not in sender_of(settings):
            raise RecipientUnusable(one.name, Phrase("[mail] names no sender"))
        if settings.mail.user and settings.mail.security == "none":
            raise RecipientUnusable(one.name, Phrase("[mail] signs in without encryption: leave out its user"))
        if settings.mail.user:
            secrets.require(MAIL_PASSWORD)
    if one.chat is not None and not is_usable(secrets.require(one.chat)):
        raise RecipientUnusable(one.name, Phrase("what {name} holds is no Apprise URL", name=one.chat))


def sender_of(settings: Settings) -> str:
    """Return the address that mail comes from; empty: the settings say none."""
    return settings.mail.sender or settings.mail.user


def _send(settings: Settings, secrets: Secrets, one: Recipient, message: Message, report: bytes) -> tuple[str, ...]:
    refusals = []
    if one.mail is not None:
        refusals.append(_send_mail(settings, secrets, one.mail, message, report))
    if one.chat is not None:
        refusals.append(send(secrets.require(one.chat), message))
    return tuple(why for why in refusals if why is not None)


def _send_mail(settings: Settings, secrets: Secrets, to: str, message: Message, report: bytes) -> str | None:
    """Send a mail; return why it was refused, None if it was not."""
    server = MailServer(
        host=settings.mail.server,
        security=settings.mail.security,
        port=settings.mail.port,
        user=settings.mail.user,
        password=secrets.get(MAIL_PASSWORD),
    )
    mail = mail_of(message, sender=sender_of(settings), to=to, at=datetime.now(UTC), report=report)
    try:
        with connected(server) as client:
            client.send_message(mail)
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return f"{server.host}: {error.smtp_code} {' '.join(said.split())}"
    except (smtplib.SMTPException, OSError) as error:
        return f"{server.host}: {' '.join(str(error).split()) or type(error).__name__}"
    return None


def _channels(one: Recipient) -> int:
    return (one.mail is not None) + (one.chat is not None)


def _by_name(one: Recipient, refusals: Sequence[str]) -> dict[str, str]:
    return {one.name: "; ".join(refusals)} if refusals else {}


def _raise(failed: Mapping[str, str]) -> None:
    """Raise NotDelivered if somebody could not be told."""
    if failed:
        raise NotDelivered(", ".join(failed), "; ".join(dict.fromkeys(failed.values())))


def told_problem(error: TutofraisError, sentences: Sentences) -> str:
    """Return what is told of an error that ended a run."""
    return " ".join(sentences.error(error))
