"""Errors of pages that tests open in Firefox directly."""

from playwright.sync_api import Page


def page_errors(page: Page) -> list[str]:
    """Return a list that grows with each error of a page: on its console, uncaught, or a request that failed."""
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("requestfailed", lambda request: errors.append(request.url))
    return errors
