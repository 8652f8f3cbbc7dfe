"""All of a page, for a picture of the whole document: what loads late, what scrolls inside it, what sticks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Error, Page

from capture.page_scripts import page_script

LIMIT_MS = 4000
"""A page that goes on growing while it is scrolled through is taken as it is after so long."""


@contextmanager
def expanded(page: Page) -> Iterator[None]:
    """Show all of a page inside this context; afterwards it is as a reader sees it again."""
    undo = page.evaluate_handle(page_script("browser/full_page.js"), {"limit": LIMIT_MS})
    try:
        yield
    finally:
        # A page that has gone meanwhile has nothing to undo.
        with suppress(Error):
            undo.evaluate("undo => undo()")
