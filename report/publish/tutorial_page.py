"""Publish a tutorial: annotated pictures, and an HTML page with its sentences, source and licence."""

import io
import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

from capture.capture import Capture, decoding
from capture.picture_stack import taken_apart
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import Page, PageKind, Tutorial
from capture.site.site import LIVE
from capture.storage import png_size, remove, sha256, write_atomically
from report.baselines.baselines import Baselines
from report.i18n.translator import Translator
from report.output.templating import template_environment
from report.publish.published_picture import published_picture
from report.results.review_state import read_review_state
from report.results.run_record import PageRecord, RunRecord
from report.verdict import Verdict


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
    said_false: bool = False
    """A person said that the text of a personal page is no longer true."""
    withheld: bool = False
    """No instruction may be shown beside the approved picture: one is false on it, or was not checked on it yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedTutorial:
    """Result of writing a tutorial."""

    page: Path
    withheld: tuple[int, ...]
    """Numbers of the pages whose picture is not published."""
    said_false: tuple[int, ...]
    """Numbers of the personal pages whose text a person has called false, so that it is not published."""
    pictures: int
    """Number of published pictures."""


def write_tutorial(
    tutorial: Tutorial, baselines: Baselines, out: Path, latest: RunRecord | None = None
) -> PublishedTutorial:
    """Write ``out/<tutorial>/index.html`` and its pictures.

    A picture is published beside its sentences only when every instruction on it is true. Today's sentences were
    judged by the latest run, if it found the page as it was approved; otherwise those of the day of approval count.

    Args:
        tutorial: as its scenario declares it today.
        baselines: approved pictures.
        out: folder of the published tutorials.
        latest: the latest run; None: there is none.

    Raises:
        CannotWrite, SidecarCorrupt, PictureCorrupt.
    """
    folder = out / tutorial.slug
    slides = tuple(
        _slide(tutorial.slug, page, baselines, folder, _checked_today(tutorial, page, baselines, latest))
        for page in tutorial.pages
    )
    template = template_environment(Translator(tutorial.locale[:2])).get_template("tutorial.html")
    html = template.render(tutorial=tutorial, slides=slides, kinds=PageKind)
    write_atomically(folder / "index.html", html.encode())
    return PublishedTutorial(
        page=folder / "index.html",
        withheld=tuple(slide.page.number for slide in slides if slide.withheld),
        said_false=tuple(slide.page.number for slide in slides if slide.said_false),
        pictures=sum(len(slide.pictures) for slide in slides),
    )


def _checked_today(tutorial: Tutorial, page: Page, baselines: Baselines, latest: RunRecord | None) -> PageRecord | None:
    """Return a page of the latest run if it found today's text true on the page as it was approved."""
    if latest is None or latest.baselines != baselines.root.name:
        return None
    return next(
        (
            record
            for one in latest.tutorials
            if one.slug == tutorial.slug and one.scenario_sha256 == tutorial.source_sha256
            for record in one.pages
            if record.number == page.number
            and _is_confirmed(record, sha256(baselines.read_sidecar(tutorial.slug, page.number)))
        ),
        None,
    )


def _is_confirmed(record: PageRecord, approved_sha256: str) -> bool:
    """Return whether a run found a page up to date, in comparison with the baseline of this digest."""
    compared_with = record.approved.sidecar_sha256 if record.approved else ""
    return record.verdict is Verdict.UP_TO_DATE and compared_with == approved_sha256


def _with_todays_text(baseline: Capture, checked: PageRecord | None) -> Capture:
    """Return a baseline with the instructions of the run that found the same page."""
    sidecar = baseline.sidecar
    if checked is None or (sidecar.pictures and len(checked.instructions) != len(sidecar.instructions)):
        return baseline
    # The indexes of the run's elements are not those of the baseline.
    instructions = tuple(replace(result, element=None) for result in checked.instructions)
    return replace(baseline, sidecar=replace(sidecar, instructions=instructions))


def _slide(slug: str, page: Page, baselines: Baselines, folder: Path, checked: PageRecord | None) -> TutorialSlide:
    """Write a page's pictures, or delete earlier ones that may no longer be published; return the slide.

    Args:
        slug: of the tutorial.
        page: of the tutorial.
        baselines: approved pictures.
        folder: of the published tutorial.
        checked: the page in the latest run, if that found it up to date.
    """
    for earlier in folder.glob(f"{page.number:02}*.png"):
        remove(earlier)
    if page.kind is PageKind.PERSONAL and read_review_state(baselines, slug, page.number).kept is not None:
        return TutorialSlide(page=page, said_false=True)
    check = baselines.hand_checks(slug).get(page.number)
    own = baselines.own_picture(slug, page.number) if page.kind is PageKind.PERSONAL else b""
    if own and check is not None:
        return TutorialSlide(page=page, pictures=(_picture(folder, page, own),), hand_check=check.on)
    approved = baselines.read(slug, page.number) if page.visited else None
    baseline = approved and _with_todays_text(approved, checked)
    if baseline is None or baseline.sidecar.false_instructions:
        return TutorialSlide(page=page, withheld=baseline is not None)
    with decoding(baselines.picture_path(slug, page.number)):
        parts = [(name, part, _annotated(part)) for name, part in taken_apart(baseline)]
    return TutorialSlide(
        page=page,
        pictures=tuple(
            _picture(folder, page, png, name=name, instructions=part.sidecar.instructions) for name, part, png in parts
        ),
        taken=baseline.sidecar.taken,
        host=(urlsplit(baseline.sidecar.url).hostname or "").removeprefix("www."),
        replica=baseline.sidecar.site != LIVE,
    )


def _annotated(part: Capture) -> bytes:
    """Return the PNG of a picture with its callouts, without metadata."""
    buffer = io.BytesIO()
    published_picture(part).drawn().save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _picture(
    folder: Path, page: Page, png: bytes, *, name: str = "", instructions: tuple[InstructionResult, ...] = ()
) -> SlidePicture:
    """Write one picture of a page; return its description."""
    suffix = "".join(f"-{word}" for word in re.findall(r"\w+", name))
    file = folder / f"{page.number:02}{suffix}.png"
    write_atomically(file, png)
    return SlidePicture(file=file.name, size=png_size(png), instructions=instructions)
