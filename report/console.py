"""Print a run's progress and results, approvals and errors to the terminal."""

import textwrap
import time
from collections.abc import Mapping

import click

from capture.errors import TutofraisError
from capture.politeness.obstacles import Obstacle
from capture.politeness.policy import QUIET_MS, PolitenessPolicy
from capture.privacy.request_filter import BlockedRequest
from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Tutorial
from report.i18n.dates import day_of
from report.i18n.sentences import Sentences
from report.i18n.translator import gettext_noop
from report.output.totals import GLYPHS, headline, run_totals
from report.results.run_record import RunRecord
from report.review.approve import Approval, ApprovalOutcome
from report.run.pipeline import ProgressReporter
from report.settings import HostSettings
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
LIVE_PAUSE_S = 1.5
LIVE_PATIENCE_S = 60
LIVE_QUIET_MS = 300
"""Quiet period on the live site: content arrives later there than from a replica on this machine."""

PHASES = {
    "resumed": gettext_noop("Resuming an interrupted run…"),
    "not_resumed": gettext_noop("No recent run was interrupted: starting a new one…"),
    "dropped": gettext_noop(
        "An earlier run was interrupted; it is discarded. With --resume, the next run continues it instead."
    ),
    "firefox": gettext_noop("Firefox is starting…"),
    "restart": gettext_noop("Firefox stopped: starting it again, for the remaining pages…"),
    "revisit": gettext_noop("Something differs: visiting again, to recognise what changes at every visit…"),
    "report": gettext_noop("Comparing, writing the report…"),
}
"""Sentences about the phases of a run, by their names in ``ProgressReporter.on_phase``."""


def progress_reporter(sentences: Sentences) -> ProgressReporter:
    """Return a reporter that prints a run's progress to standard error, so that standard output can be piped."""
    started = time.monotonic()

    def on_phase(name: str) -> None:
        click.echo(sentences.gettext(PHASES[name]), err=True)

    told: set[BlockedRequest] = set()

    def on_page(tutorial: Tutorial, outcome: PageOutcome) -> None:
        if outcome.page.visited:
            state = sentences.state(outcome)
            click.echo(
                f"{time.monotonic() - started:6.1f} s  {tutorial.slug} {outcome.page.number:>2}"
                f"/{tutorial.pages[-1].number}  {state}",
                err=True,
            )
        for request in outcome.blocked:
            if request.may_matter and request not in told:
                told.add(request)
                click.echo(f"          {sentences.gettext('stopped:')} {sentences.blocked(request)}", err=True)

    def on_warning(error: TutofraisError) -> None:
        print_error(error, sentences, fg="yellow")

    return ProgressReporter(on_phase=on_phase, on_page=on_page, on_warning=on_warning)


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


def politeness_policy(
    words: Sentences,
    *,
    live: bool,
    pause: float | None,
    patience: float | None,
    attend: bool,
    plain_agent: bool,
    hosts: Mapping[str, HostSettings] | None = None,
) -> PolitenessPolicy:
    """Return the policy for the live site (slow, patient) or for a replica (neither pause nor patience).

    Args:
        words: the language of the messages, printed on the error stream.
        pause: average seconds between two pages of a host; None: the default of the site.
        patience: total seconds to wait for outages to end; None: the default of the site.
        attend: a person answers walls in the Firefox window.
        plain_agent: leave “tutofrais” out of the User-Agent.
        hosts: settings of single hosts, by name.
    """

    def on_retry(obstacle: Obstacle, seconds: float) -> None:
        retry = words.gettext("Trying again in {n} s.", n=round(seconds))
        click.echo(f"{words.obstacle(obstacle)} {retry}", err=True)

    def on_wall(obstacle: Obstacle) -> None:
        request = words.gettext("Answer it in the Firefox window; the run goes on by itself.")
        click.secho(f"{words.obstacle(obstacle)} {request}", fg="magenta", err=True)

    def on_host_wait(host: str) -> None:
        click.echo(words.gettext("Another run is visiting {host}: waiting for its end…", host=host), err=True)

    return PolitenessPolicy(
        pause_s=(LIVE_PAUSE_S if live else 0) if pause is None else pause,
        host_pauses_s={host: one.pause for host, one in (hosts or {}).items() if one.pause is not None},
        most_pages={host: one.most_pages for host, one in (hosts or {}).items() if one.most_pages is not None},
        patience_s=(LIVE_PATIENCE_S if live else 0) if patience is None else patience,
        quiet_ms=LIVE_QUIET_MS if live else QUIET_MS,
        identify=not plain_agent,
        on_retry=on_retry,
        on_host_wait=on_host_wait,
        on_wall=on_wall if attend else None,
    )
