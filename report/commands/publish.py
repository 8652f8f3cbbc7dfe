"""``tutofrais publish``: the tutorials as documents."""

import sys
from pathlib import Path

import click

from capture.errors import TutofraisError
from capture.scenario.loader import read_tutorials
from report.baselines.baselines import Baselines
from report.commands.command import Command
from report.commands.options import PATH, lang, option, runs, scenarios, screenshots
from report.i18n.sentences import Sentences
from report.publish.console import print_publication, publication_progress, published_site
from report.publish.formats import FORMATS, Format
from report.publish.tutorial_page import write_tutorial
from report.results.run_store import latest_record, latest_results
from report.terminal import print_error


@click.command("publish", cls=Command)
@scenarios
@click.option("--site", help="“live”, a replica’s era, or the folder of a replica. Default: the site of the last run.")
@screenshots
@runs
@option("--out", type=PATH, default=Path("published"), help="Folder to write the tutorials to.")
@click.option(
    "--format",
    "formats",
    type=click.Choice([str(one) for one in Format]),
    multiple=True,
    help="Documents to write; may be repeated. Default: all of them.",
)
@option("--draft", is_flag=True, help="Show pages that are not known to be true, too, with a watermark.")
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
