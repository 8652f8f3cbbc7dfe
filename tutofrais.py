"""The command line of tutofrais: parse options, delegate, print the result, exit with the right code."""

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
from capture.checked_values import LONGEST_NOTE
from capture.errors import DecisionRefused, OutOfMemory, PrivacyError, TutofraisError
from capture.messages import Phrase
from capture.scenario.loader import find_page, lint_file, read_tutorials, scenario_files
from capture.scenario.tutorial import PageKind
from capture.site.local_server import POLL_S, wait_for_ctrl_c
from capture.site.site import LIVE, baselines_of, open_site
from capture.storage import writing_under
from capture.visible_text import visible
from report.baselines.baselines import Baselines, new_mask
from report.compare.comparison import compare_pictures
from report.compare.pixel_diff import Screenshot
from report.console import (
    approval_line,
    politeness_policy,
    print_error,
    print_table,
    progress_reporter,
)
from report.doctor import examine
from report.i18n.dates import today
from report.i18n.sentences import Sentences
from report.i18n.translator import LANGUAGES, gettext_noop
from report.output.html import OVERVIEW, write_report, write_single_file
from report.publish.formats import FORMATS, Format
from report.results.run_record import read_record
from report.results.run_store import LATEST, find_run, latest_record, latest_results
from report.results.suggested_fixes import write_fixes
from report.review.approve import approve
from report.review.git_commit import commit
from report.review.server import ReviewServer
from report.review.session import AppliedDecision, ReviewSession, check_baselines, decider, open_session, read_decisions
from report.run.pipeline import RunPlan, run
from report.run.run_folder import InterruptedCleanly
from report.workbench.library import Folders, Library
from report.workbench.menu_entry import write_menu_entry
from report.workbench.server import WorkbenchServer
from report.workbench.workbench import Workbench

EXIT_INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells report it."""
EXIT_BROKEN_PIPE = 141
"""Exit code when the reader of the output has gone: 128 + SIGPIPE, as shells report it."""
PATH = click.Path(path_type=Path)
PORT = click.IntRange(0, 65535)
SECONDS = click.FloatRange(0, 3600)


def _option(*names: str, **settings: Any) -> Callable[..., Any]:
    return click.option(*names, show_default=True, **settings)


lang = _option("--lang", type=click.Choice(LANGUAGES), default="fr", help="Language of messages and reports.")
scenarios = _option("--scenarios", type=PATH, default=Path("scenarios"), help="A scenario file, or a folder of them.")
screenshots = _option(
    "--screenshots", type=PATH, default=Path("screenshots"), help="Folder of the baselines (approved captures)."
)
runs = _option("--runs", type=PATH, default=Path("runs"), help="Folder of the runs.")
site = _option("--site", default=LIVE, help="“live”, a replica’s era (2020, 2026), or the folder of a replica.")


class _Command(click.Command):
    """A command that reports a TutofraisError as its sentence and cure, and exits with its code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            with writing_under(ctx.params.get("runs", Path.cwd())):
                return super().invoke(ctx)
        except BrokenPipeError:
            _discard_output()
            ctx.exit(EXIT_BROKEN_PIPE)
        except (TutofraisError, MemoryError) as error:
            known = error if isinstance(error, TutofraisError) else OutOfMemory()
            print_error(known, Sentences(ctx.params.get("lang", "fr")))
            ctx.exit(known.exit_code)
        except KeyboardInterrupt as interrupt:
            # Playwright's driver receives Ctrl-C as well; its closing messages are noise.
            logging.getLogger("asyncio").setLevel(logging.CRITICAL)
            sys.unraisablehook = lambda _: None
            clean = isinstance(interrupt, InterruptedCleanly)
            message = gettext_noop("Interrupted: nothing was left behind.") if clean else gettext_noop("Interrupted.")
            click.echo(f"\n{Sentences(ctx.params.get('lang', 'fr')).gettext(message)}", err=True)
            ctx.exit(EXIT_INTERRUPTED)


def _who(_ctx: click.Context, _option: click.Parameter, name: str) -> str:
    """Check the name of who decides."""
    try:
        return decider(name)
    except DecisionRefused as error:
        raise click.BadParameter(error.why) from error


def _note(_ctx: click.Context, _option: click.Parameter, text: str) -> str:
    """Check the length of a note."""
    if len(text) > LONGEST_NOTE:
        raise click.BadParameter(Phrase("at most {n} characters", n=LONGEST_NOTE))
    return visible(text)


def _discard_output() -> None:
    """Redirect stdout and stderr to /dev/null: Python flushes both at exit and would report the broken pipe again."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(devnull, stream.fileno())


class _Group(click.Group):
    """The commands, listed in the order of their declaration instead of alphabetically."""

    command_class = _Command

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)


@click.group(
    cls=_Group,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="tutofrais")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Visit the pages of step-by-step tutorials and report each instruction that is no longer true.

    Without a command, the workbench opens in your browser.
    """
    if ctx.invoked_subcommand is None:
        with workbench_command.make_context("workbench", [], parent=ctx) as context:
            workbench_command.invoke(context)


@main.command("workbench")
@scenarios
@click.option("--site", help="“live”, a replica’s era, or the folder of a replica. Default: that of the latest run.")
@screenshots
@runs
@_option("--out", type=PATH, default=Path("published"), help="Folder of the published tutorials.")
@_option("--port", type=PORT, default=0, help="Port to listen on; 0: any free port.")
@_option("--browser/--no-browser", default=True, help="Open the workbench in your browser.")
@_option("--menu-entry", is_flag=True, help="Write an entry for the menu of the desktop instead, and end.")
@lang
def workbench_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    scenarios: Path,
    site: str | None,
    screenshots: Path,
    runs: Path,
    out: Path,
    port: int,
    browser: bool,
    menu_entry: bool,
    lang: str,
) -> None:
    """Check, correct, review and publish tutorials in your browser.

    The same as without a command. Ctrl-C ends it.
    """
    words = Sentences(lang)
    if menu_entry:
        click.echo(write_menu_entry(Path.cwd(), lang))
        return
    folders = Folders(scenarios=scenarios, screenshots=screenshots, runs=runs, published=out)
    workbench = Workbench(Library(folders, words, site=site), words, demonstration=Path(__file__).parent)
    with WorkbenchServer(workbench, words, port=port) as served, suppress(KeyboardInterrupt):
        click.echo(served.address)
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        if browser:
            webbrowser.open(served.address)
        while not workbench.ended.wait(POLL_S):
            pass
    workbench.close()


@main.command("run")
@scenarios
@site
@screenshots
@runs
@_option("--port", type=PORT, default=0, help="Port of the replica; 0: any free port.")
@click.option("--pause", type=SECONDS, help="Mean seconds between two pages of a host. Default: live 1.5, replica 0.")
@click.option("--patience", type=SECONDS, help="Total seconds to wait for outages to end. Default: live 60, replica 0.")
@_option("--resume", is_flag=True, help="Continue a run of the same tutorials that was killed less than 12 hours ago.")
@_option("--attend", is_flag=True, help="Show Firefox; when the site asks for a person, you answer in its window.")
@_option("--plain-agent", is_flag=True, help="Leave “tutofrais” out of Firefox’s User-Agent.")
@_option("--exit-zero", is_flag=True, help="Exit with 0 once the report is written, unless a page was refused (24).")
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
    **politeness: Any,
) -> None:
    """Visit every page, compare with the baselines, write the report.

    Exit codes: 0 all true, 1 outdated, 3 not checked, 4 never approved, 24 refused to protect personal data, 10 and
    above: another error.
    """
    words = Sentences(lang)
    plan = RunPlan(
        tutorials=read_tutorials(scenarios),
        site=site,
        screenshots=screenshots,
        runs=runs,
        translator=words,
        port=port,
        resume=resume,
        policy=politeness_policy(words, live=site == LIVE, **politeness),
    )
    record, folder = run(plan, progress_reporter(words), partial(open_firefox, headless=not politeness["attend"]))
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
@click.option("--single-file", type=PATH, help="Write the whole report as this one HTML file.")
@lang
def report_command(run: str, runs: Path, single_file: Path | None, lang: str) -> None:
    """Write the report of a run again, from its run.json.

    RUN is the folder of a run, its name, or “latest”.
    """
    folder = find_run(runs, run)
    words = Sentences(lang)
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
@click.option(
    "--by",
    callback=_who,
    default=getpass.getuser,
    help="Who approves: first name or initials. Default: your login name.",
)
@click.option("--why", callback=_note, default="", help="A note for later readers: the reason.")
@lang
def approve_command(
    run: str, pages: tuple[str, ...], runs: Path, screenshots: Path, by: str, why: str, lang: str
) -> None:
    """Approve captures of a run: they become the new baselines.

    PAGES are numbers (2) or names (tutorial/2); without them, every page that RUN captured is approved.
    """
    words = Sentences(lang)
    folder = find_run(runs, run)
    record = read_record(folder)
    approvals = approve(record, folder, Baselines(screenshots, record.baselines), pages, by=by, why=why)
    for approval in approvals:
        click.echo(approval_line(approval, words))
    if not approvals:
        click.echo(words.gettext("Nothing to approve: no page was captured in this run."))


@main.command("apply")
@click.argument("decisions", type=PATH)
@runs
@screenshots
@_option("--commit", "committed", is_flag=True, help="Commit the decisions, and nothing else, with git.")
@lang
def apply_command(decisions: Path, runs: Path, screenshots: Path, committed: bool, lang: str) -> None:
    """Apply the decisions that a report exported.

    DECISIONS is that file. A decision that cannot be applied is reported; the others are applied.
    """
    words = Sentences(lang)
    file = read_decisions(decisions)
    session = open_session(runs, file.run, screenshots)
    check_baselines(file, session)
    first_error: TutofraisError | None = None
    applied = []
    for request in file.decisions:
        try:
            applied.append(session.apply(request, by=file.by, today=today()))
            click.echo(words.applied_decision(request))
        except TutofraisError as error:
            first_error = first_error or error
            click.secho(f"{request.name}: {words.error(error)[0]}", fg="red", err=True)
    if committed and applied:
        _commit(screenshots, session, applied, words)
    if first_error is not None:
        raise first_error


@main.command("review")
@click.argument("run", default=LATEST)
@runs
@screenshots
@_option("--port", type=PORT, default=0, help="Port to listen on; 0: any free port.")
@_option("--browser/--no-browser", default=True, help="Open the report in your browser.")
@_option("--commit", "committed", is_flag=True, help="At the end, commit the decisions, and nothing else, with git.")
@lang
def review_command(
    run: str, runs: Path, screenshots: Path, port: int, browser: bool, committed: bool, lang: str
) -> None:
    """Serve a report on this machine and apply decisions at once.

    RUN is the folder of a run, its name, or “latest”. Ctrl-C ends the review.
    """
    words = Sentences(lang)
    session = open_session(runs, run, screenshots)
    with ReviewServer(session, words, runs=runs, port=port) as review, suppress(KeyboardInterrupt):
        click.echo(review.address)
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        if browser:
            webbrowser.open(review.address)
        wait_for_ctrl_c()
    click.echo(words.ngettext("{n} decision carried out.", "{n} decisions carried out.", len(review.applied)))
    if committed and review.applied:
        _commit(screenshots, session, review.applied, words)


@main.command("confirm")
@click.argument("page")
@click.option("--by", callback=_who, required=True, help="Who checked it: first name or initials.")
@scenarios
@site
@screenshots
@lang
def confirm_command(page: str, by: str, scenarios: Path, site: str, screenshots: Path, lang: str) -> None:
    """Record that a person has checked a personal page today.

    PAGE is its name: tutorial/7.
    """
    tutorials = read_tutorials(scenarios)
    slug, number = find_page(tutorials, page, [PageKind.PERSONAL])
    baselines = Baselines(screenshots, baselines_of(site))
    with baselines.locked():
        baselines.add_hand_check(slug, number, on=today(), by=by)
    click.echo(Sentences(lang).gettext("{page}: checked by hand today.", page=f"{slug}/{number}"))


@main.command("ignore")
@click.argument("page")
@click.argument("what")
@click.option("--by", callback=_who, required=True, help="Who decided it: first name or initials.")
@click.option("--why", callback=_note, default="", help="A note for later readers: the reason.")
@scenarios
@site
@screenshots
@lang
def ignore_command(
    page: str, what: str, by: str, why: str, scenarios: Path, site: str, screenshots: Path, lang: str
) -> None:
    """Never compare a part of a page again.

    PAGE is its name: tutorial/3. WHAT is the accessible name of an element of the baseline, or a rectangle of its
    picture: X,Y,WIDTH,HEIGHT in px.
    """
    slug, number = find_page(read_tutorials(scenarios), page, [PageKind.PUBLIC, PageKind.FORM_ONLY])
    baselines = Baselines(screenshots, baselines_of(site))
    with baselines.locked():
        baselines.add_mask(slug, new_mask(baselines, slug, number, what, by=by, why=why, on=today()))
    click.echo(Sentences(lang).gettext("{page}: ignored from now on.", page=page))


@main.command("heal")
@click.argument("run", default=LATEST)
@runs
@scenarios
@lang
def heal_command(run: str, runs: Path, scenarios: Path, lang: str) -> None:
    """Write the new names of renamed elements into the scenarios.

    Only names for which RUN found one clear replacement are written; the rest of the file is left as it is.
    """
    words = Sentences(lang)
    fixes = write_fixes(read_record(find_run(runs, run)), read_tutorials(scenarios))
    for result in fixes:
        where = f"{result.file.name}:{result.correction.line}"
        if result.written:
            indent = " " * len(where)
            opener = result.correction.opener
            click.echo(f"{where}  {result.correction.sentence}")
            for sentence in [*([opener.sentence] if opener else []), result.correction.new_sentence]:
                click.echo(f"{indent}→ {sentence}")
        else:
            click.secho(
                words.gettext("{line} has been changed since that run: left as it is.", line=where),
                fg="yellow",
                err=True,
            )
    if not fixes:
        click.echo(words.gettext("Nothing to write: no false instruction has one clear replacement."))


@main.command("publish")
@scenarios
@click.option("--site", help="“live”, a replica’s era, or the folder of a replica. Default: the site of the last run.")
@screenshots
@runs
@_option("--out", type=PATH, default=Path("published"), help="Folder to write the tutorials to.")
@click.option(
    "--format",
    "formats",
    type=click.Choice([str(one) for one in Format]),
    multiple=True,
    help="Documents to write; may be repeated. Default: all of them.",
)
@_option("--draft", is_flag=True, help="Show pages that are not known to be true, too, with a watermark.")
@lang
def publish_command(
    scenarios: Path,
    site: str | None,
    screenshots: Path,
    runs: Path,
    out: Path,
    formats: tuple[str, ...],
    draft: bool,
    lang: str,
) -> None:
    """Publish the tutorials: HTML, PDF, presentation, Markdown.

    The pictures are the baselines. A page is published when every instruction on it is true and its picture is the
    approved one; otherwise the page of the last edition stays, marked as to be reviewed.
    """
    # The libraries of documents take memory that no other command needs.
    from report.publish.console import print_publication, publication_progress, published_site  # noqa: PLC0415
    from report.publish.tutorial_page import write_tutorial  # noqa: PLC0415

    words = Sentences(lang)
    baselines = Baselines(screenshots, published_site(site, latest_record(runs), words))
    latest = latest_results(runs, baselines.root.name).record
    first_error: TutofraisError | None = None
    for tutorial in read_tutorials(scenarios):
        try:
            written = write_tutorial(
                tutorial,
                baselines,
                out,
                latest,
                formats=[Format(one) for one in formats] or FORMATS,
                draft=draft,
                on_progress=publication_progress(tutorial, words),
            )
        except TutofraisError as error:
            print_error(error, words)
            first_error = first_error or error
            continue
        print_publication(tutorial, written, words)
        for problem in written.problems:
            print_error(problem, words)
        first_error = first_error or next(iter(written.problems), None)
    if first_error is not None:
        sys.exit(first_error.exit_code)


@main.command("compare")
@click.argument("approved", type=PATH)
@click.argument("captured", type=PATH)
@lang
def compare_command(approved: Path, captured: Path, lang: str) -> None:
    """Compare two pictures, without masks or elements.

    Exit codes: 0 the same, 1 changed.
    """
    words = Sentences(lang)
    comparison = compare_pictures(Screenshot.read(approved), Screenshot.read(captured))
    for sentence in words.comparison(comparison):
        click.echo(sentence)
    sys.exit(0 if comparison.same else 1)


@main.command("replica")
@_option("--era", "site", default="2026", help="An era (2020, 2026), or the folder of a replica.")
@_option("--port", type=PORT, default=8020, help="Port to listen on; 0: any free port.")
@scenarios
@lang
def replica_command(site: str, port: int, scenarios: Path, lang: str) -> None:
    """Serve a replica to look at, until Ctrl-C."""
    words = Sentences(lang)
    tutorials = read_tutorials(scenarios)
    folders = {tutorial.file.parent for tutorial in tutorials}
    with open_site(site, folders, port=port) as served, suppress(KeyboardInterrupt):
        for host in sorted(served.hosts):
            click.echo(served.reach(f"https://{host}/"))
        click.echo(words.gettext("Ctrl-C stops it."), err=True)
        wait_for_ctrl_c()


@main.command("lint")
@scenarios
@lang
def lint_command(scenarios: Path, lang: str) -> None:
    """Read scenarios without running them; name the refused lines."""
    words = Sentences(lang)
    findings = [(file, finding) for file in scenario_files(scenarios) for finding in lint_file(file)]
    for file, finding in findings:
        click.echo(f"{file}:{finding.line}: {words.detail(finding.what)}")
    if findings:
        raise PrivacyError(Phrase("lines that the sandbox refuses: {n}", n=len(findings)))
    click.echo(words.gettext("Scenarios read: {n}. The sandbox refuses no line.", n=len(read_tutorials(scenarios))))


@main.command("doctor")
@scenarios
@screenshots
@runs
@_option("--install", is_flag=True, help="Install Firefox if none is found.")
@lang
def doctor_command(scenarios: Path, screenshots: Path, runs: Path, install: bool, lang: str) -> None:
    """Check everything that a run needs, and print what to do."""
    words = Sentences(lang)
    code = 0
    for finding in examine(scenarios=scenarios, screenshots=screenshots, runs=runs, install=install):
        if finding.error is None:
            click.echo(f"✓ {words.gettext(finding.what)} {finding.detail}".rstrip())
            continue
        problem, cure = words.error(finding.error)
        sign, colour = ("!", "yellow") if finding.optional else ("✗", "red")
        click.secho(f"{sign} {words.gettext(finding.what)} {problem}", fg=colour)
        click.echo(f"  → {cure}")
        code = code or (0 if finding.optional else finding.error.exit_code)
    sys.exit(code)


def _commit(screenshots: Path, session: ReviewSession, applied: Sequence[AppliedDecision], words: Sentences) -> None:
    """Commit the folder of baselines, with one line of the message for each decision; raises NotCommitted."""
    title = words.gettext("Review of {run}", run=session.record.id)
    if commit(screenshots, title, [words.applied_decision(one.request) for one in applied]):
        click.echo(words.gettext("Committed: {title}", title=title))


if __name__ == "__main__":
    main()
