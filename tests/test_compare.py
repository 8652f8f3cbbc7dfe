"""Two pictures, and two pages, against each other."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from capture.elements import Box, Element
from capture.errors import PictureCorrupt
from report.compare.comparison import Comparison, Side, compare
from report.compare.elements import ChangeKind, compare_elements
from tests.building import box, capture_of, element, png_of, scene, told

PAGE = scene()


def compared(one: NDArray[np.uint8], other: NDArray[np.uint8], **more: Any) -> Comparison:
    return sides(png_of(one), png_of(other), **more)


def sides(one: bytes, other: bytes, *, before: dict[str, Any] | None = None, **more: Any) -> Comparison:
    old, new = capture_of(one, **(before or more)), capture_of(other, **more)
    found, _ = compare(
        Side(capture=old, png=one, path=Path("approved.png")), Side(capture=new, png=other, path=Path("tonight.png"))
    )
    return found


def changed(y: int = 122, x: int = 50, size: int = 6) -> NDArray[np.uint8]:
    """The page, with a spot turned to its opposite."""
    pixels = PAGE.copy()
    pixels[y : y + size, x : x + size] = 255 - pixels[y : y + size, x : x + size]
    return pixels


def test_equal_bytes_are_not_decoded() -> None:
    found = sides(b"no picture", b"no picture")
    assert found.identical
    assert found.approved_size is None


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L"])
def test_the_same_picture_in_another_mode_is_the_same(mode: str) -> None:
    grey = scene()
    assert sides(png_of(grey), png_of(grey, mode)).identical


def test_a_changed_spot_is_one_region_where_it_is() -> None:
    (region,) = compared(PAGE, changed()).regions
    assert region.box.within(box(49, 121, 8, 8))
    assert region.pixels == 36


def test_two_spots_far_apart_are_two_regions() -> None:
    pixels = changed()
    pixels[22:28, 250:256] = 0
    assert len(compared(PAGE, pixels).regions) == 2


@given(y=st.integers(0, 226), x=st.integers(0, 306), size=st.integers(4, 12))
def test_a_spot_is_seen_wherever_it_is_both_ways(y: int, x: int, size: int) -> None:
    flat = np.full_like(PAGE, 255)
    spot = flat.copy()
    spot[y : y + size, x : x + size] = 0
    one, other = compared(flat, spot), compared(spot, flat)
    assert sum(region.pixels for region in one.regions) == sum(region.pixels for region in other.regions) > 0


@given(y=st.integers(0, 220), x=st.integers(0, 300))
def test_a_mask_hides_what_it_covers_and_nothing_else(y: int, x: int) -> None:
    flat = np.full_like(PAGE, 255)
    spot = flat.copy()
    spot[y : y + 8, x : x + 8] = 0
    assert compared(flat, spot, masks=(box(x, y, 8, 8),)).identical
    assert not compared(flat, spot, masks=(box(x, y, 8, 4),)).identical


@pytest.mark.parametrize("at", [0, 27, 100, 232])
@pytest.mark.parametrize("height", [1, 37])
def test_inserted_rows_are_one_insertion_and_removed_ones_one_removal(at: int, height: int) -> None:
    band = np.random.default_rng(3).integers(0, 255, (height, PAGE.shape[1], 3), dtype=np.uint8)
    longer = np.concatenate([PAGE[:at], band, PAGE[at:]])
    grown, shrunk = compared(PAGE, longer), compared(longer, PAGE)
    for found, kind in ((grown, "inserted"), (shrunk, "removed")):
        assert [(one.kind, one.y, one.height) for one in found.bands] == [(kind, at, height)]
        assert not found.regions


def test_a_page_of_the_same_height_whose_middle_moved_down_is_an_insertion() -> None:
    moved = np.concatenate([PAGE[:30], np.full((40, *PAGE.shape[1:]), 90, np.uint8), PAGE[30:-40]])
    found = compared(PAGE, moved)
    assert [(band.kind, band.y, band.height) for band in found.bands] == [("inserted", 30, 40)]


def test_nothing_is_cropped_when_one_is_wider() -> None:
    wider = np.concatenate([PAGE, np.full((PAGE.shape[0], 40, 3), 255, np.uint8)], axis=1)
    for found in (compared(PAGE, wider), compared(wider, PAGE)):
        assert not found.identical
        assert found.regions[0].box.right == 360


@pytest.mark.parametrize("data", [b"", b"no picture", png_of(PAGE)[:200], png_of(PAGE)[:-400]])
def test_a_picture_that_cannot_be_read_is_named(data: bytes) -> None:
    with pytest.raises(PictureCorrupt, match=r"tonight\.png"):
        sides(png_of(PAGE), data)


def test_an_instructions_element_that_moves_by_itself_has_moved() -> None:
    before = {"instructions": (told(1, box=box(10, 30)),)}
    found = compared(PAGE, changed(), before=before, instructions=(told(1, box=box(10, 55)),))
    assert [(move.instruction, move.px) for move in found.moves] == [(1, 25)]


def test_an_element_that_moves_with_all_around_it_has_not() -> None:
    longer = np.concatenate([np.full((60, *PAGE.shape[1:]), 90, np.uint8), PAGE])
    before = {"instructions": (told(1, box=box(10, 30)),), "elements": (element("button", "OK", box=box(10, 30)),)}
    now = {"instructions": (told(1, box=box(10, 90)),), "elements": (element("button", "OK", box=box(10, 90)),)}
    found = compared(PAGE, longer, before=before, **now)
    assert not found.moves
    assert not found.elements


def kinds(
    before: list[Element], now: list[Element], masks: tuple[Box, ...] = ()
) -> list[tuple[ChangeKind, str | None, str | None]]:
    found = compare_elements(before, now, approved_masks=masks, captured_masks=masks, row_in_captured=lambda y: y)
    return [(change.kind, change.before, change.now) for change in found]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (element("button", "OK"), element("button", "Ok"), []),
        (element("button", "OK"), element("link", "OK"), [("removed", "OK", None), ("added", None, "OK")]),
        (
            element("heading", "Mon n° de sécurité sociale"),
            element("heading", "Mon numéro de sécurité sociale"),
            [("renamed", "Mon n° de sécurité sociale", "Mon numéro de sécurité sociale")],
        ),
        (element("button", "OK"), element("button", "OK", disabled=True), [("disabled", "OK", "OK")]),
        (element("button", "OK", disabled=True), element("button", "OK"), [("enabled", "OK", "OK")]),
        (element("button", "OK"), element("button", "OK", box=box(5)), [("moved", "OK", "OK")]),
        (element("button", "OK"), element("button", "OK", box=box(2)), []),
        (element("button", "OK"), element("button", "OK", box=box(width=120)), [("resized", "OK", "OK")]),
        (element("button", "OK"), element("button", "OK", visible=False), [("removed", "OK", None)]),
    ],
)
def test_what_happened_to_an_element(before: Element, now: Element, expected: list[object]) -> None:
    assert kinds([before], [now]) == expected


def test_elements_under_a_mask_are_not_compared() -> None:
    assert kinds([element("link", "Lundi")], [element("link", "Mardi")], (box(0, 0, 200, 200),)) == []
