"""A Dask cluster of processes on this machine, and sites whose server tells which visit asked for what."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, groupby
from pathlib import Path
from time import sleep

import psutil
from werkzeug.wrappers import Request, Response

from capture.site.local_server import LOOPBACK, LocalServer, application_server
from tests.support.commands import PROJECT

VISIT = "visit"
"""Cookie by which the server knows a visit again: each begins without one."""


@dataclass
class CountingSite:
    """Server of many hosts, each under ``.localhost``; it numbers the visits, and notes each page that they ask for."""

    delays: Mapping[str, float] = field(default_factory=dict)
    """Time after which a path is answered, s."""
    asked: list[tuple[str, int, str]] = field(default_factory=list)
    """Host, number of the visit, and path of each page, in the order in which they were asked for."""
    _numbers: "count[int]" = field(default_factory=count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, request: Request) -> Response:
        if not request.path.startswith("/p"):
            return Response(status=404)
        with self._lock:
            visit = int(request.cookies.get(VISIT) or next(self._numbers))
            self.asked.append((request.host.partition(":")[0], visit, request.path))
        sleep(self.delays.get(request.path, 0))
        title = f"Page {request.path.strip('/p')}"
        page = Response(f"<!doctype html><html lang=fr><title>{title}</title><h1>{title}</h1>", mimetype="text/html")
        page.set_cookie(VISIT, str(visit))
        return page

    def visits(self, host: str) -> list[int]:
        """Return the numbers of the visits to a host, one for each series of pages that the same visit asked for."""
        return [visit for visit, _ in groupby(visit for name, visit, _ in self.asked if name == host)]


@contextmanager
def served(site: CountingSite) -> Iterator[int]:
    """Serve sites; yield the port."""
    server = application_server(site.answer, 0)
    with LocalServer(server, "site"):
        yield server.port


@dataclass(frozen=True, kw_only=True)
class LocalCluster:
    """Scheduler and workers, each a process of its own."""

    address: str
    workers: tuple[subprocess.Popen[bytes], ...]

    def families(self) -> list[psutil.Process]:
        """Return the processes that the workers have started."""
        return [
            child
            for worker in self.workers
            if psutil.pid_exists(worker.pid)
            for child in psutil.Process(worker.pid).children(recursive=True)
        ]

    def kill_worker(self) -> None:
        """Kill the first worker, with all that it has started; nothing if it has ended."""
        killed = self.workers[0]
        if killed.poll() is None:
            family = psutil.Process(killed.pid).children(recursive=True)
            killed.kill()
            for process in family:
                process.kill()
            killed.wait()


def without_tutofrais(folder: Path) -> Path:
    """Write a folder from which a process imports nothing of this program; return it."""
    for package in ("capture", "report"):
        (folder / package).mkdir(parents=True)
        (folder / package / "__init__.py").touch()
    return folder


@contextmanager
def local_cluster(folder: Path, workers: int, *, code: Path = PROJECT) -> Iterator[LocalCluster]:
    """Start a scheduler and workers on this machine, and end them.

    The scheduler has no tutofrais, as that of an organisation may have none. Each worker has a folder of its own for
    temporary files, as on a machine of its own: locks of hosts are in there.

    Args:
        folder: an empty one, for the files of the processes.
        workers: number of workers.
        code: folder of the program that the workers execute.
    """
    with socket.create_server((LOOPBACK, 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://{LOOPBACK}:{port}"
    options = ("--nthreads", "1", "--no-nanny", "--no-dashboard")
    scheduler = _dask(
        folder / "scheduler",
        *("scheduler", "--host", LOOPBACK, "--port", str(port), "--no-dashboard"),
        code=without_tutofrais(folder / "nothing"),
    )
    started = [_dask(folder / f"worker{number}", "worker", address, *options, code=code) for number in range(workers)]
    try:
        yield LocalCluster(address=address, workers=tuple(started))
    finally:
        for process in (*started, scheduler):
            process.kill()  # a worker that loses its scheduler while it ends may wait for ever
            process.wait()


def _dask(folder: Path, *arguments: str, code: Path = PROJECT) -> "subprocess.Popen[bytes]":
    folder.mkdir()
    with (folder / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder), "PYTHONPATH": str(code)},
            stdout=log,
            stderr=log,
        )
