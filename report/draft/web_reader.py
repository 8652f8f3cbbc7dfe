"""Read a tutorial from HTML or Markdown: each section below a heading of the same level is a page."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import html
from lxml.etree import LxmlError
from markdown_it import MarkdownIt

from capture.errors import DocumentUnreadable
from capture.messages import Phrase
from report.draft.old_tutorial import MOST_PAGES, Emphasis, OldPage, OldPicture, OldTutorial, Paragraph, TextRun
from report.draft.picture_decoder import decoded_picture

_HEADINGS = ("h1", "h2", "h3", "h4")
_LEAST_STEPS = 2
"""Headings of a level from which its sections are the pages of a tutorial."""
_NOT_READ = frozenset(("head", "nav", "noscript", "script", "style", "svg", "template", "title"))
_BLOCKS = frozenset(
    """
    address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6
    header hr li main ol p picture pre section summary table tbody td tfoot th thead tr ul
    """.split()
)
_EMPHASES = {
    **dict.fromkeys(("b", "em", "i", "strong", "mark", "u"), Emphasis.STRONG),
    **dict.fromkeys(("button", "code", "kbd", "samp", "tt"), Emphasis.LABEL),
}
_LARGEST_PICTURE = 32 << 20
"""Bytes of a picture's file."""


def read_html(path: Path, data: bytes) -> OldTutorial:
    """Read a tutorial from a web page; its pictures are files beside it, or in it. Raises DocumentUnreadable."""
    return _read(path, data)


def read_markdown(path: Path, data: bytes) -> OldTutorial:
    """Read a tutorial from Markdown (CommonMark with tables); raises DocumentUnreadable."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentUnreadable(path, Phrase("it is no UTF-8 text")) from error
    rendered = MarkdownIt("commonmark").enable("table").render(_without_front_matter(text))
    return _read(path, f'<meta charset="utf-8"><body>{rendered}</body>'.encode())


def _without_front_matter(text: str) -> str:
    """Return Markdown without the lines between ``---`` with which site generators begin a file."""
    if text.startswith("---\n") and (end := text.find("\n---", 3)) > 0:
        return text[end + 4 :]
    return text


@dataclass(kw_only=True, slots=True)
class _Section:
    """The section that is being read."""

    title: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    pictures: list[OldPicture] = field(default_factory=list)
    runs: list[TextRun] = field(default_factory=list)
    """Runs of the paragraph that is being read."""

    def end_paragraph(self) -> None:
        paragraph = Paragraph(runs=tuple(self.runs))
        self.runs = []
        if paragraph.text:
            self.paragraphs.append(paragraph)


def _read(path: Path, data: bytes) -> OldTutorial:
    if b"\0" in data:
        raise DocumentUnreadable(path, Phrase("it is no web page"))
    try:
        root = html.document_fromstring(data, parser=html.HTMLParser(encoding=_encoding(data), huge_tree=False))
    except (LxmlError, ValueError, SyntaxError) as error:
        raise DocumentUnreadable(path, Phrase("it is no web page")) from error
    level = _level_of_steps(root)
    sections = [_Section()]
    for element, event, emphasis in _walk(_content(root, level)):
        _take(element, event, emphasis, level=level, folder=path.parent, sections=sections)
    sections[-1].end_paragraph()
    kept = [one for one in sections if one.title or one.paragraphs or one.pictures][:MOST_PAGES]
    title = next((_words(one) for one in root.iter("h1")), "") or next((_words(one) for one in root.iter("title")), "")
    author = next((one.get("content", "") for one in root.iter("meta") if one.get("name", "").lower() == "author"), "")
    pages = tuple(
        OldPage(
            number=number,
            title=one.title or title,
            paragraphs=tuple(one.paragraphs),
            pictures=tuple(one.pictures),
        )
        for number, one in enumerate(kept, start=1)
    )
    links = tuple(href for one in root.iter("a") if (href := one.get("href", "")).startswith(("http:", "https:")))
    return OldTutorial(title=title, author=author, pages=pages, addresses=links)


def _encoding(data: bytes) -> str | None:
    """Return UTF-8 if the bytes are that and nothing else; None: the page says what it is."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _level_of_steps(root: html.HtmlElement) -> str:
    """Return the highest level of heading that there is several times; else the highest that there is."""
    counts = {level: sum(1 for _ in root.iter(level)) for level in _HEADINGS}
    several = (level for level, count in counts.items() if count >= _LEAST_STEPS)
    return next(several, next((level for level, count in counts.items() if count), "h1"))


def _content(root: html.HtmlElement, level: str) -> html.HtmlElement:
    """Return the smallest main part or article that holds all steps; the body if none does."""
    steps = sum(1 for _ in root.iter(level))
    parts = [one for one in root.iter("main", "article") if sum(1 for _ in one.iter(level)) == steps]
    body = root.find("body")
    return parts[-1] if parts else root if body is None else body


def _walk(
    element: html.HtmlElement, emphasis: Emphasis = Emphasis.NONE
) -> Iterator[tuple[html.HtmlElement, str, Emphasis]]:
    """Yield each element when it begins and ends, with the emphasis of its text, and each text after an element."""
    parent = element.getparent()
    in_block = parent is not None and parent.tag == "pre"
    emphasis = Emphasis.NONE if in_block else _EMPHASES.get(str(element.tag), emphasis)
    yield element, "begin", emphasis
    for child in element:
        if isinstance(child.tag, str) and child.tag not in _NOT_READ and not _is_hidden(child):
            yield from _walk(child, emphasis)
        yield child, "tail", emphasis
    yield element, "end", emphasis


def _is_hidden(element: html.HtmlElement) -> bool:
    return "hidden" in element.attrib or element.get("aria-hidden") == "true"


def _take(
    element: html.HtmlElement,
    event: str,
    emphasis: Emphasis,
    *,
    level: str,
    folder: Path,
    sections: list[_Section],
) -> None:
    """Take what an element begins or ends into the last section, or begin a new one."""
    section, tag = sections[-1], str(element.tag)
    if event == "tail":
        section.runs.append(TextRun(text=element.tail or "", emphasis=emphasis))
        return
    if tag in _BLOCKS or tag == "br":
        section.end_paragraph()
    if event == "end":
        if tag == level and section.paragraphs and not section.title:
            section.title = section.paragraphs.pop().text
        return
    if tag == level and (level != "h1" or section.paragraphs or section.pictures or section.title):
        sections.append(section := _Section())
    if tag == "img" and (picture := _picture(element.get("src", ""), folder)) is not None:
        section.pictures.append(picture)
    section.runs.append(TextRun(text=element.text or "", emphasis=emphasis))


def _words(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _picture(source: str, folder: Path) -> OldPicture | None:
    """Return a picture that is in the page, or in its folder; None for one from the network: nothing is fetched."""
    if source.startswith("data:image/"):
        try:
            return decoded_picture(base64.b64decode(source.partition(",")[2], validate=False))
        except binascii.Error:
            return None
    parts = urlsplit(source)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    file = (folder / unquote(parts.path)).resolve()
    try:
        if not file.is_relative_to(folder.resolve()) or not file.is_file() or file.stat().st_size > _LARGEST_PICTURE:
            return None
        return decoded_picture(file.read_bytes())
    except (OSError, ValueError):
        return None
