"""All of a page, for a picture of the whole document: what loads late, what scrolls inside it, what sticks."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

from playwright.sync_api import Error, Page

LIMIT_MS = 4000
"""A page that goes on growing while it is scrolled through is taken as it is after so long."""


@contextmanager
def expanded(page: Page) -> Iterator[None]:
    """Show all of a page inside this context; afterwards it is as a reader sees it again."""
    undo = page.evaluate_handle(_script(), {"limit": LIMIT_MS})
    try:
        yield
    finally:
        # A page that has gone meanwhile has nothing to undo.
        with suppress(Error):
            undo.evaluate("undo => undo()")


@cache
def _script() -> str:
    return Path(__file__).with_name("unroll.js").read_text("utf-8")
