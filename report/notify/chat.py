"""Chats, push services and others: a short message through Apprise."""

import io
import logging
import re
from contextlib import AbstractContextManager

import apprise

from report.notify.message import Message

LONGEST = 3500
"""Characters of the text: chats cut longer ones."""
_STATUS = re.compile(r"\berror=(\d{3})\b")
"""HTTP status in what Apprise writes into its log."""


def is_usable(url: str) -> bool:
    """Whether Apprise knows what to do with an address."""
    with _log():
        return apprise.Apprise().add(url)


def send(url: str, message: Message) -> str | None:
    """Send a message; return why it was refused, without the address (it holds secrets), None if it was not."""
    text = message.text if len(message.text) <= LONGEST else f"{message.text[: LONGEST - 1].rstrip()}…"
    with _log() as log:
        service = apprise.Apprise.instantiate(url)
        if service is not None and service.notify(
            body=text, title=message.subject, body_format=apprise.NotifyFormat.TEXT
        ):
            return None
        status = _STATUS.search(log.getvalue())
    name = str(service.service_name) if service is not None else "Apprise"
    return f"{name}, HTTP {status[1]}" if status else name


def _log() -> AbstractContextManager[io.StringIO]:
    """Return a context in which Apprise's messages go into a text instead of to the terminal: they name addresses."""
    capture: AbstractContextManager[io.StringIO] = apprise.LogCapture(level=logging.WARNING)  # type: ignore[no-untyped-call]
    return capture
