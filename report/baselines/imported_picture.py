"""Pictures of the old tutorial from which a scenario was drafted: ``screenshots/imported/<tutorial>/<page>-<n>.png``.

They are kept beside the baselines of all sites, and are no baselines: lossy, of other sizes, and nothing is known of
the elements on them. They are never compared pixel by pixel.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from capture.capture import check_png
from capture.checked_values import LONGEST_NAME, Unfit, decode_json
from capture.errors import DecisionsCorrupt, PictureCorrupt
from capture.storage import read_bytes, write_atomically

IMPORTED = "imported"
SOURCE_FILE = "source.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedFrom:
    """The document from which the pictures of a tutorial come."""

    document: str
    """Name of its file."""
    on: date
    """Day of the import."""


def imported_from(screenshots: Path, slug: str) -> ImportedFrom | None:
    """Return the document that was imported; None: none was. Raises DecisionsCorrupt."""
    path = _folder(screenshots, slug) / SOURCE_FILE
    data = read_bytes(path, DecisionsCorrupt, if_missing=b"")
    try:
        return decode_json(data, ImportedFrom) if data else None
    except Unfit as error:
        raise DecisionsCorrupt(path, *error.args) from error


def imported_pictures(screenshots: Path, slug: str, page: int) -> tuple[bytes, ...]:
    """Return the PNGs that the old tutorial shows on a page; raises PictureCorrupt."""
    found = []
    for path in sorted(_folder(screenshots, slug).glob(f"{page:02}-[0-9]*.png")):
        png = read_bytes(path, PictureCorrupt)
        check_png(png, path)
        found.append(png)
    return tuple(found)


def write_imported(screenshots: Path, slug: str, pictures: Mapping[int, Sequence[bytes]], source: ImportedFrom) -> None:
    """Keep the pictures of an old tutorial by page; raises CannotWrite."""
    folder = _folder(screenshots, slug)
    for page, pngs in pictures.items():
        for number, png in enumerate(pngs, start=1):
            write_atomically(folder / f"{page:02}-{number:02}.png", png)
    about = {"document": source.document[:LONGEST_NAME], "on": source.on.isoformat()}
    write_atomically(folder / SOURCE_FILE, (json.dumps(about, ensure_ascii=False, indent=1) + "\n").encode())


def _folder(screenshots: Path, slug: str) -> Path:
    return screenshots / IMPORTED / slug
