"""Load pages: open a URL, follow a click, pause, retry, wait for a person at a wall."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from urllib.parse import urlsplit

from playwright.sync_api import Error, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from capture.browser.arrival_check import PAGE_TYPES, ArrivalCheck, no_page
from capture.browser.current_page import CurrentPage
from capture.browser.navigation import MOST_DIALOGS, Navigation, wait_for_address, wait_for_load, without_anchor
from capture.browser.overlays import dismiss_overlay
from capture.browser.page_guard import PageGuard
from capture.browser.robots_reader import RobotsReader
from capture.browser.stability import wait_for_idle_network
from capture.browser.watchdog import ANSWER_S, Watchdog
from capture.messages import Phrase
from capture.politeness.obstacles import TIMED_OUT, UNFINISHED, Blocked, Obstacle, ObstacleKind, network_obstacle
from capture.politeness.policy import OnWall, PolitenessPolicy
from capture.privacy import guard
from capture.privacy.request_filter import UNDECLARED, RequestFilter
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

WALL_TIMEOUT_S = 600
"""Time that a person has to answer a wall."""
WALL_POLL_MS = 500
LATE_CONTENT_QUIET_FACTOR = 3
"""Multiplier of the quiet period while an instruction's target is missing: content may still be loading."""
DISMISS_ROUNDS = 4


class PageLoader:
    """Brings the current tab to a page that is loaded, stable, checked, and free of overlays."""

    def __init__(
        self,
        current: CurrentPage,
        *,
        tutorial: Tutorial,
        site: Site,
        request_filter: RequestFilter,
        policy: PolitenessPolicy,
        watchdog: Watchdog,
        page_guard: PageGuard,
    ) -> None:
        self._current = current
        self._dismiss = tutorial.dismiss
        self._site = site
        self._request_filter = request_filter
        self._policy = policy
        self._watchdog = watchdog
        self._page_guard = page_guard
        self._navigation = Navigation(current.page.context, request_filter)
        self.opened_tab = False
        """Whether the last act led to another tab."""
        self._opened = ("", "")
        """URL that was opened last, and the one that it led to."""
        self._navigation.follow(current.page)
        self._robots = RobotsReader(current, site=site, request_filter=request_filter, robots=policy.robots)
        self._arrival = ArrivalCheck(
            current,
            tutorial=tutorial,
            site=site,
            navigation=self._navigation,
            request_filter=request_filter,
            robots=self._robots,
        )

    @property
    def page_loads(self) -> int:
        """Pages loaded so far."""
        return self._navigation.loads

    def open(self, url: str) -> None:
        """Open a URL of the real site; raises Blocked or PrivacyError."""
        guard.check_visit(url)
        self._current.declare(url)
        self._load_with_retries(lambda: self._request(url), lambda: url)
        self._opened = (url, self._current.url)

    def is_at(self, url: str) -> bool:
        """Return whether a URL of the real site is shown, or the page that it led to when it was opened last."""
        opened, arrived = self._opened
        shown = without_anchor(self._current.url)
        return shown == without_anchor(url) or (opened == url and shown == without_anchor(arrived))

    @contextmanager
    def acting(self, *, sends: Iterable[str] = (), new_tab: bool = False, navigates: bool = False) -> Iterator[None]:
        """Act on the page inside this context; when the context ends, the page that the act leads to has loaded.

        Args:
            sends: addresses to which the act may send a form.
            new_tab: continue in the tab that the act opens, or in this one if the site opens the page here.
            navigates: the act is a click on a link or a submit button, so that another page is expected.

        Raises:
            Blocked: an obstacle was met, or no tab was opened.
            PrivacyError: the page may belong to a session.
        """
        refusal = self._policy.refusal(self._current.url)
        if refusal is not None:
            raise Blocked(refusal)
        self._pause(self._current.url)
        self._navigation.begin()
        self.opened_tab = False
        sends = tuple(sends)
        method = "POST" if sends else "GET"
        with self._request_filter.allow_sends(sends), self._noting_new_tabs() as opened:
            with self._switching_to_new_tab(method) if new_tab else nullcontext():
                yield
            if navigates and not new_tab:
                self._navigation.wait_for_start(self._current.page, opened)
            self._load_with_retries(self._arrive, self._repeatable_url)
            if opened and not new_tab and not self._navigation.url:
                self._show(opened[-1], method)
                self._load_with_retries(self._arrive, self._repeatable_url)

    @contextmanager
    def _noting_new_tabs(self) -> Iterator[list[Page]]:
        """Yield a list that grows with each tab that is opened inside this context."""
        opened: list[Page] = []
        context = self._current.page.context

        def note(page: Page) -> None:
            opened.append(page)

        context.on("page", note)
        try:
            yield opened
        finally:
            context.remove_listener("page", note)

    def _show(self, page: Page, method: str) -> None:
        """Switch to a tab that was opened by a request of this HTTP method."""
        self.opened_tab = True
        self._current.switch_to(page)
        self._navigation.follow(page)
        wait_for_address(page)
        wait_for_load(page)
        # Playwright reports a tab's first request before the tab itself, so Navigation has missed it.
        self._navigation.url, self._navigation.method = page.url, method

    def wait_for_late_content(self) -> None:
        """Wait until the network is idle and the page has been stable for longer; raises as ``open`` does."""
        wait_for_idle_network(self._current.page)
        self._current.wait_until_stable(quiet_factor=LATE_CONTENT_QUIET_FACTOR)
        self._arrive()

    def _load_with_retries(self, load: Callable[[], None], retry_url: Callable[[], str | None]) -> None:
        """Load a page; retry after a temporary obstacle, and let a person answer a wall; raises Blocked.

        Args:
            load: loads the page, or raises Blocked.
            retry_url: called after the first attempt; returns the URL to retry, None if a form was sent.
        """
        attempt = 0
        blocked = _blocked_by(load)
        url = retry_url()
        while blocked is not None:
            if blocked.obstacle.kind is ObstacleKind.WALL and self._policy.on_wall is not None:
                self._wait_for_person(blocked, self._policy.on_wall)
                blocked = _blocked_by(self._arrive)
                continue
            if url is None:
                raise blocked
            seconds = self._policy.retry_after(blocked.obstacle, attempt, blocked.retry_after_s)
            if seconds is None:
                raise blocked
            self._wait(seconds)
            attempt += 1
            blocked = _blocked_by(partial(self._request, url))

    def _wait_for_person(self, blocked: Blocked, on_wall: OnWall) -> None:
        """Wait until a person has answered the wall; raises Blocked after a timeout or when the window is closed."""
        deadline = time.monotonic() + WALL_TIMEOUT_S
        with self._request_filter.allow_wall_hosts(), self._watchdog.paused():
            on_wall(blocked.obstacle)
            while time.monotonic() < deadline and not self._current.page.is_closed():
                self._current.page.wait_for_timeout(WALL_POLL_MS)
                if self._arrival.is_answered(self._current.wait_until_stable()):
                    return
        raise blocked

    def _request(self, url: str) -> None:
        """Open a URL of the real site once; raises Blocked or PrivacyError."""
        refusal = self._policy.refusal(url) or self._robots.refusal_before_visit(url)
        if refusal is not None:
            raise Blocked(refusal)
        self._pause(url)
        blocked_before = len(self._request_filter.blocked)
        self._navigation.begin()
        try:
            self._current.page.goto(self._site.reach(url), wait_until="domcontentloaded")
        except Error as error:
            self._arrival.raise_if_stopped()
            if any(request.reason == UNDECLARED for request in self._request_filter.blocked[blocked_before:]):
                raise Blocked(Obstacle(kind=ObstacleKind.SCENARIO, evidence=UNDECLARED, url=url)) from error
            obstacle = network_obstacle(error.message, url)
            if obstacle.kind is ObstacleKind.TIMEOUT:
                self._check_that_the_page_answers()
                obstacle = self._why_it_timed_out(url) or obstacle
            raise Blocked(obstacle) from error
        self._arrive()
        host = urlsplit(self._current.url).hostname
        if host != urlsplit(url).hostname:
            raise Blocked(Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("its address led to {host}", host=host), url))

    def _why_it_timed_out(self, url: str) -> Obstacle | None:
        """Return the obstacle in a page that the site did answer with, and that never finished; None: no answer."""
        if self._navigation.dialogs > MOST_DIALOGS:
            what = Phrase("it opens one message window after another")
            return Obstacle.of(ObstacleKind.LOADING, what, url)
        kind = self._navigation.content_type(self._navigation.url)
        if kind and kind not in PAGE_TYPES:
            return no_page(kind, url)
        return Obstacle.of(ObstacleKind.TIMEOUT, UNFINISHED, url) if kind else None

    def _check_that_the_page_answers(self) -> None:
        """Let the watchdog stop Firefox if the page that is shown blocks it: no other page could be visited."""
        with self._watchdog.shortened(ANSWER_S):
            self._current.page.evaluate("0")

    @contextmanager
    def _switching_to_new_tab(self, method: str) -> Iterator[None]:
        """Switch to the tab that is opened inside this context.

        Args:
            method: HTTP method by which its page is requested.
        """
        try:
            with self._current.page.context.expect_page() as opened:
                yield
        except PlaywrightTimeout as error:
            if not self._navigation.url:
                address = self._current.address
                raise Blocked(Obstacle.of(ObstacleKind.SCENARIO, Phrase("no tab opens"), address)) from error
            return
        self._show(opened.value, method)

    def _repeatable_url(self) -> str | None:
        """Return the URL on the real site that an act has led to; None if a form was sent."""
        return self._site.canonical(self._navigation.url) if self._navigation.repeatable else None

    def _arrive(self) -> None:
        """Wait until the requested page is stable, check it and dismiss overlays; raises Blocked or PrivacyError."""
        self._wait_for_navigation()
        for _ in range(DISMISS_ROUNDS):
            state = self._current.wait_until_stable()
            if self._navigation.under_way:
                self._wait_for_navigation()
                continue
            self._arrival.raise_if_stopped()
            self._arrival.raise_if_obstacle(state)
            if not dismiss_overlay(self._current, self._dismiss):
                break
        self._current.state = state
        self._page_guard.check(self._current)

    def _wait_for_navigation(self) -> None:
        """Wait for the pending navigation and the page's resources; raises Blocked."""
        self._navigation.wait_for_end(self._current.page)
        self._arrival.raise_if_stopped()
        if self._navigation.under_way:
            self._navigation.end()
            url = self._current.redacted_canonical(self._navigation.url)
            raise Blocked(Obstacle(kind=ObstacleKind.TIMEOUT, evidence=TIMED_OUT, url=url))
        wait_for_load(self._current.page)

    def _pause(self, url: str) -> None:
        """Wait as long as the policy asks between two pages of a host."""
        seconds = self._policy.pause_before(url)
        if seconds:
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        with self._watchdog.paused():
            self._current.page.wait_for_timeout(seconds * 1000)


def _blocked_by(load: Callable[[], None]) -> Blocked | None:
    """Return the obstacle that stopped a page load, as the exception raised; None if the page has loaded."""
    try:
        load()
    except Blocked as blocked:
        return blocked
    return None
