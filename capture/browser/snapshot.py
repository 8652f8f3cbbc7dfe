"""The elements of a page at one moment, read in the browser by ``elements.js``."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from playwright.sync_api import ElementHandle, JSHandle, Page

from capture.elements import Element
from capture.geometry import Box
from capture.page_scripts import page_script
from capture.privacy.fields import FieldTraits
from capture.privacy.session_probe import without_spaces


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The elements of one moment, with the means to act on them in the browser."""

    elements: tuple[Element, ...]
    handle: JSHandle
    fields: Mapping[int, FieldTraits]
    """What the markup of each field says of it, by its index."""

    def node(self, index: int) -> ElementHandle:
        """The element in the page; the one that was judged is the one acted on."""
        element = self.handle.evaluate_handle("(map, index) => map.nodes[index]", index).as_element()
        assert element is not None, "an index of this snapshot"
        return element

    def field_now(self, index: int) -> tuple[str, FieldTraits]:
        """What a field is called by now, and what its markup says of it."""
        name, traits = msgspec.json.decode(
            self.handle.evaluate("(map, index) => JSON.stringify(map.field(index))", index)
        )
        return name, msgspec.convert(traits or {}, FieldTraits)

    def point(self, index: int) -> tuple[float, float] | None:
        """Where to put the mouse on an element, brought into view: CSS px in the viewport.

        None when it is no longer there, or something else lies on top. Playwright's own ``click`` on an
        element's handle asks the same of the page, and takes 0.3 s longer over BiDi.
        """
        found = self.handle.evaluate("(map, index) => map.point(index)", index)
        return None if found is None else (found["x"], found["y"])

    def index_of(self, node: ElementHandle) -> int | None:
        """Index of a node, or None when it is nothing that a snapshot lists."""
        index = int(self.handle.evaluate("(map, node) => map.nodes.indexOf(node)", node))
        return None if index < 0 else index

    def boxes_now(self, *, full_page: bool, scale: float) -> tuple[Box, ...]:
        """Where the same elements are by now."""
        boxes = msgspec.json.decode(self.handle.evaluate("(map, full) => JSON.stringify(map.boxes(full))", full_page))
        return tuple(_box(raw, scale) for raw in boxes)


def snapshot(
    page: Page,
    *,
    canonical: Callable[[str], str],
    typed: Iterable[str] = (),
    full_page: bool = False,
    scale: float = 1,
) -> Snapshot:
    """Read what is on the page.

    Args:
        typed: values that the scenario typed; a field with another value is ``filled``.
        canonical: turns an address of this site into the real site's.
        full_page: boxes are in the whole document's picture, not in the viewport's.
        scale: device scale factor, px of the picture per CSS px.
    """
    handle = page.evaluate_handle(
        page_script("browser/elements.js"), {"fullPage": full_page, "typed": [without_spaces(value) for value in typed]}
    )
    # As one string: over BiDi, each value of a nested object is wrapped in an object of its own.
    raw: list[dict[str, Any]] = msgspec.json.decode(handle.evaluate("map => JSON.stringify(map.elements)"))
    return Snapshot(
        elements=tuple(_element(item, canonical, scale) for item in raw),
        handle=handle,
        fields={index: msgspec.convert(item["field"], FieldTraits) for index, item in enumerate(raw) if item["field"]},
    )


def _element(raw: dict[str, Any], canonical: Callable[[str], str], scale: float) -> Element:
    return Element(
        role=raw["role"],
        name=raw["name"],
        box=_box(raw["box"], scale),
        parent=raw["parent"],
        visible=raw["visible"],
        covered_by=raw["covered_by"],
        disabled=raw["disabled"],
        filled=raw["filled"],
        submits=raw["submits"],
        address=canonical(raw["address"]) if raw["address"] else None,
        opener=raw["opener"],
    )


def _box(raw: dict[str, float], scale: float) -> Box:
    return Box(
        x=round(raw["x"] * scale, 2),
        y=round(raw["y"] * scale, 2),
        width=round(raw["width"] * scale, 2),
        height=round(raw["height"] * scale, 2),
    )
