"""robots.txt rules of the hosts of a run, each file read once (RFC 9309)."""

from collections.abc import Callable
from urllib.parse import urlsplit

from protego import Protego

from capture.hosts import host_with_port
from capture.politeness.obstacles import Obstacle, ObstacleKind

AGENT = "tutofrais"
"""Product token in robots.txt and in the User-Agent header."""
ROBOTS = "/robots.txt"
FIRST_SERVER_ERROR = 500

FetchRobots = Callable[[str], tuple[int, str]]
"""Read a robots.txt by its URL on the real site; return the HTTP status and the text."""


class RobotsCache:
    """Parsed robots.txt files, by host name."""

    def __init__(self) -> None:
        self._rules: dict[str, Protego] = {}

    def refusal(self, url: str, fetch: FetchRobots) -> Obstacle | None:
        """Return an obstacle if the host's robots.txt forbids a visit of this URL, or fails with a server error."""
        host = host_with_port(url)
        if host not in self._rules:
            status, text = fetch(f"{urlsplit(url).scheme}://{host}{ROBOTS}")
            if status >= FIRST_SERVER_ERROR:
                return Obstacle(kind=ObstacleKind.OUTAGE, evidence=f"robots.txt: HTTP {status}", url=url)
            self._rules[host] = Protego.parse(text)
        if self._rules[host].can_fetch(url, AGENT):
            return None
        return Obstacle(kind=ObstacleKind.ROBOTS, evidence="robots.txt", url=url)
