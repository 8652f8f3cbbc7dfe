"""Errors of pages that tests open in Firefox directly."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import ConsoleMessage, Error, Page, Request

ON_TOP = """node => {
  const { left, top, width, height } = node.getBoundingClientRect();
  return document.elementFromPoint(left + width / 2, top + height / 2) === node;
}"""
"""Returns whether a node is seen: nothing lies over its middle."""


@contextmanager
def page_errors(page: Page) -> Iterator[list[str]]:
    """Yield a list that grows with each error of a page: on its console, uncaught, or a request that failed."""
    errors: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(message.text)

    def on_error(error: Error) -> None:
        errors.append(str(error))

    def on_failure(request: Request) -> None:
        errors.append(request.url)

    page.on("console", on_console)
    page.on("pageerror", on_error)
    page.on("requestfailed", on_failure)
    try:
        yield errors
    finally:
        page.remove_listener("console", on_console)
        page.remove_listener("pageerror", on_error)
        page.remove_listener("requestfailed", on_failure)
