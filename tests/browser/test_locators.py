"""Restricted locators, on a page in Firefox."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from capture.errors import PrivacyError
from capture.scenario.locators import RestrictedLocator
from tests.support.careless_scenarios import FORM
from tests.support.firefox import SharedFirefox


@pytest.fixture
def page(shared_firefox: SharedFirefox) -> Page:
    page = shared_firefox.page(800, 600)
    page.set_content(FORM)
    return page


@pytest.mark.parametrize(
    "act",
    [
        lambda page: page.fill("#c", "73000"),
        lambda page: page.type("#c", "73000"),
        lambda page: page.locator("#c").fill("73000"),
        lambda page: page.get_by_label("Code postal").press_sequentially("73000"),
        lambda page: page.keyboard.type("73000"),
        lambda page: page.evaluate("document.querySelector('#c').value = '73000'"),
        lambda page: page.locator("#c").first.evaluate("field => field.value = '73000'"),
        lambda page: page.locator("form").filter(has=page.locator("#c")).evaluate("form => form.submit()"),
        lambda page: page.context.request.post("", data="73000"),
        lambda page: page.goto("about:blank"),
        lambda page: page.add_init_script("1"),
        lambda page: page.locator("#c").page.fill("#c", "73000"),
        lambda page: page.route("**/*", lambda route: route.continue_()),
        lambda page: page.wait_for_function("1"),
    ],
)
def test_a_locator_neither_acts_nor_leads_to_the_page(page: Page, act: Callable[[RestrictedLocator], object]) -> None:
    with pytest.raises(PrivacyError, match="of the page itself"):
        act(RestrictedLocator(page))


def test_a_locator_finds_what_playwright_finds(page: Page) -> None:
    field = RestrictedLocator(page).locator("form").get_by_label("Code postal").first
    assert RestrictedLocator.locator_of(field).count() == 1
