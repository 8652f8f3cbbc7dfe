"""Read the elements of a page in the browser.

This is done by ``names.js``, ``sight.js``, ``field_value.js``, ``label_beside.js`` and ``elements.js``; they also
enter frames of the page's own origin. Each frame of another origin is read by scripts of its own, which are told
where the frame lies in the window.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec
from playwright.sync_api import ElementHandle, Error, Frame, JSHandle

from capture.page_scripts import page_script

FRAMES_TIMEOUT_MS = 500
"""Limit of waiting for two frames: a page may paint none."""
_POINT = """async (map, [index, timeout]) => {
  map.point(index);
  await new Promise((done) => { setTimeout(done, timeout); requestAnimationFrame(() => requestAnimationFrame(done)); });
  return map.point(index);
}"""
"""JavaScript: point of an element, two frames after it was scrolled to: a click falls on what was painted last."""

RawElement = dict[str, Any]
"""Element as ``elements.js`` describes it; positions and sizes are CSS px, indexes those of the same script."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RawFrame:
    """A frame that is read by scripts of its own."""

    index: int
    """Index of its element."""
    url: str


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ElementReader:
    """Handle of the scripts in a page, or in a frame of another origin."""

    handle: JSHandle
    """Object that ``elements.js`` returned."""
    around: "ElementReader | None" = None
    """Reader of what is around the frame; None: this one reads the page itself."""
    frame_index: int = 0
    """Index of the frame's element in what is around it."""

    @classmethod
    def read(cls, frame: Frame, argument: Mapping[str, Any]) -> "ElementReader":
        """Run the scripts in a page's main frame; ``found`` returns what they read."""
        return cls(handle=frame.evaluate_handle(_script(), {**argument, "place": None}))

    def found(self) -> tuple[list[RawElement], list[RawFrame]]:
        """Return the elements, parents before children, and the visible frames of another origin."""
        # One JSON string is faster: BiDi wraps each value of a nested object in an object of its own.
        elements, frames = msgspec.json.decode(self.handle.evaluate("map => map.json()"))
        return elements, msgspec.convert(frames, list[RawFrame])

    def read_inside(self, frame_index: int, argument: Mapping[str, Any]) -> "ElementReader | None":
        """Run the scripts in a frame of another origin; None: it cannot be read."""
        try:
            frame = self.node(frame_index).content_frame()
            if frame is None:
                return None
            place = self.handle.evaluate("(map, index) => map.placeOf(index)", frame_index)
            handle = frame.evaluate_handle(_script(), {**argument, "place": place})
        except Error:
            return None
        return ElementReader(handle=handle, around=self, frame_index=frame_index)

    def covers_over(self, frame_index: int, boxes: list[dict[str, float]]) -> list[dict[str, Any] | None]:
        """Return for each box in a frame what covers the frame there, None if nothing does."""
        covers = self.handle.evaluate(
            "(map, [index, boxes]) => map.toJson(map.coversOver(index, boxes))", [frame_index, boxes]
        )
        return list(msgspec.json.decode(covers))

    def node(self, index: int) -> ElementHandle:
        """Return the DOM node of an element."""
        element = self.handle.evaluate_handle("(map, index) => map.nodes[index]", index).as_element()
        assert element is not None, "an index of this reader"
        return element

    def index_of(self, node: ElementHandle) -> int | None:
        """Return the index of a DOM node; None: it is not listed, or belongs to another frame."""
        try:
            index = int(self.handle.evaluate("(map, node) => map.nodes.indexOf(node)", node))
        except Error:
            return None
        return index if index >= 0 else None

    def add(self, node: ElementHandle) -> RawElement | None:
        """List one more DOM node; None: it belongs to another frame."""
        try:
            return dict(msgspec.json.decode(self.handle.evaluate("(map, node) => map.toJson(map.add(node))", node)))
        except Error:
            return None

    def field(self, index: int) -> tuple[str, dict[str, Any]]:
        """Return a field's current name, and its attributes and labels."""
        name, traits = msgspec.json.decode(self.handle.evaluate("(map, index) => map.toJson(map.field(index))", index))
        return name, traits or {}

    def has_value(self, index: int, kind: str, wanted: str) -> bool:
        """Return whether a field now is empty, filled, or shows a value, by the kind of an expectation."""
        argument = [index, kind, wanted]
        return bool(
            self.handle.evaluate(
                "(map, [index, kind, wanted]) => map.hasValue(map.nodes[index], kind, wanted)", argument
            )
        )

    def reached(self, index: int, *, by_key: bool) -> list[tuple[str, str, dict[str, Any]]]:
        """Return role, name and traits of the fields and choices that a click on an element, or a key, may reach."""
        found = self.handle.evaluate("(map, argument) => map.toJson(map.reached(argument))", [index, by_key])
        return [(role, name, traits) for role, name, traits in msgspec.json.decode(found)]

    def box_of_words(self, index: int, words: str, *, full_page: bool) -> dict[str, float] | None:
        """Return the box of the first occurrence of normalised words in an element's text; None if not found."""
        box: dict[str, float] | None = self.handle.evaluate(
            "(map, [index, words, fullPage]) => map.boxOfWords(index, words, fullPage)", [index, words, full_page]
        )
        return box

    def cover_in_view(self, index: int) -> dict[str, Any] | None:
        """Return what covers an element even after a reader has scrolled to it; None: nothing does."""
        cover: dict[str, Any] | None = self.handle.evaluate("(map, index) => map.coverInView(index)", index)
        if cover is not None or self.around is None:
            return cover
        box = self.handle.evaluate("(map, index) => map.boxAt(index)", index)
        return self.around.covers_over(self.frame_index, [box])[0]

    def boxes(self, *, full_page: bool) -> list[dict[str, float]]:
        """Return the current boxes of all elements."""
        self._follow()
        boxes = self.handle.evaluate("(map, fullPage) => map.toJson(map.boxes(fullPage))", full_page)
        return list(msgspec.json.decode(boxes))

    def point(self, index: int) -> tuple[float, float] | None:
        """Scroll to an element if needed; return a point of the window where a click falls on it, None if none does."""
        self._bring_into_view(index)
        self._follow()
        found = self.handle.evaluate(_POINT, [index, FRAMES_TIMEOUT_MS])
        return None if found is None else (found["x"], found["y"])

    def _bring_into_view(self, index: int) -> None:
        """Scroll what is around this frame so that an element in it is in the window."""
        if self.around is None:
            return
        box = self.handle.evaluate("(map, index) => map.scrollInFrame(index)", index)
        self.around._bring_into_view(self.frame_index)
        self.around.handle.evaluate("(map, [index, box]) => map.bringIntoView(index, box)", [self.frame_index, box])

    def _follow(self) -> None:
        """Tell the script where the frame lies now."""
        if self.around is None:
            return
        self.around._follow()
        place = self.around.handle.evaluate("(map, index) => map.placeOf(index)", self.frame_index)
        self.handle.evaluate("(map, place) => map.moveTo(place)", place)


@cache
def _script() -> str:
    """Return the JavaScript function that reads the elements: its parts, put together."""
    files = ("names", "sight", "field_value", "label_beside", "elements")
    names, sight, values, beside, elements = (page_script(f"browser/{name}.js") for name in files)
    parts = (
        f"const names = ({names})(argument.closedRoots); const sight = ({sight})(names, argument.place);"
        f"const values = ({values})(names, sight); const beside = ({beside})(names, sight, values);"
    )
    return f"argument => {{ {parts} return ({elements})(argument, names, sight, values, beside); }}"
