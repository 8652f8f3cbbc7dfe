"""The only way out of the browser: a proxy that leads to declared hosts, refuses all others, and remembers them.

The gate decides on what a page asks for; what it is not told of (the next hop of a redirect, a WebSocket, a worker's
request, what a page sends while it is being closed) comes here all the same. SOCKS 5, RFC 1928.
"""

import select
import socket
import socketserver
import struct
import threading
from collections.abc import Callable
from types import TracebackType

from capture.site.local_server import LOOPBACK, LocalServer

VERSION = 5
NO_AUTHENTICATION = 0
BY_ADDRESS = {1: 4, 4: 16}
"""Bytes of an address, by its type."""
BY_NAME = 3
GRANTED = 0
NOT_ALLOWED = 2
UNREACHABLE = 4
REFUSED = 5
EXPIRED = 6
HANDSHAKE_S = 5
CONNECT_S = 5
"""For each of a host's addresses: one that does not answer must leave time for the next."""
PIECE_BYTES = 65_536
WAITING_CONNECTIONS = 64

Resolve = Callable[[str, int], str | None]
OnRefused = Callable[[str], None]


class _Connection(socketserver.BaseRequestHandler):
    """Hear whom a connection is for, and lead it there or refuse it."""

    request: socket.socket
    server: "_Server"

    def handle(self) -> None:
        try:
            self.request.settimeout(HANDSHAKE_S)
            name, port = self._requested()
            address = self.server.resolve(name, port)
            if address is None:
                self.server.on_refused(name)
                self._answer(NOT_ALLOWED)
                return
            target = self._connect(address, port)
            if target is not None:
                with target:
                    self._forward(target)
        except (OSError, ValueError, KeyError, IndexError):
            # It spoke something else, or left: it goes nowhere.
            return

    def _requested(self) -> tuple[str, int]:
        """The host and the port that the connection is for."""
        _, methods = self._read(2)
        self._read(methods)
        self.request.sendall(bytes((VERSION, NO_AUTHENTICATION)))
        _, _, _, kind = self._read(4)
        raw = self._read(self._read(1)[0] if kind == BY_NAME else BY_ADDRESS[kind])
        port = int.from_bytes(self._read(2))
        if kind == BY_NAME:
            return raw.decode("ascii", "replace"), port
        return socket.inet_ntop(socket.AF_INET if len(raw) == BY_ADDRESS[1] else socket.AF_INET6, raw), port

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            piece = self.request.recv(size - len(found))
            if not piece:
                raise ConnectionAbortedError
            found += piece
        return found

    def _answer(self, how: int) -> None:
        self.request.sendall(bytes((VERSION, how, 0, 1)) + bytes(6))

    def _connect(self, address: str, port: int) -> socket.socket | None:
        """A connection to a host; what kept it from being made is what the browser is told."""
        try:
            target = socket.create_connection((address, port), timeout=CONNECT_S)
        except socket.gaierror:
            self._answer(UNREACHABLE)
            return None
        except TimeoutError:
            self._answer(EXPIRED)
            return None
        except OSError:
            self._answer(REFUSED)
            return None
        self._answer(GRANTED)
        return target

    def _forward(self, target: socket.socket) -> None:
        """Carry what either side says to the other, until both have ended."""
        other = {self.request: target, target: self.request}
        for one in other:
            one.settimeout(None)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.register(other)
        try:
            speaking = set(other)
            while speaking:
                for one in select.select(speaking, (), ())[0]:
                    piece = one.recv(PIECE_BYTES)
                    if piece:
                        other[one].sendall(piece)
                    else:
                        speaking.discard(one)
                        other[one].shutdown(socket.SHUT_WR)
        except ConnectionResetError:
            # A close with nothing left to linger for is a reset (socket(7), SO_LINGER): told on as it came.
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
        finally:
            self.server.unregister(other)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = WAITING_CONNECTIONS

    def __init__(self, resolve: Resolve, on_refused: OnRefused) -> None:
        super().__init__((LOOPBACK, 0), _Connection)
        self.resolve = resolve
        self.on_refused = on_refused
        self._open: set[socket.socket] = set()
        self._one_at_a_time = threading.Lock()

    def register(self, ends: "dict[socket.socket, socket.socket]") -> None:
        """Know both ends of a connection while it is open."""
        with self._one_at_a_time:
            self._open.update(ends)

    def unregister(self, ends: "dict[socket.socket, socket.socket]") -> None:
        with self._one_at_a_time:
            self._open.difference_update(ends)

    def close_connections(self) -> None:
        """Lead nobody anywhere any more, and cut what is open."""
        self.resolve = lambda *_: None
        with self._one_at_a_time:
            for one in self._open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # it has ended by itself


class SocksProxy(LocalServer):
    """Listens on loopback; a context manager. Nothing leaves by it once it has been closed."""

    def __init__(self, resolve: Resolve, on_refused: OnRefused) -> None:
        """Listen.

        Args:
            way_to: gives the address of a host, by its name and port; None when nobody may go there.
            told: called with the name of each host that was refused.
            Both are called from other threads.
        """
        self._listening = _Server(resolve, on_refused)
        super().__init__(self._listening, "relay")

    @property
    def address(self) -> str:
        """Where it listens, as proxies are named."""
        return f"socks5://{LOOPBACK}:{self._listening.server_address[1]}"

    def close_connections(self) -> None:
        """Cut every connection, and let no other be made: what a page sends as it closes goes nowhere."""
        self._listening.close_connections()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_connections()
        super().__exit__(kind, error, trace)
