"""What the witness pages of personal pages say tonight, against what they said when a person checked the page."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from capture.politeness.obstacles import ObstacleKind
from capture.runner.checkpoint import TutorialOutcome
from capture.runner.witness import Witness, WitnessOutcome, witness_from
from capture.scenario.tutorial import Page, PageKind
from capture.storage import write
from report.baselines.baselines import WITNESSES, Baselines
from report.baselines.decision import HandCheck
from report.compare.witness_changes import WitnessChanges, witness_changes
from report.results.run_record import MOST_WITNESS_LINES, WitnessRecord
from report.verdict import Reason, ReasonKind


def witness_records(
    page: Page, visited: TutorialOutcome, baselines: Baselines, folder: Path
) -> tuple[WitnessRecord, ...]:
    """Compare the witness pages of a personal page, and write what they say into the run's folder.

    Raises:
        SidecarCorrupt: what was kept of them cannot be read.
        CannotWrite.
    """
    if page.kind is not PageKind.PERSONAL:
        return ()
    slug = visited.tutorial.slug
    check = baselines.hand_checks(slug).get(page.number)
    again = {one.url: one.witness for one in visited.second_witnesses}
    return tuple(
        _record(outcome, _before(check, outcome.url, baselines, slug), again.get(outcome.url), folder)
        for outcome in visited.witnesses
        if outcome.url in page.described_on
    )


def witness_reasons(records: Sequence[WitnessRecord]) -> Iterator[Reason]:
    """Yield a reason to check the personal page again for each witness page that changed or is gone."""
    for record in records:
        if record.known and record.changes:
            yield Reason(kind=ReasonKind.WITNESS_CHANGED, inside=record.title or record.url)
        elif record.known and record.obstacle is not None and record.obstacle.kind is ObstacleKind.GONE:
            yield Reason(kind=ReasonKind.WITNESS_GONE, inside=record.url)


def changed_witnesses(visited: TutorialOutcome, baselines: Baselines) -> list[str]:
    """Return the addresses of the witness pages that differ: a second visit shows what differs at every visit."""
    slug = visited.tutorial.slug
    checks = baselines.hand_checks(slug)
    return [
        outcome.url
        for outcome in visited.witnesses
        if outcome.witness is not None
        and any(
            witness_changes(before, outcome.witness)
            for page in visited.tutorial.pages
            if outcome.url in page.described_on
            and (before := _before(checks.get(page.number), outcome.url, baselines, slug)) is not None
        )
    ]


def _before(check: HandCheck | None, url: str, baselines: Baselines, slug: str) -> Witness | None:
    """Return what a witness page said when a person checked the page; None: it is not known."""
    digest = check.witnesses.get(url) if check is not None else None
    text = baselines.witness(slug, digest) if digest is not None else b""
    return witness_from(text.decode("utf-8", "replace")) if text else None


def _record(outcome: WitnessOutcome, before: Witness | None, again: Witness | None, folder: Path) -> WitnessRecord:
    witness = outcome.witness
    if witness is None:
        return WitnessRecord(url=outcome.url, known=before is not None, obstacle=outcome.obstacle)
    path = Path(WITNESSES) / f"{witness.sha256}.txt"
    if not (folder / path).exists():
        write(folder / path, witness.text.encode())
    changes = witness_changes(before, witness, again) if before is not None else WitnessChanges()
    return WitnessRecord(
        url=outcome.url,
        title=witness.title,
        text=path.as_posix(),
        known=before is not None,
        removed=changes.removed[:MOST_WITNESS_LINES],
        added=changes.added[:MOST_WITNESS_LINES],
        changes=len(changes.removed) + len(changes.added),
    )
