"""What a person is told after a run: what is new, and what stays open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from report.notify.finding import OF_RUNS, FindingKind, is_blind, is_snoozed
from report.notify.recipient import Recipient, owners_of
from report.notify.told import KnownFinding, Told, is_confirmed
from report.output.totals import PagePair
from report.results.run_record import RunRecord
from report.settings import NotificationSettings, RecipientSettings

WEEK = timedelta(days=7)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What a person is told."""

    recipient: Recipient
    alarms: tuple[KnownFinding, ...] = ()
    """Findings about runs that are new to the person."""
    new: tuple[PagePair, ...] = ()
    """Pages with something new, the worst first."""
    still_open: tuple[PagePair, ...] = ()
    """Pages that were told before, or that somebody has decided about."""
    is_reminder: bool = False
    """Whether the pages that stay open are named, and not only counted."""
    findings: tuple[KnownFinding, ...] = ()
    """Findings that the person has been told of once this is sent."""

    @property
    def worth_telling(self) -> bool:
        return bool(self.alarms or self.new or (self.is_reminder and self.still_open))


def alarm_news(told: Told, recipient: Recipient) -> News:
    """Return what a person is told when there is no run to speak of."""
    alarms = _alarms(told, recipient)
    return News(recipient=recipient, alarms=alarms, findings=alarms)


def news_for(
    recipient: Recipient,
    record: RunRecord,
    told: Told,
    *,
    people: Mapping[str, RecipientSettings],
    rules: NotificationSettings,
    today: date,
) -> News:
    """Return what a person is told after a run.

    Args:
        recipient: the person.
        record: the run.
        told: what is known, with this run.
        people: everybody, by name.
        rules: after how many nights a finding is told, and the day of reminders.
        today: day of the run.
    """
    known: dict[tuple[str, int], list[KnownFinding]] = {}
    blind = is_blind(record)
    for one in told.findings:
        is_said = blind and one.finding.kind is FindingKind.UNCHECKED  # that nothing was checked says it all
        if one.baselines == record.baselines and is_confirmed(one, rules) and not is_said:
            known.setdefault((one.tutorial, one.page), []).append(one)
    new: list[PagePair] = []
    still_open: list[PagePair] = []
    findings: list[KnownFinding] = []
    for tutorial, page in record.pages():
        found = known.get((tutorial.slug, page.number), [])
        if not found or is_snoozed(page) or recipient.name not in owners_of(tutorial, people):
            continue
        untold = [one for one in found if recipient.name not in one.told]
        is_new = bool(untold) and page.decision is None
        (new if is_new else still_open).append((tutorial, page))
        findings += untold if is_new else []
    alarms = _alarms(told, recipient)
    return News(
        recipient=recipient,
        alarms=alarms,
        new=_worst_first(new),
        still_open=_worst_first(still_open),
        is_reminder=is_reminder_due(told.reminded.get(recipient.name), rules.reminder, today),
        findings=(*findings, *alarms),
    )


def is_reminder_due(last: date | None, day: str, today: date) -> bool:
    """Whether a person is reminded today: the first run on or after the day of the week, since the last time.

    Somebody who was never reminded has just been told of everything as new.
    """
    if day not in DAYS or last is None:
        return False
    latest = today - timedelta(days=(today.weekday() - DAYS.index(day)) % WEEK.days)
    return last < latest


def _alarms(told: Told, recipient: Recipient) -> tuple[KnownFinding, ...]:
    return tuple(one for one in told.findings if one.finding.kind in OF_RUNS and recipient.name not in one.told)


def _worst_first(pages: Sequence[PagePair]) -> tuple[PagePair, ...]:
    return tuple(sorted(pages, key=lambda pair: (pair[1].verdict.rank, pair[0].slug, pair[1].number)))
