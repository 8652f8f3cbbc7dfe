"""Nagle's algorithm is switched off in another process, as the driver's connection in Firefox's."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest

from capture.browser.nagle import switch_off_nagle

CHILD = """
import socket, sys
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
for _ in sys.stdin:
    print(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), flush=True)
"""


@pytest.fixture
def child() -> Iterator[subprocess.Popen[str]]:
    """Yield a process that has a connection, and says for each line it reads whether that sends at once."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        command = [sys.executable, "-c", CHILD, str(server.getsockname()[1])]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
            accepted, _ = server.accept()
            with accepted:
                yield process
                process.kill()


def sends_at_once(child: subprocess.Popen[str]) -> bool:
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write("\n")
    child.stdin.flush()
    return child.stdout.readline().strip() != "0"


def test_a_process_sends_at_once_where_linux_allows_it(child: subprocess.Popen[str]) -> None:
    assert not sends_at_once(child)
    allowed = switch_off_nagle([psutil.Process(child.pid)])
    assert sends_at_once(child) == bool(allowed), "what is returned is what was done"


def test_where_it_is_not_allowed_nothing_happens(child: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "pidfd_open", refuse, raising=False)
    assert switch_off_nagle([psutil.Process(child.pid)]) == 0
    assert not sends_at_once(child)


def test_a_process_that_has_ended_is_passed_over(child: subprocess.Popen[str]) -> None:
    process = psutil.Process(child.pid)
    child.kill()
    child.wait()
    assert switch_off_nagle([process]) == 0
