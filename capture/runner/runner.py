"""Many tutorials, one after the other, in one Firefox; captures are kept in a folder."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from capture.browser.firefox import RunningFirefox
from capture.capture import Capture, capture_stem, remove_pair, write_pair
from capture.politeness.host_lock import turn_at
from capture.politeness.policy import Manners
from capture.runner.checkpoint import CAPTURES, Progress, Visited, forget_visited, keep_visited, read_visited
from capture.runner.journey import Journey, Outcome
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

Remembered = Callable[[Tutorial, int], Capture | None]
"""The approved capture of a tutorial's page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """Walks through tutorials, one after the other, in one Firefox."""

    firefox: RunningFirefox
    site: Site
    into: Path
    """Where captures are kept, under ``captures/``, as soon as they are taken."""
    approved: Remembered
    progress: Progress
    manners: Manners

    def visit(self, tutorials: Iterable[Tutorial]) -> tuple[Visited, ...]:
        """Visit every page of these tutorials, but those that were when a run was cut off.

        Raises:
            CannotWrite: a capture cannot be kept.
        """
        return tuple(self._seen(tutorial) or self._visit_afresh(tutorial) for tutorial in tutorials)

    def visit_missed(self, visited: Iterable[Visited]) -> tuple[Visited, ...]:
        """Visit anew those tutorials on which an earlier Firefox stopped; raises as ``visit`` does.

        What kept that one busy for ever is not visited again.
        """
        return tuple(self._visit_missed(one) if one.broke_down else one for one in visited)

    def visit_again(self, visited: Iterable[Visited], last: Mapping[str, int]) -> tuple[Visited, ...]:
        """Visit once more, up to a last page, tutorials whose slug has one; keeps nothing."""
        return tuple(
            self._visit_again(one, last[one.tutorial.slug]) if one.tutorial.slug in last else one for one in visited
        )

    def _seen(self, tutorial: Tutorial) -> Visited | None:
        visited = read_visited(tutorial, self.into)
        for outcome in visited.outcomes if visited else ():
            self.progress(tutorial, outcome)
        return visited

    def _visit_afresh(self, tutorial: Tutorial) -> Visited:
        """Visit a tutorial of which an earlier run, that was cut off, may have left some captures."""
        shutil.rmtree(self.into / CAPTURES / tutorial.slug, ignore_errors=True)
        visited = self._visit(tutorial)
        if visited.lasting:
            keep_visited(visited, self.into)
        return visited

    def _visit(self, tutorial: Tutorial, known: Iterable[Outcome] = ()) -> Visited:
        journey = self._journey(tutorial)
        outcomes = []
        with self._turn(tutorial):
            for outcome in journey.walk(known=known):
                if outcome.capture is not None:
                    stem = capture_stem(self.into / CAPTURES, tutorial.slug, outcome.page.number)
                    write_pair(outcome.capture, outcome.picture, stem)
                self.progress(tutorial, outcome)
                outcomes.append(outcome)
        return Visited(tutorial=tutorial, outcomes=tuple(outcomes), log=journey.log)

    def _visit_missed(self, broken: Visited) -> Visited:
        anew = self._visit(broken.tutorial, _busy(broken))
        self._take_back(anew.tutorial, anew.outcomes)
        outcomes = map(_better, broken.outcomes, anew.outcomes)
        visited = replace(anew, outcomes=tuple(outcomes), log=broken.log.with_more(anew.log))
        if visited.lasting:
            keep_visited(visited, self.into)
        return visited

    def _take_back(self, tutorial: Tutorial, outcomes: Iterable[Outcome]) -> None:
        """Keep nothing of pages that were refused, whatever an earlier visit kept of them."""
        for outcome in outcomes:
            if outcome.refused:
                remove_pair(capture_stem(self.into / CAPTURES, tutorial.slug, outcome.page.number))

    def _visit_again(self, visited: Visited, last: int) -> Visited:
        journey = self._journey(visited.tutorial)
        outcomes = []
        with self._turn(visited.tutorial):
            for outcome in journey.walk(last=last, known=_busy(visited)):
                if outcome.refused:
                    forget_visited(visited.tutorial, self.into)
                    self._take_back(visited.tutorial, [outcome])
                self.progress(visited.tutorial, outcome)
                outcomes.append(outcome)
        refused = {outcome.page.number: outcome for outcome in outcomes if outcome.refused}
        return replace(
            visited,
            outcomes=tuple(refused.get(outcome.page.number, outcome) for outcome in visited.outcomes),
            again=tuple(outcomes),
            log=visited.log.with_more(journey.log),
        )

    def _turn(self, tutorial: Tutorial) -> AbstractContextManager[None]:
        """The hosts of a tutorial to oneself; a replica is one's own."""
        return nullcontext() if self.site.port is not None else turn_at(tutorial.hosts, self.manners.queueing)

    def _journey(self, tutorial: Tutorial) -> Journey:
        return Journey(
            tutorial,
            browser=self.firefox.browser,
            site=self.site,
            environment=self.firefox.environment,
            approved=lambda number: self.approved(tutorial, number),
            manners=self.manners,
        )


def _better(first: Outcome, anew: Outcome) -> Outcome:
    """What became of a page in two visits: what the second one did not come to, the first one may have seen."""
    if anew.capture is not None or anew.refused or first.capture is None:
        return anew
    return replace(first, obstacle=anew.obstacle)


def _busy(visited: Visited) -> list[Outcome]:
    """What of a tutorial kept Firefox busy for ever."""
    return [outcome for outcome in visited.outcomes if outcome.busy]
