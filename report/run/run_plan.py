"""What a run is asked to do, and whom it tells of its progress."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from capture.errors import TutofraisError
from capture.politeness.policy import PolitenessPolicy
from capture.privacy.request_filter import BlockedRequest
from capture.runner.checkpoint import OnPage
from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Tutorial
from report.i18n.sentences import Sentences
from report.results.run_record import Parts
from report.run.progress import PageSeen
from report.run.stream_messages import StreamEvent

OnSeen = Callable[[PageSeen], None]
"""Receives each page that is visited."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlan:
    """Options of a run."""

    tutorials: Sequence[Tutorial]
    site: str
    screenshots: Path
    runs: Path
    translator: Sentences
    port: int = 0
    policy: PolitenessPolicy = field(default_factory=PolitenessPolicy)
    declared: Sequence[Tutorial] = ()
    """All tutorials, if this run visits a part of them; empty: it visits all."""
    parts: Parts | None = None
    """Which part it visits; None: it visits all."""
    jobs: int = 1
    """Firefoxes at the same time at most; no host is visited by two of them."""
    cluster: str | None = None
    """Address of the Dask scheduler whose workers visit the tutorials; None: this machine does."""
    last_page: int | None = None
    """Number of the page to visit, after those before it, of a single tutorial; None: all pages."""
    every: int | None = None
    """Days from one planned run to the next; None: runs have no rhythm, and no missed one is told."""
    resume: bool = False
    """Resume an interrupted run of the same site and tutorials, if there is one."""
    quiet: bool = False
    """Tell nothing but warnings and errors, also in the processes of its streams."""

    @property
    def whole(self) -> bool:
        """Whether it visits all pages of all tutorials: only such a run is told to subscribers, and has a rhythm."""
        return self.last_page is None and not self.declared


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressReporter:
    """Callbacks that receive a run's progress."""

    on_phase: Callable[[str], None]
    on_page: OnPage
    on_seen: OnSeen = lambda _: None
    """Receives each page that is visited, also by the processes of a run with several streams."""
    on_told: Callable[[str], None] = lambda _: None
    """Receives what the processes of a run with several streams tell of pages."""
    on_warning: Callable[[TutofraisError], None] = lambda _: None
    """Receives errors that did not prevent the report."""


def pass_on(reporter: ProgressReporter, event: StreamEvent) -> None:
    """Report what the process of a stream tells."""
    if event.seen is not None:
        reporter.on_seen(event.seen)
    if event.told or event.problem:
        reporter.on_told(event.told or event.problem)


def page_line(
    tutorial: Tutorial, outcome: PageOutcome, sentences: Sentences, told: set[BlockedRequest]
) -> Iterator[str]:
    """Yield the lines that say what was seen on a page, and which requests were stopped for the first time.

    Args:
        tutorial: the page's.
        outcome: of its visit.
        sentences: the language.
        told: stopped requests that were told already; it grows.
    """
    if outcome.page.visited:
        yield f"{tutorial.slug} {outcome.page.number:>2}/{tutorial.pages[-1].number}  {sentences.state(outcome)}"
    for request in outcome.blocked:
        if request.may_matter and request not in told:
            told.add(request)
            yield f"{sentences.gettext('stopped:')} {sentences.blocked(request)}"
