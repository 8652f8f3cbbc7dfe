"""Obstacles (walls, outages, network errors): detect them in what Firefox shows in place of a page."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module

from capture.elements import normalise
from capture.messages import Phrase, Wording
from capture.politeness.outage_notice import OwnContent, outage_notice
from capture.visible_text import visible


class ObstacleKind(StrEnum):
    """Reason for which a page could not be captured."""

    WALL = "wall"
    """The site demands a person, or refuses automated visits; never circumvented."""
    ROBOTS = "robots"
    """The site's robots.txt forbids automated visits; obeyed."""
    BUDGET = "budget"
    """The settings allow a run no more pages of the host."""
    OCCUPIED = "occupied"
    """Another run on this machine was visiting the host; it was waited for, and not disturbed."""
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
    CRASH = "crash"
    """Firefox stopped each time that it visited the page."""
    ELSEWHERE = "elsewhere"
    """Another page than the requested one."""
    OVERLAY = "overlay"
    """Something that the tutorial does not know lies over the page."""
    UNREAD = "unread"
    """A frame comes from a host that the scenario does not declare: what it shows could not be read."""
    UNREADABLE = "unreadable"
    """The page's scripts keep the page from being read."""
    STOPPED = "stopped"
    """A request of the page itself was blocked, so that it may show something else than to a reader."""
    LOADING = "loading"
    """The page was still loading when the wait for it ended."""
    NOWHERE = "nowhere"
    """A click changed nothing."""
    NO_EFFECT = "no_effect"
    """An act other than a click had no effect."""
    LOST = "lost"
    """The element that the journey's next act needs is not on the page."""
    REPLICA = "replica"
    """A file of the replica has a mistake."""
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


WALL_STATUSES = frozenset((401, 403, 407, 429, 999))
"""Statuses that ask for a person: authentication, refusal, too many requests; 999 is used against robots."""
WALLS_OF_ONE_PAGE = ("HTTP 401", "HTTP 407")
"""Evidence of walls that stand before some pages of a host, not before all."""
GONE_STATUSES = frozenset((404, 410))
FIRST_ERROR_STATUS = 400
WALL_TEXTS = (
    "Vérification de sécurité",
    "prouver que vous êtes un être humain",
    "Request Rejected",
    "Your support ID is",
)
_TITLES = {
    ObstacleKind.WALL: (
        r"just a moment|attention required|un instant|pardon our interruption|unusual traffic|captcha"
        r"|(?:are you|êtes-vous) (?:a |un )?(?:human|robot|humain)|access denied|accès (?:refusé|interdit)"
        r"|(?:checking|vérification de) (?:your|votre) (?:browser|navigateur)|security check"
    ),
    ObstacleKind.ELSEWHERE: r"session .*(?:expiré|expired|timed out)",
    ObstacleKind.GONE: (
        r"page (?:introuvable|non trouvée|inexistante|not found)|(?:n'existe|existe) (?:pas|plus)|contenu introuvable"
        r"|(?:erreur|error) 404|^404\b|^not found|could(?:n't| not) find (?:that|this|the) page|doesn't exist"
    ),
    ObstacleKind.OUTAGE: (
        r"(?:site|services?|page|application|plateforme|portail|serveur|server)\b.*"
        r"\b(?:indisponibles?|en maintenance|inaccessibles?|unavailable)"
        r"|maintenance (?:en cours|programmée|in progress)|(?:under|scheduled) maintenance|down for maintenance"
        r"|(?:internal server|service) error|(?:erreur|error) (?:5\d\d|interne|technique|inattendue)"
        r"|une erreur (?:est survenue|s'est produite)|(?:something|quelque chose) (?:went wrong|s'est mal passé)"
        r"|bad gateway|gateway time-?out|(?:temporarily|temporairement) (?:unavailable|indisponible)"
    ),
}
TITLE_SIGNS = {kind: re.compile(pattern) for kind, pattern in _TITLES.items()}
"""Titles and main headings of pages that stand in for another one, also with HTTP status 200; normalised."""
MAX_TITLE_CHARACTERS = 100
"""Characters up to which a title is searched; a question (“What to do if …?”) is none of these titles."""
CONSENT_WORDS = re.compile(
    r"cookie|consent|traceur|vie privée|privacy|partenaires|partners|newsletter|lettre d'information|votre avis|sondage"
    r"|enquête|survey|feedback|notifications",
    re.IGNORECASE,
)
"""Words of windows that sites lay over their pages: consent, surveys, newsletters."""
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
UNFINISHED = Phrase("its answer does not end")
DOWNLOAD_STARTS = "Download is starting"
"""Part of Playwright's message about a response that Firefox saves instead of showing it."""
PAGE_REPLACED = "Execution context was destroyed"
"""Part of Playwright's message when a page is replaced by another one while it is read."""
NO_PAGE_SHOWN = "Protocol error (browsingContext.navigate)"
"""Part of Playwright's message when Firefox stays on the page it shows, as for HTTP status 204."""
_TOLD_BY_PLAYWRIGHT = (
    (DOWNLOAD_STARTS, ObstacleKind.ELSEWHERE, Phrase("a file to be downloaded")),
    (PAGE_REPLACED, ObstacleKind.OUTAGE, Phrase("the page keeps reloading")),
    (NO_PAGE_SHOWN, ObstacleKind.GONE, Phrase("the site answers without a page")),
)
_READING = re.compile(r"\w+\.(?:evaluate|evaluate_handle): (?!.*\b(?:closed|crash))", re.DOTALL)
"""Playwright's messages about scripts that read the page; no scenario runs any."""
BLANK = "blank page"
MIN_TEXT_CHARACTERS = 40
"""Characters from which the language of a text is recognised."""
SHORT_PAGE_CHARACTERS = 1500
"""Characters up to which a page's text is searched; of longer ones, such as news of an outage, only the title is."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ObstacleTexts:
    """Texts that identify walls and outages of one site, in addition to the common ones."""

    walls: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()


def detect_obstacle(
    *,
    status: int | None,
    url: str,
    title: str,
    text: str,
    heading: str = "",
    content: OwnContent | None = None,
    texts: ObstacleTexts = ObstacleTexts(),
) -> Obstacle | None:
    """Return the wall or outage shown in place of a page, by its status, texts and URL; None: it is a page.

    Args:
        status: HTTP status of the navigation; None: unknown.
        url: of the page, on the real site.
        title: title of the document.
        text: visible text of the page.
        heading: first visible heading of the page.
        content: what the page shows besides the header, menus and footer; None: unknown.
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
    return _obstacle_by_title(url, (title, heading)) or _obstacle_by_notice(url, (title, heading), content)


def _obstacle_by_title(url: str, titles: Iterable[str]) -> Obstacle | None:
    """Return the obstacle that the title or the main heading of a page tells of."""
    for title in titles:
        shown = normalise(title)
        if len(shown) > MAX_TITLE_CHARACTERS or "?" in shown:
            continue
        for kind, sign in TITLE_SIGNS.items():
            if sign.search(shown):
                return Obstacle(kind=kind, evidence=f"« {title.strip()} »", url=url)
    return None


def _obstacle_by_notice(url: str, titles: Iterable[str], content: OwnContent | None) -> Obstacle | None:
    """Return the outage that a page with little else on it tells of."""
    notice = None if content is None else outage_notice(content, titles)
    if notice is None:
        return None
    return Obstacle(kind=ObstacleKind.OUTAGE, evidence=f"« {notice[:MAX_EVIDENCE_CHARACTERS]} »", url=url)


def unexpected_page(*, url: str, language: str, expected: str, blank: bool, text: str = "") -> Obstacle | None:
    """Return an obstacle if a page is blank, or in another language than the tutorial; None otherwise.

    A page that declares another language than it is written in is no obstacle.

    Args:
        url: of the page, on the real site.
        language: language that the page declares (``lang``); empty: none.
        expected: the tutorial's locale.
        blank: no text, image or field is visible.
        text: visible text of the page.
    """
    if blank:
        return Obstacle(kind=ObstacleKind.OUTAGE, evidence=BLANK, url=url)
    declared, wanted = _language_in(language), _language_in(expected)
    if not declared or declared == wanted or _language_of(text) == wanted:
        return None
    return _in_another_language(declared, wanted, url)


def switched_language(*, url: str, text: str, approved: str, expected: str) -> Obstacle | None:
    """Return an obstacle if a page is written in another language than its approved one, whatever it declares.

    Args:
        url: of the page, on the real site.
        text: words of the page.
        approved: words of the approved page, in the language of the tutorial.
        expected: the tutorial's locale.
    """
    wanted = _language_in(expected)
    now = _language_of(text)
    if now is None or now == wanted or _language_of(approved) != wanted:
        return None
    return _in_another_language(now, wanted, url)


def _language_in(tag: str) -> str:
    """Return the language of a language tag or locale (ISO 639-1)."""
    return tag.replace("_", "-").partition("-")[0].lower()


def _in_another_language(language: str, expected: str, url: str) -> Obstacle:
    what = Phrase(
        "it is in the language “{language}”, the tutorial in “{expected}” (“locale” in the scenario)",
        language=language,
        expected=expected,
    )
    return Obstacle.of(ObstacleKind.ELSEWHERE, what, url)


def _language_of(text: str) -> str | None:
    """Return the language in which a text is written (ISO 639-1), None if it is too short to tell."""
    if len(text) < MIN_TEXT_CHARACTERS:
        return None
    langid = import_module("py3langid")  # its model takes 0.2 s to load, and is rarely needed
    language, _ = langid.classify(text)
    return str(language)


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
    if "Timeout" in message or "NS_ERROR_NET_TIMEOUT" in message:
        return Obstacle(kind=ObstacleKind.TIMEOUT, evidence=TIMED_OUT, url=url)
    names = NETWORK_ERROR.findall(message)
    if names:
        decisive = next((name for name in names if name.startswith(ENCRYPTION_ERRORS)), names[0])
        return Obstacle(kind=ObstacleKind.NETWORK, evidence=decisive, url=url)
    for part, kind, evidence in _TOLD_BY_PLAYWRIGHT:  # after the names of errors: such messages may hold both
        if part in message:
            return Obstacle.of(kind, evidence, url)
    if _READING.match(message):
        return Obstacle.of(ObstacleKind.UNREADABLE, Phrase("its scripts replace functions of JavaScript itself"), url)
    if "closed" in message or "crash" in message.lower():
        return Obstacle(kind=ObstacleKind.BROWSER, evidence=_first_line(message), url=url)
    return None


def _first_line(message: str) -> str:
    return visible(next((line for line in message.splitlines() if line.strip()), "?")[:MAX_EVIDENCE_CHARACTERS])
