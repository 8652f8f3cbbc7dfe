"""Commits of decisions and corrections, for those who keep captures and scenarios in git."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from capture.errors import NotCommitted


def commit(folder: Path, title: str, lines: Iterable[str] = (), *, only: str = ".") -> bool:
    """Commit what has changed in a folder; False when nothing in it has.

    Args:
        folder: of the approved captures, or of a scenario.
        title: first line of the message.
        lines: of the message below it.
        only: file of the folder, by its name, that is committed; ``.``: all.

    Raises:
        NotCommitted: git is missing, or does not want to.
    """
    if not _git(folder, "status", "--porcelain", "--", only):
        return False
    _git(folder, "add", "--", only)
    _git(folder, "commit", "--quiet", "--message", "\n".join([title, "", *lines]), "--", only)
    return True


def is_repository(folder: Path) -> bool:
    """Return whether a folder is in a git repository, and not ignored by it."""
    try:
        _git(folder, "rev-parse", "--is-inside-work-tree")
    except NotCommitted:
        return False
    try:
        _git(folder, "check-ignore", "--quiet", ".")
    except NotCommitted:
        return True  # git ends with 1 for what it does not ignore
    return False


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
