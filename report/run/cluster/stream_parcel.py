"""What a worker needs to visit a stream: scenarios, baselines, history, and what was already visited of it."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from capture.runner.checkpoint import CAPTURES, CHECKPOINTS
from capture.scenario.tutorial import Tutorial
from capture.site import LIVE
from capture.site.replica import REPLICA_FOLDER
from capture.site.site import baselines_of, replica_folders
from report.baselines.imported_picture import IMPORTED
from report.run.cluster.parcel import files_under, pack
from report.run.history import HISTORY, History
from report.run.stream_messages import StreamRequest

SCENARIOS, SCREENSHOTS, RUNS, SITE, RUN = "scenarios", "screenshots", "runs", "site", "run"
"""Folders in the parcel of a stream."""


def stream_parcel(request: StreamRequest, tutorials: Sequence[Tutorial]) -> bytes:
    """Return the files that a worker needs to visit a stream.

    Raises:
        HistoryUnusable: the history cannot be read.
        UnknownSite, ReplicaUnreadable: the replica is no longer there.

    Args:
        request: of the stream.
        tutorials: of the stream.
    """
    with tempfile.TemporaryDirectory() as folder:
        History(Path(request.runs)).write_excerpt(request.slugs, Path(folder) / HISTORY)
        return pack([*_files(request, tutorials), *files_under(Path(folder), RUNS)])


def _files(request: StreamRequest, tutorials: Sequence[Tutorial]) -> Iterator[tuple[str, Path]]:
    packs = _packs(tutorials)
    for file in {tutorial.file for tutorial in tutorials}:
        yield f"{SCENARIOS}/{packs.index(file.parent)}/{file.name}", file
    for slug in request.slugs:
        for group in (baselines_of(request.site), IMPORTED):
            yield from files_under(Path(request.screenshots) / group / slug, f"{SCREENSHOTS}/{group}/{slug}")
    for name, file in visited_files(request):
        yield f"{RUN}/{name}", file
    if request.site != LIVE:
        yield from _replica_files(request.site, packs)


def visited_files(request: StreamRequest) -> Iterator[tuple[str, Path]]:
    """Yield the files of the tutorials that were visited to their end, as they are named in the run's folder."""
    folder = Path(request.folder)
    for slug in request.slugs:
        checkpoint = folder / CHECKPOINTS / f"{slug}.json"
        if checkpoint.is_file():
            yield from files_under(folder / CAPTURES / slug, f"{CAPTURES}/{slug}")
            yield f"{CHECKPOINTS}/{slug}.json", checkpoint


def _packs(tutorials: Sequence[Tutorial]) -> list[Path]:
    """Return the folders of the tutorials' files, in the order of their numbers in the parcel."""
    return sorted({tutorial.file.parent for tutorial in tutorials})


def _replica_files(site: str, packs: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    """Yield the files of a replica, with those of its pack that it may mount."""
    for replica in replica_folders(site, packs):
        around, pack = replica.path.resolve().parent, replica.path.parent.parent
        if pack in packs and replica.path.name == site:
            yield from files_under(around, f"{SCENARIOS}/{packs.index(pack)}/{REPLICA_FOLDER}")
        elif around.name == REPLICA_FOLDER:
            yield from files_under(around, f"{SITE}/{REPLICA_FOLDER}")
        else:
            yield from files_under(replica.path, f"{SITE}/{replica.path.resolve().name}")


def located(request: StreamRequest, folder: Path, lease_until: float) -> StreamRequest:
    """Return the request of a stream whose parcel was unpacked.

    Args:
        request: as it was on the machine that starts the run.
        folder: in which the parcel was unpacked.
        lease_until: time of ``lease_clock`` until which the stream may visit.
    """
    for name in (SCREENSHOTS, RUNS, RUN):
        (folder / name).mkdir(exist_ok=True)
    return replace(
        request,
        scenarios=tuple(sorted(map(str, (folder / SCENARIOS).glob("*/*.py")))),
        site=_located_site(request.site, folder),
        screenshots=str(folder / SCREENSHOTS),
        runs=str(folder / RUNS),
        folder=str(folder / RUN),
        lease_until=lease_until,
    )


def _located_site(site: str, folder: Path) -> str:
    """Return the name of a site on a worker: of a replica that is no era of a pack, the path of its folder."""
    beside_packs = folder / SITE / REPLICA_FOLDER / Path(site).name
    alone = next((folder / SITE).glob("*"), None)
    if beside_packs.is_dir():
        return str(beside_packs)
    return site if alone is None else str(alone)
