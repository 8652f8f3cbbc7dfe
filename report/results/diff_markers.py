"""What differs on a page, numbered from top to bottom, and where: for the report's list and its pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capture.geometry import Box
from report.compare.align import Band, BandKind
from report.compare.comparison import Comparison
from report.compare.elements import ChangeKind, ElementChange

MOST_MARKERS = 60
"""Marks on a picture; a page with more has become another, and its reasons say so."""
MOST_OF_PAGE = 0.5
"""Share of the picture from which a region says no more than that the page has become another."""
MARKED_CHANGES = 0.5
"""Share of a region that the changes of elements must cover for it to be told with them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffMarker:
    """One thing that differs."""

    number: int
    box: Box
    """In tonight's picture, px."""
    change: ElementChange | None = None
    band: Band | None = None

    @property
    def element(self) -> str | None:
        """The name by which it can be ignored: that of something on the approved page."""
        return self.change.before if self.change else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Rows that one picture lacks, so that what follows stands beside what it was."""

    row: int
    """Before which row, px of the picture that lacks them."""
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Gaps:
    """The rows that each of two pictures lacks, from top to bottom."""

    approved: tuple[Gap, ...] = ()
    captured: tuple[Gap, ...] = ()


def diff_markers(comparison: Comparison | None) -> tuple[DiffMarker, ...]:
    """What differs, numbered."""
    if comparison is None:
        return ()
    found = sorted(_all_markers(comparison), key=lambda mark: (mark.box.y, mark.box.x))[:MOST_MARKERS]
    return tuple(
        DiffMarker(number=number, box=mark.box, change=mark.change, band=mark.band)
        for number, mark in enumerate(found, start=1)
    )


def gaps_of(comparison: Comparison | None) -> Gaps:
    """Where rows are missing; only those that reach across the picture push apart what follows."""
    if comparison is None or comparison.candidate_size is None:
        return Gaps()
    bands = [band for band in comparison.bands if band.width in (0, comparison.candidate_size[0])]
    return Gaps(approved=_gaps(bands, BandKind.INSERTED), captured=_gaps(bands, BandKind.REMOVED))


def _gaps(bands: Sequence[Band], kind: BandKind) -> tuple[Gap, ...]:
    gaps = [Gap(row=band.at, height=band.height) for band in bands if band.kind is kind]
    return tuple(sorted(gaps, key=lambda gap: gap.row))


def _in_picture(change: ElementChange, comparison: Comparison) -> bool:
    """Can any of it be seen? What is further down than the picture cannot be looked at."""
    if change.box is None or not change.box.area:
        return False
    gone = change.kind is ChangeKind.REMOVED
    size = (comparison.baseline_size if gone else None) or comparison.candidate_size
    return size is None or bool(change.box.overlap(Box(x=0, y=0, width=size[0], height=size[1])))


def _all_markers(comparison: Comparison) -> Iterator[DiffMarker]:
    changes = [change for change in comparison.elements if _in_picture(change, comparison)]
    for change in changes:
        assert change.box is not None, "only those were taken"
        yield DiffMarker(number=0, box=change.box, change=change)
    for band in comparison.bands:
        yield DiffMarker(number=0, box=band.in_candidate, band=band)
    size = comparison.candidate_size or (0, 0)
    told = [change.box for change in changes if change.box is not None and change.kind is not ChangeKind.MOVED]
    for region in comparison.regions:
        everywhere = changes and region.box.area > MOST_OF_PAGE * size[0] * size[1]
        if not everywhere and not any(region.box.overlap(box) >= MARKED_CHANGES * region.box.area for box in told):
            yield DiffMarker(number=0, box=region.box)
