"""Wait until the page stands still, and tell what it is."""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from playwright.sync_api import Error, Page
from playwright.sync_api import TimeoutError as OutOfTime

from capture.page_scripts import page_script

_POINTS_TO_DISMISS = """selectors => selectors.map(selector => {
  const node = document.querySelector(selector);
  if (node === null || !node.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return null;
  const { x, y, width, height } = node.getBoundingClientRect();
  const [left, top] = [x + width / 2, y + height / 2];
  const hit = document.elementFromPoint(left, top)?.closest("button, input, select, textarea, a, label, summary");
  const isField = (other) => other.matches("input:not([type=submit], [type=button], [type=image]), select, textarea");
  if (["submit", "image"].includes(hit?.type) && [...hit.form?.elements ?? []].some(isField)) return null;
  if (hit && (isField(hit) || hit.control)) return null;
  if (hit?.pathname && (hit.host !== location.host || hit.pathname !== location.pathname)) return null;
  return [left, top];
}).filter(Boolean)"""
LIMIT_MS = 8000
"""A page that never stands still is taken as it is after so long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageState:
    """A page that stands still, or was given up waiting for."""

    stable: bool
    title: str
    text: str
    language: str
    """What the page says of itself; empty when it says nothing."""
    blank: bool
    """It shows neither text, nor pictures, nor fields."""
    fonts: tuple[str, ...]
    """Families of the web fonts that are loaded."""
    unstable: tuple[tuple[float, float, float, float], ...]
    """Of a page that never stands still, what went on changing: x, y, width and height, CSS px of the document."""


def wait_until_stable(page: Page, *, quiet_ms: int, full_page: bool = False) -> PageState:
    """Wait until fonts and visible images are ready and nothing changes any more.

    Args:
        full_page: pictures count that are further down, too.
        quiet_ms: for how long nothing is added, removed, rewritten or laid out anew.
    """
    argument = {"quiet": quiet_ms, "limit": LIMIT_MS, "fullPage": full_page}
    deadline = time.monotonic() + LIMIT_MS / 1000
    while True:
        try:
            found = page.evaluate(page_script("browser/stability.js"), argument)
            break
        except Error as error:
            # A navigation that starts meanwhile takes the script away with its document.
            if page.is_closed() or time.monotonic() > deadline:
                raise
            if "context" not in str(error) and "navigat" not in str(error).lower():
                raise
            page.wait_for_load_state("load", timeout=LIMIT_MS)
    return PageState(
        stable=found["still"],
        title=found["title"],
        text=found["text"],
        language=found["language"],
        blank=found["blank"],
        fonts=tuple(sorted(found["fonts"])),
        unstable=tuple((x, y, width, height) for x, y, width, height in found["restless"]),
    )


def wait_until_idle(page: Page, *, quiet_ms: int) -> PageState:
    """The same, once nothing is asked of the network any more, or it has asked for long enough."""
    with suppress(OutOfTime):
        page.wait_for_load_state("networkidle", timeout=LIMIT_MS)
    return wait_until_stable(page, quiet_ms=quiet_ms)


def points_to_dismiss(page: Page, selectors: Iterable[str]) -> tuple[tuple[float, float], ...]:
    """Middles of what these CSS selectors show now, CSS px in the viewport; what would send a form is left alone."""
    return tuple((x, y) for x, y in page.evaluate(_POINTS_TO_DISMISS, list(selectors)))
