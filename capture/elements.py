"""What is on the page: role, accessible name, box and state of everything a reader can see or act on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urldefrag

from capture.geometry import Box

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
