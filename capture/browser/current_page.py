"""The page shown in the reader's tab, with what the scenario did on it so far."""

from playwright.sync_api import Page

from capture.browser.snapshot import Snapshot, snapshot
from capture.browser.stability import PageState, StillNavigating, wait_until_stable
from capture.geometry import Box
from capture.messages import Phrase
from capture.politeness.obstacles import Blocked, Obstacle, ObstacleKind
from capture.privacy.addresses import redact_url
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

_VISIBLE_BOXES = """(nodes, fullPage) => nodes.filter((node) => node.checkVisibility()).map((node) => {
  const { x, y, width, height } = node.getBoundingClientRect();
  return [x + (fullPage ? scrollX : 0), y + (fullPage ? scrollY : 0), width, height];
})"""


class CurrentPage:
    """A Playwright page that another one can replace (a new tab), its URL, mouse position and typed values."""

    def __init__(self, page: Page, *, tutorial: Tutorial, site: Site, quiet_ms: int, closed_roots: str = "") -> None:
        """Show a page.

        Args:
            page: the first Playwright page.
            tutorial: gives the scale and the values that may stay in a URL.
            site: translates URLs.
            quiet_ms: a page is stable once nothing has changed for this long.
            closed_roots: name under which closed shadow roots are recorded.
        """
        self.page = page
        self.typed: list[str] = []
        """Values that the scenario typed, on this page and earlier ones."""
        self.state: PageState | None = None
        """State found by the last wait; None: the page may have changed since."""
        self._mouse: tuple[float, float] | None = None
        self._acted_on_url = ""
        self._loads_for_ever = ""
        """URL of a page that was loading or blank to the end of the wait: it is not waited for again."""
        self._site = site
        self._scale = tutorial.scale
        self._quiet_ms = quiet_ms
        self._closed_roots = closed_roots
        self._public_values = tutorial.public_values
        self._declared_urls = [page.starts_at for page in tutorial.pages if page.starts_at]

    @property
    def url(self) -> str:
        """URL on the real site."""
        return self._site.canonical(self.page.url)

    @property
    def address(self) -> str:
        """URL on the real site, as it may be recorded: query values that are not the scenario's own are removed."""
        return self.redact(self.url)

    def declare(self, url: str) -> None:
        """Keep the query values of a URL that the scenario gives when URLs are redacted."""
        self._declared_urls.append(url)

    def redact(self, url: str) -> str:
        """Return a URL of the real site as it may be recorded."""
        return redact_url(url, (*self._declared_urls, *self._public_values))

    def redacted_canonical(self, url: str) -> str:
        """Return a URL of this site as one of the real site that may be recorded."""
        return self.redact(self._site.canonical(url))

    def switch_to(self, page: Page) -> None:
        """Replace the page by one in another tab."""
        self.page = page
        self.state = None

    @property
    def was_acted_on(self) -> bool:
        """Whether a step has put the mouse somewhere on this page."""
        return self._mouse is not None and self._acted_on_url == self.page.url

    def click_at(self, point: tuple[float, float]) -> None:
        """Move the mouse to a point (CSS px in the viewport) and click."""
        self._note_act(point)
        self.page.mouse.click(*point)

    def hover_at(self, point: tuple[float, float]) -> None:
        """Move the mouse to a point (CSS px in the viewport)."""
        self._note_act(point)
        self.page.mouse.move(*point)

    def drag(self, start: tuple[float, float], end: tuple[float, float], *, steps: int) -> None:
        """Press the mouse at a point (CSS px in the viewport), move it to another one, and release it there."""
        self._note_act(end)
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(*end, steps=steps)
        mouse.up()

    def _note_act(self, point: tuple[float, float]) -> None:
        self._mouse, self._acted_on_url = point, self.page.url

    def click_aside(self, point: tuple[float, float]) -> None:
        """Click at a point (CSS px in the viewport), then return the mouse to where a step has put it."""
        self.page.mouse.click(*point)
        if self._mouse is not None:
            self.page.mouse.move(*self._mouse)

    def wait_until_stable(self, *, full_page: bool = False, quiet_factor: int = 1) -> PageState:
        """Wait until nothing changes any more; return the state of the page, without recording it in ``state``.

        Raises:
            Blocked: the page keeps reloading.
        """
        patient = self._loads_for_ever != self.page.url
        try:
            state = wait_until_stable(
                self.page, full_page=full_page, quiet_ms=quiet_factor * self._quiet_ms, patient=patient
            )
        except StillNavigating as error:
            reloading = Phrase("the page keeps reloading")
            raise Blocked(Obstacle.of(ObstacleKind.OUTAGE, reloading, self.address)) from error
        if state.loading or state.blank:
            self._loads_for_ever = self.page.url
        return state

    def snapshot(self, *, full_page: bool = False) -> Snapshot:
        """Read the elements of the page; boxes are relative to the viewport or to the whole document."""
        return snapshot(
            self.page,
            canonical=self.redacted_canonical,
            typed=self.typed,
            full_page=full_page,
            scale=self._scale,
            closed_roots=self._closed_roots,
        )

    def boxes_of(self, selector: str, *, full_page: bool) -> tuple[Box, ...]:
        """Return the boxes of all visible elements that match a CSS selector, px of the screenshot."""
        boxes = self.page.locator(selector).evaluate_all(_VISIBLE_BOXES, full_page)
        return tuple(Box(x=x, y=y, width=width, height=height).scaled(self._scale) for x, y, width, height in boxes)
