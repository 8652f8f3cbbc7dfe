"""Messages between a run and the processes that visit its streams: a request, and events as lines of JSON."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from report.run.progress import PageSeen

STREAMS = "streams"
"""Folder, in the folder of an unfinished run, of the records of its streams."""

PARENT_ENDED = 3
"""Exit code of a stream that ended because the process that started it has ended, or because its lease was over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamRequest:
    """What a process is to visit, and how."""

    number: int
    """Number of the stream, from 1."""
    scenarios: tuple[str, ...]
    """Files of its tutorials."""
    slugs: tuple[str, ...]
    """Its tutorials, in the order in which they are visited."""
    site: str
    screenshots: str
    runs: str
    folder: str
    """Folder of the unfinished run."""
    run_id: str
    started: datetime
    lang: str
    pause_s: float
    host_pauses_s: Mapping[str, float]
    most_pages: Mapping[str, int]
    patience_s: float
    wait_s: float | None
    quiet_ms: int
    identify: bool
    quiet: bool = False
    """Do not tell when it waits."""
    lease_until: float | None = None
    """Time of ``lease_clock`` until which it may visit, unless its standard input extends it; None: no limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamEvent:
    """What a process tells."""

    told: str = ""
    """A line for the person."""
    seen: PageSeen | None = None
    """A page that was visited."""
    problem: str = ""
    """Why it cannot go on."""
