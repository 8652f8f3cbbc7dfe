"""One stream of requests a host: on this machine, who comes to a host that another run is visiting waits its turn."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

from capture.errors import CannotWrite


@contextmanager
def lock_hosts(hosts: Iterable[str], on_wait: Callable[[str], None]) -> Iterator[None]:
    """Have these hosts to oneself for as long as the context lasts; raises CannotWrite.

    Args:
        waiting: told of a host that somebody else is visiting, before it is waited for.
    """
    folder = Path(tempfile.gettempdir()) / f"tutofrais-{os.getuid()}"
    with ExitStack() as stack:
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            # All in one order: no two runs wait for each other.
            for host in sorted(hosts):
                file = stack.enter_context((folder / quote(host, safe="")).open("w"))
                _lock(file.fileno(), host, on_wait)
        except OSError as error:
            raise CannotWrite(folder, error.strerror or str(error)) from error
        yield


def _lock(file: int, host: str, on_wait: Callable[[str], None]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        on_wait(host)
        fcntl.flock(file, fcntl.LOCK_EX)
