"""One request stream a host: runs on this machine that need the same host take turns."""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import quote

from capture.errors import HostBusy
from capture.storage import StillHeld, file_lock, holding, writing


@contextmanager
def lock_hosts(hosts: Iterable[str], on_wait: Callable[[str], None], *, wait_s: float | None = None) -> Iterator[None]:
    """Hold the locks of some hosts for the length of a context.

    The locks are files in the system's folder for temporary files, and end at the latest with the process.

    Args:
        hosts: names of the hosts; always locked in alphabetical order, so that two runs cannot wait for each other.
        on_wait: called with the name of each host that another run holds, once, before waiting for it.
        wait_s: longest wait for all of them, s; None: without an end.

    Raises:
        HostBusy: another run still holds one of them at the end of the longest wait.
        CannotWrite: a lock cannot be created.
    """
    ends = None if wait_s is None else time.monotonic() + wait_s
    folder = Path(tempfile.gettempdir()) / f"tutofrais-{os.getuid()}"
    with writing(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as locks:
        for host in sorted(hosts):
            left_s = None if ends is None else max(ends - time.monotonic(), 0)
            try:
                lock = file_lock(folder / quote(host, safe=""))
                locks.enter_context(holding(lock, partial(on_wait, host), wait_s=left_s))
            except StillHeld as held:
                raise HostBusy(host, round(wait_s or 0)) from held
        yield
