"""A tutorial as it was handed out, whatever the format of its file: pages of paragraphs and pictures."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

OnPage = Callable[[int, int], None]
"""Called for each page that is read, with its number and that of all pages."""
MOST_PAGES = 999
"""Pages that are read of one document."""
MOST_PICTURES = 12
"""Pictures that are kept of one page."""


class Emphasis(StrEnum):
    """Emphasis of a part of a paragraph."""

    NONE = ""
    STRONG = "strong"
    """Bold or italic: the author may quote a label, or stress a word."""
    LABEL = "label"
    """Marked as something on the screen: a key, a button, code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TextRun:
    """Consecutive letters with the same emphasis."""

    text: str
    emphasis: Emphasis = Emphasis.NONE


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """A paragraph, an item of a list, or a line of a text box."""

    runs: tuple[TextRun, ...]
    size: float = 0
    """Height of its letters, pt; 0: the format does not tell."""
    is_title: bool = False
    """Whether the format says that it is the title of its page."""

    @property
    def text(self) -> str:
        """Its words, with single spaces."""
        return " ".join("".join(run.text for run in self.runs).split())


@dataclass(frozen=True, kw_only=True, slots=True)
class OldPicture:
    """A picture of the document."""

    png: bytes
    width: int
    """Width, px."""
    height: int
    """Height, px."""
    sha256: str
    """SHA-256 of the PNG: it is equal on each page for a logo."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OldPage:
    """A slide, a page, or the section below a heading."""

    number: int
    title: str
    paragraphs: tuple[Paragraph, ...]
    """Without the title."""
    pictures: tuple[OldPicture, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OldTutorial:
    """A whole document."""

    title: str
    author: str
    pages: tuple[OldPage, ...]
    addresses: tuple[str, ...] = ()
    """Web addresses of its links, in their order."""

    @property
    def text(self) -> str:
        """All its words."""
        return "\n".join(one.text for page in self.pages for one in page.paragraphs)


REPEATED_ON = 3
"""Pages from which an equal picture or line is decoration, if it stands on half of all pages too."""
SMALLEST_WIDTH, SMALLEST_HEIGHT = 200, 120
"""Sides of the smallest picture that can show a page of a site, px; a smaller one is an icon or a logo."""


def without_decoration(tutorial: OldTutorial) -> OldTutorial:
    """Return the tutorial without what its pages repeat (headers, footers, page numbers, logos), and without icons."""
    lines = _repeated([{_shape(one.text) for one in page.paragraphs} for page in tutorial.pages])
    pictures = _repeated([{one.sha256 for one in page.pictures} for page in tutorial.pages])
    pages = tuple(
        replace(
            page,
            paragraphs=tuple(one for one in page.paragraphs if _says_something(one) and _shape(one.text) not in lines),
            pictures=tuple(
                one
                for one in page.pictures
                if one.sha256 not in pictures and one.width >= SMALLEST_WIDTH and one.height >= SMALLEST_HEIGHT
            )[:MOST_PICTURES],
        )
        for page in tutorial.pages
    )
    return replace(tutorial, pages=pages)


def _says_something(paragraph: Paragraph) -> bool:
    """Return whether a paragraph holds a word: “3”, “→” and “•” hold none."""
    return sum(map(str.isalpha, paragraph.text)) > 1


def _shape(text: str) -> str:
    """Return a line with its numbers made equal: “Page 3 / 13” stands on each page."""
    return "".join("0" if letter.isdigit() else letter for letter in text).replace("00", "0")


def _repeated(pages: list[set[str]]) -> set[str]:
    """Return what stands on at least REPEATED_ON pages, and on half of them."""
    on = {one: sum(one in page for page in pages) for page in pages for one in page}
    return {one for one, count in on.items() if count >= max(REPEATED_ON, len(pages) / 2)}
