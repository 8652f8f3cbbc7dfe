"""Visits tutorials one after the other, and replaces a Firefox that stops; writes captures into the run's folder."""

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from capture.browser.firefox import RunningFirefox
from capture.capture import Environment, Sidecar, capture_stem, remove_capture, write_capture
from capture.errors import FirefoxUnusable, HostBusy, NoFirefox, TutofraisError
from capture.messages import Phrase
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.runner.checkpoint import (
    CAPTURES,
    OnPage,
    TutorialOutcome,
    read_checkpoint,
    read_visited,
    remove_checkpoint,
    write_checkpoint,
)
from capture.runner.journey import Journey, JourneyLog, PageOutcome, VisitState
from capture.runner.witness import WitnessOutcome, witness_journey, witness_of
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

MOST_FIREFOXES = 4
"""Firefoxes that are started at most, the first one included, until another page is seen."""
MOST_PAGES = 400
"""Pages from which the next tutorial gets another Firefox: one keeps about 0.4 MB of each page that it has shown."""
MOST_STOPS = 3
"""Times that Firefox stops on one page until that page is given up."""
NOT_STARTED = Phrase("it did not start again")
"""Why the pages of a batch were not seen."""
FirefoxFactory = Callable[[], AbstractContextManager[RunningFirefox]]
OnTutorial = Callable[[TutorialOutcome], None]
BaselineLookup = Callable[[Tutorial, int], Sidecar | None]
"""Return the sidecar of the baseline of a tutorial's page, by its number; None if there is no baseline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Revisits:
    """What is visited a second time, by the tutorial's slug."""

    last_pages: Mapping[str, int]
    """Number of the last page of the tutorial."""
    witnesses: Mapping[str, Sequence[str]]
    """Addresses of witness pages."""

    def concern(self, tutorial: Tutorial) -> bool:
        return tutorial.slug in self.last_pages or tutorial.slug in self.witnesses


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialRunner:
    """Visits tutorials, one after the other, in one Firefox."""

    firefox: RunningFirefox
    site: Site
    folder: Path
    """The run's folder: captures are written under ``captures/`` as soon as they are taken."""
    baseline_of: BaselineLookup
    on_page: OnPage
    on_tutorial: OnTutorial
    """Receives each tutorial once all its pages were visited."""
    on_phase: Callable[[str], None]
    policy: PolitenessPolicy

    def run(self, tutorials: Iterable[Tutorial]) -> tuple[TutorialOutcome, ...]:
        """Visit every page of these tutorials, except tutorials that have a checkpoint.

        Raises:
            CannotWrite: a capture cannot be written.
        """
        return tuple(self._told(self._resumed(one) or self._visit_from_start(one)) for one in tutorials)

    def retry_crashed(self, visited: Iterable[TutorialOutcome]) -> tuple[TutorialOutcome, ...]:
        """Retry tutorials during which an earlier Firefox stopped; raises CannotWrite.

        Pages whose scripts blocked Firefox are not visited again.
        """
        return tuple(self._told(self._retry(one)) if one.crashed else one for one in visited)

    def _told(self, visited: TutorialOutcome) -> TutorialOutcome:
        """Pass on a tutorial during which Firefox did not stop; return what is kept of it in memory."""
        if visited.crashed:
            return visited
        self.on_tutorial(visited)
        return visited.stored() if visited.conclusive else visited

    def revisit(self, visited: Iterable[TutorialOutcome], again: Revisits) -> Iterator[TutorialOutcome]:
        """Visit tutorials a second time, as far as is given for their slug, and yield them; writes no capture."""
        for one in visited:
            last = again.last_pages.get(one.tutorial.slug)
            witnesses = again.witnesses.get(one.tutorial.slug)
            revisited = one if last is None else self._revisit(one, last)
            yield revisited if witnesses is None else self._revisit_witnesses(revisited, witnesses)

    def _revisit_witnesses(self, visited: TutorialOutcome, urls: Sequence[str]) -> TutorialOutcome:
        with suppress(HostBusy), self._lock_hosts(visited.tutorial):
            again, log = self._visit_witnesses(visited.tutorial, {}, urls)
            return replace(visited, second_witnesses=again, log=visited.log.merge(log))
        return visited

    def _resumed(self, tutorial: Tutorial) -> TutorialOutcome | None:
        """Return the outcome in a tutorial's checkpoint, and report its pages; None without a checkpoint."""
        visited = read_checkpoint(tutorial, self.folder)
        for outcome in visited.outcomes if visited else ():
            self.on_page(tutorial, outcome)
        return visited

    def _visit_from_start(self, tutorial: Tutorial) -> TutorialOutcome:
        """Visit a tutorial, after removing captures that an interrupted run left."""
        shutil.rmtree(self.folder / CAPTURES / tutorial.slug, ignore_errors=True)
        visited = self._visit(tutorial)
        if visited.conclusive:
            write_checkpoint(visited, self.folder)
        return visited

    def _visit(self, tutorial: Tutorial, known: Iterable[PageOutcome] = ()) -> TutorialOutcome:
        """Visit a tutorial; its pages are not checked if another run visits one of its hosts for too long."""
        try:
            with self._lock_hosts(tutorial):
                return self._visit_locked(tutorial, known)
        except HostBusy as busy:
            unseen = TutorialOutcome.unseen(tutorial, ObstacleKind.OCCUPIED, busy.host)
            for outcome in unseen.outcomes:
                self.on_page(tutorial, outcome)
            return unseen

    def _visit_locked(self, tutorial: Tutorial, known: Iterable[PageOutcome]) -> TutorialOutcome:
        journey = self._journey(tutorial)
        outcomes = []
        started = time.monotonic()
        for outcome in journey.visit_pages(known=known):
            if outcome.capture is not None:
                stem = capture_stem(self.folder / CAPTURES, tutorial.slug, outcome.page.number)
                write_capture(outcome.capture, stem)
            if not outcome.crashed:  # such a page is visited again
                self.on_page(tutorial, outcome)
            outcomes.append(outcome)
        witnesses, log = self._visit_witnesses(tutorial, journey.blocked_hosts)
        return TutorialOutcome(
            tutorial=tutorial,
            outcomes=tuple(outcomes),
            log=journey.log.merge(log),
            seconds=time.monotonic() - started,
            witnesses=witnesses,
        )

    def _visit_witnesses(
        self, tutorial: Tutorial, blocked_hosts: Mapping[str, Obstacle], only: Sequence[str] | None = None
    ) -> tuple[tuple[WitnessOutcome, ...], JourneyLog]:
        """Read the witness pages of a tutorial, or only some; nothing of them is written to disk."""
        witnesses = witness_journey(tutorial, self.site, only)
        if witnesses is None:
            return (), JourneyLog(page_loads=0, blocked=())
        self.on_phase("witnesses")
        journey = Journey(
            witnesses,
            browser=self.firefox.browser,
            site=self.site,
            environment_in=self.firefox.environment_in,
            baseline_of=lambda _: None,
            policy=self.policy,
            blocked_hosts=blocked_hosts,
        )
        outcomes = tuple(
            WitnessOutcome(
                url=outcome.page.title,
                witness=witness_of(outcome.capture.sidecar) if outcome.capture is not None else None,
                obstacle=outcome.obstacle if outcome.capture is None else None,
            )
            for outcome in journey.visit_pages()
        )
        return outcomes, journey.log

    def _retry(self, crashed: TutorialOutcome) -> TutorialOutcome:
        retried = self._visit(crashed.tutorial, _busy_outcomes(crashed))
        self._remove_refused(retried.tutorial, retried.outcomes)
        outcomes = map(_merge_outcomes, crashed.outcomes, retried.outcomes)
        visited = replace(retried, outcomes=tuple(outcomes), log=crashed.log.merge(retried.log))
        if visited.conclusive:
            write_checkpoint(visited, self.folder)
        return visited

    def _remove_refused(self, tutorial: Tutorial, outcomes: Iterable[PageOutcome]) -> None:
        """Remove captures, written by an earlier visit, of pages that were refused."""
        for outcome in outcomes:
            if outcome.refused:
                remove_capture(capture_stem(self.folder / CAPTURES, tutorial.slug, outcome.page.number))

    def _revisit(self, visited: TutorialOutcome, last: int) -> TutorialOutcome:
        """Visit a tutorial a second time, unless another run visits one of its hosts for too long."""
        with suppress(HostBusy), self._lock_hosts(visited.tutorial):
            return self._revisit_locked(visited, last)
        return visited

    def _revisit_locked(self, visited: TutorialOutcome, last: int) -> TutorialOutcome:
        journey = self._journey(visited.tutorial)
        outcomes = []
        for outcome in journey.visit_pages(last=last, known=_busy_outcomes(visited)):
            if outcome.refused:
                remove_checkpoint(visited.tutorial, self.folder)
                self._remove_refused(visited.tutorial, [outcome])
            self.on_page(visited.tutorial, outcome)
            outcomes.append(outcome)
        refused = {outcome.page.number: outcome for outcome in outcomes if outcome.refused}
        return replace(
            visited,
            outcomes=tuple(refused.get(outcome.page.number, outcome) for outcome in visited.outcomes),
            revisits=tuple(outcomes),
            log=visited.log.merge(journey.log),
        )

    def _lock_hosts(self, tutorial: Tutorial) -> AbstractContextManager[None]:
        """Lock the hosts of a tutorial against other runs; a replica needs no lock."""
        return nullcontext() if self.site.port is not None else self.policy.locking(tutorial.all_hosts)

    def _journey(self, tutorial: Tutorial) -> Journey:
        return Journey(
            tutorial,
            browser=self.firefox.browser,
            site=self.site,
            environment_in=self.firefox.environment_in,
            baseline_of=lambda number: self.baseline_of(tutorial, number),
            policy=self.policy,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Visits:
    """Outcomes of all tutorials, with the Firefox in which the last of them were visited."""

    outcomes: tuple[TutorialOutcome, ...]
    """Those of which a checkpoint holds everything are here without their captures."""
    environment: Environment
    """Environment of the last Firefox that started."""
    firefox: RunningFirefox | None
    """None: the last one stopped, and no other started."""

    @property
    def seen(self) -> int:
        """Number of pages of which something was seen, or that Firefox is not to be sent to again."""
        return sum(not page.crashed for one in self.outcomes for page in one.outcomes)

    @property
    def culprit(self) -> tuple[str, int] | None:
        """Slug and number of the page on which Firefox stopped; None if it did not."""
        crashed = (
            (one.tutorial.slug, page.page.number) for one in self.outcomes for page in one.outcomes if page.crashed
        )
        return next(crashed, None)

    def giving_up(self, culprit: tuple[str, int]) -> "Visits":
        """Return the same with a page that is not visited again, because Firefox stops on it."""
        return replace(self, outcomes=tuple(_giving_up(one, culprit) for one in self.outcomes))


@dataclass(frozen=True, kw_only=True, slots=True)
class RestartingRunner:
    """Starts Firefox, visits tutorials in it, and retries in another Firefox those during which one stopped."""

    start_firefox: FirefoxFactory
    wait_until_ready: Callable[[], object]
    """Called when Firefox has started: returns when pages may be visited, or raises why not."""
    site: Site
    folder: Path
    """The run's folder."""
    baseline_of: BaselineLookup
    policy: PolitenessPolicy
    on_phase: Callable[[str], None]
    """Receives “firefox” at the first start, “restart” at each later one, “witnesses” and “revisit” before these."""
    on_warning: Callable[[TutofraisError], None]
    """Receives the error when no other Firefox starts."""

    @contextmanager
    def visit(self, tutorials: Iterable[Tutorial], on_page: OnPage, on_tutorial: OnTutorial) -> Iterator[Visits]:
        """Visit every page; yield the outcomes while Firefox still runs, and close it afterwards.

        Args:
            tutorials: what is visited.
            on_page: receives each page, also one that is visited again.
            on_tutorial: receives each tutorial once, with its captures, when all its pages were visited. One on which
                Firefox stops again and again is among the outcomes only.

        A page on which Firefox stops MOST_STOPS times is given up. When MOST_FIREFOXES in a row show no further page,
        or no other starts, the outcomes until then are yielded.

        Raises:
            FirefoxUnusable, NoFirefox: no Firefox starts, and no page was seen.
            CannotWrite: a capture cannot be written.
        """
        self.on_phase("firefox")
        visits: Visits | None = None
        with ExitStack() as stack:
            for batch in batches_of(tutorials):
                stack.close()  # ends the Firefox of the batch before
                visits = self._visit_next(batch, on_page, on_tutorial, visits, stack)
            assert visits is not None, "there is a batch, even if it is empty"
            yield visits

    def _visit_next(
        self,
        batch: Sequence[Tutorial],
        on_page: OnPage,
        on_tutorial: OnTutorial,
        earlier: Visits | None,
        stack: ExitStack,
    ) -> Visits:
        """Visit a batch in a Firefox of its own, which runs until the stack is closed, and add it to the earlier ones.

        If no Firefox starts, and this is not the first batch, its pages are not checked.
        """
        try:
            visits = stack.enter_context(self._visit_batch(batch, on_page, on_tutorial))
        except (FirefoxUnusable, NoFirefox) as error:
            if earlier is None:
                raise
            self.on_warning(error)
            unseen = tuple(TutorialOutcome.unseen(one, ObstacleKind.BROWSER, NOT_STARTED) for one in batch)
            for one in unseen:
                for outcome in one.outcomes:
                    on_page(one.tutorial, outcome)
            return replace(earlier, outcomes=(*earlier.outcomes, *unseen), firefox=None)
        return visits if earlier is None else replace(visits, outcomes=(*earlier.outcomes, *visits.outcomes))

    @contextmanager
    def _visit_batch(self, tutorials: Sequence[Tutorial], on_page: OnPage, on_tutorial: OnTutorial) -> Iterator[Visits]:
        """Visit tutorials in one Firefox, or in several if it stops; see ``visit``."""
        visits: Visits | None = None
        seen, without_progress = -1, 0
        culprits: list[tuple[str, int] | None] = []
        while True:
            with ExitStack() as stack:
                visits = self._visit_in_new_firefox(tutorials, on_page, on_tutorial, visits, stack)
                without_progress = without_progress + 1 if visits.seen <= seen else 1
                seen = visits.seen
                culprits.append(visits.culprit)
                if visits.culprit is not None and culprits[-MOST_STOPS:] == [visits.culprit] * MOST_STOPS:
                    visits = visits.giving_up(visits.culprit)
                    seen = visits.seen
                if visits.firefox is None or without_progress >= MOST_FIREFOXES or visits.culprit is None:
                    yield visits
                    return
            self.on_phase("restart")

    def revisit(self, visits: Visits, again: Revisits, on_page: OnPage) -> Iterator[TutorialOutcome]:
        """Visit tutorials a second time, and yield them with their captures.

        Args:
            visits: of a Firefox that is still running; without one, nothing is revisited. After MOST_PAGES, another one
                is used.
            again: what is visited again.
            on_page: receives each outcome.

        Raises:
            SidecarCorrupt, PictureCorrupt: a capture of the first visit cannot be read.
        """
        chosen = {one.tutorial.slug: one for one in visits.outcomes if again.concern(one.tutorial)}
        if visits.firefox is None:
            yield from map(self._with_captures, chosen.values())
        elif chosen:
            self.on_phase("revisit")
            with ExitStack() as stack:
                for number, batch in enumerate(batches_of(one.tutorial for one in chosen.values())):
                    stack.close()
                    firefox = self._next_firefox(stack) if number else visits.firefox
                    outcomes = (self._with_captures(chosen[tutorial.slug]) for tutorial in batch)
                    if firefox is None:
                        yield from outcomes
                    else:
                        yield from self._runner_in(firefox, on_page, lambda _: None).revisit(outcomes, again)

    def _next_firefox(self, stack: ExitStack) -> RunningFirefox | None:
        """Start a Firefox until the stack is closed; None: none starts."""
        try:
            return stack.enter_context(self.start_firefox())
        except (FirefoxUnusable, NoFirefox) as error:
            self.on_warning(error)
            return None

    def _with_captures(self, visited: TutorialOutcome) -> TutorialOutcome:
        return read_visited(visited.tutorial, self.folder) if visited.is_stored else visited

    def _visit_in_new_firefox(
        self,
        tutorials: Iterable[Tutorial],
        on_page: OnPage,
        on_tutorial: OnTutorial,
        earlier: Visits | None,
        stack: ExitStack,
    ) -> Visits:
        """Start Firefox until the stack is closed, and visit all tutorials, or those that crashed in an earlier one."""
        try:
            firefox = stack.enter_context(self.start_firefox())
        except (FirefoxUnusable, NoFirefox) as error:
            if earlier is None or not any(_was_seen(page) for one in earlier.outcomes for page in one.outcomes):
                raise
            self.on_warning(error)
            return replace(earlier, firefox=None)
        self.wait_until_ready()
        runner = self._runner_in(firefox, on_page, on_tutorial)
        outcomes = runner.run(tutorials) if earlier is None else runner.retry_crashed(earlier.outcomes)
        return Visits(outcomes=outcomes, environment=firefox.environment, firefox=firefox)

    def _runner_in(self, firefox: RunningFirefox, on_page: OnPage, on_tutorial: OnTutorial) -> TutorialRunner:
        return TutorialRunner(
            firefox=firefox,
            site=self.site,
            folder=self.folder,
            baseline_of=self.baseline_of,
            on_page=on_page,
            on_tutorial=on_tutorial,
            on_phase=self.on_phase,
            policy=self.policy,
        )


def batches_of(tutorials: Iterable[Tutorial]) -> list[list[Tutorial]]:
    """Divide tutorials, in their order, into batches that each get a Firefox: it is let go after MOST_PAGES."""
    batches: list[list[Tutorial]] = [[]]
    pages = 0
    for tutorial in tutorials:
        if pages >= MOST_PAGES:
            batches.append([])
            pages = 0
        batches[-1].append(tutorial)
        pages += sum(page.visited for page in tutorial.pages)
    return batches


def _was_seen(outcome: PageOutcome) -> bool:
    """Return whether Firefox showed something: the page, or an obstacle in its place."""
    return not outcome.crashed and (outcome.state is VisitState.CAPTURED or outcome.obstacle is not None)


def _merge_outcomes(first: PageOutcome, retried: PageOutcome) -> PageOutcome:
    """Merge two visits of a page: keep the first capture if the retry has none, unless the page was refused."""
    if retried.capture is not None or retried.refused or first.capture is None:
        return retried
    return replace(first, obstacle=retried.obstacle)


def _giving_up(visited: TutorialOutcome, culprit: tuple[str, int]) -> TutorialOutcome:
    """Return a tutorial's outcome in which the page of this slug and number is not to be visited again."""
    outcomes = tuple(
        replace(page, obstacle=replace(page.obstacle, kind=ObstacleKind.CRASH))
        if page.obstacle is not None and (visited.tutorial.slug, page.page.number) == culprit
        else page
        for page in visited.outcomes
    )
    return replace(visited, outcomes=outcomes)


def _busy_outcomes(visited: TutorialOutcome) -> list[PageOutcome]:
    """Return the outcomes of pages that block or stop Firefox, which are not visited again."""
    return [outcome for outcome in visited.outcomes if outcome.busy]
