"""How a visitor behaves: says who it is, obeys robots.txt, pauses between pages, and is patient with outages."""

import platform
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from protego import Protego

from capture.politeness.obstacles import ENCRYPTION_ERRORS, Obstacle, ObstacleKind

AGENT = "tutofrais"
ROBOTS = "/robots.txt"
JITTER = 0.5
"""Share of a pause by which it may be longer or shorter: requests by the clock are a burden of their own."""
FIRST_RETRY_S = 2
QUIET_MS = 50
"""Three frames: enough on this machine, where nothing comes late."""
RETRIED = frozenset((ObstacleKind.OUTAGE, ObstacleKind.TIMEOUT, ObstacleKind.NETWORK))
"""Obstacles that may be gone a little later. A wall is a refusal: it is never tried again."""
FINAL_EVIDENCE = ("NS_ERROR_UNKNOWN_HOST", *ENCRYPTION_ERRORS)
REFUSED_FOR_GOOD = re.compile(r"HTTP 4(?!08|25)\d\d")
"""What the site will answer again, unlike 408 (too slow) and 425 (too early), RFC 9110 and 8470."""
FIRST_SERVER_ERROR = 500

_SYSTEMS = {"Darwin": "Macintosh; Intel Mac OS X 10.15", "Linux": f"X11; Linux {platform.machine()}"}

OnRetry = Callable[[Obstacle, float], None]
OnWall = Callable[[Obstacle], None]
FetchRobots = Callable[[str], tuple[int, str]]


def _ignore_retry(obstacle: Obstacle, seconds: float) -> None:
    """Nobody is told of a wait."""


def _ignore_host(host: str) -> None:
    """No one is told of a host."""


@dataclass(kw_only=True)
class PolitenessPolicy:
    """How a run behaves towards a site; what it has left of its patience."""

    pause_s: float = 0
    """Between two pages of one host, on average."""
    patience_s: float = 0
    """How long to wait in all for outages to end."""
    quiet_ms: int = QUIET_MS
    """A page on which nothing has changed for so long stands still."""
    identify: bool = True
    """Firefox says that tutofrais drives it."""
    on_retry: OnRetry = _ignore_retry
    """Told of an outage, and for how many seconds it is waited for."""
    on_host_wait: Callable[[str], None] = _ignore_host
    """Told of a host that another run on this machine is visiting: it is waited for."""
    on_wall: OnWall | None = None
    """Asks a person to answer a wall in the Firefox window; None: nobody is there."""
    _visited: dict[str, float] = field(default_factory=dict)
    _robots: dict[str, Protego] = field(default_factory=dict)

    def user_agent(self, firefox: str, version: str) -> str | None:
        """What Firefox calls itself; None: as it always does.

        Its own words: https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/User-Agent/Firefox
        """
        if not self.identify or platform.system() not in _SYSTEMS:
            return None
        major = firefox.partition(".")[0]
        own = f"Mozilla/5.0 ({_SYSTEMS[platform.system()]}; rv:{major}.0) Gecko/20100101 Firefox/{major}.0"
        return f"{own} {AGENT}/{version}"

    def pause_before(self, url: str) -> float:
        """Seconds to wait before a page of this host is asked for; notes that it will be."""
        host, now = urlsplit(url).hostname or "", time.monotonic()
        pause = self.pause_s * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
        due = self._visited.get(host, now - pause) + pause
        self._visited[host] = max(due, now)
        return max(due - now, 0)

    def retry_after(self, obstacle: Obstacle, attempt: int, asked_s: float | None) -> float | None:
        """Seconds after which to try again what met this obstacle; None: not again.

        Args:
            attempt: 0 after the first try.
            asked_s: what the site asked for (Retry-After).
        """
        if obstacle.kind not in RETRIED or obstacle.evidence.startswith(FINAL_EVIDENCE):
            return None
        if REFUSED_FOR_GOOD.fullmatch(obstacle.evidence):
            return None
        seconds = max(float(FIRST_RETRY_S * 2**attempt), asked_s or 0)
        if seconds > self.patience_s:
            return None
        self.patience_s -= seconds
        self.on_retry(obstacle, seconds)
        return seconds

    def robots_refusal(self, url: str, read: FetchRobots) -> Obstacle | None:
        """What a host's robots.txt has against a visit, read once (RFC 9309).

        Args:
            read: gives the status and the text of a robots.txt, by its address on the real site.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if host not in self._robots:
            status, text = read(f"{parts.scheme}://{host}{ROBOTS}")
            if status >= FIRST_SERVER_ERROR:
                return Obstacle(kind=ObstacleKind.OUTAGE, evidence=f"robots.txt: HTTP {status}", url=url)
            self._robots[host] = Protego.parse(text)
        if self._robots[host].can_fetch(url, AGENT):
            return None
        return Obstacle(kind=ObstacleKind.ROBOTS, evidence="robots.txt", url=url)
