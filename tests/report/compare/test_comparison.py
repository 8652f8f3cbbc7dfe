"""Comparison of two pictures, and of the elements of two pages."""

import io
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from capture.elements import Element
from capture.errors import PictureCorrupt
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult
from report.compare.align import BandKind
from report.compare.comparison import Comparison, Side, compare, compare_pictures
from report.compare.elements import ChangeKind, ElementSide, element_changes, match_elements
from report.compare.pixel_diff import Screenshot
from tests.images.cases import Case, read_cases, read_elements
from tests.support.builders import START, box, element, instruction_result, png_of, scene

PAGE = scene()
CASES = read_cases()
WITHIN = settings(max_examples=60)


def compared(one: NDArray[np.uint8], other: NDArray[np.uint8], **more: Any) -> Comparison:
    return seen(png_of(one), png_of(other), **more)


def seen(
    one: bytes, other: bytes, *, masks: tuple[Box, ...] = (), before: dict[str, Any] | None = None, **more: Any
) -> Comparison:
    return compare(
        Side(screenshot=Screenshot(png=one, path=Path("approved.png"), masks=masks), **(before or more)),
        Side(screenshot=Screenshot(png=other, path=Path("tonight.png"), masks=masks), **more),
    ).comparison


def changed(y: int = 122, x: int = 50, size: int = 6) -> NDArray[np.uint8]:
    """Return the page's pixels, with the colours of a square inverted."""
    pixels = PAGE.copy()
    pixels[y : y + size, x : x + size] = 255 - pixels[y : y + size, x : x + size]
    return pixels


def firefox_png(pixels: NDArray[np.uint8], *, alpha: bool) -> bytes:
    """Return a PNG whose rows have the Sub filter, as Firefox writes them."""
    if alpha:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    height, width = pixels.shape[:2]
    filtered = pixels.copy()
    filtered[:, 1:] -= pixels[:, :-1]
    rows = np.concatenate([np.ones((height, 1), np.uint8), filtered.reshape(height, -1)], axis=1)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + bytes((8, 6 if alpha else 2, 0, 0, 0))
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows.tobytes())), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


# The table of cases


def shots(case: Case) -> tuple[Screenshot, Screenshot]:
    approved, captured = (Screenshot(png=path.read_bytes(), path=path) for path in case.pictures)
    return approved, captured


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_person_and_the_comparison_agree(case: Case) -> None:
    elements = read_elements(case)
    found = compare_pictures(*shots(case), baseline_elements=elements.approved, candidate_elements=elements.captured)
    assert found.same == (case.kind == "noise"), (found.regions, found.bands, found.elements)


def test_the_table_has_enough_of_everything() -> None:
    noise = [case for case in CASES if case.kind == "noise"]
    assert len(CASES) >= 80
    assert abs(len(CASES) - 2 * len(noise)) <= len(CASES) / 10
    assert {case.scale for case in CASES} == {1, 2}
    assert {case.dark for case in CASES} == {True, False}


def alone(case: Case) -> bool:
    return compare_pictures(*shots(case)).same


def test_without_elements_only_what_pixels_cannot_tell_is_wrong() -> None:
    wrong = {case.of for case in CASES if alone(case) != (case.kind == "noise")}
    assert wrong <= {
        "font hinting",
        "one letter, the page moved by a fraction",
        "digit, the page moved by a fraction",
    }


# Reading


def test_equal_bytes_are_not_decoded() -> None:
    found = seen(b"no picture", b"no picture")
    assert found.identical
    assert found.baseline_size is None


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "1", "LA", "I;16"])
def test_the_same_picture_in_another_mode_is_the_same(mode: str) -> None:
    if mode == "I;16":
        buffer = io.BytesIO()
        Image.fromarray(PAGE[:, :, 0].astype(np.uint16) * 257).save(buffer, "PNG")
        other = buffer.getvalue()
    else:
        other = png_of(PAGE, mode)
    assert seen(png_of(PAGE), other).identical


@pytest.mark.parametrize("alpha", [True, False])
def test_firefoxs_way_and_pillows_way_read_the_same(alpha: bool) -> None:
    coloured = np.random.default_rng(2).integers(0, 255, (90, 70, 3), dtype=np.uint8)
    other = coloured.copy()
    other[40:48, 30:38] = 255 - other[40:48, 30:38]
    direct = seen(firefox_png(coloured, alpha=alpha), firefox_png(other, alpha=alpha))
    mixed = seen(png_of(coloured), firefox_png(other, alpha=alpha))
    assert direct.regions == mixed.regions != ()


def test_a_transparent_picture_is_seen_on_white() -> None:
    clear = np.dstack([np.zeros_like(PAGE), np.zeros(PAGE.shape[:2], np.uint8)])
    buffer = io.BytesIO()
    Image.fromarray(clear).save(buffer, "PNG")
    assert seen(png_of(np.full_like(PAGE, 255)), buffer.getvalue()).identical


@pytest.mark.parametrize("data", [b"", b"no picture", png_of(PAGE)[:200], png_of(PAGE)[:-400]])
@pytest.mark.parametrize("way", ["pillow", "firefox"])
def test_a_picture_that_cannot_be_read_is_named(data: bytes, way: str) -> None:
    if way == "firefox" and data.startswith(b"\x89"):
        data = firefox_png(PAGE, alpha=True)[: len(data)]
    with pytest.raises(PictureCorrupt, match=r"tonight\.png"):
        seen(png_of(PAGE), data)


def test_a_bomb_is_refused_before_it_is_inflated() -> None:
    bomb = bytearray(firefox_png(PAGE, alpha=True))
    bomb[16:24] = (60_000).to_bytes(4) * 2
    with pytest.raises(PictureCorrupt, match="million pixels"):
        seen(png_of(PAGE), bytes(bomb))


@pytest.mark.parametrize("wider", [40, 3])
def test_nothing_is_cropped_when_one_is_wider(wider: int) -> None:
    more = np.concatenate([PAGE, np.full((PAGE.shape[0], wider, 3), 255, np.uint8)], axis=1)
    for found in (compared(PAGE, more), compared(more, PAGE)):
        assert not found.identical
        assert found.regions[-1].box.right == PAGE.shape[1] + wider


# Pixels


def test_a_changed_spot_is_one_region_where_it_is() -> None:
    (region,) = compared(PAGE, changed()).regions
    assert region.box.within(box(46, 118, 14, 14))
    assert region.pixels >= 36


def test_two_spots_far_apart_are_two_regions() -> None:
    pixels = changed()
    pixels[42:48, 250:256] = 0
    assert len(compared(PAGE, pixels).regions) == 2


@given(y=st.integers(0, 226), x=st.integers(0, 306), size=st.integers(4, 12), level=st.integers(0, 200))
@WITHIN
def test_a_spot_is_seen_wherever_it_is_and_counts_the_same_both_ways(y: int, x: int, size: int, level: int) -> None:
    flat = np.full_like(PAGE, 255)
    spot = flat.copy()
    spot[y : y + size, x : x + size] = level
    one, other = compared(flat, spot), compared(spot, flat)
    assert sum(region.pixels for region in one.regions) == sum(region.pixels for region in other.regions) > 0


@given(seed=st.integers(0, 99))
@WITHIN
def test_equal_pictures_are_equal_whoever_wrote_them(seed: int) -> None:
    pixels = scene(seed=seed)
    assert seen(png_of(pixels), firefox_png(pixels, alpha=True)).same


@given(y=st.integers(0, 220), x=st.integers(0, 300))
@WITHIN
def test_a_mask_hides_what_it_covers_and_nothing_else(y: int, x: int) -> None:
    flat = np.full_like(PAGE, 255)
    spot = flat.copy()
    spot[y : y + 8, x : x + 8] = 0
    assert compared(flat, spot, masks=(box(x, y, 8, 8),)).identical
    assert not compared(flat, spot, masks=(box(x, y, 8, 4),)).identical


@pytest.mark.parametrize("level", [3, 8, 13])
def test_a_faint_change_of_a_flat_colour_is_seen(level: int) -> None:
    paler = PAGE.copy()
    paler[:, :] = np.where(PAGE == 255, 240, PAGE)
    other = paler.copy()
    other[120:160][other[120:160] == 240] = 240 - level
    flat = np.full((80, 80, 3), 240, np.uint8)
    spot = flat.copy()
    spot[20:60, 20:60] -= level
    assert not compared(flat, spot).same


def test_a_level_more_or_less_is_nothing() -> None:
    noise = np.random.default_rng(1).integers(-1, 2, PAGE.shape)
    assert compared(PAGE, np.clip(PAGE + noise, 0, 255).astype(np.uint8)).same


# Alignment


@pytest.mark.parametrize("at", [0, 27, 100, 232])
@pytest.mark.parametrize("height", [5, 37])
def test_inserted_rows_are_one_insertion_and_removed_ones_one_removal(at: int, height: int) -> None:
    band = np.random.default_rng(3).integers(0, 255, (height, PAGE.shape[1], 3), dtype=np.uint8)
    longer = np.concatenate([PAGE[:at], band, PAGE[at:]])
    grown, shrunk = compared(PAGE, longer), compared(longer, PAGE)
    for found, kind in ((grown, "inserted"), (shrunk, "removed")):
        assert [(one.kind, one.y, one.height) for one in found.bands] == [(kind, at, height)]
        assert not found.regions


@given(at=st.integers(1, 230), height=st.integers(4, 60), seed=st.integers(0, 9))
@WITHIN
def test_an_insertion_is_found_where_it_is(at: int, height: int, seed: int) -> None:
    band = np.random.default_rng(seed).integers(0, 255, (height, PAGE.shape[1], 3), dtype=np.uint8)
    found = compared(PAGE, np.concatenate([PAGE[:at], band, PAGE[at:]]))
    assert [(one.kind, one.y, one.height) for one in found.bands] == [("inserted", at, height)]
    assert not found.regions


def test_a_page_of_the_same_height_whose_middle_moved_down_is_an_insertion() -> None:
    moved = np.concatenate([PAGE[:30], np.full((40, *PAGE.shape[1:]), 90, np.uint8), PAGE[30:-40]])
    found = compared(PAGE, moved)
    assert [(band.kind, band.y, band.height) for band in found.bands] == [("inserted", 30, 40)]


def test_a_side_box_that_grew_beside_a_text_that_stayed_is_an_insertion_in_it() -> None:
    line = np.random.default_rng(8).integers(0, 2, (10, 60, 1), dtype=np.uint8).repeat(3, axis=2) * 255
    text, side = scene(400, 240, seed=1), scene(160, 240, seed=2)
    grown = np.concatenate([side[:60], np.full((5, 160, 3), 255, np.uint8), side[:10], side[60:-15]])
    grown[65:75, 20:80] = line
    gap = np.full((240, 30, 3), 255, np.uint8)
    found = compared(np.concatenate([text, gap, side], axis=1), np.concatenate([text, gap, grown], axis=1))
    (band,) = found.bands
    assert band.kind is BandKind.INSERTED
    assert band.height == 15
    assert band.x >= 400


def test_a_band_that_changed_its_place_has_moved() -> None:
    found = compared(PAGE, np.concatenate([PAGE[:20], PAGE[100:140], PAGE[20:100], PAGE[140:]]))
    assert BandKind.MOVED in {band.kind for band in found.bands}
    assert not found.regions


# Elements


def test_an_instructions_element_that_moves_by_itself_has_moved() -> None:
    before = {"instructions": (instruction_result(1, box=box(10, 30)),)}
    found = compared(PAGE, changed(), before=before, instructions=(instruction_result(1, box=box(10, 55)),))
    assert [(move.instruction, move.px) for move in found.moves] == [(1, 25)]


def told(number: int, name: str, place: Box) -> InstructionResult:
    return replace(instruction_result(number, box=place), sentence=f"Cliquez sur « {name} ».", name=name)


def test_after_a_correction_nothing_is_compared_with_another_target() -> None:
    before = {
        "instructions": (told(1, "Chercher", box(10, 30)), told(2, "Aide", box(10, 180))),
        "elements": (element("button", "Chercher", box=box(10, 30)), element("button", "Aide", box=box(10, 180))),
    }
    now = (told(1, "Accueil", box(10, 100)), told(2, "Chercher", box(10, 30)), told(3, "Aide", box(10, 180)))
    elements = (*before["elements"], element("button", "Accueil", box=box(10, 100)))
    found = compared(PAGE, changed(), before=before, instructions=now, elements=elements)
    assert found.moves == (), "the instructions have other numbers, and point at the same things"
    assert found.new_targets == (1,)


def test_an_element_that_moves_with_all_around_it_has_not() -> None:
    longer = np.concatenate([np.full((60, *PAGE.shape[1:]), 90, np.uint8), PAGE])
    before = {
        "instructions": (instruction_result(1, box=box(10, 30)),),
        "elements": (element("button", "OK", box=box(10, 30)),),
    }
    now = {
        "instructions": (instruction_result(1, box=box(10, 90)),),
        "elements": (element("button", "OK", box=box(10, 90)),),
    }
    found = compared(PAGE, longer, before=before, **now)
    assert not found.moves
    assert not found.elements


def test_an_element_that_only_looks_different_is_restyled() -> None:
    button = element("button", "OK", box=box(40, 110, 60, 30))
    found = compared(PAGE, changed(), elements=(button, element("text", "Loin", box=box(200, 10, 60, 20))))
    assert [(change.kind, change.now) for change in found.elements] == [(ChangeKind.RESTYLED, "OK")]


def test_an_insertion_in_a_box_names_the_box() -> None:
    text, side = scene(400, 240, seed=1), scene(160, 240, seed=2)
    grown = np.concatenate([side[:60], np.full((35, 160, 3), 90, np.uint8), side[60:-35]])
    gap = np.full((240, 30, 3), 255, np.uint8)
    aside = element("complementary", box=box(410, 0, 180, 240))
    title = element("heading", "Comment faire ?", box=box(440, 10), parent=0)
    found = compared(
        np.concatenate([text, gap, side], axis=1),
        np.concatenate([text, gap, grown], axis=1),
        elements=(aside, title),
    )
    assert [band.inside for band in found.bands] == ["Comment faire ?"]


def kinds(
    before: list[Element], now: list[Element], masks: tuple[Box, ...] = ()
) -> list[tuple[ChangeKind, str | None, str | None]]:
    matches = match_elements(
        ElementSide(elements=before, masks=masks), ElementSide(elements=now, masks=masks), lambda place: place
    )
    found = element_changes(matches, lambda place: place, redrawn=False)
    return [(change.kind, change.before, change.now) for change in found]


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (element("button", "OK"), element("button", "Ok"), []),
        (element("button", "OK"), element("link", "OK"), [("role", "OK", "OK")]),
        (element("text", "OK"), element("link", "OK"), [("role", "OK", "OK")]),
        (element("button", "OK"), element("img", "OK"), [("removed", "OK", None), ("added", None, "OK")]),
        (
            element("heading", "Mon n° de sécurité sociale"),
            element("heading", "Mon numéro de sécurité sociale", box=box(300, 300)),
            [("renamed", "Mon n° de sécurité sociale", "Mon numéro de sécurité sociale")],
        ),
        (
            element("button", "SÉLECTIONNER", box=box(10, 10)),
            element("button", "Valider", box=box(12, 10, 90)),
            [("renamed", "SÉLECTIONNER", "Valider")],
        ),
        (
            element("button", "SÉLECTIONNER", box=box(10, 10)),
            element("button", "Valider", box=box(300, 10)),
            [("removed", "SÉLECTIONNER", None), ("added", None, "Valider")],
        ),
        (element("button", "OK"), element("button", "OK", disabled=True), [("disabled", "OK", "OK")]),
        (element("button", "OK", disabled=True), element("button", "OK"), [("enabled", "OK", "OK")]),
        (element("button", "OK"), element("button", "OK", box=box(12)), [("moved", "OK", "OK")]),
        (element("button", "OK"), element("button", "OK", box=box(5)), []),
        (element("button", "OK"), element("button", "OK", box=box(width=120)), [("resized", "OK", "OK")]),
        (element("button", "OK"), element("button", "OK", visible=False), [("removed", "OK", None)]),
        (element("radio", "Oui"), element("radio", "Oui", states=("checked",)), [("state", "Oui", "Oui")]),
        (element("link", "Aide", address=f"{START}a"), element("link", "Aide", address=f"{START}a?s=1"), []),
        (
            element("link", "Aide", address=f"{START}a"),
            element("link", "Aide", address=f"{START}b"),
            [("readdressed", "Aide", "Aide")],
        ),
        (
            element("link", "Aide en ligne", words="Aide"),
            element("link", "Aide, nouvelle fenêtre", words="Aide"),
            [("renamed_unseen", "Aide en ligne", "Aide, nouvelle fenêtre")],
        ),
        (
            element("link", "Aide en ligne", words="Aide"),
            element("link", "Aide en ligne", words="À l'aide"),
            [("renamed", "Aide", "À l'aide")],
        ),
    ],
)
def test_the_kind_of_an_elements_change(before: Element, now: Element, expected: list[object]) -> None:
    assert kinds([before], [now]) == expected


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ("400", "700", [("restyled", "Suite", "Suite")]),
        ("400", "400i", [("restyled", "Suite", "Suite")]),
        ("400 700", "400 700", []),
        (None, "700", []),
        ("700", None, []),
    ],
)
def test_another_weight_or_style_of_letters_is_a_change(
    before: str | None, now: str | None, expected: list[object]
) -> None:
    assert kinds([element("link", "Suite", lettering=before)], [element("link", "Suite", lettering=now)]) == expected


def test_the_nearest_of_two_equal_elements_is_matched() -> None:
    one, two = element("link", "Détails", box=box(0, 0)), element("link", "Détails", box=box(0, 300))
    assert kinds([one, two], [two]) == [("removed", "Détails", None)]


def test_elements_under_a_mask_are_not_compared() -> None:
    assert kinds([element("link", "Lundi")], [element("link", "Mardi")], (box(0, 0, 200, 200),)) == []
