"""Tell people about a run: each of what is new, once, by mail and by chat."""

import platform
import smtplib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from capture.errors import (
    NotDelivered,
    NotDeliveredInTest,
    TutofraisError,
)
from capture.messages import Phrase
from report.i18n.dates import day_of, today
from report.i18n.sentences import Sentences
from report.notify.chat import send
from report.notify.finding import Finding, FindingKind, is_blind
from report.notify.mail import MailServer, connected, mail_of, refusal_of
from report.notify.message import Message, Origin, RunPlace, compose, compose_test
from report.notify.news import News, alarm_news, news_for
from report.notify.ping import ping
from report.notify.recipient import Recipient, owners_of, recipients_of
from report.notify.recipient_check import secrets_and_faults
from report.notify.secret_values import MAIL_PASSWORD, PING_URL, Secrets
from report.notify.told import Told, ToldFile, marked, told_file, with_alarm, with_run
from report.output.html import write_single_file
from report.results.run_record import RunRecord
from report.run.retention import MEGABYTE, size_of
from report.settings import FoundSettings, RecipientSettings, Settings

SMALLER = 4
"""A report as one file is not tried if the run's folder is larger than this times what may be attached."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A report as one file."""

    html: bytes = b""
    """Empty: nothing is attached."""
    is_too_large: bool = False


NOT_ATTACHED = Attachment()
Send = Callable[[Recipient, Message, Attachment], tuple[Phrase, ...]]
"""Sends a message, with a report; returns why some of it was refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """News that were sent to a person, and the reasons of the channels that refused them."""

    news: News
    refusals: tuple[Phrase, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Notifier:
    """Everybody who is told, and how."""

    settings: Settings
    origin: Origin
    recipients: tuple[Recipient, ...]
    runs: Path
    send: Send
    problems: Mapping[str, TutofraisError] = field(default_factory=dict)
    """Why people cannot be told of anything, by their name."""
    ping_url: str | None = None
    """Requested after a run that saw something; None: no service waits for it."""
    remembers: bool = True
    """Whether what was told is not told again; false if messages are only shown."""

    def tell_of_run(self, record: RunRecord, folder: Path) -> tuple[News, ...]:
        """Tell everybody what is new in a run of whole tutorials; return what there was to tell.

        Raises:
            NotDelivered: somebody could not be told.
            ToldUnreadable, CannotWrite.
        """
        day = day_of(record.started)
        people, rules = self.settings.people, self.settings.notifications
        report = partial(self._report_of, {}, record, folder)
        deliveries = []
        with told_file(self.runs) as told:
            self._write(told, with_run(told.content, record, day, self._untold()))
            for one in self.recipients:
                news = news_for(one, record, told.content, people=people, rules=rules, today=day)
                place = RunPlace(record=_theirs(record, one, people), folder=folder, report_url=rules.report_url)
                deliveries.append(self._tell(news, place, told, report))
                self._remember_reminder(news, told, day)
        pinged = ping(self.ping_url) if self.ping_url is not None and not is_blind(record) else None
        self._raise(deliveries, {PING_URL: pinged} if pinged is not None else {})
        return tuple(one.news for one in deliveries if one.news.worth_telling)

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
        """Send everybody a message that says that it is a test; raises NotDeliveredInTest."""
        sent = [
            Delivery(
                news=News(recipient=one), refusals=self.send(one, compose_test(Sentences(one.language)), NOT_ATTACHED)
            )
            for one in self.recipients
        ]
        self._raise(sent, {}, NotDeliveredInTest)

    def _tell_of(self, alarm: Finding) -> None:
        with told_file(self.runs) as told:
            for one in (alarm, *self._untold()):
                self._write(told, with_alarm(told.content, one, today()))
            sent = [
                self._tell(alarm_news(told.content, one), None, told, lambda _: NOT_ATTACHED) for one in self.recipients
            ]
        self._raise(sent, {})

    def _untold(self) -> list[Finding]:
        """Return what those who can be told are told about those who cannot."""
        sentences = Sentences(self.settings.language)
        return [
            Finding(kind=FindingKind.UNTOLD, words=f"{name} – {told_problem(error, sentences)}")
            for name, error in self.problems.items()
        ]

    def _tell(
        self, news: News, place: RunPlace | None, told: ToldFile, report: Callable[[str], Attachment]
    ) -> Delivery:
        """Tell a person. What one channel has delivered counts as told.

        Args:
            news: what there is to tell.
            place: the run; None: there is none to speak of.
            told: what is known and was told.
            report: returns the report as one file, in a language.
        """
        if not news.worth_telling:
            return Delivery(news=news)
        one = news.recipient
        attached = report(one.language) if one.mail is not None else NOT_ATTACHED
        if place is not None:
            place = replace(place, too_large_mb=self.settings.mail.attach_mb if attached.is_too_large else 0)
        refusals = self.send(one, compose(news, place, self.origin, Sentences(one.language)), attached)
        if len(refusals) < _channels(one):
            day = day_of(place.record.started) if place is not None else today()
            self._write(told, marked(told.content, news.findings, one.name, day))
        return Delivery(news=news, refusals=refusals)

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

    def _report_of(self, written: dict[str, Attachment], record: RunRecord, folder: Path, language: str) -> Attachment:
        """Return the report as one file in a language, or that it is too large.

        Args:
            written: the reports so far, by language.
            record: the run.
            folder: its folder.
            language: of the report.
        """
        most = self.settings.mail.attach_mb * MEGABYTE
        if language not in written:
            written[language] = _single_file(record, folder, language, most) if most else NOT_ATTACHED
        return written[language]

    def _raise(
        self,
        deliveries: Sequence[Delivery],
        others: Mapping[str, Phrase],
        kind: type[NotDelivered] = NotDelivered,
    ) -> None:
        """Raise NotDelivered if somebody could not be told, or something else could not be reached.

        Args:
            deliveries: to people.
            others: why something else failed, by its name.
            kind: of the error.
        """
        failed = {name: Phrase("the settings do not allow it, as was said at the beginning") for name in self.problems}
        failed |= {one.news.recipient.name: _joined(one.refusals) for one in deliveries if one.refusals}
        failed |= others
        if failed:
            raise kind(", ".join(failed), _joined(list(dict.fromkeys(failed.values()))))


def _single_file(record: RunRecord, folder: Path, language: str, most: float) -> Attachment:
    """Return a report as one file, or that it is larger than ``most`` bytes."""
    if size_of(folder) > SMALLER * most:
        return Attachment(is_too_large=True)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "report.html"
        write_single_file(record, folder, Sentences(language), out)
        is_too_large = out.stat().st_size > most
        return Attachment(html=b"" if is_too_large else out.read_bytes(), is_too_large=is_too_large)


def _theirs(record: RunRecord, one: Recipient, people: Mapping[str, RecipientSettings]) -> RunRecord:
    """Return a run with the tutorials of a person only."""
    return replace(record, tutorials=tuple(two for two in record.tutorials if one.name in owners_of(two, people)))


def open_notifier(
    found: FoundSettings, runs: Path, environment: Mapping[str, str], *, after_run: bool = False
) -> Notifier:
    """Return a notifier that really sends. Those who cannot be told are among its problems.

    Args:
        found: the settings.
        runs: folder of the runs.
        environment: variables of the process, which may hold secrets.
        after_run: whether it tells of a run that takes place now: a watching service then hears of it.
    """
    secrets, problems = secrets_and_faults(found, environment)
    return Notifier(
        settings=found.settings,
        origin=origin_of(found),
        recipients=tuple(one for one in recipients_of(found.settings) if one.name not in problems),
        runs=runs,
        send=partial(_send, found.settings, secrets),
        problems=problems,
        ping_url=secrets.get(PING_URL) if after_run else None,
    )


def origin_of(found: FoundSettings) -> Origin:
    """Return where messages come from: this machine, and the folder of the settings."""
    return Origin(machine=platform.node(), folder=found.file.parent if found.file is not None else Path.cwd())


def _send(
    settings: Settings, secrets: Secrets, one: Recipient, message: Message, report: Attachment
) -> tuple[Phrase, ...]:
    refusals = []
    if one.mail is not None:
        refusals.append(_send_mail(settings, secrets, one.mail, message, report.html))
    if one.chat is not None:
        refusals.append(send(secrets.require(one.chat), message))
    return tuple(why for why in refusals if why is not None)


def _send_mail(settings: Settings, secrets: Secrets, to: str, message: Message, report: bytes) -> Phrase | None:
    """Send a mail; return why it was refused, None if it was not."""
    server = MailServer(
        host=settings.mail.server,
        security=settings.mail.security,
        port=settings.mail.port,
        user=settings.mail.user,
        password=secrets.get(MAIL_PASSWORD),
    )
    mail = mail_of(message, sender=settings.mail.comes_from, to=to, at=datetime.now(UTC), report=report)
    try:
        with connected(server) as client:
            client.send_message(mail)
    except (smtplib.SMTPException, OSError) as error:
        return Phrase("{place}: {why}", place=f"{server.host}:{server.used_port}", why=refusal_of(error))
    return None


def _channels(one: Recipient) -> int:
    return (one.mail is not None) + (one.chat is not None)


def _joined(reasons: Sequence[Phrase]) -> Phrase:
    """Return several reasons as one."""
    first, *others = reasons
    for one in others:
        first = Phrase("{first}; {second}", first=first, second=one)
    return first


def told_problem(error: TutofraisError, sentences: Sentences) -> str:
    """Return what is told of an error that ended a run."""
    return " ".join(sentences.error(error))
