"""Tonight's capture against the approved one, as a whole."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from capture.sidecar import Capture
from report.compare.align import Alignment, Band, align
from report.compare.elements import MOVED_PX, ElementChange, compare_elements
from report.compare.pixels import Flags, Pixels, differing, mask_of, read_pixels
from report.compare.regions import Region, group


@dataclass(frozen=True, kw_only=True, slots=True)
class Side:
    """One of the two captures, with its picture."""

    capture: Capture
    png: bytes
    path: Path
    """Named when the picture turns out to be corrupt."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetMove:
    """How far the element of an instruction moved, other than with all that is around it."""

    instruction: int
    px: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """How tonight's capture differs from the approved one."""

    identical: bool
    """The pictures are the same, byte for byte or pixel for pixel outside the masks."""
    approved_size: tuple[int, int] | None
    """Width and height, px; None when the pictures were not decoded."""
    captured_size: tuple[int, int] | None
    regions: tuple[Region, ...] = ()
    bands: tuple[Band, ...] = ()
    elements: tuple[ElementChange, ...] = ()
    moves: tuple[TargetMove, ...] = ()

    @property
    def same_page(self) -> bool:
        """Nothing differs that was looked at."""
        return not (self.regions or self.bands or self.elements or self.moves)


def compare(approved: Side, captured: Side) -> tuple[Comparison, Flags | None]:
    """Compare two captures.

    Returns:
        The comparison, and the differing pixels of tonight's picture (height × width), None when
        the pictures are the same bytes.

    Raises:
        PictureCorrupt: one of the pictures cannot be decoded.
    """
    if approved.capture.picture_sha256 == captured.capture.picture_sha256:
        alignment = Alignment(stretches=(), bands=())
        return _compared(approved, captured, alignment, None, None, None), None
    before = read_pixels(approved.png, approved.path)
    after = read_pixels(captured.png, captured.path)
    width = max(before.shape[1], after.shape[1])
    before_mask = _mask(approved.capture, before, width)
    after_mask = _mask(captured.capture, after, width)
    before, after = _widened(before, width), _widened(after, width)
    alignment = align(before, after, before_mask, after_mask)
    flags = np.zeros(after.shape[:2], dtype=np.bool_)
    for part in alignment.stretches:
        old, new = slice(part.approved, part.approved + part.height), slice(part.captured, part.captured + part.height)
        flags[new] = differing(before[old], after[new]) & ~before_mask[old] & ~after_mask[new]
    return _compared(approved, captured, alignment, flags, before, after), flags


def _compared(
    approved: Side,
    captured: Side,
    alignment: Alignment,
    flags: Flags | None,
    before: Pixels | None,
    after: Pixels | None,
) -> Comparison:
    regions = () if flags is None else group(flags)
    return Comparison(
        identical=not regions and not alignment.bands,
        approved_size=_size(before),
        captured_size=_size(after),
        regions=regions,
        bands=alignment.bands,
        elements=compare_elements(
            approved.capture.elements,
            captured.capture.elements,
            approved_masks=approved.capture.masks,
            captured_masks=captured.capture.masks,
            row_in_captured=alignment.row_in_captured,
        ),
        moves=_moves(approved.capture, captured.capture, alignment),
    )


def _moves(approved: Capture, captured: Capture, alignment: Alignment) -> tuple[TargetMove, ...]:
    """Instructions whose element moved by itself: what a shifted page carries along has not moved."""
    before = {result.number: result.box for result in approved.instructions if result.true}
    moves = []
    for result in captured.instructions:
        old, new = before.get(result.number), result.box
        if old is None or new is None or not result.true:
            continue
        px = max(
            abs(new.x - old.x),
            abs(new.y - alignment.row_in_captured(old.y)),
            abs(new.width - old.width),
            abs(new.height - old.height),
        )
        if px >= MOVED_PX:
            moves.append(TargetMove(instruction=result.number, px=round(px)))
    return tuple(moves)


def _size(pixels: Pixels | None) -> tuple[int, int] | None:
    return None if pixels is None else (pixels.shape[1], pixels.shape[0])


def _mask(capture: Capture, pixels: Pixels, width: int) -> Flags:
    return mask_of(capture.masks, pixels.shape[0], width)


def _widened(pixels: Pixels, width: int) -> Pixels:
    """The picture on a canvas of this width, its new columns magenta: what only one picture has differs."""
    missing = width - pixels.shape[1]
    if not missing:
        return pixels
    filler = np.broadcast_to(np.array((255, 0, 255), dtype=np.uint8), (pixels.shape[0], missing, 3))
    return np.concatenate([pixels, filler], axis=1)
