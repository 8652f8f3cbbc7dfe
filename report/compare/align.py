"""Which part of one picture is which part of the other: an inserted banner is one insertion, not a changed page.

Rows are matched first (see ``rows``). Where they are not better matched by a shift they stay in place; if only some of
their columns differ, these are matched by themselves, so that a side box may grow beside a text that stays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.png import ROUNDING, ROUNDING_PX, Flags, Picture
from report.compare.row_matching import (
    CHUNK,
    LEAST_GAIN,
    Rows,
    Run,
    common_start,
    content_runs,
    count_content_rows,
    groups,
    matching_runs,
    rows_of,
    runs_in_place,
)

GUTTER_PX = 12
"""Equal columns that part groups of differing columns: wider than a space, narrower than a page's gutters."""
NARROWER = 0.9
"""Share of its columns under which a part is taken apart by columns."""
CUTS_PX = (None, 40, 16)
"""Equal rows that part one stretch of differing rows from the next, at each depth: None, none do."""
PROFILE = 16
"""Groups of columns whose brightness tells rows apart."""
SAME_BAND = 0.8
"""Share of the rows of a band that must be found elsewhere for it to have moved there."""


class BandKind(StrEnum):
    """What happened to a band of rows."""

    INSERTED = "inserted"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Rows, or a part of them, that only one of the pictures has at this place."""

    kind: BandKind
    y: int
    """First row, px, in the picture that has it; of a moved band, in tonight's."""
    at: int
    """Row of the other picture before which it would stand; of a moved band, where it was."""
    height: int
    x: int = 0
    width: int = 0
    inside: str | None = None
    """Name of what holds it, when that is known."""

    @property
    def in_candidate(self) -> Box:
        """Where it is in tonight's picture, or where it was taken out."""
        if self.kind is BandKind.REMOVED:
            return Box(x=self.x, y=self.at - 1, width=self.width, height=2)
        return Box(x=self.x, y=self.y, width=self.width, height=self.height)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedBlock:
    """Parts of both pictures that correspond, pixel to pixel."""

    approved: int
    """First row in the approved picture, px."""
    captured: int
    height: int
    left: int
    right: int
    equal: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Alignment:
    """How two pictures correspond."""

    blocks: tuple[AlignedBlock, ...] = ()
    bands: tuple[Band, ...] = ()

    def to_candidate(self, box: Box) -> Box:
        """Where a box of the approved picture would be in the captured one, if it moved only with all around it."""
        return _along(box, [(patch.approved, patch.captured, patch) for patch in self.blocks])

    def to_baseline(self, box: Box) -> Box:
        """Where a box of the captured picture would be in the approved one: the reverse of ``carried``."""
        return _along(box, [(patch.captured, patch.approved, patch) for patch in self.blocks])


def _along(box: Box, moves: Sequence[tuple[int, int, AlignedBlock]]) -> Box:
    """A box moved as the patch that holds its middle, or the nearest above it: from a row, to a row."""
    middle = box.y + box.height / 2
    over = [move for move in moves if move[2].left <= box.x < move[2].right and move[0] <= middle]
    moved = max(over, key=lambda move: move[0], default=None)
    return box if moved is None else replace(box, y=box.y + moved[1] - moved[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rectangle:
    """A rectangle of each picture, of the same columns."""

    one: range
    other: range
    left: int
    right: int

    @property
    def shared(self) -> int:
        """Rows that correspond when the parts are laid on each other by their upper edges."""
        return min(len(self.one), len(self.other))


def align(approved: Picture, captured: Picture) -> Alignment:
    """Align two pictures of equal width and kind (see ``picture.alike``)."""
    top, bottom = _common_ends(approved, captured)
    one, other = approved.height - bottom, captured.height - bottom
    ends = [
        AlignedBlock(approved=0, captured=0, height=top, left=0, right=approved.width, equal=True),
        AlignedBlock(approved=one, captured=other, height=bottom, left=0, right=approved.width, equal=True),
    ]
    part = _Rectangle(one=range(top, one), other=range(top, other), left=0, right=approved.width)
    found = list(_Aligner(approved, captured, part).aligned(part, 0)) if one > top or other > top else []
    patches = [patch for patch in (*ends, *found) if isinstance(patch, AlignedBlock) and patch.height]
    bands = [band for band in found if isinstance(band, Band)]
    if approved.height == captured.height:
        bands = _in_view(bands, approved, captured)
    return Alignment(
        blocks=tuple(sorted(patches, key=lambda patch: (patch.captured, patch.left))),
        bands=tuple(sorted(bands, key=lambda band: band.y)),
    )


def _in_view(bands: Sequence[Band], approved: Picture, captured: Picture) -> list[Band]:
    """Bands of two pictures of one height, less what only left the view at the bottom because something grew above."""
    kept = []
    for band in bands:
        picture = approved if band.kind is BandKind.REMOVED else captured
        below = rows_of(picture, range(band.y + band.height, picture.height), band.x, band.x + band.width)
        grown = sum(other.height for other in bands if other.kind is not band.kind and other.y < band.y)
        if below.has_content.any() or grown < band.height - ROUNDING_PX:
            kept.append(band)
    return kept


class _Aligner:
    """Takes two pictures apart into what corresponds."""

    def __init__(self, approved: Picture, captured: Picture, part: _Rectangle) -> None:
        self._approved = approved
        self._captured = captured
        self._part = part
        self._ones = rows_of(approved, part.one, part.left, part.right)
        self._others = rows_of(captured, part.other, part.left, part.right)

    def _rows(self, part: _Rectangle) -> tuple[Rows, Rows]:
        """The rows of a part in both pictures; those of the whole width are numbered once."""
        if (part.left, part.right) != (self._part.left, self._part.right):
            return (
                rows_of(self._approved, part.one, part.left, part.right),
                rows_of(self._captured, part.other, part.left, part.right),
            )
        one, other = self._part.one.start, self._part.other.start
        return (
            self._ones[part.one.start - one : part.one.stop - one],
            self._others[part.other.start - other : part.other.stop - other],
        )

    def aligned(self, part: _Rectangle, depth: int) -> Iterator[AlignedBlock | Band]:
        """Match the rows of a part; what is left between matches is looked into."""
        one, other = self._rows(part)
        runs = content_runs(matching_runs(one.ids, other.ids), one, other)
        shifted = any(abs(run.other - run.one) > ROUNDING_PX for run in runs)
        if (
            not shifted
            or count_content_rows(runs, one) < count_content_rows(runs_in_place(one.ids, other.ids), one) + LEAST_GAIN
        ):
            yield from self._laid(part, depth)
            return
        bands: list[Band] = []
        for gap, run in _gaps(runs, part):
            for found in self._laid(gap, depth) if gap.shared else _rest(gap, 0):
                bands.append(found) if isinstance(found, Band) else (yield found)
            if run.length:
                yield _block(part, run)
        yield from self._moved([band for band in bands if self._worth_telling(band)])

    def _laid(self, part: _Rectangle, depth: int) -> Iterator[AlignedBlock | Band]:
        """A part whose rows correspond one to one: by columns, by stretches of rows, or as it is.

        Where one picture has more rows, they are taken from where the rest fits best.
        """
        offset = self._offset(part)
        yield from (band for band in _rest(part, offset) if self._worth_telling(band))
        first, second = (0, offset) if len(part.one) < len(part.other) else (offset, 0)
        shared = part.shared
        part = replace(part, one=part.one[first : first + shared], other=part.other[second : second + shared])
        if depth < len(CUTS_PX):
            groups = self._differing_columns(part)
            if sum(right - left for left, right in groups) < NARROWER * (part.right - part.left):
                yield from self._by_columns(part, groups, depth)
                return
        one, other = self._rows(part)
        cut = CUTS_PX[depth] if depth < len(CUTS_PX) else 1
        for start, end, same in _stretches(one.ids == other.ids, cut):
            stretch = replace(part, one=part.one[start:end], other=part.other[start:end])
            if same or depth >= len(CUTS_PX):
                yield _block(stretch, Run(one=0, other=0, length=end - start), equal=same)
            else:
                yield from self._laid(stretch, depth + 1)

    def _offset(self, part: _Rectangle) -> int:
        """Row of the longer side of a part at which the shorter one fits best, by the brightness of their rows."""
        if len(part.one) == len(part.other):
            return 0
        short, long = sorted(
            (
                _profile(self._approved, part.one, part.left, part.right),
                _profile(self._captured, part.other, part.left, part.right),
            ),
            key=len,
        )
        spare = len(long) - len(short)
        costs = [float(np.abs(long[offset : offset + len(short)] - short).sum()) for offset in range(spare + 1)]
        return int(np.argmin(costs))

    def _by_columns(
        self, part: _Rectangle, groups: Sequence[tuple[int, int]], depth: int
    ) -> Iterator[AlignedBlock | Band]:
        at = part.left
        for left, right in groups:
            yield _block(replace(part, left=at, right=left), Run(one=0, other=0, length=part.shared))
            yield from self.aligned(replace(part, left=left, right=right), depth + 1)
            at = right
        yield _block(replace(part, left=at), Run(one=0, other=0, length=part.shared))

    def _differing_columns(self, part: _Rectangle) -> list[tuple[int, int]]:
        """Groups of columns that differ anywhere in the part, as (left, right)."""
        differs = np.zeros(part.right - part.left, dtype=np.bool_)
        for start in range(0, part.shared, CHUNK):
            rows = min(CHUNK, part.shared - start)
            one = self._approved.pixels(part.one.start + start, part.one.start + start + rows)
            other = self._captured.pixels(part.other.start + start, part.other.start + start + rows)
            columns = slice(part.left, part.right)
            differs |= (one[:, columns] != other[:, columns]).any(axis=0).any(axis=1)
            if _covered(differs) >= NARROWER:
                return [(part.left, part.right)]
        return [(part.left + left, part.left + right) for left, right in groups(differs, GUTTER_PX)]

    def _worth_telling(self, band: Band) -> bool:
        """More than a rounding, which empty rows may be when a page is scaled by a trifle."""
        if band.height <= ROUNDING_PX:
            return False
        picture = self._approved if band.kind is BandKind.REMOVED else self._captured
        if band.height > ROUNDING * picture.height:
            return True
        rows = rows_of(picture, range(band.y, band.y + band.height), band.x, band.x + band.width)
        return bool(rows.has_content.any())

    def _moved(self, bands: Sequence[Band]) -> Iterator[Band]:
        """A band that was taken out here and put in there has moved."""
        removed = [band for band in bands if band.kind is BandKind.REMOVED]
        for band in bands:
            if band.kind is BandKind.INSERTED:
                origin = next((old for old in removed if self._same_band(old, band)), None)
                if origin is not None:
                    removed.remove(origin)
                    yield replace(band, kind=BandKind.MOVED, at=origin.y)
                    continue
                yield band
        yield from removed

    def _same_band(self, old: Band, new: Band) -> bool:
        one = rows_of(self._approved, range(old.y, old.y + old.height), old.x, old.x + old.width)
        other = rows_of(self._captured, range(new.y, new.y + new.height), new.x, new.x + new.width)
        told, telling = set(one.ids[one.has_content].tolist()), set(other.ids[other.has_content].tolist())
        return bool(told) and len(told & telling) >= SAME_BAND * max(len(told), len(telling))


def _common_ends(one: Picture, other: Picture) -> tuple[int, int]:
    """Lengths of the equal start and of the equal end, in rows, that do not overlap."""
    most = min(one.height, other.height)
    top = common_start(one.rows, other.rows, most)
    bottom = common_start(one.rows[::-1], other.rows[::-1], most - top)
    return top, bottom


def _gaps(runs: Sequence[Run], part: _Rectangle) -> Iterator[tuple[_Rectangle, Run]]:
    """What lies before each run, with the run; at the end, what lies after the last."""
    a, b = 0, 0
    for run in (*runs, Run(one=len(part.one), other=len(part.other), length=0)):
        yield replace(part, one=part.one[a : run.one], other=part.other[b : run.other]), run
        a, b = run.one + run.length, run.other + run.length


def _rest(part: _Rectangle, offset: int) -> Iterator[Band]:
    """The rows that only the longer side of a part has, when the shorter one stands at its row ``offset``."""
    removed = len(part.one) > len(part.other)
    kind, (long, short) = (
        (BandKind.REMOVED, (part.one, part.other)) if removed else (BandKind.INSERTED, (part.other, part.one))
    )
    for first, last, at in ((0, offset, short.start), (offset + part.shared, len(long), short.stop)):
        if last > first:
            yield Band(
                kind=kind,
                y=long.start + first,
                at=at,
                height=last - first,
                x=part.left,
                width=part.right - part.left,
            )


def _profile(picture: Picture, rows: range, left: int, right: int) -> NDArray[np.float32]:
    """Mean brightness of each row of a part, in so many groups of columns."""
    edges = np.linspace(left, right, PROFILE + 1).astype(int)
    profile = np.empty((len(rows), PROFILE), dtype=np.float32)
    for start in range(0, len(rows), CHUNK):
        pixels = picture.pixels(rows.start + start, min(rows.start + start + CHUNK, rows.stop)).sum(axis=2)
        for number, (first, last) in enumerate(pairwise(edges.tolist())):
            profile[start : start + len(pixels), number] = pixels[:, first : max(last, first + 1)].mean(axis=1)
    return profile


def _block(part: _Rectangle, run: Run, *, equal: bool = True) -> AlignedBlock:
    return AlignedBlock(
        approved=part.one.start + run.one,
        captured=part.other.start + run.other,
        height=run.length,
        left=part.left,
        right=part.right,
        equal=equal,
    )


def _covered(flags: Flags) -> float:
    """Share of the flags that their groups cover."""
    return sum(right - left for left, right in groups(flags, GUTTER_PX)) / len(flags)


def _stretches(equal: Flags, cut: int | None) -> Iterator[tuple[int, int, bool]]:
    """Stretches of rows as (first, past the last, all equal); fewer than ``cut`` equal rows part nothing."""
    at = 0
    differing = [(0, len(equal))] if cut is None and not equal.all() else groups(~equal, cut or 1)
    for first, last in differing:
        if first > at:
            yield at, first, True
        yield first, last, False
        at = last
    if at < len(equal):
        yield at, len(equal), True
