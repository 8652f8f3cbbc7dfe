"""Pictures, decoded no further than a comparison needs.

Firefox writes PNGs of 8 bits a channel with the Sub filter on every row: each byte is the difference from the byte
of the pixel on its left (https://www.w3.org/TR/png/#9Filter-types). Two such rows are equal before the filter is
undone if and only if they are equal after, so only rows that differ need be decoded. Any other picture is decoded
whole, by Pillow.
"""

import io
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import deflate
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from capture.errors import PictureCorrupt
from capture.geometry import Box
from capture.messages import Phrase

Pixels = NDArray[np.uint8]
"""Height × width × 3 (RGB, 0 to 255)."""
Flags = NDArray[np.bool_]
"""Height × width."""

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SUB = 1
SAMPLES = {2: 3, 6: 4}
"""Samples a pixel, by PNG colour type: RGB, and RGB with alpha."""
_IHDR_END = 33
BLOCK = 32
"""Rows decoded together."""
MOST_PIXELS = 80_000_000
"""A picture larger than this is refused before it is inflated."""
OPAQUE = 255
ROUNDING_PX = 2
ROUNDING = 0.001
"""px, and share of a side, by which empty space may be larger or smaller: a page that is scaled by a trifle, or has
something reach out of it by a fraction, is a row or a column longer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sub:
    """What a Firefox PNG says of itself."""

    width: int
    height: int
    samples: int
    data: bytes
    """Deflated rows."""


class Picture:
    """A picture as rows that can be compared, and decoded a few at a time."""

    def __init__(self, rows: NDArray[np.uint8], *, width: int, samples: int) -> None:
        """Hold the rows of a picture.

        Args:
            rows: height × bytes; Sub-filtered with their filter byte when ``samples`` is 3 or 4, else plain RGB.
            samples: samples a pixel of Sub-filtered rows; 0: the rows are plain.
        """
        self.rows = rows
        self.width = width
        self.samples = samples
        self._decoded: Pixels | None = None
        self._known = np.zeros(-(-len(rows) // BLOCK), dtype=np.bool_)

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.width, self.height

    def pixels(self, top: int = 0, bottom: int | None = None) -> Pixels:
        """Decoded rows ``top`` to ``bottom``, on white; no row is decoded twice."""
        if not self.samples:
            rows = self.rows[top:bottom]
            return rows.reshape(len(rows), self.width, 3)
        end = self.height if bottom is None else min(bottom, self.height)
        if self._decoded is None:
            self._decoded = np.empty((self.height, self.width, 3), dtype=np.uint8)
        for block in range(top // BLOCK, -(-end // BLOCK)):
            if not self._known[block]:
                first, last = block * BLOCK, (block + 1) * BLOCK
                self._decoded[first:last] = self._decode(self.rows[first:last])
                self._known[block] = True
        return self._decoded[top:end]

    def _decode(self, rows: NDArray[np.uint8]) -> Pixels:
        filtered = rows[:, 1:].reshape(len(rows), self.width, self.samples)
        decoded = np.cumsum(filtered, axis=1, dtype=np.uint8)
        return _on_white(decoded) if decoded.size and self.samples == SAMPLES[6] else decoded[:, :, :3]

    @cached_property
    def plain(self) -> "Picture":
        """The same picture with plain RGB rows."""
        if not self.samples:
            return self
        return Picture(self.pixels().reshape(self.height, -1), width=self.width, samples=0)

    def widened(self, width: int, *, repeat: bool) -> "Picture":
        """The picture on a wider canvas.

        Args:
            repeat: go on with its last column; else what it does not have is magenta, and differs from any page.
        """
        if width == self.width:
            return self
        pixels = self.pixels()
        canvas = np.full((self.height, width, 3), (255, 0, 255), dtype=np.uint8)
        canvas[:, : self.width] = pixels
        if repeat:
            canvas[:, self.width :] = pixels[:, -1:]
        return Picture(canvas.reshape(self.height, -1), width=width, samples=0)

    def blanked(self, boxes: Sequence[Box]) -> "Picture":
        """The picture with these boxes black: rows that differ only inside them become equal."""
        if not boxes:
            return self
        flags = mask_of(boxes, self.height, self.width)
        touched = np.flatnonzero(flags.any(axis=1))
        if not len(touched):
            return self
        top, bottom = int(touched[0]), int(touched[-1]) + 1
        pixels = self.pixels(top, bottom).copy()
        pixels[flags[top:bottom]] = 0
        rows = self.rows.copy()
        rows[top:bottom] = self._encoded(pixels)
        return Picture(rows, width=self.width, samples=self.samples)

    def _encoded(self, pixels: Pixels) -> NDArray[np.uint8]:
        if not self.samples:
            return pixels.reshape(len(pixels), -1)
        full = np.full((*pixels.shape[:2], self.samples), OPAQUE, dtype=np.uint8)
        full[:, :, :3] = pixels
        full[:, 1:] -= full[:, :-1].copy()
        return np.concatenate([np.full((len(full), 1), SUB, dtype=np.uint8), full.reshape(len(full), -1)], axis=1)


def read_picture(data: bytes, path: Path) -> Picture:
    """Read a picture of any kind that Pillow knows; raises PictureCorrupt, naming ``path``."""
    found = _firefox_png(data)
    if found is not None:
        if found.width * found.height > MOST_PIXELS:
            raise PictureCorrupt(path, Phrase("it has more than {n} million pixels", n=MOST_PIXELS // 1_000_000))
        stride = 1 + found.width * found.samples
        try:
            inflated = deflate.zlib_decompress(found.data, found.height * stride)
        except deflate.DeflateError as error:
            raise PictureCorrupt(path, str(error)) from error
        if len(inflated) == found.height * stride:
            rows = np.frombuffer(inflated, dtype=np.uint8).reshape(found.height, stride)
            if (rows[:, 0] == SUB).all():
                return Picture(rows, width=found.width, samples=found.samples)
    return _by_pillow(data, path)


def alike(approved: Picture, captured: Picture) -> tuple[Picture, Picture]:
    """Two pictures whose rows can be compared: of one width, and of one kind."""
    if approved.width != captured.width:
        approved, captured = _of_one_width(approved, captured)
    if approved.samples == captured.samples:
        return approved, captured
    return approved.plain, captured.plain


def _of_one_width(approved: Picture, captured: Picture) -> tuple[Picture, Picture]:
    width = max(approved.width, captured.width)
    wider = approved if approved.width == width else captured
    narrower = min(approved.width, captured.width)
    edge = wider.pixels()[:, narrower - 1 :]
    rounding = width - narrower <= max(ROUNDING_PX, ROUNDING * width) and bool((edge == edge[:, :1]).all())
    return approved.widened(width, repeat=rounding), captured.widened(width, repeat=rounding)


def mask_of(boxes: Sequence[Box], height: int, width: int) -> Flags:
    """True where a picture is not to be compared."""
    flags = np.zeros((height, width), dtype=np.bool_)
    for box in boxes:
        top, left = max(int(box.y), 0), max(int(box.x), 0)
        flags[top : max(int(np.ceil(box.bottom)), 0), left : max(int(np.ceil(box.right)), 0)] = True
    return flags


def _firefox_png(data: bytes) -> _Sub | None:
    """The deflated rows of a PNG as Firefox writes it; None when it is another kind of picture."""
    if data[:8] != SIGNATURE or data[12:16] != b"IHDR" or len(data) < _IHDR_END:
        return None
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
    if depth != 8 or colour not in SAMPLES or interlace or not width or not height:  # noqa: PLR2004 - bits a sample
        return None
    parts: list[bytes] = []
    at = _IHDR_END
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IDAT":
            parts.append(data[at + 8 : at + 8 + length])
        elif kind in (b"tRNS", b"acTL"):
            return None
        at += length + 12
    return _Sub(width=width, height=height, samples=SAMPLES[colour], data=b"".join(parts))


def _by_pillow(data: bytes, path: Path) -> Picture:
    try:
        with warnings.catch_warnings(action="error"), Image.open(io.BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise PictureCorrupt(path, Phrase("it has more than {n} million pixels", n=MOST_PIXELS // 1_000_000))
            opened.load()
            pixels = np.asarray(_as_rgb(opened))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise PictureCorrupt(path, str(error)) from error
    return Picture(pixels.reshape(len(pixels), -1), width=pixels.shape[1], samples=0)


def _as_rgb(image: Image.Image) -> Image.Image:
    """A picture of any mode, as RGB on white; of 16 bits a channel, the higher 8."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _on_white(pixels: NDArray[np.uint8]) -> Pixels:
    """RGBA pixels as RGB on white; screenshots are opaque, and only looked at for it."""
    if int(pixels[:, :, 3].min(initial=OPAQUE)) == OPAQUE:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), dtype=np.uint8)
    layer = Image.fromarray(pixels)
    return np.asarray(Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB"))
