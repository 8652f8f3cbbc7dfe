"""The published picture of a page: cropped, with callouts. Pure: from a capture and its instructions to pixels.

A point is the unit of callouts: the pixel of a picture that is displayed DISPLAY_WIDTH px wide, or the CSS px of the
page if the picture is narrower. So labels are as legible on a picture of a whole page as on one of a small window.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capture.capture import Capture, Sidecar
from capture.elements import FIELDS, Element
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult
from report.compare.png import read_picture
from report.publish.callout import Layout, Mark, PlacedMark, Side
from report.publish.callout_drawing import Palette, draw, palette_for
from report.publish.callout_label import Label, bare_label, labels_of
from report.publish.callout_layout import place
from report.publish.crop import cut_around, shown_part
from report.publish.plane import Flags
from report.publish.surface import Surface

DISPLAY_WIDTH = 860
"""Width at which a picture is displayed on a large screen, px."""
PHONE_WIDTH = 343
"""Width at which a cut is displayed on a phone, px."""
DETAIL_LEVELS = 24
"""Difference (levels of grey, 0 to 255) of neighbouring pixels above which a place counts as drawn on."""
FAINT = 8
"""Share of drawn pixels, of 255, from which a point has ink."""
NAMED_BESIDE = FIELDS - {"checkbox", "radio", "switch"}
"""Roles of fields whose box does not contain their label."""
NAME_BESIDE, NAME_ABOVE = 170, 16
"""Distances within which the words before and above a field are its label, points."""
NAME_SPACE = 14
"""Space between two words of a label, points."""
TALLEST_NAME = 48
"""Height from which words above a field are a paragraph, points."""
LONG_LINE = 45
"""Length from which a straight line is a border, which a label may cover, points."""
CONTROL_INK = 0.7
"""Ink of the blank part of a control: a label should not hide it."""
WORD_SPACE = 7
"""Size of the square that closes the space between letters and words, points."""
LEAST_SHOWN = 0.5
"""Share of a target that must be on the picture for a callout."""
TRIMMED_LEVELS = 30
"""Difference of a colour channel from the ground above which a pixel is part of words."""
GROUND_LEVELS = 6
"""Difference between the ground of a block and what is around it, from which the block is seen."""
UNEVEN = 0.02
"""Share of a block's border that is not of its ground, from which it has a border, or lies on a picture."""
NOT_TRIMMED = FIELDS | {"area", "img", "figure", "dialog", "alertdialog", "frame", "form", "table"}
"""Roles whose box is more than their words."""
CONTROLS = FIELDS | {"button", "link", "tab", "menuitem"}


class Unpointed(StrEnum):
    """Why an instruction that should have a callout has none."""

    FALSE = "false"
    OUTSIDE = "outside"
    """Its target is not on the picture, or only a small part of it."""


@dataclass(frozen=True, kw_only=True)
class PublishedPicture:
    """A picture of a page as it is published, with its callouts."""

    part: Image.Image
    """The part of the capture that is shown, without callouts."""
    box: Box
    """That part, px of the capture."""
    point: float
    """Px of the capture in a point."""
    layout: Layout
    labels: Mapping[int, tuple[Label, ...]]
    """Ways to write the label of each number, in the order of its mark's sizes."""
    instructions: tuple[InstructionResult, ...]
    unpointed: Mapping[int, Unpointed]
    """Instructions without their callout, by number."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        canvas = self.layout.canvas
        return round(canvas.width * self.point), round(canvas.height * self.point)

    @cached_property
    def palette(self) -> Palette:
        """Colours that have enough contrast with what the picture shows under the callouts."""
        return palette_for([self])

    def drawn(self, *, times: int = 1, palette: Palette | None = None) -> Image.Image:
        """Return the picture with its callouts.

        Args:
            times: pixels for each pixel of the capture: 2 for print and dense screens.
            palette: colours; None: those of this picture.
        """
        return draw(self, times=times, palette=palette or self.palette)

    def label_of(self, one: PlacedMark) -> Label:
        return self.labels[one.mark.number][one.size]

    @property
    def sides(self) -> dict[int, Side]:
        """Side of each label, by number."""
        return {one.mark.number: one.side for one in self.layout.placed}


def published_picture(
    capture: Capture,
    instructions: Sequence[InstructionResult] | None = None,
    *,
    language: str = "fr",
    last_sides: Mapping[int, Side] | None = None,
) -> PublishedPicture:
    """Crop a capture and place the callouts of its instructions.

    Args:
        capture: of one picture.
        instructions: results to show; None: those of the capture.
        language: whose typography labels follow.
        last_sides: side of each label in the last edition, by number.

    Raises:
        OSError, SyntaxError, ValueError: Pillow cannot read the picture.
    """
    told = capture.sidecar.instructions if instructions is None else tuple(instructions)
    pixels = _pixels(capture)
    whole = Box(x=0, y=0, width=pixels.shape[1], height=pixels.shape[0])
    sidecar, scale = capture.sidecar, capture.sidecar.environment.scale
    ink = _detail(pixels)
    boxes = {result.number: words_box(result, pixels) for result in told if result.box is not None}
    needed = [boxes[result.number] for result in told if result.true and result.number in boxes]
    shown = shown_part(whole, sidecar.frame, needed, ink=ink, scale=scale)
    unpointed = {
        result.number: why
        for result in told
        if result.callout != "none" and (why := _why_unpointed(result, boxes.get(result.number), shown)) is not None
    }
    pointed = [result for result in told if result.callout != "none" and result.number not in unpointed]
    return _picture(
        pixels=pixels,
        sidecar=sidecar,
        shown=shown,
        targets={result.number: boxes[result.number].intersection(shown) for result in pointed},
        labels={result.number: labels_of(result, language) for result in pointed},
        results=tuple(told),
        display_width=DISPLAY_WIDTH,
        last_sides=last_sides or {},
        unpointed=unpointed,
    )


def cuts(capture: Capture, instructions: Sequence[InstructionResult] | None = None) -> dict[int, PublishedPicture]:
    """Return, for each instruction with a callout, the part of the picture around its target; for phones.

    Raises:
        OSError, SyntaxError, ValueError: Pillow cannot read the picture.
    """
    told = capture.sidecar.instructions if instructions is None else tuple(instructions)
    pixels = _pixels(capture)
    whole = Box(x=0, y=0, width=pixels.shape[1], height=pixels.shape[0])
    made = {}
    for result in told:
        if result.callout == "none" or result.box is None:
            continue
        target = words_box(result, pixels)
        if _why_unpointed(result, target, whole) is not None:
            continue
        shown = cut_around(target.intersection(whole), whole, capture.sidecar.environment.scale)
        made[result.number] = _picture(
            pixels=pixels,
            sidecar=capture.sidecar,
            shown=shown,
            targets={result.number: target.intersection(shown)},
            labels={result.number: (bare_label(result.number),)},
            results=(result,),
            display_width=PHONE_WIDTH,
            last_sides={},
            unpointed={},
        )
    return made


def _picture(  # noqa: PLR0913 - all that a picture is made of
    *,
    pixels: NDArray[np.uint8],
    sidecar: Sidecar,
    shown: Box,
    targets: Mapping[int, Box],
    labels: Mapping[int, tuple[Label, ...]],
    results: tuple[InstructionResult, ...],
    display_width: float,
    last_sides: Mapping[int, Side],
    unpointed: Mapping[int, Unpointed],
) -> PublishedPicture:
    scale = sidecar.environment.scale
    point = scale * max(shown.width / scale / display_width, 1)
    part = pixels[round(shown.y) : round(shown.bottom), round(shown.x) : round(shown.right)]
    words = _words(part, point)
    places = {number: _in_points(target, shown, point) for number, target in targets.items()}
    marks = [
        Mark(
            number=result.number,
            target=places[result.number],
            names=names_of(places[result.number], words) if result.role in NAMED_BESIDE else (),
            kind="arrow" if result.callout == "arrow" else "box",
            sizes=tuple(label.size for label in labels[result.number]),
            lines=tuple(len(label.lines) for label in labels[result.number]),
            last_side=last_sides.get(result.number),
        )
        for result in results
        if result.number in targets
    ]
    return PublishedPicture(
        part=Image.fromarray(part),
        box=shown,
        point=point,
        layout=place(marks, Surface.of(_ink(words, sidecar.elements, shown, point))),
        labels=labels,
        instructions=results,
        unpointed=unpointed,
    )


def _why_unpointed(result: InstructionResult, target: Box | None, shown: Box) -> Unpointed | None:
    if not result.true:
        return Unpointed.FALSE
    if target is None or target.overlap(shown) < max(target.area * LEAST_SHOWN, 1):
        return Unpointed.OUTSIDE
    return None


def _pixels(capture: Capture) -> NDArray[np.uint8]:
    page = capture.sidecar.page
    return read_picture(capture.png, Path(capture.sidecar.tutorial, f"{page:02}.png")).pixels()


def _in_points(box: Box, shown: Box, point: float) -> Box:
    return Box(
        x=(box.x - shown.x) / point, y=(box.y - shown.y) / point, width=box.width / point, height=box.height / point
    )


def words_box(result: InstructionResult, pixels: NDArray[np.uint8]) -> Box:
    """Return the box of what a reader sees of a target: of a text its words, not the whole width of its block.

    A target with a border or a ground of its own keeps its box, because that is what is seen of it.
    """
    box = result.box
    assert box is not None, "the callers ask only about a target with a box"
    if result.role in NOT_TRIMMED:
        return box
    left, top = max(round(box.x), 0), max(round(box.y), 0)
    inside = pixels[top : max(round(box.bottom), 0), left : max(round(box.right), 0)]
    if min(inside.shape[:2]) < 4:  # noqa: PLR2004 - nothing can be trimmed of so few pixels
        return box
    ring, around = _border(pixels, box, 0), _border(pixels, box, 2)
    ground = np.median(ring, axis=0)
    if (np.abs(ring - ground).max(axis=1) > TRIMMED_LEVELS).mean() > UNEVEN:
        return box
    if len(around) and np.abs(np.median(around, axis=0) - ground).max() > GROUND_LEVELS:
        return box
    drawn = np.abs(inside.astype(np.int16) - ground).max(axis=2) > TRIMMED_LEVELS
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    if not len(rows):
        return box
    return Box(
        x=left + int(columns[0]),
        y=top + int(rows[0]),
        width=int(columns[-1] - columns[0]) + 1,
        height=int(rows[-1] - rows[0]) + 1,
    )


def _border(pixels: NDArray[np.uint8], box: Box, outside: int) -> NDArray[np.int16]:
    """Return the pixels on a box's border, or at a distance outside it (px), as far as they are seen."""
    left, top, right, bottom = (round(value) for value in (box.x, box.y, box.right - 1, box.bottom - 1))
    height, width = pixels.shape[:2]
    rows, columns = (top - outside, bottom + outside), (left - outside, right + outside)
    lines = [pixels[row, max(left, 0) : max(right + 1, 0)] for row in rows if 0 <= row < height]
    lines += [pixels[max(top, 0) : max(bottom + 1, 0), column] for column in columns if 0 <= column < width]
    return np.concatenate(lines).astype(np.int16) if lines else np.empty((0, 3), dtype=np.int16)


def _detail(pixels: NDArray[np.uint8]) -> Flags:
    """Return the pixels that differ from a neighbour by more than DETAIL_LEVELS."""
    grey = pixels @ np.array((0.299, 0.587, 0.114), dtype=np.float32)
    drawn = np.zeros(grey.shape, dtype=bool)
    drawn[1:] |= np.abs(np.diff(grey, axis=0)) > DETAIL_LEVELS
    drawn[:, 1:] |= np.abs(np.diff(grey, axis=1)) > DETAIL_LEVELS
    return drawn


def _words(part: NDArray[np.uint8], point: float) -> Flags:
    """Return the points of a part of a capture that show words or pictures: blocks without the space between letters.

    Borders are no words.
    """
    height, width = part.shape[:2]
    size = max(round(width / point), 1), max(round(height / point), 1)
    detail = Image.fromarray(_detail(part)).convert("L").resize(size, Image.Resampling.BOX)
    drawn = np.asarray(detail) > FAINT
    for line in ((1, LONG_LINE), (LONG_LINE, 1)):
        borders = cv2.morphologyEx(drawn.astype(np.uint8), cv2.MORPH_OPEN, np.ones(line, dtype=np.uint8))
        drawn = drawn & (np.asarray(borders) == 0)
    closed = cv2.morphologyEx(drawn.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((3, WORD_SPACE), dtype=np.uint8))
    return np.asarray(closed) > 0


def _ink(words: Flags, elements: Sequence[Element], shown: Box, point: float) -> NDArray[np.float64]:
    """Return the ink of each point: of words and pictures 1, of the blank of a control less."""
    grown = cv2.dilate(words.astype(np.uint8), np.ones((5, 3), dtype=np.uint8))
    ink: NDArray[np.float64] = grown.astype(np.float64)
    for element in elements:
        if element.role in CONTROLS and element.on_top and element.box.overlap(shown):
            box = _in_points(element.box.intersection(shown), shown, point)
            inside = ink[round(box.y) : round(box.bottom), round(box.x) : round(box.right)]
            np.maximum(inside, CONTROL_INK, out=inside)
    return ink


def names_of(target: Box, words: Flags) -> tuple[Box, ...]:
    """Return the words that name a field: those before it on its line, and those just above it; points.

    Args:
        target: box of the field.
        words: points with words, height × width.
    """
    top, bottom = max(round(target.y), 0), max(round(target.bottom), 0)
    left, right = max(round(target.x), 0), max(round(target.right), 0)
    found = []
    before: Flags = np.asarray(words[top:bottom, :left].any(axis=0))[::-1]
    across = _first_run(before, NAME_BESIDE, NAME_SPACE)
    if across is not None:
        rows = np.flatnonzero(words[top:bottom, left - across[1] : left - across[0]].any(axis=1))
        found.append(
            Box(x=left - across[1], y=top + rows[0], width=across[1] - across[0], height=rows[-1] - rows[0] + 1)
        )
    above: Flags = np.asarray(words[:top, left:right].any(axis=1))[::-1]
    down = _first_run(above, NAME_ABOVE, 2)
    if down is not None and down[1] - down[0] <= TALLEST_NAME:
        columns = np.flatnonzero(words[top - down[1] : top - down[0], left:right].any(axis=0))
        drawn: Flags = np.asarray(words[top - down[1] : top - down[0], left:right].any(axis=0))
        run = _first_run(drawn, right - left, NAME_SPACE)
        end = run[1] if run is not None else int(columns[-1]) + 1
        found.append(Box(x=left + columns[0], y=top - down[1], width=end - columns[0], height=down[1] - down[0]))
    return tuple(Box(x=float(box.x), y=float(box.y), width=float(box.width), height=float(box.height)) for box in found)


def _first_run(drawn: Flags, farthest: int, space: int) -> tuple[int, int] | None:
    """Return the start and end of the first run of drawn points that begins before ``farthest``, or None.

    Args:
        drawn: points in a row.
        farthest: index before which it begins.
        space: longest gap in a run.
    """
    places = np.flatnonzero(drawn)
    if not len(places) or places[0] >= farthest:
        return None
    gaps = np.flatnonzero(np.diff(places) > space)
    last = places[gaps[0]] if len(gaps) else places[-1]
    return int(places[0]), int(last) + 1
