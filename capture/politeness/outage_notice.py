"""Outage notices: what a site says, with HTTP status 200, in place of a page that it cannot show at the moment.

A notice says at least two of three things: that the service is not available, why (maintenance, an update, a
breakdown), and that the reader may come back. Little else stands beside it. A page that works and announces a coming
outage is none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from capture.elements import normalise

MAX_OTHER_CHARACTERS = 250
"""Characters beside its notice up to which a page is taken for the notice: headings, apologies, a link home."""
MAX_CHARACTERS = 1500
"""Characters of its own up to which a page may be a notice."""
MIN_SIGNS = 2
"""Signs that make a notice, of three: the state, its cause, the return."""

_SERVICE = (
    r"\b(?:(?:télé)?services?|sites?|pages?|app(?:lication|li)?s?|plateformes?|portails?|simulateurs?|serveurs?"
    r"|formulaires?|démarches?|procédures?|espaces?|boutiques?|systèmes?|outils?|accès"
    r"|websites?|platforms?|portals?|servers?|systems?|forms?|tools?|shops?|stores?|access)\b"
)
_WE = r"\b(?:nous|we)\b"
_WORKS = (
    r"(?:maintenance|mises? à (?:jour|niveau)|interventions? techniques?|travaux|améliorations?|migrations?|updates?"
    r"|entretien|upgrades?|improvements?)"
)
_UNDER_WORKS = rf"(?:en (?:cours d(?:e |'))?{_WORKS}|under(?:going)? (?:\w+ )?{_WORKS})"
_UNAVAILABLE = (
    r"(?:(?<!pas )(?<!plus )(?<!not )(?:indisponibles?|inaccessibles?|hors (?:service|ligne)|interrompue?s?"
    r"|suspendue?s?|désactivée?s?|unavailable|inaccessible|(?<!available )offline"
    r"|(?:out of service|interrupted|suspended)\b|down (?:for|at|while|due|until)"
    rf"|{_UNDER_WORKS})"
    r"|n'(?:est|étant) (?:pas|plus) \w* ?(?:disponible|accessible)|ne sont (?:pas|plus) \w* ?(?:disponible|accessible)"
    r"|ne (?:fonctionne(?:nt)?|marche(?:nt)?) (?:pas|plus)|(?:not|n't) (?:currently )?(?:available|accessible|working))"
)
_CLOSED = r"(?:(?<!pas )(?<!not )(?:fermée?s?|close?s?|closed)\b)"
_FOR_NOW = re.compile(
    r"\b(?:momentanément|temporairement|provisoirement|actuellement|pour le moment|pour l'instant|temporarily|currently"
    r"|briefly|at (?:the|this) moment|for now)\b"
)
_STATE = re.compile(
    rf"{_SERVICE}[^:;]{{0,80}}?\b{_UNAVAILABLE}|{_WE}.{{1,20}}\b{_UNAVAILABLE}"
    rf"|^(?:\w+ )?{_UNAVAILABLE}(?:$| (?:for|due|owing|because|while|until|at|pour|en|jusqu|le temps|suite)\b)"
)
_STATE_OF_CLOSED = re.compile(rf"{_SERVICE}[^:;]{{0,40}}?\b{_CLOSED}|^{_CLOSED}")
_CAUSE = re.compile(
    rf"\b(?:{_WORKS}|interventions?|évolu(?:tions?|er)|incidents?|pannes?|problèmes? techniques?|difficultés techniques"
    r"|raisons? techniques?|peau neuve|améliorons|being (?:updated|upgraded|improved)|updating|upgrading|improving"
    r"|working on (?:our|the) (?:web)?site|technical reasons?|(?:system|essential|technical|engineering) work|outage"
    r"|technical (?:problem|issue|difficult|fault)\w*|problems? with|making (?:\w+ )?(?:changes|improvements))\b"
)
_CONTEXT_OF_CAUSE = re.compile(rf"{_SERVICE}|{_WE}|\ben cours\b|\bin progress\b")
_RETURN = re.compile(
    r"\b(?:revenons (?!vers)|revenons$|revenez|revenir|de retour|(?:ré)?essaye[rz]|retente[rz]|ultérieurement|rouvr\w+"
    r"|réouverture|rétabl\w+|(?:de|à) nouveau (?:accessible|disponible|ouvert|en ligne)\w*|remise? en service"
    r"|gêne occasionnée|(?:be|right) back\b(?! (?:to|in touch))|back (?:soon|shortly|online|later)|try again"
    r"|check back|re-?opens?|able to use|use (?:the|this) service|inconvenience|restored?|your patience)"
)
_SOON = r"(?:sera|seront|serons|va être|vont être|will|is going to) (?:\w+ ){0,3}"
_ANNOUNCED = re.compile(
    rf"\b{_SOON}(?:{_UNAVAILABLE}|{_CLOSED}|down\b)|\b(?:est|sont) (?:prévue?s?|programmée?s?|planifiée?s?)\b"
    r"|\b(?:aura|auront) lieu\b|\bwill (?:take place|be carried out)\b|\b(?:is|are) (?:planned|scheduled)\b"
    r"|\b(?:prévue?s?|programmée?s?|planned|scheduled) (?:le|du|ce|for|on|from)\b"
)
_FINISHED = re.compile(
    r"\b(?:(?:est|sont) (?:désormais |maintenant )?"
    r"(?:terminé|achevé|rétabli|(?:de|à) nouveau (?:accessible|disponible|ouvert|en ligne))"
    r"|a été rétabli|(?:is|are) (?:now )?(?:complete|completed|over|finished|restored)\b|available again"
    r"|ha(?:s|ve) been (?:completed|restored))"
)
_END_OF_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnContent:
    """Content of a page without what all pages of a site share: its header, menus and footer."""

    text: str
    """Visible text."""
    has_fields: bool
    """Whether a reader can fill in something."""


def outage_notice(content: OwnContent, titles: Iterable[str] = ()) -> str | None:
    """Return the sentence by which a page says that it cannot be shown at the moment; None: it does not say so.

    Args:
        content: of the page.
        titles: title and main heading of the page.
    """
    if content.has_fields or len(content.text) > MAX_CHARACTERS:
        return None
    sentences = [sentence for text in (content.text, *titles) for sentence in _END_OF_SENTENCE.split(text.strip())]
    read = [(sentence.strip(), normalise(sentence).rstrip(".!… ")) for sentence in sentences]
    if any(_FINISHED.search(words) for _, words in read):
        return None
    now = [(sentence, words) for sentence, words in read if "?" not in words and not _ANNOUNCED.search(words)]
    signs = {sentence: found for sentence, words in now if (found := _signs(words))}
    said = frozenset().union(*signs.values())
    is_announcement = len(now) < len(read) and "state" not in said
    if len(said) < MIN_SIGNS or is_announcement or _length_beside(signs, content) > MAX_OTHER_CHARACTERS:
        return None
    return max(
        signs, key=lambda sentence: ("state" in signs[sentence], len(signs[sentence]), "cause" in signs[sentence])
    )


def _signs(sentence: str) -> frozenset[str]:
    """Return what a normalised sentence of a notice says: the state, its cause, the return."""
    unavailable, cause = _STATE.search(sentence), _CAUSE.search(sentence)
    closed = cause and _STATE_OF_CLOSED.search(sentence)  # what is closed without a cause has opening hours
    signs = {
        "state": unavailable or closed,
        "cause": cause and (unavailable or closed or _CONTEXT_OF_CAUSE.search(sentence)),
        "return": _RETURN.search(sentence) or (unavailable and _FOR_NOW.search(sentence)),
    }
    return frozenset(sign for sign, found in signs.items() if found)


def _length_beside(signs: Iterable[str], content: OwnContent) -> int:
    """Return the characters of a page's own text that are no part of its notice."""
    return len(content.text.strip()) - sum(len(sentence) for sentence in signs if sentence in content.text)
