"""One tab of Firefox, as a scenario uses it: go, act, look, take a picture."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urldefrag

from playwright.sync_api import BrowserContext, Error, Page, Request, Response

from capture.elements import Box
from capture.guard import Gate
from capture.settle import Stillness, settle
from capture.site import Site
from capture.snapshot import Snapshot, snapshot
from capture.tutorial import Tutorial
from capture.wall import Blocked, Obstacle, ObstacleKind, network_obstacle, recognise

NAVIGATION_TIMEOUT_MS = 15_000
ACT_TIMEOUT_MS = 5_000
STEADY_PX = 0.5
"""Boxes read before and after a picture must agree within this."""
PICTURE_ATTEMPTS = 4
DISMISS_ROUNDS = 4
REDIRECTS = range(300, 400)


@dataclass(frozen=True, kw_only=True, slots=True)
class Picture:
    """A screenshot with the elements that are on it."""

    png: bytes
    snapshot: Snapshot
    stillness: Stillness
    steady: bool
    """Nothing moved while it was taken."""


class Tab:
    """A browser context with the tab that the reader would be looking at."""

    def __init__(self, context: BrowserContext, *, tutorial: Tutorial, site: Site, gate: Gate) -> None:
        self._context = context
        self._tutorial = tutorial
        self._site = site
        self._gate = gate
        self._statuses: dict[str, int] = {}
        self._leaving = False
        self.loads = 0
        """Pages loaded so far."""
        context.set_default_navigation_timeout(NAVIGATION_TIMEOUT_MS)
        context.set_default_timeout(ACT_TIMEOUT_MS)
        context.on("request", self._note_request)
        context.on("requestfailed", self._note_failure)
        context.on("response", self._note_response)
        self._stillness: Stillness | None = None
        self._use(context.new_page())

    @property
    def page(self) -> Page:
        return self._page

    @property
    def url(self) -> str:
        return self._site.canonical(self._page.url)

    def go(self, url: str) -> None:
        """Open an address of the real site; raises Blocked."""
        try:
            self._page.goto(self._site.reach(url), wait_until="load")
        except Error as error:
            if self._gate.leads_outside(url):
                raise Blocked(Obstacle(kind=ObstacleKind.SCENARIO, sign="undeclared host", url=url)) from error
            raise Blocked(network_obstacle(error.message, url)) from error
        self._arrive()

    @contextmanager
    def acting(self, *, sends: Iterable[str] = (), new_tab: bool = False) -> Iterator[None]:
        """Do something on the page inside this context; where it leads has loaded when the context ends."""
        with self._gate.sending(sends):
            if new_tab:
                with self._context.expect_page(timeout=ACT_TIMEOUT_MS) as opened:
                    yield
                self._use(opened.value)
                opened.value.wait_for_load_state("load")
            else:
                yield
            self._arrive()

    def rest(self) -> None:
        """Wait until the page stands still again, after something that leads nowhere (a hover)."""
        self._stillness = settle(self._page)

    def look(self, *, full_page: bool = False) -> Snapshot:
        return snapshot(self._page, canonical=self._site.canonical, full_page=full_page, scale=self._tutorial.scale)

    def boxes(self, selector: str, *, full_page: bool) -> tuple[Box, ...]:
        """Where everything that a CSS selector finds is in the picture, px."""
        raw = self._page.locator(selector).evaluate_all(
            "(nodes, full) => nodes.filter(n => n.checkVisibility()).map(n => { const r = n.getBoundingClientRect();"
            " return [r.x + (full ? scrollX : 0), r.y + (full ? scrollY : 0), r.width, r.height]; })",
            full_page,
        )
        scale = self._tutorial.scale
        return tuple(Box(x=x * scale, y=y * scale, width=w * scale, height=h * scale) for x, y, w, h in raw)

    def picture(self, *, full_page: bool = False) -> Picture:
        """Take a picture of a page that stands still; raises Blocked."""
        stillness = self._stillness or settle(self._page)
        for attempt in range(PICTURE_ATTEMPTS):
            if attempt:
                stillness = settle(self._page)
            before = self.look(full_page=full_page)
            png = self._page.screenshot(animations="disabled", caret="hide", full_page=full_page, scale="device")
            after = before.boxes_now(full_page=full_page, scale=self._tutorial.scale)
            steady = all(
                element.box.distance(box) <= STEADY_PX for element, box in zip(before.elements, after, strict=True)
            )
            if steady:
                break
        return Picture(png=png, snapshot=before, stillness=stillness, steady=steady)

    def _arrive(self) -> None:
        """Wait for the page that was asked for, see that it is one, and clear what stands in its way."""
        self._await_navigation()
        for _ in range(DISMISS_ROUNDS):
            stillness = settle(self._page, dismiss=self._tutorial.dismiss)
            if self._leaving:
                self._await_navigation()
                continue
            self._refuse_obstacle(stillness)
            if not stillness.in_the_way:
                break
            self._page.mouse.click(*stillness.in_the_way[0])
        self._stillness = stillness

    def _refuse_obstacle(self, stillness: Stillness) -> None:
        if self._page.url.startswith("about:neterror"):
            raise Blocked(network_obstacle(self._page.url, self.url))
        status = self._statuses.get(urldefrag(self._page.url).url)
        obstacle = recognise(status=status, url=self.url, title=stillness.title, text=stillness.text)
        if obstacle is not None:
            raise Blocked(obstacle)

    def _use(self, page: Page) -> None:
        self._page = page
        self._stillness = None
        page.on("framenavigated", lambda frame: self._note_arrival() if frame == page.main_frame else None)

    def _await_navigation(self) -> None:
        deadline = time.monotonic() + NAVIGATION_TIMEOUT_MS / 1000
        while self._leaving and time.monotonic() < deadline:
            self._page.wait_for_timeout(20)
        if self._leaving:
            self._leaving = False
            raise Blocked(Obstacle(kind=ObstacleKind.TIMEOUT, sign="no answer in time", url=self.url))
        self._page.wait_for_load_state("load")

    def _note_request(self, request: Request) -> None:
        if _of_main_frame(request, self._page):
            self._leaving = True

    def _note_failure(self, request: Request) -> None:
        if _of_main_frame(request, self._page):
            self._leaving = False

    def _note_response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._statuses[urldefrag(response.url).url] = response.status
            self.loads += response.status not in REDIRECTS

    def _note_arrival(self) -> None:
        self._leaving = False


def _of_main_frame(request: Request, page: Page) -> bool:
    if not request.is_navigation_request():
        return False
    try:
        return request.frame == page.main_frame
    except Error:
        # The frame of a new tab's first request is not there yet.
        return False
