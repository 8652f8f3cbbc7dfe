"""Dismiss overlays (consent banners, pop-ups) that a tutorial declares."""

from collections.abc import Iterable

from playwright.sync_api import Page

from capture.browser.current_page import CurrentPage
from capture.page_scripts import page_script


def dismiss_overlay(current: CurrentPage, selectors: Iterable[str]) -> bool:
    """Click the first visible element that these CSS selectors match; return whether there was one."""
    selectors = list(selectors)
    points = points_to_dismiss(current.page, selectors) if selectors else ()
    if not points:
        return False
    current.click_aside(points[0])
    return True


def points_to_dismiss(page: Page, selectors: Iterable[str]) -> tuple[tuple[float, float], ...]:
    """Return the centres of the visible elements that match, CSS px in the viewport.

    Elements are left out on which a click would submit a form with fields, change a field or open another page.
    """
    return tuple((x, y) for x, y in page.evaluate(page_script("browser/overlays.js"), list(selectors)))
