"""Publish a tutorial: write the documents of its next edition into a folder.

``write_tutorial`` is the only entry: the command line and the workbench call it. It asks nobody, prints nothing, and
tells what it does through ``on_progress``.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from capture.errors import ForeignFile, PdfUnavailable, TutofraisError
from capture.scenario.tutorial import Page, PageKind, Tutorial
from capture.storage import remove, sha256, write_atomically, writing
from report.baselines.baselines import Baselines
from report.i18n.dates import today
from report.i18n.translator import Translator
from report.output.templating import template_environment
from report.publish import notes
from report.publish.badge import badge_json, badge_svg
from report.publish.edition import (
    EDITION,
    ChangeKind,
    Edition,
    EditionChange,
    StepState,
    differences,
    encode_edition,
    read_edition,
)
from report.publish.formats import FORMATS, Format
from report.publish.markdown import markdown_of
from report.publish.odp import odp_of
from report.publish.pdf import PdfSource
from report.publish.published_picture import Unpointed
from report.publish.steps import DENSE, PLAIN, MadeStep, StepMaker, Withheld, files_of
from report.results.run_record import RunRecord

Progress = Callable[[Page, int, int], None]
"""Called before each page: the page, its place from 1, and the number of pages."""


INDEX, SLIDES, LEAFLET, PRESENTATION, TEXT = "index.html", "slides.pdf", "leaflet.pdf", "slides.odp", "tutorial.md"
CHANGELOG, BADGE, BADGE_DATA = "changes.html", "badge.svg", "badge.json"
DRAFT = "-draft"
"""Ending of the folder of a draft, so that it does not replace what is published."""
MOST_CHANGES = 200
"""Changes of earlier editions that are kept."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedTutorial:
    """Result of writing a tutorial."""

    page: Path
    """The HTML page or, if that was not asked for, the first document."""
    documents: tuple[Path, ...]
    withheld: tuple[int, ...]
    """Numbers of the pages that are not published anew, because they are not known to be true."""
    said_false: tuple[int, ...]
    """Numbers of the personal pages whose text a person has called false, so that it is not published."""
    pictures: int
    """Number of published pictures."""
    why: Mapping[int, Withheld]
    """Why a page is withheld, by its number."""
    retained: tuple[int, ...]
    """Numbers of the withheld pages of which the last edition is still shown."""
    unpointed: tuple[tuple[int, int, Unpointed], ...]
    """Page, instruction, and why it has no callout on the picture."""
    changes: tuple[EditionChange, ...]
    """Differences from the last edition."""
    kept: tuple[Path, ...]
    """Files that somebody had edited since the last edition: under these names they are kept."""
    draft: bool
    """Pages that are not known to be true are shown, with a watermark."""
    problems: tuple[TutofraisError, ...]
    """Why a document could not be written, such as PdfUnavailable; the others are."""


def write_tutorial(
    tutorial: Tutorial,
    baselines: Baselines,
    out: Path,
    latest: RunRecord | None = None,
    *,
    formats: Collection[Format] = FORMATS,
    draft: bool = False,
    on: date | None = None,
    on_progress: Progress = lambda _page, _place, _all: None,
) -> PublishedTutorial:
    """Write the documents of a tutorial into ``out/<tutorial>/``, those of a draft into ``out/<tutorial>-draft/``.

    A page is published when every instruction on it is true and its picture is the approved one; otherwise the page of
    the last edition stays, marked as to be reviewed. Today's sentences were judged by the latest run, if it found the
    page as it was approved; otherwise those of the day of approval count. Everything is made before a file is written.

    Args:
        tutorial: as its scenario declares it today.
        baselines: approved pictures.
        out: folder of the published tutorials.
        latest: the latest run; None: there is none.
        formats: documents to write.
        draft: show pages that are not known to be true, too, with a watermark.
        on: day of the edition; None: today.
        on_progress: told which page is being made.

    Raises:
        CannotWrite, ForeignFile, EditionCorrupt, SidecarCorrupt, PictureCorrupt, DecisionsCorrupt.
    """
    folder = out / (f"{tutorial.slug}{DRAFT}" if draft else tutorial.slug)
    last = read_edition(folder)
    maker = StepMaker(
        tutorial=tutorial,
        baselines=baselines,
        latest=latest,
        last=last,
        folder=folder,
        draft=draft,
        words=Translator(tutorial.locale[:2]),
    )
    made = _made_steps(tutorial, maker, on_progress)
    edition = _edition(tutorial, baselines, made, draft=draft)
    changes = () if draft else differences(last, edition, on or today())
    earlier = last.changes if last else ()
    edition = replace(edition, changes=(*changes, *earlier)[:MOST_CHANGES])
    files = {name: data for one in made for name, data in one.files.items()}
    made_documents = _documents(edition, folder, files, formats, last)
    documents, edition = made_documents.files, replace(edition, sources=made_documents.sources)
    kept = _write(folder, {**files, **documents}, edition, last)
    return PublishedTutorial(
        page=folder / next(iter(documents), EDITION),
        documents=tuple(folder / name for name in documents),
        withheld=tuple(one.step.page for one in made if one.withheld not in (None, Withheld.SAID_FALSE)),
        said_false=tuple(one.step.page for one in made if one.withheld is Withheld.SAID_FALSE),
        pictures=sum(len(step.pictures) for step in edition.steps),
        why={one.step.page: one.withheld for one in made if one.withheld is not None},
        retained=tuple(step.page for step in edition.steps if step.state is StepState.TO_REVIEW),
        unpointed=tuple(
            (step.page, number, why)
            for step in edition.steps
            for shown in step.pictures
            for number, why in shown.unpointed.items()
        ),
        changes=changes,
        kept=kept,
        draft=draft,
        problems=made_documents.problems,
    )


def _made_steps(tutorial: Tutorial, maker: StepMaker, on_progress: Progress) -> list[MadeStep]:
    pages = [page for page in tutorial.pages if page.kind not in (PageKind.FIXED, PageKind.GONE)]
    made = []
    for number, page in enumerate(pages, start=1):
        on_progress(page, number, len(pages))
        made.append(maker.make(page, number))
    return made


def _edition(tutorial: Tutorial, baselines: Baselines, made: list[MadeStep], *, draft: bool) -> Edition:
    return Edition(
        slug=tutorial.slug,
        title=tutorial.title,
        language=tutorial.locale[:2],
        source=tutorial.source,
        source_url=tutorial.source_url,
        licence=tutorial.licence,
        licence_url=tutorial.licence_url,
        adaptations=tutorial.changes,
        site=baselines.root.name,
        steps=tuple(one.step for one in made),
        draft=draft,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Documents:
    """Content of the documents by name, what the PDFs were made from, and why others could not be made."""

    files: Mapping[str, bytes]
    sources: Mapping[str, str]
    problems: tuple[TutofraisError, ...]


def _documents(
    edition: Edition, folder: Path, files: Mapping[str, bytes], formats: Collection[Format], last: Edition | None
) -> _Documents:
    def content(name: str) -> bytes:
        return files[name] if name in files else (folder / name).read_bytes()

    documents: dict[str, bytes] = {}
    sources: dict[str, str] = dict(last.sources) if last else {}
    problems: list[TutofraisError] = []
    names = [shown.picture.name for step in edition.steps for shown in step.pictures]
    if Format.HTML in formats:
        documents[INDEX] = _html(edition, "tutorial.html")
        documents[CHANGELOG] = _html(edition, "changes.html")
    if Format.PDF in formats:
        try:
            pictures = {name: content(f"{name}{DENSE}") for name in names}
            for name, template in ((SLIDES, "slides.html"), (LEAFLET, "leaflet.html")):
                source = PdfSource.of(edition, template, pictures)
                before = _as_before(folder, name, last) if sources.get(name) == source.digest else None
                documents[name] = before or source.pdf()
                sources[name] = source.digest
        except PdfUnavailable as error:
            problems.append(error)
    if Format.ODP in formats:
        documents[PRESENTATION] = odp_of(edition, {name: content(f"{name}{PLAIN}") for name in names})
    if Format.MARKDOWN in formats:
        documents[TEXT] = markdown_of(edition)
    words = Translator(edition.language)
    documents[BADGE] = badge_svg(edition, words)
    documents[BADGE_DATA] = badge_json(edition, words)
    return _Documents(files=documents, sources=sources, problems=tuple(problems))


def _as_before(folder: Path, name: str, last: Edition | None) -> bytes | None:
    """Return a document of the last edition, None if it is no longer as it was written."""
    path = folder / name
    if last is None or not path.is_file() or _is_edited(path, last.files.get(name, "")):
        return None
    return path.read_bytes()


def _html(edition: Edition, template: str) -> bytes:
    words = Translator(edition.language)
    return (
        template_environment(words)
        .get_template(template)
        .render(edition=edition, notes=notes, states=StepState, reprinted=reprinted(edition), kinds=ChangeKind)
        .encode()
    )


def reprinted(edition: Edition) -> tuple[EditionChange, ...]:
    """Return the changes of the last day on which something changed that make printed pages wrong, one a step."""
    days = [change.on for change in edition.changes]
    wrong = (ChangeKind.SENTENCES, ChangeKind.PICTURE, ChangeKind.OUTDATED, ChangeKind.REMOVED)
    found = {change.page: change for change in edition.changes if change.on == max(days) and change.kind in wrong}
    return tuple(sorted(found.values(), key=lambda change: change.number))


# Files


def _write(folder: Path, files: Mapping[str, bytes], edition: Edition, last: Edition | None) -> tuple[Path, ...]:
    """Write what has changed, then the record of the edition; remove what belonged to the last edition alone.

    Returns:
        The names under which files that somebody has edited are kept.

    Raises:
        CannotWrite.
        ForeignFile: a file is in the way that no edition wrote; nothing is written then.
    """
    known = dict(last.files) if last else {}
    for name, data in files.items():
        path = folder / name
        if name not in known and path.exists() and not _is(path, data):
            raise ForeignFile(path)
    if last is None and (folder / EDITION).exists():
        raise ForeignFile(folder / EDITION)
    kept = []
    for name, data in files.items():
        path = folder / name
        if name in known and not _is(path, data) and _is_edited(path, known[name]):
            kept.append(_kept(path))
        if not _is(path, data):
            write_atomically(path, data)
    others = (name for name in (INDEX, CHANGELOG, SLIDES, LEAFLET, PRESENTATION, TEXT) if (folder / name).is_file())
    wanted = {*files, *_still_used(edition, folder), *others}
    for name in known.keys() - wanted:
        if not _is_edited(folder / name, known[name]):
            remove(folder / name)
    digests = {name: sha256(data) for name, data in files.items()}
    digests |= {name: known[name] for name in wanted - files.keys() if name in known}
    write_atomically(folder / EDITION, encode_edition(replace(edition, files=dict(sorted(digests.items())))))
    return tuple(kept)


def _still_used(edition: Edition, folder: Path) -> Iterator[str]:
    """Yield the picture files of an edition that are there."""
    for step in edition.steps:
        for shown in step.pictures:
            yield from (name for name in files_of(shown) if (folder / name).is_file())


def _is(path: Path, data: bytes) -> bool:
    """Return whether a file has this content; raises CannotWrite if it may not be read."""
    with writing(path):
        return path.is_file() and path.read_bytes() == data


def _is_edited(path: Path, digest: str) -> bool:
    with writing(path):
        return path.is_file() and sha256(path.read_bytes()) != digest


def _kept(path: Path) -> Path:
    """Move a file that somebody has edited to a free name beside it."""
    free = next(
        other
        for n in range(1, 10_000)
        if not (other := path.with_name(f"{path.stem}.edited-{n}{path.suffix}")).exists()
    )
    with writing(path):
        path.rename(free)
    return free
