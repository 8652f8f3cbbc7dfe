"""One tab of Firefox, as a scenario uses it: go, act, look, take a picture."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import BrowserContext, Error, Page
from playwright.sync_api import TimeoutError as OutOfTime

from capture.browser.full_page import expanded
from capture.browser.navigation import ERROR_PAGES, Navigation
from capture.browser.snapshot import Snapshot, snapshot
from capture.browser.stability import PageState, points_to_dismiss, wait_until_idle, wait_until_stable
from capture.browser.watchdog import Watchdog
from capture.geometry import Box
from capture.messages import Phrase
from capture.noise_floor import NoiseFloor, measure_noise_floor
from capture.politeness.obstacles import (
    DOWNLOAD_STARTS,
    TIMED_OUT,
    Blocked,
    Obstacle,
    ObstacleKind,
    detect_obstacle,
    network_obstacle,
    unexpected_page,
)
from capture.politeness.policy import OnWall, PolitenessPolicy
from capture.privacy import guard
from capture.privacy.addresses import redact_url
from capture.privacy.request_filter import DOWNLOAD, UNDECLARED, RequestFilter
from capture.privacy.session_probe import probe_session, record_closed_shadow_roots
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site
from capture.storage import sha256

NAVIGATION_TIMEOUT_MS = 15_000
LOAD_TIMEOUT_MS = 8_000
"""For what a page goes on loading after its own text has come."""
START_MS = 500
"""A click on a link has asked for its page within this, on a busy machine too."""
LOAD_LOOK_MS = 500
ACT_TIMEOUT_MS = 5_000
ATTEND_S = 600
"""How long a person may take to answer a wall."""
ATTEND_LOOK_MS = 500
STEADY_PX = 0.5
"""Boxes read before and after a picture must agree within this."""
PICTURE_ATTEMPTS = 4
PATIENT_TIMES = 3
"""So many times as long as others must a page be quiet that does not show all that is told: it may bring more."""
DISMISS_ROUNDS = 4
FRAMES_MS = 500
"""A page that draws no frame for so long is not being drawn."""
_TWO_FRAMES = """limit => new Promise(done => {
  setTimeout(done, limit); requestAnimationFrame(() => requestAnimationFrame(done)); })"""
NOT_FOUND = 404


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A screenshot with the elements that are on it."""

    png: bytes
    snapshot: Snapshot
    state: PageState
    steady: bool
    """Nothing moved while it was taken."""
    noise_floor: NoiseFloor | None
    """Between it and a second one; None: it was as approved, and no second one was taken."""


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
        self._context = context
        self._page: Page
        self._policy = policy
        self._watchdog = watchdog
        self._tutorial = tutorial
        self._site = site
        self._request_filter = request_filter
        self._declared = [page.starts_at for page in tutorial.pages if page.starts_at]
        self.typed: list[str] = []
        """Values that the scenario typed."""
        context.set_default_navigation_timeout(NAVIGATION_TIMEOUT_MS)
        context.set_default_timeout(ACT_TIMEOUT_MS)
        self._navigation = Navigation(context, request_filter)
        self._closed = f"closed_{secrets.token_hex(8)}"
        record_closed_shadow_roots(context, self._closed)
        self._mouse: tuple[float, float] | None = None
        """Where a step has put the mouse, CSS px in the viewport."""
        self._state: PageState | None = None
        self._use(context.new_page())

    @property
    def page(self) -> Page:
        return self._page

    @property
    def page_loads(self) -> int:
        """Pages loaded so far."""
        return self._navigation.loads

    @property
    def url(self) -> str:
        return self._site.canonical(self._page.url)

    @property
    def address(self) -> str:
        """The page's address as it may be kept: without query values that are not the scenario's own."""
        return self._redact(self.url)

    def _redact(self, url: str) -> str:
        return redact_url(url, (*self._declared, *self._tutorial.public_values))

    def go(self, url: str) -> None:
        """Open an address of the real site; raises Blocked, or PrivacyError."""
        guard.check_visit(url)
        self._declared.append(url)
        self._with_retries(lambda: self._open(url), lambda: url)

    def _with_retries(self, load: Callable[[], None], asked: Callable[[], str | None]) -> None:
        """Load a page; while it is an outage that may end, and there is patience left, again.

        A wall is handed to a person, if one is there.

        Args:
            asked: gives the address that can be asked for again once it was; None: what was sent is not sent again.
        """
        attempt = 0
        blocked = _blocked_by(load)
        address = asked()
        while blocked is not None:
            if blocked.obstacle.kind is ObstacleKind.WALL and self._policy.on_wall is not None:
                self._await_person(blocked, self._policy.on_wall)
                blocked = _blocked_by(self._arrive)
                continue
            if address is None:
                raise blocked
            seconds = self._policy.retry_after(blocked.obstacle, attempt, blocked.retry_after_s)
            if seconds is None:
                raise blocked
            with self._watchdog.paused():
                self._page.wait_for_timeout(seconds * 1000)
            attempt += 1
            blocked = _blocked_by(partial(self._open, address))

    def _await_person(self, blocked: Blocked, attend: OnWall) -> None:
        """Wait until the wall in the window is answered; raises Blocked when it is not, or the window is closed."""
        attend(blocked.obstacle)
        deadline = time.monotonic() + ATTEND_S
        with self._request_filter.allow_wall_hosts(), self._watchdog.paused():
            while time.monotonic() < deadline and not self._page.is_closed():
                self._page.wait_for_timeout(ATTEND_LOOK_MS)
                answered = self._obstacle(self._stable_state()) is None
                if answered and not self._request_filter.is_outside(self._page.url):
                    return
        raise blocked

    def _open(self, url: str) -> None:
        self._pause(url)
        stopped = len(self._request_filter.blocked)
        self._navigation.begin()
        try:
            self._page.goto(self._site.reach(url), wait_until="domcontentloaded")
        except Error as error:
            self._refuse_stop()
            if any(request.reason == UNDECLARED for request in self._request_filter.blocked[stopped:]):
                raise Blocked(Obstacle(kind=ObstacleKind.SCENARIO, evidence=UNDECLARED, url=url)) from error
            raise Blocked(network_obstacle(error.message, url)) from error
        self._arrive()
        host = urlsplit(self.url).hostname
        if host != urlsplit(url).hostname:
            raise Blocked(Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("its address led to {host}", host=host), url))

    @contextmanager
    def acting(self, *, sends: Iterable[str] = (), new_tab: bool = False, leads_on: bool = False) -> Iterator[None]:
        """Do something on the page inside this context; where it leads has loaded when the context ends.

        Args:
            new_tab: go on in the tab that it opens; in this one, when the site has taken to leading on in it.
            leads_on: it is done to a link or a form, and another page is to be expected.

        Raises:
            Blocked: a wall, an outage, …; or no tab opened.
        """
        self._slow_down(self.url)
        self._navigation.begin()
        sends = tuple(sends)
        with self._request_filter.allow_sends(sends):
            with self._in_new_tab("POST" if sends else "GET") if new_tab else nullcontext():
                yield
            if leads_on and not new_tab:
                self._await_start()
            self._with_retries(self._arrive, self._led_to)

    @contextmanager
    def _in_new_tab(self, method: str) -> Iterator[None]:
        """Go on in the tab that opens.

        Args:
            method: by which its page is asked for.
        """
        try:
            with self._context.expect_page(timeout=ACT_TIMEOUT_MS) as opened:
                yield
        except OutOfTime as error:
            if not self._navigation.url:
                raise Blocked(Obstacle.of(ObstacleKind.SCENARIO, Phrase("no tab opens"), self.address)) from error
            return
        self._use(opened.value)
        self._await_load()
        # What a tab's first request was is told before the tab is.
        self._navigation.url, self._navigation.method = self._page.url, method

    def _led_to(self) -> str | None:
        """Where an act has led, if it only asked for a page."""
        return self._site.canonical(self._navigation.url) if self._navigation.repeatable else None

    def _pause(self, url: str) -> None:
        """Be slow, and stay away from where robots are not wanted; raises Blocked."""
        refusal = None if self._request_filter.is_outside(url) else self._policy.robots_refusal(url, self._visit_robots)
        if refusal is not None:
            raise Blocked(refusal)
        self._slow_down(url)

    def _slow_down(self, url: str) -> None:
        seconds = self._policy.pause_before(url)
        if seconds:
            with self._watchdog.paused():
                self._page.wait_for_timeout(seconds * 1000)

    def _visit_robots(self, address: str) -> tuple[int, str]:
        """Read a robots.txt in the tab; a host that does not answer has no rules yet: its page will tell."""
        try:
            response = self._page.goto(self._site.reach(address))
            if response is None or not response.ok:
                return (NOT_FOUND if response is None else response.status), ""
            return response.status, str(self._page.evaluate("document.body ? document.body.innerText : ''"))
        except Error:
            return NOT_FOUND, ""

    def _fetch_robots(self, address: str) -> tuple[int, str]:
        """Read the robots.txt of the page's own host, from the page; if it forbids that, in a tab of its own."""
        script = "url => fetch(url).then(async (answer) => [answer.status, answer.ok ? await answer.text() : ''])"
        try:
            status, text = self._page.evaluate(script, self._site.reach(address))
        except Error:
            page, self._page = self._page, self._context.new_page()
            try:
                return self._visit_robots(address)
            finally:
                self._page.close()
                self._page = page
        return int(status), str(text)

    def click_at(self, point: tuple[float, float]) -> None:
        self._mouse = point
        self._page.mouse.click(*point)

    def hover_at(self, point: tuple[float, float]) -> None:
        self._mouse = point
        self._page.mouse.move(*point)

    def wait_until_stable(self) -> None:
        """Wait until the page stands still again, after something that leads nowhere; raises PrivacyError."""
        self._state = self._stable_state()
        self._guard()

    def check_no_personal_data(self) -> None:
        """Raise PrivacyError when the page, as it is by now, may be somebody's."""
        guard.check_elements(self.look().elements)
        self._guard(visible=True)

    def wait_for_more(self) -> None:
        """Give the page time to bring all that it has to show, and clear away what came; raises as ``go`` does."""
        wait_until_idle(self._page, quiet_ms=PATIENT_TIMES * self._policy.quiet_ms)
        self._arrive()

    def look(self, *, full_page: bool = False) -> Snapshot:
        return snapshot(
            self._page,
            canonical=lambda address: self._redact(self._site.canonical(address)),
            typed=self.typed,
            full_page=full_page,
            scale=self._tutorial.scale,
        )

    def boxes(self, selector: str, *, full_page: bool) -> tuple[Box, ...]:
        """Where everything that a CSS selector finds is in the picture, px."""
        raw = self._page.locator(selector).evaluate_all(
            "(nodes, full) => nodes.filter(n => n.checkVisibility()).map(n => { const r = n.getBoundingClientRect();"
            " return [r.x + (full ? scrollX : 0), r.y + (full ? scrollY : 0), r.width, r.height]; })",
            full_page,
        )
        scale = self._tutorial.scale
        return tuple(Box(x=x * scale, y=y * scale, width=w * scale, height=h * scale) for x, y, w, h in raw)

    def picture(self, *, full_page: bool = False, approved_sha256: str | None = None) -> Shot:
        """Take a picture of a page that stands still; raises Blocked, or PrivacyError when it may be somebody's.

        Args:
            full_page: the whole document, with all that only loads when it is scrolled to.
            approved_sha256: of the approved picture: one that is the same needs no second look.
        """
        if full_page:
            self._state = None
        with expanded(self._page) if full_page else nullcontext():
            return self._steady_picture(full_page=full_page, approved_sha256=approved_sha256)

    def _steady_picture(self, *, full_page: bool, approved_sha256: str | None) -> Shot:
        stillness = self._state or self._stable_state(full_page=full_page)
        for attempt in range(PICTURE_ATTEMPTS):
            if attempt:
                stillness = self._stable_state(full_page=full_page)
            before = self.look(full_page=full_page)
            guard.check_elements(before.elements)
            png = self._screenshot(full_page=full_page)
            after = before.boxes_now(full_page=full_page, scale=self._tutorial.scale)
            second = None if sha256(png) == approved_sha256 else self._next_frame_screenshot(full_page=full_page)
            steady = second in (None, png) and all(
                element.box.distance(box) <= STEADY_PX for element, box in zip(before.elements, after, strict=True)
            )
            # What a picture shows that is as approved, a person has looked at.
            self._guard(visible=second is not None, full_page=full_page)
            # What opens late may have come between the look and the picture: it is clicked away, and both done again.
            # What never stood still will not do so now.
            if not self._dismissed() and (steady or not stillness.stable):
                break
        flicker = None if second is None else measure_noise_floor(png, second)
        return Shot(png=png, snapshot=before, state=stillness, steady=steady, noise_floor=flicker)

    def _stable_state(self, *, full_page: bool = False) -> PageState:
        return wait_until_stable(self._page, full_page=full_page, quiet_ms=self._policy.quiet_ms)

    def _screenshot(self, *, full_page: bool) -> bytes:
        try:
            return self._page.screenshot(animations="disabled", caret="hide", full_page=full_page, scale="device")
        except OutOfTime:
            # A page that is busy for ever does not answer this either, and is the watchdog's.
            self._page.evaluate("0")
            raise

    def _next_frame_screenshot(self, *, full_page: bool) -> bytes:
        """A picture of another frame than the last one: on a busy machine, two may be taken of the same."""
        self._page.evaluate(_TWO_FRAMES, FRAMES_MS)
        return self._screenshot(full_page=full_page)

    def _arrive(self) -> None:
        """Wait for the page that was asked for, see that it is one, and clear what stands in its way."""
        self._await_navigation()
        for _ in range(DISMISS_ROUNDS):
            stillness = self._stable_state()
            if self._navigation.under_way:
                self._await_navigation()
                continue
            self._refuse_stop()
            self._refuse_obstacle(stillness)
            if not self._dismissed():
                break
        self._state = stillness
        self._guard()

    def _dismissed(self) -> bool:
        """Click away one thing that lies in the way; False when there is none. The mouse stays where a step put it."""
        points = points_to_dismiss(self._page, self._tutorial.dismiss) if self._tutorial.dismiss else ()
        if not points:
            return False
        self._page.mouse.click(*points[0])
        if self._mouse is not None:
            self._page.mouse.move(*self._mouse)
        return True

    def _guard(self, *, visible: bool = False, full_page: bool = False) -> None:
        guard.check_address(self.url, self._tutorial)
        found = probe_session(self._page, self.typed, closed=self._closed, visible=visible, full_page=full_page)
        guard.check_filled(found.filled)
        guard.check_sign_out_links(found.sign_out_links)

    def _refuse_obstacle(self, stillness: PageState) -> None:
        if self._page.url.startswith(ERROR_PAGES):
            raise Blocked(self._error_page())
        if self._request_filter.is_outside(self._page.url):
            raise Blocked(Obstacle(kind=ObstacleKind.SCENARIO, evidence=UNDECLARED, url=self.address))
        obstacle = self._obstacle(stillness)
        if obstacle is not None:
            _, wait_s = self._navigation.response_status(self._page.url)
            raise Blocked(replace(obstacle, url=self.address), wait_s)
        refusal = self._policy.robots_refusal(self.url, self._fetch_robots)
        if refusal is not None:
            raise Blocked(replace(refusal, url=self.address))

    def _obstacle(self, stillness: PageState) -> Obstacle | None:
        """What is shown instead of a page of the site."""
        status, _ = self._navigation.response_status(self._page.url)
        return detect_obstacle(
            status=status, url=self.url, title=stillness.title, text=stillness.text, texts=self._tutorial.obstacle_texts
        ) or unexpected_page(
            url=self.url, language=stillness.language, expected=self._tutorial.locale, blank=stillness.blank
        )

    def _error_page(self) -> Obstacle:
        """What Firefox's own error page tells of."""
        asked = dict(parse_qsl(urlsplit(self._page.url).query))
        url = self._redact(self._site.canonical(asked.get("u", "")))
        if self._request_filter.is_outside(url):
            return Obstacle(kind=ObstacleKind.SCENARIO, evidence=UNDECLARED, url=url)
        return network_obstacle(asked.get("e", ""), url)

    def _use(self, page: Page) -> None:
        self._page = page
        self._state = None
        self._navigation.follow(page)

    def _await_start(self) -> None:
        """Wait until a page is asked for; a script may have done something else instead."""
        deadline = time.monotonic() + START_MS / 1000
        while not self._navigation.url and time.monotonic() < deadline:
            self._page.wait_for_timeout(10)

    def _await_navigation(self) -> None:
        deadline = time.monotonic() + NAVIGATION_TIMEOUT_MS / 1000
        while self._navigation.under_way and not self._navigation.blocked and time.monotonic() < deadline:
            self._page.wait_for_timeout(20)
        self._refuse_stop()
        if self._navigation.under_way:
            self._navigation.end()
            there = self._redact(self._site.canonical(self._navigation.url))
            raise Blocked(Obstacle(kind=ObstacleKind.TIMEOUT, evidence=TIMED_OUT, url=there))
        self._await_load()

    def _refuse_stop(self) -> None:
        """Raise Blocked when the page would have led where it may not: it is not the next one."""
        for why in self._navigation.blocked:
            self._navigation.end()
            raise Blocked(_stop_obstacle(why, self.address))

    def _await_load(self) -> None:
        """Wait for all that a page consists of; what never comes (a picture, an advertisement) is done without."""
        deadline = time.monotonic() + LOAD_TIMEOUT_MS / 1000
        while time.monotonic() < deadline:
            # Firefox's own page about an error never says that it has come.
            if self._page.url.startswith(ERROR_PAGES):
                return
            with suppress(OutOfTime):
                self._page.wait_for_load_state("load", timeout=LOAD_LOOK_MS)
                return
        self._page.wait_for_load_state("domcontentloaded")


def _stop_obstacle(why: str, url: str) -> Obstacle:
    """What the gate stopped, told as what was met instead of a page."""
    if why == DOWNLOAD:
        return network_obstacle(DOWNLOAD_STARTS, url)
    return Obstacle(kind=ObstacleKind.SCENARIO, evidence=why, url=url)


def _blocked_by(load: Callable[[], None]) -> Blocked | None:
    """What kept a page from loading, None when nothing did."""
    try:
        load()
    except Blocked as blocked:
        return blocked
    return None
