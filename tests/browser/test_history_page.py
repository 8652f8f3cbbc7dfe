"""The page “History” of a report, in Firefox."""

import re

import pytest
from playwright.sync_api import Page, expect

from report.i18n.sentences import Sentences
from report.output.html import write_report, write_single_file
from report.review.session import ReviewSession
from tests.support.accessibility import violations
from tests.support.earlier_nights import NO_RUN, with_nights
from tests.support.firefox import SharedFirefox
from tests.support.pages import page_errors

NIGHTS = "NNOO" + NO_RUN * 3 + "OCUTTPPOTOTO"
"""Nights of the pages that a scenario visits, with all verdicts and a gap."""

RIGHT_ENDS = """all => all.map(plot => [[...plot.querySelectorAll("g rect")].pop(), plot]
.map(one => Math.round(one.getBoundingClientRect().right)))"""
"""JavaScript: right ends of the last bar of each plot and of the plot, CSS px."""


def write_history(session: ReviewSession, language: str) -> None:
    """Write the report of a run after many nights, as a folder and as one file."""
    letters = dict.fromkeys(range(1, 7), NIGHTS) | {
        7: re.sub(r"\w", "D", NIGHTS),
        8: re.sub(r"\w", "F", NIGHTS),
    }
    record = with_nights(session.record, letters)
    write_report(record, session.folder, Sentences(language))
    write_single_file(record, session.folder, Sentences(language), session.folder / "one.html")


@pytest.mark.parametrize(("language", "scheme", "width"), [("fr", "light", 360), ("en", "dark", 1280)])
def test_the_history_is_drawn_in_any_window_and_axe_finds_nothing(
    shared_firefox: SharedFirefox,
    session: ReviewSession,
    request: pytest.FixtureRequest,
    language: str,
    scheme: str,
    width: int,
) -> None:
    write_history(session, language)
    page: Page = request.getfixturevalue("dark") if scheme == "dark" else shared_firefox.page(width, 800)
    page.set_viewport_size({"width": width, "height": 800})
    for path in ("history.html", "one.html#history"):
        with page_errors(page) as troubles:
            page.goto(f"{session.folder.as_uri()}/{path}")
            if path == "history.html":
                page.locator(".numbers, .other-pages").evaluate_all("all => all.forEach(one => { one.open = true; })")
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            ends = page.locator("svg.plot").evaluate_all(RIGHT_ENDS)
            assert len(ends) == 3
            assert all(width / 2 < bar <= plot for bar, plot in ends), "the last bar is in its plot"
            assert troubles == []


def test_the_history_is_found_and_left_with_the_keyboard(shared_firefox: SharedFirefox, session: ReviewSession) -> None:
    write_history(session, "fr")
    page = shared_firefox.page(1280, 800)
    page.goto(f"{session.folder.as_uri()}/index.html")
    page.get_by_role("link", name="Historique").press("Enter")
    page.wait_for_url("**/history.html")
    summary = page.locator("summary", has_text="En tableau").first
    summary.press("Enter")
    numbers = page.get_by_role("group", name="Verdicts par nuit")
    expect(numbers.get_by_role("row", name="2 mars 2026")).to_be_visible()
    expect(numbers.get_by_role("columnheader", name="Texte à réécrire")).to_be_visible()
    page.keyboard.press("Tab")
    expect(numbers).to_be_focused()
    page.keyboard.press("Home")
    page.wait_for_url("**/index.html")


def test_a_page_of_the_tutorial_leads_to_its_nights(shared_firefox: SharedFirefox, session: ReviewSession) -> None:
    write_history(session, "fr")
    page = shared_firefox.page(1280, 800)
    for number in ("02", "08"):
        page.goto(f"{session.folder.as_uri()}/exemple/{number}.html")
        page.get_by_role("link", name="Historique").click()
        page.wait_for_url(f"**/history.html#exemple-{number}-nights")
        expect(page.locator(":target")).to_be_visible()
