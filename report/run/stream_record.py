"""Records of a run's streams: written by their processes, merged into the record of the run."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import msgspec

from capture.checked_values import Unfit, decode_json
from capture.errors import RunUnreadable
from capture.messages import Phrase
from capture.politeness.obstacles import ObstacleKind
from capture.runner.checkpoint import TutorialOutcome, read_checkpoint
from capture.scenario.tutorial import Tutorial
from capture.storage import read_bytes, write_atomically
from report.baselines.baselines import Baselines
from report.results.run_record import RunRecord
from report.run.record_builder import orphans
from report.run.stream_messages import STREAMS, StreamRequest


def stream_file(request: StreamRequest) -> Path:
    """Return the file of a stream's record."""
    return Path(request.folder) / STREAMS / f"{request.number}.json"


def write_stream_record(record: RunRecord, file: Path) -> RunRecord:
    """Write the record of a stream, and return it; raises CannotWrite."""
    write_atomically(file, msgspec.json.encode(record))
    return record


def read_stream_record(file: Path) -> RunRecord | None:
    """Read the record of a stream; None: its process ended without one."""
    try:
        return decode_json(read_bytes(file, RunUnreadable), RunRecord)
    except (RunUnreadable, Unfit):
        return None


def merged(
    records: Sequence[RunRecord], tutorials: Iterable[Tutorial], declared: Iterable[Tutorial], baselines: Baselines
) -> RunRecord:
    """Merge the records of all streams of a run.

    Args:
        records: at least one; each tutorial is in one of them.
        tutorials: of the run, in their order.
        declared: all tutorials, also those that this run does not visit.
        baselines: of its site.
    """
    found = {one.slug: one for record in records for one in record.tutorials}
    return replace(
        records[0],
        finished=max(record.finished for record in records),
        tutorials=tuple(found[tutorial.slug] for tutorial in tutorials if tutorial.slug in found),
        orphans=orphans(declared, baselines),
    )


def lost_outcome(tutorial: Tutorial, folder: Path, why: Phrase) -> TutorialOutcome:
    """Return the outcome of a tutorial of a stream that was lost: what was seen of it, or why nothing was."""
    seen = read_checkpoint(tutorial, folder)
    if seen is not None:
        return seen
    return TutorialOutcome.unseen(tutorial, ObstacleKind.BROWSER, why)
