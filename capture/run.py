"""Many tutorials, one after the other, in one Firefox; captures are kept in a folder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capture.firefox import RunningFirefox
from capture.journey import Journey, JourneyLog, Outcome
from capture.manners import Manners
from capture.sidecar import Capture, write_pair
from capture.site import Site
from capture.tutorial import Tutorial

CAPTURES = "captures"

Remembered = Callable[[Tutorial, int], Capture | None]
"""The approved capture of a tutorial's page."""
Progress = Callable[[Tutorial, Outcome], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Visited:
    """A tutorial, and what became of its pages."""

    tutorial: Tutorial
    outcomes: tuple[Outcome, ...]
    log: JourneyLog
    again: tuple[Outcome, ...] = ()
    """What became of pages that were visited a second time; their pictures are not kept."""

    @property
    def broke_down(self) -> bool:
        """Firefox stopped on the way."""
        return any(outcome.broke_down for outcome in self.outcomes)

    def again_of(self, outcome: Outcome) -> Outcome | None:
        """The second visit of the page of a first one."""
        return next((second for second in self.again if second.page == outcome.page), None)


def capture_stem(folder: Path, slug: str, page: int) -> Path:
    """Where a page's capture is, under a run's folder or a site's baselines, without extension."""
    return folder / slug / f"{page:02}"


def visit(
    tutorials: Sequence[Tutorial],
    *,
    firefox: RunningFirefox,
    site: Site,
    into: Path,
    approved: Remembered,
    progress: Progress,
    manners: Manners,
) -> tuple[Visited, ...]:
    """Walk through tutorials, keeping each capture under ``into/captures`` as soon as it is taken.

    Raises:
        PrivacyError: a scenario tried something that could touch a person's data.
        CannotWrite: a capture cannot be kept.
    """
    return tuple(
        _visit_one(_journey(tutorial, firefox, site, approved, manners), tutorial, into=into, progress=progress)
        for tutorial in tutorials
    )


def visit_missed(
    visited: Sequence[Visited],
    *,
    firefox: RunningFirefox,
    site: Site,
    into: Path,
    approved: Remembered,
    progress: Progress,
    manners: Manners,
) -> tuple[Visited, ...]:
    """Walk once more, in another Firefox, through those tutorials on which Firefox stopped; as ``visit`` does."""
    done = []
    for one in visited:
        if one.broke_down:
            journey = _journey(one.tutorial, firefox, site, approved, manners)
            anew = _visit_one(journey, one.tutorial, into=into, progress=progress)
            one = replace(anew, log=one.log.with_more(anew.log))  # noqa: PLW2901 - the same one, seen whole
        done.append(one)
    return tuple(done)


def visit_again(
    visited: Sequence[Visited],
    last: Mapping[str, int],
    *,
    firefox: RunningFirefox,
    site: Site,
    approved: Remembered,
    progress: Progress,
    manners: Manners,
) -> tuple[Visited, ...]:
    """Walk once more through those tutorials whose slug has a last page, up to it.

    Raises:
        PrivacyError: a scenario tried something that could touch a person's data.
    """
    return tuple(
        _visit_again(one, last[one.tutorial.slug], _journey(one.tutorial, firefox, site, approved, manners), progress)
        if one.tutorial.slug in last
        else one
        for one in visited
    )


def _visit_one(journey: Journey, tutorial: Tutorial, *, into: Path, progress: Progress) -> Visited:
    outcomes = []
    for outcome in journey.walk():
        if outcome.capture is not None:
            write_pair(
                outcome.capture, outcome.picture, capture_stem(into / CAPTURES, tutorial.slug, outcome.page.number)
            )
        progress(tutorial, outcome)
        outcomes.append(outcome)
    return Visited(tutorial=tutorial, outcomes=tuple(outcomes), log=journey.log)


def _visit_again(visited: Visited, last: int, journey: Journey, progress: Progress) -> Visited:
    outcomes = []
    for outcome in journey.walk(last=last):
        progress(visited.tutorial, outcome)
        outcomes.append(outcome)
    return replace(visited, again=tuple(outcomes), log=visited.log.with_more(journey.log))


def _journey(
    tutorial: Tutorial, firefox: RunningFirefox, site: Site, approved: Remembered, manners: Manners
) -> Journey:
    return Journey(
        tutorial,
        browser=firefox.browser,
        site=site,
        environment=firefox.environment,
        approved=lambda number: approved(tutorial, number),
        manners=manners,
    )
