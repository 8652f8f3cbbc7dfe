"""The published web page, opened from the disk in Firefox."""

from pathlib import Path

import pytest

from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.publish.formats import Format
from report.publish.tutorial_page import write_tutorial
from tests.support.accessibility import violations
from tests.support.commands import PROJECT
from tests.support.firefox import SharedFirefox
from tests.support.pages import page_errors

pytestmark = pytest.mark.long


@pytest.fixture
def address(ameli: tuple[Tutorial, ...], tmp_path: Path) -> str:
    """URL of the ameli tutorial, published from the shipped baselines."""
    (tutorial,) = ameli
    written = write_tutorial(tutorial, Baselines(PROJECT / "screenshots", "replica"), tmp_path, formats=[Format.HTML])
    assert written.pictures == 5
    return written.page.as_uri()


def test_it_is_legible_on_a_phone_and_on_a_large_screen(shared_firefox: SharedFirefox, address: str) -> None:
    for width in (343, 860, 1366):
        page = shared_firefox.page(width, 900)
        with page_errors(page) as errors:
            page.goto(address)
            assert violations(page) == [], width
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
            cuts = page.locator(".cut img")
            assert cuts.count() == 14
            assert cuts.first.is_visible() is (width == 343), "each instruction has its own cut on a phone alone"
            page.evaluate("for (const image of document.images) image.loading = 'eager'")
            page.wait_for_function("[...document.images].every((image) => image.complete)")
            shown = "[...document.images].filter((image) => image.checkVisibility())"
            assert page.evaluate(f"{shown}.every((image) => image.naturalWidth > 0)")
            sources = page.evaluate(f"{shown}.map((image) => image.currentSrc)")
            assert all(source.endswith(".webp") for source in sources)
        assert errors == []
