"""Parcels: files that are sent to a worker, or come back from it, as bytes of a ZIP archive."""

import io
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from capture.storage import LOCK_FILE, writing

COMPRESSED = frozenset((".json", ".py", ".sqlite", ".html", ".css", ".svg", ".toml"))
"""Kinds of files that compress well; pictures and fonts are compressed already."""
QUICK = 1
"""Level of compression that takes the least time."""


def pack(files: Iterable[tuple[str, Path]]) -> bytes:
    """Return a parcel.

    Args:
        files: name in the parcel, and file.
    """
    parcel = io.BytesIO()
    with zipfile.ZipFile(parcel, "w", compresslevel=QUICK, strict_timestamps=False) as archive:
        for name, file in files:
            method = zipfile.ZIP_DEFLATED if file.suffix in COMPRESSED else zipfile.ZIP_STORED
            archive.write(file, name, compress_type=method)
    return parcel.getvalue()


def files_under(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """Yield the files and the empty folders in a folder, without its locks; nothing if there is no such folder.

    Args:
        folder: the folder.
        name: of the folder in the parcel; empty: its files are at the top.
    """
    for file in sorted(folder.rglob("*")):
        if (file.is_file() and file.name != LOCK_FILE) or (file.is_dir() and not any(file.iterdir())):
            inside = file.relative_to(folder).as_posix()
            yield f"{name}/{inside}" if name else inside, file


def unpack(parcel: bytes, folder: Path) -> None:
    """Write the files of a parcel into a folder, and nowhere else; raises CannotWrite."""
    with writing(folder), zipfile.ZipFile(io.BytesIO(parcel)) as archive:
        folder.mkdir(parents=True, exist_ok=True)
        archive.extractall(folder)
