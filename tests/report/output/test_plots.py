"""Shapes of plots: numbers in, places out."""

import pytest

from report.output.plots import HEIGHT, bar_plot, spans


def test_bars_are_stacked_from_the_bottom() -> None:
    plot = bar_plot([[("false", 1), ("true", 3)], [("false", 0), ("true", 4)]])
    first, second = plot.bars
    assert [(one.kind, one.y, one.height) for one in first.segments] == [("false", 120, 40), ("true", 0, 120)]
    assert [(one.kind, one.y, one.height) for one in second.segments] == [("true", 0, HEIGHT)]
    assert (first.x, first.width, second.x) == (5, 40, 55)
    assert not first.is_cut


def test_a_night_that_is_not_known_has_no_bar_and_one_without_pages_an_empty_one() -> None:
    plot = bar_plot([None, [("unseen", 0)], [("unseen", 2)]])
    assert [(bar.night, len(bar.segments)) for bar in plot.bars] == [(1, 0), (2, 1)]


@pytest.mark.parametrize(
    ("highest", "whole", "values"),
    [
        (0, True, [0, 1]),
        (1, True, [0, 1]),
        (4, True, [0, 1, 2, 3, 4]),
        (11, True, [0, 5, 10]),
        (3000, True, [0, 1000, 2000, 3000]),
        (0.7, False, [0, 0.2, 0.4, 0.6]),
        (1.5, False, [0, 0.5, 1, 1.5]),
        (87.25, False, [0, 50]),
    ],
)
def test_the_lines_of_a_scale_are_round_numbers(highest: float, whole: bool, values: list[float]) -> None:
    plot = bar_plot([[("a", highest)]], whole=whole)
    assert [line.value for line in plot.lines] == values
    assert plot.lines[0].y == HEIGHT
    assert all(0 <= line.y <= HEIGHT for line in plot.lines)


def test_a_bar_that_is_too_high_is_cut_at_the_top() -> None:
    plot = bar_plot([[("false", 5), ("unseen", 2900)], [("false", 10), ("unseen", 0)]], highest=10)
    outage, usual = plot.bars
    assert [(one.kind, one.y, one.height) for one in outage.segments] == [("false", 80, 80), ("unseen", 0, 80)]
    assert (outage.is_cut, usual.is_cut) == (True, False)


def test_plots_without_nights_are_empty() -> None:
    assert bar_plot([]).bars == ()
    assert bar_plot([None, None]).bars == ()
    assert spans([]) == ()


def test_nights_of_the_same_kind_are_one_span() -> None:
    found = spans(["true", "true", "", "false"])
    assert [(one.kind, one.first, one.last, one.x, one.width) for one in found] == [
        ("true", 0, 1, 0, 50),
        ("false", 3, 3, 75, 25),
    ]
