"""Chats, push services and others: a short message through Apprise."""

import io
import logging
import re
from contextlib import AbstractContextManager

import apprise

from capture.messages import Phrase
from report.notify.message import Message

LONGEST = 3500
"""Characters of the text: chats cut longer ones."""
_STATUS = re.compile(r"\berror=(\d{3})\b")
"""HTTP status in what Apprise writes into its log."""
_NO_CONNECTION = "Connection error"
"""Part of what Apprise writes into its log when there is no connection."""


def is_usable(url: str) -> bool:
    """Whether Apprise knows what to do with an address."""
    with _log():
        return apprise.Apprise().add(url)


def send(url: str, message: Message) -> Phrase | None:
    """Send a message; return why it was refused, without the address (it holds secrets), None if it was not."""
    text = message.text if len(message.text) <= LONGEST else f"{message.text[: LONGEST - 1].rstrip()}…"
    with _log() as log:
        service = apprise.Apprise.instantiate(url)
        kind = apprise.NotifyType.FAILURE if message.is_alarm else apprise.NotifyType.INFO
        if service is not None and service.notify(
            body=text, title=message.subject, body_format=apprise.NotifyFormat.TEXT, notify_type=kind
        ):
            return None
        said = log.getvalue()
    name = str(service.service_name) if service is not None else "Apprise"
    status = _STATUS.search(said)
    if status:
        return Phrase("{service} answers HTTP {status}", service=name, status=status[1])
    if _NO_CONNECTION in said:
        return Phrase("{service} cannot be reached", service=name)
    return Phrase("{service} does not take the message", service=name)


def _log() -> AbstractContextManager[io.StringIO]:
    """Return a context in which Apprise's messages go into a text instead of to the terminal: they name addresses."""
    capture: AbstractContextManager[io.StringIO] = apprise.LogCapture(level=logging.WARNING)  # type: ignore[no-untyped-call]
    return capture
