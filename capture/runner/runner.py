"""Many tutorials, one after the other, in one Firefox; captures are kept in a folder."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from capture.browser.firefox import RunningFirefox
from capture.capture import Sidecar, capture_stem, remove_capture, write_capture
from capture.politeness.host_lock import lock_hosts
from capture.politeness.policy import PolitenessPolicy
from capture.runner.checkpoint import (
    CAPTURES,
    OnPage,
    TutorialOutcome,
    read_checkpoint,
    remove_checkpoint,
    write_checkpoint,
)
from capture.runner.journey import Journey, PageOutcome
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site

BaselineLookup = Callable[[Tutorial, int], Sidecar | None]
"""The approved capture of a tutorial's page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialRunner:
    """Walks through tutorials, one after the other, in one Firefox."""

    firefox: RunningFirefox
    site: Site
    folder: Path
    """Where captures are kept, under ``captures/``, as soon as they are taken."""
    baseline_of: BaselineLookup
    on_page: OnPage
    policy: PolitenessPolicy

    def run(self, tutorials: Iterable[Tutorial]) -> tuple[TutorialOutcome, ...]:
        """Visit every page of these tutorials, but those that were when a run was cut off.

        Raises:
            CannotWrite: a capture cannot be kept.
        """
        return tuple(self._resumed(tutorial) or self._visit_from_start(tutorial) for tutorial in tutorials)

    def retry_crashed(self, visited: Iterable[TutorialOutcome]) -> tuple[TutorialOutcome, ...]:
        """Visit anew those tutorials on which an earlier Firefox stopped; raises as ``visit`` does.

        What kept that one busy for ever is not visited again.
        """
        return tuple(self._retry(one) if one.crashed else one for one in visited)

    def revisit(self, visited: Iterable[TutorialOutcome], last: Mapping[str, int]) -> tuple[TutorialOutcome, ...]:
        """Visit once more, up to a last page, tutorials whose slug has one; keeps nothing."""
        return tuple(
            self._revisit(one, last[one.tutorial.slug]) if one.tutorial.slug in last else one for one in visited
        )

    def _resumed(self, tutorial: Tutorial) -> TutorialOutcome | None:
        visited = read_checkpoint(tutorial, self.folder)
        for outcome in visited.outcomes if visited else ():
            self.on_page(tutorial, outcome)
        return visited

    def _visit_from_start(self, tutorial: Tutorial) -> TutorialOutcome:
        """Visit a tutorial of which an earlier run, that was cut off, may have left some captures."""
        shutil.rmtree(self.folder / CAPTURES / tutorial.slug, ignore_errors=True)
        visited = self._visit(tutorial)
        if visited.conclusive:
            write_checkpoint(visited, self.folder)
        return visited

    def _visit(self, tutorial: Tutorial, known: Iterable[PageOutcome] = ()) -> TutorialOutcome:
        journey = self._journey(tutorial)
        outcomes = []
        with self._lock_hosts(tutorial):
            for outcome in journey.visit_pages(known=known):
                if outcome.capture is not None:
                    stem = capture_stem(self.folder / CAPTURES, tutorial.slug, outcome.page.number)
                    write_capture(outcome.capture, stem)
                self.on_page(tutorial, outcome)
                outcomes.append(outcome)
        return TutorialOutcome(tutorial=tutorial, outcomes=tuple(outcomes), log=journey.log)

    def _retry(self, broken: TutorialOutcome) -> TutorialOutcome:
        anew = self._visit(broken.tutorial, _busy_outcomes(broken))
        self._remove_refused(anew.tutorial, anew.outcomes)
        outcomes = map(_merged, broken.outcomes, anew.outcomes)
        visited = replace(anew, outcomes=tuple(outcomes), log=broken.log.merge(anew.log))
        if visited.conclusive:
            write_checkpoint(visited, self.folder)
        return visited

    def _remove_refused(self, tutorial: Tutorial, outcomes: Iterable[PageOutcome]) -> None:
        """Keep nothing of pages that were refused, whatever an earlier visit kept of them."""
        for outcome in outcomes:
            if outcome.refused:
                remove_capture(capture_stem(self.folder / CAPTURES, tutorial.slug, outcome.page.number))

    def _revisit(self, visited: TutorialOutcome, last: int) -> TutorialOutcome:
        journey = self._journey(visited.tutorial)
        outcomes = []
        with self._lock_hosts(visited.tutorial):
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
        """The hosts of a tutorial to oneself; a replica is one's own."""
        return nullcontext() if self.site.port is not None else lock_hosts(tutorial.hosts, self.policy.on_host_wait)

    def _journey(self, tutorial: Tutorial) -> Journey:
        return Journey(
            tutorial,
            browser=self.firefox.browser,
            site=self.site,
            environment=self.firefox.environment,
            baseline_of=lambda number: self.baseline_of(tutorial, number),
            policy=self.policy,
        )


def _merged(first: PageOutcome, anew: PageOutcome) -> PageOutcome:
    """What became of a page in two visits: what the second one did not come to, the first one may have seen."""
    if anew.capture is not None or anew.refused or first.capture is None:
        return anew
    return replace(first, obstacle=anew.obstacle)


def _busy_outcomes(visited: TutorialOutcome) -> list[PageOutcome]:
    """What of a tutorial kept Firefox busy for ever."""
    return [outcome for outcome in visited.outcomes if outcome.busy]
