"""Expand a page for a screenshot of the whole document: lazy content, inner scrolling, sticky bars."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Error, Page

from capture.page_scripts import page_script

LIMIT_MS = 4000
"""Time after which a page that grows while it is scrolled is captured as it is."""


@contextmanager
def expanded(page: Page) -> Iterator[None]:
    """Expand a page inside this context, and restore it afterwards."""
    restore = page.evaluate_handle(page_script("browser/full_page.js"), {"limit": LIMIT_MS})
    try:
        yield
    finally:
        # There is nothing to restore if the page was left meanwhile.
        with suppress(Error):
            restore.evaluate("restore => restore()")
