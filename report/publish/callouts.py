"""Draw callouts on an approved picture, where its elements are: numbered badge, box or arrow, label."""

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
SMOOTH = 3
"""Callouts are drawn this many times larger, then reduced: Pillow does not smooth its shapes."""
COLOUR = (196, 22, 28)
PAPER = (255, 255, 255)

# All lengths below are CSS px; a picture of scale 2 gets them twice as large.
TEXT = 19
LINE = 24
LABEL_WIDTH = 230
PADDING = 10
BADGE = 15
"""Radius."""
STROKE = 3
GAP = 6
"""Between an element and its box."""
REACH = {"box": 16, "arrow": 64}
"""Between an element and its label."""
MARGIN_X, MARGIN_Y = 170, 56
"""What is shown around the tutorial's frame, so that labels find room."""
PATH_STEP = 8
FAINT = 24
"""Levels of grey between neighbouring pixels under which nothing is drawn."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedCallout:
    """A callout, with the place that was found for its label."""

    result: InstructionResult
    target: Box
    label: Box
    """The badge and the words, px."""
    lines: tuple[str, ...]

    @property
    def path(self) -> list[tuple[float, float]]:
        """Points along the line from the label to the element."""
        (x1, y1), (x2, y2) = _nearest_points(self.label, self.target)
        steps = max(round(hypot(x2 - x1, y2 - y1) / PATH_STEP), 1)
        return [(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(steps + 1)]


def annotate(capture: Capture) -> tuple[bytes, tuple[PlacedCallout, ...]]:
    """The part of a picture that the tutorial shows, with the callouts of its instructions.

    Returns:
        A PNG without metadata, and the callouts, in px of that PNG.
    """
    with Image.open(io.BytesIO(capture.png)) as opened:
        shown = _shown(capture.sidecar, Box(x=0, y=0, width=opened.width, height=opened.height))
        image = opened.convert("RGB").crop((round(shown.x), round(shown.y), round(shown.right), round(shown.bottom)))
    scale = capture.sidecar.environment.scale
    placed = place_labels(capture.sidecar.instructions, image, shown=shown, scale=scale)
    overlay = Image.new("RGBA", (image.width * SMOOTH, image.height * SMOOTH))
    pen = ImageDraw.Draw(overlay)
    for callout in placed:
        _draw(pen, callout, scale)
    image.paste(overlay := overlay.resize(image.size, Image.Resampling.LANCZOS), (0, 0), overlay)
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue(), placed


def _shown(sidecar: Sidecar, picture: Box) -> Box:
    """The tutorial's frame with room around it, inside the picture."""
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
    """Find a place for each label: near its element, off every element and label, where little is drawn.

    Each order in which the callouts can take their turns, starting with another of them, is tried; the
    cheapest outcome is kept.
    """
    canvas = Box(x=0, y=0, width=image.width, height=image.height)
    callouts = [
        PlacedCallout(result=result, target=_moved(result.box, shown), label=canvas, lines=wrap(result.label, scale))
        for result in results
        if result.box is not None and result.callout != "none"
    ]
    targets = [callout.target.grown(GAP * scale) for callout in callouts]
    ground = _Ground(drawn=_detail(image), targets=targets, others=(), canvas=canvas, scale=scale)
    orders = [callouts[first:] + callouts[:first] for first in range(len(callouts))]
    settled = [_improve(order, ground) for order in orders]
    best = min(settled, key=lambda placed: sum(_costs(placed, ground)), default=[])
    return tuple(sorted(best, key=lambda callout: callout.result.number))


def _improve(order: Sequence[PlacedCallout], ground: "_Ground") -> list[PlacedCallout]:
    """Give each callout its best place in turn; then let each move again, knowing where the others are."""
    placed: list[PlacedCallout] = []
    for callout in order:
        placed.append(_best(callout, replace(ground, others=tuple(placed))))
    for index, callout in enumerate(placed):
        placed[index] = _best(callout, replace(ground, others=tuple(placed[:index] + placed[index + 1 :])))
    return placed


def _best(callout: PlacedCallout, ground: "_Ground") -> PlacedCallout:
    return min(_candidates(callout, ground.canvas, ground.scale), key=lambda choice: _cost(choice, ground))


def _costs(placed: Sequence[PlacedCallout], ground: "_Ground") -> list[float]:
    return [
        _cost(callout, replace(ground, others=(*placed[:index], *placed[index + 1 :])))
        for index, callout in enumerate(placed)
    ]


def _moved(box: Box, shown: Box) -> Box:
    return Box(x=box.x - shown.x, y=box.y - shown.y, width=box.width, height=box.height)


def wrap(label: str, scale: float) -> tuple[str, ...]:
    """Break a label into lines no wider than LABEL_WIDTH, where a word allows it."""
    font, lines = _font(scale), [""]
    for word in label.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > LABEL_WIDTH * scale:
            lines.append(word)
        else:
            lines[-1] = longer
    return tuple(lines)


def _size(lines: Sequence[str], scale: float) -> tuple[float, float]:
    """Width and height of a label with its badge."""
    width = max(_font(scale).getlength(line) for line in lines)
    return width + 2 * (PADDING + BADGE) * scale, (LINE * len(lines) + PADDING) * scale


def _candidates(callout: PlacedCallout, canvas: Box, scale: float) -> list[PlacedCallout]:
    """Places around an element: on each side, at three alignments and three distances, inside the canvas."""
    target, (width, height) = callout.target, _size(callout.lines, scale)
    places = []
    for distance in (REACH[callout.result.callout] * scale * times for times in (1, 1.8, 3)):
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
class _Ground:
    """What a callout must keep off."""

    drawn: NDArray[np.float64]
    targets: Sequence[Box]
    others: Sequence[PlacedCallout]
    canvas: Box
    scale: float


def _cost(callout: PlacedCallout, ground: _Ground) -> float:
    """Covering an element or a callout costs most, then hiding something drawn, then being far away."""
    taken = [*ground.targets, *(other.label for other in ground.others)]
    covered = sum(callout.label.overlap(box) for box in taken) / callout.label.area
    path = callout.path
    own = callout.target.grown(GAP * ground.scale)
    crossed = sum(_contains(box, point) for box in taken if box != own for point in path)
    crossing = sum(_contains(callout.label, point) for other in ground.others for point in other.path)
    hidden = _mean(ground.drawn, callout.label)
    struck = sum(_mean(ground.drawn, Box(x=x - 6, y=y - 6, width=12, height=12)) for x, y in path) / len(path)
    (x1, y1), (x2, y2) = _nearest_points(callout.label, callout.target)
    away = hypot(x2 - x1, y2 - y1) / ground.scale
    return covered * 1000 + (crossed + crossing) * 100 + hidden * 5 + struck * 3 + away / 40


def _contains(box: Box, point: tuple[float, float]) -> bool:
    return box.x <= point[0] <= box.right and box.y <= point[1] <= box.bottom


def _detail(image: Image.Image) -> NDArray[np.float64]:
    """Summed-area table of how much is drawn where (Crow, 1984): absolute differences of neighbouring pixels."""
    grey = np.asarray(image.convert("L"), dtype=np.float64)
    edges = np.zeros((image.height + 1, image.width + 1))
    edges[1:-1, 1:-1] = np.abs(np.diff(grey, axis=0))[:, :-1] + np.abs(np.diff(grey, axis=1))[:-1]
    table: NDArray[np.float64] = (edges > FAINT).cumsum(axis=0).cumsum(axis=1) * 10.0
    return table


def _mean(table: NDArray[np.float64], box: Box) -> float:
    top, left = max(int(box.y), 0), max(int(box.x), 0)
    bottom, right = min(int(box.bottom), table.shape[0] - 1), min(int(box.right), table.shape[1] - 1)
    total = table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left]
    return float(total / max((bottom - top) * (right - left), 1))


def _draw(pen: ImageDraw.ImageDraw, callout: PlacedCallout, scale: float) -> None:
    unit = scale * SMOOTH
    target, label = callout.target.grown(GAP * scale), callout.label
    if callout.result.callout == "arrow":
        _arrow(pen, label, target, unit)
    else:
        for colour, width in ((PAPER, STROKE + 3), (COLOUR, STROKE)):
            _rounded(pen, target.grown((width - STROKE) / 2 * scale), 7 * unit, outline=colour, width=width * unit)
        _draw_connector(pen, label, target, unit)
    pill = Box(x=label.x + BADGE * scale, y=label.y, width=label.width - BADGE * scale, height=label.height)
    _rounded(pen, pill.grown(1.5 * scale), 9 * unit, fill=PAPER)
    _rounded(pen, pill, 8 * unit, fill=PAPER, outline=COLOUR, width=2 * unit)
    font = _font(scale * SMOOTH)
    for index, line in enumerate(callout.lines):
        x = (pill.x + (BADGE + PADDING) * scale) * SMOOTH
        y = (pill.y + (PADDING / 2 + LINE * (index + 0.5)) * scale) * SMOOTH
        pen.text((x, y), line, font=font, fill=COLOUR, anchor="lm")
    badge = (pill.x * SMOOTH, (pill.y + pill.height / 2) * SMOOTH)
    for radius, colour in ((BADGE + 2, PAPER), (BADGE, COLOUR)):
        pen.circle(badge, radius * unit, fill=colour)
    pen.text(badge, str(callout.result.number), font=font, fill=PAPER, anchor="mm")


def _rounded(
    pen: ImageDraw.ImageDraw,
    box: Box,
    radius: float,
    *,
    fill: tuple[int, int, int] | None = None,
    outline: tuple[int, int, int] | None = None,
    width: float = 0,
) -> None:
    corners = (box.x * SMOOTH, box.y * SMOOTH, box.right * SMOOTH, box.bottom * SMOOTH)
    pen.rounded_rectangle(corners, radius, fill=fill, outline=outline, width=round(width))


def _draw_connector(pen: ImageDraw.ImageDraw, label: Box, target: Box, unit: float) -> None:
    """A short line between a label and its box."""
    start, end = _nearest_points(label, target)
    points = [(start[0] * SMOOTH, start[1] * SMOOTH), (end[0] * SMOOTH, end[1] * SMOOTH)]
    pen.line(points, fill=PAPER, width=round((STROKE + 3) * unit))
    pen.line(points, fill=COLOUR, width=round(STROKE * unit))


def _arrow(pen: ImageDraw.ImageDraw, label: Box, target: Box, unit: float) -> None:
    """An arrow from a label to its element."""
    start, end = _nearest_points(label, target)
    x1, y1, x2, y2 = (value * SMOOTH for value in (*start, *end))
    angle = atan2(y2 - y1, x2 - x1)
    for halo, colour in ((3 * unit, PAPER), (0.0, COLOUR)):
        length, half = 20 * unit + halo, 10 * unit + halo
        neck = (x2 - length * 0.8 * cos(angle), y2 - length * 0.8 * sin(angle))
        pen.line([(x1, y1), neck], fill=colour, width=round(5 * unit + 2 * halo))
        tip = (x2 + halo * cos(angle), y2 + halo * sin(angle))
        base = (x2 - length * cos(angle), y2 - length * sin(angle))
        side = (half * sin(angle), -half * cos(angle))
        pen.polygon([tip, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])], fill=colour)


def _nearest_points(one: Box, other: Box) -> tuple[tuple[float, float], tuple[float, float]]:
    """Points of two boxes' edges that a short straight line joins, in the middle of where they face."""
    x1, x2 = _facing(one.x, one.right, other.x, other.right)
    y1, y2 = _facing(one.y, one.bottom, other.y, other.bottom)
    return (x1, y1), (x2, y2)


def _facing(a1: float, a2: float, b1: float, b2: float) -> tuple[float, float]:
    if a2 <= b1:
        return a2, b1
    if b2 <= a1:
        return a1, b2
    middle = (max(a1, b1) + min(a2, b2)) / 2
    return middle, middle


@cache
def _font(scale: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, round(TEXT * scale))
