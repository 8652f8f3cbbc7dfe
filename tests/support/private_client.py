"""Client of servers for one person: sends requests as their pages do, and as nobody should."""

import http.client
from urllib.parse import urlsplit

from report.review.private_server import PrivateServer

PATIENCE_S = 120
"""A server on a busy machine may start a process before it answers, s."""


def ask(
    server: PrivateServer, path: str = "", *, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Send a request to a server; in the names of headers, _ stands for -.

    Args:
        path: relative to the server's URL; absolute if it begins with /.
    """
    parts = urlsplit(server.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 0, timeout=PATIENCE_S)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path if path.startswith("/") else f"{parts.path}{path}", body, sent)
    answer = connection.getresponse()
    found = answer.status, answer.headers, answer.read()
    connection.close()
    return found


def origin(server: PrivateServer) -> str:
    parts = urlsplit(server.address)
    return f"{parts.scheme}://{parts.netloc}"
