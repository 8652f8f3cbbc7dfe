"""Publish a tutorial: annotated pictures, and an HTML page with its sentences, source and licence."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from capture.capture import decoding
from capture.picture_stack import taken_apart
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import Page, PageKind, Tutorial
from capture.site.site import LIVE
from capture.storage import png_size, remove, write_atomically
from report.baselines.baselines import Baselines
from report.i18n.translator import Translator
from report.output.templating import template_environment
from report.publish.callouts import annotate


@dataclass(frozen=True, kw_only=True, slots=True)
class SlidePicture:
    """A picture of a page, with the instructions on it."""

    file: str
    """File name, in the folder of the HTML page."""
    size: tuple[int, int]
    """Width and height, px."""
    instructions: tuple[InstructionResult, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialSlide:
    """Page of the published tutorial."""

    page: Page
    pictures: tuple[SlidePicture, ...] = ()
    taken: datetime | None = None
    host: str = ""
    replica: bool = False
    """The picture was captured on a replica; its caption says so."""
    hand_check: date | None = None
    """Day on which a person last checked the page and took its picture."""
    withheld: bool = False
    """An instruction is false on the approved picture, so the picture is not published."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedTutorial:
    """Result of writing a tutorial."""

    page: Path
    withheld: tuple[int, ...]
    """Numbers of the pages whose picture is not published."""
    pictures: int
    """Number of published pictures."""


def write_tutorial(tutorial: Tutorial, baselines: Baselines, out: Path) -> PublishedTutorial:
    """Write ``out/<tutorial>/index.html`` and its pictures.

    A picture is published beside its sentences only when every instruction on it is true.

    Raises:
        CannotWrite, SidecarCorrupt, PictureCorrupt.
    """
    folder = out / tutorial.slug
    slides = tuple(_slide(tutorial.slug, page, baselines, folder) for page in tutorial.pages)
    template = template_environment(Translator(tutorial.locale[:2])).get_template("tutorial.html")
    html = template.render(tutorial=tutorial, slides=slides, kinds=PageKind)
    write_atomically(folder / "index.html", html.encode())
    return PublishedTutorial(
        page=folder / "index.html",
        withheld=tuple(slide.page.number for slide in slides if slide.withheld),
        pictures=sum(len(slide.pictures) for slide in slides),
    )


def _slide(slug: str, page: Page, baselines: Baselines, folder: Path) -> TutorialSlide:
    """Write a page's pictures, or delete earlier ones that may no longer be published; return the slide."""
    for earlier in folder.glob(f"{page.number:02}*.png"):
        remove(earlier)
    check = baselines.hand_checks(slug).get(page.number)
    own = baselines.own_picture(slug, page.number) if page.kind is PageKind.PERSONAL else b""
    if own and check is not None:
        return TutorialSlide(page=page, pictures=(_picture(folder, page, own),), hand_check=check.on)
    baseline = baselines.read(slug, page.number) if page.visited else None
    if baseline is None or baseline.sidecar.false_instructions:
        return TutorialSlide(page=page, withheld=baseline is not None)
    with decoding(baselines.picture_path(slug, page.number)):
        parts = [(name, part, annotate(part)[0]) for name, part in taken_apart(baseline)]
    return TutorialSlide(
        page=page,
        pictures=tuple(
            _picture(folder, page, png, name=name, instructions=part.sidecar.instructions) for name, part, png in parts
        ),
        taken=baseline.sidecar.taken,
        host=(urlsplit(baseline.sidecar.url).hostname or "").removeprefix("www."),
        replica=baseline.sidecar.site != LIVE,
    )


def _picture(
    folder: Path, page: Page, png: bytes, *, name: str = "", instructions: tuple[InstructionResult, ...] = ()
) -> SlidePicture:
    """Write one picture of a page; return its description."""
    suffix = "".join(f"-{word}" for word in re.findall(r"\w+", name))
    file = folder / f"{page.number:02}{suffix}.png"
    write_atomically(file, png)
    return SlidePicture(file=file.name, size=png_size(png), instructions=instructions)
