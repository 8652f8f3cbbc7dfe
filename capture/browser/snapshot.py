"""Snapshot of a page's elements, read in the browser by ``names.js``, ``sight.js`` and ``elements.js``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import msgspec
from playwright.sync_api import ElementHandle, JSHandle, Page

from capture.elements import Element, normalise
from capture.geometry import Box
from capture.page_scripts import page_script
from capture.privacy.fields import FieldTraits
from capture.privacy.session_probe import without_spaces


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Elements of a page at one moment, with handles to act on them in the browser."""

    elements: tuple[Element, ...]
    handle: JSHandle
    """Object that ``elements.js`` returned."""
    full_page: bool
    """Boxes are relative to the document, not to the viewport."""
    scale: float
    """Device scale factor, px of the screenshot per CSS px."""
    fields: Mapping[int, FieldTraits]
    """Attributes and labels of each field, by its index."""
    cover_shares: Mapping[int, float]
    """Fraction of the window that the cover of an element takes, by the element's index."""

    def node(self, index: int) -> ElementHandle:
        """Return the DOM node of an element, so that acts use exactly the element that was judged."""
        element = self.handle.evaluate_handle("(map, index) => map.nodes[index]", index).as_element()
        assert element is not None, "an index of this snapshot"
        return element

    def field_now(self, index: int) -> tuple[str, FieldTraits]:
        """Return a field's current name, attributes and labels."""
        name, traits = msgspec.json.decode(
            self.handle.evaluate("(map, index) => JSON.stringify(map.field(index))", index)
        )
        return name, msgspec.convert(traits or {}, FieldTraits)

    def point(self, index: int) -> tuple[float, float] | None:
        """Scroll to an element if needed; return the point where to put the mouse, CSS px in the viewport.

        None: the element is gone or covered. Playwright's own ``click`` on an element handle makes the same checks,
        and takes 0.3 s longer over BiDi.
        """
        found = self.handle.evaluate("(map, index) => map.point(index)", index)
        return None if found is None else (found["x"], found["y"])

    def with_node(self, node: ElementHandle) -> tuple["Snapshot", int]:
        """Return a snapshot that lists a DOM node, and the node's index in it."""
        index = int(self.handle.evaluate("(map, node) => map.nodes.indexOf(node)", node))
        if index >= 0:
            return self, index
        raw = msgspec.json.decode(self.handle.evaluate("(map, node) => JSON.stringify(map.add(node))", node))
        element = _element(raw, lambda url: url, self.scale)
        return replace(self, elements=(*self.elements, element)), len(self.elements)

    def box_of_words(self, index: int, words: str) -> Box | None:
        """Return the box of the first occurrence of words in an element's text, px; None if it is not found."""
        raw = self.handle.evaluate(
            "(map, [index, words, fullPage]) => map.boxOfWords(index, words, fullPage)",
            [index, normalise(words), self.full_page],
        )
        return None if raw is None else _box(raw, self.scale)

    def boxes_now(self) -> tuple[Box, ...]:
        """Return the current boxes of all elements, px of a screenshot."""
        boxes = msgspec.json.decode(
            self.handle.evaluate("(map, fullPage) => JSON.stringify(map.boxes(fullPage))", self.full_page)
        )
        return tuple(_box(raw, self.scale) for raw in boxes)


def snapshot(
    page: Page,
    *,
    canonical: Callable[[str], str],
    typed: Iterable[str] = (),
    full_page: bool = False,
    scale: float = 1,
    closed_roots: str = "",
) -> Snapshot:
    """Read the elements of a page.

    Args:
        page: the page.
        canonical: translates a URL of this site into one of the real site.
        typed: values that the scenario typed; a field with any other value is ``filled``.
        full_page: boxes are relative to the document, not to the viewport.
        scale: device scale factor, px of the screenshot per CSS px.
        closed_roots: name under which closed shadow roots are recorded; empty: they are not.
    """
    handle = page.evaluate_handle(
        _read_elements(),
        {
            "fullPage": full_page,
            "typed": [without_spaces(value) for value in typed],
            "closedRoots": closed_roots,
        },
    )
    # One JSON string is faster: BiDi wraps each value of a nested object in an object of its own.
    raw: list[dict[str, Any]] = msgspec.json.decode(handle.evaluate("map => JSON.stringify(map.elements)"))
    return Snapshot(
        elements=tuple(_element(item, canonical, scale) for item in raw),
        handle=handle,
        full_page=full_page,
        scale=scale,
        fields={index: msgspec.convert(item["field"], FieldTraits) for index, item in enumerate(raw) if item["field"]},
        cover_shares={index: item["cover"]["share"] for index, item in enumerate(raw) if item["cover"]},
    )


@cache
def _read_elements() -> str:
    """Return the JavaScript function that reads the elements: its parts, put together."""
    names, sight, elements = (page_script(f"browser/{name}.js") for name in ("names", "sight", "elements"))
    start = f"argument => {{ const names = ({names})(argument.closedRoots); const sight = ({sight})(names);"
    return f"{start} return ({elements})(argument, names, sight); }}"


def _element(raw: dict[str, Any], canonical: Callable[[str], str], scale: float) -> Element:
    return Element(
        role=raw["role"],
        name=raw["name"],
        words=_other_label(raw["words"], raw["name"]),
        lead=_other_label(raw["lead"], raw["words"]),
        box=_box(raw["box"], scale),
        parent=raw["parent"],
        visible=raw["visible"],
        covered_by=raw["covered_by"],
        cover=raw["cover"]["words"] if raw["cover"] else None,
        disabled=raw["disabled"],
        states=tuple(raw["states"]),
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
        x=round(raw["x"] * scale, 2),
        y=round(raw["y"] * scale, 2),
        width=round(raw["width"] * scale, 2),
        height=round(raw["height"] * scale, 2),
    )
