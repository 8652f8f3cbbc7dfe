"""The page “History”: what it counts and shows of the nights up to a run."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from report.i18n.sentences import Sentences
from report.output.history_page import FEW_PAGES, FEWEST_NIGHTS, MOST_ROWS, history_page
from report.output.html import write_report, write_single_file
from report.results.run_record import NIGHTS, RunRecord
from report.verdict import Judgement, Verdict
from tests.support.builders import TODAY
from tests.support.earlier_nights import NO_RUN, with_nights
from tests.support.review import session_of_eight

EARLIER = NIGHTS - 1


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunRecord, Path]:
    """Record of a run with a page of each verdict and without earlier nights, and its folder."""
    session = session_of_eight(tmp_path_factory.mktemp("eight"))
    return session.record, session.folder


@pytest.fixture
def record(run: tuple[RunRecord, Path]) -> RunRecord:
    return run[0]


def constant(letters: str, times: int = 1) -> dict[int, str]:
    """Return the same nights for all eight pages."""
    return dict.fromkeys(range(1, 9), letters * times)


def many(record: RunRecord, count: int, verdict: Verdict, nights: str) -> RunRecord:
    """Return a run of many pages with the same nights."""
    found = with_nights(record, constant(nights))
    (tutorial,) = found.tutorials
    page = replace(tutorial.pages[3], judgement=Judgement(verdict=verdict))
    pages = tuple(replace(page, number=number) for number in range(1, count + 1))
    return replace(found, tutorials=(replace(tutorial, pages=pages),))


def test_without_earlier_nights_tonight_alone_is_shown(record: RunRecord) -> None:
    shown = history_page(record)
    assert len(shown.days) == FEWEST_NIGHTS
    assert shown.days[-1] == TODAY
    (tonight,) = shown.known
    assert sum(tonight.verdicts.values()) == 7, "all pages except the one with nothing to check"
    assert shown.missed == ()
    assert [bar.night for bar in shown.verdicts.bars] == [FEWEST_NIGHTS - 1]
    assert [len(rows.told) for rows in shown.tutorials] == [7]


def test_all_nights_are_shown_and_counted(record: RunRecord) -> None:
    shown = history_page(with_nights(record, constant("O", EARLIER) | {1: "T" * EARLIER}, seconds=90))
    assert len(shown.days) == len(shown.known) == NIGHTS
    assert shown.days[0] == TODAY - timedelta(days=EARLIER)
    assert shown.known[0].verdicts == {Verdict.TEXT_OUTDATED: 1, Verdict.UP_TO_DATE: 7}
    assert shown.usual_seconds == 90
    (rows,) = shown.tutorials
    first = rows.told[0]
    assert (first.nights.outdated, first.nights.unseen) == (NIGHTS, 0)
    assert [(span.kind, span.first, span.last) for span, _ in first.strip] == [("text_outdated", 0, EARLIER)]


def test_nights_without_a_run_are_gaps(record: RunRecord) -> None:
    shown = history_page(with_nights(record, constant("OO  O O")))
    known = [night is not None for night in shown.nights[-8:]]
    assert known == [True, True, False, False, True, False, True, True]
    assert [(span.first - FEWEST_NIGHTS, span.last - FEWEST_NIGHTS) for span in shown.missed] == [(-6, -5), (-3, -3)]
    assert len(shown.rows) == 8, "the table begins with the first night with a run"
    (rows,) = shown.tutorials
    assert [span.kind for span, _ in rows.told[3].strip] == ["up_to_date"] * 3


def test_a_night_on_which_nothing_could_be_checked(record: RunRecord) -> None:
    shown = history_page(with_nights(record, constant("UUU") | {2: "RRR"}))
    assert [night.unseen for night in shown.known] == [8, 8, 8, 1]
    assert shown.nights_unseen == 4
    (rows,) = shown.tutorials
    assert rows.told[5].nights.unseen == 4, "a wall tonight, too"


def test_a_time_that_is_not_known_is_left_out(record: RunRecord) -> None:
    shown = history_page(with_nights(record, constant("OOO"), seconds=None))
    assert len(shown.timed) == 1
    assert [bar.night for bar in shown.times.bars] == [FEWEST_NIGHTS - 1]


def test_of_many_pages_those_with_nothing_to_tell_are_folded(record: RunRecord) -> None:
    shown = history_page(many(record, FEW_PAGES + 1, Verdict.UP_TO_DATE, "OUO"))
    (rows,) = shown.tutorials
    assert (len(rows.told), len(rows.others)) == (0, FEW_PAGES + 1)
    assert Verdict.UP_TO_DATE in shown.kinds
    assert Verdict.UP_TO_DATE not in shown.stacked
    shown = history_page(many(record, MOST_ROWS + 5, Verdict.UNREACHABLE, "OTO"))
    (rows,) = shown.tutorials
    assert (len(rows.told), len(rows.others)) == (MOST_ROWS, 5)
    assert [bar.is_cut for bar in shown.verdicts.bars] == [False, False, False, False], (
        "those of one night are not more than those of another"
    )


def test_an_outage_makes_other_nights_not_small(record: RunRecord) -> None:
    found = many(record, 60, Verdict.UP_TO_DATE, "UOO")
    (tutorial,) = found.tutorials
    worse = tuple(replace(page, nights="UTT") if page.number <= 5 else page for page in tutorial.pages)
    shown = history_page(replace(found, tutorials=(replace(tutorial, pages=worse),)))
    outage, usual, *_ = shown.verdicts.bars
    assert outage.is_cut
    assert usual.segments[0].height > 100


def test_nights_out_of_the_plots_are_not_shown(record: RunRecord) -> None:
    found = with_nights(record, constant("OOO"))
    nights = (
        replace(found.nights[0], day=TODAY - timedelta(days=5000)),
        replace(found.nights[1], day=TODAY + timedelta(days=5000)),
        found.nights[2],
    )
    shown = history_page(replace(found, nights=nights))
    assert [night.day for night in shown.known] == [TODAY - timedelta(days=1), TODAY]
    assert [page.nights.outdated for page in shown.tutorials[0].told][:2] == [1, 1]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["89 nuits avec un passage, du 3 décembre 2025", "Aucun passage pendant 1 nuit\u00a0: 1er mars 2026."]),
        ("en", ["89 nights with a run, from 3 December 2025", "No run on 1 night: 1 Mar 2026."]),
    ],
)
def test_every_plot_has_its_numbers_in_a_table(run: tuple[RunRecord, Path], language: str, words: list[str]) -> None:
    nights = "O" * (EARLIER - 1) + NO_RUN
    letters = constant(nights) | {1: nights.replace("O", "T"), 6: nights.replace("O", "U")}
    record, folder = run
    write_report(with_nights(record, letters), folder, Sentences(language))
    html = (folder / "history.html").read_text("utf-8")
    assert all(one in html for one in words)
    assert html.count('<svg class="plot" role="img"') == html.count("<desc") == 3
    assert html.count('<details class="numbers">') == 4, "of three plots, and of the strips"
    assert html.count('<tr><th scope="row">') == 3 * NIGHTS
    assert 'style="' not in html, "the policy allows none"


def test_the_single_file_has_the_history_too(run: tuple[RunRecord, Path], tmp_path: Path) -> None:
    record = with_nights(run[0], constant("O", 20))
    html = write_single_file(record, run[1], Sentences("en"), tmp_path / "one.html").read_text("utf-8")
    assert html.count('<svg class="plot" role="img"') == 3
    assert 'href="#history"' in html
    assert "history.html" not in html
