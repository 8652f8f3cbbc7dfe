"""Read a tutorial from an OpenDocument presentation: each slide is a page."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import BadZipFile

from lxml import etree
from odfdo import Document

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
from report.draft.picture_decoder import decoded_picture

_NAMES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
    "presentation": "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "xlink": "http://www.w3.org/1999/xlink",
}
_REPEATED = frozenset(("date-time", "footer", "header", "page-number"))
"""Classes of what each slide repeats (OpenDocument 1.3, 19.395)."""
_LARGEST_STYLE_CHAIN = 20


def read_odp(path: Path, data: bytes, on_page: OnPage) -> OldTutorial:
    """Read a tutorial from a presentation; raises DocumentUnreadable."""
    try:
        document = Document(io.BytesIO(data))
        parser = etree.XMLParser(resolve_entities=False, no_network=True)
        content, meta = (etree.fromstring(_part(document, part), parser) for part in ("content.xml", "meta.xml"))
        common = etree.fromstring(_part(document, "styles.xml"), parser)
    except (BadZipFile, etree.LxmlError, KeyError, ValueError, TypeError, OSError) as error:
        raise DocumentUnreadable(path, Phrase("it is no presentation (.odp)")) from error
    slides = content.findall(".//draw:page", _NAMES)[:MOST_PAGES]
    if not slides:
        raise DocumentUnreadable(path, Phrase("it has no slide"))
    styles = _styles(content, common)
    pages = []
    for number, slide in enumerate(slides, start=1):
        on_page(number, len(slides))
        pages.append(_page(number, slide, styles, document))
    links = tuple(one.get(_name("xlink:href"), "") for one in content.findall(".//text:a", _NAMES))
    return OldTutorial(
        title=meta.findtext(".//dc:title", "", _NAMES),
        author=meta.findtext(".//meta:initial-creator", "", _NAMES) or meta.findtext(".//dc:creator", "", _NAMES),
        pages=tuple(pages),
        addresses=tuple(one for one in links if one.startswith(("http:", "https:"))),
    )


def _part(document: Document, name: str) -> bytes:
    assert document.container is not None, "it was read from a file"
    part = document.container.get_part(name)
    return part if isinstance(part, bytes) else str(part).encode()


def _name(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{_NAMES[prefix]}}}{local}"


def _styles(*roots: etree._Element) -> Mapping[str, etree._Element]:
    """Return the styles of a document by name."""
    return {
        one.get(_name("style:name"), ""): one for root in reversed(roots) for one in root.iter(_name("style:style"))
    }


def _property(styles: Mapping[str, etree._Element], style: str, *wanted: str) -> list[str]:
    """Return the values of text properties of a style, those of its parents where it has none itself."""
    found = [""] * len(wanted)
    for _ in range(_LARGEST_STYLE_CHAIN):
        element = styles.get(style)
        if element is None:
            break
        for place, name in enumerate(wanted):
            values = [one.get(_name(name), "") for one in element.findall("style:text-properties", _NAMES)]
            found[place] = found[place] or next(iter(values), "")
        style = element.get(_name("style:parent-style-name"), "")
    return found


def _page(number: int, slide: etree._Element, styles: Mapping[str, etree._Element], document: Document) -> OldPage:
    paragraphs: list[Paragraph] = []
    pictures: list[OldPicture] = []
    for shape in _shapes(slide):
        kind = shape.get(_name("presentation:class"), "")
        if kind in _REPEATED:
            continue
        for one in shape.iter(_name("text:p"), _name("text:h")):
            paragraphs += _lines(one, styles, is_title=kind == "title")
        for image in shape.findall("draw:image", _NAMES):
            picture = _picture(document, image.get(_name("xlink:href"), ""))
            if picture is not None:
                pictures.append(picture)
                break  # the others are the same picture in another format
    return OldPage(number=number, title="", paragraphs=tuple(paragraphs), pictures=tuple(pictures))


def _shapes(parent: etree._Element) -> Iterator[etree._Element]:
    """Yield the shapes of a slide in their order, those of a group one by one, without the notes."""
    for shape in parent:
        if shape.tag == _name("draw:g"):
            yield from _shapes(shape)
        elif shape.tag != _name("presentation:notes"):
            yield shape


def _picture(document: Document, href: str) -> OldPicture | None:
    try:
        return decoded_picture(_part(document, href.removeprefix("./"))) if href else None
    except (KeyError, ValueError):
        return None


def _lines(paragraph: etree._Element, styles: Mapping[str, etree._Element], *, is_title: bool) -> Iterator[Paragraph]:
    """Yield the lines of a paragraph: a line break ends one, except in a title."""
    style = paragraph.get(_name("text:style-name"), "")
    runs: list[TextRun] = []
    sizes = [_points(_property(styles, style, "fo:font-size")[0])]
    for text, styled in _texts(paragraph, style):
        weight, slant, size = _property(styles, styled, "fo:font-weight", "fo:font-style", "fo:font-size")
        sizes.append(_points(size))
        if text == "\n" and not is_title:
            yield Paragraph(runs=tuple(runs), size=max(sizes))
            runs = []
            continue
        emphasised = weight in ("bold", "600", "700", "800", "900") or slant in ("italic", "oblique")
        runs.append(TextRun(text=text, emphasis=Emphasis.STRONG if emphasised else Emphasis.NONE))
    yield Paragraph(runs=tuple(runs), size=max(sizes), is_title=is_title)


def _points(size: str) -> float:
    """Return a size in pt; 0 for another unit."""
    try:
        return float(size.removesuffix("pt")) if size.endswith("pt") else 0.0
    except ValueError:
        return 0.0


def _texts(element: etree._Element, style: str) -> Iterator[tuple[str, str]]:
    """Yield the texts of a paragraph, each with the name of its style; a line break is a newline."""
    yield element.text or "", style
    for child in element:
        if child.tag in (_name("text:line-break"),):
            yield "\n", style
        elif child.tag in (_name("text:s"), _name("text:tab")):
            yield " ", style
        elif isinstance(child.tag, str):
            yield from _texts(child, child.get(_name("text:style-name")) or style)
        yield child.tail or "", style
