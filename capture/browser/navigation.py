"""The navigation of the current tab: the pending request for a page, and how far it has got."""

import time
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urldefrag, urlsplit

from playwright.sync_api import BrowserContext, Dialog, Error, Page, Request, Response
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from capture.politeness.obstacles import retry_after_s
from capture.politeness.robots import ROBOTS
from capture.privacy.request_filter import SAFE_METHODS, RequestFilter, is_navigation

NAVIGATION_TIMEOUT_MS = 15_000
LOAD_TIMEOUT_MS = 8_000
"""For the resources of a page, once its HTML has arrived."""
START_TIMEOUT_MS = 500
"""A click on a link has requested its page within this time, on a busy machine too."""
LOAD_POLL_MS = 500
MOST_DIALOGS = 5
"""Message windows from which a page that does not finish loading is said to open one after another."""
REDIRECTS = range(300, 400)
ROUTES = ("/", "!")
"""Beginnings of fragments by which applications name their pages."""
ERROR_PAGES = ("about:neterror", "about:certerror")
"""Firefox's own error pages."""


def without_anchor(url: str) -> str:
    """Return a URL without the place on the page that it names; routes of applications (``#/two``) are kept."""
    page, fragment = urldefrag(url)
    address = page if urlsplit(page).path else f"{page}/"
    return f"{address}#{fragment}" if fragment.startswith(ROUTES) else address


class Navigation:
    """Follows the requests for pages of a browser context, and the navigation of one of its tabs."""

    def __init__(self, context: BrowserContext, request_filter: RequestFilter) -> None:
        self._request_filter = request_filter
        self._page: Page | None = None
        self._responses: dict[str, tuple[int, float | None]] = {}
        self._types: dict[str, str] = {}
        self._stopped_before = 0
        self.under_way = False
        """A page was requested, and has not been shown yet."""
        self.url = ""
        """URL of the pending navigation; empty if none has started since ``begin()``."""
        self.method = ""
        """HTTP method of the pending navigation."""
        self.loads = 0
        """Pages loaded so far."""
        self.dialogs = 0
        """Message windows (``alert`` and the like) that pages opened since ``begin()``."""
        context.set_default_navigation_timeout(NAVIGATION_TIMEOUT_MS)
        context.on("request", self._note_request)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_response)
        context.on("dialog", self._answer_dialog)

    def follow(self, page: Page) -> None:
        """Follow the navigation of this tab from now on."""
        self._page = page
        page.on("framenavigated", lambda frame: self.end() if frame == page.main_frame else None)

    def begin(self) -> None:
        """Forget the last navigation, before an act that may start another."""
        self._stopped_before = len(self._request_filter.navigations_stopped)
        self.url = ""
        self.dialogs = 0

    def end(self) -> None:
        """Note that the page has arrived, or will not."""
        self.under_way = False

    @property
    def blocked(self) -> list[str]:
        """Reasons for which the request filter stopped the pending navigation."""
        stopped = self._request_filter.navigations_stopped[self._stopped_before :]
        return [reason for url, reason in stopped if url == self.url]

    @property
    def repeatable(self) -> bool:
        """Whether the navigation sent no form, so that it may be retried."""
        return self.method in SAFE_METHODS and self.url.startswith("http")

    def content_type(self, url: str) -> str:
        """Return the media type of the response from a URL; empty: unknown."""
        return self._types.get(urldefrag(url).url, "").lower()

    def response_status(self, url: str) -> tuple[int | None, float | None]:
        """Return a page's HTTP status and its Retry-After in s; None for what is unknown."""
        return self._responses.get(urldefrag(url).url, (None, None))

    def wait_for_start(self, page: Page, opened: Sequence[Page] = ()) -> None:
        """Wait until a page is requested, at most ``START_TIMEOUT_MS``: a script may have done something else.

        Args:
            page: shown in the tab.
            opened: tabs that were opened meanwhile, if any.
        """
        deadline = time.monotonic() + START_TIMEOUT_MS / 1000
        while not (self.url or opened) and time.monotonic() < deadline:
            page.wait_for_timeout(10)

    def wait_for_end(self, page: Page) -> None:
        """Wait until the pending navigation has ended or was stopped, at most ``NAVIGATION_TIMEOUT_MS``."""
        deadline = time.monotonic() + NAVIGATION_TIMEOUT_MS / 1000
        while self.under_way and not self.blocked and time.monotonic() < deadline:
            page.wait_for_timeout(20)

    def _answer_dialog(self, dialog: Dialog) -> None:
        """Answer as Playwright does on its own: leave the page if that is the question, otherwise cancel."""
        self.dialogs += 1
        with suppress(Error):  # its page may be gone
            if dialog.type == "beforeunload":
                dialog.accept()
            else:
                dialog.dismiss()

    def _note_request(self, request: Request) -> None:
        if self._is_followed(request):
            self.under_way = True
            self.url, self.method = request.url, request.method

    def _note_failure(self, request: Request) -> None:
        if self._is_followed(request):
            self.end()

    def _note_response(self, response: Response) -> None:
        if is_navigation(response.request) and not response.url.endswith(ROBOTS):
            wait_s = retry_after_s(response.headers.get("retry-after"))
            self._responses[urldefrag(response.url).url] = response.status, wait_s
            self._types[urldefrag(response.url).url] = (
                response.headers.get("content-type", "").partition(";")[0].strip()
            )
            self.loads += response.status not in REDIRECTS

    def _is_followed(self, request: Request) -> bool:
        # Firefox requests its own error pages too, and never reports their arrival.
        if not is_navigation(request) or request.url.startswith(ERROR_PAGES) or self._page is None:
            return False
        try:
            return request.frame == self._page.main_frame
        except Error:
            # The frame of a new tab's first request does not exist yet.
            return False


def wait_for_address(page: Page) -> None:
    """Wait until a new tab has left its first, blank document, at most ``NAVIGATION_TIMEOUT_MS``."""
    deadline = time.monotonic() + NAVIGATION_TIMEOUT_MS / 1000
    address = "about:blank"
    while address == "about:blank" and not page.is_closed() and time.monotonic() < deadline:
        page.wait_for_timeout(20)
        # ``page.url`` is known before the document is there.
        with suppress(Error):
            address = page.evaluate("location.href")


def wait_for_load(page: Page) -> None:
    """Wait for all resources of a page, at most ``LOAD_TIMEOUT_MS``; a picture that never arrives is done without."""
    deadline = time.monotonic() + LOAD_TIMEOUT_MS / 1000
    while time.monotonic() < deadline:
        # Firefox's own error pages never report that they have loaded.
        if page.url.startswith(ERROR_PAGES):
            return
        with suppress(PlaywrightTimeout):
            page.wait_for_load_state("load", timeout=LOAD_POLL_MS)
            return
    page.wait_for_load_state("domcontentloaded")
