"""Two pictures against each other: aligned, then compared where they differ, and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from capture.errors import PictureCorrupt
from capture.geometry import Box
from capture.storage import read_bytes
from report.compare.align import AlignedBlock, Alignment, Band, align
from report.compare.caret_and_focus import caret_and_ring_boxes, may_be_caret_or_ring
from report.compare.pixel_window import Window
from report.compare.png import ROUNDING_PX, Flags, Picture, Pixels, alike, mask_of, read_picture
from report.compare.regions import Region, group
from report.compare.rendering_noise import MARGIN, Surroundings, changed_pixels

WIDESPREAD = 0.1
WIDE_MARGIN = 160
"""px of surroundings, where parts that differ make up this share of the picture: another rendering shows everywhere."""
AROUND_RING = 200
"""px around a region in which the rest of a focus ring may be."""
MOST_CARET_OR_FOCUS = 20
"""More regions than this are not a caret, nor a focus ring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Screenshot:
    """A picture as it was taken."""

    png: bytes
    path: Path
    """Named when the picture turns out to be corrupt."""
    masks: tuple[Box, ...] = ()
    """Parts that are not compared, px."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """A picture of somebody's; raises PictureCorrupt."""
        return cls(png=read_bytes(path, PictureCorrupt), path=path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """How one picture differs from another."""

    alignment: Alignment
    regions: tuple[Region, ...] = ()
    flags: Flags | None = None
    """Differing pixels of the captured picture, height × width; None: not decoded, for there are none."""
    baseline_size: tuple[int, int] | None = None
    """Width and height, px; None when the pictures were not decoded."""
    candidate_size: tuple[int, int] | None = None
    widespread: bool = False
    """Parts that differ, be it by rendering alone, make up much of the picture."""

    @property
    def same(self) -> bool:
        return not self.regions and not self.alignment.bands

    def without(self, boxes: Sequence[Box]) -> "Difference":
        """What is left of it when these parts of the captured picture are not counted, px."""
        if self.same or not boxes:
            return self
        flags = None if self.flags is None else self.flags & ~mask_of(boxes, *self.flags.shape)
        bands = tuple(band for band in self.alignment.bands if not any(_holds(box, band) for box in boxes))
        return replace(
            self,
            regions=() if flags is None else group(flags),
            flags=flags,
            alignment=replace(self.alignment, bands=bands),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Masks:
    """What is not compared, in each picture, px."""

    approved: tuple[Box, ...]
    captured: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _DifferingPart:
    """Patches that differ, near each other."""

    window: Window
    margin: int
    """px around it that are looked at as its surroundings."""


def compare_screenshots(approved: Screenshot, captured: Screenshot) -> Difference:
    """Compare two pictures.

    Raises:
        PictureCorrupt: one of them cannot be decoded.
    """
    if approved.png == captured.png and approved.masks == captured.masks:
        return Difference(alignment=Alignment())
    one, other = read_picture(approved.png, approved.path), read_picture(captured.png, captured.path)
    sizes = one.size, other.size
    one, other = alike(one, other)
    one, other = one.blanked(approved.masks), other.blanked(captured.masks)
    alignment = align(one, other)
    pair = _Pair(one, other, alignment, _Masks(approved=approved.masks, captured=captured.masks))
    widespread = _differing(alignment.blocks) >= WIDESPREAD * other.width * other.height
    flags = np.zeros((other.height, other.width), dtype=np.bool_)
    for part in _parts(alignment.blocks, WIDE_MARGIN if widespread else MARGIN):
        pair.flag_changes(part, flags)
    regions = pair.without_caret_and_focus(group(flags))
    return Difference(
        alignment=alignment,
        regions=tuple(regions),
        flags=_only(flags, regions),
        baseline_size=sizes[0],
        candidate_size=sizes[1],
        widespread=widespread,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _View:
    """A window of the captured picture, and the approved one as it would be there."""

    strip: Window
    """What is looked at of it; the rest is margin."""
    window: Window
    before: Pixels
    after: Pixels
    masked: Flags | None


class _Pair:
    """Two pictures, the approved one laid out as the captured one is."""

    def __init__(self, approved: Picture, captured: Picture, alignment: Alignment, masks: _Masks) -> None:
        self._approved = approved
        self._captured = captured
        self._patches = alignment.blocks
        self._whole = Window(top=0, bottom=captured.height, left=0, right=captured.width)
        self._approved_mask = mask_of(masks.approved, approved.height, approved.width) if masks.approved else None
        self._captured_mask = mask_of(masks.captured, captured.height, captured.width) if masks.captured else None

    def flag_changes(self, part: _DifferingPart, flags: Flags) -> None:
        """Flag what changed in a part of the picture.

        What surrounds a strip is noted before the strip is judged; each is decoded once.
        """
        whole = part.window.grown(part.margin).within(self._whole)
        around = Surroundings(whole.height, whole.width)
        noted: list[_View] = []
        for strip in whole.strips():
            view = self._view(strip, strip.grown(MARGIN).within(whole))
            around.add(view.before, view.after, strip.place(whole), strip.place(view.window))
            noted.append(view)
            while noted[0].strip.bottom + part.margin <= strip.bottom:
                _flag_view(noted.pop(0), around, whole, part.window, flags)
        for view in noted:
            _flag_view(view, around, whole, part.window, flags)

    def without_caret_and_focus(self, regions: Sequence[Region]) -> list[Region]:
        """Regions that are not only a caret or a focus ring."""
        boxes = [region.box for region in regions if may_be_caret_or_ring(region)]
        if not 0 < len(boxes) <= MOST_CARET_OR_FOCUS:
            return list(regions)
        window = Window(
            top=int(min(box.y for box in boxes)),
            bottom=int(max(box.bottom for box in boxes)),
            left=int(min(box.x for box in boxes)),
            right=int(max(box.right for box in boxes)),
        )
        wide = window.grown(AROUND_RING).within(self._whole)
        view = self._view(wide, wide)
        passing = [
            Box(x=box.x + wide.left, y=box.y + wide.top, width=box.width, height=box.height)
            for box in caret_and_ring_boxes(view.before, view.after)
        ]
        return [region for region in regions if not any(region.box.within(box) for box in passing)]

    def _view(self, strip: Window, window: Window) -> _View:
        """Lay the approved picture out as the captured one is, in a window.

        What only the captured picture has is the same in both; what is masked is black in both.
        """
        after = self._captured.pixels(window.top, window.bottom)[:, window.left : window.right]
        masked = None if self._captured_mask is None else self._captured_mask[window.slices].copy()
        before: Pixels | None = None
        for patch in self._patches:
            if patch.captured >= window.bottom or patch.captured + patch.height <= window.top:
                continue
            held = Window(
                top=patch.captured, bottom=patch.captured + patch.height, left=patch.left, right=patch.right
            ).within(window)
            if not held.width:
                continue
            first = held.top - patch.captured + patch.approved
            if not patch.equal:
                part = self._approved.pixels(first, first + held.height)[:, held.left : held.right]
                if held == window:
                    before = part
                else:
                    before = after.copy() if before is None else before
                    before[held.place(window)] = part
            if self._approved_mask is not None:
                masked = np.zeros(after.shape[:2], dtype=np.bool_) if masked is None else masked
                masked[held.place(window)] |= self._approved_mask[first : first + held.height, held.left : held.right]
        before = after if before is None else before
        if masked is not None:
            before, after = (np.where(masked[:, :, None], np.uint8(0), picture) for picture in (before, after))
        return _View(strip=strip, window=window, before=before, after=after, masked=masked)


def _flag_view(view: _View, around: Surroundings, whole: Window, part: Window, flags: Flags) -> None:
    """Flag what changed in a view, as far as it lies in a part."""
    asked = view.strip.within(part)
    if asked.height and asked.width:
        found = changed_pixels(view.before, view.after, around, view.window.place(whole))
        if view.masked is not None:
            found &= ~view.masked
        flags[asked.slices] |= found[asked.place(view.window)]


def _differing(patches: Sequence[AlignedBlock]) -> int:
    """px² of the parts in which something differs."""
    return sum(patch.height * (patch.right - patch.left) for patch in patches if not patch.equal)


def _parts(patches: Sequence[AlignedBlock], margin: int) -> Iterator[_DifferingPart]:
    """Parts of the captured picture that hold all that differs."""
    waiting = sorted((patch for patch in patches if not patch.equal), key=lambda patch: patch.captured)
    together: list[AlignedBlock] = []
    end = 0
    for patch in waiting:
        if together and patch.captured > end + margin:
            yield _DifferingPart(window=_around(together), margin=margin)
            together = []
        together.append(patch)
        end = max(end if len(together) > 1 else 0, patch.captured + patch.height)
    if together:
        yield _DifferingPart(window=_around(together), margin=margin)


def _around(patches: Sequence[AlignedBlock]) -> Window:
    return Window(
        top=min(patch.captured for patch in patches),
        bottom=max(patch.captured + patch.height for patch in patches),
        left=min(patch.left for patch in patches),
        right=max(patch.right for patch in patches),
    )


def _holds(box: Box, band: Band) -> bool:
    """Do the rows of a band lie in a box, and some of its columns?"""
    place = band.in_candidate
    return (
        box.y - ROUNDING_PX <= place.y and place.bottom <= box.bottom + ROUNDING_PX and place.overlap(box.grown(1)) > 0
    )


def _only(flags: Flags, regions: Sequence[Region]) -> Flags:
    """The flags that lie in these regions."""
    kept = np.zeros(flags.shape, dtype=np.bool_)
    for region in regions:
        box = region.box
        place = slice(int(box.y), int(box.bottom)), slice(int(box.x), int(box.right))
        kept[place] = flags[place]
    return kept
