"""``tutofrais approve``, ``apply``, ``confirm`` and ``ignore``: decisions about pages."""

import getpass
from collections.abc import Collection, Sequence
from pathlib import Path

import click

from capture.checked_values import LONGEST_NOTE
from capture.errors import DecisionRefused, NotCompared, NotPersonal, TutofraisError, UnknownPage
from capture.messages import Phrase
from capture.scenario.loader import find_page, read_tutorials
from capture.scenario.tutorial import PageKind, Tutorial
from capture.site.site import baselines_of
from capture.visible_text import visible
from report.baselines.baselines import Baselines, new_mask
from report.commands.command import Command
from report.commands.options import PATH, lang, option, runs, scenarios, screenshots, site
from report.console import approval_line
from report.i18n.dates import today
from report.i18n.sentences import Sentences
from report.results.run_record import read_record
from report.results.run_store import find_run, latest_witness_texts
from report.review.approve import approve
from report.review.git_commit import commit
from report.review.session import AppliedDecision, ReviewSession, check_baselines, decider, open_session, read_decisions


def who(_ctx: click.Context, _option: click.Parameter, name: str) -> str:
    """Check the name of who decides."""
    try:
        return decider(name)
    except DecisionRefused as error:
        raise click.BadParameter(error.why) from error


def note(_ctx: click.Context, _option: click.Parameter, text: str) -> str:
    """Check the length of a note."""
    if len(text) > LONGEST_NOTE:
        raise click.BadParameter(Phrase("at most {n} characters", n=LONGEST_NOTE))
    return visible(text)


def commit_decisions(
    screenshots: Path, session: ReviewSession, applied: Sequence[AppliedDecision], words: Sentences
) -> None:
    """Commit the folder of baselines, with one line of the message for each decision; raises NotCommitted."""
    title = words.gettext("Review of {run}", run=session.record.id)
    if commit(screenshots, title, [words.applied_decision(one.request) for one in applied]):
        click.echo(words.gettext("Committed: {title}", title=title))


def _find_page(
    tutorials: Sequence[Tutorial], name: str, kinds: Collection[PageKind], other_kind: type[UnknownPage]
) -> tuple[str, int]:
    """Return slug and number of a page, from its name.

    Raises:
        UnknownPage: there is no such page; of the type ``other_kind`` if there is one of other kinds.
    """
    every_page = {f"{tutorial.slug}/{page.number}": page.kind for tutorial in tutorials for page in tutorial.pages}
    if every_page.get(name, next(iter(kinds))) not in kinds:
        raise other_kind(name, [page for page, kind in every_page.items() if kind in kinds])
    return find_page(tutorials, name, kinds)


@click.command("approve", cls=Command)
@click.argument("run")
@click.argument("pages", nargs=-1)
@runs
@screenshots
@click.option(
    "--by",
    callback=who,
    default=getpass.getuser,
    help="Who approves: first name or initials. Default: your login name.",
)
@click.option("--why", callback=note, default="", help="A note for later readers: the reason.")
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


@click.command("apply", cls=Command)
@click.argument("decisions", type=PATH)
@runs
@screenshots
@option("--commit", "committed", is_flag=True, help="Commit the decisions, and nothing else, with git.")
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
        commit_decisions(screenshots, session, applied, words)
    if first_error is not None:
        raise first_error


@click.command("confirm", cls=Command)
@click.argument("page")
@click.option("--by", callback=who, required=True, help="Who checked it: first name or initials.")
@scenarios
@site
@screenshots
@runs
@lang
def confirm_command(page: str, by: str, scenarios: Path, site: str, screenshots: Path, runs: Path, lang: str) -> None:
    """Record that a person has checked a personal page today.

    PAGE is its name: tutorial/7. What the public pages that describe it said in the latest run is kept with it.
    """
    tutorials = read_tutorials(scenarios)
    slug, number = _find_page(tutorials, page, [PageKind.PERSONAL], NotPersonal)
    baselines = Baselines(screenshots, baselines_of(site))
    witnesses = latest_witness_texts(runs, baselines.root.name, slug, number)
    with baselines.locked():
        baselines.add_hand_check(slug, number, on=today(), by=by, witnesses=witnesses)
    click.echo(Sentences(lang).gettext("{page}: checked by hand today.", page=f"{slug}/{number}"))


@click.command("ignore", cls=Command)
@click.argument("page")
@click.argument("what")
@click.option("--by", callback=who, required=True, help="Who decided it: first name or initials.")
@click.option("--why", callback=note, default="", help="A note for later readers: the reason.")
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
    slug, number = _find_page(read_tutorials(scenarios), page, [PageKind.PUBLIC, PageKind.FORM_ONLY], NotCompared)
    baselines = Baselines(screenshots, baselines_of(site))
    with baselines.locked():
        baselines.add_mask(slug, new_mask(baselines, slug, number, what, by=by, why=why, on=today()))
    click.echo(Sentences(lang).gettext("{page}: ignored from now on.", page=page))
