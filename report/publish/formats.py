"""The kinds of documents that are published."""

from enum import StrEnum


class Format(StrEnum):
    """A kind of document."""

    HTML = "html"
    PDF = "pdf"
    ODP = "odp"
    MARKDOWN = "md"


FORMATS = tuple(Format)
