"""Files that a run writes for one page's report: copy of the baseline, thumbnails, difference, person's picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from capture.capture import Capture, Sidecar, capture_stem, write_capture
from capture.elements import Element
from capture.geometry import Box
from capture.runner.checkpoint import CAPTURES
from capture.runner.journey import PageOutcome
from capture.storage import png_size, write
from report.baselines.baselines import Baselines
from report.baselines.imported_picture import IMPORTED, imported_from, imported_pictures
from report.compare.likeness import is_like
from report.compare.png import read_picture
from report.output.images import draw_difference, thumbnail
from report.results.run_record import ImportedPicture, OwnPicture, PictureRecord, Preview
from report.results.run_store import copy_own_picture
from report.results.target_boxes import target_boxes
from report.run.page_comparer import PageComparison
from report.run.preview import DrawnPreview
from report.verdict import NEAR_PX

BASELINE_COPIES = "approved"
DIFFERENCES = "differences"
PREVIEWS = "previews"
THUMBNAILS = "thumbnails"
WINDOWS = frozenset(("dialog", "alertdialog"))


@dataclass(frozen=True, kw_only=True, slots=True)
class PageFiles:
    """Pictures of one page in the run's folder."""

    approved: PictureRecord | None
    """Copy of the baseline."""
    captured: PictureRecord | None
    """The candidate."""
    difference: str | None
    """Path of the picture of the differences, relative to the run's folder."""
    own_picture: OwnPicture | None
    imported: tuple[ImportedPicture, ...]
    """Pictures of the old tutorial, as long as there is no baseline."""
    previews: tuple[Preview, ...]
    """Pictures as they would be published."""


def write_page_files(
    outcome: PageOutcome,
    comparison: PageComparison | None,
    *,
    previews: Sequence[DrawnPreview] = (),
    baselines: Baselines,
    slug: str,
    folder: Path,
) -> PageFiles:
    """Write a page's files into the run's folder, so that the report needs nothing else.

    Args:
        outcome: the page's outcome; its capture is already in the folder.
        comparison: of its candidate with its baseline.
        previews: its pictures as they would be published.
        baselines: baselines of the run's site.
        slug: the tutorial's.
        folder: the run's folder.

    Raises:
        PictureCorrupt, SidecarCorrupt: the baseline or the person's picture cannot be read.
        CannotWrite: a file cannot be written.
    """
    page, candidate = outcome.page.number, outcome.capture
    baseline = baselines.read(slug, page) if outcome.page.visited else None
    if baseline is not None:
        write_capture(baseline, capture_stem(folder / BASELINE_COPIES, slug, page))
    return PageFiles(
        approved=_describe(baseline, BASELINE_COPIES, slug, page, folder) if baseline else None,
        captured=_describe(candidate, CAPTURES, slug, page, folder) if candidate else None,
        difference=_write_difference(candidate, comparison, slug, page, folder) if candidate and comparison else None,
        own_picture=copy_own_picture(baselines, slug, page, folder),
        previews=tuple(_write_previews(previews, slug, page, folder)),
        imported=_copy_imported(baselines.root.parent, slug, outcome, folder)
        if outcome.page.visited and baseline is None
        else (),
    )


def _write_previews(previews: Sequence[DrawnPreview], slug: str, page: int, folder: Path) -> Iterator[Preview]:
    for number, one in enumerate(previews, start=1):
        path = Path(PREVIEWS) / slug / f"{page:02}-{number}.webp"
        write(folder / path, one.webp)
        yield Preview(path=path.as_posix(), size=one.size, moved=one.moved)


def _copy_imported(screenshots: Path, slug: str, outcome: PageOutcome, folder: Path) -> tuple[ImportedPicture, ...]:
    """Copy the pictures of the old tutorial into the run's folder, and say whether they show the captured page."""
    source = imported_from(screenshots, slug)
    copied = []
    for number, png in enumerate(imported_pictures(screenshots, slug, outcome.page.number) if source else (), start=1):
        assert source is not None, "only then are there pictures"
        path = Path(IMPORTED) / slug / f"{outcome.page.number:02}-{number:02}.png"
        write(folder / path, png)
        like = is_like(png, outcome.capture.png) if outcome.capture is not None else None
        copied.append(ImportedPicture(path=path.as_posix(), size=png_size(png), document=source.document, is_like=like))
    return tuple(copied)


def _describe(capture: Capture, subfolder: str, slug: str, page: int, folder: Path) -> PictureRecord:
    """Write the thumbnail of a capture in the run's folder, and describe the capture."""
    sidecar = capture.sidecar
    small = capture_stem(Path(THUMBNAILS) / subfolder, slug, page).with_suffix(".jpg")
    write(folder / small, thumbnail(read_picture(capture.png, small), sidecar.frame))
    return PictureRecord(
        stem=capture_stem(Path(subfolder), slug, page).as_posix(),
        thumbnail=small.as_posix(),
        picture_sha256=sidecar.picture_sha256,
        sidecar_sha256=capture.sha256,
        size=png_size(capture.png),
        taken=sidecar.taken,
        firefox=sidecar.environment.firefox,
        fonts=sidecar.environment.fonts,
        text_rendering=sidecar.environment.text_rendering,
        scale=sidecar.environment.scale,
        masks=sidecar.masks,
    )


def _write_difference(candidate: Capture, comparison: PageComparison, slug: str, page: int, folder: Path) -> str | None:
    """Write the picture of the differences; return its path in the run's folder, None if the pictures are identical."""
    if comparison.comparison.identical:
        return None
    path = capture_stem(Path(DIFFERENCES), slug, page).with_suffix(".png")
    counted = _counted_parts(candidate.sidecar, comparison.approved)
    drawn_on = read_picture(candidate.png, path)
    write(folder / path, draw_difference(drawn_on, comparison.comparison, comparison.differing, counted))
    return path.as_posix()


def _counted_parts(candidate: Sidecar, approved: Sequence[Element]) -> list[Box]:
    """Return the parts of a picture that instructions are about: targets, windows around them, the tutorial's frame."""
    targets = [box for result in candidate.instructions for box in target_boxes(result).values()]
    windows = [
        element.box
        for element in (*candidate.elements, *approved)
        if element.role in WINDOWS and element.visible and any(box.within(element.box) for box in targets)
    ]
    frame = [candidate.frame] if candidate.frame is not None else []
    return [*frame, *windows, *(box.grown(NEAR_PX) for box in targets)]
