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
from report.i18n.translator import gettext_noop
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


def refusal_of(error: smtplib.SMTPException | OSError, server: MailServer) -> Phrase:
    """Say why a mail could not be sent."""
    place = f"{server.host}:{server.used_port}"
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error.decode("utf-8", "replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        return Phrase("{place} answers {code} {said}", place=place, code=error.smtp_code, said=" ".join(said.split()))
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = "; ".join(f"{code} {text.decode('utf-8', 'replace')}" for code, text in error.recipients.values())
        return Phrase("{place} refuses the address: {said}", place=place, said=said)
    for kind, format_ in _REFUSALS.items():
        if isinstance(error, kind):
            return Phrase(format_, place=place, host=server.host, said=_said(error))
    return Phrase("{place}: {said}", place=place, said=_said(error))


def _said(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


_REFUSALS: dict[type[Exception], str] = {
    smtplib.SMTPNotSupportedError: gettext_noop('{place} offers no STARTTLS: security = "tls" is for port 465'),
    smtplib.SMTPServerDisconnected: gettext_noop("{place} ended the connection"),
    ssl.SSLCertVerificationError: gettext_noop("the certificate of {host} is not valid ({said})"),
    ssl.SSLError: gettext_noop('{place} does not begin with TLS: security = "starttls" is for port 587 ({said})'),
    TimeoutError: gettext_noop("{place} does not answer"),
    ConnectionRefusedError: gettext_noop("{place} refuses the connection: are [mail] server and port right?"),
    socket.gaierror: gettext_noop("the name {host} cannot be found: is [mail] server right?"),
}
"""Why there is no connection, by the error; the first that fits."""


@contextmanager
def connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Connect to a server and sign in.

    Raises:
        smtplib.SMTPException, OSError: it refuses, cannot be reached, or its certificate is not valid.
    """
    port = server.used_port
    if server.security == "tls":
        context = ssl.create_default_context()
        client: smtplib.SMTP = smtplib.SMTP_SSL(server.host, port, timeout=TIMEOUT_S, context=context)
    else:
        client = smtplib.SMTP(server.host, port, timeout=TIMEOUT_S)
    with client:
        if server.security == "starttls":
            client.starttls(context=ssl.create_default_context())
        if server.user and server.password is not None:
            client.login(server.user, server.password)
        yield client
