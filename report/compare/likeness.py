"""Find an old picture of a page, of another size and lossy, in a new one; it is never compared pixel by pixel.

Both are reduced to where their ink is, and the old one is sought in the new one at every scale (normalised
cross-correlation: Lewis, “Fast normalized cross-correlation”, 1995).
"""

import io
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capture.capture import decoding

LIKE = 0.65
"""Likeness from which an old picture shows the page of the new one. Measured on 24 pages of design systems and manuals:
0.75 and more on the same page, smaller, larger or cut out, as JPEG of quality 60 to 80; 0.57 and less on another."""
_WIDTH = 320
"""Width to which the new picture is reduced, cells."""
_SMALLEST, _LARGEST, _STEP = 0.3, 3.2, 1.025
"""Scales at which the old picture is sought, and the factor between two of them."""
_LEAST_SIDE = 24
"""Least sides of the old picture at a scale, cells: a smaller one is found anywhere."""
_LEAST_INK = 1.0
"""Standard deviation of the ink of the old picture, levels: an empty one is like any."""
_LEAST_VARIATION = 0.3
"""Standard deviation of the ink under the old picture, as a share of its own."""

Grey = NDArray[np.uint8]
"""Rows × columns, 0 (black) to 255."""


def is_like(old: bytes, new: bytes) -> bool:
    """Return whether an old picture shows the page of a new one; both are PNGs. Raises PictureCorrupt."""
    return likeness(_grey(old), _grey(new)) >= LIKE


def _grey(png: bytes) -> Grey:
    with decoding(Path("picture")), Image.open(io.BytesIO(png)) as image:
        grey: Grey = np.asarray(image.convert("L"))
    return grey


def likeness(old: Grey, new: Grey) -> float:
    """Return how much an old picture is like the part of a new one that is most like it, 0 to 1."""
    cell = new.shape[1] / _WIDTH
    ink = _ink(new, 1 / cell)
    best, scale = 0.0, _SMALLEST
    while scale <= _LARGEST:
        sought = _ink(old, scale / cell)
        scale *= _STEP
        rows, columns = min(sought.shape[0], ink.shape[0]), min(sought.shape[1], ink.shape[1])
        if rows < 0.8 * sought.shape[0] or columns < 0.95 * sought.shape[1] or min(rows, columns) < _LEAST_SIDE:
            continue
        part = sought[:rows, :columns]
        if float(part.std()) < _LEAST_INK:
            continue
        found = cv2.matchTemplate(ink, part, cv2.TM_CCOEFF_NORMED)
        best = max(best, float(found[_varies(ink, part)].max(initial=0)))
    return best


def _varies(ink: NDArray[np.float32], part: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the places at which the ink under a part varies about as much as the part: all is like an empty page."""
    rows, columns = part.shape
    sums, squares = (_means(np.asarray(one, np.float64), rows, columns) for one in cv2.integral2(ink))
    deviation = np.sqrt(np.maximum(squares - sums**2, 0))
    varies: NDArray[np.bool_] = deviation > _LEAST_VARIATION * float(part.std())
    return varies


def _means(sums: NDArray[np.float64], rows: int, columns: int) -> NDArray[np.float64]:
    """Return the mean under each place of a part, from the sums above and left of each cell (an integral image)."""
    whole: NDArray[np.float64] = (
        sums[rows:, columns:] - sums[:-rows, columns:] - sums[rows:, :-columns] + sums[:-rows, :-columns]
    )
    return whole / (rows * columns)


def _ink(picture: Grey, scale: float) -> NDArray[np.float32]:
    """Return where the edges of a picture are, reduced by a scale."""
    shape = (max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1))
    edges = cv2.morphologyEx(picture, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8))
    reduced = cv2.resize(
        edges.astype(np.float32), shape, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    blurred: NDArray[np.float32] = np.asarray(cv2.GaussianBlur(reduced, (3, 3), 0), np.float32)
    return blurred
