"""Words that are the same, in the same order, a few px elsewhere: letter spacing adds up along a line.

Where a line has no more room for its last word, the word begins the next line.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.compare.levels import FLAT_LEVELS, STROKE_LEVELS, Place, strongest
from report.compare.png import Flags, Pixels
from report.compare.regions import Region, group_pixels
from report.compare.rendering_noise import REACH_PX, changed_alone

MOVE_PX = 4
"""Largest movement (px) of a word in its line."""
INDENT_PX = 8
"""Largest movement (px) of the beginning of a line: that of a word on a tinted ground of its own."""
GROWN_PX = 2
"""Largest difference (px) of a word's height."""
GROWN_SHARE = 0.04
"""Share of its width by which a word may also be wider."""
LINES_PX = 32
"""Distance (px) up or down within which what differs may be the same text: a line of large type."""
BESIDE_PX = 64
"""Distance (px) to both sides within which the rest of a word is looked for."""
ABOVE_PX = 32
"""Distance (px) up and down within which the lines beside are looked at too."""
GROUND_SHARE = 0.4
"""Least share of the colour on which words are drawn."""
SAMPLED_PX = 3
"""Distance (px) of the pixels among which that colour is looked for."""
FRAME_PX = 40
"""Least height of what is a side of a frame, not part of a letter."""
GAP_PX = 2
"""Widest gap (px) between two letters that are always compared together."""
SPACE_PX = 10
"""Widest gap (px) over which parts of words are joined where only one picture shows a gap."""
BLUR_PX = 1
"""Width (px) of the blurred edge of a letter."""
HALO_PX = 3
"""Distance (px) from a letter within which pixels are flagged with it."""
SLIM_PX = 2
"""Width (px) up to which what differs beside words is the side of their tinted ground, if it is no ink."""
LETTER_LIMIT = 0.15
"""Residual that counts as a change of a letter, as a fraction of the local contrast: others beside it may have moved by
a pixel, yet e must not pass for a."""
MOST_WORDS = 500
"""With more words than this, none is compared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Word:
    """A word of a picture."""

    line: int
    top: int
    bottom: int
    left: int
    right: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top

    def place(self, margin: int) -> Place:
        """Return its rows and columns, with some px around."""
        rows = slice(max(self.top - margin, 0), self.bottom + margin)
        return rows, slice(max(self.left - margin, 0), self.right + margin)

    def is_before(self, other: "_Word") -> bool:
        """Whether another one follows in the same line, at most a space away."""
        return self.line == other.line and other.left - self.right <= SPACE_PX

    def with_next(self, other: "_Word") -> "_Word":
        """Return this word and the next as one."""
        top, bottom = min(self.top, other.top), max(self.bottom, other.bottom)
        return replace(self, top=top, bottom=bottom, right=other.right)


def near_each_other(regions: Sequence[Region]) -> list[list[Region]]:
    """Group regions that may be parts of one text: those less than ``LINES_PX`` above each other."""
    groups: list[list[Region]] = []
    bottom = 0.0
    for region in sorted(regions, key=lambda one: one.box.y):
        if not groups or region.box.y > bottom + LINES_PX:
            groups.append([])
            bottom = 0.0
        groups[-1].append(region)
        bottom = max(bottom, region.box.bottom)
    return groups


def surrounding(regions: Sequence[Region]) -> Box:
    """Return the box of some regions with the rest of their words and lines, px; it may exceed the picture."""
    left, top = min(one.box.x for one in regions) - BESIDE_PX, min(one.box.y for one in regions) - ABOVE_PX
    right = max(one.box.right for one in regions) + BESIDE_PX
    bottom = max(one.box.bottom for one in regions) + ABOVE_PX
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def is_moved_words(one: Pixels, other: Pixels, place: Place, flags: Flags, elsewhere: Flags | None = None) -> bool:
    """Whether what differs is the same words in the same order, a few px elsewhere or broken into other lines.

    The words of the baseline are laid out as those of the candidate; with these, nothing may differ any more. What lies
    around is compared again, as words that moved are no reason to judge their neighbours by a lenient limit.

    Args:
        one: the regions in the baseline, with what surrounds them.
        other: the same part of the candidate.
        place: rows and columns of the regions, with the rest of their words and lines.
        flags: changed pixels of that place.
        elsewhere: where the part differs besides, which is judged by itself; None: nowhere.
    """
    old, new = one[place], other[place]
    old_ground, ground = _ground(old), _ground(new)
    if old_ground is None or ground is None or np.abs(old_ground - ground).max() > FLAT_LEVELS:
        return False
    before, after = _words(old, old_ground), _words(new, ground)
    pairs = _pairs(before, after) if max(len(before), len(after)) <= MOST_WORDS else []
    if not pairs or not (_is_in_place(pairs) or (_is_rewrapped(before, after) and _keep_their_spaces(pairs))):
        return False
    apart = group_pixels(_without_lines(_without_lines(flags, before), after))
    if any(min(region.box.width, region.box.height) > SLIM_PX for region in apart):
        return False
    whole = _whole_lines([*before, *after], len(new))
    if flags[: whole.start].any() or flags[whole.stop :].any():
        return False
    words = old.copy()
    words[whole] = _laid_out(old, new, pairs, ground)[whole]
    if changed_alone(words, new, limit=LETTER_LIMIT)[whole].any():
        return False
    laid_out = one.copy()
    laid_out[place] = words
    found = changed_alone(laid_out, other)
    if elsewhere is not None:
        found &= ~elsewhere
    return not group_pixels(_without_edges(found, place))


def _whole_lines(words: Sequence[_Word], height: int) -> slice:
    """Return the rows without the lines that reach the upper or lower edge of a part, which may cut through them."""
    top = max((word.bottom + BLUR_PX for word in words if word.top == 0), default=0)
    bottom = min((word.top - BLUR_PX for word in words if word.bottom == height), default=height)
    return slice(top, max(top, bottom))


def _without_edges(found: Flags, place: Place) -> Flags:
    """Return the flags of a part without those at its edges, which may cut through words, unless the place is there."""
    return found[_uncut(place[0], found.shape[0]), _uncut(place[1], found.shape[1])]


def _uncut(side: slice, length: int) -> slice:
    """Return a side without its ends, px; an end stays if the place in it reaches there."""
    return slice(REACH_PX if side.start > REACH_PX else 0, length - (REACH_PX if length - side.stop > REACH_PX else 0))


def _without_lines(flags: Flags, words: Sequence[_Word]) -> Flags:
    """Return the flags without those at words, over the whole height of their lines."""
    kept = flags.copy()
    for line in {word.line for word in words}:
        own = [word for word in words if word.line == line]
        top, bottom = min(word.top for word in own), max(word.bottom for word in own)
        for word in own:
            kept[replace(word, top=top, bottom=bottom).place(HALO_PX)] = False
    return kept


def _laid_out(one: Pixels, other: Pixels, pairs: Sequence[tuple[_Word, _Word]], ground: NDArray[np.int16]) -> Pixels:
    """Return the candidate with the words of the baseline in the places of its own."""
    sheet = other.copy()
    for _, new in pairs:
        sheet[new.place(BLUR_PX)] = ground
    for old, new in pairs:
        word, (rows, columns) = one[old.place(BLUR_PX)], new.place(BLUR_PX)
        place = sheet[rows.start :, columns.start :][: word.shape[0], : word.shape[1]]
        place[:] = word[: place.shape[0], : place.shape[1]]
    return sheet


def _is_in_place(pairs: Sequence[tuple[_Word, _Word]]) -> bool:
    return all(max(abs(old.left - new.left), abs(old.top - new.top)) <= MOVE_PX for old, new in pairs)


def _pairs(before: Sequence[_Word], after: Sequence[_Word]) -> list[tuple[_Word, _Word]]:
    """Return the words of both pictures in reading order; empty if they cannot be the same.

    Where only one picture shows a gap, the parts beside it are joined in the other.
    """
    pairs: list[tuple[_Word, _Word]] = []
    old, new = list(reversed(before)), list(reversed(after))
    while old and new:
        one, other = old.pop(), new.pop()
        while not _is_as_wide(one, other):
            rest, narrower = (old, one) if one.width < other.width else (new, other)
            if not rest or not narrower.is_before(rest[-1]):
                return []
            joined = narrower.with_next(rest.pop())
            one, other = (joined, other) if narrower is one else (one, joined)
        if abs(one.height - other.height) > GROWN_PX:
            return []
        pairs.append((one, other))
    return [] if old or new else pairs


def _is_as_wide(one: _Word, other: _Word) -> bool:
    return abs(one.width - other.width) <= GROWN_PX + GROWN_SHARE * max(one.width, other.width)


def _ground(picture: Pixels) -> NDArray[np.int16] | None:
    """Return the commonest colour of a picture; None if it is too rare to be the one on which words are drawn."""
    sampled = picture[::SAMPLED_PX, ::SAMPLED_PX].astype(np.int32)
    numbers, counts = np.unique(sampled @ (1 << 16, 1 << 8, 1), return_counts=True)
    commonest = np.frombuffer(int(numbers[counts.argmax()]).to_bytes(3), dtype=np.uint8)
    share = np.count_nonzero(strongest(cv2.absdiff(picture, np.broadcast_to(commonest, picture.shape))) == 0)
    return commonest.astype(np.int16) if share >= GROUND_SHARE * picture[..., 0].size else None


def _words(picture: Pixels, ground: NDArray[np.int16]) -> list[_Word]:
    """Return the words of a picture in reading order; the sides of frames are none."""
    inked = strongest(np.abs(picture.astype(np.int16) - ground)) > STROKE_LEVELS
    inked &= cv2.morphologyEx(inked.view(np.uint8), cv2.MORPH_OPEN, np.ones((FRAME_PX, 1), np.uint8)) == 0
    found: list[_Word] = []
    for number, (top, bottom) in enumerate(_spans(inked.any(axis=1), 0)):
        line = inked[top:bottom]
        for left, right in _spans(line.any(axis=0), GAP_PX):
            rows = np.flatnonzero(line[:, left:right].any(axis=1))
            first, last = top + int(rows[0]), top + int(rows[-1]) + 1
            found.append(_Word(line=number, top=first, bottom=last, left=left, right=right))
    return found


def _spans(drawn: NDArray[Any] | np.bool_, gap: int) -> list[tuple[int, int]]:
    """Return the spans (first, past the last) of what is drawn; gaps of up to ``gap`` do not separate."""
    at = np.flatnonzero(drawn)
    if not len(at):
        return []
    breaks = np.flatnonzero(np.diff(at) > gap + 1)
    edges = [0, *(breaks + 1).tolist(), len(at)]
    return [(int(at[first]), int(at[last - 1]) + 1) for first, last in pairwise(edges)]


def _is_rewrapped(before: Sequence[_Word], after: Sequence[_Word]) -> bool:
    """Whether lines break elsewhere, and begin at the same columns; further lines begin as the last one does."""
    old, new = _beginnings(before), _beginnings(after)
    return all(
        abs(one - other) <= INDENT_PX for one, other in zip_longest(old, new, fillvalue=min(old, new, key=len)[-1])
    )


def _keep_their_spaces(pairs: Sequence[tuple[_Word, _Word]]) -> bool:
    """Whether words that follow each other in a line of both pictures are as far apart in both, within ``MOVE_PX``."""
    return all(
        abs((next_old.left - old.right) - (next_new.left - new.right)) <= MOVE_PX
        for (old, new), (next_old, next_new) in pairwise(pairs)
        if old.line == next_old.line and new.line == next_new.line
    )


def _beginnings(words: Sequence[_Word]) -> list[int]:
    """Return the column at which each line begins."""
    return [word.left for word, previous in zip(words, (None, *words), strict=False) if _begins(word, previous)]


def _begins(word: _Word, previous: _Word | None) -> bool:
    return previous is None or previous.line != word.line
