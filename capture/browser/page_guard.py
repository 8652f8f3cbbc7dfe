"""Refuse pages that may show a person's data.

A tab begins without cookies, storage or account: what a site fills in or shows by itself is nobody's. Only after a
person has acted in an attended window may a page be somebody's: then filled fields and sign-out links are refused.
"""

import secrets
from collections.abc import Callable

from playwright.sync_api import BrowserContext

from capture.browser.current_page import CurrentPage
from capture.browser.snapshot import Snapshot
from capture.privacy import guard
from capture.privacy.session_probe import probe_session, record_closed_shadow_roots
from capture.scenario.tutorial import Tutorial


class PageGuard:
    """Checks a page's URL, fields and links for signs of a session; raises PrivacyError on any."""

    def __init__(self, context: BrowserContext, tutorial: Tutorial, person_acted: Callable[[], bool]) -> None:
        """Record closed shadow roots in all pages of a context; call before its first page is opened.

        Args:
            context: of the tab.
            tutorial: that is being followed.
            person_acted: returns whether a person has acted in the window.
        """
        self._tutorial = tutorial
        self._person_acted = person_acted
        self.closed_roots = f"closed_{secrets.token_hex(8)}"
        """Name under which closed shadow roots are recorded."""
        record_closed_shadow_roots(context, self.closed_roots)

    def check(self, current: CurrentPage, *, visible: bool = False, full_page: bool = False) -> None:
        """Raise PrivacyError if the page may belong to a session.

        Args:
            current: the page.
            visible: also probe closed shadow roots that came with the page's HTML (about 20 ms more).
            full_page: probe the whole document, not only the viewport.
        """
        guard.check_address(current.url, self._tutorial)
        if not self._person_acted():
            return
        signs = probe_session(
            current.page, current.typed, closed=self.closed_roots, visible=visible, full_page=full_page
        )
        guard.check_filled(signs.filled)
        guard.check_sign_out_links(signs.sign_out_links)

    def check_with_elements(self, current: CurrentPage) -> None:
        """Raise PrivacyError if the page, its elements included, may belong to a session now."""
        if self._person_acted():
            guard.check_elements(current.snapshot().elements)
        self.check(current, visible=True)

    def check_snapshot(self, snapshot: Snapshot) -> None:
        """Raise PrivacyError if an element tells of a session, or a field holds what the scenario did not type."""
        if self._person_acted():
            guard.check_elements(snapshot.elements)
