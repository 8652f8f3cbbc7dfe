"""Obstacles (walls, outages, network errors): detect them in what Firefox shows in place of a page."""

import re
from dataclasses import dataclass
from enum import StrEnum

from capture.elements import normalise
from capture.messages import Phrase, Wording


class ObstacleKind(StrEnum):
    """Reason for which a page could not be captured."""

    WALL = "wall"
    """The site demands a person, or refuses automated visits; never circumvented."""
    ROBOTS = "robots"
    """The site's robots.txt forbids automated visits; obeyed."""
    OUTAGE = "outage"
    """The site reports that it is not available."""
    GONE = "gone"
    """The site reports that the page does not exist."""
    NETWORK = "network"
    """No answer: DNS, connection, TLS."""
    TIMEOUT = "timeout"
    """No answer in time."""
    BUSY = "busy"
    """The page's scripts blocked Firefox until it was killed."""
    BROWSER = "browser"
    """Firefox crashed or was closed."""
    ELSEWHERE = "elsewhere"
    """Another page than the requested one."""
    LOST = "lost"
    """The element that the journey's next act needs is not on the page."""
    SCENARIO = "scenario"
    """The scenario itself has a mistake."""
    PRIVACY = "privacy"
    """Refused: the page, or an act of the scenario on it, could involve personal data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstacle:
    """Obstacle met instead of a page."""

    kind: ObstacleKind
    evidence: str
    """Observed sign of it: an HTTP status, a text of the page, the name of an error."""
    url: str
    message: Wording | None = None
    """Translatable form of ``evidence``; None: it is quoted from the site, Firefox or Playwright."""

    @classmethod
    def of(cls, kind: ObstacleKind, evidence: str, url: str) -> "Obstacle":
        """Create an obstacle; it is translatable if its evidence is a Phrase."""
        return cls(
            kind=kind,
            evidence=str(evidence),
            url=url,
            message=evidence.wording if isinstance(evidence, Phrase) else None,
        )


class Blocked(Exception):
    """A page cannot be captured, because of an obstacle."""

    def __init__(self, obstacle: Obstacle, retry_after_s: float | None = None) -> None:
        super().__init__(obstacle.evidence)
        self.obstacle = obstacle
        self.retry_after_s = retry_after_s
        """Wait that the site asks for (Retry-After), s."""


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
OUTAGE_URL_PARTS = ("INDISPO_COMPTE_ASSURES", "error.jsp")
NETWORK_ERROR = re.compile(r"\b(?:NS_ERROR|SEC_ERROR|SSL_ERROR|MOZILLA_PKIX_ERROR)_\w+")
ENCRYPTION_ERRORS = ("SEC_ERROR", "SSL_ERROR", "MOZILLA_PKIX_ERROR")
"""Prefixes of TLS and certificate errors, which a retry cannot change."""
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
"""Error by the name of Firefox's own error page (about:neterror?e=…)."""
MAX_EVIDENCE_CHARACTERS = 160
"""Characters after which an error message of Playwright is cut off."""
TIMED_OUT = "no answer in time"
DOWNLOAD_STARTS = "Download is starting"
"""Part of Playwright's message about a response that Firefox saves instead of showing it."""
BLANK = "blank page"
SHORT_PAGE_CHARACTERS = 1500
"""Characters up to which a page's text is searched; of longer ones, such as news of an outage, only the title is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ObstacleTexts:
    """Texts that identify walls and outages of one site, in addition to the common ones."""

    walls: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()


def detect_obstacle(
    *, status: int | None, url: str, title: str, text: str, texts: ObstacleTexts = ObstacleTexts()
) -> Obstacle | None:
    """Return the wall or outage shown in place of a page, by its status, texts and URL; None: it is a page.

    Args:
        status: HTTP status of the navigation; None: unknown.
        url: of the page, on the real site.
        title: title of the document.
        text: visible text of the page.
        texts: texts that identify walls and outages of this site.
    """
    if status is not None and status in WALL_STATUSES:
        return Obstacle(kind=ObstacleKind.WALL, evidence=f"HTTP {status}", url=url)
    shown = normalise(title if len(text) > SHORT_PAGE_CHARACTERS else f"{title}\n{text}")
    for wall_text in (*WALL_TEXTS, *texts.walls):
        if normalise(wall_text) in shown:
            return Obstacle(kind=ObstacleKind.WALL, evidence=f"« {wall_text} »", url=url)
    if status is not None and status >= FIRST_ERROR_STATUS:
        kind = ObstacleKind.GONE if status in GONE_STATUSES else ObstacleKind.OUTAGE
        return Obstacle(kind=kind, evidence=f"HTTP {status}", url=url)
    for outage_text in (*OUTAGE_TEXTS, *texts.outages):
        if normalise(outage_text) in shown:
            return Obstacle(kind=ObstacleKind.OUTAGE, evidence=f"« {outage_text} »", url=url)
    for url_part in OUTAGE_URL_PARTS:
        if url_part in url:
            return Obstacle(kind=ObstacleKind.OUTAGE, evidence=url_part, url=url)
    return None


def unexpected_page(*, url: str, language: str, expected: str, blank: bool) -> Obstacle | None:
    """Return an obstacle if a page is blank, or declares another language than the tutorial's; None otherwise.

    Args:
        url: of the page, on the real site.
        language: language that the page declares (``lang``); empty: none.
        expected: the tutorial's locale.
        blank: no text, image or field is visible.
    """
    if blank:
        return Obstacle(kind=ObstacleKind.OUTAGE, evidence=BLANK, url=url)
    declared, wanted = (tag.replace("_", "-").partition("-")[0].lower() for tag in (language, expected))
    if declared and declared != wanted:
        return Obstacle(kind=ObstacleKind.ELSEWHERE, evidence=f"lang={language}", url=url)
    return None


def retry_after_s(header: str | None) -> float | None:
    """Return the seconds in a Retry-After header (RFC 9110, 10.2.3); None for a date, which is ignored."""
    return float(header) if header is not None and header.isdecimal() else None


def network_obstacle(message: str, url: str) -> Obstacle:
    """Return the obstacle for a navigation that failed with Playwright's message, or on a Firefox error page."""
    return known_obstacle(message, url) or Obstacle(kind=ObstacleKind.NETWORK, evidence=_first_line(message), url=url)


def known_obstacle(message: str, url: str) -> Obstacle | None:
    """Return the obstacle behind a message of Playwright; None if neither the network nor Firefox is the cause.

    Args:
        message: of Playwright's error, or the name of a Firefox error page.
        url: of the page, on the real site.
    """
    message = ERROR_PAGES.get(message, message)
    if DOWNLOAD_STARTS in message:
        return Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("a file to be downloaded"), url)
    if "Timeout" in message or "NS_ERROR_NET_TIMEOUT" in message:
        return Obstacle(kind=ObstacleKind.TIMEOUT, evidence=TIMED_OUT, url=url)
    names = NETWORK_ERROR.findall(message)
    if names:
        decisive = next((name for name in names if name.startswith(ENCRYPTION_ERRORS)), names[0])
        return Obstacle(kind=ObstacleKind.NETWORK, evidence=decisive, url=url)
    if "closed" in message or "crash" in message.lower():
        return Obstacle(kind=ObstacleKind.BROWSER, evidence=_first_line(message), url=url)
    return None


def _first_line(message: str) -> str:
    return next((line for line in message.splitlines() if line.strip()), "?")[:MAX_EVIDENCE_CHARACTERS]
