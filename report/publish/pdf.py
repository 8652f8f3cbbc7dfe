"""PDF documents of an edition: slides in 16:9, and a leaflet on A4; tagged for readers of screens (PDF/UA-1)."""

import logging
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Any

from PIL import ImageFile

from capture.errors import PdfUnavailable
from capture.storage import sha256
from report.i18n.translator import Translator
from report.output.templating import template_environment
from report.publish import notes
from report.publish.edition import Edition, Step
from report.publish.lettering import FONTS
from report.publish.picture_files import printable

VARIANT = "pdf/ua-1"
MOST_LINES = (12, 16.5, 22)
"""Lines of sentences on a slide, in large, smaller and the smallest letters; further ones are on another slide."""
CHARACTERS = (36, 44, 52)
"""Characters of such a line."""
SCHEME = "tutofrais:"
"""Addresses of what a document may contain: its pictures and fonts, nothing else."""
TYPES = {"jpg": "image/jpeg", "woff2": "font/woff2"}


def check_pdf() -> str:
    """Return the version of WeasyPrint; raises PdfUnavailable without it or the libraries of the system."""
    return str(weasyprint_module().__version__)


def weasyprint_module() -> Any:
    """Import WeasyPrint, which loads Pango from the system; raises PdfUnavailable."""
    try:
        with warnings.catch_warnings():
            # Without HarfBuzz's subsetter, which Debian does not install with Pango, fontTools makes the subsets.
            warnings.filterwarnings("ignore", "HarfBuzz-Subset", DeprecationWarning)
            weasyprint = import_module("weasyprint")
            # WeasyPrint lets Pillow read pictures that are cut off, in the whole process.
            ImageFile.LOAD_TRUNCATED_IMAGES = False
            return weasyprint
    except (ImportError, OSError) as error:
        raise PdfUnavailable(
            str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        ) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class PdfSource:
    """Everything that a PDF document is made from: the same source gives the same bytes."""

    html: str
    pictures: Mapping[str, bytes]
    """WebPs, by the name of the picture."""

    @classmethod
    def of(cls, edition: Edition, template: str, pictures: Mapping[str, bytes]) -> "PdfSource":
        """Return the source of a document.

        Args:
            edition: what it shows.
            template: ``slides.html`` or ``leaflet.html``.
            pictures: WebPs, by the name of the picture.
        """
        days = edition.checked_days
        html = (
            template_environment(Translator(edition.language))
            .get_template(template)
            .render(edition=edition, slides=_slides(edition), notes=notes, scheme=SCHEME, day=days[1] if days else None)
        )
        return cls(html=html, pictures=pictures)

    @property
    def digest(self) -> str:
        """SHA-256 of the source, and of the version of the library that lays it out."""
        parts = [self.html, version("weasyprint")]
        parts += [f"{name} {sha256(webp)}" for name, webp in sorted(self.pictures.items())]
        return sha256("\n".join(parts).encode())

    def pdf(self) -> bytes:
        """Return the document; raises PdfUnavailable if a library of the system is missing."""
        weasyprint = weasyprint_module()
        for name in ("weasyprint", "fontTools"):
            logging.getLogger(name).setLevel(logging.ERROR)
        page = weasyprint.HTML(string=self.html, base_url=SCHEME, url_fetcher=_fetcher(self.pictures))
        with _fixed_time():
            return bytes(page.write_pdf(pdf_variant=VARIANT, pdf_tags=True, pdf_identifier=self.digest[:32].encode()))


@contextmanager
def _fixed_time() -> Iterator[None]:
    """Let fontTools write a fixed time into fonts (https://reproducible-builds.org/specs/source-date-epoch/)."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = before or "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]


def _fetcher(pictures: Mapping[str, bytes]) -> Any:
    """Return an object that gives WeasyPrint pictures and fonts of this document, and nothing from the network."""
    urls = import_module("weasyprint.urls")

    class Fetcher(urls.URLFetcher):  # type: ignore[misc, name-defined]
        def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - WeasyPrint's signature
            name = url.removeprefix(SCHEME)
            kind = name.rpartition(".")[2]
            if kind == "woff2" and "/" not in name:
                data = (FONTS / name).read_bytes()
            elif url.startswith(SCHEME) and name.removesuffix(".jpg") in pictures:
                data = printable(pictures[name.removesuffix(".jpg")])
            else:
                raise ValueError(url)
            return urls.URLFetcherResponse(url, data, {"Content-Type": TYPES[kind]})

    return Fetcher()


def _slides(edition: Edition) -> list[dict[str, Any]]:
    """Return the slides of all steps: one a picture, more if its sentences need more room."""
    slides: list[dict[str, Any]] = []
    for step in edition.steps:
        if not step.pictures:
            slides.append({"step": step, "picture": None, "sentences": _numbered(step), "size": 0, "first": True})
        for place, picture in enumerate(step.pictures):
            numbered = [(one.number, one.sentence) for one in picture.instructions] or _numbered(step)
            for part, (sentences, size) in enumerate(_in_parts(numbered)):
                first = place == 0 and part == 0
                slides.append({"step": step, "picture": picture, "sentences": sentences, "size": size, "first": first})
    return slides


def _numbered(step: Step) -> list[tuple[int | None, str]]:
    return [(None, sentence) for sentence in step.text]


def _in_parts(sentences: list[tuple[Any, str]]) -> list[tuple[list[tuple[Any, str]], int]]:
    """Return sentences in parts that fit on a slide each, with the size of their letters: 0 is the largest."""
    for size, (most, characters) in enumerate(zip(MOST_LINES, CHARACTERS, strict=True)):
        if sum(_lines(sentence, characters) for _, sentence in sentences) <= most:
            return [(sentences, size)]
    parts: list[list[tuple[Any, str]]] = [[]]
    room = 0.0
    for number, sentence in sentences:
        need = _lines(sentence, CHARACTERS[-1])
        if parts[-1] and room + need > MOST_LINES[-1]:
            parts.append([])
            room = 0
        parts[-1].append((number, sentence))
        room += need
    return [(part, len(MOST_LINES) - 1) for part in parts]


def _lines(sentence: str, characters: int) -> float:
    return -(-len(sentence) // characters) + 0.5
