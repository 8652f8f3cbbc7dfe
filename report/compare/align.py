"""Align two screenshots: find which part of the candidate corresponds to which part of the baseline.

Without alignment, a banner inserted at the top would make every pixel below it differ. Rows are matched first
(see ``row_matching``); a shift is accepted only when it matches clearly more rows than no shift. Where only some
columns of a part differ, these columns are aligned separately: a side box may grow beside a text that stays in place.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.png import ROUNDING, ROUNDING_PX, Flags, Picture
from report.compare.row_matching import (
    CHUNK,
    LEAST_GAIN,
    EqualRows,
    Rows,
    common_start,
    count_content_rows,
    match_rows,
    match_rows_in_place,
    reliable_matches,
    rows_of,
    true_spans,
)

GUTTER_PX = 12
"""Width (px) of equal columns that separates two groups of differing columns: more than a space, less than a gutter."""
NARROW_SHARE = 0.9
"""A part is split by columns if its differing columns make up less than this share of its width."""
SPLIT_HEIGHTS = (None, 40, 16)
"""Height (px) of equal rows that splits a part in two, at each depth of recursion; None: never split."""
PROFILE_COLUMNS = 16
"""Number of column groups in the brightness profile of a row."""
SAME_BAND_SHARE = 0.8
"""Share of a band's rows that must be found in another band for the band to have moved there."""


class BandKind(StrEnum):
    """Change of a band of rows."""

    INSERTED = "inserted"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Rows (or some columns of them) that only one of the two pictures has at this place; px."""

    kind: BandKind
    y: int
    """First row in the picture that has the band; for a moved band, in the candidate."""
    at: int
    """Row of the other picture at which the band is missing; for a moved band, its first row in the baseline."""
    height: int
    x: int = 0
    width: int = 0
    inside: str | None = None
    """Accessible name of the element that contains the band, if known."""

    @property
    def in_candidate(self) -> Box:
        """Place of the band in the candidate; for a removed band, a 2 px high line where it was."""
        if self.kind is BandKind.REMOVED:
            return Box(x=self.x, y=self.at - 1, width=self.width, height=2)
        return Box(x=self.x, y=self.y, width=self.width, height=self.height)


@dataclass(frozen=True, kw_only=True, slots=True)
class AlignedBlock:
    """Rectangles of the same size in both pictures that correspond pixel by pixel; px."""

    baseline_y: int
    """First row in the baseline."""
    candidate_y: int
    """First row in the candidate."""
    height: int
    left: int
    right: int
    """Past the last column."""
    equal: bool
    """All pixels are equal."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alignment:
    """Blocks that correspond in two pictures, and bands that only one of them has."""

    blocks: tuple[AlignedBlock, ...] = ()
    bands: tuple[Band, ...] = ()

    def to_candidate(self, box: Box) -> Box:
        """Return where a box of the baseline is in the candidate if it only moved along with its surroundings."""
        return _shifted(box, [(block.baseline_y, block.candidate_y, block) for block in self.blocks])

    def to_baseline(self, box: Box) -> Box:
        """Return where a box of the candidate was in the baseline: the inverse of ``to_candidate``."""
        return _shifted(box, [(block.candidate_y, block.baseline_y, block) for block in self.blocks])


def _shifted(box: Box, moves: Sequence[tuple[int, int, AlignedBlock]]) -> Box:
    """Shift a box like the block that contains its centre, or else the nearest block above.

    Args:
        moves: (y before, y after, block) of each block.
    """
    middle = box.y + box.height / 2
    above = [move for move in moves if move[2].left <= box.x < move[2].right and move[0] <= middle]
    nearest = max(above, key=lambda move: move[0], default=None)
    return box if nearest is None else replace(box, y=box.y + nearest[1] - nearest[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rectangle:
    """Rows of the baseline and rows of the candidate, within the same columns."""

    baseline: range
    candidate: range
    left: int
    right: int

    @property
    def shared_height(self) -> int:
        """Number of rows that both pictures have here."""
        return min(len(self.baseline), len(self.candidate))


def align(baseline: Picture, candidate: Picture) -> Alignment:
    """Align two pictures of equal width and encoding (see ``png.comparable``)."""
    top, bottom = _common_ends(baseline, candidate)
    baseline_end, candidate_end = baseline.height - bottom, candidate.height - bottom
    ends = [
        AlignedBlock(baseline_y=0, candidate_y=0, height=top, left=0, right=baseline.width, equal=True),
        AlignedBlock(
            baseline_y=baseline_end, candidate_y=candidate_end, height=bottom, left=0, right=baseline.width, equal=True
        ),
    ]
    part = _Rectangle(
        baseline=range(top, baseline_end), candidate=range(top, candidate_end), left=0, right=baseline.width
    )
    differs = baseline_end > top or candidate_end > top
    found = list(_Aligner(baseline, candidate, part).align(part, 0)) if differs else []
    blockes = [block for block in (*ends, *found) if isinstance(block, AlignedBlock) and block.height]
    bands = [band for band in found if isinstance(band, Band)]
    if baseline.height == candidate.height:
        bands = _without_clipped(bands, baseline, candidate)
    return Alignment(
        blocks=tuple(sorted(blockes, key=lambda block: (block.candidate_y, block.left))),
        bands=tuple(sorted(bands, key=lambda band: band.y)),
    )


def _without_clipped(bands: Sequence[Band], baseline: Picture, candidate: Picture) -> list[Band]:
    """Drop blank bands that were only pushed out of a viewport of fixed height by bands inserted above."""
    kept = []
    for band in bands:
        picture = baseline if band.kind is BandKind.REMOVED else candidate
        below = rows_of(picture, range(band.y + band.height, picture.height), band.x, band.x + band.width)
        grown = sum(other.height for other in bands if other.kind is not band.kind and other.y < band.y)
        if below.has_content.any() or grown < band.height - ROUNDING_PX:
            kept.append(band)
    return kept


class _Aligner:
    """Align two pictures recursively: by rows, then by columns, then by smaller parts."""

    def __init__(self, baseline: Picture, candidate: Picture, part: _Rectangle) -> None:
        self._baseline = baseline
        self._candidate = candidate
        self._part = part
        self._baseline_rows = rows_of(baseline, part.baseline, part.left, part.right)
        self._candidate_rows = rows_of(candidate, part.candidate, part.left, part.right)

    def _rows(self, part: _Rectangle) -> tuple[Rows, Rows]:
        """Return a part's rows in both pictures; rows of the full width are hashed only once."""
        if (part.left, part.right) != (self._part.left, self._part.right):
            return (
                rows_of(self._baseline, part.baseline, part.left, part.right),
                rows_of(self._candidate, part.candidate, part.left, part.right),
            )
        one, other = self._part.baseline.start, self._part.candidate.start
        return (
            self._baseline_rows[part.baseline.start - one : part.baseline.stop - one],
            self._candidate_rows[part.candidate.start - other : part.candidate.stop - other],
        )

    def align(self, part: _Rectangle, depth: int) -> Iterator[AlignedBlock | Band]:
        """Match the rows of a part, then align what lies between the matches."""
        one, other = self._rows(part)
        matches = reliable_matches(match_rows(one.ids, other.ids), one, other)
        shifted = any(abs(equal_rows.candidate - equal_rows.baseline) > ROUNDING_PX for equal_rows in matches)
        if (
            not shifted
            or count_content_rows(matches, one)
            < count_content_rows(match_rows_in_place(one.ids, other.ids), one) + LEAST_GAIN
        ):
            yield from self._align_in_place(part, depth)
            return
        bands: list[Band] = []
        for gap, equal_rows in _gaps(matches, part):
            for found in self._align_in_place(gap, depth) if gap.shared_height else _rest(gap, 0):
                bands.append(found) if isinstance(found, Band) else (yield found)
            if equal_rows.length:
                yield _block(part, equal_rows)
        yield from self._join_moved([band for band in bands if self._is_significant(band)])

    def _align_in_place(self, part: _Rectangle, depth: int) -> Iterator[AlignedBlock | Band]:
        """Align a part whose rows correspond one to one: by columns, by smaller groups of rows, or as one block.

        If one picture has more rows, the surplus is cut where the remaining rows fit best.
        """
        offset = self._offset(part)
        yield from (band for band in _rest(part, offset) if self._is_significant(band))
        first, second = (0, offset) if len(part.baseline) < len(part.candidate) else (offset, 0)
        shared = part.shared_height
        part = replace(
            part, baseline=part.baseline[first : first + shared], candidate=part.candidate[second : second + shared]
        )
        if depth < len(SPLIT_HEIGHTS):
            spans = self._differing_columns(part)
            if sum(right - left for left, right in spans) < NARROW_SHARE * (part.right - part.left):
                yield from self._align_columns(part, spans, depth)
                return
        one, other = self._rows(part)
        cut = SPLIT_HEIGHTS[depth] if depth < len(SPLIT_HEIGHTS) else 1
        for start, end, same in _stretches(one.ids == other.ids, cut):
            stretch = replace(part, baseline=part.baseline[start:end], candidate=part.candidate[start:end])
            if same or depth >= len(SPLIT_HEIGHTS):
                yield _block(stretch, EqualRows(baseline=0, candidate=0, length=end - start), equal=same)
            else:
                yield from self._align_in_place(stretch, depth + 1)

    def _offset(self, part: _Rectangle) -> int:
        """Return the row of the longer side at which the shorter side fits best, by brightness profile."""
        if len(part.baseline) == len(part.candidate):
            return 0
        short, long = sorted(
            (
                _profile(self._baseline, part.baseline, part.left, part.right),
                _profile(self._candidate, part.candidate, part.left, part.right),
            ),
            key=len,
        )
        spare = len(long) - len(short)
        costs = [float(np.abs(long[offset : offset + len(short)] - short).sum()) for offset in range(spare + 1)]
        return int(np.argmin(costs))

    def _align_columns(
        self, part: _Rectangle, spans: Sequence[tuple[int, int]], depth: int
    ) -> Iterator[AlignedBlock | Band]:
        """Align each span of differing columns by itself; what lies between them corresponds as it is."""
        at = part.left
        for left, right in spans:
            yield _block(
                replace(part, left=at, right=left), EqualRows(baseline=0, candidate=0, length=part.shared_height)
            )
            yield from self.align(replace(part, left=left, right=right), depth + 1)
            at = right
        yield _block(replace(part, left=at), EqualRows(baseline=0, candidate=0, length=part.shared_height))

    def _differing_columns(self, part: _Rectangle) -> list[tuple[int, int]]:
        """Return spans of columns, as (left, right), in which any row of the part differs."""
        differs = np.zeros(part.right - part.left, dtype=np.bool_)
        for start in range(0, part.shared_height, CHUNK):
            rows = min(CHUNK, part.shared_height - start)
            one = self._baseline.pixels(part.baseline.start + start, part.baseline.start + start + rows)
            other = self._candidate.pixels(part.candidate.start + start, part.candidate.start + start + rows)
            columns = slice(part.left, part.right)
            differs |= (one[:, columns] != other[:, columns]).any(axis=0).any(axis=1)
            if _covered(differs) >= NARROW_SHARE:
                return [(part.left, part.right)]
        return [(part.left + left, part.left + right) for left, right in true_spans(differs, GUTTER_PX)]

    def _is_significant(self, band: Band) -> bool:
        """Whether a band is more than a rounding error: a page scaled by a fraction may gain or lose blank rows."""
        if band.height <= ROUNDING_PX:
            return False
        picture = self._baseline if band.kind is BandKind.REMOVED else self._candidate
        if band.height > ROUNDING * picture.height:
            return True
        rows = rows_of(picture, range(band.y, band.y + band.height), band.x, band.x + band.width)
        return bool(rows.has_content.any())

    def _join_moved(self, bands: Sequence[Band]) -> Iterator[Band]:
        """Join a removed and an inserted band with the same rows into one moved band."""
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
        """Whether two bands show mostly the same rows, blank ones left out."""
        one = rows_of(self._baseline, range(old.y, old.y + old.height), old.x, old.x + old.width)
        other = rows_of(self._candidate, range(new.y, new.y + new.height), new.x, new.x + new.width)
        before, after = set(one.ids[one.has_content].tolist()), set(other.ids[other.has_content].tolist())
        return bool(before) and len(before & after) >= SAME_BAND_SHARE * max(len(before), len(after))


def _common_ends(one: Picture, other: Picture) -> tuple[int, int]:
    """Return the number of equal rows at the top and at the bottom of two pictures; the two do not overlap."""
    shared = min(one.height, other.height)
    top = common_start(one.rows, other.rows, shared)
    bottom = common_start(one.rows[::-1], other.rows[::-1], shared - top)
    return top, bottom


def _gaps(matches: Sequence[EqualRows], part: _Rectangle) -> Iterator[tuple[_Rectangle, EqualRows]]:
    """Yield the gap before each group of equal rows, with the group; last, the gap at the end with an empty group."""
    a, b = 0, 0
    for equal_rows in (*matches, EqualRows(baseline=len(part.baseline), candidate=len(part.candidate), length=0)):
        yield (
            replace(
                part,
                baseline=part.baseline[a : equal_rows.baseline],
                candidate=part.candidate[b : equal_rows.candidate],
            ),
            equal_rows,
        )
        a, b = equal_rows.baseline + equal_rows.length, equal_rows.candidate + equal_rows.length


def _rest(part: _Rectangle, offset: int) -> Iterator[Band]:
    """Yield the rows that only the longer side has, if the shorter side starts at its row ``offset``."""
    removed = len(part.baseline) > len(part.candidate)
    kind, (long, short) = (
        (BandKind.REMOVED, (part.baseline, part.candidate))
        if removed
        else (BandKind.INSERTED, (part.candidate, part.baseline))
    )
    for first, last, at in ((0, offset, short.start), (offset + part.shared_height, len(long), short.stop)):
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
    """Return the mean brightness of each row in each of PROFILE_COLUMNS column groups: rows × groups."""
    edges = np.linspace(left, right, PROFILE_COLUMNS + 1).astype(int)
    profile = np.empty((len(rows), PROFILE_COLUMNS), dtype=np.float32)
    for start in range(0, len(rows), CHUNK):
        pixels = picture.pixels(rows.start + start, min(rows.start + start + CHUNK, rows.stop))
        bright = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
        for number, (first, last) in enumerate(pairwise(edges.tolist())):
            group = bright[:, first : max(last, first + 1)]
            mean = cv2.reduce(group, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
            profile[start : start + len(pixels), number] = mean[:, 0]
    return profile


def _block(part: _Rectangle, equal_rows: EqualRows, *, equal: bool = True) -> AlignedBlock:
    return AlignedBlock(
        baseline_y=part.baseline.start + equal_rows.baseline,
        candidate_y=part.candidate.start + equal_rows.candidate,
        height=equal_rows.length,
        left=part.left,
        right=part.right,
        equal=equal,
    )


def _covered(flags: Flags) -> float:
    """Return the share of the columns that lie in spans of true flags."""
    return sum(right - left for left, right in true_spans(flags, GUTTER_PX)) / len(flags)


def _stretches(equal: Flags, cut: int | None) -> Iterator[tuple[int, int, bool]]:
    """Split rows into spans (first, past the last, all equal); fewer than ``cut`` equal rows do not split."""
    at = 0
    differing = [(0, len(equal))] if cut is None and not equal.all() else true_spans(~equal, cut or 1)
    for first, last in differing:
        if first > at:
            yield at, first, True
        yield first, last, False
        at = last
    if at < len(equal):
        yield at, len(equal), True
