"""Walls and outages: what keeps a page from being seen, told apart from the page itself."""

import re
from dataclasses import dataclass
from enum import StrEnum

from capture.elements import normalise
from capture.messages import Phrase, Wording


class ObstacleKind(StrEnum):
    """Why a page could not be seen."""

    WALL = "wall"
    """The site asks for a person, or refuses machines; never worked around."""
    ROBOTS = "robots"
    """The site's robots.txt asks machines to stay away; obeyed."""
    OUTAGE = "outage"
    """The site says that it is not available."""
    GONE = "gone"
    """The site says that there is no such page."""
    NETWORK = "network"
    """No answer: DNS, connection, TLS."""
    TIMEOUT = "timeout"
    BUSY = "busy"
    """The page kept Firefox busy for so long that it had to be ended."""
    BROWSER = "browser"
    """Firefox crashed or was closed."""
    ELSEWHERE = "elsewhere"
    """Another page than the one that was asked for."""
    LOST = "lost"
    """What the journey's next act needs is not on the page."""
    SCENARIO = "scenario"
    """The scenario itself has a mistake."""
    PRIVACY = "privacy"
    """The page, or what the scenario would do there, could touch a person's data: refused."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstacle:
    """What was met instead of a page."""

    kind: ObstacleKind
    evidence: str
    """What was seen: a status, a text, an error's name."""
    url: str
    message: Wording | None = None
    """The same, where it is words of ours."""

    @classmethod
    def of(cls, kind: ObstacleKind, evidence: str, url: str) -> "Obstacle":
        """One that is told in words of ours, or of others."""
        return cls(
            kind=kind,
            evidence=str(evidence),
            url=url,
            message=evidence.wording if isinstance(evidence, Phrase) else None,
        )


class Blocked(Exception):
    """A page cannot be seen; carries what was met."""

    def __init__(self, obstacle: Obstacle, retry_after_s: float | None = None) -> None:
        super().__init__(obstacle.evidence)
        self.obstacle = obstacle
        self.retry_after_s = retry_after_s
        """What the site asked to wait."""


WALL_STATUSES = frozenset((403, 429))
GONE_STATUSES = frozenset((404, 410))
FIRST_ERROR_STATUS = 400
WALL_TEXTS = (
    "Vérification de sécurité",
    "prouver que vous êtes un être humain",
    "Request Rejected",
    "Your support ID is",
)
OUTAGE_TEXTS = ("momentanément indisponible",)
OUTAGE_ADDRESSES = ("INDISPO_COMPTE_ASSURES", "error.jsp")
NETWORK_ERROR = re.compile(r"\b(?:NS_ERROR|SEC_ERROR|SSL_ERROR|MOZILLA_PKIX_ERROR)_\w+")
ENCRYPTION_ERRORS = ("SEC_ERROR", "SSL_ERROR", "MOZILLA_PKIX_ERROR")
"""Beginnings of what TLS and certificates have against a connection; no second try mends it."""
ERROR_PAGES = {
    "dnsNotFound": "NS_ERROR_UNKNOWN_HOST",
    "connectionFailure": "NS_ERROR_CONNECTION_REFUSED",
    "netReset": "NS_ERROR_NET_RESET",
    "netInterrupt": "NS_ERROR_NET_INTERRUPT",
    "netTimeout": "NS_ERROR_NET_TIMEOUT",
    "redirectLoop": "NS_ERROR_REDIRECT_LOOP",
    "nssFailure2": "SSL_ERROR_UNKNOWN",
    "nssBadCert": "SEC_ERROR_BAD_CERTIFICATE",
}
"""Names of Firefox's own error pages (about:neterror?e=…), and the errors behind them."""
MOST_CHARACTERS = 160
"""Characters of what somebody else's error says."""
TIMED_OUT = "no answer in time"
DOWNLOAD_STARTS = "Download is starting"
"""What Playwright says of an answer that Firefox does not show."""
BLANK = "blank page"
LITTLE_TEXT = 1500
"""Characters. A wall or an outage page says little else; a news item that mentions one says more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ObstacleTexts:
    """Texts by which a site's walls and outages are known, beyond those that are common."""

    walls: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()


def detect_obstacle(
    *, status: int | None, url: str, title: str, text: str, texts: ObstacleTexts = ObstacleTexts()
) -> Obstacle | None:
    """The wall or outage that a loaded page is, or None when it is a page.

    Args:
        status: HTTP status of the navigation, None when the page came from nowhere else.
        text: what the page shows.
        signs: further ones of this site.
    """
    if status is not None and status in WALL_STATUSES:
        return Obstacle(kind=ObstacleKind.WALL, evidence=f"HTTP {status}", url=url)
    shown = normalise(title if len(text) > LITTLE_TEXT else f"{title}\n{text}")
    for sign in (*WALL_TEXTS, *texts.walls):
        if normalise(sign) in shown:
            return Obstacle(kind=ObstacleKind.WALL, evidence=f"« {sign} »", url=url)
    if status is not None and status >= FIRST_ERROR_STATUS:
        kind = ObstacleKind.GONE if status in GONE_STATUSES else ObstacleKind.OUTAGE
        return Obstacle(kind=kind, evidence=f"HTTP {status}", url=url)
    for sign in (*OUTAGE_TEXTS, *texts.outages):
        if normalise(sign) in shown:
            return Obstacle(kind=ObstacleKind.OUTAGE, evidence=f"« {sign} »", url=url)
    for sign in OUTAGE_ADDRESSES:
        if sign in url:
            return Obstacle(kind=ObstacleKind.OUTAGE, evidence=sign, url=url)
    return None


def unexpected_page(*, url: str, language: str, expected: str, blank: bool) -> Obstacle | None:
    """Why a page that is no wall cannot be the one that was asked for.

    Args:
        language: what the page says of itself, if anything.
        expected: the tutorial's locale.
        blank: it shows neither text nor pictures.
    """
    if blank:
        return Obstacle(kind=ObstacleKind.OUTAGE, evidence=BLANK, url=url)
    said, wanted = (one.replace("_", "-").partition("-")[0].lower() for one in (language, expected))
    if said and said != wanted:
        return Obstacle(kind=ObstacleKind.ELSEWHERE, evidence=f"lang={language}", url=url)
    return None


def retry_after_s(header: str | None) -> float | None:
    """The seconds of a Retry-After header; a date is not waited for (RFC 9110, 10.2.3)."""
    return float(header) if header is not None and header.isdecimal() else None


def network_obstacle(message: str, url: str) -> Obstacle:
    """The obstacle behind an error of Playwright's navigation, or behind the name of a Firefox error page."""
    return known_obstacle(message, url) or Obstacle(kind=ObstacleKind.NETWORK, evidence=_first_line(message), url=url)


def known_obstacle(message: str, url: str) -> Obstacle | None:
    """The same; None when an error of Playwright's is none of the network's, nor of Firefox's."""
    message = ERROR_PAGES.get(message, message)
    if DOWNLOAD_STARTS in message:
        return Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("a file to be downloaded"), url)
    if "Timeout" in message or "NS_ERROR_NET_TIMEOUT" in message:
        return Obstacle(kind=ObstacleKind.TIMEOUT, evidence=TIMED_OUT, url=url)
    names = NETWORK_ERROR.findall(message)
    if names:
        sign = next((name for name in names if name.startswith(ENCRYPTION_ERRORS)), names[0])
        return Obstacle(kind=ObstacleKind.NETWORK, evidence=sign, url=url)
    if "closed" in message or "crash" in message.lower():
        return Obstacle(kind=ObstacleKind.BROWSER, evidence=_first_line(message), url=url)
    return None


def _first_line(message: str) -> str:
    return next((line for line in message.splitlines() if line.strip()), "?")[:MOST_CHARACTERS]
