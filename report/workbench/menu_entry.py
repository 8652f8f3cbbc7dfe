"""Entry of the workbench in the menu of a Linux desktop."""

import os
import shlex
import sys
from pathlib import Path

from capture.storage import write_atomically

_ENTRY = """[Desktop Entry]
Type=Application
Name=tutofrais
Comment={comment}
Exec={command}
Path={folder}
Icon=accessories-text-editor
Terminal=false
Categories=Education;Documentation;
"""
"""Desktop Entry Specification 1.5 (https://specifications.freedesktop.org/desktop-entry-spec/)."""
_COMMENTS = {"fr": "Vérifier et corriger les tutoriels", "en": "Check and correct the tutorials"}


def write_menu_entry(folder: Path, lang: str) -> Path:
    """Write the entry that opens the workbench in a folder, and return its path; raises CannotWrite."""
    data = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    file = data / "applications" / "tutofrais.desktop"
    command = [sys.executable, "-m", "tutofrais", "workbench", "--lang", lang]
    entry = _ENTRY.format(comment=_COMMENTS[lang], command=shlex.join(command), folder=folder)
    write_atomically(file, entry.encode())
    return file
