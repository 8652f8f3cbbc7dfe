"""The nights before a run, from the history into its record, so that its report can be written again anywhere."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

from report.i18n.dates import day_of
from report.results.run_record import NIGHTS, EarlierNight, RunRecord
from report.results.verdict_letters import letters_of
from report.run.history import History
from report.verdict import Verdict


def with_earlier_nights(record: RunRecord, history: History) -> RunRecord:
    """Return a run's record with the verdicts of earlier nights on its pages; of a night, the last run counts.

    Nights on which none of its pages was visited are left out. Raises HistoryUnusable.
    """
    tonight = day_of(record.started)
    verdicts: dict[tuple[str, int], dict[str, Verdict]] = {
        (tutorial.slug, page.number): {} for tutorial, page in record.pages()
    }
    runs: dict[str, set[str]] = defaultdict(set)
    for one in history.verdicts_between(record.baselines, tonight - timedelta(days=NIGHTS - 1), tonight):
        nights = verdicts.get((one.tutorial, one.page))
        if nights is not None:
            nights[one.day] = one.verdict
            runs[one.day].add(one.run)
    days, seconds = sorted(runs), history.seconds()
    return replace(
        record,
        nights=tuple(
            EarlierNight(
                day=date.fromisoformat(day),
                seconds=max((seconds[run] for run in runs[day] if run in seconds), default=None),
            )
            for day in days
        ),
        tutorials=tuple(
            replace(
                tutorial,
                pages=tuple(
                    replace(page, nights=letters_of(map(verdicts[tutorial.slug, page.number].get, days)))
                    for page in tutorial.pages
                ),
            )
            for tutorial in record.tutorials
        ),
    )
