"""One tutorial, from its first page to its last."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from importlib.metadata import version

from playwright.sync_api import Browser, BrowserContext, Error

from capture.browser.firefox import kill_firefox
from capture.browser.tab import Tab
from capture.browser.watchdog import Watchdog
from capture.capture import Capture, Environment, Sidecar
from capture.errors import PrivacyError
from capture.messages import Phrase
from capture.page_scripts import page_script
from capture.politeness.obstacles import Blocked, Obstacle, ObstacleKind, known_obstacle, network_obstacle
from capture.politeness.policy import PolitenessPolicy
from capture.privacy.proxy import SocksProxy
from capture.privacy.request_filter import BlockedRequest, RequestFilter
from capture.runner.step import CannotGoOn, Step
from capture.scenario.loader import describe_error
from capture.scenario.tutorial import Page, Tutorial
from capture.site.site import Site


class VisitState(StrEnum):
    """What became of a page."""

    CAPTURED = "captured"
    NOT_VISITED = "not_visited"
    """Personal or fixed: no scenario goes there."""
    NOT_REACHED = "not_reached"
    """An earlier page stopped the journey."""
    UNREACHABLE = "unreachable"
    """Something else was met instead of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageOutcome:
    """What became of one page tonight."""

    page: Page
    state: VisitState
    capture: Capture | None = None
    obstacle: Obstacle | None = None
    """What was met instead of it; of one that was captured, what kept the journey from going on from it."""
    stopped_by: int | None = None
    """Number of the page at which the journey stopped, of one that was not reached."""

    @property
    def crashed(self) -> bool:
        """Firefox, or what drives it, stopped before the page was seen."""
        return self.obstacle is not None and self.obstacle.kind is ObstacleKind.BROWSER

    @property
    def busy(self) -> bool:
        """It kept Firefox busy for ever: it is not visited again."""
        return self.obstacle is not None and self.obstacle.kind is ObstacleKind.BUSY

    @property
    def refused(self) -> bool:
        """It could have touched a person's data: nothing is kept of it, and the journey ended."""
        return self.obstacle is not None and self.obstacle.kind is ObstacleKind.PRIVACY


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyLog:
    """What a journey asked of the site."""

    page_loads: int
    blocked: tuple[BlockedRequest, ...]

    def merge(self, other: "JourneyLog") -> "JourneyLog":
        """This journey's and another one's together."""
        return JourneyLog(
            page_loads=self.page_loads + other.page_loads, blocked=tuple(dict.fromkeys((*self.blocked, *other.blocked)))
        )


DRIVER_GONE = "Connection closed while reading from the driver"
"""What Playwright says, as a bare Exception, when its driver is no more."""

PageBaselineLookup = Callable[[int], Sidecar | None]
"""The approved capture of a page, by its number."""


class Journey:
    """Walks through a tutorial in a browser context of its own."""

    def __init__(
        self,
        tutorial: Tutorial,
        *,
        browser: Browser,
        site: Site,
        environment: Environment,
        baseline_of: PageBaselineLookup,
        policy: PolitenessPolicy | None = None,
    ) -> None:
        self._tutorial = tutorial
        self._browser = browser
        self._site = site
        self._environment = replace(
            environment,
            viewport=tutorial.viewport,
            scale=tutorial.scale,
            locale=tutorial.locale,
            timezone=tutorial.timezone,
        )
        self._baseline_of = baseline_of
        self._policy = policy or PolitenessPolicy()
        self._request_filter = RequestFilter(tutorial, site)
        self._watchdog = Watchdog(kill_firefox)
        self._blocked_hosts: dict[str, Obstacle] = {}
        self._known: Mapping[int, PageOutcome] = {}
        self._loads = 0

    @property
    def log(self) -> JourneyLog:
        return JourneyLog(page_loads=self._loads, blocked=self._request_filter.blocked)

    def walk(self, last: int | None = None, known: Iterable[PageOutcome] = ()) -> Iterator[PageOutcome]:
        """Visit every page in turn, or those up to a last one; each is yielded as soon as it is known.

        Args:
            known: what became of pages that are not to be visited again.
        """
        self._known = {outcome.page.number: outcome for outcome in known}
        waiting = [page for page in self._tutorial.pages if last is None or page.number <= last]
        try:
            with self._tab() as tab:
                for outcome in self._pages(tab, tuple(waiting)):
                    waiting.remove(outcome.page)
                    yield outcome
        except Exception as error:
            if not isinstance(error, Error) and DRIVER_GONE not in str(error):
                raise
            # Firefox is gone: what was not seen by now is not known.
            for page in waiting:
                yield _unreachable(page, network_obstacle(str(error), page.starts_at or ""))

    def _pages(self, tab: Tab, pages: Iterable[Page]) -> Iterator[PageOutcome]:
        stopped_by: int | None = 0
        ended = False
        after: Obstacle | None = None
        for page in pages:
            if not page.visited:
                yield PageOutcome(page=page, state=VisitState.NOT_VISITED)
                continue
            if page.number in self._known:
                yield self._known[page.number]
                stopped_by = page.number
                continue
            if stopped_by is not None and (ended or page.starts_at is None):
                number = stopped_by or page.number
                yield PageOutcome(page=page, state=VisitState.NOT_REACHED, stopped_by=number, obstacle=after)
                continue
            outcome, goes_on = self._visit(tab, page, page.starts_at if stopped_by is not None else None)
            stopped_by = None if goes_on else page.number
            ended = outcome.refused
            # What was met instead of a page is told of that page.
            after = outcome.obstacle if outcome.capture else None
            self._loads = tab.page_loads
            yield outcome

    @contextmanager
    def _tab(self) -> Iterator[Tab]:
        width, height = self._tutorial.viewport
        reachable = self._tutorial.hosts | self._tutorial.resources
        if self._policy.on_wall is not None:
            reachable |= self._tutorial.wall_hosts
        with SocksProxy(
            partial(self._site.resolve, among=reachable), self._request_filter.note_refused_connection
        ) as relay:
            context = self._browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=self._tutorial.scale,
                locale=self._tutorial.locale,
                timezone_id=self._tutorial.timezone,
                accept_downloads=False,
                service_workers="block",
                user_agent=self._policy.user_agent(self._environment.firefox, version("tutofrais")),
                proxy={"server": relay.address},
            )
            try:
                self._request_filter.attach(context)
                self._fix_time_and_random(context)
                yield Tab(
                    context,
                    tutorial=self._tutorial,
                    site=self._site,
                    request_filter=self._request_filter,
                    policy=self._policy,
                    watchdog=self._watchdog,
                )
            finally:
                relay.close_connections()
                # When the driver is gone, Playwright raises a bare Exception; what ended it is on its way up already.
                with self._watchdog.timed():
                    with suppress(Exception):
                        _close_pages(context)
                    with suppress(Exception):
                        context.close()

    def _fix_time_and_random(self, context: BrowserContext) -> None:
        """Hold still what would make a page another one each time without meaning anything."""
        if self._tutorial.fixed_time is not None:
            context.clock.set_fixed_time(self._tutorial.fixed_time)
        if self._tutorial.random_seed is not None:
            context.add_init_script(f"{page_script('browser/seeded_random.js')}({self._tutorial.random_seed})")

    def _visit(self, tab: Tab, page: Page, start: str | None) -> tuple[PageOutcome, bool]:
        """Visit one page; and say whether the journey can go on from it to the next."""
        approved = self._baseline_of(page.number)
        step = Step(
            tab,
            tutorial=self._tutorial,
            page=page,
            site=self._site,
            environment=self._environment,
            baseline=approved,
        )
        try:
            with self._watchdog.timed():
                obstacle = self._attempt(tab, page, step, start)
        except PrivacyError as error:
            step.refuse(error)
        step.end()
        if self._watchdog.expired:
            spent = Phrase("{n} s", n=self._watchdog.limit_s)
            return _unreachable(page, Obstacle.of(ObstacleKind.BUSY, spent, page.starts_at or "")), False
        if step.refusal is not None:
            return _unreachable(page, Obstacle.of(ObstacleKind.PRIVACY, step.refusal.what, page.starts_at or "")), False
        if step.capture is not None:
            outcome = PageOutcome(page=page, state=VisitState.CAPTURED, capture=step.capture, obstacle=obstacle)
            return outcome, obstacle is None
        seen = obstacle or Obstacle.of(ObstacleKind.SCENARIO, Phrase("no picture is taken"), tab.address)
        return _unreachable(page, seen), False

    def _attempt(self, tab: Tab, page: Page, step: Step, start: str | None) -> Obstacle | None:
        """Run the author's function; what stopped it, if anything did. Raises PrivacyError."""
        assert page.visit is not None, "only visited pages are attempted"
        try:
            if start is not None:
                self._go(tab, start)
            try:
                page.visit(step)
                step.check_going_on()
            except CannotGoOn as error:
                if step.capture is None:
                    self._capture_where_stopped(step)
                return Obstacle(kind=ObstacleKind.LOST, evidence=str(error).rstrip("."), url=tab.address)
        except Blocked as blocked:
            self._note_blocked_host(blocked.obstacle)
            return blocked.obstacle
        except PrivacyError:
            raise
        except Error as error:
            return known_obstacle(error.message, tab.address) or self._scenario_mistake(error, tab)
        except Exception as error:  # noqa: BLE001 - an author's mistake ends the page, not the run
            if DRIVER_GONE in str(error):
                return Obstacle(kind=ObstacleKind.BROWSER, evidence=DRIVER_GONE, url=tab.address)
            return self._scenario_mistake(error, tab)
        return None

    def _capture_where_stopped(self, step: Step) -> None:
        """Take the picture of a page whose scenario cannot go on before it, if something told is false there.

        If nothing is, it is not kept: what the scenario would have told later was not judged.
        """
        step.capture_page()
        if step.capture is not None and not step.capture.sidecar.false_instructions:
            step.forget()

    def _scenario_mistake(self, error: Exception, tab: Tab) -> Obstacle:
        """A mistake of the scenario's, with its line."""
        file = self._tutorial.file
        what = Phrase("{file}, {what}", file=file.name, what=describe_error(error, file))
        return Obstacle.of(ObstacleKind.SCENARIO, what, tab.address)

    def _go(self, tab: Tab, url: str) -> None:
        """Open a page's own address, unless its host has just shown that it does not want to, or cannot."""
        known = self._blocked_hosts.get(_host(url))
        if known is not None:
            raise Blocked(known)
        tab.go(url)

    def _note_blocked_host(self, obstacle: Obstacle) -> None:
        if obstacle.kind in (ObstacleKind.WALL, ObstacleKind.NETWORK, ObstacleKind.TIMEOUT):
            self._blocked_hosts.setdefault(_host(obstacle.url), obstacle)


def _close_pages(context: BrowserContext) -> None:
    """Let pages end while their only way out is the relay: a context that is closed has no proxy any more."""
    for page in context.pages:
        page.close()


def _unreachable(page: Page, obstacle: Obstacle) -> PageOutcome:
    if not page.visited:
        return PageOutcome(page=page, state=VisitState.NOT_VISITED)
    return PageOutcome(page=page, state=VisitState.UNREACHABLE, obstacle=obstacle)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0]
