"""Match the rows of two pictures with patience diff, as if they were lines of text.

Rows that occur exactly once in both pictures are candidates for anchors; the longest chain of anchors in the same
order is kept, and equal rows are added to it in both directions
(Bram Cohen, https://bramcohen.livejournal.com/73318.html).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Self

import deflate
import numpy as np
from numpy.typing import NDArray

from report.compare.png import ROUNDING_PX, Flags, Picture

CHUNK = 64
"""Number of rows processed at a time."""
LEAST_GAIN = 8
"""A shift is accepted if it matches at least this many more non-blank rows than no shift."""
MAX_PAIRS = 400_000
"""Largest number of row pairs for which rows that occur several times are matched too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """Hashed rows of a part of a picture."""

    ids: NDArray[np.int64]
    """One hash a row."""
    has_content: Flags
    """One flag a row: it has more than one colour."""

    def __getitem__(self, places: slice) -> Self:
        return replace(self, ids=self.ids[places], has_content=self.has_content[places])


@dataclass(frozen=True, kw_only=True, slots=True)
class EqualRows:
    """Consecutive rows that are equal in both pictures: the index of the first in each, and their number."""

    baseline: int
    candidate: int
    length: int


def rows_of(picture: Picture, rows: range, left: int, right: int) -> Rows:
    """Hash the rows of a part of a picture with CRC-32 and Adler-32 together (63 bits)."""
    whole = left == 0 and right == picture.width
    ids = np.empty(len(rows), dtype=np.int64)
    has_content = np.empty(len(rows), dtype=np.bool_)
    for start in range(0, len(rows), CHUNK):
        first, last = rows.start + start, min(rows.start + start + CHUNK, rows.stop)
        if whole and picture.samples:
            part = picture.rows[first:last]
            has_content[start : start + len(part)] = part[:, 1 + picture.samples :].any(axis=1)
        else:
            pixels = picture.pixels(first, last)[:, left:right]
            flat = np.ascontiguousarray(pixels).reshape(len(pixels), -1)
            has_content[start : start + len(pixels)] = (flat[:, 3:] != flat[:, :-3]).any(axis=1)
            part = flat
        ids[start : start + len(part)] = [deflate.crc32(row) << 31 ^ deflate.adler32(row) for row in part]
    return Rows(ids=ids, has_content=has_content)


def common_start(one: NDArray[np.uint8], other: NDArray[np.uint8], longest: int) -> int:
    """Return the number of equal rows at the start of two arrays of rows (height × bytes), at longest ``longest``."""
    for start in range(0, longest, CHUNK):
        end = min(start + CHUNK, longest)
        same = (one[start:end] == other[start:end]).all(axis=1)
        if not same.all():
            return start + int(np.argmin(same))
    return longest


def match_rows(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[EqualRows]:
    """Return true_spans of equal rows, in an order that both pictures share."""
    matches: list[EqualRows] = []
    work = [(0, len(one), 0, len(other))]
    while work:
        a, a_end, b, b_end = work.pop()
        start = _common_prefix(one[a:a_end], other[b:b_end])
        matches.append(EqualRows(baseline=a, candidate=b, length=start))
        a, b = a + start, b + start
        end = _common_prefix(one[a:a_end][::-1], other[b:b_end][::-1])
        a_end, b_end = a_end - end, b_end - end
        matches.append(EqualRows(baseline=a_end, candidate=b_end, length=end))
        found = _anchors(one[a:a_end], other[b:b_end]) or _longest_block(one[a:a_end], other[b:b_end])
        held = _join_adjacent(
            [EqualRows(baseline=a + first, candidate=b + second, length=1) for first, second in found]
        )
        matches += held
        if held:
            edges = [
                EqualRows(baseline=a, candidate=b, length=0),
                *held,
                EqualRows(baseline=a_end, candidate=b_end, length=0),
            ]
            work += [
                (left.baseline + left.length, right.baseline, left.candidate + left.length, right.candidate)
                for left, right in pairwise(edges)
                if right.baseline > left.baseline + left.length and right.candidate > left.candidate + left.length
            ]
    return _join_adjacent(sorted((run for run in matches if run.length), key=lambda run: run.baseline))


def match_rows_in_place(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[EqualRows]:
    """Return true_spans of rows that are equal without any shift."""
    shared = min(len(one), len(other))
    equal = one[:shared] == other[:shared]
    return [EqualRows(baseline=first, candidate=first, length=last - first) for first, last in true_spans(equal, 1)]


def count_content_rows(matches: Sequence[EqualRows], rows: Rows) -> int:
    """Return the number of non-blank rows in true_spans of equal rows."""
    return sum(int(rows.has_content[run.baseline : run.baseline + run.length].sum()) for run in matches)


def reliable_matches(matches: Sequence[EqualRows], one: Rows, other: Rows) -> list[EqualRows]:
    """Keep the matches that prove a shift.

    Blank rows match anywhere, so a blank group counts only if a group with content has the same shift. A short group
    with a shift of its own, between two true_spans that agree on another, is a coincidence.
    """
    kept = [run for run in matches if one.has_content[run.baseline : run.baseline + run.length].any()]
    ends = (0, len(other.ids) - len(one.ids))
    shifts = [ends[0], *(run.candidate - run.baseline for run in kept), ends[1]]
    reliable = [
        run
        for run, before, shift, after in zip(kept, shifts, shifts[1:], shifts[2:], strict=False)
        if abs(before - after) > ROUNDING_PX
        or abs(shift - before) <= ROUNDING_PX
        or count_content_rows([run], one) >= LEAST_GAIN
    ]
    known = {run.candidate - run.baseline for run in reliable}
    return [run for run in matches if run.candidate - run.baseline in known]


def true_spans(flags: Flags, gutter: int) -> list[tuple[int, int]]:
    """Return spans of true flags as (first, past the last); spans at most ``gutter`` apart are joined."""
    places = np.flatnonzero(flags)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > gutter)
    firsts = np.concatenate(([places[0]], places[breaks + 1]))
    lasts = np.concatenate((places[breaks], [places[-1]])) + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _join_adjacent(matches: Sequence[EqualRows]) -> list[EqualRows]:
    """Join true_spans that follow each other without a gap in both pictures."""
    joined: list[EqualRows] = []
    for run in matches:
        last = joined[-1] if joined else None
        if last is not None and (last.baseline + last.length, last.candidate + last.length) == (
            run.baseline,
            run.candidate,
        ):
            joined[-1] = replace(last, length=last.length + run.length)
        else:
            joined.append(run)
    return joined


def _common_prefix(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """Return the number of equal elements at the start of two arrays."""
    longest = min(len(one), len(other))
    differs = np.flatnonzero(one[:longest] != other[:longest])
    return int(differs[0]) if len(differs) else longest


def _anchors(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the longest chain of rows that occur once in both pictures in the same order, as pairs of indexes."""
    ids = np.intersect1d(_unique_ids(one), _unique_ids(other), assume_unique=True).tolist()
    if not ids:
        return []
    where_one = {row: place for place, row in enumerate(one.tolist())}
    where_other = {row: place for place, row in enumerate(other.tolist())}
    pairs = sorted((where_one[row], where_other[row]) for row in ids)
    return _longest_increasing(pairs)


def _unique_ids(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the hashes that occur exactly once."""
    values, counts = np.unique(ids, return_counts=True)
    once: NDArray[np.int64] = values[counts == 1]
    return once


def _longest_increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest subsequence with increasing second indexes, by patience sorting."""
    tails: list[int] = []
    heads: list[int] = []
    before: list[int] = []
    for index, (_, place) in enumerate(pairs):
        pile = bisect_left(tails, place)
        before.append(heads[pile - 1] if pile else -1)
        if pile == len(tails):
            tails.append(place)
            heads.append(index)
        else:
            tails[pile] = place
            heads[pile] = index
    chain: list[tuple[int, int]] = []
    index = heads[-1] if heads else -1
    while index >= 0:
        chain.append(pairs[index])
        index = before[index]
    return chain[::-1]


def _longest_block(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Return the start of the longest block of equal rows, for a part without anchors that is small enough."""
    if not 0 < len(one) * len(other) <= MAX_PAIRS or not np.isin(one, other).any():
        return []
    matcher = SequenceMatcher(None, one.tolist(), other.tolist(), autojunk=False)
    longest = matcher.find_longest_match()
    return [(longest.a, longest.b)] if longest.size else []
