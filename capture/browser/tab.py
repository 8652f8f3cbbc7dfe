"""One tab of Firefox, as a scenario uses it: open a page, act on it, read its elements, take a screenshot."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, Page

from capture.browser.consent import consent_window, refuse_consent
from capture.browser.current_page import CurrentPage
from capture.browser.navigation import without_anchor
from capture.browser.page_guard import PageGuard
from capture.browser.page_loader import PageLoader
from capture.browser.screenshot import Screenshots, Shot
from capture.browser.snapshot import Snapshot
from capture.browser.stability import wait_until_shown
from capture.browser.watchdog import Watchdog
from capture.elements import normalise
from capture.geometry import Box
from capture.page_scripts import page_script
from capture.politeness.policy import PolitenessPolicy
from capture.privacy.request_filter import RequestFilter
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

ACTION_TIMEOUT_MS = 5_000

Place = tuple[Page, int, str]
"""Place of a tab: Playwright's page, the number of pages loaded so far, and the address."""


class Tab:
    """A browser context with the tab that the reader would be looking at."""

    def __init__(
        self,
        context: BrowserContext,
        *,
        tutorial: Tutorial,
        site: Site,
        request_filter: RequestFilter,
        policy: PolitenessPolicy,
        watchdog: Watchdog,
    ) -> None:
        context.set_default_timeout(ACTION_TIMEOUT_MS)
        self._page_guard = PageGuard(context, tutorial, lambda: request_filter.person_acted)
        self._current = CurrentPage(
            context.new_page(),
            tutorial=tutorial,
            site=site,
            quiet_ms=policy.quiet_ms,
            closed_roots=self._page_guard.closed_roots,
        )
        self._loader = PageLoader(
            self._current,
            tutorial=tutorial,
            site=site,
            request_filter=request_filter,
            policy=policy,
            watchdog=watchdog,
            page_guard=self._page_guard,
        )
        self.consents_refused: list[str] = []
        """Platform and host of each consent window that was refused."""
        self._unknown_consents: set[str] = set()
        """Hosts with a consent window that no rule knows."""
        self._screenshots = Screenshots(self._current, page_guard=self._page_guard, dismiss=tutorial.dismiss)

    @property
    def page(self) -> Page:
        return self._current.page

    @property
    def page_loads(self) -> int:
        """Pages loaded so far."""
        return self._loader.page_loads

    @property
    def opened_tab(self) -> bool:
        """Whether the last act led to another tab."""
        return self._loader.opened_tab

    @property
    def address(self) -> str:
        """URL on the real site, as it may be recorded: query values that are not the scenario's own are removed."""
        return self._current.address

    @property
    def place(self) -> Place:
        """Place of the tab; it is another one after an act that leads to another page or address."""
        return self.page, self.page_loads, without_anchor(self.page.url)

    def go(self, url: str) -> None:
        """Open a URL of the real site; raises Blocked or PrivacyError."""
        self._loader.open(url)

    def is_at(self, url: str) -> bool:
        """Return whether the tab shows a URL of the real site, or the page that it led to when it was opened last."""
        return self._loader.is_at(url)

    def acting(
        self, *, sends: Iterable[str] = (), new_tab: bool = False, navigates: bool = False
    ) -> AbstractContextManager[None]:
        """Act on the page inside this context: see ``PageLoader.acting``."""
        return self._loader.acting(sends=sends, new_tab=new_tab, navigates=navigates)

    def note_typed(self, value: str) -> None:
        """Record a value that the scenario types: a field with it is not taken for one filled by the site."""
        self._current.typed.append(value)

    def forget_state(self) -> None:
        """Note that the page has changed: it is waited for until it is stable before the next picture."""
        self._current.state = None

    def fingerprint(self) -> int:
        """Return a number that changes when the page changes."""
        return int(self.page.evaluate(page_script("browser/fingerprint.js")))

    def click_at(self, point: tuple[float, float]) -> None:
        """Click at a point, CSS px in the viewport."""
        self._current.click_at(point)

    def hover_at(self, point: tuple[float, float]) -> None:
        """Move the mouse to a point, CSS px in the viewport."""
        self._current.hover_at(point)

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, steps: int) -> None:
        """Drag from a point to another one, CSS px in the viewport, in this number of moves."""
        self._current.drag(start, end, steps=steps)

    def resize(self, viewport: tuple[int, int]) -> None:
        """Give the page this width and height, CSS px."""
        width, height = viewport
        if self.page.viewport_size != {"width": width, "height": height}:
            self.page.set_viewport_size({"width": width, "height": height})
            self._current.state = None

    def scroll_to(self, snapshot: Snapshot, index: int) -> None:
        """Scroll until an element is in the middle of the window, or as near to it as the page allows."""
        snapshot.node(index).evaluate("node => node.scrollIntoView({ block: 'center', behavior: 'instant' })")
        self._current.state = None

    def refuse_consent(self, known: Iterable[str]) -> bool:
        """Refuse a window that asks for consent, if a rule knows it; return whether that was done.

        Args:
            known: labels; a window that contains one of them belongs to the tutorial, and stays.
        """
        words = normalise(consent_window(self.page))
        host = urlsplit(self.address).hostname or ""
        if not words or host in self._unknown_consents or any(normalise(label) in words for label in known):
            return False
        platform = refuse_consent(self.page)
        if platform is None:
            self._unknown_consents.add(host)
            return False
        self.consents_refused.append(f"{platform} ({host})")
        self.wait_until_stable()
        return True

    def wait_until_stable(self) -> None:
        """Wait until the page is stable after an act that opens no other page; raises PrivacyError."""
        self._current.state = self._current.wait_until_stable()
        self._page_guard.check(self._current)

    def wait_until_shown(self, snapshot: Snapshot, hidden: Iterable[int]) -> bool:
        """Wait for the page, or its main part, if it is hidden around elements; return whether it is shown now."""
        shown = wait_until_shown(snapshot.node(index) for index in hidden)
        if shown:
            self.wait_until_stable()
        return shown

    def wait_for_late_content(self) -> None:
        """Wait for content that loads late, and dismiss overlays; raises Blocked or PrivacyError."""
        self._loader.wait_for_late_content()

    def check_no_personal_data(self) -> None:
        """Raise PrivacyError if the page, as it is now, may belong to a session."""
        self._page_guard.check_with_elements(self._current)

    def snapshot(self) -> Snapshot:
        """Read the elements in the viewport and below it."""
        return self._current.snapshot()

    def boxes_of(self, selector: str, *, full_page: bool) -> tuple[Box, ...]:
        """Return the boxes of all visible elements that match a CSS selector, px of the screenshot."""
        return self._current.boxes_of(selector, full_page=full_page)

    def screenshot(self, *, full_page: bool = False, baseline_sha256: str | None = None) -> Shot:
        """Take a screenshot of the page once it is stable: see ``Screenshots.take``."""
        return self._screenshots.take(full_page=full_page, baseline_sha256=baseline_sha256)
