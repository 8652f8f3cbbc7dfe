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
    scenarios: Path | None = None
    """File or folder from which the tutorials were read; None: they are visited in this process alone."""
    declared: Sequence[Tutorial] = ()
    """All tutorials, if this run visits a part of them; empty: it visits all."""
    jobs: int = 1
    """Firefoxes at the same time at most; no host is visited by two of them."""
    cluster: str | None = None
    """Address of the Dask scheduler whose workers visit the tutorials; None: this machine does."""
    last_page: int | None = None
    """Number of the page to visit, after those before it, of a single tutorial; None: all pages."""
    resume: bool = False
    """Resume an interrupted run of the same site and tutorials, if there is one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgressReporter:
    """Callbacks that receive a run's progress."""

    on_phase: Callable[[str], None]
    on_page: OnPage
    on_told: Callable[[str], None] = lambda _: None
    """Receives what the processes of a run with several streams tell of pages."""
    on_warning: Callable[[TutofraisError], None] = lambda _: None
    """Receives errors that did not prevent the report."""


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
