"""Compare two screenshots pixel by pixel: align them, then examine only the parts that are not equal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np

from capture.errors import PictureCorrupt
from capture.geometry import Box
from capture.storage import read_bytes
from report.compare.align import AlignedBlock, Alignment, Band, align
from report.compare.caret_and_focus import (
    FOCUS_RING_MAX_THICKNESS,
    RING_MAX_THICKNESS,
    Focus,
    carets_and_rings,
    may_be_caret_or_ring,
)
from report.compare.moved_lines import BESIDE_PX, HIGHEST_PX, MOVE_PX, is_moved_line
from report.compare.moved_words import HALO_PX, is_moved_words, near_each_other, surrounding
from report.compare.photographs import PHOTOGRAPH_PX, TEXTURE_PX, is_rounded_photograph, is_texture
from report.compare.pixel_window import Window
from report.compare.png import ROUNDING_PX, Flags, Picture, Pixels, comparable, mask_of, read_picture
from report.compare.regions import Region, group_pixels
from report.compare.rendering_noise import MARGIN_PX, changed_pixels
from report.compare.surroundings import SURROUNDINGS, Surroundings

WIDESPREAD_SHARE = 0.1
"""Share of the picture that must differ for WIDE_MARGIN_PX to be used: another rendering shows everywhere."""
WIDE_MARGIN_PX = 160
"""px of surroundings examined when differences are widespread."""
RING_SEARCH_PX = 200
"""Distance (px) around a region within which the other sides of a focus ring are looked for."""
MOST_LINES = 200
"""With more candidate regions than this, none is examined as a line."""
MOST_TEXTURES = 100
"""With more candidate regions than this, none is examined as the texture of a photograph."""
MOST_WORDS_APART = 20
"""With more candidate regions than this, none is examined as words that moved."""
MAX_CARET_OR_FOCUS = 20
"""With more candidate regions than this, none is taken for a caret or a focus ring."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Screenshot:
    """An encoded picture, with its masks."""

    png: bytes
    path: Path
    """Path to name in an error."""
    masks: tuple[Box, ...] = ()
    """Parts that are never compared, px."""
    focus: Focus = None
    """Boxes of the elements that have the keyboard focus, px; None: not recorded."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a picture file without masks; raises PictureCorrupt."""
        return cls(png=read_bytes(path, PictureCorrupt), path=path)


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Result of a pixel comparison, without the elements of the pages."""

    alignment: Alignment
    regions: tuple[Region, ...] = ()
    flags: Flags | None = None
    """Changed pixels of the candidate, height × width; None if the files are equal and were not decoded."""
    baseline_size: tuple[int, int] | None = None
    """Width and height, px; None when the pictures were not decoded."""
    candidate_size: tuple[int, int] | None = None
    widespread: bool = False
    """Parts that are not equal, including rendering differences, cover WIDESPREAD_SHARE of the picture."""
    pictures: tuple[Picture, Picture] | None = None
    """Baseline and candidate with equal widths; None if they were not read."""

    @property
    def same(self) -> bool:
        return not self.regions and not self.alignment.bands

    def without(self, boxes: Sequence[Box]) -> "Difference":
        """Return the difference without what lies in these boxes of the candidate, px."""
        if self.same or not boxes:
            return self
        flags = None if self.flags is None else self.flags & ~mask_of(boxes, *self.flags.shape)
        bands = tuple(band for band in self.alignment.bands if not any(_contains_band(box, band) for box in boxes))
        return replace(
            self,
            regions=() if flags is None else group_pixels(flags),
            flags=flags,
            alignment=replace(self.alignment, bands=bands),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Masks:
    """Masks of both pictures, px."""

    baseline: tuple[Box, ...]
    candidate: tuple[Box, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _DifferingPart:
    """Blocks with differences that are examined together because they are close to each other."""

    window: Window
    margin: int
    """px around the window that serve as its surroundings."""


def compare_screenshots(baseline: Screenshot, candidate: Screenshot) -> Difference:
    """Compare two screenshots.

    Raises:
        PictureCorrupt: if a picture cannot be decoded.
    """
    if baseline.png == candidate.png and baseline.masks == candidate.masks:
        return Difference(alignment=Alignment())
    read = read_picture(baseline.png, baseline.path), read_picture(candidate.png, candidate.path)
    pictures = comparable(*read)
    one, other = pictures
    one, other = one.blanked(baseline.masks), other.blanked(candidate.masks)
    alignment = align(one, other)
    pair = _PicturePair(one, other, alignment, _Masks(baseline=baseline.masks, candidate=candidate.masks))
    widespread = _differing_area(alignment.blocks) >= WIDESPREAD_SHARE * other.width * other.height
    flags = np.zeros((other.height, other.width), dtype=np.bool_)
    for part in _differing_parts(alignment.blocks, WIDE_MARGIN_PX if widespread else MARGIN_PX):
        pair.flag_changes(part, flags)
    regions = pair.without_moved_lines(pair.without_texture(group_pixels(flags)), flags)
    regions = pair.without_moved_words(regions, flags)
    regions = pair.without_caret_and_focus(regions, _mapped(baseline.focus, alignment), candidate.focus)
    return Difference(
        alignment=alignment,
        regions=tuple(regions),
        flags=flags_in(flags, regions),
        baseline_size=read[0].size,
        candidate_size=read[1].size,
        widespread=widespread,
        pictures=pictures,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class _View:
    """Pixels of a window of the candidate, and the baseline's corresponding pixels in the same layout."""

    strip: Window
    """Part of the window to judge; the rest is margin."""
    window: Window
    before: Pixels
    """Baseline."""
    after: Pixels
    """Candidate."""
    masked: Flags | None


class _PicturePair:
    """Baseline and candidate, with access to the baseline's pixels in the layout of the candidate."""

    def __init__(self, baseline: Picture, candidate: Picture, alignment: Alignment, masks: _Masks) -> None:
        self._baseline = baseline
        self._candidate = candidate
        self._blocks = alignment.blocks
        self._whole = Window(top=0, bottom=candidate.height, left=0, right=candidate.width)
        self._baseline_mask = mask_of(masks.baseline, baseline.height, baseline.width) if masks.baseline else None
        self._candidate_mask = mask_of(masks.candidate, candidate.height, candidate.width) if masks.candidate else None

    def flag_changes(self, part: _DifferingPart, flags: Flags) -> None:
        """Set the flags of changed pixels in a part of the candidate.

        Works strip by strip to limit memory. A strip is judged once its surroundings, ``margin`` px below it, have
        been measured; each strip is decoded once.
        """
        whole = part.window.grown(part.margin).within(self._whole)
        around = Surroundings(whole.height, whole.width)
        measured: list[_View] = []
        for strip in whole.strips():
            view = self._view(strip, strip.grown(MARGIN_PX).within(whole))
            around.add(view.before, view.after, strip.place(whole), strip.place(view.window))
            measured.append(view)
            while measured[0].strip.bottom + part.margin <= strip.bottom:
                _flag_view(measured.pop(0), around, whole, part.window, flags)
        for view in measured:
            _flag_view(view, around, whole, part.window, flags)

    def without_texture(self, regions: Sequence[Region]) -> list[Region]:
        """Return the regions that are not pixels of a photograph in another encoding."""
        return _without(regions, self._is_texture, MOST_TEXTURES)

    def _is_texture(self, region: Region) -> bool:
        window = _window(region.box)
        near, around = (self._pixels(window.grown(px)) for px in (TEXTURE_PX, PHOTOGRAPH_PX))
        return is_texture(near) or is_rounded_photograph(self._pixels(window), near, around)

    def _pixels(self, window: Window) -> tuple[Pixels, Pixels]:
        """Return the pixels of both pictures in a window of the candidate."""
        inside = window.within(self._whole)
        view = self._view(inside, inside)
        return view.before, view.after

    def without_moved_lines(self, regions: Sequence[Region], flags: Flags) -> list[Region]:
        """Return the regions that are not an underline drawn a pixel higher or lower.

        Args:
            regions: of changed pixels.
            flags: changed pixels of the candidate.
        """
        return _without(regions, lambda region: self._is_moved_line(region, flags), MOST_LINES)

    def _is_moved_line(self, region: Region, flags: Flags) -> bool:
        if region.box.height > HIGHEST_PX:
            return False
        window = _window(region.box).grown(MOVE_PX, BESIDE_PX).within(self._whole)
        return is_moved_line(*self._pixels(window), self._flags_in([region], window, flags))

    def _flags_in(self, regions: Sequence[Region], window: Window, flags: Flags) -> Flags:
        """Return the flags of a window that lie in these regions."""
        inside = np.zeros((window.height, window.width), dtype=np.bool_)
        for place in (_window(region.box) for region in regions):
            inside[place.place(window)] = flags[place.slices]
        return inside

    def without_moved_words(self, regions: Sequence[Region], flags: Flags) -> list[Region]:
        """Return the regions that are not the same words a few px elsewhere, or broken into other lines.

        Args:
            regions: of changed pixels.
            flags: changed pixels of the candidate.
        """
        if len(regions) > MOST_WORDS_APART:
            return list(regions)
        groups = [[region] for region in regions] + [group for group in near_each_other(regions) if len(group) > 1]
        moved = {id(region) for group in groups if self._is_moved_words(group, regions, flags) for region in group}
        return [region for region in regions if id(region) not in moved]

    def _is_moved_words(self, group: Sequence[Region], regions: Sequence[Region], flags: Flags) -> bool:
        window = _window(surrounding(group)).within(self._whole)
        wide = window.grown(*SURROUNDINGS[-1][1::-1]).within(self._whole)
        others = [one.box.grown(HALO_PX) for one in regions if one not in group]
        elsewhere = mask_of([_moved(box, -wide.left, -wide.top) for box in others], wide.height, wide.width)
        own = self._flags_in(group, window, flags)
        return is_moved_words(*self._pixels(wide), window.place(wide), own, elsewhere)

    def without_caret_and_focus(self, regions: Sequence[Region], baseline: Focus, candidate: Focus) -> list[Region]:
        """Return the regions that are not part of a text caret or a focus ring.

        Args:
            regions: of changed pixels.
            baseline: where the focus was, in the layout of the candidate.
            candidate: where it is.
        """
        boxes = [region.box for region in regions if may_be_caret_or_ring(region)]
        if not 0 < len(boxes) <= MAX_CARET_OR_FOCUS:
            return list(regions)
        window = Window(
            top=int(min(box.y for box in boxes)),
            bottom=int(max(box.bottom for box in boxes)),
            left=int(min(box.x for box in boxes)),
            right=int(max(box.right for box in boxes)),
        )
        wide = window.grown(RING_SEARCH_PX).within(self._whole)
        view = self._view(wide, wide)
        carets, rings = carets_and_rings(
            view.before, view.after, thickest=FOCUS_RING_MAX_THICKNESS if baseline or candidate else RING_MAX_THICKNESS
        )
        focus = [
            None if boxes is None else tuple(_moved(box, -wide.left, -wide.top) for box in boxes)
            for boxes in (baseline, candidate)
        ]
        found = carets + [ring.box for ring in rings if ring.is_of_focus(focus[0], focus[1])]
        explained = [_moved(box, wide.left, wide.top) for box in found]
        return [region for region in regions if not any(region.box.within(box) for box in explained)]

    def _view(self, strip: Window, window: Window) -> _View:
        """Return a window of both pictures in the layout of the candidate.

        Where the baseline has no corresponding pixels, the candidate's are used, so that nothing differs there; masked
        pixels are black in both.
        """
        after = self._candidate.pixels(window.top, window.bottom)[:, window.left : window.right]
        masked = None if self._candidate_mask is None else self._candidate_mask[window.slices].copy()
        before: Pixels | None = None
        for block in self._blocks:
            if block.candidate_y >= window.bottom or block.candidate_y + block.height <= window.top:
                continue
            shared = Window(
                top=block.candidate_y, bottom=block.candidate_y + block.height, left=block.left, right=block.right
            ).within(window)
            if not shared.width:
                continue
            first = shared.top - block.candidate_y + block.baseline_y
            if not block.equal:
                part = self._baseline.pixels(first, first + shared.height)[:, shared.left : shared.right]
                if shared == window:
                    before = part
                else:
                    before = after.copy() if before is None else before
                    before[shared.place(window)] = part
            if self._baseline_mask is not None:
                masked = np.zeros(after.shape[:2], dtype=np.bool_) if masked is None else masked
                masked[shared.place(window)] |= self._baseline_mask[
                    first : first + shared.height, shared.left : shared.right
                ]
        before = after if before is None else before
        if masked is not None:
            before, after = (np.where(masked[:, :, None], np.uint8(0), picture) for picture in (before, after))
        return _View(strip=strip, window=window, before=before, after=after, masked=masked)


def _without(regions: Sequence[Region], is_noise: Callable[[Region], bool], most: int) -> list[Region]:
    """Return the regions that are not noise; with more than ``most``, all, as none is examined."""
    return [region for region in regions if len(regions) > most or not is_noise(region)]


def _flag_view(view: _View, around: Surroundings, whole: Window, part: Window, flags: Flags) -> None:
    """Set the flags of changed pixels in the intersection of a view's strip and a part."""
    judged = view.strip.within(part)
    if judged.height and judged.width:
        found = changed_pixels(view.before, view.after, around, view.window.place(whole))
        if view.masked is not None:
            found &= ~view.masked
        flags[judged.slices] |= found[judged.place(view.window)]


def _window(box: Box) -> Window:
    return Window(top=int(box.y), bottom=int(box.bottom), left=int(box.x), right=int(box.right))


def _mapped(focus: Focus, alignment: Alignment) -> Focus:
    """Return where the focused elements of the baseline are in the layout of the candidate."""
    return None if focus is None else tuple(map(alignment.to_candidate, focus))


def _moved(box: Box, x: float, y: float) -> Box:
    return replace(box, x=box.x + x, y=box.y + y)


def _differing_area(blockes: Sequence[AlignedBlock]) -> int:
    """Return the area (px²) of the blocks that are not equal."""
    return sum(block.height * (block.right - block.left) for block in blockes if not block.equal)


def _differing_parts(blockes: Sequence[AlignedBlock], margin: int) -> Iterator[_DifferingPart]:
    """Group the blocks that are not equal into parts more than ``margin`` px apart, from top to bottom."""
    differing = sorted((block for block in blockes if not block.equal), key=lambda block: block.candidate_y)
    together: list[AlignedBlock] = []
    end = 0
    for block in differing:
        if together and block.candidate_y > end + margin:
            yield _DifferingPart(window=_bounding_window(together), margin=margin)
            together = []
        together.append(block)
        end = max(end if len(together) > 1 else 0, block.candidate_y + block.height)
    if together:
        yield _DifferingPart(window=_bounding_window(together), margin=margin)


def _bounding_window(blockes: Sequence[AlignedBlock]) -> Window:
    return Window(
        top=min(block.candidate_y for block in blockes),
        bottom=max(block.candidate_y + block.height for block in blockes),
        left=min(block.left for block in blockes),
        right=max(block.right for block in blockes),
    )


def _contains_band(box: Box, band: Band) -> bool:
    """Whether all rows and some columns of a band lie in a box."""
    place = band.in_candidate
    return (
        box.y - ROUNDING_PX <= place.y and place.bottom <= box.bottom + ROUNDING_PX and place.overlap(box.grown(1)) > 0
    )


def flags_in(flags: Flags, regions: Sequence[Region]) -> Flags:
    """Return the flags with those outside these regions cleared."""
    kept = np.zeros(flags.shape, dtype=np.bool_)
    for region in regions:
        box = region.box
        place = slice(int(box.y), int(box.bottom)), slice(int(box.x), int(box.right))
        kept[place] = flags[place]
    return kept
