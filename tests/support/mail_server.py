"""A real SMTP server with TLS, and a real HTTP end point, on this machine."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword

HOST = "127.0.0.1"


@dataclass(kw_only=True)
class Mailbox:
    """What a mail server has received; it accepts one user and password."""

    user: str = "tutofrais"
    password: str = ""
    refused: str = ""
    """Address whose mail it refuses."""
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if address == self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.recipients += envelope.rcpt_tos
        return "250 OK"

    def authenticate(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        is_right = (data.login, data.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=is_right, handled=False)


@contextmanager
def mail_server(mailbox: Mailbox, folder: Path, *, security: str) -> Iterator[Path]:
    """Serve mail on a free port until the context ends; yield the file of the certificate authority.

    Args:
        mailbox: receives the mails, and learns the port.
        folder: folder for the certificate.
        security: “tls”, “starttls” or “none”.
    """
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(HOST).configure_cert(context)
    trusted = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))
    controller = Controller(
        mailbox,
        hostname=HOST,
        port=_free_port(),
        ssl_context=context if security == "tls" else None,
        tls_context=context if security == "starttls" else None,
        require_starttls=security == "starttls",
        authenticator=mailbox.authenticate if security != "none" else None,
        auth_required=security == "starttls",
        auth_require_tls=security != "tls",
        ready_timeout=60,
    )
    controller.start()
    try:
        mailbox.port = controller.port
        yield trusted
    finally:
        controller.stop()


@dataclass(kw_only=True)
class EndPoint:
    """What an HTTP end point has received."""

    status: int = 200
    url: str = ""
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    """Method, path and body of each request."""


@contextmanager
def end_point(received: EndPoint) -> Iterator[None]:
    """Serve HTTP on a free port until the context ends."""

    class Handler(BaseHTTPRequestHandler):
        def _receive(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            received.requests.append((self.command, self.path, body))
            self.send_response(received.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = _receive  # noqa: N815 - the names of http.server

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((HOST, 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    received.url = f"{HOST}:{server.server_port}"
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def _free_port() -> int:
    with ThreadingHTTPServer((HOST, 0), BaseHTTPRequestHandler) as server:
        return server.server_port
