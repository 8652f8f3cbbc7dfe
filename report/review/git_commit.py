"""One commit of what reviewers decided, for those who keep the approved captures in git."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from capture.errors import NotCommitted


def commit(screenshots: Path, title: str, lines: Iterable[str]) -> bool:
    """Commit the folder of approved captures, and nothing else; False when nothing in it changed.

    Raises:
        NotCommitted: git is missing, or does not want to.
    """
    if not _git(screenshots, "status", "--porcelain", "--", "."):
        return False
    _git(screenshots, "add", "--", ".")
    _git(screenshots, "commit", "--quiet", "--message", "\n".join([title, "", *lines]), "--", ".")
    return True


def _git(folder: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and every word is ours but the commit's message
            ["git", *arguments],  # noqa: S607 - the git that the person uses
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        )
    except FileNotFoundError as error:
        raise NotCommitted(str(error)) from error
    except subprocess.CalledProcessError as error:
        raise NotCommitted(error.stderr.strip() or error.stdout.strip() or f"git {arguments[0]}") from error
    return done.stdout
