"""Where a tab is being led: the page that was asked for, and what became of it so far."""

from urllib.parse import urldefrag

from playwright.sync_api import BrowserContext, Error, Page, Request, Response

from capture.politeness.obstacles import retry_after_s
from capture.politeness.robots import ROBOTS
from capture.privacy.request_filter import SAFE, RequestFilter, is_navigation

REDIRECTS = range(300, 400)
ERROR_PAGES = ("about:neterror", "about:certerror")
"""Firefox's own, shown where a page should be."""


class Navigation:
    """Hears what the pages of a context ask for, and keeps what concerns the tab that is looked at."""

    def __init__(self, context: BrowserContext, gate: RequestFilter) -> None:
        self._gate = gate
        self._page: Page | None = None
        self._responses: dict[str, tuple[int, float | None]] = {}
        self._stops_before = 0
        self.under_way = False
        """A page was asked for, and is not there yet."""
        self.url = ""
        """Where the page is that is asked for, as the browser knows it; empty: none was since ``begin``."""
        self.method = ""
        """By which it is asked for."""
        self.loads = 0
        """Pages loaded so far."""
        context.on("request", self._note_request)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_response)

    def follow(self, page: Page) -> None:
        """Keep what concerns this page from now on."""
        self._page = page
        page.on("framenavigated", lambda frame: self.end() if frame == page.main_frame else None)

    def begin(self) -> None:
        """Something is about to be done that may lead to another page."""
        self._stops_before = len(self._gate.navigations_stopped)
        self.url = ""

    def end(self) -> None:
        """The page is there, or will not come."""
        self.under_way = False

    @property
    def blocked(self) -> list[str]:
        """Why the gate stopped what the tab would have led to since ``begin``."""
        stopped = self._gate.navigations_stopped[self._stops_before :]
        return [why for url, why in stopped if url == self.url]

    @property
    def repeatable(self) -> bool:
        """It only asked for a page: it may be asked for again."""
        return self.method in SAFE and self.url.startswith("http")

    def response_status(self, url: str) -> tuple[int | None, float | None]:
        """The status of a page, and the seconds after which its site asks to come back; None: not known."""
        return self._responses.get(urldefrag(url).url, (None, None))

    def _note_request(self, request: Request) -> None:
        if self._concerns(request):
            self.under_way = True
            self.url, self.method = request.url, request.method

    def _note_failure(self, request: Request) -> None:
        if self._concerns(request):
            self.end()

    def _note_response(self, response: Response) -> None:
        if is_navigation(response.request) and not response.url.endswith(ROBOTS):
            wait_s = retry_after_s(response.headers.get("retry-after"))
            self._responses[urldefrag(response.url).url] = response.status, wait_s
            self.loads += response.status not in REDIRECTS

    def _concerns(self, request: Request) -> bool:
        # Firefox's own page about an error is asked for, too, and never arrives.
        if not is_navigation(request) or request.url.startswith(ERROR_PAGES) or self._page is None:
            return False
        try:
            return request.frame == self._page.main_frame
        except Error:
            # The frame of a new tab's first request is not there yet.
            return False
