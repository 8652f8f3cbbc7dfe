"""One request stream a host: runs on this machine that need the same host take turns."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from capture.storage import file_lock, holding, writing


@contextmanager
def lock_hosts(hosts: Iterable[str], on_wait: Callable[[str], None]) -> Iterator[None]:
    """Hold the locks of some hosts for the length of a context; raises CannotWrite.

    The locks are files in the system's folder for temporary files, and end at the latest with the process.

    Args:
        hosts: names of the hosts; always locked in alphabetical order, so that two runs cannot wait for each other.
        on_wait: called with the name of each host that another run holds, once, before waiting for it.
    """
    folder = Path(tempfile.gettempdir()) / f"tutofrais-{os.getuid()}"
    with writing(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as locks:
        for host in sorted(hosts):
            locks.enter_context(holding(file_lock(folder / quote(host, safe="")), partial(on_wait, host)))
        yield
