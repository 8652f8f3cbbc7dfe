"""``tutofrais notify``: tell people of the latest run, or that there was none."""

import os
import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.policy import SMTP
from pathlib import Path

import click

from capture.errors import RunUnreadable
from capture.messages import Phrase
from capture.storage import write_atomically
from report.commands.command import Command
from report.commands.options import PATH, lang, option, runs
from report.i18n.translator import Translator
from report.notify.mail import mail_of
from report.notify.message import Message
from report.notify.news import News
from report.notify.notifier import Attachment, Notifier, Send, open_notifier, origin_of
from report.notify.recipient import Recipient, recipients_of, unknown_owners
from report.results.run_record import RunRecord, read_record
from report.results.run_store import LATEST, find_run, latest_record
from report.settings import FoundSettings, Settings
from report.terminal import print_error

MISSED_AFTER_H = 36
"""Age of the latest run from which a night was missed, hours."""
NOBODY = "nobody.invalid"
"""Host name of addresses that do not exist (RFC 2606)."""


@click.command("notify", cls=Command)
@runs
@click.option("--dry-run", is_flag=True, help="Print the messages; nobody is told.")
@click.option("--save", type=PATH, help="Write the messages into this folder as .eml files; nobody is told.")
@click.option("--test", is_flag=True, help="Tell everybody that this is a test.")
@click.option("--missed", is_flag=True, help="Only tell that there was no run, if the latest one is too old.")
@option("--hours", type=click.IntRange(1, 10_000), default=MISSED_AFTER_H, help="With --missed: age that is too old.")
@lang
@click.pass_obj
def notify_command(
    found: FoundSettings,
    /,
    runs: Path,
    dry_run: bool,
    save: Path | None,
    test: bool,
    missed: bool,
    hours: int,
    lang: str,
) -> None:
    """Tell people what is new in the latest run.

    Who they are stands in [people] of tutofrais.toml. “tutofrais run --notify” does the same at its end; this tells
    those whom it could not reach. What was told is not told again.
    """
    words = Translator(lang)
    if not found.settings.people:
        click.echo(words.gettext("Nobody is told: tutofrais.toml has no [people]."), err=True)
        return
    shown = _shown(found, runs, dry_run=dry_run, save=save)
    notifier = shown or open_notifier(found, runs, os.environ)
    for problem in notifier.problems.values():
        print_error(problem, words)
    if test:
        notifier.test()
        for one in notifier.recipients if shown is None else ():
            click.echo(words.gettext("{name}: a test was sent.", name=one.name))
    elif missed:
        _tell_of_missed(notifier, runs, timedelta(hours=hours))
    else:
        folder = find_run(runs, LATEST)
        record = read_record(folder)
        for name in unknown_owners(record.tutorials, found.settings.people):
            click.secho(words.gettext("“{name}”, an owner, is not in [people].", name=name), fg="yellow", err=True)
        news = notifier.tell_of_run(record, folder)
        if not news:
            click.echo(words.gettext("Nothing new: there is nobody to tell."))
        for each in news if shown is None else ():
            click.echo(_told(each, words))


def _told(news: News, words: Translator) -> str:
    """Say what a person was told."""
    pages = len(news.new) + (len(news.still_open) if news.is_reminder else 0)
    if not pages:
        return words.gettext("{name} was told.", name=news.recipient.name)
    return words.ngettext(
        "{name} was told of {n} page.", "{name} was told of {n} pages.", pages, name=news.recipient.name
    )


def _tell_of_missed(notifier: Notifier, runs: Path, age: timedelta) -> None:
    latest: RunRecord | None = None
    with suppress(RunUnreadable):
        latest = latest_record(runs)
    last = latest.finished if latest is not None else None
    if last is None or datetime.now(UTC) - last > age:
        notifier.tell_of_missed(last)


def _shown(found: FoundSettings, runs: Path, *, dry_run: bool, save: Path | None) -> Notifier | None:
    """Return a notifier that shows messages instead of sending them; None: they are to be sent."""
    if not dry_run and save is None:
        return None
    send = _printed if save is None else _saved(save, found.settings)
    return Notifier(
        settings=found.settings,
        origin=origin_of(found),
        recipients=recipients_of(found.settings),
        runs=runs,
        send=send,
        remembers=False,
    )


def _printed(one: Recipient, message: Message, report: Attachment) -> tuple[Phrase, ...]:  # noqa: ARG001 - as all senders
    click.secho(f"{one.name}: {message.subject}", bold=True)
    click.echo(message.text)
    return ()


def _saved(folder: Path, settings: Settings) -> Send:
    """Return a sender that writes each message into a folder, as mail."""

    def save(one: Recipient, message: Message, report: Attachment) -> tuple[Phrase, ...]:
        sender, to = settings.mail.comes_from or f"tutofrais@{NOBODY}", one.mail or f"{_plain(one.name)}@{NOBODY}"
        mail = mail_of(message, sender=sender, to=to, at=datetime.now(UTC), report=report.html)
        path = folder / f"{_plain(one.name)}.eml"
        write_atomically(path, mail.as_bytes(policy=SMTP))
        click.echo(path)
        return ()

    return save


def _plain(name: str) -> str:
    """Return a name as part of a file name and of an address."""
    return re.sub(r"[^A-Za-z0-9-]+", "-", name)
