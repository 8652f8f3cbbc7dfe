"""Two pictures against each other: aligned, then compared where they differ, and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from capture.elements import Box
from report.compare.align import Alignment, Patch, align
from report.compare.noise import MARGIN, changed
from report.compare.picture import Flags, Picture, Pixels, alike, mask_of, read_picture
from report.compare.regions import Region, group
from report.compare.shapes import passing_boxes

STRIP = 256
"""Rows looked at together."""
WIDESPREAD = 0.1
WIDE_MARGIN = 160
"""px of surroundings, where parts that differ make up this share of the picture: another rendering shows everywhere."""
AROUND_RING = 200
"""px around a region in which the rest of a focus ring may be."""
MOST_PASSING = 20
"""More regions than this are not a caret, nor a focus ring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shot:
    """A picture as it was taken."""

    png: bytes
    path: Path
    """Named when the picture turns out to be corrupt."""
    masks: tuple[Box, ...] = ()
    """Parts that are not compared, px."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How one picture differs from another."""

    alignment: Alignment
    regions: tuple[Region, ...] = ()
    flags: Flags | None = None
    """Differing pixels of the captured picture, height × width; None: not decoded, for there are none."""
    approved_size: tuple[int, int] | None = None
    """Width and height, px; None when the pictures were not decoded."""
    captured_size: tuple[int, int] | None = None
    widespread: bool = False
    """Parts that differ, be it by rendering alone, make up much of the picture."""

    @property
    def same(self) -> bool:
        return not self.regions and not self.alignment.bands


@dataclass(frozen=True, kw_only=True, slots=True)
class _Window:
    """A part of the captured picture, px; ``bottom`` and ``right`` are past its end."""

    top: int
    bottom: int
    left: int
    right: int
    margin: int = 0
    """px around it that are looked at as its surroundings."""

    def grown(self, margin: int, height: int, width: int) -> "_Window":
        return _Window(
            top=max(self.top - margin, 0),
            bottom=min(self.bottom + margin, height),
            left=max(self.left - margin, 0),
            right=min(self.right + margin, width),
        )


def compare_shots(approved: Shot, captured: Shot) -> Difference:
    """Compare two pictures.

    Raises:
        PictureCorrupt: one of them cannot be decoded.
    """
    if approved.png == captured.png and approved.masks == captured.masks:
        return Difference(alignment=Alignment())
    one, other = read_picture(approved.png, approved.path), read_picture(captured.png, captured.path)
    sizes = one.size, other.size
    one, other = alike(one, other)
    alignment = align(one.blanked(approved.masks), other.blanked(captured.masks))
    pair = _Pair(one, other, alignment, approved.masks, captured.masks)
    flags = np.zeros((other.height, other.width), dtype=np.bool_)
    widespread = _differing(alignment.patches) >= WIDESPREAD * other.width * other.height
    for window in _windows(alignment.patches, WIDE_MARGIN if widespread else MARGIN):
        pair.look(window, flags)
    regions = pair.lasting(group(flags))
    return Difference(
        alignment=alignment,
        regions=tuple(regions),
        flags=_only(flags, regions),
        approved_size=sizes[0],
        captured_size=sizes[1],
        widespread=widespread,
    )


class _Pair:
    """Two pictures, the approved one laid out as the captured one is."""

    def __init__(
        self,
        approved: Picture,
        captured: Picture,
        alignment: Alignment,
        approved_masks: Sequence[Box],
        captured_masks: Sequence[Box],
    ) -> None:
        self._approved = approved
        self._captured = captured
        self._patches = alignment.patches
        self._approved_mask = mask_of(approved_masks, approved.height, approved.width) if approved_masks else None
        self._captured_mask = mask_of(captured_masks, captured.height, captured.width) if captured_masks else None

    def look(self, window: _Window, flags: Flags) -> None:
        """Flag what changed in a window."""
        wide = window.grown(window.margin, *flags.shape)
        before, after, masked = self._laid(wide)
        found = changed(before, after) & ~masked
        inside = found[window.top - wide.top :, window.left - wide.left :]
        inside = inside[: window.bottom - window.top, : window.right - window.left]
        flags[window.top : window.bottom, window.left : window.right] |= inside

    def lasting(self, regions: Sequence[Region]) -> list[Region]:
        """Regions that are not only a caret or a focus ring."""
        if not 0 < len(regions) <= MOST_PASSING:
            return list(regions)
        boxes = [region.box for region in regions]
        window = _Window(
            top=int(min(box.y for box in boxes)),
            bottom=int(max(box.bottom for box in boxes)),
            left=int(min(box.x for box in boxes)),
            right=int(max(box.right for box in boxes)),
        )
        wide = window.grown(AROUND_RING, self._captured.height, self._captured.width)
        before, after, _ = self._laid(wide)
        passing = [
            Box(x=box.x + wide.left, y=box.y + wide.top, width=box.width, height=box.height)
            for box in passing_boxes(before, after)
        ]
        return [region for region in regions if not any(region.box.within(box) for box in passing)]

    def _laid(self, window: _Window) -> tuple[Pixels, Pixels, Flags]:
        """A window of the approved picture as it would be there, of the captured one, and what is masked in either.

        What only the captured picture has is the same in both; what is masked is black in both.
        """
        after = self._captured.pixels(window.top, window.bottom)[:, window.left : window.right].copy()
        before = after.copy()
        masked = np.zeros(after.shape[:2], dtype=np.bool_)
        if self._captured_mask is not None:
            masked |= self._captured_mask[window.top : window.bottom, window.left : window.right]
        for patch in self._patches:
            top, bottom = max(patch.captured, window.top), min(patch.captured + patch.height, window.bottom)
            left, right = max(patch.left, window.left), min(patch.right, window.right)
            if top >= bottom or left >= right:
                continue
            place = slice(top - window.top, bottom - window.top), slice(left - window.left, right - window.left)
            first = top - patch.captured + patch.approved
            if not patch.equal:
                before[place] = self._approved.pixels(first, first + bottom - top)[:, left:right]
            if self._approved_mask is not None:
                masked[place] |= self._approved_mask[first : first + bottom - top, left:right]
        before[masked] = after[masked] = 0
        return before, after, masked


def _differing(patches: Sequence[Patch]) -> int:
    """px² of the parts in which something differs."""
    return sum(patch.height * (patch.right - patch.left) for patch in patches if not patch.equal)


def _windows(patches: Sequence[Patch], margin: int) -> Iterator[_Window]:
    """Parts of the captured picture that hold all that differs, no taller than a strip."""
    waiting = sorted((patch for patch in patches if not patch.equal), key=lambda patch: patch.captured)
    together: list[Patch] = []
    end = 0
    for patch in waiting:
        if together and patch.captured > end + margin:
            yield from _strips(together, margin)
            together = []
        together.append(patch)
        end = max(end if len(together) > 1 else 0, patch.captured + patch.height)
    if together:
        yield from _strips(together, margin)


def _strips(patches: Sequence[Patch], margin: int) -> Iterator[_Window]:
    top = min(patch.captured for patch in patches)
    bottom = max(patch.captured + patch.height for patch in patches)
    left, right = min(patch.left for patch in patches), max(patch.right for patch in patches)
    height = ceil((bottom - top) / ceil((bottom - top) / STRIP))
    for start in range(top, bottom, height):
        yield _Window(top=start, bottom=min(start + height, bottom), left=left, right=right, margin=margin)


def _only(flags: Flags, regions: Sequence[Region]) -> Flags:
    """The flags that lie in these regions."""
    kept = np.zeros_like(flags)
    for region in regions:
        box = region.box
        place = slice(int(box.y), int(box.bottom)), slice(int(box.x), int(box.right))
        kept[place] = flags[place]
    return kept
