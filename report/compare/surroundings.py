"""Edges around what differs: where many of them differ too, a page is drawn by another renderer."""

import cv2
import numpy as np
from numpy.typing import NDArray

from report.compare.levels import (
    STROKE_LEVELS,
    Indexes,
    Place,
    Values,
    blurred,
    brightness,
    gradient,
    local_contrast,
    strongest,
)
from report.compare.png import Flags, Pixels

EDGE_SLOPE = 0.08
"""Smallest slope of an edge, as a fraction of the local contrast for each px."""
MOVED_SHARE = 0.03
"""Smallest difference of an edge that counts as moved, as a fraction of the local contrast."""
STRICT_LIMIT = 0.095
"""Residual that counts as a change where most edges around are equal, as a fraction of the local contrast."""
SURROUNDINGS = ((80, 40, 0.4), (320, 160, 0.12))
"""Distance (px) to the sides and up and down around a line, and the share of the edges there above which LENIENT_LIMIT
applies: a few lines; a large part of the page, where a change of font hinting moves only some strokes."""
TALLEST_LINE_PX = 96
"""px; what is higher is no line of text but a picture, or many lines: there its own edges count."""
PICTURE_SHARE = 0.4
"""Share of the edges of a picture above which LENIENT_LIMIT applies to all of it."""
LEAST_EDGES = 40
"""Fewer edges (px) around a line tell nothing."""
LINE_GAP_PX = (25, 5)
"""Width and height of the neighbourhood in which edges belong to one line of text: more than a space, less than the
distance of two lines."""
MOST_SEARCHES = 16
"""Number of grid cells after which a search that explained little ends."""
PLAIN_SHARE = 0.5
"""Share of the pixels of a cell, and of the cells, that no movement explains where the content plainly differs."""
REPLACED_SEARCHES = 48
"""Number of grid cells that tell another page from another rendering."""
REPLACED_PLAIN_SHARE = 0.85
"""Share of them that no movement explains on another page."""
REPLACED_SHARE = 0.25
"""Share of stroke pixels above which a part shows different content: rendering alone never changes so many."""


class Surroundings:
    """Edges of a part of the page, and which of them differ between the pictures."""

    def __init__(self, height: int, width: int, *, limit: float = STRICT_LIMIT) -> None:
        """Create surroundings without edges yet.

        Args:
            height: px.
            width: px.
            limit: residual that counts as a change where few edges differ, as a fraction of the local contrast.
        """
        self.limit = limit
        self._edges = np.zeros((height, width), dtype=np.uint8)
        self._moved = np.zeros((height, width), dtype=np.uint8)
        self._searched = self._kept = 0
        self._judged: _Lines | None = None

    def add(self, one: Pixels, other: Pixels, place: Place, inside: Place) -> None:
        """Record the edges of two pictures of the same size.

        Args:
            one: pixels of a window of the baseline.
            other: pixels of the same window of the candidate.
            place: where to record, in this part.
            inside: what to record, in the window.
        """
        if is_replaced(strongest(cv2.absdiff(one, other))):
            return
        bright = brightness(one), brightness(other)
        contrast = local_contrast(*bright)[inside].astype(np.float32)
        first, second = (blurred(plane) for plane in bright)
        across, down = (slope[inside] for slope in gradient((first + second) / 2))
        edges = cv2.magnitude(across, down) > EDGE_SLOPE * contrast
        self._edges[place] = edges
        self._moved[place] = edges & (cv2.absdiff(first, second)[inside] > MOVED_SHARE * contrast)

    @property
    def plainly_differs(self) -> bool:
        """Whether whole-pixel movements explained so little so far that it is no use to look for more of them."""
        return self._searched >= MOST_SEARCHES and self._kept > PLAIN_SHARE * self._searched

    @property
    def may_be_replaced(self) -> bool:
        """Whether so few places were searched that this may turn out to be another page."""
        return self._searched < REPLACED_SEARCHES and self._kept > REPLACED_PLAIN_SHARE * self._searched

    @property
    def is_replaced(self) -> bool:
        """Whether movements explained next to nothing in many places: this is another page, not another rendering."""
        return self._searched >= REPLACED_SEARCHES and self._kept > REPLACED_PLAIN_SHARE * self._searched

    def count_search(self, *, explained: bool) -> None:
        """Count a search for a whole-pixel movement."""
        self._searched += 1
        self._kept += not explained

    def differ(self, place: Place, at: Indexes) -> Flags:
        """Return, for the pixels at some indexes of a place, whether many of the edges around their line differ.

        The line itself does not count: the words of a label that stands alone would prove their own other rendering.
        """
        if not len(at):
            return np.zeros(0, dtype=np.bool_)
        rows, columns = place
        if self._judged is None or self._judged.rows != rows:
            self._judged = _Lines(self._edges, self._moved, rows)
        width = columns.stop - columns.start
        return self._judged.differ(at // width, at % width + columns.start)


class _Lines:
    """Lines of text with edges that differ, in some rows of a part and around them."""

    def __init__(self, edges: NDArray[np.uint8], moved: NDArray[np.uint8], rows: slice) -> None:
        self.rows = rows
        reach = max(down for _, down, _ in SURROUNDINGS)
        near = slice(max(rows.start - reach, 0), rows.stop + reach)
        self._first = rows.start - near.start
        self._boxes, self._numbers = _lines(moved[near])
        self._sums = cv2.integral(edges[near]), cv2.integral(moved[near])
        self._differ: dict[int, bool] = {0: False}

    def differ(self, rows: Indexes, columns: Indexes) -> Flags:
        """Return for each pixel, by its row and column, whether many of the edges around its line differ."""
        own = self._numbers[rows + self._first, columns]
        found = np.zeros(len(self._boxes), dtype=np.bool_)
        for number in np.unique(own).tolist():
            if number not in self._differ:
                self._differ[number] = _is_rendering(self._boxes[number], self._sums)
            found[number] = self._differ[number]
        result: Flags = found[own]
        return result


def _lines(moved: NDArray[np.uint8]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Join moved edges to lines of text; return each line's box (left, top, width, height), and its number by pixel."""
    joined = cv2.dilate(moved, np.ones(LINE_GAP_PX[::-1], dtype=np.uint8))
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_32S)
    return np.asarray(stats[:, :4]), np.asarray(numbers)


def _is_rendering(line: NDArray[np.int32], sums: tuple[Values, Values]) -> bool:
    """Whether many of the edges around a line differ too.

    Args:
        line: box of the line: left, top, width, height.
        sums: integral images of all edges and of those that differ.
    """
    left, top, width, height = line.tolist()
    bottom, right = sums[0].shape[0] - 1, sums[0].shape[1] - 1

    def counted(across: int, down: int) -> tuple[int, int]:
        rows = max(top - down, 0), min(top + height + down, bottom)
        columns = max(left - across, 0), min(left + width + across, right)
        edges, moved = (
            int(
                one[rows[1], columns[1]]
                - one[rows[0], columns[1]]
                - one[rows[1], columns[0]]
                + one[rows[0], columns[0]]
            )
            for one in sums
        )
        return edges, moved

    own = counted(0, 0)
    if height > TALLEST_LINE_PX and own[1] > PICTURE_SHARE * own[0]:
        return True
    for across, down, share in SURROUNDINGS:
        edges, moved = (whole - part for whole, part in zip(counted(across, down), own, strict=True))
        if edges >= LEAST_EDGES and moved > share * edges:
            return True
    return False


def is_replaced(differs: NDArray[np.uint8]) -> bool:
    """Whether so many pixels differ that a part shows different content."""
    return bool(np.count_nonzero(differs > STROKE_LEVELS) > REPLACED_SHARE * differs.size)
