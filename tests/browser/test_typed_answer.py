"""Answers of a page to typing are waited for; a field to which it does not answer costs no wait."""

import pytest
from playwright.sync_api import Page

from capture import Step
from capture.browser.typed_answer import type_text
from capture.politeness.policy import PolitenessPolicy
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.runs import FinishedRun, page_of

PAGES = OneRun(name="typed", settings={"public_values": ["Ly"]}, others={"villes": "<p>Lyon"})
LIST = "<ul id=u role=listbox></ul>"
FIELD = f"<label>Ville <input id=i autocomplete=off></label>{LIST}"
COMBOBOX = f"<label>Ville <input id=i role=combobox aria-expanded=false aria-controls=u autocomplete=off></label>{LIST}"
SHOW = "const show = () => { u.innerHTML = '<li role=option>Lyon'; i.setAttribute('aria-expanded', true) }; let t;"
ELSEWHERE = "<p>Nous allons aussi à Lyon.</p>"
IN_TIME = f"{SHOW} i.oninput = () => {{ clearTimeout(t); t = setTimeout(show, 300) }}"
ANSWERS = {
    "a timer": f"{FIELD}<script>{IN_TIME}</script>",
    "a long timer": f"{FIELD}<script>{SHOW} i.oninput = () => setTimeout(show, 800)</script>",
    "an interval": (
        f"{FIELD}<script>{SHOW} i.oninput = () => {{ clearInterval(t);"
        " t = setInterval(() => { clearInterval(t); show() }, 400) }</script>"
    ),
    "a request": f"{FIELD}<script>{SHOW} i.oninput = () => fetch('/villes').then(show)</script>",
    "a request after a timer": (
        f"{FIELD}<script>{SHOW} i.oninput = () => {{ clearTimeout(t); t = setTimeout(() => {{"
        " const r = new XMLHttpRequest(); r.open('GET', '/villes'); r.onload = show; r.send() }, 300) }</script>"
    ),
    "a list that is announced": (
        f"{COMBOBOX}<script>{SHOW} i.oninput = () => fetch('/villes').then(() => setTimeout(show, 400))</script>"
    ),
    "in a frame": f'<iframe title=Villes srcdoc="{FIELD}<script>{IN_TIME}</script>"></iframe>',
}


@pytest.fixture(scope="module")
def seen(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


def choose(step: Step) -> None:
    town = step.tell("Tapez dans « Ville ».", step.field())
    step.shoot()
    step.fill(town, "Ly")
    step.tell("Dans la liste, voyez « Lyon ».", step.role("option"))
    step.shoot("liste")


ANSWERED = [PAGES.add(f"{html}{ELSEWHERE}", choose) for html in ANSWERS.values()]


@pytest.mark.parametrize("number", ANSWERED, ids=ANSWERS)
def test_suggestions_that_come_after_typing_are_on_the_picture(seen: FinishedRun, number: int) -> None:
    assert [result.status for result in page_of(seen.record, number).instructions] == ["true", "true"]


NOTHING_TO_SUGGEST = PAGES.add(f"{COMBOBOX}{ELSEWHERE}", choose)


def test_a_list_that_does_not_come_is_missing(seen: FinishedRun) -> None:
    page = page_of(seen.record, NOTHING_TO_SUGGEST)
    assert [result.true for result in page.instructions] == [True, False]


def is_answered(page: Page, html: str) -> bool:
    """Return whether a page is found to answer to typing, and puts the functions back that were followed."""
    page.set_content(f"<!doctype html>{html}")
    functions = "[setTimeout, setInterval, clearTimeout, clearInterval, fetch, XMLHttpRequest.prototype.send]"
    page.evaluate(f"window.before = {functions}")
    names = page.evaluate("Object.getOwnPropertyNames(window).length")
    node = page.query_selector("input")
    assert node is not None
    answered = type_text(page, node, "Ly", lambda: None)
    assert page.evaluate(f"{functions}.every((one, at) => one === before[at])")
    assert page.evaluate("Object.getOwnPropertyNames(window).length") == names
    assert page.input_value("input") == "Ly"
    return answered


@pytest.mark.parametrize(
    ("html", "answered"),
    [
        ("<label>Ville <input></label>", False),
        ("<label>Ville <input id=i></label><script>i.oninput = () => { i.title = i.value }</script>", False),
        ("<label>Ville <input id=i></label><script>i.oninput = () => setTimeout(() => {}, 60000)</script>", False),
        ("<label>Ville <input></label><script>setInterval(() => {}, 300)</script>", False),
        ("<label>Ville <input aria-describedby=h></label><p id=h>Deux lettres", False),
        (ANSWERS["a timer"], True),
        (COMBOBOX, True),
    ],
)
def test_only_a_field_to_which_the_page_answers_is_waited_for(
    shared_firefox: SharedFirefox, html: str, answered: bool
) -> None:
    assert is_answered(shared_firefox.page(800, 600), html) is answered
