"""Elements of a page: role, accessible name, box and state of everything that a reader can see or act on."""

import re
import unicodedata
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
        "frame",
    )
)
DIALOGS = frozenset(("dialog", "alertdialog"))
CORNER_PX = 16
"""Size of a square at a dialog's corner that may show what is under it; corners are rounded by less, px."""
FIELDS = frozenset(
    ("textbox", "searchbox", "combobox", "spinbutton", "checkbox", "radio", "slider", "listbox", "switch")
)

NAMELESS = "–"
"""Sign that a message shows in place of a missing label."""

EDGE_PX = 2
"""Width of a dialog's edge in which its pixels and those under it mix, px."""

_UNSEEN = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202c\u2060\u2066-\u2069\ufe0e\ufe0f\ufeff\ue000-\uf8ff\U000f0000-\U0010fffd]"
)
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua9e0-\ua9ff\uaa60-\uaa7f\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff]"
)
"""Characters of scripts that put no space between words: Thai, Lao, Burmese, Khmer, Japanese and Chinese."""
_MARKS = re.compile(
    r"(?:\s*(?:[*:]|\((?:obligatoire|requis|facultati(?:f|ve)|optionnel(?:le)?|required|mandatory|optional)(?:\(?e\)?)?\)))+$"
)
_REQUIRED = re.compile(r"[*]|\((?:obligatoire|requis|required|mandatory)")
_OPTIONAL = re.compile(r"\((?:facultati|optionnel|optional)")
_SIGNS = frozenset(("So", "Sm", "Pi", "Pf"))
"""Unicode categories of arrows, dingbats and angle quotation marks."""
_BULLETS = frozenset("•·|…>")
_APOSTROPHES = str.maketrans(dict.fromkeys("’ʼ´`‘", "'"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Element:
    """One element of the page. Other elements refer to it by its index in the capture's ``elements``."""

    role: str
    """ARIA role, or ``text`` for a block of plain text."""
    name: str
    """Accessible name; of a ``text``, the text itself."""
    unseen_name: bool = False
    """Whether nobody sees its accessible name on it: it draws an icon or other words, or its label is hidden."""
    words: str | None = None
    """Words that a sighted reader sees on it, or on the labels of a field; None: none, or those of the name."""
    lead: str | None = None
    """First line of the words that are seen: a label without its hint; None: the only line."""
    placeholder: str | None = None
    """Words that are seen in an empty field; None: none, or those of its label."""
    further_labels: tuple[str, ...] = ()
    """Other words that a reader may call a field by: those of each label or beside it, and what a list shows."""
    opens_list: bool = False
    """Whether it is pressed to open a list and shows what is chosen there: a reader uses it as a button or a field."""
    box: Box
    parent: int | None = None
    """Index of the nearest container (dialog, form, landmark), group, list or cell around it."""
    visible: bool = True
    covered_by: int | None = None
    """Index of the container that covers it; -1: it is covered by something that is not in the list."""
    cover: str | None = None
    """Words of what covers it; empty: it has none."""
    clear_cover: bool = False
    """Whether a transparent layer as large as the window covers it: it is seen, and a click falls on the layer."""
    disabled: bool = False
    states: tuple[str, ...] = ()
    """What is set of ``checked``, ``mixed``, ``pressed``, ``selected``, ``expanded``, ``invalid`` and ``current``."""
    focused: bool | None = None
    """Whether it, or something in it that is not listed, has the keyboard focus; None: not recorded."""
    lettering: str | None = None
    """Weights of its letters in reading order: ``400 700i 400``; ``i``: slanted, ``u``, ``l``, ``c``: in upper case, in
    lower case, capitalised by the style sheet. Empty: it draws no letters; None: not recorded."""
    filled: bool = False
    submits: bool = False
    address: str | None = None
    """Target of a link, as a URL of the real site."""
    opener: int | None = None
    """Index of the visible control that opens the container of this hidden element."""

    @property
    def label(self) -> str:
        """What a reader calls it: the words that are seen, or else the accessible name."""
        return self.words or self.name

    @property
    def called(self) -> str:
        """Name in messages: its label, or other words by which a reader finds it; a dash if it has none."""
        return self.label or next(iter(self.labels), NAMELESS)

    @property
    def labels(self) -> tuple[str, ...]:
        """Everything that a reader may call it: accessible name, words that are seen, their first line, those in it."""
        return tuple(label for label in (self.name, *self.seen_labels) if label)

    @property
    def seen_labels(self) -> tuple[str, ...]:
        """Those of them that are seen and are not its accessible name."""
        return tuple(label for label in (self.words, self.lead, self.placeholder, *self.further_labels) if label)

    def is_called(self, label: str) -> bool:
        """Return whether a reader finds this label on it, with or without a mark such as « * » or « (facultatif) ».

        The mark may be left out of the label; if it is quoted in words, it must be there.
        """
        wanted = bare_label(label)
        return any(bare_label(own) == wanted and _is_marked_as(own, label) for own in self.labels)

    def shows_label(self, label: str) -> bool:
        """Return whether a reader sees this label on it, and not only a screen reader tells it."""
        seen = self.seen_labels if self.unseen_name else self.labels
        return any(bare_label(own) == bare_label(label) for own in seen)

    def shows(self, words: str) -> bool:
        """Return whether these words are part of its text."""
        wanted = normalise(words)
        return any(_has_words(normalise(own), wanted) for own in self.labels)

    @property
    def on_top(self) -> bool:
        """Whether it is visible and not covered."""
        return self.visible and self.covered_by is None

    def navigates_from(self, url: str) -> bool:
        """Return whether a click on it should open another page than the one at this URL."""
        other_page = self.address is not None and urldefrag(self.address).url != urldefrag(url).url
        return self.submits or other_page


def normalise(name: str) -> str:
    """Return a name in the form in which names are compared: accents kept, the rest that readers do not see folded.

    Folded are case, apostrophes, spaces, composed and decomposed accents (NFC), soft hyphens, zero-width characters,
    marks of the writing direction, joiners of letters, and the private-use characters of icon fonts. Not folded are
    overrides of the writing direction: they change the order of the letters that are drawn.
    """
    composed = unicodedata.normalize("NFC", name.translate(_APOSTROPHES))
    return " ".join(_UNSEEN.sub("", composed).split()).casefold()


def _has_words(text: str, words: str) -> bool:
    """Return whether a normalised text contains normalised words that are not the middle of longer ones."""
    start = text.find(words)
    while start >= 0:
        end = start + len(words)
        if _is_edge(text, start, outside=text[start - 1 : start]) and _is_edge(text, end, outside=text[end : end + 1]):
            return True
        start = text.find(words, start + 1)
    return False


def _is_edge(text: str, place: int, *, outside: str) -> bool:
    """Return whether words may begin or end at a place of a text. ``outside`` is the character beside them, if any."""
    if not outside:
        return True
    before, after = text[place - 1 : place], text[place : place + 1]
    if _is_mark(after):
        return False  # an accent or a vowel sign belongs to the letter before it
    if _UNSPACED.match(before) or _UNSPACED.match(after):
        return True
    return not (outside.isalnum() or outside == "_" or _is_mark(outside))


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def bare_label(label: str) -> str:
    """Return a normalised label without what is drawn beside its words.

    That is a form's mark at its end (« * », « : », « (obligatoire) », « (optional) »), and signs before or after the
    words: « ✎ Modifier », « Suivant » », « + Ajouter ».
    """
    whole = normalise(label)
    words = _MARKS.sub("", whole).split()
    while words and is_sign(words[0]):
        del words[0]
    while words and is_sign(words[-1]):
        del words[-1]
    return " ".join(words) or whole


def _is_marked_as(label: str, quoted: str) -> bool:
    """Return whether a label has the mark that a quotation of it has in words: required, or optional."""
    told, shown = _marks_in(quoted), _marks_in(label)
    return all(kind.search(shown) for kind in (_REQUIRED, _OPTIONAL) if "(" in told and kind.search(told))


def _marks_in(label: str) -> str:
    found = _MARKS.search(normalise(label))
    return found.group() if found else ""


def is_sign(word: str) -> bool:
    """Return whether a word is made of signs that are drawn as a picture is: arrows, bullets, quotation marks."""
    return all(character in _BULLETS or unicodedata.category(character) in _SIGNS for character in word)


def ancestors_of(element: Element, elements: Sequence[Element]) -> Iterator[int]:
    """Yield the indexes of the containers, groups, lists and cells around an element, the nearest first."""
    index = element.parent
    while index is not None:
        yield index
        index = elements[index].parent


def containers_of(element: Element, elements: Sequence[Element]) -> Iterator[int]:
    """Yield the indexes of the containers around an element, the nearest first."""
    return (index for index in ancestors_of(element, elements) if elements[index].role in CONTAINERS)


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
    """Yield the parts of a box that remain visible: those outside the dialog, and those under its edges and corners."""
    yield from box.without(dialog.grown(-EDGE_PX))
    for x in (dialog.x, dialog.right - CORNER_PX):
        for y in (dialog.y, dialog.bottom - CORNER_PX):
            corner = box.intersection(Box(x=x, y=y, width=CORNER_PX, height=CORNER_PX))
            if box.overlap(dialog) and corner.area:
                yield corner
