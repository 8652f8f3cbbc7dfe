"""Draw callouts on an approved picture: a numbered badge with a label, and a box around or an arrow to the element."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from math import atan2, cos, hypot, sin
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from capture.capture import Capture, Sidecar
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult

FONT = Path(__file__).with_name("source-sans-3-latin-600-normal.woff2")
OVERSAMPLING = 3
"""Callouts are drawn this many times larger, then reduced, because Pillow does not smooth its shapes."""
COLOUR = (196, 22, 28)
WHITE = (255, 255, 255)

# All lengths below are CSS px; they are multiplied by the device scale of the picture.
FONT_SIZE = 19
LINE_HEIGHT = 24
LABEL_WIDTH = 230
PADDING = 10
BADGE_RADIUS = 15
STROKE_WIDTH = 3
GAP = 6
"""Distance between an element and its box."""
LABEL_DISTANCE = {"box": 16, "arrow": 64}
"""Smallest distance between an element and its label, by kind of callout."""
MARGIN_X, MARGIN_Y = 170, 56
"""Space around the tutorial's frame for labels."""
PATH_STEP = 8
"""Distance between the points at which a connector is checked for crossings, in px of the picture."""
DETAIL_LEVELS = 24
"""Difference (levels of grey, 0 to 255) of neighbouring pixels above which a place counts as drawn on."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedCallout:
    """A callout with the position of its label; px of the annotated picture."""

    result: InstructionResult
    target: Box
    label: Box
    """Badge and text."""
    lines: tuple[str, ...]

    @property
    def path(self) -> list[tuple[float, float]]:
        """Points along the connector from the label to the element."""
        (x1, y1), (x2, y2) = _nearest_points(self.label, self.target)
        steps = max(round(hypot(x2 - x1, y2 - y1) / PATH_STEP), 1)
        return [(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(steps + 1)]


def annotate(capture: Capture) -> tuple[bytes, tuple[PlacedCallout, ...]]:
    """Crop a picture to the tutorial's frame and draw the callouts of its instructions.

    Returns:
        A PNG without metadata, and its callouts, in px of that PNG.
    """
    with Image.open(io.BytesIO(capture.png)) as opened:
        shown = _visible_part(capture.sidecar, Box(x=0, y=0, width=opened.width, height=opened.height))
        image = opened.convert("RGB").crop((round(shown.x), round(shown.y), round(shown.right), round(shown.bottom)))
    scale = capture.sidecar.environment.scale
    placed = place_labels(capture.sidecar.instructions, image, shown=shown, scale=scale)
    overlay = Image.new("RGBA", (image.width * OVERSAMPLING, image.height * OVERSAMPLING))
    pen = ImageDraw.Draw(overlay)
    for callout in placed:
        _draw(pen, callout, scale)
    image.paste(overlay := overlay.resize(image.size, Image.Resampling.LANCZOS), (0, 0), overlay)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), placed


def _visible_part(sidecar: Sidecar, picture: Box) -> Box:
    """Return the tutorial's frame with space around it, inside the picture; the whole picture without a frame."""
    if sidecar.frame is None:
        return picture
    scale = sidecar.environment.scale
    frame = sidecar.frame
    left, top = max(round(frame.x - MARGIN_X * scale), 0), max(round(frame.y - MARGIN_Y * scale), 0)
    right = min(round(frame.right + MARGIN_X * scale), picture.width)
    bottom = min(round(frame.bottom + MARGIN_Y * scale), picture.height)
    return Box(x=left, y=top, width=right - left, height=bottom - top)


def place_labels(
    results: Sequence[InstructionResult], image: Image.Image, *, shown: Box, scale: float
) -> tuple[PlacedCallout, ...]:
    """Position each label near its element, away from elements and other labels, where the picture shows little.

    Callouts are placed greedily, one after another; every rotation of their order is tried, and the result with the
    lowest total cost is used.
    """
    canvas = Box(x=0, y=0, width=image.width, height=image.height)
    callouts = [
        PlacedCallout(result=result, target=_moved(result.box, shown), label=canvas, lines=wrap(result.label, scale))
        for result in results
        if result.box is not None and result.callout != "none"
    ]
    targets = [callout.target.grown(GAP * scale) for callout in callouts]
    surface = _Surface(drawn=_detail(image), targets=targets, others=(), canvas=canvas, scale=scale)
    orders = [callouts[first:] + callouts[:first] for first in range(len(callouts))]
    arrangements = [_improve(order, surface) for order in orders]
    best = min(arrangements, key=lambda placed: sum(_costs(placed, surface)), default=[])
    return tuple(sorted(best, key=lambda callout: callout.result.number))


def _improve(order: Sequence[PlacedCallout], surface: "_Surface") -> list[PlacedCallout]:
    """Place each callout in turn at the lowest cost, then once more with all the others in place."""
    placed: list[PlacedCallout] = []
    for callout in order:
        placed.append(_cheapest(callout, replace(surface, others=tuple(placed))))
    for index, callout in enumerate(placed):
        placed[index] = _cheapest(callout, replace(surface, others=tuple(placed[:index] + placed[index + 1 :])))
    return placed


def _cheapest(callout: PlacedCallout, surface: "_Surface") -> PlacedCallout:
    return min(_candidates(callout, surface.canvas, surface.scale), key=lambda choice: _cost(choice, surface))


def _costs(placed: Sequence[PlacedCallout], surface: "_Surface") -> list[float]:
    return [
        _cost(callout, replace(surface, others=(*placed[:index], *placed[index + 1 :])))
        for index, callout in enumerate(placed)
    ]


def _moved(box: Box, shown: Box) -> Box:
    """Convert a box from px of the whole picture to px of its visible part."""
    return Box(x=box.x - shown.x, y=box.y - shown.y, width=box.width, height=box.height)


def wrap(label: str, scale: float) -> tuple[str, ...]:
    """Break a label at spaces into lines no wider than LABEL_WIDTH; a longer word gets a line of its own."""
    font, lines = _font(scale), [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > LABEL_WIDTH * scale:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def _size(lines: Sequence[str], scale: float) -> tuple[float, float]:
    """Return the width and height of a label with its badge, px."""
    width = max(_font(scale).getlength(line) for line in lines)
    return width + 2 * (PADDING + BADGE_RADIUS) * scale, (LINE_HEIGHT * len(lines) + PADDING) * scale


def _candidates(callout: PlacedCallout, canvas: Box, scale: float) -> list[PlacedCallout]:
    """Return the callout at positions around its element: four sides, three alignments, three distances."""
    target, (width, height) = callout.target, _size(callout.lines, scale)
    places = []
    for distance in (LABEL_DISTANCE[callout.result.callout] * scale * times for times in (1, 1.8, 3)):
        for along in (0.5, 0.0, 1.0):
            x = target.x + (target.width - width) * along
            y = target.y + (target.height - height) * along
            places += [
                (target.right + distance, y),
                (target.x - distance - width, y),
                (x, target.y - distance - height),
                (x, target.bottom + distance),
            ]
    edge = 4 * scale
    return [
        replace(
            callout,
            label=Box(
                x=min(max(x, edge), canvas.width - width - edge),
                y=min(max(y, edge), canvas.height - height - edge),
                width=width,
                height=height,
            ),
        )
        for x, y in places
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Surface:
    """Picture on which a callout is placed, with everything that it should not cover."""

    drawn: NDArray[np.float64]
    targets: Sequence[Box]
    others: Sequence[PlacedCallout]
    canvas: Box
    scale: float


def _cost(callout: PlacedCallout, surface: _Surface) -> float:
    """Return the cost of a position: covering an element or a label, then crossing, hiding detail, and distance."""
    occupied = [*surface.targets, *(other.label for other in surface.others)]
    covered = sum(callout.label.overlap(box) for box in occupied) / callout.label.area
    path = callout.path
    own = callout.target.grown(GAP * surface.scale)
    crossed = sum(_contains(box, point) for box in occupied if box != own for point in path)
    crossing = sum(_contains(callout.label, point) for other in surface.others for point in other.path)
    hidden = _mean(surface.drawn, callout.label)
    struck = sum(_mean(surface.drawn, Box(x=x - 6, y=y - 6, width=12, height=12)) for x, y in path) / len(path)
    (x1, y1), (x2, y2) = _nearest_points(callout.label, callout.target)
    away = hypot(x2 - x1, y2 - y1) / surface.scale
    return covered * 1000 + (crossed + crossing) * 100 + hidden * 5 + struck * 3 + away / 40


def _contains(box: Box, point: tuple[float, float]) -> bool:
    return box.x <= point[0] <= box.right and box.y <= point[1] <= box.bottom


def _detail(image: Image.Image) -> NDArray[np.float64]:
    """Return a summed-area table (Crow, 1984) of the pixels that differ from a neighbour by more than DETAIL_LEVELS."""
    grey = np.asarray(image.convert("L"), dtype=np.float64)
    edges = np.zeros((image.height + 1, image.width + 1))
    edges[1:-1, 1:-1] = np.abs(np.diff(grey, axis=0))[:, :-1] + np.abs(np.diff(grey, axis=1))[:-1]
    table: NDArray[np.float64] = (edges > DETAIL_LEVELS).cumsum(axis=0).cumsum(axis=1) * 10.0
    return table


def _mean(table: NDArray[np.float64], box: Box) -> float:
    """Return the mean detail in a box, from a summed-area table."""
    top, left = max(int(box.y), 0), max(int(box.x), 0)
    bottom, right = min(int(box.bottom), table.shape[0] - 1), min(int(box.right), table.shape[1] - 1)
    total = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    return float(total / max((bottom - top) * (right - left), 1))


def _draw(pen: ImageDraw.ImageDraw, callout: PlacedCallout, scale: float) -> None:
    """Draw a callout with a white outline, on the oversampled overlay."""
    unit = scale * OVERSAMPLING
    target, label = callout.target.grown(GAP * scale), callout.label
    if callout.result.callout == "arrow":
        _draw_arrow(pen, label, target, unit)
    else:
        for colour, width in ((WHITE, STROKE_WIDTH + 3), (COLOUR, STROKE_WIDTH)):
            _draw_rounded(
                pen, target.grown((width - STROKE_WIDTH) / 2 * scale), 7 * unit, outline=colour, width=width * unit
            )
        _draw_connector(pen, label, target, unit)
    pill = Box(
        x=label.x + BADGE_RADIUS * scale, y=label.y, width=label.width - BADGE_RADIUS * scale, height=label.height
    )
    _draw_rounded(pen, pill.grown(1.5 * scale), 9 * unit, fill=WHITE)
    _draw_rounded(pen, pill, 8 * unit, fill=WHITE, outline=COLOUR, width=2 * unit)
    font = _font(scale * OVERSAMPLING)
    for index, line in enumerate(callout.lines):
        x = (pill.x + (BADGE_RADIUS + PADDING) * scale) * OVERSAMPLING
        y = (pill.y + (PADDING / 2 + LINE_HEIGHT * (index + 0.5)) * scale) * OVERSAMPLING
        pen.text((x, y), line, font=font, fill=COLOUR, anchor="lm")
    badge = (pill.x * OVERSAMPLING, (pill.y + pill.height / 2) * OVERSAMPLING)
    for radius, colour in ((BADGE_RADIUS + 2, WHITE), (BADGE_RADIUS, COLOUR)):
        pen.circle(badge, radius * unit, fill=colour)
    pen.text(badge, str(callout.result.number), font=font, fill=WHITE, anchor="mm")


def _draw_rounded(
    pen: ImageDraw.ImageDraw,
    box: Box,
    radius: float,
    *,
    fill: tuple[int, int, int] | None = None,
    outline: tuple[int, int, int] | None = None,
    width: float = 0,
) -> None:
    corners = (box.x * OVERSAMPLING, box.y * OVERSAMPLING, box.right * OVERSAMPLING, box.bottom * OVERSAMPLING)
    pen.rounded_rectangle(corners, radius, fill=fill, outline=outline, width=round(width))


def _draw_connector(pen: ImageDraw.ImageDraw, label: Box, target: Box, unit: float) -> None:
    """Draw the line between a label and its box."""
    start, end = _nearest_points(label, target)
    points = [(start[0] * OVERSAMPLING, start[1] * OVERSAMPLING), (end[0] * OVERSAMPLING, end[1] * OVERSAMPLING)]
    pen.line(points, fill=WHITE, width=round((STROKE_WIDTH + 3) * unit))
    pen.line(points, fill=COLOUR, width=round(STROKE_WIDTH * unit))


def _draw_arrow(pen: ImageDraw.ImageDraw, label: Box, target: Box, unit: float) -> None:
    """Draw an arrow from a label to its element."""
    start, end = _nearest_points(label, target)
    x1, y1, x2, y2 = (value * OVERSAMPLING for value in (*start, *end))
    angle = atan2(y2 - y1, x2 - x1)
    for halo, colour in ((3 * unit, WHITE), (0.0, COLOUR)):
        length, half = 20 * unit + halo, 10 * unit + halo
        neck = (x2 - length * 0.8 * cos(angle), y2 - length * 0.8 * sin(angle))
        pen.line([(x1, y1), neck], fill=colour, width=round(5 * unit + 2 * halo))
        tip = (x2 + halo * cos(angle), y2 + halo * sin(angle))
        base = (x2 - length * cos(angle), y2 - length * sin(angle))
        side = (half * sin(angle), -half * cos(angle))
        pen.polygon([tip, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])], fill=colour)


def _nearest_points(one: Box, other: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of the shortest connector between two boxes, centred where they face each other."""
    x1, x2 = _facing(one.x, one.right, other.x, other.right)
    y1, y2 = _facing(one.y, one.bottom, other.y, other.bottom)
    return (x1, y1), (x2, y2)


def _facing(a1: float, a2: float, b1: float, b2: float) -> tuple[float, float]:
    """Return the nearest points of two intervals, or twice the middle of their overlap."""
    if a2 <= b1:
        return a2, b1
    if b2 <= a1:
        return a1, b2
    middle = (max(a1, b1) + min(a2, b2)) / 2
    return middle, middle


@cache
def _font(scale: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, round(FONT_SIZE * scale))
