"""Take a screenshot of a stable page, with the elements on it and its noise floor."""

import time
from contextlib import nullcontext
from dataclasses import dataclass, replace

from playwright.sync_api import Page
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from capture.browser.current_page import CurrentPage
from capture.browser.full_page import expanded
from capture.browser.overlays import dismiss_overlay
from capture.browser.page_guard import PageGuard
from capture.browser.snapshot import Snapshot
from capture.browser.stability import PageState
from capture.noise_floor import NO_NOISE, NoiseFloor, measure_noise_floor, united
from capture.storage import sha256

MOVED_PX = 0.5
"""Tolerance between the boxes read before and after a screenshot."""
ATTEMPTS = 4
"""Attempts at least, until a screenshot is reproducible."""
ATTEMPTS_S = 2.0
"""Time for which a page is tried at least: what draws itself for a second is stable then, even if Firefox is fast."""
FRAME_TIMEOUT_MS = 500
"""A page that draws no frame for this long is not being drawn."""
_TWO_FRAMES = """timeout => new Promise(done => {
  setTimeout(done, timeout); requestAnimationFrame(() => requestAnimationFrame(done)); })"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A screenshot with the elements that are on it."""

    png: bytes
    snapshot: Snapshot
    state: PageState
    reproducible: bool
    """A second screenshot was identical, and no element moved between the two."""
    noise_floor: NoiseFloor | None
    """Difference between both screenshots; None: the first equals the baseline, and no second one was taken."""


class Screenshots:
    """Takes screenshots of the current page."""

    def __init__(self, current: CurrentPage, *, page_guard: PageGuard, dismiss: tuple[str, ...]) -> None:
        """Take screenshots of a page.

        Args:
            current: the page.
            page_guard: refuses pages that may belong to a session.
            dismiss: CSS selectors of overlays to click away.
        """
        self._current = current
        self._page_guard = page_guard
        self._dismiss = dismiss

    def take(self, *, full_page: bool = False, baseline_sha256: str | None = None) -> Shot:
        """Take a screenshot of the page once it is stable; raises PrivacyError if it may belong to a session.

        Args:
            full_page: capture the whole document, with content that loads when it is scrolled to.
            baseline_sha256: digest of the baseline's PNG; no second screenshot is taken if the first is the same.
        """
        if full_page:
            self._current.state = None
        with expanded(self._current.page) if full_page else nullcontext():
            return self._take_reproducible(full_page=full_page, baseline_sha256=baseline_sha256)

    def _take_reproducible(self, *, full_page: bool, baseline_sha256: str | None) -> Shot:
        """Take screenshots until one is reproducible, the page turns out to be unstable, or all attempts are used."""
        state = self._current.state or self._current.wait_until_stable(full_page=full_page)
        begun, attempts = time.monotonic(), 0
        floors: list[NoiseFloor] = []
        while True:
            shot = self._take_once(state, full_page=full_page, baseline_sha256=baseline_sha256)
            attempts += 1
            floors.append(shot.noise_floor or NO_NOISE)
            # An overlay may have opened between the snapshot and the screenshot: dismiss it, and take both again.
            # A page that was unstable at first is not waited for again.
            if not dismiss_overlay(self._current, self._dismiss) and (shot.reproducible or not state.stable):
                return shot
            if attempts >= ATTEMPTS and time.monotonic() - begun >= ATTEMPTS_S:
                # An animated picture shows another part of itself at each attempt; the first one may show what is late.
                return replace(shot, noise_floor=united(floors[1:]))
            state = self._current.wait_until_stable(full_page=full_page)

    def _take_once(self, state: PageState, *, full_page: bool, baseline_sha256: str | None) -> Shot:
        """Read the elements, take one or two screenshots, read the boxes again, and check the page."""
        snapshot = self._current.snapshot(full_page=full_page)
        self._page_guard.check_snapshot(snapshot)
        png = _screenshot(self._current.page, full_page=full_page)
        boxes = snapshot.boxes_now()
        second = None
        if sha256(png) != baseline_sha256:
            second = _screenshot_of_next_frame(self._current.page, full_page=full_page)
        # A person has approved a picture that equals the baseline: its visible content needs no probe.
        self._page_guard.check(self._current, visible=second is not None, full_page=full_page)
        unmoved = all(
            element.box.distance(box) <= MOVED_PX for element, box in zip(snapshot.elements, boxes, strict=True)
        )
        return Shot(
            png=png,
            snapshot=snapshot,
            state=state,
            reproducible=unmoved and second in (None, png),
            noise_floor=None if second is None else measure_noise_floor(png, second),
        )


def _screenshot(page: Page, *, full_page: bool) -> bytes:
    try:
        return page.screenshot(animations="disabled", caret="hide", full_page=full_page, scale="device")
    except PlaywrightTimeout:
        # A page whose scripts never return does not answer this either: the watchdog will end it.
        page.evaluate("0")
        raise


def _screenshot_of_next_frame(page: Page, *, full_page: bool) -> bytes:
    """Take a screenshot two frames later: on a busy machine, two in a row may show the same frame."""
    page.evaluate(_TWO_FRAMES, FRAME_TIMEOUT_MS)
    return _screenshot(page, full_page=full_page)
