"""tutofrais keeps step-by-step tutorials true: the command line."""

import getpass
import logging
import os
import sys
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from capture.browser.firefox import open_firefox
from capture.errors import PrivacyError, TutofraisError
from capture.messages import Phrase
from capture.politeness.obstacles import Obstacle
from capture.politeness.policy import QUIET_MS, PolitenessPolicy
from capture.scenario.loader import check_file, find_page, read_tutorials, scenario_files
from capture.scenario.tutorial import PageKind
from capture.site.local_server import wait_for_ctrl_c
from capture.site.site import LIVE, baselines_of, open_site
from capture.storage import writing_under
from report.baselines.baselines import Baselines, new_mask
from report.compare.comparison import compare_pictures
from report.compare.pixel_diff import Screenshot
from report.console import approval_line, print_table, progress_reporter, tell_error
from report.doctor import examine
from report.i18n.dates import today
from report.i18n.sentences import LANGUAGES, Translator, gettext_noop
from report.output.html import OVERVIEW, write_report, write_single_file
from report.publish.tutorial_page import write_tutorial
from report.results.run_record import read_record
from report.results.suggested_fixes import write_fixes
from report.review.approve import approve
from report.review.git_commit import commit
from report.review.server import ReviewServer
from report.review.session import AppliedDecision as Carried
from report.review.session import ReviewSession, open_session, read_decisions
from report.run.pipeline import LATEST, RunPlan, find_run, run
from report.run.run_folder import InterruptedCleanly

INTERRUPTED = 130
UNHEARD = 141
"""As a shell tells of a program whose reader has gone."""
FOLDER = click.Path(path_type=Path)
PORT = click.IntRange(0, 65535)
SECONDS = click.FloatRange(0, 3600)
LIVE_PAUSE_S = 1.5
LIVE_PATIENCE_S = 60
LIVE_QUIET_MS = 300
"""What comes from afar comes late."""


def _option(*names: str, **settings: Any) -> Callable[..., Any]:
    return click.option(*names, show_default=True, **settings)


lang = _option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Language of what people read.")
scenarios = _option("--scenarios", type=FOLDER, default=Path("scenarios"), help="A scenario's file, or a folder.")
screenshots = _option("--screenshots", type=FOLDER, default=Path("screenshots"), help="The approved captures.")
runs = _option("--runs", type=FOLDER, default=Path("runs"), help="Where runs are kept.")
site = _option("--site", default=LIVE, help="“live”, a replica's era (2020, 2026), or a replica's folder.")


class _Command(click.Command):
    """A command whose errors end with their own sentence and exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with writing_under(ctx.params.get("runs", Path.cwd())):
                return super().invoke(ctx)
        except BrokenPipeError:
            _fall_silent()
            ctx.exit(UNHEARD)
        except TutofraisError as error:
            tell_error(error, Translator(ctx.params.get("lang", "fr")))
            ctx.exit(error.exit_code)
        except KeyboardInterrupt as interrupt:
            # The driver hears Ctrl-C too, and its last words are no news.
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)
            sys.unraisablehook = lambda _: None
            undone = isinstance(interrupt, InterruptedCleanly)
            said = gettext_noop("Interrupted: nothing was left behind.") if undone else gettext_noop("Interrupted.")
            click.echo(f"\n{Translator(ctx.params.get('lang', 'fr')).gettext(said)}", err=True)
            ctx.exit(INTERRUPTED)


def _fall_silent() -> None:
    """Let what is still to be written go nowhere: Python itself would complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())


class _Group(click.Group):
    command_class = _Command


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="tutofrais")
def main() -> None:
    """Keep tutorials true: visit the pages they tell of, and say which instruction is no longer so."""


@main.command("run")
@scenarios
@site
@screenshots
@runs
@_option("--port", type=PORT, default=0, help="Port for the replica; 0: any free one.")
@click.option(
    "--pause", type=SECONDS, help="Seconds between two pages of a host; default: 1.5 on the live site, else 0."
)
@click.option("--patience", type=SECONDS, help="Seconds to wait in all for outages to end; default: 60 live, else 0.")
@_option("--resume", is_flag=True, help="Go on with such a run that was cut off in the last 12 hours, if any.")
@_option("--attend", is_flag=True, help="Open a visible Firefox: when a wall appears, you answer it, the run goes on.")
@_option("--plain-agent", is_flag=True, help="Do not tell the site that tutofrais drives Firefox.")
@_option("--exit-zero", is_flag=True, help="Succeed once the report is written, whatever it says.")
@lang
def run_command(
    scenarios: Path,
    site: str,
    screenshots: Path,
    runs: Path,
    port: int,
    resume: bool,
    exit_zero: bool,
    lang: str,
    **behaviour: Any,
) -> None:
    """Visit every page, compare with the approved pictures, and write the report.

    Exit codes: 0 all true, 1 outdated, 3 could not be checked, 4 never approved, 24 refused; 10 and more: an error.
    """
    words = Translator(lang)
    plan = RunPlan(
        tutorials=read_tutorials(scenarios),
        site=site,
        screenshots=screenshots,
        runs=runs,
        translator=words,
        port=port,
        resume=resume,
        policy=_manners(words, live=site == LIVE, **behaviour),
    )
    record, folder = run(plan, progress_reporter(words), partial(open_firefox, headless=not behaviour["attend"]))
    print_table(record, words)
    label = words.gettext("Report:")
    for tutorial, page in record.refused:
        click.secho(f"\n{tutorial.slug}/{page.number}: {' '.join(words.reasons(page))}", fg="red", err=True)
        click.echo(f"→ {words.gettext(PrivacyError.cure)}", err=True)
    click.echo(f"\n{label} {(folder / OVERVIEW).resolve()}")
    sys.exit(0 if exit_zero and not record.refused else record.exit_code)


@main.command("report")
@click.argument("run", default=LATEST)
@runs
@click.option("--single-file", type=FOLDER, help="Write all of it as this one file, to be sent by mail.")
@lang
def report_command(run: str, runs: Path, single_file: Path | None, lang: str) -> None:
    """Write a run's report again, from its run.json. RUN is a folder, or “latest”."""
    folder = find_run(runs, run)
    words = Translator(lang)
    record = read_record(folder)
    if single_file is None:
        overview = write_report(record, folder, words)
    else:
        overview = write_single_file(record, folder, words, single_file)
    label = words.gettext("Report:")
    click.echo(f"{label} {overview.resolve()}")


@main.command("approve")
@click.argument("run")
@click.argument("pages", nargs=-1)
@runs
@screenshots
@click.option("--by", default=getpass.getuser, help="Who approves: a first name or initials; default: your login.")
@_option("--why", default="", help="For those who wonder later.")
@lang
def approve_command(
    run: str, pages: tuple[str, ...], runs: Path, screenshots: Path, by: str, why: str, lang: str
) -> None:
    """Make tonight's captures the approved ones: all of RUN's, or those of PAGES (2, or tutorial/2)."""
    words = Translator(lang)
    folder = find_run(runs, run)
    record = read_record(folder)
    approvals = approve(record, folder, Baselines(screenshots, record.baselines), pages, by=by, why=why)
    for approval in approvals:
        click.echo(approval_line(approval, words))
    if not approvals:
        click.echo(words.gettext("Nothing to approve: no page was captured in this run."))


@main.command("apply")
@click.argument("decisions", type=FOLDER)
@runs
@screenshots
@_option("--commit", "committed", is_flag=True, help="Commit what was decided, and nothing else, with git.")
@lang
def apply_command(decisions: Path, runs: Path, screenshots: Path, committed: bool, lang: str) -> None:
    """Carry out DECISIONS, a file that a report exported. What cannot be is told, and the rest is done."""
    words = Translator(lang)
    file = read_decisions(decisions)
    desk = open_session(runs, file.run, screenshots)
    failed: TutofraisError | None = None
    done = []
    for choice in file.decisions:
        try:
            done.append(desk.apply(choice, by=file.by, today=today()))
            click.echo(words.applied_decision(choice))
        except TutofraisError as error:
            failed = failed or error
            click.secho(f"{choice.name}: {words.error(error)[0]}", fg="red", err=True)
    if committed and done:
        _commit(screenshots, desk, done, words)
    if failed is not None:
        raise failed


@main.command("review")
@click.argument("run", default=LATEST)
@runs
@screenshots
@_option("--port", type=PORT, default=0, help="Port to listen on; 0: any free one.")
@_option("--browser/--no-browser", default=True, help="Open it in your browser.")
@_option("--commit", "committed", is_flag=True, help="At the end, commit what was decided, and nothing else, with git.")
@lang
def review_command(
    run: str, runs: Path, screenshots: Path, port: int, browser: bool, committed: bool, lang: str
) -> None:
    """Serve RUN's report on this machine, with decisions carried out at once, until Ctrl-C."""
    words = Translator(lang)
    desk = open_session(runs, run, screenshots)
    with ReviewServer(desk, words, runs=runs, port=port) as review, suppress(KeyboardInterrupt):
        click.echo(review.address)
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        if browser:
            webbrowser.open(review.address)
        wait_for_ctrl_c()
    click.echo(words.ngettext("{n} decision carried out.", "{n} decisions carried out.", len(review.applied)))
    if committed and review.applied:
        _commit(screenshots, desk, review.applied, words)


@main.command("checked")
@click.argument("page")
@click.option("--by", required=True, help="Who looked at it: a first name or initials are enough.")
@scenarios
@site
@screenshots
@lang
def checked_command(page: str, by: str, scenarios: Path, site: str, screenshots: Path, lang: str) -> None:
    """Note that a person has checked a personal PAGE (tutorial/7) by hand today."""
    tutorials = read_tutorials(scenarios)
    slug, number = find_page(tutorials, page, [PageKind.PERSONAL])
    baselines = Baselines(screenshots, baselines_of(site))
    with baselines.locked():
        baselines.add_hand_check(slug, number, on=today(), by=by)
    click.echo(Translator(lang).gettext("{page}: checked by hand today.", page=f"{slug}/{number}"))


@main.command("ignore")
@click.argument("page")
@click.argument("what")
@click.option("--by", required=True, help="Who decided it: a first name or initials are enough.")
@_option("--why", default="", help="For those who wonder later.")
@scenarios
@site
@screenshots
@lang
def ignore_command(
    page: str, what: str, by: str, why: str, scenarios: Path, site: str, screenshots: Path, lang: str
) -> None:
    """Never again compare a part of a PAGE (tutorial/3).

    WHAT it is: the name that something has on the approved page, or a place of its picture, X,Y,WIDTH,HEIGHT in px.
    """
    slug, number = find_page(read_tutorials(scenarios), page, [PageKind.PUBLIC, PageKind.FORM_ONLY])
    baselines = Baselines(screenshots, baselines_of(site))
    with baselines.locked():
        baselines.add_mask(slug, new_mask(baselines, slug, number, what, by=by, why=why, on=today()))
    click.echo(Translator(lang).gettext("{page}: ignored from now on.", page=page))


@main.command("heal")
@click.argument("run", default=LATEST)
@runs
@scenarios
@lang
def heal_command(run: str, runs: Path, scenarios: Path, lang: str) -> None:
    """Write into the scenarios what RUN found in the place of what their instructions point at."""
    words = Translator(lang)
    healed = write_fixes(read_record(find_run(runs, run)), read_tutorials(scenarios))
    for one in healed:
        where = f"{one.file.name}:{one.fix.line}"
        if one.written:
            click.echo(f"{where}  {one.fix.sentence}\n{' ' * len(where)}→ {one.fix.new_sentence}")
        else:
            click.secho(
                words.gettext("{line} has been changed since that run: left as it is.", line=where),
                fg="yellow",
                err=True,
            )
    if not healed:
        click.echo(words.gettext("Nothing to write: what has no clear successor is for you to rewrite."))


@main.command("assets")
@scenarios
@site
@screenshots
@_option("--out", type=FOLDER, default=Path("assets"), help="Where the tutorials are written.")
@lang
def assets_command(scenarios: Path, site: str, screenshots: Path, out: Path, lang: str) -> None:
    """Write the tutorials anew: the approved pictures with their callouts, and one HTML page each."""
    words = Translator(lang)
    baselines = Baselines(screenshots, baselines_of(site))
    for tutorial in read_tutorials(scenarios):
        written = write_tutorial(tutorial, baselines, out)
        for number in written.withheld:
            click.secho(
                words.gettext("Page {n}: an instruction is false on the approved picture: it is left out.", n=number),
                fg="yellow",
                err=True,
            )
        if not written.pictures:
            click.secho(
                words.gettext(
                    "No picture of this site is published: approve a run of it first, or name another with --site."
                ),
                fg="yellow",
                err=True,
            )
        label = words.gettext("Tutorial:")
        click.echo(f"{label} {written.page.resolve()}")


@main.command("compare")
@click.argument("approved", type=FOLDER)
@click.argument("captured", type=FOLDER)
@lang
def compare_command(approved: Path, captured: Path, lang: str) -> None:
    """Compare two pictures by themselves. Exit codes: 0 the same, 1 changed."""
    words = Translator(lang)
    found = compare_pictures(Screenshot.read(approved), Screenshot.read(captured))
    for sentence in words.comparison(found):
        click.echo(sentence)
    sys.exit(0 if found.same else 1)


@main.command("replica")
@_option("--era", "site", default="2026", help="An era that a pack ships, or a replica's folder.")
@_option("--port", type=PORT, default=8020, help="Port to listen on; 0: any free one.")
@scenarios
@lang
def replica_command(site: str, port: int, scenarios: Path, lang: str) -> None:
    """Serve a replica for a person to look at, until Ctrl-C."""
    words = Translator(lang)
    tutorials = read_tutorials(scenarios)
    folders = {tutorial.file.parent for tutorial in tutorials}
    with open_site(site, folders, port=port) as served, suppress(KeyboardInterrupt):
        for host in sorted(served.hosts):
            click.echo(served.reach(f"https://{host}/"))
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        wait_for_ctrl_c()


@main.command("check")
@scenarios
@lang
def check_command(scenarios: Path, lang: str) -> None:
    """Read the scenarios without running them, and tell what would go past the guard."""
    words = Translator(lang)
    found = [(file, finding) for file in scenario_files(scenarios) for finding in check_file(file)]
    for file, finding in found:
        click.echo(f"{file}:{finding.line}: {words.detail(finding.what)}")
    if found:
        raise PrivacyError(Phrase("lines that go past the guard: {n}", n=len(found)))
    click.echo(words.gettext("Scenarios read: {n}. Nothing goes past the guard.", n=len(read_tutorials(scenarios))))


@main.command("doctor")
@scenarios
@screenshots
@runs
@_option("--install", is_flag=True, help="Install a Firefox when there is none.")
@lang
def doctor_command(scenarios: Path, screenshots: Path, runs: Path, install: bool, lang: str) -> None:
    """Check all that a run needs, and say what to do."""
    words = Translator(lang)
    code = 0
    for finding in examine(scenarios=scenarios, screenshots=screenshots, runs=runs, install=install):
        if finding.error is None:
            click.echo(f"✓ {words.gettext(finding.what)} {finding.detail}".rstrip())
            continue
        problem, cure = words.error(finding.error)
        click.secho(f"✗ {words.gettext(finding.what)} {problem}", fg="red")
        click.echo(f"  → {cure}")
        code = code or finding.error.exit_code
    sys.exit(code)


def _commit(screenshots: Path, desk: ReviewSession, done: Sequence[Carried], words: Translator) -> None:
    title = words.gettext("Review of {run}", run=desk.record.id)
    if commit(screenshots, title, [words.applied_decision(one.request) for one in done]):
        click.echo(words.gettext("Committed: {title}", title=title))


def _manners(
    words: Translator, *, live: bool, pause: float | None, patience: float | None, attend: bool, plain_agent: bool
) -> PolitenessPolicy:
    """How to behave: slowly and patiently on a site of others, at once on a replica."""

    def waiting(obstacle: Obstacle, seconds: float) -> None:
        said = words.gettext("Trying again in {n} s.", n=round(seconds))
        click.echo(f"{words.obstacle(obstacle)} {said}", err=True)

    def ask(obstacle: Obstacle) -> None:
        asked = words.gettext("Answer it in the Firefox window; the run goes on by itself.")
        click.secho(f"{words.obstacle(obstacle)} {asked}", fg="magenta", err=True)

    def queueing(host: str) -> None:
        click.echo(words.gettext("Another run is visiting {host}: waiting for its end…", host=host), err=True)

    return PolitenessPolicy(
        pause_s=(LIVE_PAUSE_S if live else 0) if pause is None else pause,
        patience_s=(LIVE_PATIENCE_S if live else 0) if patience is None else patience,
        quiet_ms=LIVE_QUIET_MS if live else QUIET_MS,
        identify=not plain_agent,
        on_retry=waiting,
        on_host_wait=queueing,
        on_wall=ask if attend else None,
    )


if __name__ == "__main__":
    main()
