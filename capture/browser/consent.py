"""Refuse consent windows of common platforms, by DuckDuckGo's autoconsent rules. Consent is never given."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
from duckduckgo_autoconsent import bundle, rules_json
from playwright.sync_api import Error, Frame, Page

from capture.page_scripts import page_script

RETRIES = 1
"""Searches for a platform; the page is stable, so that its consent window is open."""
LIMIT_MS = 3000
"""Time after which a refusal that has not ended is given up."""


CONSENT = r"cookie|consent|traceur|rgpd|gdpr|vie privée|informations personnelles|données personnelles|privacy"
"""Pattern of the words of consent windows, and of the names of their elements."""


def consent_window(page: Page) -> str:
    """Return the words of a window that asks for consent; empty: none is open."""
    return str(page.evaluate(page_script("browser/consent_window.js"), CONSENT))


def refuse_consent(page: Page) -> str | None:
    """Refuse the consent window that is open on a page; return the name of its platform, None: no rule knows it."""
    for frame in page.frames:
        try:
            name = str(frame.evaluate(_script(), _argument(frame)))
        except Error:
            continue  # the frame has been removed meanwhile, as some consent windows are
        if name:
            return name
    return None


def _argument(frame: Frame) -> dict[str, Any]:
    return {"rules": list(_rules_for(frame.url)), "retries": RETRIES, "limit": LIMIT_MS}


def _rules_for(url: str) -> Iterator[dict[str, Any]]:
    """Return the rules that may apply to a URL: those that refuse, not those that only hide."""
    for rule in _rules():
        pattern = rule.get("runContext", {}).get("urlPattern")
        if not rule.get("cosmetic") and (pattern is None or re.search(pattern, url)):
            yield rule


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    return tuple(msgspec.json.decode(rules_json()))


@cache
def _script() -> str:
    return page_script("browser/consent.js").replace("  ENGINE\n", bundle())
