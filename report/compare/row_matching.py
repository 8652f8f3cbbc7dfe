"""Rows of two pictures, matched as a patience diff matches lines of text.

Rows that occur once in both pictures are anchors, the longest chain of them that keeps its order holds, and equal rows
grow from it in both directions (Bram Cohen, https://bramcohen.livejournal.com/73318.html).
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
"""Rows looked at together."""
LEAST_GAIN = 8
"""A shift must make this many more rows meet that show something, or rows stay where they are."""
MOST_PAIRS = 400_000
"""Row pairs up to which rows that occur more than once are matched too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """The rows of a part of a picture, as they are matched."""

    ids: NDArray[np.int64]
    """Equal rows have equal numbers."""
    has_content: Flags
    """Rows of more than one colour."""

    def __getitem__(self, places: slice) -> Self:
        return replace(self, ids=self.ids[places], has_content=self.has_content[places])


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """Equal rows that correspond: the first one's place in each part, and how many."""

    one: int
    other: int
    length: int


def rows_of(picture: Picture, rows: range, left: int, right: int) -> Rows:
    """Number the rows of a part of a picture, by their CRC-32 and Adler-32 together."""
    whole = left == 0 and right == picture.width
    ids = np.empty(len(rows), dtype=np.int64)
    telling = np.empty(len(rows), dtype=np.bool_)
    for start in range(0, len(rows), CHUNK):
        first, last = rows.start + start, min(rows.start + start + CHUNK, rows.stop)
        if whole and picture.samples:
            part = picture.rows[first:last]
            telling[start : start + len(part)] = part[:, 1 + picture.samples :].any(axis=1)
        else:
            pixels = picture.pixels(first, last)[:, left:right]
            flat = np.ascontiguousarray(pixels).reshape(len(pixels), -1)
            telling[start : start + len(pixels)] = (flat[:, 3:] != flat[:, :-3]).any(axis=1)
            part = flat
        ids[start : start + len(part)] = [deflate.crc32(row) << 31 ^ deflate.adler32(row) for row in part]
    return Rows(ids=ids, has_content=telling)


def common_start(one: NDArray[np.uint8], other: NDArray[np.uint8], most: int) -> int:
    """Length of the equal start of two pictures' rows (height × bytes), ``most`` at the most."""
    for start in range(0, most, CHUNK):
        end = min(start + CHUNK, most)
        same = (one[start:end] == other[start:end]).all(axis=1)
        if not same.all():
            return start + int(np.argmin(same))
    return most


def matching_runs(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[Run]:
    """Runs of equal rows, in the order of both."""
    runs: list[Run] = []
    work = [(0, len(one), 0, len(other))]
    while work:
        a, a_end, b, b_end = work.pop()
        start = _equal(one[a:a_end], other[b:b_end])
        runs.append(Run(one=a, other=b, length=start))
        a, b = a + start, b + start
        end = _equal(one[a:a_end][::-1], other[b:b_end][::-1])
        a_end, b_end = a_end - end, b_end - end
        runs.append(Run(one=a_end, other=b_end, length=end))
        found = _anchors(one[a:a_end], other[b:b_end]) or _blocks(one[a:a_end], other[b:b_end])
        held = _joined([Run(one=a + first, other=b + second, length=1) for first, second in found])
        runs += held
        if held:
            edges = [Run(one=a, other=b, length=0), *held, Run(one=a_end, other=b_end, length=0)]
            work += [
                (left.one + left.length, right.one, left.other + left.length, right.other)
                for left, right in pairwise(edges)
                if right.one > left.one + left.length and right.other > left.other + left.length
            ]
    return _joined(sorted((run for run in runs if run.length), key=lambda run: run.one))


def runs_in_place(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[Run]:
    """Equal rows when nothing is shifted."""
    shared = min(len(one), len(other))
    equal = one[:shared] == other[:shared]
    return [Run(one=first, other=first, length=last - first) for first, last in groups(equal, 1)]


def count_content_rows(runs: Sequence[Run], rows: Rows) -> int:
    """How many rows of these runs show something."""
    return sum(int(rows.has_content[run.one : run.one + run.length].sum()) for run in runs)


def content_runs(runs: Sequence[Run], one: Rows, other: Rows) -> list[Run]:
    """Runs that show something, and blank ones that go with them.

    Blank rows are equal anywhere: between a heading that moved and one that did not, they prove nothing. Nor
    does a short run that is shifted while all before and after it agree.
    """
    kept = [run for run in runs if one.has_content[run.one : run.one + run.length].any()]
    ends = (0, len(other.ids) - len(one.ids))
    shifts = [ends[0], *(run.other - run.one for run in kept), ends[1]]
    steady = [
        run
        for run, before, shift, after in zip(kept, shifts, shifts[1:], shifts[2:], strict=False)
        if abs(before - after) > ROUNDING_PX
        or abs(shift - before) <= ROUNDING_PX
        or count_content_rows([run], one) >= LEAST_GAIN
    ]
    known = {run.other - run.one for run in steady}
    return [run for run in runs if run.other - run.one in known]


def groups(flags: Flags, gutter: int) -> list[tuple[int, int]]:
    """Runs of true flags as (first, past the last); those nearer than ``gutter`` are one."""
    places = np.flatnonzero(flags)
    if not len(places):
        return []
    breaks = np.flatnonzero(np.diff(places) > gutter)
    firsts = np.concatenate(([places[0]], places[breaks + 1]))
    lasts = np.concatenate((places[breaks], [places[-1]])) + 1
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def _joined(runs: Sequence[Run]) -> list[Run]:
    """The same runs, those that go on from one to the next made one."""
    joined: list[Run] = []
    for run in runs:
        last = joined[-1] if joined else None
        if last is not None and (last.one + last.length, last.other + last.length) == (run.one, run.other):
            joined[-1] = replace(last, length=last.length + run.length)
        else:
            joined.append(run)
    return joined


def _equal(one: NDArray[np.int64], other: NDArray[np.int64]) -> int:
    """Length of the equal start."""
    most = min(len(one), len(other))
    differs = np.flatnonzero(one[:most] != other[:most])
    return int(differs[0]) if len(differs) else most


def _anchors(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[tuple[int, int]]:
    """The longest chain of rows that occur once in both and keep their order, as places in each."""
    ids = np.intersect1d(_once(one), _once(other), assume_unique=True).tolist()
    if not ids:
        return []
    where_one = {row: place for place, row in enumerate(one.tolist())}
    where_other = {row: place for place, row in enumerate(other.tolist())}
    pairs = sorted((where_one[row], where_other[row]) for row in ids)
    return _rising(pairs)


def _once(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    values, counts = np.unique(ids, return_counts=True)
    once: NDArray[np.int64] = values[counts == 1]
    return once


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest subsequence whose second places rise (patience sorting)."""
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


def _blocks(one: NDArray[np.int64], other: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Where no row is an anchor: the longest blocks of equal rows, in parts small enough to look for them."""
    if not 0 < len(one) * len(other) <= MOST_PAIRS or not np.isin(one, other).any():
        return []
    matcher = SequenceMatcher(None, one.tolist(), other.tolist(), autojunk=False)
    longest = matcher.find_longest_match()
    return [(longest.a, longest.b)] if longest.size else []
