"""Formats of documents that can be imported."""

from collections.abc import Callable, Mapping
from pathlib import Path

from capture.errors import DocumentUnreadable
from capture.messages import Phrase
from capture.storage import read_bytes
from report.draft.odp_reader import read_odp
from report.draft.old_tutorial import OldTutorial, without_decoration
from report.draft.pdf_reader import read_pdf
from report.draft.pptx_reader import read_pptx
from report.draft.web_reader import read_html, read_markdown

Reader = Callable[[Path, bytes], OldTutorial]
READERS: Mapping[str, Reader] = {
    ".pdf": read_pdf,
    ".odp": read_odp,
    ".pptx": read_pptx,
    ".html": read_html,
    ".htm": read_html,
    ".md": read_markdown,
}
"""Reader of each format, by the suffix of its files."""
LARGEST_BYTES = 256 << 20


def read_document(path: Path) -> OldTutorial:
    """Read an old tutorial, without what its pages repeat; raises DocumentUnreadable."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DocumentUnreadable(path, Phrase("its name ends in none of {suffixes}", suffixes=", ".join(READERS)))
    tutorial = without_decoration(reader(path, read_bytes(path, DocumentUnreadable, most=LARGEST_BYTES)))
    if not tutorial.pages:
        raise DocumentUnreadable(path, Phrase("it has no page"))
    return tutorial
