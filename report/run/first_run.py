"""The first run of a project: its folder of baselines is created."""

from pathlib import Path

from capture.storage import writing
from report.results.run_store import run_folders

USUAL = "screenshots"
"""Usual name of the folder of baselines."""


def is_first_run(screenshots: Path, runs: Path) -> bool:
    """Return whether a project has neither baselines nor runs yet, and its folder of baselines has the usual name.

    A folder of another name may be a mistake in typing; and where there are runs, a folder that is missing was lost: to
    begin with an empty one would make every page “never approved”, and say nothing about any.
    """
    is_new = not screenshots.exists() and screenshots.name == USUAL and screenshots.absolute().parent.is_dir()
    return is_new and not run_folders(runs)


def create_baselines(screenshots: Path, runs: Path) -> bool:
    """Create the folder of baselines before the first run; return whether it was. Raises CannotWrite."""
    if not is_first_run(screenshots, runs):
        return False
    with writing(screenshots):
        screenshots.mkdir()
    return True
