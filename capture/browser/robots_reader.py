"""Read robots.txt files through Firefox, so that they are requested as pages are."""

from playwright.sync_api import Error, Page

from capture.browser.current_page import CurrentPage
from capture.politeness.obstacles import Obstacle
from capture.politeness.robots import RobotsCache
from capture.privacy.request_filter import RequestFilter
from capture.site.site import Site

NOT_FOUND = 404
_FETCH = "url => fetch(url).then(async (answer) => [answer.status, answer.ok ? await answer.text() : ''])"
_PAGE_TEXT = "document.body ? document.body.innerText : ''"


class RobotsReader:
    """Looks up whether a page may be visited; reads each host's robots.txt once."""

    def __init__(self, current: CurrentPage, *, site: Site, request_filter: RequestFilter, robots: RobotsCache) -> None:
        self._current = current
        self._site = site
        self._request_filter = request_filter
        self._robots = robots

    def refusal_before_visit(self, url: str) -> Obstacle | None:
        """Return the obstacle of a URL about to be opened; the tab shows robots.txt if it must be read first."""
        if self._request_filter.is_outside(url):
            return None
        return self._robots.refusal(url, lambda address: self._open(self._current.page, address))

    def refusal_of_current_page(self) -> Obstacle | None:
        """Return the obstacle of the page that is shown; the page stays."""
        return self._robots.refusal(self._current.url, self._fetch)

    def _open(self, page: Page, address: str) -> tuple[int, str]:
        """Open a robots.txt in a tab. A host that does not answer has no rules: its page will show the error."""
        try:
            response = page.goto(self._site.reach(address))
            if response is None or not response.ok:
                return (NOT_FOUND if response is None else response.status), ""
            return response.status, str(page.evaluate(_PAGE_TEXT))
        except Error:
            return NOT_FOUND, ""

    def _fetch(self, address: str) -> tuple[int, str]:
        """Fetch the robots.txt of the page's own host from the page; open a tab if the page's policy forbids this."""
        page = self._current.page
        try:
            status, text = page.evaluate(_FETCH, self._site.reach(address))
        except Error:
            other_tab = page.context.new_page()
            try:
                return self._open(other_tab, address)
            finally:
                other_tab.close()
        return int(status), str(text)
