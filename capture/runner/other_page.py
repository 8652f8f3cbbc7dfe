"""Tell whether a page is another one than the page that was approved, by its address, heading and content."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from capture.capture import Sidecar
from capture.elements import FIELDS, Element, containers_of, normalise
from capture.scenario.healing import SIMILAR, similarity

KEPT_SHARE = 0.75
"""Fraction of a page's headings, texts, fields and buttons from which it is still that page; pages share some."""
FEWEST_PARTS = 3
"""Number of such parts below which a page is known by its heading alone."""
CONTENT_ROLES = FIELDS | {"heading", "text", "button"}
AROUND_CONTENT = frozenset(("banner", "navigation", "contentinfo"))
"""Roles of what all pages of a site share."""
_PASSWORD = re.compile(r"mot de passe|password|passwort|contraseña|wachtwoord", re.IGNORECASE)


def is_other_page(url: str, elements: Sequence[Element], approved: Sidecar) -> bool:
    """Return whether a page is another one than the approved one.

    It is if its heading is another, much of its content has not stayed, and it has another address or newly
    asks for a password.

    Args:
        url: of the page, on the real site.
        elements: of the page.
        approved: sidecar of the approved page.
    """
    is_elsewhere = address_of(url) != address_of(approved.url)
    if not is_elsewhere and not newly_asks_for_password(elements, approved):
        return False
    before, now = heading_of(approved.elements), heading_of(elements)
    if before is None or now is None or similarity(before, now) >= SIMILAR:
        return False
    parts = _content(approved.elements)
    return len(parts) < FEWEST_PARTS or len(parts & _content(elements)) < KEPT_SHARE * len(parts)


def newly_asks_for_password(elements: Sequence[Element], approved: Sidecar) -> bool:
    """Return whether a page has a field for a password, and the approved page had none."""
    return _asks_for_password(elements) and not _asks_for_password(approved.elements)


def address_of(url: str) -> tuple[str, str]:
    """Return host and path of a URL."""
    parts = urlsplit(url)
    return parts.netloc, parts.path.rstrip("/")


def heading_of(elements: Sequence[Element]) -> str | None:
    """Return the first heading of a page that is seen outside its header and menus, or else in them; None: none."""
    headings = [one for one in elements if one.role == "heading" and one.on_top and one.label]
    inside = [one for one in headings if not _is_around_content(one, elements)]
    return next((one.label for one in (*inside, *headings)), None)


def _content(elements: Sequence[Element]) -> set[tuple[str, str]]:
    return {
        (one.role, normalise(one.label))
        for one in elements
        if one.role in CONTENT_ROLES and one.visible and one.label and not _is_around_content(one, elements)
    }


def _is_around_content(element: Element, elements: Sequence[Element]) -> bool:
    return any(elements[index].role in AROUND_CONTENT for index in containers_of(element, elements))


def _asks_for_password(elements: Sequence[Element]) -> bool:
    return any(one.role == "textbox" and one.visible and _PASSWORD.search(one.label) for one in elements)
