"""The journey through one tutorial: visits its pages in order, and returns the outcome of each."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Error
from playwright.sync_api import Page as BrowserPage

from capture.browser.firefox import kill_firefox_and_driver
from capture.browser.tab import Tab
from capture.browser.tab_context import open_tab
from capture.browser.watchdog import Watchdog
from capture.capture import Capture, Environment, Sidecar
from capture.elements import NAMELESS
from capture.errors import PrivacyError
from capture.messages import Phrase
from capture.politeness.obstacles import (
    TIMED_OUT,
    WALLS_OF_ONE_PAGE,
    Blocked,
    Obstacle,
    ObstacleKind,
    known_obstacle,
    network_obstacle,
)
from capture.politeness.policy import PolitenessPolicy
from capture.privacy.request_filter import BlockedRequest, RequestFilter
from capture.runner.page_visit import CannotContinue, Departure, PageVisit, TypedSoFar
from capture.runner.step import Step
from capture.scenario.limits import SECONDS, TookTooLong, ticking
from capture.scenario.loader import describe_error
from capture.scenario.tutorial import Page, Tutorial
from capture.site.site import Site


class Onward(StrEnum):
    """Where a page's visit leaves the tab for the next page."""

    NEXT_PAGE = "next_page"
    """At the next page: acts after the last picture have led to another page or address."""
    CHANGED_PAGE = "changed_page"
    """At the same page, which acts after the last picture have changed: the next page is here, or at its start URL."""
    SAME_PAGE = "same_page"
    """Where it is: the next page's start URL is opened, if it has one."""
    STOPPED = "stopped"
    """At a page from which the journey cannot continue: the next page needs a start URL."""

    @classmethod
    def after(cls, visit: PageVisit, obstacle: Obstacle | None) -> "Onward":
        """Return it for a page that was captured, and the obstacle met after that."""
        if obstacle is not None:
            return cls.STOPPED
        if visit.has_left:
            return cls.NEXT_PAGE
        return cls.CHANGED_PAGE if visit.leads_on else cls.SAME_PAGE

    def start_url(self, page: Page, tab: Tab) -> str | None:
        """Return the URL at which the next page is opened; None: it continues from what the tab shows."""
        if page.starts_at is None or self is Onward.NEXT_PAGE:
            return None
        return None if self is Onward.CHANGED_PAGE and tab.is_at(page.starts_at) else page.starts_at


class VisitState(StrEnum):
    """State of a page after a journey."""

    CAPTURED = "captured"
    NOT_VISITED = "not_visited"
    """Personal or fixed: no scenario visits it."""
    NOT_REACHED = "not_reached"
    """The journey stopped at an earlier page."""
    UNREACHABLE = "unreachable"
    """An obstacle was met instead of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageOutcome:
    """Result of one page's visit."""

    page: Page
    state: VisitState
    capture: Capture | None = None
    obstacle: Obstacle | None = None
    """Met instead of the page; of a captured page, the obstacle that kept the journey from continuing after it."""
    stopped_by: int | None = None
    """Number of the page at which the journey stopped, if this one was not reached."""
    blocked: tuple[BlockedRequest, ...] = ()
    """Requests that were blocked during the visit."""
    departure: Departure | None = None
    """Click by which the page was left; None: none."""

    @property
    def crashed(self) -> bool:
        """Whether Firefox or its driver stopped before the page was captured."""
        return self.obstacle is not None and self.obstacle.kind is ObstacleKind.BROWSER

    @property
    def busy(self) -> bool:
        """Whether the page blocked Firefox until it was killed, or stops it: the page is not visited again."""
        return self.obstacle is not None and self.obstacle.kind in (ObstacleKind.BUSY, ObstacleKind.CRASH)

    @property
    def refused(self) -> bool:
        """Whether personal data could have been involved: no capture is recorded, and the journey has ended."""
        return self.obstacle is not None and self.obstacle.kind is ObstacleKind.PRIVACY


@dataclass(frozen=True, kw_only=True, slots=True)
class JourneyLog:
    """Page loads and blocked requests of a journey."""

    page_loads: int
    blocked: tuple[BlockedRequest, ...]
    consents_refused: tuple[str, ...] = ()
    """Platform and host of each consent window that was refused."""

    def merge(self, other: "JourneyLog") -> "JourneyLog":
        """Add up the page loads of two journeys, and join their blocked requests without duplicates."""
        return JourneyLog(
            page_loads=self.page_loads + other.page_loads,
            blocked=tuple(dict.fromkeys((*self.blocked, *other.blocked))),
            consents_refused=tuple(dict.fromkeys((*self.consents_refused, *other.consents_refused))),
        )


DRIVER_GONE = "Connection closed while reading from the driver"
"""Message of the bare Exception that Playwright raises when its driver has ended."""

PageBaselineLookup = Callable[[int], Sidecar | None]
"""Return the sidecar of a page's baseline, by the page's number."""


class Journey:
    """Visits the pages of a tutorial in a browser context of its own."""

    def __init__(
        self,
        tutorial: Tutorial,
        *,
        browser: Browser,
        site: Site,
        environment_in: Callable[[BrowserPage], Environment],
        baseline_of: PageBaselineLookup,
        policy: PolitenessPolicy | None = None,
        blocked_hosts: Mapping[str, Obstacle] | None = None,
    ) -> None:
        """Plan a journey.

        Args:
            tutorial: whose pages are visited.
            browser: a running Firefox.
            site: where its hosts are reached.
            environment_in: returns the environment of captures, from the tab before its first page.
            baseline_of: returns the approved sidecar of a page.
            policy: behaviour towards the site.
        """
        self._tutorial = tutorial
        self._browser = browser
        self._site = site
        self._environment_in = environment_in
        self._baseline_of = baseline_of
        self._policy = policy or PolitenessPolicy()
        self._request_filter = RequestFilter(tutorial, site)
        self._watchdog = Watchdog(kill_firefox_and_driver)
        self.blocked_hosts = dict(blocked_hosts or {})
        """Hosts that block visits, with the obstacle that was met: their other pages are not tried."""
        self._slow_hosts: set[str] = set()
        """Hosts that have not answered in time once."""
        self._typed = TypedSoFar()
        self._page_loads = 0
        self._consents_refused: list[str] = []

    @property
    def log(self) -> JourneyLog:
        return JourneyLog(
            page_loads=self._page_loads,
            blocked=self._request_filter.blocked,
            consents_refused=tuple(dict.fromkeys(self._consents_refused)),
        )

    def visit_pages(self, last: int | None = None, known: Iterable[PageOutcome] = ()) -> Iterator[PageOutcome]:
        """Visit the pages in order, and yield each outcome as soon as it is known.

        Args:
            last: number of the last page to visit; None: all of them.
            known: outcomes of pages that must not be visited again; they are yielded as they are.
        """
        known_outcomes = {outcome.page.number: outcome for outcome in known}
        remaining = [page for page in self._tutorial.pages if last is None or page.number <= last]
        try:
            with open_tab(
                self._browser,
                tutorial=self._tutorial,
                site=self._site,
                request_filter=self._request_filter,
                policy=self._policy,
                watchdog=self._watchdog,
            ) as tab:
                environment = self._environment(tab)
                for outcome in self._visit_in_order(tab, environment, tuple(remaining), known_outcomes):
                    remaining.remove(outcome.page)
                    yield outcome
        except Exception as error:
            if not isinstance(error, Error) and DRIVER_GONE not in str(error):
                raise
            # Firefox has ended: the remaining pages cannot be visited.
            for page in remaining:
                yield _unreachable(page, network_obstacle(str(error), page.starts_at or ""))

    def _environment(self, tab: Tab) -> Environment:
        """Return the environment of the captures in a tab that has shown nothing yet."""
        return replace(
            self._environment_in(tab.page),
            viewport=self._tutorial.viewport,
            scale=self._tutorial.scale,
            locale=self._tutorial.locale,
            timezone=self._tutorial.timezone,
        )

    def _visit_in_order(
        self, tab: Tab, environment: Environment, pages: Iterable[Page], known: Mapping[int, PageOutcome]
    ) -> Iterator[PageOutcome]:
        onward, refused = Onward.STOPPED, False
        stopped_by: int | None = None
        obstacle: Obstacle | None = None
        for page in pages:
            if not page.visited:
                yield PageOutcome(page=page, state=VisitState.NOT_VISITED)
            elif page.number in known:
                yield known[page.number]
                onward, stopped_by = Onward.STOPPED, page.number
            elif onward is Onward.STOPPED and (refused or page.starts_at is None):
                number = stopped_by or page.number
                yield PageOutcome(page=page, state=VisitState.NOT_REACHED, stopped_by=number, obstacle=obstacle)
            else:
                outcome, onward = self._visit(tab, environment, page, onward.start_url(page, tab))
                outcome = replace(outcome, blocked=self._request_filter.take_stopped())
                stopped_by, refused = page.number, outcome.refused
                # An obstacle met instead of a page is reported on that page, not on those after it.
                obstacle = outcome.obstacle if outcome.capture else None
                self._page_loads, self._consents_refused = tab.page_loads, tab.consents_refused
                yield outcome

    def _visit(
        self, tab: Tab, environment: Environment, page: Page, start_url: str | None
    ) -> tuple[PageOutcome, Onward]:
        """Visit one page; return its outcome, and where the tab is for the next page."""
        visit = PageVisit(
            tab,
            tutorial=self._tutorial,
            page=page,
            site_name=self._site.name,
            environment=environment,
            baseline=self._baseline_of(page.number),
            typed=self._typed,
            stopped_of_its_own=lambda: self._request_filter.stopped_of_its_own,
        )
        obstacle: Obstacle | None = None
        try:
            with self._watchdog.timed():
                obstacle = self._run_scenario(visit, start_url)
        except PrivacyError as error:
            visit.stop(error)
        visit.end()
        if self._watchdog.expired:
            limit = Phrase("{n} s", n=self._watchdog.limit_s)
            return _unreachable(page, Obstacle.of(ObstacleKind.BUSY, limit, page.starts_at or "")), Onward.STOPPED
        if visit.refusal is not None:
            refusal = Obstacle.of(ObstacleKind.PRIVACY, visit.refusal.what, page.starts_at or "")
            return _unreachable(page, refusal), Onward.STOPPED
        if visit.capture is not None:
            outcome = PageOutcome(
                page=page,
                state=VisitState.CAPTURED,
                capture=visit.capture,
                obstacle=obstacle,
                departure=visit.departure if visit.has_acted_after_a_picture else None,
            )
            return outcome, Onward.after(visit, obstacle)
        cause = obstacle or Obstacle.of(ObstacleKind.SCENARIO, Phrase("no picture is taken"), tab.address)
        return _unreachable(page, cause), Onward.STOPPED

    def _run_scenario(self, visit: PageVisit, start_url: str | None) -> Obstacle | None:
        """Open the start URL, if any, and run the author's function; return the obstacle that stopped it.

        Raises:
            PrivacyError: personal data could be involved.
        """
        try:
            visit.tab.resize(visit.page.viewport or self._tutorial.viewport)
            if start_url is not None:
                self._open_start(visit.tab, start_url)
            return _run_author_function(visit)
        except Blocked as blocked:
            self._note_blocked_host(blocked.obstacle)
            return blocked.obstacle
        except TookTooLong:
            what = Phrase(
                "page {number} runs for {n} s without an act on the page", number=visit.page.number, n=SECONDS
            )
            return Obstacle.of(ObstacleKind.SCENARIO, what, visit.tab.address)
        except PrivacyError:
            raise
        except Error as error:
            return known_obstacle(error.message, visit.tab.address) or self._scenario_mistake(error, visit.tab)
        except Exception as error:  # noqa: BLE001 - an author's mistake ends the page's visit, not the run
            if DRIVER_GONE in str(error):
                return Obstacle(kind=ObstacleKind.BROWSER, evidence=DRIVER_GONE, url=visit.tab.address)
            return self._scenario_mistake(error, visit.tab)

    def _scenario_mistake(self, error: Exception, tab: Tab) -> Obstacle:
        """Return the obstacle for an error in the scenario, with its line."""
        file = self._tutorial.file
        what = Phrase("{file}, {what}", file=file.name, what=describe_error(error, file))
        return Obstacle.of(ObstacleKind.SCENARIO, what, tab.address)

    def _open_start(self, tab: Tab, url: str) -> None:
        """Open a page's start URL; raises Blocked at once if its host has blocked or failed an earlier page."""
        known = self.blocked_hosts.get(_host(url))
        if known is not None:
            raise Blocked(known)
        tab.go(url)

    def _note_blocked_host(self, obstacle: Obstacle) -> None:
        """Note that a host blocks visits, or has not answered in time twice: its other pages are not tried."""
        host = _host(obstacle.url)
        blocks = obstacle.kind is ObstacleKind.WALL and obstacle.evidence not in WALLS_OF_ONE_PAGE
        if obstacle.kind is ObstacleKind.TIMEOUT and obstacle.evidence == TIMED_OUT:
            blocks = host in self._slow_hosts
            self._slow_hosts.add(host)
        if blocks or obstacle.kind is ObstacleKind.NETWORK:
            self.blocked_hosts.setdefault(host, obstacle)


def _run_author_function(visit: PageVisit) -> Obstacle | None:
    """Run the scenario's function for a page; return an obstacle if an element that it needs is missing."""
    assert visit.page.visit is not None, "only pages with a scenario are visited"
    try:
        with ticking(_file_of(visit.page.visit)):
            visit.page.visit(Step(visit))
        visit.check_active()
        visit.check_all_judged()
    except CannotContinue as error:
        if visit.capture is None:
            _capture_where_stopped(visit)
        named = str(error).rstrip(".") not in ("", NAMELESS)
        missing = str(error).rstrip(".") if named else Phrase("the one that the scenario names by no label")
        return Obstacle.of(ObstacleKind.LOST, missing, visit.tab.address)
    return None


def _file_of(function: Callable[..., object]) -> str:
    """Return the name of the file with the code of a function."""
    return inspect.getsourcefile(inspect.unwrap(function)) or ""


def _capture_where_stopped(visit: PageVisit) -> None:
    """Capture a page whose scenario stopped before ``shoot``; discard the capture if no instruction is false on it.

    Instructions that the scenario would have declared later were not judged.
    """
    visit.capture_page()
    if visit.capture is not None and not visit.capture.sidecar.false_instructions:
        visit.discard_capture()


def _unreachable(page: Page, obstacle: Obstacle) -> PageOutcome:
    if not page.visited:
        return PageOutcome(page=page, state=VisitState.NOT_VISITED)
    return PageOutcome(page=page, state=VisitState.UNREACHABLE, obstacle=obstacle)


def _host(url: str) -> str:
    return urlsplit(url).netloc
