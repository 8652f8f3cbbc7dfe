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
def turn_at(hosts: Iterable[str], waiting: Callable[[str], None]) -> Iterator[None]:
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
                _take(file.fileno(), host, waiting)
        except OSError as error:
            raise CannotWrite(folder, error.strerror or str(error)) from error
        yield


def _take(file: int, host: str, waiting: Callable[[str], None]) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        waiting(host)
        fcntl.flock(file, fcntl.LOCK_EX)
