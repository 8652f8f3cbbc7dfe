"""Read pictures for comparison, and decode only the rows that need it.

Firefox writes PNGs of 8 bits a channel with the Sub filter on every row: each byte is the difference from the byte
of the pixel on its left (https://www.w3.org/TR/png/#9Filter-types). Two filtered rows are equal if and only if their
pixels are equal, so rows are compared filtered, and only rows that differ are decoded. Pillow decodes any other picture
as a whole.
"""

import io
import struct
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

import cv2
import deflate
import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from capture.capture import MOST_PIXELS, PNG_SIGNATURE
from capture.errors import PictureCorrupt
from capture.geometry import Box
from capture.messages import Phrase

Pixels = NDArray[np.uint8]
"""Height × width × 3 (RGB, 0 to 255)."""
Flags = NDArray[np.bool_]
"""Height × width."""

SUB_FILTER = 1
SAMPLES = {2: 3, 6: 4}
"""Number of samples (bytes) of a pixel by PNG colour type: 2 is RGB, 6 is RGBA."""
_IHDR_END = 33
DECODED_ROWS = 32
"""Number of rows decoded at a time."""
MOST_KEPT_BYTES = 64 << 20
"""Memory of the pictures that are kept for the next one who reads them: eight of 1280 × 900 px."""
OPAQUE = 255
ROUNDING_PX = 2
ROUNDING = 0.001
"""Tolerance, in px and as a share of a side, for the size of blank space: rounding may make a page a row or a column
longer when it is scaled by a fraction, or when an element reaches out of it by less than a pixel."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _FirefoxPng:
    """Header and compressed rows of a PNG of the kind that Firefox writes."""

    width: int
    height: int
    samples: int
    data: bytes
    """Rows, compressed with zlib."""


class Picture:
    """A picture as comparable rows of bytes, decoded on demand."""

    def __init__(self, rows: NDArray[np.uint8], *, width: int, samples: int) -> None:
        """Store the rows of a picture.

        Args:
            rows: height × bytes; with Sub filter and filter byte if ``samples`` is 3 or 4, else plain RGB.
            samples: bytes of a pixel in filtered rows; 0 if the rows are plain.
        """
        self.rows = rows
        self.width = width
        self.samples = samples
        self._decoded: Pixels | None = None
        self._is_decoded = np.zeros(-(-len(rows) // DECODED_ROWS), dtype=np.bool_)
        self._decoding = Lock()

    @property
    def height(self) -> int:
        return len(self.rows)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.width, self.height

    @property
    def most_bytes(self) -> int:
        """Memory that it takes when all rows are decoded."""
        return self.rows.nbytes + (self.width * self.height * 3 if self.samples else 0)

    def pixels(self, top: int = 0, bottom: int | None = None) -> Pixels:
        """Return the pixels of rows ``top`` to ``bottom`` (exclusive), on white; each row is decoded only once.

        They belong to the picture, and cannot be written to.
        """
        if not self.samples:
            rows = self.rows[top:bottom]
            return rows.reshape(len(rows), self.width, 3)
        end = self.height if bottom is None else min(bottom, self.height)
        with self._decoding:
            if self._decoded is None:
                self._decoded = np.empty((self.height, self.width, 3), dtype=np.uint8)
            for block in range(top // DECODED_ROWS, -(-end // DECODED_ROWS)):
                if not self._is_decoded[block]:
                    first, last = block * DECODED_ROWS, (block + 1) * DECODED_ROWS
                    self._decoded[first:last] = self._decode(self.rows[first:last])
                    self._is_decoded[block] = True
            decoded = self._decoded[top:end]
        decoded.flags.writeable = False
        return decoded

    def _decode(self, rows: NDArray[np.uint8]) -> Pixels:
        filtered = rows[:, 1:].reshape(len(rows), self.width, self.samples)
        decoded = np.cumsum(filtered, axis=1, dtype=np.uint8)
        return _on_white(decoded) if decoded.size and self.samples == SAMPLES[6] else decoded[:, :, :3]

    @cached_property
    def plain(self) -> "Picture":
        """The picture with plain RGB rows."""
        if not self.samples:
            return self
        return Picture(self.pixels().reshape(self.height, -1), width=self.width, samples=0)

    def widened(self, width: int, *, repeat: bool) -> "Picture":
        """Return the picture on a wider canvas.

        Args:
            width: px.
            repeat: fill the new columns with the last column, else with magenta, which differs from any page.
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
        """Return the picture with these boxes painted black, so that rows that differ only there become equal."""
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
        """Return pixels as rows of the picture's own encoding."""
        if not self.samples:
            return pixels.reshape(len(pixels), -1)
        full = np.full((*pixels.shape[:2], self.samples), OPAQUE, dtype=np.uint8)
        full[:, :, :3] = pixels
        full[:, 1:] -= full[:, :-1].copy()
        return np.concatenate(
            [np.full((len(full), 1), SUB_FILTER, dtype=np.uint8), full.reshape(len(full), -1)], axis=1
        )


class _LastPictures:
    """The pictures that were read last, by the bytes of their files, as far as they fit into MOST_KEPT_BYTES.

    Comparison, thumbnails, differences and previews of a page need the same two pictures.
    """

    def __init__(self) -> None:
        self._pictures: dict[bytes, Picture] = {}
        self._changing = Lock()

    def get(self, data: bytes) -> Picture | None:
        """Return a picture that is kept, and count it as the last one read."""
        with self._changing:
            picture = self._pictures.pop(data, None)
            if picture is not None:
                self._pictures[data] = picture
            return picture

    def add(self, data: bytes, picture: Picture) -> None:
        """Keep a picture, and let go of those that were read longest ago."""
        with self._changing:
            self._pictures[data] = picture
            while sum(one.most_bytes for one in self._pictures.values()) > MOST_KEPT_BYTES:
                del self._pictures[next(iter(self._pictures))]


_LAST = _LastPictures()


def read_picture(data: bytes, path: Path) -> Picture:
    """Return a picture in any format that Pillow knows: one of the last that were read, or read now.

    Several threads may use the same picture. Raises PictureCorrupt with ``path``.
    """
    picture = _LAST.get(data)
    if picture is None:
        picture = _decoded(data, path)
        _LAST.add(data, picture)
    return picture


def _decoded(data: bytes, path: Path) -> Picture:
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
            if (rows[:, 0] == SUB_FILTER).all():
                return Picture(rows, width=found.width, samples=found.samples)
    return _by_pillow(data, path)


def comparable(baseline: Picture, candidate: Picture) -> tuple[Picture, Picture]:
    """Return two pictures with the same width and the same encoding, so that their rows can be compared."""
    if baseline.width != candidate.width:
        baseline, candidate = _with_equal_width(baseline, candidate)
    if baseline.samples == candidate.samples:
        return baseline, candidate
    return baseline.plain, candidate.plain


def _with_equal_width(baseline: Picture, candidate: Picture) -> tuple[Picture, Picture]:
    """Widen the narrower picture; blank columns within the rounding tolerance do not count as a difference."""
    width = max(baseline.width, candidate.width)
    wider = baseline if baseline.width == width else candidate
    narrower = min(baseline.width, candidate.width)
    edge = wider.pixels()[:, narrower - 1 :]
    rounding = width - narrower <= max(ROUNDING_PX, ROUNDING * width) and bool((edge == edge[:, :1]).all())
    return baseline.widened(width, repeat=rounding), candidate.widened(width, repeat=rounding)


def mask_of(boxes: Sequence[Box], height: int, width: int) -> Flags:
    """Return flags (height × width) that are true inside the boxes (px)."""
    flags = np.zeros((height, width), dtype=np.bool_)
    for box in boxes:
        top, left = max(int(box.y), 0), max(int(box.x), 0)
        flags[top : max(int(np.ceil(box.bottom)), 0), left : max(int(np.ceil(box.right)), 0)] = True
    return flags


def _firefox_png(data: bytes) -> _FirefoxPng | None:
    """Parse a PNG of the kind that Firefox writes; return None for any other picture."""
    if data[:8] != PNG_SIGNATURE or data[12:16] != b"IHDR" or len(data) < _IHDR_END:
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
    return _FirefoxPng(width=width, height=height, samples=SAMPLES[colour], data=b"".join(parts))


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
    """Convert a picture of any mode to RGB on white; 16-bit channels are reduced to their high byte."""
    if image.mode == "RGB" and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    layer = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _on_white(pixels: NDArray[np.uint8]) -> Pixels:
    """Convert RGBA pixels to RGB on white; opaque pictures take a faster path."""
    if int(pixels[:, :, 3].min(initial=OPAQUE)) == OPAQUE:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGBA2RGB), dtype=np.uint8)
    layer = Image.fromarray(pixels)
    return np.asarray(Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB"))
