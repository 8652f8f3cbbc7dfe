"""Snapshot of a page's elements, with those of its frames."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from playwright.sync_api import ElementHandle, Error, Page

from capture.browser.element_reader import ElementReader, RawElement
from capture.elements import Element, normalise
from capture.geometry import Box
from capture.privacy.fields import FieldTraits
from capture.privacy.session_probe import without_spaces
from capture.scenario.expectation import Expectation
from capture.visible_text import visible

LONGEST_NAME = 20_000
"""Characters of an element's name or words that are kept."""
MOST_FRAMES = 20
"""Frames of another origin that are read, those of a page and those inside them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Elements of a page at one moment, with the means to find them again in the browser."""

    elements: tuple[Element, ...]
    readers: tuple[ElementReader, ...]
    """Readers of the page and of its frames."""
    origins: tuple[tuple[ElementReader, int], ...]
    """Reader of each element, and the element's index in it."""
    full_page: bool
    """Boxes are relative to the document, not to the viewport."""
    scale: float
    """Device scale factor, px of the screenshot per CSS px."""
    fields: Mapping[int, FieldTraits]
    """Attributes and labels of each field, by its index."""
    cover_shares: Mapping[int, float]
    """Fraction of the window that the cover of an element takes, by the element's index."""
    window: Box
    """The viewport, px of the screenshot."""
    unread_frames: Mapping[int, str]
    """URL of each visible frame that could not be read, by the index of its element."""

    def node(self, index: int) -> ElementHandle:
        """Return the DOM node of an element, so that acts use exactly the element that was judged."""
        reader, own = self.origins[index]
        return reader.node(own)

    def is_there(self, index: int) -> bool:
        """Return whether an element is still seen in the page."""
        try:
            return bool(self.node(index).evaluate("node => node.isConnected && node.checkVisibility()"))
        except Error:
            return False

    def field_now(self, index: int) -> tuple[str, FieldTraits]:
        """Return a field's current name, attributes and labels."""
        reader, own = self.origins[index]
        name, traits = reader.field(own)
        return name, msgspec.convert(traits, FieldTraits)

    def reached(self, index: int, *, by_key: bool = False) -> tuple[tuple[str, str, FieldTraits], ...]:
        """Return role, name and traits of an element, and of the fields and choices that an act on it may reach.

        Args:
            index: of the element.
            by_key: a key is pressed in it, which may choose what lies beside.
        """
        reader, own = self.origins[index]
        name, traits = self.field_now(index)
        others = (
            (role, label, msgspec.convert(found, FieldTraits))
            for role, label, found in reader.reached(own, by_key=by_key)
        )
        return ((self.elements[index].role, name, traits), *others)

    def point(self, index: int) -> tuple[float, float] | None:
        """Scroll to an element if needed; return the point where to put the mouse, CSS px in the viewport.

        None: the element is gone or covered. Playwright's own ``click`` on an element handle makes the same checks,
        and takes 0.3 s longer over BiDi.
        """
        reader, own = self.origins[index]
        return reader.point(own)

    def with_node(self, node: ElementHandle) -> tuple["Snapshot", int | None]:
        """Return a snapshot that lists a DOM node, and the node's index; None: it is in a frame that is not read."""
        for reader in self.readers:
            own = reader.index_of(node)
            if own is not None:
                return self, self.origins.index((reader, own))
        for reader in self.readers:
            raw = reader.add(node)
            if raw is not None:
                own = sum(other is reader for other, _ in self.origins)
                return self._with_element(_element(raw, lambda url: url, self.scale), (reader, own)), len(self.elements)
        return self, None

    def _with_element(self, element: Element, origin: tuple[ElementReader, int]) -> "Snapshot":
        return replace(self, elements=(*self.elements, element), origins=(*self.origins, origin))

    def box_of_words(self, index: int, words: str) -> Box | None:
        """Return the box of the first occurrence of words in an element's text, px; None if it is not found."""
        reader, own = self.origins[index]
        raw = reader.box_of_words(own, normalise(words), full_page=self.full_page)
        return None if raw is None else _box(raw, self.scale)

    def scrolled_to(self, index: int) -> "Snapshot":
        """Return a snapshot in which an element is covered only if it still is after a reader has scrolled to it."""
        reader, own = self.origins[index]
        raw = reader.cover_in_view(own)
        element = replace(
            self.elements[index],
            covered_by=None if raw is None else raw["index"],
            cover=None if raw is None else raw["words"],
            clear_cover=raw is not None and raw["clear"],
        )
        shares = {place: share for place, share in self.cover_shares.items() if place != index}
        return replace(
            self,
            elements=(*self.elements[:index], element, *self.elements[index + 1 :]),
            cover_shares=shares if raw is None else {**shares, index: raw["share"]},
        )

    def meets(self, index: int, expectation: Expectation) -> bool:
        """Return whether a field now has the value that an instruction tells of."""
        reader, own = self.origins[index]
        return reader.has_value(own, expectation.kind, expectation.wanted)

    def boxes_now(self) -> tuple[Box, ...]:
        """Return the current boxes of all elements, px of a screenshot."""
        return tuple(_box(raw, self.scale) for reader in self.readers for raw in reader.boxes(full_page=self.full_page))


def snapshot(
    page: Page,
    *,
    canonical: Callable[[str], str],
    typed: Iterable[str] = (),
    full_page: bool = False,
    scale: float = 1,
    closed_roots: str = "",
) -> Snapshot:
    """Read the elements of a page and of its frames.

    Args:
        page: the page.
        canonical: translates a URL of this site into one of the real site.
        typed: values that the scenario typed; a field with any other value is ``filled``.
        full_page: boxes are relative to the document, not to the viewport.
        scale: device scale factor, px of the screenshot per CSS px.
        closed_roots: name under which closed shadow roots are recorded; empty: they are not.
    """
    argument = {
        "fullPage": full_page,
        "typed": [without_spaces(value) for value in typed],
        "closedRoots": closed_roots,
    }
    found = _read_with_frames(ElementReader.read(page.main_frame, argument), argument)
    raw = found.elements
    return Snapshot(
        elements=tuple(_element(item, canonical, scale) for item in raw),
        readers=tuple(found.readers),
        origins=tuple(found.origins),
        full_page=full_page,
        scale=scale,
        fields={index: msgspec.convert(item["field"], FieldTraits) for index, item in enumerate(raw) if item["field"]},
        cover_shares={index: item["cover"]["share"] for index, item in enumerate(raw) if item["cover"]},
        window=_window_of(page, scale),
        unread_frames={index: canonical(url) for index, url in found.unread.items()},
    )


@dataclass(kw_only=True, slots=True)
class _Found:
    """What the readers of a page and its frames have found so far."""

    elements: list[RawElement]
    readers: list[ElementReader]
    origins: list[tuple[ElementReader, int]]
    unread: dict[int, str]
    """URL of each frame that could not be read, by the index of its element."""


def _read_with_frames(reader: ElementReader, argument: Mapping[str, Any]) -> _Found:
    """Read the elements of a page, then those of its frames of another origin, and of the frames in them."""
    elements, frames = reader.found()
    found = _Found(
        elements=elements, readers=[reader], origins=[(reader, index) for index in range(len(elements))], unread={}
    )
    left = [(reader, frame.index, frame) for frame in frames]
    for around, index, frame in left:  # grows with the frames inside frames
        inside = around.read_inside(frame.index, argument) if len(left) <= MOST_FRAMES else None
        elements, frames = ([], []) if inside is None else inside.found()
        if inside is None or not elements:
            found.unread[index] = frame.url
            continue
        _lay_covers(elements, around, frame.index)
        first = len(found.elements)
        found.elements += [_shifted(element, first, frame=index) for element in elements]
        found.readers.append(inside)
        found.origins += [(inside, own) for own in range(len(elements))]
        left += [(inside, first + deeper.index, deeper) for deeper in frames]
    return found


def _lay_covers(elements: Iterable[RawElement], around: ElementReader, frame: int) -> None:
    """Set what covers the elements of a frame from outside it, on those that nothing in the frame covers."""
    seen = [element for element in elements if element["visible"] and element["cover"] is None]
    covers = around.covers_over(frame, [element["box"] for element in seen]) if seen else []
    for element, cover in zip(seen, covers, strict=True):
        if cover is not None:
            element |= {"cover": cover, "covered_by": -1, "clear_cover": cover["clear"]}


def _shifted(element: RawElement, first: int, *, frame: int) -> RawElement:
    """Return an element of a frame with indexes of the whole snapshot.

    Args:
        element: as the frame's own script describes it.
        first: index of the frame's first element.
        frame: index of the frame's own element.
    """

    def shift(index: int | None) -> int | None:
        return index if index is None or index < 0 else index + first

    parent = frame if element["parent"] is None else shift(element["parent"])
    return element | {
        "parent": parent,
        "covered_by": shift(element["covered_by"]),
        "opener": shift(element["opener"]),
    }


def _window_of(page: Page, scale: float) -> Box:
    size = page.viewport_size or {"width": 0, "height": 0}
    return Box(x=0, y=0, width=size["width"], height=size["height"]).scaled(scale)


def _element(raw: dict[str, Any], canonical: Callable[[str], str], scale: float) -> Element:
    parts = ("name", "words", "lead", "placeholder")
    name, words, lead, placeholder = (visible(raw[part][:LONGEST_NAME]) for part in parts)
    known = set(map(normalise, (name, words, lead, placeholder)))
    further = tuple(visible(label[:LONGEST_NAME]) for label in raw["further_labels"])
    seen = set(map(normalise, (words, lead, placeholder, *further)))
    return Element(
        role=raw["role"],
        name=name,
        unseen_name=bool(name) and normalise(name) not in seen,
        words=_other_label(words, name),
        lead=_other_label(lead, words),
        placeholder=_other_label(placeholder, words or name),
        further_labels=tuple(label for label in further if normalise(label) not in known),
        opens_list=raw["opens_list"],
        box=_box(raw["box"], scale),
        parent=raw["parent"],
        visible=raw["visible"],
        covered_by=raw["covered_by"],
        cover=visible(raw["cover"]["words"]) if raw["cover"] else None,
        clear_cover=raw["clear_cover"],
        disabled=raw["disabled"],
        states=tuple(raw["states"]),
        focused=raw["focused"],
        lettering=raw["lettering"],
        filled=raw["filled"],
        submits=raw["submits"],
        address=canonical(raw["address"]) if raw["address"] else None,
        opener=raw["opener"],
    )


def _other_label(label: str, known: str) -> str | None:
    """Return a label, None if it is empty or equal to the one that is known."""
    return label if label and normalise(label) != normalise(known) else None


def _box(raw: dict[str, float], scale: float) -> Box:
    return Box(
        x=round(raw["x"] * scale, 1),
        y=round(raw["y"] * scale, 1),
        width=round(raw["width"] * scale, 1),
        height=round(raw["height"] * scale, 1),
    )
