"""The program that runs or publishes tutorials for the workbench: scenarios are executed here, not in the server."""

import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from capture.browser.firefox import open_firefox
from capture.checked_values import decode_json
from capture.errors import OutOfMemory, TutofraisError, UnknownPage
from capture.politeness.obstacles import Obstacle
from capture.runner.journey import PageOutcome
from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import Page, Tutorial
from capture.site import LIVE
from capture.site.site import baselines_of
from report.baselines.baselines import Baselines
from report.console import PHASES
from report.i18n.sentences import Sentences
from report.publish.formats import FORMATS, Format
from report.publish.tutorial_page import write_tutorial
from report.results.run_store import latest_results
from report.run.child_process import emit
from report.run.pipeline import run
from report.run.politeness import politeness_policy
from report.run.run_plan import ProgressReporter, RunPlan
from report.settings import find_settings
from report.workbench.job_messages import (
    JobEvent,
    JobRequest,
    PublishedPages,
    PublishTutorial,
    RunTutorials,
)

EXIT_STOPPED = 130
Emit = Callable[[JobEvent], None]


def main() -> int:
    """Read a request from standard input, carry it out, and write its events to standard output."""
    request = decode_json(sys.stdin.buffer.read(), JobRequest)
    lang = request.run.lang if request.run else request.publish.lang if request.publish else "fr"
    sentences = Sentences(lang)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if request.run is not None:
            run_tutorials(request.run, sentences, emit)
        if request.publish is not None:
            emit(publish(request.publish, sentences))
    except (TutofraisError, MemoryError) as error:
        problem, cure = sentences.error(error if isinstance(error, TutofraisError) else OutOfMemory())
        emit(JobEvent(problem=problem, cure=cure, done=True))
        return 1
    except KeyboardInterrupt:
        return EXIT_STOPPED
    return 0


def run_tutorials(request: RunTutorials, sentences: Sentences, emit: Emit) -> None:
    """Run tutorials and write their report; raises a TutofraisError."""
    declared, tutorials = _named(Path(request.scenarios), request.slug)
    settings = find_settings(Path.cwd()).settings
    plan = RunPlan(
        tutorials=tutorials,
        declared=declared if request.slug else (),
        site=request.site,
        screenshots=Path(request.screenshots),
        runs=Path(request.runs),
        translator=sentences,
        last_page=request.page,
        every=settings.every,
        policy=politeness_policy(
            sentences,
            live=request.site == LIVE,
            pause=settings.pause,
            patience=settings.patience,
            wait=settings.wait,
            attend=request.attend,
            plain_agent=False,
            hosts=settings.hosts,
        ),
    )
    if request.attend:
        plan = replace(
            plan, policy=replace(plan.policy, on_wall=lambda obstacle: emit(_wall_event(obstacle, sentences)))
        )
    visited = [one.up_to(request.page) if request.page is not None else one for one in tutorials]
    planned = sum(page.visited for one in visited for page in one.pages)
    seen: set[tuple[str, int]] = set()

    def on_page(tutorial: Tutorial, outcome: PageOutcome) -> None:
        if outcome.page.visited:
            seen.add((tutorial.slug, outcome.page.number))
            told = sentences.gettext("Page {n}", n=outcome.page.number)
            emit(JobEvent(told=f"{told} – {sentences.state(outcome)}", pages=len(seen), planned=planned))

    def on_phase(name: str) -> None:
        emit(JobEvent(told=sentences.gettext(PHASES[name]), pages=len(seen), planned=planned))

    def on_warning(error: TutofraisError) -> None:
        emit(JobEvent(told=" ".join(sentences.error(error)), pages=len(seen), planned=planned))

    reporter = ProgressReporter(on_phase=on_phase, on_page=on_page, on_warning=on_warning)
    record, _ = run(plan, reporter, partial(open_firefox, headless=not request.attend))
    emit(JobEvent(run=record.id, pages=planned, planned=planned, done=True))


def _wall_event(obstacle: Obstacle, sentences: Sentences) -> JobEvent:
    """Return what a person is told when the site asks for one."""
    request = sentences.gettext("Answer it in the Firefox window; the run goes on by itself.")
    return JobEvent(told=f"{sentences.obstacle(obstacle)} {request}")


def publish(request: PublishTutorial, sentences: Sentences) -> JobEvent:
    """Publish a tutorial; raises a TutofraisError."""
    _, (tutorial,) = _named(Path(request.scenarios), request.slug)
    baselines = Baselines(Path(request.screenshots), baselines_of(request.site))
    latest = latest_results(Path(request.runs), baselines.root.name).record

    def on_page(page: Page, place: int, of: int) -> None:
        emit(JobEvent(told=sentences.typeset(page.title), pages=place, planned=of))

    formats = [Format.HTML] if request.preview else FORMATS
    written = write_tutorial(tutorial, baselines, Path(request.out), latest, formats=formats, on_progress=on_page)
    return JobEvent(
        published=PublishedPages(
            index=str(written.page),
            pictures=written.pictures,
            withheld=written.withheld,
            said_false=written.said_false,
            documents=tuple(document.name for document in written.documents),
            problems=tuple(" ".join(sentences.error(problem)) for problem in written.problems),
        ),
        done=True,
    )


def _named(scenarios: Path, slug: str) -> tuple[Sequence[Tutorial], Sequence[Tutorial]]:
    """Return all tutorials, and the one of this slug, or all; raises UnknownPage."""
    tutorials = read_tutorials(scenarios)
    found = [one for one in tutorials if slug in ("", one.slug)]
    if not found:
        raise UnknownPage(slug, [one.slug for one in tutorials])
    return tutorials, found
