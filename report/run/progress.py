"""Progress of a run: pages seen of each site, and the time that is left."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Tutorial

LEAST_DONE = 0.02
"""Share of the work from which the time that is left is told."""


class SeenState(StrEnum):
    """What the visit of a page found, before it is compared."""

    TRUE = "true"
    FALSE = "false"
    """An instruction is false."""
    UNCHECKED = "unchecked"


@dataclass(frozen=True, kw_only=True, slots=True)
class PageSeen:
    """A page that has been visited."""

    tutorial: str
    number: int
    state: SeenState

    @classmethod
    def of(cls, tutorial: Tutorial, outcome: PageOutcome) -> "PageSeen":
        state = SeenState.UNCHECKED
        if outcome.capture is not None:
            state = SeenState.FALSE if outcome.capture.sidecar.false_instructions else SeenState.TRUE
        return cls(tutorial=tutorial.slug, number=outcome.page.number, state=state)


@dataclass(frozen=True, kw_only=True, slots=True)
class SiteProgress:
    """Pages of the tutorials of one host."""

    host: str
    pages: int
    weight: float
    """Time that its visits should take, s: that of the last run, or one for each page."""
    seen: frozenset[tuple[str, int]] = frozenset()

    @property
    def share(self) -> float:
        return len(self.seen) / self.pages if self.pages else 1

    @property
    def begun(self) -> bool:
        return 0 < len(self.seen) < self.pages


@dataclass(frozen=True, kw_only=True, slots=True)
class RunProgress:
    """Pages of all tutorials of a run."""

    sites: Mapping[str, SiteProgress]
    """By host."""
    host_of: Mapping[str, str]
    """Host of each tutorial, by its slug."""
    jobs: int
    false: frozenset[tuple[str, int]] = frozenset()
    unchecked: frozenset[tuple[str, int]] = frozenset()

    @property
    def pages(self) -> int:
        return sum(site.pages for site in self.sites.values())

    @property
    def seen(self) -> int:
        return sum(len(site.seen) for site in self.sites.values())

    def after(self, page: PageSeen) -> "RunProgress":
        """Return the progress after a page; one that is seen a second time counts once."""
        key = (page.tutorial, page.number)
        site = self.sites[self.host_of[page.tutorial]]
        return replace(
            self,
            sites={**self.sites, site.host: replace(site, seen=site.seen | {key})},
            false=self.false | {key} if page.state is SeenState.FALSE else self.false - {key},
            unchecked=self.unchecked | {key} if page.state is SeenState.UNCHECKED else self.unchecked - {key},
        )

    def seconds_left(self, elapsed_s: float) -> float | None:
        """Estimate the time that is left, s: by the rate so far, and at least what the longest site still takes.

        None: too little is done to know.
        """
        whole = sum(site.weight for site in self.sites.values())
        done = sum(site.weight * site.share for site in self.sites.values())
        if not whole or done < LEAST_DONE * whole:
            return None
        streams = min(self.jobs, len(self.sites))
        rate = elapsed_s * streams / done
        longest = max(site.weight * (1 - site.share) for site in self.sites.values())
        return rate * max(longest, (whole - done) / streams)


def progress_of(tutorials: Iterable[Tutorial], jobs: int, seconds: Mapping[str, float]) -> RunProgress:
    """Return the progress of a run that begins.

    Args:
        tutorials: of the run.
        jobs: Firefoxes at the same time at most.
        seconds: time that each tutorial took in the last run, by its slug.
    """
    sites: dict[str, SiteProgress] = {}
    host_of = {}
    for tutorial in tutorials:
        host = min(tutorial.hosts, default="")
        pages = sum(page.visited for page in tutorial.pages)
        known = sites.get(host, SiteProgress(host=host, pages=0, weight=0))
        weight = known.weight + (seconds.get(tutorial.slug) or pages)
        sites[host] = replace(known, pages=known.pages + pages, weight=weight)
        host_of[tutorial.slug] = host
    return RunProgress(sites=sites, host_of=host_of, jobs=jobs)
