"""What is known and was told: findings of the last runs, and to whom each was told, in a file beside the runs.

The file can be deleted at any time: what is open is then told once more.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import msgspec

from capture.checked_values import Unfit, check_format, decode_json
from capture.errors import ToldUnreadable
from capture.storage import file_lock, holding, read_bytes, write_atomically
from report.notify.finding import OF_RUNS, Finding, FindingKind, findings_of, is_blind, is_snoozed
from report.results.run_record import RunRecord
from report.settings import NotificationSettings
from report.verdict import UNKNOWN

TOLD = "told.json"
LOCK = ".told.lock"
FORMAT = 1
_NOWHERE = ("", "", 0)
"""Place of what is about a run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownFinding:
    """A finding that the latest run about its page had."""

    baselines: str = ""
    """Folder of the baselines of its site."""
    tutorial: str = ""
    """Empty: it is about a run."""
    page: int = 0
    finding: Finding
    since: date
    last: date
    """Day of the latest run that had it."""
    nights: int = 1
    """Days on which a run had it, one after the other; days on which the page was not checked do not count."""
    told: Mapping[str, date] = field(default_factory=dict)
    """Day on which each person was told, by name."""

    @property
    def place(self) -> tuple[str, str, int]:
        return self.baselines, self.tutorial, self.page


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """All that is known and was told."""

    findings: tuple[KnownFinding, ...] = ()
    reminded: Mapping[str, date] = field(default_factory=dict)
    """Day on which each person was last reminded of what stays open, by name."""
    format: int = FORMAT


def is_confirmed(known: KnownFinding, after: NotificationSettings) -> bool:
    """Whether a finding was there on so many nights that people are told."""
    needed = {
        FindingKind.TEXT: after.text_after,
        FindingKind.PICTURE: after.picture_after,
        FindingKind.UNCHECKED: after.unchecked_after,
    }
    return known.nights >= needed.get(known.finding.kind, 1)


def with_run(told: Told, record: RunRecord, today: date, alarms: Iterable[Finding] = ()) -> Told:
    """Return what is known after a run.

    Args:
        told: what was known before.
        record: the run.
        today: its day.
        alarms: what there is to say of runs, besides what the record says.

    A finding stays until a run has checked the page and does not have it. A page with a reminder counts as not told: on
    the day of the reminder it is news again. A run that has checked something ends every other alarm about runs.
    """
    here = {(record.baselines, tutorial.slug, page.number) for tutorial, page in record.pages()}
    before = {(one.place, one.finding): one for one in told.findings if one.finding.kind not in OF_RUNS}
    after = [one for (place, _), one in before.items() if place not in here]
    for tutorial, page in record.pages():
        place = (record.baselines, tutorial.slug, page.number)
        present = findings_of(page)
        for finding in sorted(present, key=lambda one: (one.kind, one.words)):
            known = _once_more(before.get((place, finding)), finding, place, today)
            after.append(replace(known, told={}) if is_snoozed(page) else known)
        if page.verdict in UNKNOWN:
            after += [
                one
                for (other, finding), one in before.items()
                if other == place and finding not in present and finding.kind is not FindingKind.UNCHECKED
            ]
    blind = [Finding(kind=FindingKind.BLIND)] if is_blind(record) else []
    after += [_once_more(_alarm(told, one), one, _NOWHERE, today) for one in (*blind, *alarms)]
    return replace(told, findings=tuple(after))


def with_alarm(told: Told, finding: Finding, today: date) -> Told:
    """Return what is known when a run has failed or did not happen."""
    known = _alarm(told, finding)
    others = tuple(one for one in told.findings if one is not known)
    return replace(told, findings=(*others, _once_more(known, finding, _NOWHERE, today)))


def marked(told: Told, findings: Iterable[KnownFinding], name: str, today: date) -> Told:
    """Return what is known after a person was told of findings."""
    new = {(one.place, one.finding) for one in findings}
    return replace(
        told,
        findings=tuple(
            replace(one, told={**one.told, name: today}) if (one.place, one.finding) in new else one
            for one in told.findings
        ),
    )


@contextmanager
def told_file(runs: Path) -> Iterator["ToldFile"]:
    """Open the file of a folder of runs, for one process at a time; raises ToldUnreadable."""
    with holding(file_lock(runs / LOCK)):
        yield ToldFile(runs / TOLD)


class ToldFile:
    """The file, while it is open."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.content = _read(path)

    def write(self, told: Told) -> None:
        """Replace the content; raises CannotWrite."""
        self.content = told
        write_atomically(self._path, msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n")


def _read(path: Path) -> Told:
    data = read_bytes(path, ToldUnreadable, if_missing=b"")
    if not data:
        return Told()
    try:
        check_format(data, FORMAT)
        return decode_json(data, Told)
    except Unfit as error:
        raise ToldUnreadable(path, *error.args) from error


def _once_more(known: KnownFinding | None, finding: Finding, place: tuple[str, str, int], today: date) -> KnownFinding:
    """Return a finding that a run has today; several runs of one day count as one night."""
    baselines, tutorial, page = place
    if known is None:
        return KnownFinding(baselines=baselines, tutorial=tutorial, page=page, finding=finding, since=today, last=today)
    return known if known.last == today else replace(known, last=today, nights=known.nights + 1)


def _alarm(told: Told, finding: Finding) -> KnownFinding | None:
    return next((one for one in told.findings if one.finding == finding and one.place == _NOWHERE), None)
