"""Errors and accessibility of pages that tests open in Firefox directly."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files

from playwright.sync_api import ConsoleMessage, Error, Page, Request

AXE = files("axe_playwright_python") / "axe.min.js"


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


def violations(page: Page) -> list[str]:
    """Return the axe rules that a page violates (https://dequeuniversity.com/rules/axe/)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run({ resultTypes: ['violations'] }).then((all) => JSON.stringify(all.violations.map("
        "({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])))"
    )
    return [" ".join(rule) for rule in json.loads(found)]
