"""One tutorial, from its first page to its last."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error

from capture.browser.firefox import kill_firefox
from capture.browser.tab import Tab
from capture.browser.watchdog import Watchdog
from capture.capture import Capture, Environment
from capture.errors import Phrase, PrivacyError
from capture.politeness.obstacles import Blocked, Obstacle, ObstacleKind, known_obstacle, network_obstacle
from capture.politeness.policy import Manners
from capture.privacy.proxy import Relay
from capture.privacy.request_filter import Gate, StoppedRequest
from capture.runner.step import CannotGoOn, Step
from capture.scenario.loader import blame
from capture.scenario.tutorial import Page, Tutorial
from capture.site.site import Site


class State(StrEnum):
    """What became of a page."""

    CAPTURED = "captured"
    NOT_VISITED = "not_visited"
    """Personal or fixed: no scenario goes there."""
    NOT_REACHED = "not_reached"
    """An earlier page stopped the journey."""
    UNREACHABLE = "unreachable"
    """Something else was met instead of the page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of one page tonight."""

    page: Page
    state: State
    capture: Capture | None = None
    picture: bytes = b""
    obstacle: Obstacle | None = None
    """What was met instead of it; of one that was captured, what kept the journey from going on from it."""
    stopped_by: int | None = None
    """Number of the page at which the journey stopped, of one that was not reached."""

    @property
    def broke_down(self) -> bool:
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

    loads: int
    stopped: tuple[StoppedRequest, ...]

    def with_more(self, other: "JourneyLog") -> "JourneyLog":
        """This journey's and another one's together."""
        return JourneyLog(loads=self.loads + other.loads, stopped=tuple(dict.fromkeys((*self.stopped, *other.stopped))))


DRIVER_GONE = "Connection closed while reading from the driver"
"""What Playwright says, as a bare Exception, when its driver is no more."""

Approved = Callable[[int], Capture | None]
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
        approved: Approved,
        manners: Manners | None = None,
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
        self._approved = approved
        self._manners = manners or Manners()
        self._gate = Gate(tutorial, site)
        self._watchdog = Watchdog(kill_firefox)
        self._walls: dict[str, Obstacle] = {}
        self._known: Mapping[int, Outcome] = {}
        self._loads = 0

    @property
    def log(self) -> JourneyLog:
        return JourneyLog(loads=self._loads, stopped=self._gate.stopped)

    def walk(self, last: int | None = None, known: Iterable[Outcome] = ()) -> Iterator[Outcome]:
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
                yield _unseen(page, network_obstacle(str(error), page.starts_at or ""))

    def _pages(self, tab: Tab, pages: Iterable[Page]) -> Iterator[Outcome]:
        stopped_by: int | None = 0
        ended = False
        after: Obstacle | None = None
        for page in pages:
            if not page.visited:
                yield Outcome(page=page, state=State.NOT_VISITED)
                continue
            if page.number in self._known:
                yield self._known[page.number]
                stopped_by = page.number
                continue
            if stopped_by is not None and (ended or page.starts_at is None):
                number = stopped_by or page.number
                yield Outcome(page=page, state=State.NOT_REACHED, stopped_by=number, obstacle=after)
                continue
            outcome, goes_on = self._visit(tab, page, page.starts_at if stopped_by is not None else None)
            stopped_by = None if goes_on else page.number
            ended = outcome.refused
            # What was met instead of a page is told of that page.
            after = outcome.obstacle if outcome.capture else None
            self._loads = tab.loads
            yield outcome

    @contextmanager
    def _tab(self) -> Iterator[Tab]:
        width, height = self._tutorial.viewport
        reachable = self._tutorial.hosts | self._tutorial.resources
        if self._manners.attend is not None:
            reachable |= self._tutorial.wall_hosts
        with Relay(partial(self._site.way_to, among=reachable), self._gate.refused) as relay:
            context = self._browser.new_context(
                viewport={"width": width, "height": height},
                device_scale_factor=self._tutorial.scale,
                locale=self._tutorial.locale,
                timezone_id=self._tutorial.timezone,
                accept_downloads=False,
                service_workers="block",
                user_agent=self._manners.user_agent(self._environment.firefox, version("tutofrais")),
                proxy={"server": relay.address},
            )
            try:
                self._gate.watch(context)
                self._pin(context)
                yield Tab(
                    context,
                    tutorial=self._tutorial,
                    site=self._site,
                    gate=self._gate,
                    manners=self._manners,
                    watchdog=self._watchdog,
                )
            finally:
                relay.sever()
                # When the driver is gone, Playwright raises a bare Exception; what ended it is on its way up already.
                with self._watchdog.watching():
                    with suppress(Exception):
                        _leave(context)
                    with suppress(Exception):
                        context.close()

    def _pin(self, context: BrowserContext) -> None:
        """Hold still what would make a page another one each time without meaning anything."""
        if self._tutorial.clock is not None:
            context.clock.set_fixed_time(self._tutorial.clock)
        if self._tutorial.chance is not None:
            context.add_init_script(f"{_chance()}({self._tutorial.chance})")

    def _visit(self, tab: Tab, page: Page, start: str | None) -> tuple[Outcome, bool]:
        """Visit one page; and say whether the journey can go on from it to the next."""
        approved = self._approved(page.number)
        step = Step(
            tab,
            tutorial=self._tutorial,
            page=page,
            site=self._site,
            environment=self._environment,
            approved=approved,
        )
        try:
            with self._watchdog.watching():
                obstacle = self._attempt(tab, page, step, start)
        except PrivacyError as error:
            step.refuse(error)
        step.end()
        if self._watchdog.bitten:
            spent = Phrase("{n} s", n=self._watchdog.limit_s)
            return _unseen(page, Obstacle.of(ObstacleKind.BUSY, spent, page.starts_at or "")), False
        if step.refusal is not None:
            return _unseen(page, Obstacle.of(ObstacleKind.PRIVACY, step.refusal.what, page.starts_at or "")), False
        if step.capture is not None:
            outcome = Outcome(
                page=page, state=State.CAPTURED, capture=step.capture, picture=step.picture, obstacle=obstacle
            )
            return outcome, obstacle is None
        seen = obstacle or Obstacle.of(ObstacleKind.SCENARIO, Phrase("no picture is taken"), tab.address)
        return _unseen(page, seen), False

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
                    self._shoot_as_it_is(step)
                return Obstacle(kind=ObstacleKind.LOST, sign=str(error).rstrip("."), url=tab.address)
        except Blocked as blocked:
            self._remember(blocked.obstacle)
            return blocked.obstacle
        except PrivacyError:
            raise
        except Error as error:
            return known_obstacle(error.message, tab.address) or self._mistake(error, tab)
        except Exception as error:  # noqa: BLE001 - an author's mistake ends the page, not the run
            if DRIVER_GONE in str(error):
                return Obstacle(kind=ObstacleKind.BROWSER, sign=DRIVER_GONE, url=tab.address)
            return self._mistake(error, tab)
        return None

    def _shoot_as_it_is(self, step: Step) -> None:
        """Take the picture of a page whose scenario cannot go on before it, if something told is false there.

        If nothing is, it is not kept: what the scenario would have told later was not judged.
        """
        step.take()
        if step.capture is not None and not step.capture.false_instructions:
            step.forget()

    def _mistake(self, error: Exception, tab: Tab) -> Obstacle:
        """A mistake of the scenario's, with its line."""
        file = self._tutorial.file
        what = Phrase("{file}, {what}", file=file.name, what=blame(error, file))
        return Obstacle.of(ObstacleKind.SCENARIO, what, tab.address)

    def _go(self, tab: Tab, url: str) -> None:
        """Open a page's own address, unless its host has just shown that it does not want to, or cannot."""
        known = self._walls.get(_host(url))
        if known is not None:
            raise Blocked(known)
        tab.go(url)

    def _remember(self, obstacle: Obstacle) -> None:
        if obstacle.kind in (ObstacleKind.WALL, ObstacleKind.NETWORK, ObstacleKind.TIMEOUT):
            self._walls.setdefault(_host(obstacle.url), obstacle)


def _leave(context: BrowserContext) -> None:
    """Let pages end while their only way out is the relay: a context that is closed has no proxy any more."""
    for page in context.pages:
        page.close()


@cache
def _chance() -> str:
    return Path(__file__).with_name("chance.js").read_text("utf-8")


def _unseen(page: Page, obstacle: Obstacle) -> Outcome:
    if not page.visited:
        return Outcome(page=page, state=State.NOT_VISITED)
    return Outcome(page=page, state=State.UNREACHABLE, obstacle=obstacle)


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].partition(":")[0]
