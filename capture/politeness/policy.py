"""Behaviour towards a site: identification, pauses between pages, retries after outages."""

import platform
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from capture.messages import Phrase
from capture.politeness.host_lock import lock_hosts
from capture.politeness.obstacles import ENCRYPTION_ERRORS, Obstacle, ObstacleKind
from capture.politeness.robots import AGENT, RobotsCache

JITTER = 0.5
"""Fraction by which a pause may be shorter or longer, so that requests do not arrive at regular intervals."""
FIRST_RETRY_S = 2
QUIET_MS = 50
"""Three frames: enough for a replica on this machine, where no content comes late."""
RETRIED = frozenset((ObstacleKind.OUTAGE, ObstacleKind.TIMEOUT, ObstacleKind.NETWORK))
"""Obstacles that may be temporary. A wall is a refusal: it is never retried."""
FINAL_EVIDENCE = ("NS_ERROR_UNKNOWN_HOST", *ENCRYPTION_ERRORS)
"""Network errors that a retry cannot change."""
FINAL_STATUS = re.compile(r"HTTP 4(?!08|25)\d\d")
"""Client errors that a retry cannot change: all but 408 (too slow, RFC 9110) and 425 (too early, RFC 8470)."""

_SYSTEMS = {"Darwin": "Macintosh; Intel Mac OS X 10.15", "Linux": f"X11; Linux {platform.machine()}"}

OnRetry = Callable[[Obstacle, float], None]
OnWall = Callable[[Obstacle], None]


def _ignore_retry(obstacle: Obstacle, seconds: float) -> None:
    """Do nothing: the default of ``on_retry``."""


def _ignore_host(host: str) -> None:
    """Do nothing: the default of ``on_host_wait``."""


class RetryBudget:
    """Seconds that the journeys of a run have spent waiting for outages to end."""

    def __init__(self) -> None:
        self.spent_s = 0.0

    def spend(self, seconds: float, *, limit_s: float) -> bool:
        """Add a wait, unless the total would exceed the limit; return whether it was added."""
        if self.spent_s + seconds > limit_s:
            return False
        self.spent_s += seconds
        return True


class HostWaits:
    """Seconds that a run has spent waiting for other runs to leave its hosts."""

    def __init__(self) -> None:
        self.spent_s = 0.0


class HostPacer:
    """Time of the last page request to each host, made or scheduled (monotonic clock, s)."""

    def __init__(self) -> None:
        self._requested: dict[str, float] = {}
        self._counts: Counter[str] = Counter()

    def requests(self, host: str) -> int:
        """Return the number of page requests that were scheduled for a host."""
        return self._counts[host]

    def delay(self, host: str, pause_s: float) -> float:
        """Schedule a page request to a host; return the seconds to wait before making it."""
        now = time.monotonic()
        due = max(self._requested.get(host, now - pause_s) + pause_s, now)
        self._requested[host] = due
        self._counts[host] += 1
        return due - now


@dataclass(frozen=True, kw_only=True)
class PolitenessPolicy:
    """Settings of a run's behaviour towards sites, with the state that all its journeys share."""

    pause_s: float = 0
    """Mean pause between two pages of one host."""
    host_pauses_s: Mapping[str, float] = field(default_factory=dict)
    """Mean pauses between two pages of hosts that have one of their own."""
    most_pages: Mapping[str, int] = field(default_factory=dict)
    """Page loads of a run after which a host is left alone."""
    patience_s: float = 0
    """Total time to wait for outages to end."""
    wait_s: float | None = None
    """Total time to wait for other runs on this machine that visit the same hosts; None: without an end."""
    quiet_ms: int = QUIET_MS
    """A page is stable once nothing has changed on it for this long."""
    identify: bool = True
    """Add tutofrais to Firefox's User-Agent header."""
    on_retry: OnRetry = _ignore_retry
    """Called before waiting for an outage to end, with the obstacle and the wait in s."""
    on_host_wait: Callable[[str], None] = _ignore_host
    """Called with a host that another run on this machine has locked, before waiting for it."""
    on_wall: OnWall | None = None
    """Asks a person to answer a wall in the Firefox window; None: the run is unattended."""
    retry_budget: RetryBudget = field(default_factory=RetryBudget, compare=False, repr=False)
    host_waits: HostWaits = field(default_factory=HostWaits, compare=False, repr=False)
    pacer: HostPacer = field(default_factory=HostPacer, compare=False, repr=False)
    robots: RobotsCache = field(default_factory=RobotsCache, compare=False, repr=False)

    @contextmanager
    def locking(self, hosts: Iterable[str]) -> Iterator[None]:
        """Hold the locks of some hosts against other runs on this machine, waiting for those that they visit.

        Raises:
            HostBusy: the time to wait for other runs is over.
            CannotWrite: a lock cannot be created.
        """
        began = time.monotonic()
        with ExitStack() as locks:
            left_s = None if self.wait_s is None else max(self.wait_s - self.host_waits.spent_s, 0)
            try:
                locks.enter_context(lock_hosts(hosts, self.on_host_wait, wait_s=left_s))
            finally:
                self.host_waits.spent_s += time.monotonic() - began
            yield

    def user_agent(self, firefox: str, version: str) -> str | None:
        """Return a User-Agent header that identifies tutofrais; None: keep Firefox's own.

        The beginning is Firefox's own, as described in
        https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/User-Agent/Firefox

        Args:
            firefox: version of Firefox.
            version: version of tutofrais.
        """
        if not self.identify or platform.system() not in _SYSTEMS:
            return None
        major = firefox.partition(".")[0]
        own = f"Mozilla/5.0 ({_SYSTEMS[platform.system()]}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0"
        return f"{own} {AGENT}/{version}"

    def refusal(self, url: str) -> Obstacle | None:
        """Return the obstacle of a page load for which a host's budget is used up; None: it may be made."""
        host = urlsplit(url).hostname or ""
        most = self.most_pages.get(host)
        if most is None or self.pacer.requests(host) < most:
            return None
        return Obstacle.of(ObstacleKind.BUDGET, Phrase("{n} pages of {host}", n=most, host=host), url)

    def pause_before(self, url: str) -> float:
        """Schedule a page request; return the seconds to wait before making it."""
        host = urlsplit(url).hostname or ""
        pause_s = self.host_pauses_s.get(host, self.pause_s) * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
        return self.pacer.delay(host, pause_s)

    def retry_after(self, obstacle: Obstacle, attempt: int, asked_s: float | None) -> float | None:
        """Return the seconds to wait before retrying a page load, and spend them; None: do not retry.

        Args:
            obstacle: met by the last attempt.
            attempt: 0 after the first try.
            asked_s: wait that the site asked for (Retry-After).
        """
        if obstacle.kind not in RETRIED or obstacle.evidence.startswith(FINAL_EVIDENCE):
            return None
        if FINAL_STATUS.fullmatch(obstacle.evidence):
            return None
        seconds = max(float(FIRST_RETRY_S * 2**attempt), asked_s or 0)
        if not self.retry_budget.spend(seconds, limit_s=self.patience_s):
            return None
        self.on_retry(obstacle, seconds)
        return seconds
