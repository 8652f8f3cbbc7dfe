"""Nagle's algorithm, switched off where Firefox answers its driver: with it, a page takes a quarter of a second longer.

Firefox answers in small messages, and holds each one back until the driver's system has acknowledged the one before,
40 ms later (RFC 896, RFC 1122 4.2.3.2). Firefox has no preference for it, but Linux lets a process set the options of
its child processes' sockets. Where that is not allowed, everything works, only slower.
"""

import ctypes
import os
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress

import psutil

PIDFD_GETFD = 438
"""Number of the system call pidfd_getfd(2) on Linux, on every architecture that Firefox is built for."""


def switch_off_nagle(processes: Iterable[psutil.Process]) -> int:
    """Let these processes send on their open TCP connections at once; return the number of connections."""
    if sys.platform != "linux":
        return 0
    return sum(_send_at_once(process) for process in processes)


def _send_at_once(process: psutil.Process) -> int:
    connections = 0
    with suppress(psutil.Error, OSError):
        for connection in process.net_connections("tcp4"):
            if connection.status == psutil.CONN_ESTABLISHED:
                with _socket_of(process.pid, connection.fd) as opened:
                    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    connections += 1
    return connections


def _socket_of(pid: int, number: int) -> socket.socket:
    """Return a socket of another process, by its file descriptor; raises OSError if that is not allowed."""
    process = os.pidfd_open(pid)
    try:
        copy = ctypes.CDLL(None, use_errno=True).syscall(PIDFD_GETFD, process, number, 0)
    finally:
        os.close(process)
    if copy < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return socket.socket(fileno=copy)
