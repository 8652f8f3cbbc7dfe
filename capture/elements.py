"""What is on the page: role, accessible name, box and state of everything a reader can see or act on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urldefrag

CONTAINERS = frozenset(
    (
        "dialog",
        "alertdialog",
        "form",
        "navigation",
        "main",
        "banner",
        "contentinfo",
        "complementary",
        "region",
        "search",
    )
)
WINDOWS = frozenset(("dialog", "alertdialog"))
CORNER_PX = 16
"""px; corners of windows are rounded by less."""
FIELDS = frozenset(["textbox", "searchbox", "combobox", "spinbutton", "checkbox", "radio", "slider", "listbox"])

_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ´`‘", "'"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A rectangle in px of the picture, from its top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def area(self) -> float:
        return max(self.width, 0) * max(self.height, 0)

    def grown(self, margin: float) -> Self:
        return type(self)(
            x=self.x - margin, y=self.y - margin, width=self.width + 2 * margin, height=self.height + 2 * margin
        )

    def overlap(self, other: "Box") -> float:
        """Area in px² that both boxes cover."""
        width = min(self.right, other.right) - max(self.x, other.x)
        height = min(self.bottom, other.bottom) - max(self.y, other.y)
        return max(width, 0) * max(height, 0)

    def common(self, other: "Box") -> "Box":
        """What both boxes cover; of no width or height, when that is nothing."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Box(
            x=x, y=y, width=max(min(self.right, other.right) - x, 0), height=max(min(self.bottom, other.bottom) - y, 0)
        )

    def in_common(self, other: "Box") -> float:
        """Area that two boxes share, as a fraction of all they cover."""
        shared = self.overlap(other)
        return shared / max(self.area + other.area - shared, 1)

    def without(self, other: "Box") -> tuple["Box", ...]:
        """What of this box the other leaves uncovered, as at most four boxes."""
        if not self.overlap(other):
            return (self,)
        top, bottom = max(self.y, other.y), min(self.bottom, other.bottom)
        pieces = (
            Box(x=self.x, y=self.y, width=self.width, height=top - self.y),
            Box(x=self.x, y=bottom, width=self.width, height=self.bottom - bottom),
            Box(x=self.x, y=top, width=other.x - self.x, height=bottom - top),
            Box(x=other.right, y=top, width=self.right - other.right, height=bottom - top),
        )
        return tuple(piece for piece in pieces if piece.width > 0 and piece.height > 0)

    def within(self, other: "Box") -> bool:
        return self.overlap(other) >= self.area * 0.999

    def distance(self, other: "Box") -> float:
        """Largest difference in px between any two corresponding sides."""
        return max(
            abs(self.x - other.x),
            abs(self.y - other.y),
            abs(self.right - other.right),
            abs(self.bottom - other.bottom),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One thing on the page. Its place in a capture's ``elements`` is its index."""

    role: str
    """ARIA role, or ``text`` for a block of plain text."""
    name: str
    """Accessible name; for ``text``, the text."""
    box: Box
    parent: int | None = None
    """Index of the nearest container (dialog, form, landmark)."""
    visible: bool = True
    covered_by: int | None = None
    """Index of the container that lies on top of it; -1 when that is nothing in the list."""
    disabled: bool = False
    filled: bool = False
    submits: bool = False
    address: str | None = None
    """Where a link leads, as an address of the real site."""
    opener: int | None = None
    """Of something hidden: the index of the visible control that opens what holds it."""

    @property
    def at_hand(self) -> bool:
        """Visible, and topmost."""
        return self.visible and self.covered_by is None

    def leads_on(self, url: str) -> bool:
        """Does it, as a rule, lead from this address to another page?"""
        elsewhere = self.address is not None and urldefrag(self.address).url != urldefrag(url).url
        return self.submits or elsewhere


def normalise(name: str) -> str:
    """A name as names are compared: case, apostrophes and spaces folded, accents kept."""
    return " ".join(name.translate(_APOSTROPHES).split()).casefold()


def containers_of(element: Element, elements: Sequence[Element]) -> Iterator[int]:
    """Indexes of the containers around an element, from the nearest outwards."""
    index = element.parent
    while index is not None:
        yield index
        index = elements[index].parent


def uncovered(boxes: Iterable[Box], elements: Sequence[Element]) -> tuple[Box, ...]:
    """Boxes less what windows hide of them: what lies on top of something alive is not alive itself."""
    windows = [element.box for element in elements if element.role in WINDOWS and element.at_hand]
    pieces = list(boxes)
    for window in windows:
        pieces = [piece for box in pieces for piece in ((box,) if box.within(window) else _beside(box, window))]
    return tuple(pieces)


def _beside(box: Box, window: Box) -> Iterator[Box]:
    """What of a box a window leaves to be seen; its corners are round, and what is under them shows."""
    yield from box.without(window)
    for x in (window.x, window.right - CORNER_PX):
        for y in (window.y, window.bottom - CORNER_PX):
            shown = box.common(Box(x=x, y=y, width=CORNER_PX, height=CORNER_PX))
            if box.overlap(window) and shown.area:
                yield shown
