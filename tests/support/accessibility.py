"""Accessibility of a page, as axe sees it."""

import json
from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python") / "axe.min.js"


def violations(page: Page) -> list[str]:
    """Return the axe rules that a page violates (https://dequeuniversity.com/rules/axe/)."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run({ resultTypes: ['violations'] }).then((all) => JSON.stringify(all.violations.map("
        "({ id, nodes }) => [id, ...nodes.map((node) => node.target.join(' '))])))"
    )
    return [" ".join(rule) for rule in json.loads(found)]
