"""The proxy, with SOCKS 5 requests over real sockets."""

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit

import pytest

from capture.privacy.proxy import GRANTED, NOT_ALLOWED, REFUSED, UNREACHABLE, SocksProxy
from capture.site.local_server import LOOPBACK

KNOWN = {"www.exemple.test": LOOPBACK, "absent.test": "absent.invalid"}
WAIT_S = 10


@contextmanager
def echoing() -> Iterator[int]:
    """Start a server that echoes data in upper case, or resets the connection on “reset”; yield its port."""

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                while heard := connection.recv(1000):
                    if heard == b"reset":
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                        break
                    connection.sendall(heard.upper())

    with socket.create_server((LOOPBACK, 0)) as server:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(WAIT_S)


@contextmanager
def asked(relay: SocksProxy, name: str, port: int) -> Iterator[tuple[int, socket.socket]]:
    """Request a host from a proxy; yield the code of its reply and the connection."""
    place = urlsplit(relay.address)
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=WAIT_S) as connection:
        connection.sendall(bytes((5, 1, 0)))
        assert connection.recv(2) == bytes((5, 0))
        host = name.encode()
        connection.sendall(bytes((5, 1, 0, 3, len(host))) + host + port.to_bytes(2))
        yield connection.recv(10)[1], connection


@pytest.fixture
def refused() -> list[str]:
    return []


@pytest.fixture
def relay(refused: list[str]) -> Iterator[SocksProxy]:
    with SocksProxy(lambda name, _: KNOWN.get(name), refused.append) as listening:
        yield listening


def test_it_leads_to_declared_hosts(relay: SocksProxy, refused: list[str]) -> None:
    with echoing() as port, asked(relay, "www.exemple.test", port) as (answer, connection):
        assert answer == GRANTED
        for word in (b"bonjour", b"encore"):
            connection.sendall(word)
            assert connection.recv(100) == word.upper()
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b"", "the end is told on"
    assert refused == []


@pytest.mark.parametrize("name", ["pisteur.test", "localhost", "127.0.0.1", "exemple.test", "x.www.exemple.test", ""])
def test_it_refuses_all_others_and_says_whom(relay: SocksProxy, refused: list[str], name: str) -> None:
    with echoing() as port, asked(relay, name, port) as (answer, connection):
        assert answer == NOT_ALLOWED
        assert connection.recv(100) == b""
    assert refused == [name]


def test_the_reason_why_a_host_is_unreachable_is_reported(relay: SocksProxy) -> None:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        closed = free.getsockname()[1]
    with asked(relay, "www.exemple.test", closed) as (answer, _):
        assert answer == REFUSED
    with asked(relay, "absent.test", 80) as (answer, _):
        assert answer == UNREACHABLE


def test_a_connection_that_is_reset_is_reset(relay: SocksProxy) -> None:
    with echoing() as port, asked(relay, "www.exemple.test", port) as (_, connection):
        connection.sendall(b"reset")
        with pytest.raises(ConnectionResetError):
            connection.recv(100)


def test_nothing_leaves_once_it_is_severed(relay: SocksProxy) -> None:
    with echoing() as port, asked(relay, "www.exemple.test", port) as (_, connection):
        connection.sendall(b"bonjour")
        assert connection.recv(100) == b"BONJOUR"
        relay.close_connections()
        assert connection.recv(100) == b"", "what was open is cut"
        with asked(relay, "www.exemple.test", port) as (answer, _):
            assert answer == NOT_ALLOWED


def test_a_client_with_another_protocol_is_disconnected(relay: SocksProxy, refused: list[str]) -> None:
    place = urlsplit(relay.address)
    for said in (b"", b"GET / HTTP/1.1\r\n\r\n" + bytes(300), bytes((5, 1, 0, 5, 1, 0, 9))):
        with socket.create_connection((place.hostname or "", place.port or 0), timeout=WAIT_S) as connection:
            connection.sendall(said)
            with suppress(OSError):  # the proxy may have closed the connection already
                connection.shutdown(socket.SHUT_WR)
                assert len(connection.recv(100)) <= 2
    assert refused == []
