"""The layout of callouts: without faults, near, on the side of the last edition. Pure: no pixels are drawn."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from capture.geometry import Box
from report.publish.callout import Kind, Layout, Mark, Side
from report.publish.callout_faults import FaultKind, faults_of
from report.publish.callout_layout import place
from report.publish.surface import Surface
from tests.support.builders import box

WIDTH, HEIGHT = 860, 600
BLANK = Surface.of(np.zeros((HEIGHT, WIDTH)))
SIZES = ((150.0, 29.0), (100.0, 50.0), (27.0, 27.0))


def mark(number: int, target: Box, kind: Kind = "box", side: Side | None = None) -> Mark:
    return Mark(number=number, target=target, kind=kind, sizes=SIZES, lines=(1, 2, 0), last_side=side)


def lined(*targets: Box) -> list[Mark]:
    return [mark(n, target, "arrow" if n % 3 == 0 else "box") for n, target in enumerate(targets, start=1)]


def assert_faultless(layout: Layout, count: int) -> None:
    assert faults_of(layout) == ()
    assert len(layout.placed) == count


@pytest.mark.parametrize("count", [1, 5, 15])
def test_links_26_px_apart(count: int) -> None:
    targets = [box(300, 60 + 26 * n, 90 + n % 4 * 30, 18) for n in range(count)]
    assert_faultless(place(lined(*targets), BLANK), count)


def test_icons_of_16_px_in_a_row() -> None:
    assert_faultless(place(lined(*(box(200 + 26 * n, 100, 16, 16) for n in range(10))), BLANK), 10)


def test_cells_of_a_table() -> None:
    targets = [box(60 + 190 * column, 120 + 40 * row, 80, 18) for row in range(4) for column in range(3)]
    assert_faultless(place(lined(*targets), BLANK), 12)


def test_a_target_in_each_corner_lets_the_canvas_grow() -> None:
    targets = [box(x, y, 60, 30) for x in (0, WIDTH - 60) for y in (0, HEIGHT - 30)]
    layout = place(lined(*targets), BLANK)
    assert_faultless(layout, 4)
    assert layout.canvas.x <= -6


def test_a_target_as_large_as_the_picture_has_its_label_beside_it() -> None:
    layout = place([mark(1, box(0, 0, WIDTH, HEIGHT))], BLANK)
    assert_faultless(layout, 1)
    assert layout.canvas.area > WIDTH * HEIGHT


def test_one_target_in_another() -> None:
    layout = place([mark(1, box(200, 150, 400, 300)), mark(2, box(350, 280, 80, 30))], BLANK)
    assert_faultless(layout, 2)


def test_a_picture_smaller_than_a_label() -> None:
    assert_faultless(place([mark(1, box(10, 10, 20, 10))], Surface.of(np.zeros((40, 60)))), 1)


@given(
    places=st.lists(
        st.tuples(st.integers(0, WIDTH - 90), st.integers(0, HEIGHT - 40)), min_size=1, max_size=6, unique=True
    )
)
@settings(max_examples=20)
def test_targets_anywhere(places: list[tuple[int, int]]) -> None:
    targets = [box(x, y, 80, 30) for x, y in places]
    if any(one.grown(16).overlap(other) for n, one in enumerate(targets) for other in targets[:n]):
        return
    assert_faultless(place(lined(*targets), BLANK), len(targets))


def test_labels_avoid_ink() -> None:
    ink = np.zeros((HEIGHT, WIDTH))
    ink[:, 400:] = 1
    (placed,) = place([mark(1, box(300, 300, 80, 20))], Surface.of(ink)).placed
    assert placed.label.right <= 400


def test_labels_do_not_cover_the_name_of_a_field() -> None:
    fields = [replace(mark(n, box(300, 40 * n, 160, 26)), names=(box(120, 40 * n + 4, 170, 18),)) for n in range(1, 7)]
    assert_faultless(place(fields, BLANK), 6)


@pytest.mark.parametrize("side", list(Side))
def test_the_side_of_the_last_edition_is_kept(side: Side) -> None:
    (placed,) = place([mark(1, box(400, 300, 80, 20), side=side)], BLANK).placed
    assert placed.side is side


def test_the_same_marks_are_placed_alike() -> None:
    marks = lined(*(box(300, 60 + 26 * n, 90, 18) for n in range(6)))
    assert place(marks, BLANK) == place(marks, BLANK)


def test_faults_are_found() -> None:
    layout = place(lined(box(100, 100, 80, 20), box(100, 300, 80, 20)), BLANK)
    first, second = layout.placed
    over = replace(second, label=first.label)
    astray = replace(second, path=(second.path[0], (140.0, 95.0)))
    covering = replace(second, label=replace(second.label, x=90, y=90))
    for changed, kind in (
        (over, FaultKind.LABEL_OVER_LABEL),
        (astray, FaultKind.LINE_ASTRAY),
        (covering, FaultKind.LABEL_OVER_TARGET),
    ):
        assert kind in {fault.kind for fault in faults_of(replace(layout, placed=(first, changed)))}
