"""Dismiss overlays (consent banners, pop-ups) that a tutorial declares."""

from collections.abc import Iterable
from contextlib import suppress

from playwright.sync_api import Error, Page

from capture.browser.current_page import CurrentPage
from capture.page_scripts import page_script


def dismiss_overlay(current: CurrentPage, selectors: Iterable[str]) -> bool:
    """Dismiss the first visible overlay with an element that these CSS selectors or words match, if there is one.

    It is clicked away; after an act of the scenario, it is hidden, because a click could undo what the act has opened.

    Returns:
        Whether there was one.
    """
    selectors = list(selectors)
    points = points_to_dismiss(current.page, selectors) if selectors else ()
    if points and current.was_acted_on:
        points_left = points_to_dismiss(current.page, selectors, hide=True)
        if len(points_left) < len(points):
            return True
    if not points:
        return False
    current.click_aside(points[0])
    return True


def points_to_dismiss(page: Page, selectors: Iterable[str], *, hide: bool = False) -> tuple[tuple[float, float], ...]:
    """Return the centres of the visible elements that match, also in frames, CSS px in the viewport.

    Elements are left out on which a click would submit a form with fields, change a field or open another page.

    Args:
        page: the page.
        selectors: CSS selectors, or words of buttons and links.
        hide: hide the floating parts of the page that the elements are in, and leave these elements out.
    """
    argument = {"selectors": list(selectors), "hide": hide, "isFrame": False}
    script = page_script("browser/overlays.js")
    points = [(x, y) for x, y in page.evaluate(script, argument)]
    for frame in page.frames[1:]:
        with suppress(Error):  # a frame may have been removed meanwhile, or be hidden
            inside = frame.evaluate(script, {**argument, "isFrame": True})
            origin = frame.frame_element().bounding_box() if inside else None
            if origin is not None:
                points += [(origin["x"] + x, origin["y"] + y) for x, y in inside]
    return tuple(points)
