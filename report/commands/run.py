"""``tutofrais run``: visit the pages, compare, and write the report."""

import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from capture.browser.firefox import open_firefox
from capture.errors import PrivacyError
from capture.scenario.loader import read_tutorials
from capture.site import LIVE
from report.commands.command import Command
from report.commands.notifying import notifying, warn_of_patterns
from report.commands.options import PORT, every, is_typed, lang, option, runs, scenarios, screenshots, site
from report.console import print_table, run_reporter
from report.i18n.sentences import Sentences
from report.output.html import OVERVIEW
from report.results.run_record import Parts, RunRecord
from report.run.first_run import create_baselines
from report.run.pipeline import run
from report.run.politeness import politeness_policy, told_nothing
from report.run.progress import progress_of
from report.run.retention import old_runs, remove_runs
from report.run.run_plan import RunPlan
from report.run.streamed_run import last_seconds
from report.run.streams import MOST_JOBS, bearable_jobs, shard_of, shards_of
from report.settings import FoundSettings

SECONDS = click.FloatRange(0, 3600)


class Shard(click.ParamType[tuple[int, int]]):
    """Number of a part, and of all parts: ``2/5``."""

    name = "K/N"

    def convert(
        self, value: str | tuple[int, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        if isinstance(value, tuple):
            return value
        found = re.fullmatch("([0-9]{1,3})/([0-9]{1,3})", value)
        number, parts = (int(found[1]), int(found[2])) if found else (0, 0)
        if not 1 <= number <= parts:
            self.fail(f"{value!r} is no part such as 2/5.", param, ctx)
        return number, parts


@click.command("run", cls=Command)
@scenarios
@site
@screenshots
@runs
@option("--port", type=PORT, default=0, help="Port of the replica; 0: any free port.")
@click.option("--pause", type=SECONDS, help="Mean seconds between two pages of a host. Default: live 1.5, replica 0.")
@click.option("--patience", type=SECONDS, help="Total seconds to wait for outages to end. Default: live 60, replica 0.")
@click.option(
    "--wait",
    type=click.FloatRange(0, 86_400),
    help="Total seconds to wait for other runs here or on the cluster. Default: 21600; 0: none.",
)
@every
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_JOBS),
    help="Firefoxes at the same time, never two at one host. Default: what this machine bears.",
)
@click.option(
    "--dask",
    metavar="ADDRESS",
    help="Dask scheduler whose workers visit, such as tcp://10.0.0.1:8786. Default: this machine does.",
)
@click.option("--shard", type=Shard(), help="Visit a part of the tutorials, such as 2/5; see merge.")
@option("--resume", is_flag=True, help="Continue a run of the same tutorials that was killed less than 12 hours ago.")
@option("--attend", is_flag=True, help="Show Firefox; when the site asks for a person, you answer in its window.")
@option("--plain-agent", is_flag=True, help="Leave “tutofrais” out of Firefox’s User-Agent.")
@option("--notify", is_flag=True, help="Tell the people of tutofrais.toml what is new; see notify.")
@option("--quiet", is_flag=True, help="Print nothing but warnings and errors, as cron wants it.")
@option("--exit-zero", is_flag=True, help="Exit with 0 once the report is written, unless a page was refused (24).")
@lang
@click.pass_obj
def run_command(  # noqa: PLR0913, PLR0917 - one argument for each option
    found: FoundSettings,
    /,
    scenarios: Path,
    site: str,
    screenshots: Path,
    runs: Path,
    port: int,
    every: int | None,
    jobs: int | None,
    dask: str | None,
    shard: tuple[int, int] | None,
    resume: bool,
    notify: bool,
    quiet: bool,
    exit_zero: bool,
    lang: str,
    **politeness: Any,
) -> None:
    """Visit every page, compare with the baselines, write the report.

    Exit codes: 0 all true, 1 outdated, 3 not checked, 4 never approved, 24 refused to protect personal data, 10 and
    above: another error.
    """
    if dask and (port or politeness["attend"]):
        raise click.UsageError("--dask goes neither with --port nor with --attend: the workers visit, elsewhere.")
    words = Sentences(lang)
    if notify and shard is not None:
        raise click.UsageError("A part is no whole run: use “tutofrais merge --notify” on all parts.")
    with notifying(found, runs, words, wanted=notify) as tell:
        declared = read_tutorials(scenarios)
        if notify and not is_typed("scenarios"):
            warn_of_patterns(found.settings.people, declared, words)
        if not is_typed("screenshots") and create_baselines(screenshots, runs):
            click.echo(words.gettext("{folder} was created: no picture is approved yet.", folder=screenshots), err=True)
        tutorials = declared if shard is None else shard_of(declared, *shard)
        if not tutorials:
            click.echo(words.gettext("This part has no tutorial: there are fewer sites than parts."), err=True)
            return
        policy = politeness_policy(words, live=site == LIVE, hosts=found.settings.hosts, **politeness)
        plan = RunPlan(
            tutorials=tutorials,
            declared=declared if shard is not None else (),
            parts=None if shard is None else Parts(numbers=(shard[0],), of=len(shards_of(declared, shard[1]))),
            site=site,
            screenshots=screenshots,
            runs=runs,
            translator=words,
            port=port,
            cluster=dask or None,
            jobs=1 if politeness["attend"] or port else jobs or bearable_jobs(),
            every=every,
            resume=resume,
            quiet=quiet,
            policy=told_nothing(policy) if quiet else policy,
        )
        progress = progress_of(tutorials, plan.jobs, last_seconds(runs))
        with run_reporter(words, progress, quiet=quiet) as reporter:
            record, folder = run(plan, reporter, partial(open_firefox, headless=not politeness["attend"]))
        if not quiet:
            _print_results(record, folder, words)
        if found.settings.keep is not None:
            remove_runs(runs, old_runs(runs, screenshots, found.settings.keep))
        tell(record, folder)
    sys.exit(0 if exit_zero and not record.refused else record.exit_code)


def _print_results(record: RunRecord, folder: Path, words: Sentences) -> None:
    """Print the verdicts, what was refused, and where the report is."""
    print_table(record, words)
    for tutorial, page in record.refused:
        click.secho(f"\n{tutorial.slug}/{page.number}: {' '.join(words.reasons(page))}", fg="red", err=True)
        click.echo(f"→ {words.gettext(PrivacyError.cure)}", err=True)
    label = words.gettext("Report:")
    click.echo(f"\n{label} {(folder / OVERVIEW).resolve()}")
