"""Elements of a page: role, accessible name, box and state of everything that a reader can see or act on."""

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
DIALOGS = frozenset(("dialog", "alertdialog"))
CORNER_PX = 16
"""Size of a square at a dialog's corner that may show what is under it; corners are rounded by less, px."""
FIELDS = frozenset(["textbox", "searchbox", "combobox", "spinbutton", "checkbox", "radio", "slider", "listbox"])

_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ´`‘", "'"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One element of the page. Other elements refer to it by its index in the capture's ``elements``."""

    role: str
    """ARIA role, or ``text`` for a block of plain text."""
    name: str
    """Accessible name; of a ``text``, the text itself."""
    box: Box
    parent: int | None = None
    """Index of the nearest container (dialog, form, landmark)."""
    visible: bool = True
    covered_by: int | None = None
    """Index of the container that covers it; -1: it is covered by something that is not in the list."""
    disabled: bool = False
    filled: bool = False
    submits: bool = False
    address: str | None = None
    """Target of a link, as a URL of the real site."""
    opener: int | None = None
    """Index of the visible control that opens the container of this hidden element."""

    @property
    def on_top(self) -> bool:
        """Whether it is visible and not covered."""
        return self.visible and self.covered_by is None

    def navigates_from(self, url: str) -> bool:
        """Return whether a click on it should open another page than the one at this URL."""
        other_page = self.address is not None and urldefrag(self.address).url != urldefrag(url).url
        return self.submits or other_page


def normalise(name: str) -> str:
    """Return a name in the form in which names are compared: case, apostrophes and spaces folded, accents kept."""
    return " ".join(name.translate(_APOSTROPHES).split()).casefold()


def containers_of(element: Element, elements: Sequence[Element]) -> Iterator[int]:
    """Yield the indexes of the containers around an element, the nearest first."""
    index = element.parent
    while index is not None:
        yield index
        index = elements[index].parent


def subtract_dialogs(boxes: Iterable[Box], elements: Sequence[Element]) -> tuple[Box, ...]:
    """Return the parts of boxes that no dialog covers: a dialog over a volatile region is not volatile itself.

    A box inside a dialog is returned as it is.
    """
    dialogs = [element.box for element in elements if element.role in DIALOGS and element.on_top]
    pieces = list(boxes)
    for dialog in dialogs:
        pieces = [piece for box in pieces for piece in ((box,) if box.within(dialog) else _remainders(box, dialog))]
    return tuple(pieces)


def _remainders(box: Box, dialog: Box) -> Iterator[Box]:
    """Yield the parts of a box that remain visible: those outside the dialog, and those under its rounded corners."""
    yield from box.without(dialog)
    for x in (dialog.x, dialog.right - CORNER_PX):
        for y in (dialog.y, dialog.bottom - CORNER_PX):
            corner = box.intersection(Box(x=x, y=y, width=CORNER_PX, height=CORNER_PX))
            if box.overlap(dialog) and corner.area:
                yield corner
