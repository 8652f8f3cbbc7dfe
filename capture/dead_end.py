"""Where connections to undeclared hosts end: a proxy that refuses all, and remembers whom it was asked for.

The gate decides on what a page asks for; what it is not told of (the next hop of a redirect, a WebSocket, a worker's
request) comes here, for Firefox is told to reach declared hosts alone by itself. SOCKS 5, RFC 1928.
"""

import socketserver
from collections.abc import Callable

from capture.loopback import LOOPBACK, Served

VERSION = 5
NO_AUTHENTICATION = 0
CONNECT = 1
BY_ADDRESS = {1: 4, 4: 16}
"""Bytes of an address, by its type."""
BY_NAME = 3
NOT_ALLOWED = 2

Told = Callable[[str], None]


class _Refusal(socketserver.StreamRequestHandler):
    """Hear whom a connection is for, and refuse it."""

    server: "_Server"
    timeout = 5

    def handle(self) -> None:
        try:
            _, methods = self.rfile.read(2)
            self.rfile.read(methods)
            self.wfile.write(bytes((VERSION, NO_AUTHENTICATION)))
            _, _, _, kind = self.rfile.read(4)
            length = self.rfile.read(1)[0] if kind == BY_NAME else BY_ADDRESS[kind]
            name = self.rfile.read(length)
            self.rfile.read(2)
            self.server.told(name.decode("ascii", "replace") if kind == BY_NAME else ".".join(map(str, name)))
            self.wfile.write(bytes((VERSION, NOT_ALLOWED, 0, 1)) + bytes(6))
        except (OSError, ValueError, KeyError, IndexError):
            # It spoke something else, or left: it goes nowhere either.
            return


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, told: Told) -> None:
        super().__init__((LOOPBACK, 0), _Refusal)
        self.told = told


class DeadEnd(Served):
    """Listens on loopback; a context manager."""

    def __init__(self, told: Told) -> None:
        """Listen.

        Args:
            told: called with the name of each host that was asked for, from other threads.
        """
        self._listening = _Server(told)
        super().__init__(self._listening, "dead end")

    @property
    def address(self) -> str:
        """Where it listens, as proxies are named."""
        return f"socks5://{LOOPBACK}:{self._listening.server_address[1]}"
