"""Numbered diff markers, and gaps for rows that one of the pictures lacks."""

from report.compare.align import Band, BandKind
from report.compare.comparison import Comparison
from report.compare.elements import ChangeKind, ElementChange
from report.compare.regions import Region
from report.results.diff_markers import MOST_MARKERS, Gap, diff_markers, gaps_of
from tests.support.builders import box

SIZE = {"baseline_size": (320, 240), "candidate_size": (320, 240)}


def region(x: float, y: float, width: float = 40, height: float = 20) -> Region:
    return Region(box=box(x, y, width, height), pixels=10)


def renamed(x: float, y: float) -> ElementChange:
    return ElementChange(kind=ChangeKind.RENAMED, role="button", before="OK", now="Valider", box=box(x, y, 60, 30))


def comparison(**more: object) -> Comparison:
    return Comparison(identical=False, **{**SIZE, **more})  # type: ignore[arg-type]


def test_marks_are_numbered_from_top_to_bottom() -> None:
    found = diff_markers(comparison(regions=(region(10, 200), region(10, 10)), elements=(renamed(10, 100),)))
    assert [(mark.number, mark.box.y) for mark in found] == [(1, 10), (2, 100), (3, 200)]
    assert [mark.element for mark in found] == [None, "OK", None]


def test_a_region_with_a_changed_element_gets_no_marker_of_its_own() -> None:
    assert len(diff_markers(comparison(regions=(region(15, 105),), elements=(renamed(10, 100),)))) == 1


def test_a_region_that_is_the_whole_page_is_no_mark_beside_others() -> None:
    everywhere = region(0, 0, 320, 240)
    assert len(diff_markers(comparison(regions=(everywhere,), elements=(renamed(10, 100),)))) == 1
    assert len(diff_markers(comparison(regions=(everywhere,)))) == 1


def test_there_are_no_more_marks_than_can_be_read() -> None:
    assert (
        len(diff_markers(comparison(regions=tuple(region(0, 3 * y) for y in range(2 * MOST_MARKERS))))) == MOST_MARKERS
    )


def test_nothing_compared_has_no_marks_nor_gaps() -> None:
    assert diff_markers(None) == ()
    assert gaps_of(None) == gaps_of(comparison())


def test_rows_across_the_page_are_gaps_in_the_picture_that_lacks_them() -> None:
    bands = (
        Band(kind=BandKind.INSERTED, y=50, at=50, height=12, width=320),
        Band(kind=BandKind.REMOVED, y=90, at=102, height=7, width=320),
        Band(kind=BandKind.INSERTED, y=20, at=20, height=9, width=100, inside="Boîte"),
    )
    gaps = gaps_of(comparison(bands=bands))
    assert gaps.approved == (Gap(row=50, height=12),)
    assert gaps.captured == (Gap(row=102, height=7),)
