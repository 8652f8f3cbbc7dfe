"""Which runs are kept: the latest ones, and those that a decision cites."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from capture.errors import NoBaselines
from capture.storage import folder_lock, holding, writing
from report.baselines.baselines import Baselines
from report.results.run_store import run_folders

MEGABYTE = 1_000_000
REMOVED = ".removed"
"""Ending of a run's folder while it is being removed: what is left of it after a kill is removed the next time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OldRun:
    """A run that is not kept."""

    folder: Path
    size: int
    """Bytes of its files."""


def old_runs(runs: Path, screenshots: Path, keep: int) -> list[OldRun]:
    """Return the runs that are not kept, by name.

    Args:
        runs: folder of the runs.
        screenshots: folder of the baselines, with the decisions beside them.
        keep: number of the latest runs that are kept.

    Raises:
        DecisionsCorrupt: it is not known which runs are cited.
    """
    cited = _cited_runs(screenshots)
    old = [folder for folder in run_folders(runs)[keep:] if folder.name not in cited]
    return [OldRun(folder=folder, size=size_of(folder)) for folder in sorted(old)]


def cited_old_runs(runs: Path, screenshots: Path, keep: int) -> list[Path]:
    """Return the folders of the runs that are kept only because a decision cites them, by name; as ``old_runs``."""
    cited = _cited_runs(screenshots)
    return sorted(folder for folder in run_folders(runs)[keep:] if folder.name in cited)


def remove_runs(runs: Path, old: Iterable[OldRun]) -> None:
    """Remove runs, each completely or not at all for whoever lists them; raises CannotWrite."""
    with writing(runs), holding(folder_lock(runs)):
        for one in old:
            one.folder.rename(one.folder.with_name(f".{one.folder.name}{REMOVED}"))
    for left in runs.glob(f".*{REMOVED}"):
        shutil.rmtree(left, ignore_errors=True)


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def _cited_runs(screenshots: Path) -> set[str]:
    """Return the names of the runs that decisions cite, about any site."""
    try:
        sites = [Baselines(screenshots, site.name) for site in sorted(screenshots.iterdir()) if site.is_dir()]
    except (OSError, NoBaselines):
        return set()
    return {
        decision.run
        for baselines in sites
        for tutorial in sorted(path.name for path in baselines.root.iterdir() if path.is_dir())
        for decision in baselines.decisions(tutorial)
        if decision.run
    }
