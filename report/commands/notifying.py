"""What commands that make a run do to tell people of it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import click

from capture.errors import NotDelivered, TutofraisError
from capture.scenario.tutorial import Tutorial
from report.i18n.sentences import Sentences
from report.i18n.translator import Translator
from report.results.run_record import RunRecord
from report.settings import FoundSettings, RecipientSettings
from report.terminal import print_error

Tell = Callable[[RunRecord, Path], None]
"""Tells people what is new in a run, given its folder."""


@contextmanager
def notifying(found: FoundSettings, runs: Path, words: Sentences, *, wanted: bool) -> Iterator[Tell]:
    """Check first that everybody can be told; yield what tells them of a run, and tell them if there is an error.

    Raises:
        SecretMissing, SecretsExposed, SecretsBroken, RecipientUnusable: before the run.
        NotDelivered: after it.
    """
    if not wanted or not found.settings.people:
        if wanted:
            click.echo(words.gettext("Nobody is told: tutofrais.toml has no [people]."), err=True)
        yield lambda _record, _folder: None
        return
    from report.notify.notifier import open_notifier, told_problem  # noqa: PLC0415 - most runs tell nobody
    from report.notify.recipient_check import check_recipients  # noqa: PLC0415 - as above

    check_recipients(found, os.environ)
    notifier = open_notifier(found, runs, os.environ)
    try:
        yield notifier.tell_of_run
    except NotDelivered:
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
