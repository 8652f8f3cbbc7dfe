"""Caches that Firefox makes of its own code, kept from one run to the next: without them it starts a second later.

Playwright gives each Firefox a new profile, in which everything is compiled again. ``firefox_with_caches.sh`` copies
the caches into it; nothing else of a profile is kept. Firefox itself ignores those of another build and damaged ones.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from capture.storage import sha256
from capture.user_caches import folder_of_caches

STARTER = Path(__file__).with_name("firefox_with_caches.sh")
DIGEST_LENGTH = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class FirefoxCaches:
    """The caches of one installed Firefox."""

    folder: Path
    executable: Path
    """The Firefox."""
    are_kept: bool
    """Whether an earlier Firefox has left them; if not, this one does when it is closed as a person closes it."""

    @classmethod
    def of(cls, executable: Path) -> "FirefoxCaches | None":
        """Return the caches of an installed Firefox, without those that are older than it; None: none can be kept."""
        folder = folder_of_caches()
        if folder is None or not all(os.access(program, os.X_OK) for program in (STARTER, executable)):
            return None
        own = folder / f"firefox-{sha256(bytes(executable))[:DIGEST_LENGTH]}"
        caches = cls(folder=own, executable=executable, are_kept=own.is_dir())
        # The time at which it was installed: the time of its contents is the one of the package.
        is_older = caches.are_kept and own.stat().st_mtime < executable.stat().st_ctime
        return caches.removed() if is_older else caches

    def removed(self) -> "FirefoxCaches":
        """Remove them, so that the next Firefox leaves others."""
        for folder in (self.folder, *self.folder.parent.glob(f"{self.folder.name}.*")):
            shutil.rmtree(folder, ignore_errors=True)
        return FirefoxCaches(folder=self.folder, executable=self.executable, are_kept=self.folder.exists())

    @property
    def environment(self) -> dict[str, str]:
        """Environment variables of the starter."""
        return {
            "TUTOFRAIS_EXECUTABLE": str(self.executable),
            "TUTOFRAIS_CACHES": str(self.folder),
            # Else a Firefox that finds the caches of a later version asks a person, whom nobody sees.
            "MOZ_ALLOW_DOWNGRADE": "1",
        }
