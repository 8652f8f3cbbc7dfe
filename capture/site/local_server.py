"""Servers that only this machine reaches, answering in a thread of their own."""

import socket
import threading
import time
from collections.abc import Callable
from socketserver import BaseServer
from types import TracebackType
from typing import NoReturn, Self

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from capture.errors import PortInUse

LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.02
"""How often a server, and who waits for its end, looks whether it is to stop."""


class LocalServer:
    """A server that answers inside its context."""

    def __init__(self, server: BaseServer, name: str) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _QuietHandler(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002 - werkzeug's name
        """What is asked of a server of ours is not news: nothing is printed."""


def wait_for_ctrl_c() -> NoReturn:
    """Wait until somebody types Ctrl-C; raises KeyboardInterrupt.

    A signal that comes in the moment before a wait does not end it: no wait is long.
    """
    while True:
        time.sleep(POLL_SECONDS)


def application_server(answer: Callable[[Request], Response], port: int) -> BaseWSGIServer:
    """A server that answers each request with a function; ``port`` 0: any free one. Raises PortInUse."""
    try:
        listening = socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise PortInUse(port) from error
    with listening:
        return make_server(
            LOOPBACK,
            port,
            Request.application(answer),
            threaded=True,
            request_handler=_QuietHandler,
            fd=listening.fileno(),
        )
