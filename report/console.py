"""Print a run's progress and results, approvals and errors to the terminal."""

import sys
import textwrap
import time

import click

from capture.errors import TutofraisError
from capture.politeness.obstacles import Obstacle
from capture.politeness.policy import QUIET_MS, PolitenessPolicy
from capture.privacy.request_filter import BlockedRequest
from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Page, Tutorial
from capture.site.site import LIVE, baselines_of
from report.i18n.dates import day_of
from report.i18n.sentences import Sentences
from report.i18n.translator import Translator, gettext_noop
from report.output.totals import GLYPHS, headline, run_totals
from report.publish.edition import ChangeKind
from report.publish.published_picture import Unpointed
from report.publish.steps import Withheld
from report.publish.tutorial_page import Progress, PublishedTutorial
from report.results.run_record import RunRecord
from report.review.approve import Approval, ApprovalOutcome
from report.run.pipeline import ProgressReporter
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


def print_error(error: TutofraisError, translator: Translator, *, fg: str = "red") -> None:
    """Print an error and its cure to standard error."""
    problem, cure = translator.error(error)
    click.secho(problem, fg=fg, err=True)
    click.echo(f"→ {cure}", err=True)


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
    words: Sentences, *, live: bool, pause: float | None, patience: float | None, attend: bool, plain_agent: bool
) -> PolitenessPolicy:
    """Return the policy for the live site (slow, patient) or for a replica (neither pause nor patience).

    Args:
        words: the language of the messages, printed on the error stream.
        pause: average seconds between two pages of a host; None: the default of the site.
        patience: total seconds to wait for outages to end; None: the default of the site.
        attend: a person answers walls in the Firefox window.
        plain_agent: leave “tutofrais” out of the User-Agent.
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
        patience_s=(LIVE_PATIENCE_S if live else 0) if patience is None else patience,
        quiet_ms=LIVE_QUIET_MS if live else QUIET_MS,
        identify=not plain_agent,
        on_retry=on_retry,
        on_host_wait=on_host_wait,
        on_wall=on_wall if attend else None,
    )


WITHHELD = {
    Withheld.FALSE: gettext_noop(
        "Page {n}: an instruction was false when the picture was approved. Correct the sentence and run again: the "
        "page is published once a run finds it up to date."
    ),
    Withheld.OUTDATED: gettext_noop(
        "Page {n}: an instruction was false in the latest run. Correct it, run again, and approve the new picture."
    ),
    Withheld.PICTURE: gettext_noop(
        "Page {n}: its picture is no longer the one that was approved. Look at the new one, and approve it."
    ),
    Withheld.SAID_FALSE: gettext_noop(
        "Page {n}: somebody said that its text is no longer true. Correct it, then confirm the page: {command}."
    ),
}
RETAINED = gettext_noop("The page of the last edition stays, marked as to be reviewed.")
LEFT_OUT = gettext_noop("It is left out.")
SHOWN_IN_DRAFT = gettext_noop("The draft shows it.")
UNPOINTED = {
    Unpointed.OUTSIDE: gettext_noop("Page {page}, instruction {n}: its target is not on the picture: no callout."),
    Unpointed.FALSE: gettext_noop("Page {page}, instruction {n}: it is false: no callout."),
}


def published_site(site: str | None, latest: RunRecord | None, words: Sentences) -> str:
    """Return the folder of the baselines to publish, and say which site that is if nobody named it.

    Args:
        site: as the command line names it; None: that of the latest run.
        latest: the latest run; None: there is none.
        words: the language.
    """
    if site is not None:
        return baselines_of(site)
    if latest is None:
        click.echo(words.gettext("Site: {site} (there is no run yet)", site=LIVE), err=True)
        return LIVE
    click.echo(words.gettext("Site: {site} (that of the last run, {run})", site=latest.site, run=latest.id), err=True)
    return latest.baselines


def publication_progress(tutorial: Tutorial, words: Sentences) -> Progress:
    """Return a function that prints to a terminal which page is being published."""
    shown = sys.stderr.isatty()

    def on_page(page: Page, place: int, of: int) -> None:
        if shown:
            click.echo(f"{tutorial.slug} {place:>2}/{of}  {words.typeset(page.title)}", err=True)

    return on_page


def print_publication(tutorial: Tutorial, written: PublishedTutorial, words: Sentences) -> None:
    """Print what was published, what was not and why, and what has changed since the last edition."""
    for number, why in written.why.items():
        command = f"tutofrais confirm {tutorial.slug}/{number} --by …"
        what = RETAINED if number in written.retained else LEFT_OUT if not written.draft else SHOWN_IN_DRAFT
        line = f"{words.gettext(WITHHELD[why], n=number, command=command)} {words.gettext(what)}"
        click.secho(line, fg="yellow", err=True)
    for page, number, unpointed in written.unpointed:
        click.secho(words.gettext(UNPOINTED[unpointed], page=page, n=number), fg="yellow", err=True)
    for path in written.kept:
        click.secho(
            words.gettext("A document that somebody had edited is kept as {path}.", path=path), fg="yellow", err=True
        )
    if not written.pictures and not written.why:
        click.secho(
            words.gettext(
                "No picture of this site is published: approve a run of it first, or name another with --site."
            ),
            fg="yellow",
            err=True,
        )
    reprinted = sorted({change.number for change in written.changes if change.kind is not ChangeKind.ADDED})
    if reprinted:
        numbers = ", ".join(map(str, reprinted))
        click.echo(
            words.gettext("Changed since the last edition: steps {numbers}. Throw printed ones away.", numbers=numbers),
            err=True,
        )
    for problem in written.problems:
        print_error(problem, words)
    for document in written.documents:
        if document.suffix not in (".svg", ".json"):
            click.echo(f"  {document}", err=True)
    label = words.gettext("Tutorial:")
    click.echo(f"{label} {written.page.resolve()}")
