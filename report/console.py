"""Print a run's progress and results, approvals and errors to the terminal."""

import os
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from capture.errors import TutofraisError
from capture.privacy.request_filter import BlockedRequest
from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Tutorial
from report.i18n.dates import day_of
from report.i18n.sentences import Sentences
from report.i18n.translator import gettext_noop
from report.output.totals import GLYPHS, headline, run_totals
from report.results.run_record import RunRecord
from report.review.approve import Approval, ApprovalOutcome
from report.run.memory import watched_memory
from report.run.progress import PageSeen, RunProgress
from report.run.run_plan import OnSeen, ProgressReporter, page_line
from report.terminal import print_error
from report.verdict import OUTDATED, UNKNOWN, Verdict

COLOURS = {
    **dict.fromkeys(OUTDATED, "red"),
    **dict.fromkeys(UNKNOWN, "magenta"),
    Verdict.NEW: "magenta",
    Verdict.BY_HAND_DUE: "yellow",
    Verdict.UP_TO_DATE: "green",
    Verdict.BY_HAND: "green",
}
PHASES = {
    "resumed": gettext_noop("Resuming an interrupted run…"),
    "not_resumed": gettext_noop("No recent run was interrupted: starting a new one…"),
    "dropped": gettext_noop(
        "An earlier run was interrupted; it is discarded. With --resume, the next run continues it instead."
    ),
    "firefoxes": gettext_noop("Several Firefoxes are starting…"),
    "cluster": gettext_noop("The workers of the cluster start their Firefoxes…"),
    "no_worker": gettext_noop("This cluster has no worker yet: waiting for one, for a minute…"),
    "cluster_busy": gettext_noop("Another run uses this cluster: waiting for its end…"),
    "firefox": gettext_noop("Firefox is starting…"),
    "restart": gettext_noop("Firefox stopped: starting it again, for the remaining pages…"),
    "witnesses": gettext_noop("Reading the public pages that describe personal ones…"),
    "revisit": gettext_noop("Something differs: visiting again, to recognise what changes at every visit…"),
    "report": gettext_noop("Comparing, writing the report…"),
}
"""Sentences about the phases of a run, by their names in ``ProgressReporter.on_phase``."""
WARNINGS = frozenset(("not_resumed",))
"""Phases that are told also by a run that is quiet: it does something else than was asked."""


def _to_stderr(line: str) -> None:
    click.echo(line, err=True)


def progress_reporter(
    sentences: Sentences,
    *,
    on_seen: OnSeen = lambda _: None,
    tell: Callable[[str], None] = _to_stderr,
    warn: Callable[[str], None] | None = None,
) -> ProgressReporter:
    """Return a reporter that tells a run's progress line by line.

    Args:
        sentences: the language.
        on_seen: receives each page that is visited.
        tell: prints a line; by default to the error stream, so that standard output can be piped.
        warn: prints a line that is a warning; None: as any other.
    """
    started = time.monotonic()

    def on_phase(name: str) -> None:
        (warn if warn is not None and name in WARNINGS else tell)(sentences.gettext(PHASES[name]))

    told: set[BlockedRequest] = set()

    def on_page(tutorial: Tutorial, outcome: PageOutcome) -> None:
        if outcome.page.visited:
            on_seen(PageSeen.of(tutorial, outcome))
        for line in page_line(tutorial, outcome, sentences, told):
            on_told(line)

    def on_told(line: str) -> None:
        tell(f"{time.monotonic() - started:6.1f} s  {line}")

    def on_warning(error: TutofraisError) -> None:
        print_error(error, sentences, fg="yellow")

    return ProgressReporter(on_phase=on_phase, on_page=on_page, on_seen=on_seen, on_told=on_told, on_warning=on_warning)


@contextmanager
def run_reporter(sentences: Sentences, progress: RunProgress, *, quiet: bool) -> Iterator[ProgressReporter]:
    """Report a run: bars on a terminal, lines elsewhere, warnings alone if it is to be quiet; at the end, its memory.

    Args:
        sentences: the language.
        progress: of the run, which begins.
        quiet: tell nothing but warnings.
    """
    if quiet:
        yield progress_reporter(sentences, tell=lambda _: None, warn=_to_stderr)
        return
    with watched_memory() as memory:
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            from report.live_progress import live_progress  # noqa: PLC0415 - only a terminal needs Rich

            with live_progress(progress, memory, sentences) as live:
                yield progress_reporter(sentences, on_seen=live.seen, tell=live.line)
        else:
            yield progress_reporter(sentences)
    if memory.most:
        _to_stderr(
            sentences.gettext("The run took at most {memory} of memory.", memory=sentences.gigabytes(memory.most))
        )


def print_table(record: RunRecord, sentences: Sentences) -> None:
    """Print the verdict of every page, with reasons for those that are outdated or not checked."""
    width = max(len(sentences.verdict(page.verdict)) for _, page in record.pages())
    for tutorial in record.tutorials:
        click.secho(f"\n{sentences.typeset(tutorial.title)}", bold=True)
        for page in tutorial.pages:
            label = f"{GLYPHS[page.verdict]} {sentences.verdict(page.verdict):<{width}}"
            click.echo(f"{page.number:>3}  {click.style(label, fg=COLOURS.get(page.verdict))}  {page.title}")
            if page.verdict in OUTDATED | UNKNOWN or page.stopped_here:
                for reason in sentences.reasons(page):
                    click.echo(textwrap.fill(reason, 96, initial_indent=" " * 7, subsequent_indent=" " * 7))
    for change in record.environment_changes:
        click.echo(f"\n{sentences.environment(change)}")
    click.secho(f"\n{headline(run_totals(record), sentences)}", bold=True)
    if record.missed is not None:
        click.secho(sentences.missed(record.missed), fg="yellow")
    if not record.coverage.complete:
        click.secho(
            f"{sentences.gettext('This run is incomplete.')} {sentences.coverage(record.coverage)}", fg="yellow"
        )


def approval_line(approval: Approval, sentences: Sentences) -> str:
    """Return a line that says what an approval did."""
    messages = {
        ApprovalOutcome.REPLACED: gettext_noop("{page}: approved; it replaces the picture of {before}."),
        ApprovalOutcome.CREATED: gettext_noop("{page}: approved; it is the page's first picture."),
        ApprovalOutcome.ALREADY: gettext_noop("{page}: nothing to do, this picture is approved already."),
        ApprovalOutcome.LEFT: gettext_noop("{page}: left as it is, it was not captured in this run."),
    }
    before = sentences.day(day_of(approval.page.approved.taken)) if approval.page.approved else ""
    page = f"{approval.tutorial.slug}/{approval.page.number}"
    line = sentences.gettext(messages[approval.outcome], page=page, before=before)
    if approval.false_instructions and approval.outcome in (ApprovalOutcome.REPLACED, ApprovalOutcome.CREATED):
        line += " " + sentences.ngettext(
            "{n} instruction is false on it: correct the scenario, the picture is not published before.",
            "{n} instructions are false on it: correct the scenario, the picture is not published before.",
            approval.false_instructions,
        )
    return line
