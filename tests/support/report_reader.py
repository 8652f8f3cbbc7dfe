"""A browser page that shows a report, used as a person uses it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page


@dataclass(frozen=True)
class Reader:
    """A browser page that shows a report, used as a person uses it."""

    page: Page
    folder: Path
    troubles: list[str]

    def open(self, path: str = "index.html") -> Page:
        self.page.goto(f"{self.folder.as_uri()}/{path}")
        return self.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def confirm(self, by: str = "Zoé") -> None:
        """Enter the reviewer's name in the dialog that asks for it, and confirm."""
        self.page.locator("#ask [name=by]").fill(by)
        self.press("Enter")


def waiting(page: Page) -> list[dict[str, Any]]:
    """Return the decisions in the browser's local storage."""
    stored = page.evaluate("localStorage.getItem(`tutofrais ${document.body.dataset.run}`)")
    return list(json.loads(stored)) if stored else []
