"""Values of fields as a reader sees them: what a list shows, dates and times as they are written in a language."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from capture.browser.snapshot import Snapshot, snapshot
from capture.scenario.expectation import Expectation, ExpectationKind
from tests.support.firefox import SharedFirefox


@pytest.fixture
def page(shared_firefox: SharedFirefox) -> Page:
    return shared_firefox.page(800, 600)


@pytest.fixture(params=["fr-FR", "en-US", "de-DE"])
def page_in_a_language(shared_firefox: SharedFirefox, request: pytest.FixtureRequest) -> Iterator[tuple[str, Page]]:
    context = shared_firefox.get().browser.new_context(locale=request.param)
    yield request.param, context.new_page()
    context.close()


def read(page: Page, html: str) -> Snapshot:
    page.set_content(f"<!doctype html><html lang=fr><title>x</title>{html}")
    return snapshot(page, canonical=lambda url: url)


def shows(found: Snapshot, value: str) -> bool:
    (index,) = (index for index, one in enumerate(found.elements) if one.role in ("combobox", "listbox", "textbox"))
    return found.meets(index, Expectation(kind=ExpectationKind.VALUE, wanted=value))


def is_empty(found: Snapshot) -> bool:
    return found.meets(0, Expectation(kind=ExpectationKind.EMPTY))


@pytest.mark.parametrize(
    ("html", "value", "empty"),
    [
        (
            "<select><option value='' selected disabled>Choisir une option<option>Ain</select>",
            "Choisir une option",
            True,
        ),
        ("<select><option value='' selected disabled hidden>Choisir<option>Ain</select>", "Choisir", True),
        ("<select><option value=''>Choisir<option>Ain</select>", "Choisir", True),
        ("<select><option value=''>Choisir<option selected>Ain</select>", "Ain", False),
        ("<select><option value=''>--<option>Ain</select>", "--", True),
        ("<select multiple><option value=0 selected>Ain<option selected>Isère</select>", "Ain Isère", False),
    ],
)
def test_a_list_shows_the_text_of_its_chosen_option(page: Page, html: str, value: str, empty: bool) -> None:
    found = read(page, html)
    assert shows(found, value)
    assert [other for other in ("option", "Isère", "") if shows(found, other)] == []
    assert is_empty(found) == empty


SHOWN = {
    "fr-FR": {
        "type=date value=2026-07-04": ["2026-07-04", "04/07/2026", "4/7/2026", "4 juillet 2026"],
        "type=month value=2026-07": ["2026-07", "07/2026", "juillet 2026"],
        "type=time value=14:05": ["14:05"],
        "type=datetime-local value=2026-07-04T14:05": ["2026-07-04T14:05", "2026-07-04 14:05", "04/07/2026 14:05"],
    },
    "en-US": {
        "type=date value=2026-07-04": ["2026-07-04", "07/04/2026", "7/4/2026", "July 4, 2026"],
        "type=month value=2026-07": ["2026-07", "07/2026", "July 2026"],
        "type=time value=14:05": ["14:05", "02:05 PM", "2:05 pm"],
        "type=datetime-local value=2026-07-04T14:05": ["2026-07-04 14:05", "07/04/2026, 02:05 PM"],
    },
    "de-DE": {
        "type=date value=2026-07-04": ["2026-07-04", "04.07.2026", "4. Juli 2026"],
        "type=month value=2026-07": ["2026-07", "07/2026", "Juli 2026"],
        "type=time value=14:05": ["14:05"],
        "type=datetime-local value=2026-07-04T14:05": ["2026-07-04 14:05", "04.07.2026, 14:05"],
    },
}
OTHERS = ["2026-07-05", "40/7/2026", "07/05/2026", "05/07/2026", "2026-08", "14:06", "2:05", "2026", "juillet", ""]


def test_a_date_is_shown_as_its_readers_write_it(page_in_a_language: tuple[str, Page]) -> None:
    language, page = page_in_a_language
    for field, written in SHOWN[language].items():
        found = read(page, f"<input {field}>")
        assert [value for value in written if not shows(found, value)] == [], field
        assert [value for value in OTHERS if shows(found, value)] == [], field
        in_another = {"fr-FR": "07/04/2026", "en-US": "04/07/2026", "de-DE": "07.04.2026"}[language]
        assert not shows(found, in_another), field


def test_a_date_that_is_not_chosen_is_empty(page: Page) -> None:
    found = read(page, "<input type=date>")
    assert is_empty(found)
    assert not shows(found, "04/07/2026")


def test_a_number_is_not_read_as_a_date(page: Page) -> None:
    found = read(page, "<input value=2026-07-04>")
    assert shows(found, "2026-07-04")
    assert not shows(found, "04/07/2026")
