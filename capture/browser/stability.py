"""Wait until a page is stable, and describe its state."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from playwright.sync_api import ElementHandle, Error, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from capture.messages import Phrase
from capture.page_scripts import page_script
from capture.politeness.outage_notice import OwnContent
from capture.visible_text import visible

LIMIT_MS = 8000
"""Time after which an unstable page is captured as it is, and one that shows nothing is said to be blank."""
LOADING_MS = 6000
"""Time for which a page that says that it is loading is waited for."""
LOAD_POLL_MS = 500
LONGEST_TITLE = 300
"""Characters of a title or heading that are kept."""
LONGEST_TEXT = 1_000_000
"""Characters of a page's text that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageState:
    """State of a page that is stable, or was still unstable after ``LIMIT_MS``."""

    stable: bool
    content_type: str
    """Media type of the document."""
    title: str
    text: str
    own: OwnContent
    """Content without the header, menus and footer."""
    language: str
    """Language that the page declares (``lang``); empty: none."""
    blank: bool
    """No text, image or field is visible, also after ``LIMIT_MS``."""
    heading: str
    """First visible heading; empty: none."""
    loading: str
    """Sign that the page was still loading after ``LOADING_MS``; empty: none."""
    fonts: tuple[str, ...]
    """Families of the web fonts that have loaded."""
    late: Phrase | None
    """Style sheet or font that has not arrived; None: nothing is missing."""
    unstable: tuple[tuple[float, float, float, float], ...]
    """Boxes that still changed on an unstable page: x, y, width and height, CSS px of the document."""


class StillNavigating(Exception):
    """The page has been replaced by another one again and again, for ``LIMIT_MS``."""


def wait_until_stable(page: Page, *, quiet_ms: int, full_page: bool = False, patient: bool = True) -> PageState:
    """Wait until fonts and visible images are loaded and the document has not changed for a while.

    Args:
        page: the page.
        quiet_ms: time without any mutation of the document or change of its size.
        full_page: wait for images below the viewport too.
        patient: wait for a page that says that it is loading or shows nothing.

    Raises:
        StillNavigating: the page keeps navigating.
    """
    loading_ms, blank_ms = (LOADING_MS, LIMIT_MS) if patient else (0, 0)
    arguments = {"quiet": quiet_ms, "limit": LIMIT_MS, "loading": loading_ms, "blank": blank_ms, "fullPage": full_page}
    deadline = time.monotonic() + LIMIT_MS / 1000
    while True:
        try:
            state = page.evaluate(page_script("browser/stability.js"), arguments)
            break
        except Error as error:
            # A navigation that starts meanwhile destroys the document with its scripts.
            if page.is_closed() or ("context" not in str(error) and "navigat" not in str(error).lower()):
                raise
            if time.monotonic() > deadline:
                raise StillNavigating from error
            # Firefox's own error pages never report that they have loaded.
            with suppress(PlaywrightTimeout):
                page.wait_for_load_state("load", timeout=LOAD_POLL_MS)
    return PageState(
        stable=state["stable"],
        content_type=state["contentType"],
        title=visible(state["title"][:LONGEST_TITLE]),
        text=visible(state["text"][:LONGEST_TEXT]),
        own=OwnContent(
            text=visible(state["own"]["text"][:LONGEST_TEXT]),
            has_fields=state["own"]["hasFields"],
        ),
        language=state["language"],
        blank=state["blank"],
        heading=visible(state["heading"][:LONGEST_TITLE]),
        loading=visible(state["loading"][:LONGEST_TITLE]),
        fonts=tuple(sorted(state["fonts"])),
        late=_late(state["late"]),
        unstable=tuple((x, y, width, height) for x, y, width, height in state["unstable"]),
    )


def _late(font: str | None) -> Phrase | None:
    """Say that a font has not arrived, or that a style sheet has not if the font is empty; None: nothing is missing."""
    if font is None:
        return None
    return (
        Phrase("the font “{name}” does not arrive", name=visible(font))
        if font
        else Phrase("a style sheet does not arrive")
    )


def wait_until_shown(nodes: Iterable[ElementHandle]) -> bool:
    """Wait until the page, or its main part, is shown if it is hidden as a whole around nodes, at most ``LIMIT_MS``.

    Returns:
        Whether a node was waited for and is shown.
    """
    until = time.monotonic() + LIMIT_MS / 1000
    script = page_script("browser/shown_late.js")
    return any(node.evaluate(script, max(0, until - time.monotonic()) * 1000) for node in nodes)


def wait_for_idle_network(page: Page) -> None:
    """Wait until the page makes no more requests, at most ``LIMIT_MS``."""
    with suppress(PlaywrightTimeout):
        page.wait_for_load_state("networkidle", timeout=LIMIT_MS)
