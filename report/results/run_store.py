"""Run folders under ``runs/``: find one, and copy into it what its report shows."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from capture.checked_values import Unfit, decode_json
from capture.errors import RunUnreadable
from capture.messages import Phrase
from capture.storage import png_size, read_bytes, sha256, write
from report.baselines.baselines import OWN_PICTURES, Baselines
from report.results.run_record import RECORD, OwnPicture, PageRecord, RunRecord, TutorialRecord, read_record

LATEST = "latest"
RUNS_READ = 40
"""Runs in which the latest result of a page is looked for."""
RESUMABLE_FOR = timedelta(hours=12)
"""Age at which an interrupted run is out of date: the site may have changed since."""
LONGEST_RESUMED_RUN = RESUMABLE_FOR + timedelta(days=1)
"""Longest time between start and end of a resumed run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _RunTimes:
    """Start and end of a run; decodes only these fields of ``run.json``."""

    started: datetime
    finished: datetime


def find_run(runs: Path, name: str) -> Path:
    """Return the folder of a run: a path, a name under ``runs``, or ``latest``; raises RunUnreadable."""
    if name == LATEST:
        return _latest_run(runs)
    for path in (Path(name), runs / name):
        if (path / RECORD).is_file():
            return path
    raise RunUnreadable(name, Phrase("there is no {file} there", file=RECORD))


def latest_record(runs: Path) -> RunRecord | None:
    """Return the record of the run that ended last; None if there is no run. Raises RunUnreadable."""
    return read_record(find_run(runs, LATEST)) if any(runs.glob(f"[!.]*/{RECORD}")) else None


@dataclass(frozen=True, kw_only=True, slots=True)
class LatestResults:
    """The latest result of every page, from several runs of one site."""

    record: RunRecord | None
    """The latest run, with the latest result of each page of its tutorials and of others; None: there is no run."""
    folders: Mapping[tuple[str, int], Path]
    """Folder of the run in which each page was seen last, by the tutorial's slug and the page's number."""


def latest_results(runs: Path, baselines: str) -> LatestResults:
    """Read the latest result of every page, in the latest RUNS_READ runs.

    Runs that cannot be read are left out.

    Args:
        runs: folder of the runs.
        baselines: folder of ``screenshots/`` that the runs compared with.
    """
    found: dict[str, TutorialRecord] = {}
    folders: dict[tuple[str, int], Path] = {}
    latest: RunRecord | None = None
    for folder in run_folders(runs)[:RUNS_READ]:
        try:
            record = read_record(folder)
        except RunUnreadable:
            continue
        if record.baselines != baselines:
            continue
        latest = latest or record
        for tutorial in record.tutorials:
            known = found.get(tutorial.slug)
            numbers = {page.number for page in known.pages} if known else set()
            new = [page for page in tutorial.pages if page.number not in numbers]
            folders |= {(tutorial.slug, page.number): folder for page in new}
            pages = sorted([*(known.pages if known else ()), *new], key=lambda page: page.number)
            found[tutorial.slug] = replace(known or tutorial, pages=tuple(pages))
    return LatestResults(record=latest and replace(latest, tutorials=tuple(found.values())), folders=folders)


def copy_own_picture(baselines: Baselines, slug: str, page: int, folder: Path) -> OwnPicture | None:
    """Copy the picture that a person took of a personal page into a run's folder; None if there is none.

    Raises:
        PictureCorrupt: the picture cannot be read.
        CannotWrite: it cannot be copied.
    """
    png = baselines.own_picture(slug, page)
    if not png:
        return None
    path = Path(OWN_PICTURES) / slug / f"{page:02}-{sha256(png)[:8]}.png"
    if not (folder / path).exists():
        write(folder / path, png)
    return OwnPicture(path=path.as_posix(), size=png_size(png))


def witness_texts(page: PageRecord, folder: Path) -> dict[str, bytes]:
    """Return what the witness pages of a page said in a run, by address; those that were not read are left out.

    Raises:
        RunUnreadable: a file of the run cannot be read.
    """
    files = {one.url: folder / one.text for one in page.witnesses if one.text is not None}
    inside = {url: path for url, path in files.items() if path.resolve().is_relative_to(folder.resolve())}
    texts = {url: read_bytes(path, RunUnreadable, if_missing=b"") for url, path in inside.items()}
    return {url: text for url, text in texts.items() if text}


def latest_witness_texts(runs: Path, baselines: str, slug: str, page: int) -> dict[str, bytes]:
    """Return what the witness pages of a page said when it was last visited; empty: there is no such run.

    Raises:
        RunUnreadable: a file of the run cannot be read.
    """
    latest = latest_results(runs, baselines)
    for tutorial, record in latest.record.pages() if latest.record is not None else ():
        if (tutorial.slug, record.number) == (slug, page):
            return witness_texts(record, latest.folders[slug, page])
    return {}


def run_folders(runs: Path) -> list[Path]:
    """Return the folders of the runs, the one that ended last first; those that cannot be read are left out."""
    folders = (path.parent for path in runs.glob(f"[!.]*/{RECORD}"))
    ended = [(times.finished, folder.name, folder) for folder in folders if (times := _run_times(folder))]
    return [folder for _, _, folder in sorted(ended, reverse=True)]


def _latest_run(runs: Path) -> Path:
    """Return the folder of the run that ended last; raises RunUnreadable if there is none.

    A resumed run keeps its earlier name, so compare ``finished`` in ``run.json`` (modification times do not survive
    a copy), for recent runs only: records may be long.
    """
    folders = sorted(path.parent for path in runs.glob(f"[!.]*/{RECORD}"))
    if not folders:
        raise RunUnreadable(runs / LATEST, Phrase("there is no run yet"))
    newest = _run_times(folders[-1])
    if newest is None:
        return folders[-1]  # reading its record raises an error that says what is wrong
    since = (newest.started - LONGEST_RESUMED_RUN).date().isoformat()
    recent = [(times.finished, path) for path in folders if path.name >= since and (times := _run_times(path))]
    return max([(newest.finished, folders[-1]), *recent])[1]


def _run_times(folder: Path) -> _RunTimes | None:
    """Return a run's start and end; None if its record cannot be read."""
    try:
        return decode_json(read_bytes(folder / RECORD, RunUnreadable), _RunTimes)
    except (RunUnreadable, Unfit):
        return None
