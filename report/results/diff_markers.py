"""Differences of a page, numbered from top to bottom, for the report's list and its pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capture.geometry import Box
from report.compare.align import Band, BandKind
from report.compare.comparison import Comparison
from report.compare.elements import ChangeKind, ElementChange

MOST_MARKERS = 60
"""Most markers on a picture. A page with more differences is a different page, and its reasons say so."""
MOST_OF_PAGE = 0.5
"""Fraction of the picture from which a region only says that the whole page is different."""
MARKED_CHANGES = 0.5
"""Fraction of a region from which one changed element covers it, so that it gets no marker of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DiffMarker:
    """One difference of a page."""

    number: int
    box: Box
    """px of the candidate."""
    change: ElementChange | None = None
    band: Band | None = None

    @property
    def box_before(self) -> Box | None:
        """Box on the baseline, px; None: as in the candidate."""
        return self.change.box_before if self.change else None

    @property
    def shown_on(self) -> str:
        """The pictures that show it: ``approved``, ``captured`` or both."""
        if self.change is not None and self.change.kind is ChangeKind.ADDED:
            return "captured"
        return "approved" if self.change is not None and self.change.kind is ChangeKind.REMOVED else "approved captured"

    @property
    def element(self) -> str | None:
        """Accessible name by which the difference can be masked: that of an element of the baseline."""
        return self.change.before if self.change else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Gap:
    """Blank rows to insert into one picture, so that both pictures are aligned below them."""

    row: int
    """Row before which the blank rows go, px."""
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Gaps:
    """Blank rows to insert into each picture, from top to bottom."""

    approved: tuple[Gap, ...] = ()
    captured: tuple[Gap, ...] = ()


def diff_markers(comparison: Comparison | None) -> tuple[DiffMarker, ...]:
    """Return the differences, numbered from top to bottom; MOST_MARKERS at most."""
    if comparison is None:
        return ()
    found = sorted(_all_markers(comparison), key=lambda marker: (marker.box.y, marker.box.x))[:MOST_MARKERS]
    return tuple(
        DiffMarker(number=number, box=marker.box, change=marker.change, band=marker.band)
        for number, marker in enumerate(found, start=1)
    )


def gaps_of(comparison: Comparison | None) -> Gaps:
    """Return the blank rows that align both pictures; only bands as wide as the picture move what follows."""
    if comparison is None or comparison.candidate_size is None:
        return Gaps()
    bands = [band for band in comparison.bands if band.width in (0, comparison.candidate_size[0])]
    return Gaps(approved=_gaps(bands, BandKind.INSERTED), captured=_gaps(bands, BandKind.REMOVED))


def _gaps(bands: Sequence[Band], kind: BandKind) -> tuple[Gap, ...]:
    gaps = [Gap(row=band.at, height=band.height) for band in bands if band.kind is kind]
    return tuple(sorted(gaps, key=lambda gap: gap.row))


def _in_picture(change: ElementChange, comparison: Comparison) -> bool:
    """Tell whether part of a change is inside the picture."""
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
    marked = [change.box for change in changes if change.box is not None and change.kind is not ChangeKind.MOVED]
    for region in comparison.regions:
        everywhere = changes and region.box.area > MOST_OF_PAGE * size[0] * size[1]
        if not everywhere and not any(region.box.overlap(box) >= MARKED_CHANGES * region.box.area for box in marked):
            yield DiffMarker(number=0, box=region.box)
