"""Formats of documents that can be imported."""

from collections.abc import Callable, Mapping
from pathlib import Path

from capture.errors import DocumentUnreadable
from capture.messages import Phrase
from capture.storage import read_bytes
from report.draft.odp_reader import read_odp
from report.draft.old_tutorial import OldTutorial, OnPage, without_decoration
from report.draft.pdf_reader import read_pdf
from report.draft.pptx_reader import read_pptx
from report.draft.web_reader import read_html, read_markdown

READERS: Mapping[str, Callable[[Path, bytes, OnPage], OldTutorial]] = {
    ".pdf": read_pdf,
    ".odp": read_odp,
    ".pptx": read_pptx,
    ".html": lambda path, data, _: read_html(path, data),
    ".htm": lambda path, data, _: read_html(path, data),
    ".md": lambda path, data, _: read_markdown(path, data),
}
"""Reader of each format, by the suffix of its files."""
LARGEST_BYTES = 256 << 20


def read_document(path: Path, on_page: OnPage = lambda *_: None) -> OldTutorial:
    """Read an old tutorial, without what its pages repeat.

    Args:
        path: of its file.
        on_page: called for each page.

    Raises:
        DocumentUnreadable: it is none of these formats, or broken.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DocumentUnreadable(path, Phrase("its name ends in none of {suffixes}", suffixes=", ".join(READERS)))
    tutorial = without_decoration(reader(path, read_bytes(path, DocumentUnreadable, most=LARGEST_BYTES), on_page))
    if not tutorial.pages:
        raise DocumentUnreadable(path, Phrase("it has no page"))
    return tutorial
