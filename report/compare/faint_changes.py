"""Find faint changes at the targets of instructions: a slightly darker title, a weak shadow.

Elsewhere they are left alone, because a renderer's own differences are as weak. What tells them apart is the sign: text
that moves by a fraction of a pixel becomes darker on one side and lighter on the other; a change of colour does not.
"""

import cv2
import numpy as np

from capture.geometry import Box
from report.compare.png import Flags, Picture, Pixels

FAINT_LEVELS = 5
"""Smallest difference of a pixel that counts (levels, 0 to 255)."""
STRONG_LEVELS = 32
"""A change with a pixel that differs by more is not faint, and is judged by the comparison of pixels."""
LEAST_PIXELS = 24
"""Number of such pixels."""
ONE_SIGN_SHARE = 0.85
"""Share of the sum of all differences that must be darker, or lighter."""
AROUND_PX = 6
"""Distance (px) around a target in which its shadow lies."""


def faint_change(baseline: Picture, candidate: Picture, old: Box, new: Box) -> tuple[Flags, Box] | None:
    """Return the changed pixels of a target and where they lie in the candidate; None if it looks the same.

    Args:
        baseline: picture of the baseline.
        candidate: picture of the candidate.
        old: the target's box on the baseline, px.
        new: its box on the candidate, of the same size.
    """
    before, after = _around(baseline, old), _around(candidate, new)
    if before.shape != after.shape or not before.size:
        return None
    difference = cv2.subtract(after, before, dtype=cv2.CV_16S)
    levels = np.abs(difference).max(axis=2)
    changed: Flags = levels >= FAINT_LEVELS
    if levels.max() > STRONG_LEVELS:
        return None
    if np.count_nonzero(changed) < LEAST_PIXELS:
        return None
    strong = difference[changed].astype(np.int64)
    if np.abs(strong.sum(axis=0)).max() < ONE_SIGN_SHARE * np.abs(strong).sum(axis=0).max():
        return None
    left, top = max(round(new.x) - AROUND_PX, 0), max(round(new.y) - AROUND_PX, 0)
    return changed, Box(x=left, y=top, width=changed.shape[1], height=changed.shape[0])


def _around(picture: Picture, box: Box) -> Pixels:
    """Return the pixels of a box and of what is around it."""
    top, left = max(round(box.y) - AROUND_PX, 0), max(round(box.x) - AROUND_PX, 0)
    bottom, right = round(box.y) + round(box.height) + AROUND_PX, round(box.x) + round(box.width) + AROUND_PX
    if top >= picture.height:
        return np.zeros((0, 0, 3), dtype=np.uint8)
    return picture.pixels(top, max(bottom, top))[:, left : max(right, left)]
