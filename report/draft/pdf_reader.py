"""Read a tutorial from a PDF: each page is a page; lines are found by the places of their letters."""

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from capture.errors import DocumentUnreadable
from capture.messages import Phrase
from report.draft.old_tutorial import (
    MOST_PAGES,
    Emphasis,
    OldPage,
    OldPicture,
    OldTutorial,
    OnPage,
    Paragraph,
    TextRun,
)
from report.draft.picture_decoder import png_picture

_BOLD_WEIGHT = 600
"""Least weight of a bold font (OpenType, usWeightClass)."""
_BOLD_NAMES = ("bold", "black", "heavy", "semibd", "italic", "oblique")
_TYPEWRITER_NAMES = ("mono", "courier", "consol", "typewriter", "menlo")
_GAP = 1.6
"""Gap between two letters of one line that separates two columns, as a share of their height."""
_LEADING = 0.75
"""Gap between two lines that separates two paragraphs, as a share of their height."""
_SAME_SIZE = 0.12
"""Difference of height between two lines that separates two paragraphs, as a share."""
_FONT_NAME_BYTES = 256
_BULLETS = "•◦▪■●○‣–—-*➜➔→►▶✓✔\uf0b7\uf0a7"
_NUMBER = re.compile(r"\d{1,2}\s?[.)]\s|\d{1,2}\s+[A-ZÀ-ÖØ-Þ«“\"]")
_HYPHENS = ("\u00ad", "\x02", "\ufffe")
"""Hyphens at the end of a line, as PDFium tells them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Letter:
    """A letter in its place, pt from the page's left and top."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    emphasis: Emphasis

    @property
    def height(self) -> float:
        return self.bottom - self.top


@dataclass(frozen=True, kw_only=True, slots=True)
class _Line:
    """Letters that stand on one line, in the order in which they were written."""

    letters: tuple[_Letter, ...]

    @property
    def size(self) -> float:
        return median(one.height for one in self.letters)

    @property
    def left(self) -> float:
        return min(one.left for one in self.letters)

    @property
    def right(self) -> float:
        return max(one.right for one in self.letters)

    @property
    def top(self) -> float:
        return min(one.top for one in self.letters)

    @property
    def bottom(self) -> float:
        return max(one.bottom for one in self.letters)

    @property
    def text(self) -> str:
        return "".join(one.text for one in self.letters).strip()


def read_pdf(path: Path, data: bytes, on_page: OnPage) -> OldTutorial:
    """Read a tutorial from a PDF; raises DocumentUnreadable, also for one that is locked or has no text."""
    try:
        with pdfium.PdfDocument(data) as document:
            count = min(len(document), MOST_PAGES)
            pages = []
            for number in range(1, count + 1):
                on_page(number, count)
                pages.append(_page(number, document[number - 1]))
            about = document.get_metadata_dict()
            addresses = tuple(address for number in range(count) for address in _links(document[number], document))
    except pdfium.PdfiumError as error:
        raise DocumentUnreadable(path, Phrase("it is no PDF, or it is locked")) from error
    if not any(page.paragraphs for page in pages):
        raise DocumentUnreadable(path, Phrase("its pages hold pictures of text only; no words can be read"))
    return OldTutorial(
        title=about.get("Title", ""), author=about.get("Author", ""), pages=tuple(pages), addresses=addresses
    )


def _page(number: int, page: Any) -> OldPage:
    height = page.get_height()
    letters = _letters(page.get_textpage(), height)
    paragraphs = tuple(_paragraph(lines) for lines in _groups(list(_lines(letters))))
    return OldPage(number=number, title="", paragraphs=paragraphs, pictures=tuple(_pictures(page)))


def _letters(text_page: Any, page_height: float) -> list[_Letter]:
    """Return the letters of a page in the order in which they were written; a generated space has no width."""
    letters: list[_Letter] = []
    for index in range(text_page.count_chars()):
        text = chr(raw.FPDFText_GetUnicode(text_page, index))
        if raw.FPDFText_IsGenerated(text_page, index) == 1:
            if letters and text.isspace():
                last = letters[-1]
                letters.append(
                    _Letter(
                        text=" ",
                        left=last.right,
                        right=last.right,
                        top=last.top,
                        bottom=last.bottom,
                        emphasis=last.emphasis,
                    )
                )
            continue
        box = raw.FS_RECTF()
        if raw.FPDFText_GetLooseCharBox(text_page, index, box):
            letters.append(
                _Letter(
                    text=text,
                    left=box.left,
                    right=box.right,
                    top=page_height - max(box.top, box.bottom),
                    bottom=page_height - min(box.top, box.bottom),
                    emphasis=_emphasis(text_page, index),
                )
            )
    return letters


def _emphasis(text_page: Any, index: int) -> Emphasis:
    """Return the emphasis of a letter, by the weight and the name of its font."""
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    raw.FPDFText_GetFontInfo(text_page, index, name, _FONT_NAME_BYTES, ctypes.c_int())
    font = name.value.decode("utf-8", "replace").lower()
    if any(one in font for one in _TYPEWRITER_NAMES):
        return Emphasis.LABEL
    is_strong = raw.FPDFText_GetFontWeight(text_page, index) >= _BOLD_WEIGHT or any(one in font for one in _BOLD_NAMES)
    return Emphasis.STRONG if is_strong else Emphasis.NONE


def _lines(letters: Sequence[_Letter]) -> Iterator[_Line]:
    """Divide letters into lines: a new one begins lower, higher, further left, or after a wide gap."""
    line: list[_Letter] = []
    for letter in letters:
        if line and _begins_line(line, letter):
            if any(not one.text.isspace() for one in line):
                yield _Line(letters=tuple(line))
            line = []
        line.append(letter)
    if any(not one.text.isspace() for one in line):
        yield _Line(letters=tuple(line))


def _begins_line(line: Sequence[_Letter], letter: _Letter) -> bool:
    last = next((one for one in reversed(line) if not one.text.isspace()), line[-1])
    height = max(last.height, letter.height, 1)
    middle = (letter.top + letter.bottom) / 2
    if letter.text.isspace():
        return False
    return not last.top <= middle <= last.bottom or not -height <= letter.left - last.right <= _GAP * height


def _groups(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Divide lines into paragraphs: lines of one size, close below one another, none of which begins with a bullet."""
    group: list[_Line] = []
    for line in lines:
        if group and not _continues(group, line):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _continues(group: Sequence[_Line], line: _Line) -> bool:
    last = group[-1]
    size = max(last.size, line.size)
    overlap = min(last.right, line.right) - max(last.left, line.left)
    return (
        abs(last.size - line.size) <= _SAME_SIZE * size
        and -size / 2 <= line.top - last.bottom <= _LEADING * size
        and line.top > last.top
        and overlap > 0
        and not _begins_item(line.text)
    )


def _begins_item(text: str) -> bool:
    """Return whether a line begins an item of a list: a bullet, or a number before a full stop or a capital letter."""
    return text[:1] in _BULLETS or _NUMBER.match(text) is not None


def _paragraph(lines: Sequence[_Line]) -> Paragraph:
    """Join lines into a paragraph; a word that is divided at the end of a line is joined."""
    runs: list[TextRun] = []
    for line in lines:
        words = _runs(line)
        if runs and runs[-1].text.endswith(_HYPHENS):
            runs[-1] = TextRun(text=runs[-1].text[:-1], emphasis=runs[-1].emphasis)
        elif runs:
            goes_on = runs[-1].emphasis is words[0].emphasis
            runs.append(TextRun(text=" ", emphasis=words[0].emphasis if goes_on else Emphasis.NONE))
        runs += words
    runs[0] = TextRun(text=runs[0].text.lstrip(_BULLETS + " "), emphasis=runs[0].emphasis)
    return Paragraph(runs=tuple(runs), size=max(line.size for line in lines))


def _runs(line: _Line) -> list[TextRun]:
    """Return the letters of a line as runs of the same emphasis."""
    runs: list[TextRun] = []
    for letter in line.letters:
        if runs and runs[-1].emphasis is letter.emphasis:
            runs[-1] = TextRun(text=runs[-1].text + letter.text, emphasis=letter.emphasis)
        else:
            runs.append(TextRun(text=letter.text, emphasis=letter.emphasis))
    return runs


def _pictures(page: Any) -> Iterator[OldPicture]:
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
        try:
            picture = png_picture(image.get_bitmap(render=False).to_pil())
        except (pdfium.PdfiumError, ValueError, RuntimeError):
            continue
        if picture is not None:
            yield picture


def _links(page: Any, document: Any) -> Iterator[str]:
    """Yield the web addresses of a page's links."""
    position, link = ctypes.c_int(0), raw.FPDF_LINK()
    while raw.FPDFLink_Enumerate(page, position, link):
        action = raw.FPDFLink_GetAction(link)
        size = raw.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if size > 1:
            address = ctypes.create_string_buffer(size)
            raw.FPDFAction_GetURIPath(document, action, address, size)
            text = address.value.decode("utf-8", "replace")
            if text.startswith(("http:", "https:")):
                yield text
