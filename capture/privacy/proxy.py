"""SOCKS 5 proxy (RFC 1928): connects the browser to declared hosts, and refuses and reports all others.

The request filter decides on each request that Playwright routes. Connections for the others (the next hop of a
redirect, a WebSocket, a worker's request, a request of a closing page) are decided on here.
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
ADDRESS_BYTES = {1: 4, 4: 16}
"""Length of an IP address, by its SOCKS address type (IPv4, IPv6)."""
HOST_NAME = 3
"""SOCKS address type of a host name."""
GRANTED = 0
NOT_ALLOWED = 2
UNREACHABLE = 4
REFUSED = 5
EXPIRED = 6
HANDSHAKE_S = 5
CONNECT_S = 5
"""Time-out for each IP address of a host; short, so that the next one can be tried."""
CHUNK_BYTES = 65_536
BACKLOG = 64

Resolve = Callable[[str, int], str | None]
OnRefused = Callable[[str], None]


class _Connection(socketserver.BaseRequestHandler):
    """Read the host that a connection asks for, and connect to it or refuse."""

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
            # The client spoke another protocol, or has disconnected.
            return

    def _requested(self) -> tuple[str, int]:
        """Read the request; return host and port."""
        _, methods = self._read(2)
        self._read(methods)
        self.request.sendall(bytes((VERSION, NO_AUTHENTICATION)))
        _, _, _, kind = self._read(4)
        raw = self._read(self._read(1)[0] if kind == HOST_NAME else ADDRESS_BYTES[kind])
        port = int.from_bytes(self._read(2))
        if kind == HOST_NAME:
            return raw.decode("ascii", "replace"), port
        return socket.inet_ntop(socket.AF_INET if len(raw) == ADDRESS_BYTES[1] else socket.AF_INET6, raw), port

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            chunk = self.request.recv(size - len(data))
            if not chunk:
                raise ConnectionAbortedError
            data += chunk
        return data

    def _answer(self, reply: int) -> None:
        self.request.sendall(bytes((VERSION, reply, 0, 1)) + bytes(6))

    def _connect(self, address: str, port: int) -> socket.socket | None:
        """Connect to a host and send the browser the result; None if the connection failed."""
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
        """Copy data in both directions, until both sides have closed."""
        other = {self.request: target, target: self.request}
        for one in other:
            one.settimeout(None)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.server.register(other)
        try:
            readable_ends = set(other)
            while readable_ends:
                for one in select.select(readable_ends, (), ())[0]:
                    chunk = one.recv(CHUNK_BYTES)
                    if chunk:
                        other[one].sendall(chunk)
                    else:
                        readable_ends.discard(one)
                        other[one].shutdown(socket.SHUT_WR)
        except ConnectionResetError:
            # Passes the reset on: with a linger time of 0, close() sends a reset (socket(7), SO_LINGER).
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.request.close()
        finally:
            self.server.unregister(other)


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = BACKLOG

    def __init__(self, resolve: Resolve, on_refused: OnRefused) -> None:
        super().__init__((LOOPBACK, 0), _Connection)
        self.resolve = resolve
        self.on_refused = on_refused
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()

    def register(self, ends: "dict[socket.socket, socket.socket]") -> None:
        """Record both sockets of an open connection."""
        with self._open_lock:
            self._open.update(ends)

    def unregister(self, ends: "dict[socket.socket, socket.socket]") -> None:
        with self._open_lock:
            self._open.difference_update(ends)

    def close_connections(self) -> None:
        """Close all connections and refuse new ones."""
        self.resolve = lambda *_: None
        with self._open_lock:
            for one in self._open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # already closed


class SocksProxy(LocalServer):
    """A proxy on the loopback interface; a context manager. After its end nothing passes through it."""

    def __init__(self, resolve: Resolve, on_refused: OnRefused) -> None:
        """Listen on a free port.

        Args:
            resolve: returns the address of a host, from its name and port; None if the host is refused.
            on_refused: called with the name of each refused host.
            Both are called from other threads.
        """
        self._socks_server = _Server(resolve, on_refused)
        super().__init__(self._socks_server, "proxy")

    @property
    def address(self) -> str:
        """URL of the proxy, as browsers expect it."""
        return f"socks5://{LOOPBACK}:{self._socks_server.server_address[1]}"

    def close_connections(self) -> None:
        """Close all connections and refuse new ones, so that a closing page can send nothing."""
        self._socks_server.close_connections()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close_connections()
        super().__exit__(kind, error, trace)
