"""Local servers: reachable from this machine only, each in its own thread."""

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
POLL_S = 0.02
"""Interval at which a server, or a wait for Ctrl-C, checks whether to stop."""


class LocalServer:
    """A server that runs within a context."""

    def __init__(self, server: BaseServer, name: str) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(POLL_S,), name=name, daemon=True)

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
        """Print nothing about requests."""


def wait_for_ctrl_c() -> NoReturn:
    """Wait for Ctrl-C; raises KeyboardInterrupt.

    Sleeps in short intervals, because a signal that arrives just before a sleep does not interrupt it.
    """
    while True:
        time.sleep(POLL_S)


def application_server(answer: Callable[[Request], Response], port: int) -> BaseWSGIServer:
    """Create a server that answers each request with a function; raises PortInUse.

    Args:
        answer: called in a thread for each request.
        port: port on the loopback interface; 0: any free one.
    """
    try:
        listener = socket.create_server((LOOPBACK, port))
    except OSError as error:
        raise PortInUse(port) from error
    with listener:
        return make_server(
            LOOPBACK,
            port,
            Request.application(answer),
            threaded=True,
            request_handler=_QuietHandler,
            fd=listener.fileno(),
        )
