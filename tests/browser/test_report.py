"""The report, opened as a volunteer opens it: from the disk, in Firefox."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from capture.firefox import RunningFirefox
from capture.tutorial import Tutorial
from tests.conftest import PROJECT, Night

PAGES = ("index.html", "ameli-creer-compte/02.html", "ameli-creer-compte/07.html", "ameli-creer-compte/13.html")


@pytest.fixture(scope="module")
def folder(firefox: RunningFirefox, tmp_path_factory: pytest.TempPathFactory, ameli: tuple[Tutorial, ...]) -> str:
    place = tmp_path_factory.mktemp("report")
    night = Night(firefox=firefox, runs=place, screenshots=PROJECT / "screenshots")
    return (place / night("2026", ameli).id).as_uri()


@pytest.fixture(params=[1280, 360])
def page(firefox: RunningFirefox, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = firefox.browser.new_context(viewport={"width": request.param, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opens_from_the_disk_whole(folder: str, page: Page, path: str) -> None:
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("requestfailed", lambda request: troubles.append(request.url))
    page.goto(f"{folder}/{path}")
    assert page.evaluate("getComputedStyle(document.querySelector('.brand')).fontWeight") == "700", "style is there"
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window"
    assert troubles == []


def test_every_page_can_be_read_with_the_keyboard_alone(folder: str, page: Page) -> None:
    page.goto(f"{folder}/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "the focus is seen"
    page.keyboard.press("Enter")
    page.wait_for_url("**/02.html")
    assert page.locator("h1").inner_text().startswith("Page 2")


def test_the_overview_tells_the_worst_first_with_its_reason(folder: str, page: Page) -> None:
    page.goto(f"{folder}/index.html")
    assert page.locator("h1").inner_text() == "5 pages à corriger sur 5 vues"
    first = page.locator("ol.pages > li").first
    assert "Texte à réécrire" in first.inner_text()
    assert "s’appelle maintenant" in first.inner_text()
    assert page.locator("ol.pages > li").last.inner_text().strip().endswith("Rien à vérifier")
