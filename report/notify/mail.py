"""Mail: a message as text and HTML with its pictures, sent by SMTP."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from capture.messages import Phrase
from report.notify.message import Message

TIMEOUT_S = 60
PORTS = {"tls": 465, "starttls": 587, "none": 25}
"""Usual port of each kind of encryption (RFC 8314)."""
REPORT_NAME = "tutofrais.html"


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """A server that sends mail, and how to sign in there."""

    host: str
    security: str
    port: int
    user: str
    password: str | None = field(repr=False)

    @property
    def used_port(self) -> int:
        return self.port or PORTS[self.security]


def mail_of(message: Message, *, sender: str, to: str, at: datetime, report: bytes = b"") -> EmailMessage:
    """Return a message as mail.

    Args:
        message: what it says.
        sender: address that it comes from.
        to: address of the person.
        at: when it is sent.
        report: a report as one HTML file, to be attached; empty: none is.
    """
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.subject.split())
    mail["From"] = f"tutofrais <{sender}>"
    mail["To"] = to
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic answers
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    html = mail.get_payload(1)
    assert isinstance(html, EmailMessage), "it was just added"
    for picture in message.pictures:
        html.add_related(picture.jpeg, "image", "jpeg", cid=f"<{picture.cid}>", disposition="inline")
    if report:
        mail.add_attachment(report, "text", "html", filename=REPORT_NAME)
    return mail


def refusal_of(error: smtplib.SMTPException | OSError) -> Phrase:
    """Say why a mail server cannot be used, or does not take a mail."""
    if isinstance(error, smtplib.SMTPResponseException):
        return Phrase("it answers {code} {said}", code=error.smtp_code, said=_decoded(error.smtp_error))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {_decoded(text)}" for code, text in error.recipients.values())
        return Phrase("it refuses the address: {said}", said=said)
    known = next((why for kind, why in _REFUSALS if isinstance(error, kind)), None)
    return known or Phrase("it says “{said}”", said=" ".join(str(error).split()) or type(error).__name__)


def _decoded(said: bytes | str) -> str:
    return " ".join((said.decode("utf-8", "replace") if isinstance(said, bytes) else said).split())


_REFUSALS: tuple[tuple[type[Exception], Phrase], ...] = (
    (socket.gaierror, Phrase("its name cannot be found; is this computer connected to the Internet?")),
    (ConnectionRefusedError, Phrase("it refuses the connection")),
    (TimeoutError, Phrase("it does not answer in time")),
    (ssl.SSLCertVerificationError, Phrase("its certificate is not valid")),
    (ssl.SSLError, Phrase("it does not begin with TLS on this port; “starttls” may be what it wants")),
    (smtplib.SMTPNotSupportedError, Phrase("it does not offer STARTTLS on this port; “tls” may be what it wants")),
    (smtplib.SMTPServerDisconnected, Phrase("it closed the connection")),
)
"""Why a mail server cannot be used, by error; the first that fits counts."""


@contextmanager
def connected(server: MailServer, *, timeout_s: float = TIMEOUT_S) -> Iterator[smtplib.SMTP]:
    """Connect to a server and sign in; each answer may take a time, s.

    Raises:
        smtplib.SMTPException, OSError: it refuses, cannot be reached, or its certificate is not valid.
    """
    port = server.used_port
    if server.security == "tls":
        context = ssl.create_default_context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, port, timeout=timeout_s, context=context)
    else:
        client = smtplib.SMTP(server.host, port, timeout=timeout_s)
    with client:
        if server.security == "starttls":
            client.starttls(context=ssl.create_default_context())
        if server.user and server.password is not None:
            client.login(server.user, server.password)
        yield client
