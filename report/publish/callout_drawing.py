"""Draw callouts: strokes of white, colour and white, with a contrast that is measured on the picture."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import atan2, ceil, cos, floor, hypot, sin
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from capture.geometry import Box
from report.publish.callout import HALO, STROKE, STROKE_REACH, PlacedMark, Point
from report.publish.callout_label import DISC, FONT_SIZE, LINE_HEIGHT, PADDING_X, Label
from report.publish.lettering import width_of, write_text

if TYPE_CHECKING:
    from report.publish.published_picture import PublishedPicture

OVERSAMPLING = 3
"""Callouts are drawn this many times larger, then reduced, because Pillow does not smooth its shapes."""
Colour = tuple[int, int, int]
WHITE: Colour = (255, 255, 255)
TEXT: Colour = (29, 29, 36)
EDGE: Colour = (200, 200, 206)
"""Line around a picture that has a margin."""
HEAD_LENGTH, HEAD_WIDTH = 17.0, 15.0
SHAFT = 4.0
BORDER = 2.0
"""Width of a label's border."""
CORNER = 8.0
LINEAR_UP_TO = 0.04045
"""Value of an sRGB channel, 0 to 1, up to which it is linear (IEC 61966-2-1)."""
LEAST_CONTRAST = 3.0
"""Contrast of graphics that WCAG 2.2 asks for (1.4.11)."""
FEW = 0.01
"""Share of pixels that are left out: single pixels of a border."""
ALIKE_HUE = 26
"""Difference of hue below which a colour of the page resembles that of the callouts, degrees."""
MOST_ALIKE = 0.06
"""Share of such pixels around the targets from which another colour is chosen."""
VIVID = 0.35
"""Saturation from which a pixel is seen as coloured."""
NEARBY = 26
"""Distance around a target in which the colours of the page count, points."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """Colour of callouts, and the contrast that it has on the pictures for which it was chosen."""

    colour: Colour
    contrast: float
    """Least contrast of a stroke, its core or its white border, with the pixels that it lies on."""


HUES: tuple[tuple[Colour, Colour], ...] = (
    ((196, 22, 28), (140, 10, 22)),
    ((112, 32, 168), (88, 20, 138)),
    ((0, 96, 64), (0, 78, 54)),
    ((20, 70, 190), (16, 56, 150)),
)
"""Colours in the order of preference: for most pictures, and a darker one where the first has too little contrast.

A colour with a contrast of 9 with white has, or white has, a contrast of 3 with any pixel, because √9 = 3."""


def luminance(pixels: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the relative luminance of sRGB pixels (…, 3), 0 to 255, as WCAG 2.2 defines it."""
    share = np.asarray(pixels, dtype=np.float64) / 255
    linear = np.where(share <= LINEAR_UP_TO, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array((0.2126, 0.7152, 0.0722)))


def contrast(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the contrast of luminances, from 1 to 21."""
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def palette_for(pictures: Sequence["PublishedPicture"]) -> Palette:
    """Return the first colour that is not one of the pages' own, and that has enough contrast on all pictures."""
    under = np.concatenate([_pixels_under(picture) for picture in pictures] or [np.empty((0, 3))])
    around = np.concatenate([_pixels_around(picture) for picture in pictures] or [np.empty((0, 3))])
    hues = sorted(HUES, key=lambda hue: _likeness(hue[0], around) > MOST_ALIKE)
    ranked = [Palette(colour=colour, contrast=least_contrast(colour, under)) for hue in hues for colour in hue]
    return next((one for one in ranked if one.contrast >= LEAST_CONTRAST), max(ranked, key=lambda one: one.contrast))


def least_contrast(colour: Colour, pixels: NDArray[np.floating]) -> float:
    """Return the least contrast that a stroke of a colour, or its white border, has with pixels."""
    core, white = (luminance(np.array(one, dtype=np.float64)) for one in (colour, WHITE))
    if not len(pixels):
        return float(contrast(core, white))
    ground = luminance(pixels)
    return float(np.quantile(np.maximum(contrast(core, ground), contrast(white, ground)), FEW))


def _likeness(colour: Colour, pixels: NDArray[np.floating]) -> float:
    """Return the share of pixels that are vivid and have nearly the hue of a colour."""
    if not len(pixels):
        return 0.0
    hue, saturation = _hue_and_saturation(pixels)
    own, _ = _hue_and_saturation(np.array([colour], dtype=np.float64))
    apart = np.abs((hue - own + 180) % 360 - 180)
    return float(((apart < ALIKE_HUE) & (saturation > VIVID)).mean())


def _hue_and_saturation(pixels: NDArray[np.floating]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    red, green, blue = (np.asarray(pixels[:, channel], dtype=np.float64) for channel in range(3))
    high, low = pixels.max(axis=1).astype(np.float64), pixels.min(axis=1).astype(np.float64)
    span = np.maximum(high - low, 1e-9)
    hue = np.where(
        high == red,
        (green - blue) / span % 6,
        np.where(high == green, (blue - red) / span + 2, (red - green) / span + 4),
    )
    return hue * 60, (high - low) / 255


def _pixels_under(picture: "PublishedPicture") -> NDArray[np.float64]:
    """Return the pixels of the page along all strokes."""
    pixels = np.asarray(picture.part, dtype=np.float64)
    points = [point for one in picture.layout.placed for point in _along(one)]
    if not points:
        return np.empty((0, 3))
    x, y = (np.array(points) * picture.point).T.round().astype(int)
    inside = (x >= 0) & (y >= 0) & (x < pixels.shape[1]) & (y < pixels.shape[0])
    return np.asarray(pixels[y[inside], x[inside]])


def _along(one: PlacedMark) -> Iterator[Point]:
    """Yield points on the strokes of a callout, one point apart."""
    lines = list(pairwise(one.path))
    if one.mark.kind == "box":
        box = one.mark.target.grown(one.outline.gap)
        ring = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom), (box.x, box.y)]
        lines += list(pairwise(ring))
    for (x1, y1), (x2, y2) in lines:
        steps = max(ceil(hypot(x2 - x1, y2 - y1)), 1)
        for step in range(steps + 1):
            yield x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps


def _pixels_around(picture: "PublishedPicture") -> NDArray[np.float64]:
    pixels = np.asarray(picture.part, dtype=np.float64)
    parts = []
    for one in picture.layout.placed:
        box = one.mark.target.grown(NEARBY).scaled(picture.point)
        part = pixels[max(round(box.y), 0) : round(box.bottom) : 2, max(round(box.x), 0) : round(box.right) : 2]
        parts.append(part.reshape(-1, 3))
    return np.concatenate(parts) if parts else np.empty((0, 3))


def draw(picture: "PublishedPicture", *, times: int, palette: Palette) -> Image.Image:
    """Return a picture with its callouts drawn; ``times`` pixels for each pixel of the capture."""
    unit, canvas = picture.point * times, picture.layout.canvas
    part = picture.part
    if times != 1:
        part = part.resize((part.width * times, part.height * times), Image.Resampling.LANCZOS)
    size = round(canvas.width * unit), round(canvas.height * unit)
    image = Image.new("RGB", (max(size[0], part.width), max(size[1], part.height)), WHITE)
    left, top = round(-canvas.x * unit), round(-canvas.y * unit)
    image.paste(part, (left, top))
    if image.size != part.size:
        edge = (left - 1, top - 1, left + part.width, top + part.height)
        ImageDraw.Draw(image).rectangle(edge, outline=EDGE, width=max(round(unit), 1))
    for one in picture.layout.placed:
        _Pen(image, canvas, unit).strokes(one, palette)
    for one in picture.layout.placed:
        _Pen(image, canvas, unit).label(picture.label_of(one), one.label, palette)
    return image


class _Pen:
    """Draws on a picture, in points; each shape on a small sheet of its own that is reduced and pasted."""

    def __init__(self, image: Image.Image, canvas: Box, unit: float) -> None:
        self.image = image
        self.canvas = canvas
        self.unit = unit

    def _sheet(self, around: Box) -> tuple[Image.Image, "_Sheet", tuple[int, int]]:
        left = floor((around.x - self.canvas.x) * self.unit) - 2
        top = floor((around.y - self.canvas.y) * self.unit) - 2
        width, height = ceil(around.width * self.unit) + 5, ceil(around.height * self.unit) + 5
        sheet = Image.new("RGBA", (width * OVERSAMPLING, height * OVERSAMPLING), (255, 255, 255, 0))
        factor = self.unit * OVERSAMPLING
        origin = self.canvas.x + left / self.unit, self.canvas.y + top / self.unit
        return sheet, _Sheet(ImageDraw.Draw(sheet), origin, factor), (left, top)

    def _paste(self, sheet: Image.Image, place: tuple[int, int]) -> None:
        reduced = sheet.reduce(OVERSAMPLING)
        self.image.paste(reduced, place, reduced)

    def strokes(self, one: PlacedMark, palette: Palette) -> None:
        """Draw the connector of a callout, and its outline or its arrowhead."""
        reach = one.mark.target.grown(one.outline.outside + STROKE)
        xs, ys = [x for x, _ in one.path], [y for _, y in one.path]
        left, top = min(reach.x, *xs) - HEAD_WIDTH, min(reach.y, *ys) - HEAD_WIDTH
        right, bottom = max(reach.right, *xs) + HEAD_WIDTH, max(reach.bottom, *ys) + HEAD_WIDTH
        sheet, pen, place = self._sheet(Box(x=left, y=top, width=right - left, height=bottom - top))
        for colour, halo in ((WHITE, HALO), (palette.colour, 0.0)):
            if one.mark.kind == "arrow":
                pen.arrow(one.path, colour, halo)
            else:
                share = one.outline.reach / STROKE_REACH
                pen.rounded(one.mark.target.grown(one.outline.gap), colour, (STROKE + 2 * halo) * share)
                pen.line(one.path, colour, STROKE + 2 * halo)
        self._paste(sheet, place)

    def label(self, label: Label, box: Box, palette: Palette) -> None:
        """Draw a label: a disc with the number, and a panel with the text."""
        sheet, pen, place = self._sheet(box.grown(HALO + 1))
        radius = DISC / 2
        middle = (box.x + radius, box.y + box.height / 2)
        if label.lines:
            panel = Box(x=box.x + radius, y=box.y, width=box.width - radius, height=box.height)
            pen.panel(panel.grown(HALO), CORNER + HALO, WHITE)
            pen.panel(panel, CORNER, palette.colour)
            pen.panel(panel.grown(-BORDER), CORNER - BORDER, WHITE)
            top = box.y + (box.height - LINE_HEIGHT * len(label.lines)) / 2
            for index, line in enumerate(label.lines):
                pen.text(box.x + DISC + PADDING_X * 0.7, top + LINE_HEIGHT * (index + 0.5), line, TEXT)
        pen.disc(middle, radius, WHITE)
        pen.disc(middle, radius - HALO, palette.colour)
        pen.centred(middle, str(label.number), WHITE)
        self._paste(sheet, place)


class _Sheet:
    """A pen on an oversampled sheet whose coordinates are points of the picture."""

    def __init__(self, pen: ImageDraw.ImageDraw, origin: Point, factor: float) -> None:
        self.pen = pen
        self.origin = origin
        self.factor = factor

    def _at(self, point: Point) -> Point:
        return (point[0] - self.origin[0]) * self.factor, (point[1] - self.origin[1]) * self.factor

    def _corners(self, box: Box) -> tuple[float, float, float, float]:
        return (*self._at((box.x, box.y)), *self._at((box.right, box.bottom)))

    def line(self, path: Sequence[Point], colour: Colour, width: float) -> None:
        """Draw a line through points, with round corners and ends."""
        points = [self._at(point) for point in path]
        self.pen.line(points, fill=colour, width=round(width * self.factor), joint="curve")
        for point in points:
            self.pen.circle(point, width * self.factor / 2, fill=colour)

    def rounded(self, box: Box, colour: Colour, width: float) -> None:
        """Draw an outline; ``box`` is the middle of its stroke."""
        outer = box.grown(width / 2)
        radius = min(CORNER, outer.width / 2, outer.height / 2) * self.factor
        self.pen.rounded_rectangle(self._corners(outer), radius, outline=colour, width=round(width * self.factor))

    def arrow(self, path: Sequence[Point], colour: Colour, halo: float) -> None:
        """Draw an arrow along a path; its tip is the last point."""
        (x1, y1), (x2, y2) = path[-2:]
        angle = atan2(y2 - y1, x2 - x1)
        length, half = HEAD_LENGTH + 2 * halo, HEAD_WIDTH / 2 + 1.4 * halo
        tip = (x2 + halo * cos(angle), y2 + halo * sin(angle))
        base = (tip[0] - length * cos(angle), tip[1] - length * sin(angle))
        neck = (x2 - HEAD_LENGTH * 0.7 * cos(angle), y2 - HEAD_LENGTH * 0.7 * sin(angle))
        self.line([*path[:-1], neck], colour, SHAFT + 2 * halo)
        side = (half * sin(angle), -half * cos(angle))
        corners = [tip, (base[0] + side[0], base[1] + side[1]), (base[0] - side[0], base[1] - side[1])]
        self.pen.polygon([self._at(corner) for corner in corners], fill=colour)

    def panel(self, box: Box, radius: float, colour: Colour) -> None:
        self.pen.rounded_rectangle(self._corners(box), radius * self.factor, fill=colour)

    def disc(self, middle: Point, radius: float, colour: Colour) -> None:
        self.pen.circle(self._at(middle), radius * self.factor, fill=colour)

    def text(self, x: float, middle: float, text: str, colour: Colour) -> None:
        left, centre = self._at((x, middle))
        write_text(self.pen, left, centre, text, size=FONT_SIZE * self.factor, fill=colour)

    def centred(self, middle: Point, text: str, colour: Colour) -> None:
        size = FONT_SIZE * self.factor * (1 if len(text) == 1 else 0.88)
        x, y = self._at(middle)
        write_text(self.pen, x - width_of(text, size) / 2, y, text, size=size, fill=colour)
