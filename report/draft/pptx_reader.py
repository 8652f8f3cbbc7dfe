"""Read a tutorial from a PowerPoint presentation: each slide is a page."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from lxml.etree import LxmlError
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.exc import PythonPptxError

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

_REPEATED = frozenset((PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER, PP_PLACEHOLDER.SLIDE_NUMBER))
"""Placeholders that each slide repeats."""
_TITLES = frozenset((PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE))


def read_pptx(path: Path, data: bytes, on_page: OnPage) -> OldTutorial:
    """Read a tutorial from a presentation; raises DocumentUnreadable."""
    try:
        presentation = Presentation(io.BytesIO(data))
        slides = list(presentation.slides)[:MOST_PAGES]
        pages = []
        for number, slide in enumerate(slides, start=1):
            on_page(number, len(slides))
            pages.append(_page(number, slide))
        properties = presentation.core_properties
        addresses = tuple(
            relation.target_ref
            for slide in slides
            for relation in slide.part.rels.values()
            if relation.is_external and relation.target_ref.startswith(("http:", "https:"))
        )
        return OldTutorial(title=properties.title, author=properties.author, pages=tuple(pages), addresses=addresses)
    except (PythonPptxError, BadZipFile, LxmlError, KeyError, ValueError, AttributeError, OSError) as error:
        raise DocumentUnreadable(path, Phrase("it is no presentation (.pptx)")) from error


def _page(number: int, slide: Any) -> OldPage:
    paragraphs: list[Paragraph] = []
    pictures: list[OldPicture] = []
    for shape in _shapes(slide.shapes):
        kind = shape.placeholder_format.type if shape.is_placeholder else None
        if kind in _REPEATED:
            continue
        paragraphs += _paragraphs(shape, is_title=kind in _TITLES)
        # A picture's placeholder is a picture too, once it is filled.
        data = getattr(shape, "image", None) if hasattr(shape, "crop_left") else None
        if data is not None and (picture := decoded_picture(data.blob)) is not None:
            pictures.append(picture)
    return OldPage(number=number, title="", paragraphs=tuple(paragraphs), pictures=tuple(pictures))


def _shapes(shapes: Any) -> Iterator[Any]:
    """Yield the shapes of a slide in their order, those of a group one by one."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _paragraphs(shape: Any, *, is_title: bool) -> Iterator[Paragraph]:
    frames = [shape.text_frame] if shape.has_text_frame else []
    if getattr(shape, "has_table", False):
        frames = [cell.text_frame for row in shape.table.rows for cell in row.cells]
    for frame in frames:
        for paragraph in frame.paragraphs:
            yield from _lines(paragraph, is_title=is_title)


def _lines(paragraph: Any, *, is_title: bool) -> Iterator[Paragraph]:
    """Yield the lines of a paragraph: a line break (``<a:br>``) ends one, except in a title."""
    runs: list[TextRun] = []
    sizes = [run.font.size.pt for run in paragraph.runs if run.font.size is not None]
    size = max(sizes, default=0.0)
    emphasised = {run._r: bool(run.font.bold or run.font.italic) for run in paragraph.runs}
    for node in paragraph._p:
        if node in emphasised:
            emphasis = Emphasis.STRONG if emphasised[node] else Emphasis.NONE
            runs.append(TextRun(text=node.text or "", emphasis=emphasis))
        elif node.tag.endswith("}br") and not is_title:
            yield Paragraph(runs=tuple(runs), size=size)
            runs = []
        elif node.tag.endswith("}br"):
            runs.append(TextRun(text=" "))
    yield Paragraph(runs=tuple(runs), size=size, is_title=is_title)
