"""Content of a picture, as callouts see it: how much ink there is in every part of it. All lengths are points."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.geometry import Box
from report.publish.plane import Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Surface:
    """Content of a picture: how much ink there is in every part of it."""

    width: float
    height: float
    table: Array
    """Summed-area table (Crow, 1984) of the ink of each point, 0 to 1."""

    @property
    def box(self) -> Box:
        """Box of the picture."""
        return Box(x=0, y=0, width=self.width, height=self.height)

    @classmethod
    def of(cls, ink: NDArray[np.floating]) -> "Surface":
        """Build a surface from the ink of each point: an array of height × width, 0 to 1."""
        table = np.zeros((ink.shape[0] + 1, ink.shape[1] + 1))
        table[1:, 1:] = ink.cumsum(axis=0).cumsum(axis=1)
        return cls(width=ink.shape[1], height=ink.shape[0], table=table)

    def ink_in(self, boxes: Array) -> Array:
        """Return the ink in boxes (left, top, right, bottom), as a share of their area; outside there is none."""
        height, width = self.table.shape[0] - 1, self.table.shape[1] - 1
        left, right = (np.clip(np.rint(boxes[..., one]), 0, width).astype(int) for one in (0, 2))
        top, bottom = (np.clip(np.rint(boxes[..., one]), 0, height).astype(int) for one in (1, 3))
        total = self.table[bottom, right] - self.table[top, right] - self.table[bottom, left] + self.table[top, left]
        area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
        return np.asarray(np.maximum(total, 0) / np.maximum(area, 1))

    def ink_along(self, segments: Array) -> Array:
        """Return the ink under segments (x1, y1, x2, y2), as points of their length."""
        shares = np.linspace(0.05, 0.95, 10)
        x = segments[..., 0, None] + (segments[..., 2] - segments[..., 0])[..., None] * shares
        y = segments[..., 1, None] + (segments[..., 3] - segments[..., 1])[..., None] * shares
        around = np.stack((x - 3, y - 3, x + 3, y + 3), axis=-1)
        lengths = np.hypot(segments[..., 2] - segments[..., 0], segments[..., 3] - segments[..., 1])
        return np.asarray(self.ink_in(around).mean(axis=-1) * lengths)
