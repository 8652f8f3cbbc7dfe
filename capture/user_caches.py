"""This user's caches: what is made again when it is missing, so that a run without a folder for it is only slower."""

import os
import platform
from pathlib import Path

CACHES_VARIABLE = "XDG_CACHE_HOME"
"""Environment variable that names the folder of this user's caches (XDG Base Directory Specification)."""


def folder_of_caches() -> Path | None:
    """Return tutofrais's own folder among this user's caches, created if needed; None: nothing can be written there."""
    try:
        folder = _all_caches() / "tutofrais"
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # a read-only home, or none
        return None
    return folder if os.access(folder, os.W_OK) else None


def _all_caches() -> Path:
    """Return the folder of this user's caches; raises RuntimeError if the user has no home."""
    named = os.environ.get(CACHES_VARIABLE)
    if named:
        return Path(named)
    return Path.home() / ("Library/Caches" if platform.system() == "Darwin" else ".cache")
