"""Merge runs that visited different tutorials of one site, such as the shards of a run on several machines."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from capture.errors import MergeRefused
from capture.messages import Phrase
from capture.runner.checkpoint import CAPTURES
from capture.storage import writing
from report.baselines.baselines import OWN_PICTURES, WITNESSES
from report.baselines.imported_picture import IMPORTED
from report.i18n.sentences import Sentences
from report.results.missed_runs import missed_runs
from report.results.run_record import Parts, RunRecord, TutorialRecord, read_record
from report.run.history import History
from report.run.opened_run import remember, write_run
from report.run.page_files import BASELINE_COPIES, DIFFERENCES, PREVIEWS, THUMBNAILS
from report.run.run_folder import run_folder
from report.run.run_plan import ProgressReporter

COPIED = (CAPTURES, BASELINE_COPIES, DIFFERENCES, PREVIEWS, THUMBNAILS, IMPORTED, OWN_PICTURES, WITNESSES)
"""Folders of a run's folder in which the pictures of its tutorials are, and what their witness pages say."""


def merge_runs(
    folders: Sequence[Path],
    runs: Path,
    translator: Sentences,
    reporter: ProgressReporter,
    *,
    every: int | None = None,
) -> RunRecord:
    """Merge runs into a new one, write its report and remember it.

    Args:
        folders: of the runs, at least one.
        runs: folder in which the merged run is written.
        translator: the language of the report.
        reporter: receives the error of a history that cannot be written.
        every: days from one planned run to the next; None: runs have no rhythm, and no missed one is told.

    Raises:
        RunUnreadable, MergeRefused: the runs cannot be merged.
        HistoryUnusable: the history cannot be read.
        CannotWrite.
    """
    parts = merged_record(folders, "merged")
    slugs = [tutorial.slug for tutorial in parts.tutorials]
    missed = missed_runs(History(runs).last_run(parts.baselines), parts.started, every)
    with run_folder(runs, parts.site, slugs, parts.started, resume=False, on_phase=lambda _: None) as folder:
        record = replace(parts, id=folder.run_id, missed=missed)
        copy_pictures(folders, folder.path)
        record = write_run(record, folder=folder.path, history=History(runs), translator=translator, reporter=reporter)
    remember(runs, record, translator, reporter, in_feed=True)
    return record


def merged_record(folders: Sequence[Path], run_id: str) -> RunRecord:
    """Return the record of several runs as one.

    Args:
        folders: of the runs, at least one.
        run_id: of the merged run.

    Raises:
        RunUnreadable: a run cannot be read.
        MergeRefused: a run is named twice, or two are about different sites, or about the same tutorial.
    """
    named: set[Path] = set()
    for folder in folders:
        if folder.resolve() in named:
            raise MergeRefused(folder, Phrase("it is named twice"))
        named.add(folder.resolve())
    records = [read_record(folder) for folder in folders]
    first = records[0]
    seen: dict[str, Path] = {}
    for folder, record in zip(folders, records, strict=True):
        if (record.site, record.baselines) != (first.site, first.baselines):
            other = Phrase("it is about the site {site}, not {first}", site=record.site, first=first.site)
            raise MergeRefused(folder, other)
        for tutorial in record.tutorials:
            if tutorial.slug in seen:
                raise MergeRefused(
                    folder, Phrase("{slug} is also in {other}", slug=tutorial.slug, other=seen[tutorial.slug])
                )
            seen[tutorial.slug] = folder
    return replace(
        first,
        id=run_id,
        started=min(record.started for record in records),
        finished=max(record.finished for record in records),
        tutorials=tuple(_without_nights(tutorial) for record in records for tutorial in record.tutorials),
        nights=(),
        parts=_parts(records),
        orphans=tuple(one for one in first.orphans if all(one in record.orphans for record in records)),
    )


def _parts(records: Iterable[RunRecord]) -> Parts | None:
    """Return which parts of the tutorials runs have together; None: all, or it is not known."""
    known = [record.parts for record in records if record.parts is not None]
    if len({one.of for one in known}) != 1:
        return None
    parts = Parts(numbers=tuple(sorted({number for one in known for number in one.numbers})), of=known[0].of)
    return parts if parts.absent else None


def _without_nights(tutorial: TutorialRecord) -> TutorialRecord:
    """Return a tutorial's record without the earlier nights of the machine that visited it."""
    return replace(tutorial, pages=tuple(replace(page, nights="") for page in tutorial.pages))


def copy_pictures(folders: Sequence[Path], into: Path) -> None:
    """Copy the pictures of runs into the folder of the merged run; raises CannotWrite."""
    for folder in folders:
        for name in COPIED:
            if (folder / name).is_dir():
                with writing(into / name):
                    shutil.copytree(folder / name, into / name, dirs_exist_ok=True)
