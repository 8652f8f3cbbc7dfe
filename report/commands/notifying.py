"""What commands that make a run do to tell people of it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from capture.errors import HostBusy, NotDelivered, TutofraisError
from capture.scenario.tutorial import Tutorial
from report.i18n.sentences import Sentences
from report.i18n.translator import Translator
from report.results.run_record import RunRecord
from report.settings import FoundSettings, RecipientSettings
from report.terminal import print_error

Tell = Callable[[RunRecord, Path], object]
"""Tells people what is new in a run, given its folder."""


@contextmanager
def notifying(found: FoundSettings, runs: Path, words: Sentences, *, wanted: bool) -> Iterator[Tell]:
    """Say first who cannot be told; yield what tells the others of a run, and tell them if there is an error.

    That another run visits the same hosts is no error that people are told.

    Raises:
        NotDelivered: after the run.
    """
    if not wanted or not found.settings.people:
        if wanted:
            click.echo(words.gettext("Nobody is told: tutofrais.toml has no [people]."), err=True)
        yield lambda _record, _folder: ()
        return
    from report.notify.notifier import open_notifier, told_problem  # noqa: PLC0415 - most runs tell nobody

    notifier = open_notifier(found, runs, os.environ, after_run=True)
    for problem in notifier.problems.values():
        print_error(problem, words)
    try:
        yield notifier.tell_of_run
    except (NotDelivered, HostBusy):
        raise
    except TutofraisError as error:
        try:
            notifier.tell_of_failure(told_problem(error, Sentences(found.settings.language)))
        except TutofraisError as other:
            print_error(other, words)
        raise


def warn_of_patterns(people: Mapping[str, RecipientSettings], tutorials: Iterable[Tutorial], words: Translator) -> None:
    """Print each pattern of a person that fits no tutorial: others are told of what it means."""
    if not any(one.tutorials for one in people.values()):
        return
    from report.notify.recipient_check import unmatched_patterns  # noqa: PLC0415 - most commands tell nobody

    for unmatched in unmatched_patterns(people, [tutorial.slug for tutorial in tutorials]):
        print_error(unmatched, words, fg="yellow")
