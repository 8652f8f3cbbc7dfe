"""Firefox shared by the browser tests of a process."""

from contextlib import ExitStack

from playwright.sync_api import Page, ProxySettings

from capture.browser.firefox import RunningFirefox, open_firefox

TESTS_PER_FIREFOX = 40
"""Firefox frees closed windows when it is idle, which it never is here: after 200 tests, a page takes twice as long."""

FORGET = "try { localStorage.clear(); sessionStorage.clear() } catch { /* about:blank has no storage */ }"
"""JavaScript: empty the storage of the page's origin."""


class SharedFirefox:
    """Firefox that is replaced by a new one from time to time, and pages that tests use one after another."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._running: RunningFirefox | None = None
        self._tests = 0
        self._pages: dict[str | None, Page] = {}

    def get(self) -> RunningFirefox:
        """Return a running Firefox; start one if there is none, or if the current one served enough tests."""
        if self._running is None or self._tests >= TESTS_PER_FIREFOX:
            self.close()
            self._running, self._tests = self._stack.enter_context(open_firefox()), 0
        self._tests += 1
        return self._running

    def page(self, width: int, height: int, *, proxy: str | None = None) -> Page:
        """Return the shared page of this proxy: blank, of this size, with empty storage, the pointer in its corner.

        Its window is the active one: in any other, no element has the focus.

        A new window costs as much as many navigations. So this counts as a use of Firefox only if it opens a window.
        A test that also needs Firefox takes it from the page, as `get` may replace the Firefox that the page is in.
        """
        page = self._pages.get(proxy)
        if page is None or page.is_closed():
            browser = self.get().browser
            page = browser.new_context(proxy=ProxySettings(server=proxy) if proxy else None).new_page()
            self._pages[proxy] = page
        else:
            page.evaluate(FORGET)
            page.goto("about:blank")
            page.mouse.move(0, 0)
        page.bring_to_front()
        page.set_viewport_size({"width": width, "height": height})
        return page

    def close(self) -> None:
        """Close Firefox."""
        self._running = None
        self._pages.clear()
        self._stack.close()
