"""Which rows of one picture are which of the other: an inserted banner is one insertion, not a changed page."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

import numpy as np

from report.compare.pixels import Flags, Pixels


class BandKind(StrEnum):
    """What happened to a band of rows."""

    INSERTED = "inserted"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """Rows that only one of the pictures has."""

    kind: BandKind
    y: int
    """First row, px, in the picture that has it."""
    at: int
    """Row of the other picture before which it would stand."""
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Rows of both pictures that correspond, one to one."""

    approved: int
    captured: int
    height: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Alignment:
    """How the rows of two pictures correspond."""

    stretches: tuple[Stretch, ...]
    bands: tuple[Band, ...]

    def row_in_captured(self, y: float) -> float:
        """Where a row of the approved picture is in the captured one, px."""
        best = self.stretches[0] if self.stretches else None
        for stretch in self.stretches:
            if stretch.approved <= y:
                best = stretch
        return y if best is None else y + best.captured - best.approved


def align(approved: Pixels, captured: Pixels, approved_mask: Flags, captured_mask: Flags) -> Alignment:
    """Align the rows of two pictures of equal width.

    Equal rows at the top and the bottom are taken first; between them, longest runs of equal rows, with
    rows that occur often (blank ones) never an anchor: ``difflib`` with its popularity heuristic. Of two
    pictures of equal height, rows stay where they are unless moving them makes more rows meet that show
    something.
    """
    one, other = _keys(approved, approved_mask), _keys(captured, captured_mask)
    aligned = _aligned(one, other)
    if len(one) != len(other):
        return aligned
    in_place = Alignment(stretches=(Stretch(approved=0, captured=0, height=len(one)),), bands=())
    telling = _telling(captured)
    if _meeting(aligned, one, other, telling) > _meeting(in_place, one, other, telling):
        return replace(aligned, bands=_in_view(aligned.bands, len(one)))
    return in_place


def _aligned(one: Sequence[bytes], other: Sequence[bytes]) -> Alignment:
    top = _common(one, other)
    bottom = _common(one[top:][::-1], other[top:][::-1])
    middle = SequenceMatcher(None, one[top : len(one) - bottom], other[top : len(other) - bottom])
    stretches = [Stretch(approved=0, captured=0, height=top)]
    bands: list[Band] = []
    for _, a1, a2, b1, b2 in middle.get_opcodes():
        shared = min(a2 - a1, b2 - b1)
        stretches.append(Stretch(approved=top + a1, captured=top + b1, height=shared))
        bands += _rest(top + a1 + shared, top + a2, top + b1 + shared, top + b2)
    stretches.append(Stretch(approved=len(one) - bottom, captured=len(other) - bottom, height=bottom))
    return Alignment(stretches=tuple(part for part in stretches if part.height), bands=tuple(bands))


def _telling(pixels: Pixels) -> list[bool]:
    """Which rows show something: more than one colour."""
    return [bool(told) for told in (pixels != pixels[:, :1]).any(axis=(1, 2))]


def _meeting(alignment: Alignment, one: Sequence[bytes], other: Sequence[bytes], telling: Sequence[bool]) -> int:
    """How many telling rows correspond to an equal one."""
    return sum(
        telling[part.captured + row] and one[part.approved + row] == other[part.captured + row]
        for part in alignment.stretches
        for row in range(part.height)
    )


def _in_view(bands: Sequence[Band], height: int) -> tuple[Band, ...]:
    """Bands less what only left the view at its bottom, or came into it, because something above grew or shrank."""
    return tuple(band for band in bands if band.y + band.height < height)


def _rest(a1: int, a2: int, b1: int, b2: int) -> list[Band]:
    if a2 > a1:
        return [Band(kind=BandKind.REMOVED, y=a1, at=b1, height=a2 - a1)]
    if b2 > b1:
        return [Band(kind=BandKind.INSERTED, y=b1, at=a1, height=b2 - b1)]
    return []


def _keys(pixels: Pixels, mask: Flags) -> list[bytes]:
    """Each row as something that compares quickly, with masked pixels blanked."""
    blanked = pixels if not mask.any() else np.where(mask[:, :, None], np.uint8(0), pixels)
    return [row.tobytes() for row in blanked]


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """Length of the common start."""
    for index, (a, b) in enumerate(zip(one, other, strict=False)):
        if a != b:
            return index
    return min(len(one), len(other))
