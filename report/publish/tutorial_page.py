"""The tutorial anew: its pictures with callouts, and one HTML page with its sentences, source and licence."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import jinja2

from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import Page, PageKind, Tutorial
from capture.site.site import LIVE
from capture.storage import png_size, remove, write_atomically
from report.baselines.baselines import Baselines
from report.i18n.sentences import Translator
from report.publish.callouts import annotate

TEMPLATES = Path(__file__).parent.parent / "output" / "templates"


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialSlide:
    """One page of the new tutorial."""

    page: Page
    picture: str | None = None
    """File name beside the HTML page."""
    size: tuple[int, int] = (0, 0)
    taken: datetime | None = None
    host: str = ""
    replica: bool = False
    """The picture is of a stand-in site, and says so."""
    hand_check: date | None = None
    """When a person last looked at the page of which they took the picture."""
    instructions: tuple[InstructionResult, ...] = ()
    withheld: bool = False
    """An instruction is false on the approved picture."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedTutorial:
    """What was written."""

    page: Path
    withheld: tuple[int, ...]
    """Numbers of the pages whose picture is not published."""
    pictures: int
    """How many are."""


def write_tutorial(tutorial: Tutorial, baselines: Baselines, out: Path) -> PublishedTutorial:
    """Write ``out/<tutorial>/index.html`` and its pictures.

    A picture is published beside its sentences only when every instruction on it is true.

    Raises:
        CannotWrite, SidecarCorrupt, PictureCorrupt.
    """
    folder = out / tutorial.slug
    slides = tuple(_slide(tutorial.slug, page, baselines, folder) for page in tutorial.pages)
    html = _template(Translator(tutorial.locale[:2])).render(tutorial=tutorial, slides=slides, kinds=PageKind)
    write_atomically(folder / "index.html", html.encode())
    return PublishedTutorial(
        page=folder / "index.html",
        withheld=tuple(slide.page.number for slide in slides if slide.withheld),
        pictures=sum(bool(slide.picture) for slide in slides),
    )


def _slide(slug: str, page: Page, baselines: Baselines, folder: Path) -> TutorialSlide:
    picture = folder / f"{page.number:02}.png"
    check = baselines.hand_checks(slug).get(page.number)
    own = baselines.own_picture(slug, page.number) if page.kind is PageKind.PERSONAL else b""
    if own and check is not None:
        write_atomically(picture, own)
        return TutorialSlide(page=page, picture=picture.name, size=png_size(own), hand_check=check.on)
    baseline = baselines.read(slug, page.number) if page.visited else None
    if baseline is None or baseline.sidecar.false_instructions:
        remove(picture)
        return TutorialSlide(page=page, withheld=baseline is not None)
    png, _ = annotate(baseline)
    write_atomically(picture, png)
    return TutorialSlide(
        page=page,
        picture=picture.name,
        size=png_size(png),
        taken=baseline.sidecar.taken,
        host=(urlsplit(baseline.sidecar.url).hostname or "").removeprefix("www."),
        replica=baseline.sidecar.site != LIVE,
        instructions=baseline.sidecar.instructions,
    )


def _template(words: Translator) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["typo"] = words.typeset
    environment.globals.update(translator=words, _=words.gettext)
    return environment.get_template("tutorial.html")
