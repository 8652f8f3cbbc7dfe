"""Lists that libraries draw: what a reader calls them, sees on them and reads as their value."""

import pytest
from playwright.sync_api import Page

from capture.browser.snapshot import Snapshot, snapshot
from capture.runner.judging import judge_instructions
from capture.scenario.expectation import expectations
from capture.scenario.instruction import Instruction, Target
from tests.support.firefox import SharedFirefox

MUI = (
    "<label id=l>Ville</label><div style='border:1px solid;width:200px'><div tabindex=0 role=combobox id=v"
    " aria-haspopup=listbox aria-labelledby='l v'>{value}</div></div>"
)
ANGULAR_MATERIAL = (
    "<label id=l for=s>Ville</label><mat-select role=combobox tabindex=0 id=s aria-labelledby='l v'"
    " style='display:block;width:200px'><div id=v>{value}</div></mat-select>"
)
HEADLESS_UI = (
    "<label id=l>Ville</label> <button type=button aria-haspopup=listbox id=b aria-labelledby='l b'>{value}</button>"
)
REACT_ARIA = (
    "<span id=l>Ville</span> <button type=button aria-haspopup=listbox aria-labelledby='v l'><span id=v>{value}</span>"
    "</button>"
)
RADIX = (
    "<label for=r>Ville</label> <button type=button role=combobox id=r><span style='pointer-events:none'>{value}</span>"
    "</button><select aria-hidden=true tabindex=-1 style='position:absolute;width:1px;height:1px;overflow:hidden;"
    "clip:rect(0,0,0,0)'><option>Paris<option selected>{value}</select>"
)
ANT_DESIGN = (
    "<label for=i>Ville</label><div style='width:220px;position:relative;border:1px solid;height:32px'>"
    "<span style='position:absolute;inset:0 11px'><input id=i type=search role=combobox readonly"
    " style='opacity:0;width:100%;height:30px;border:0'></span>"
    "<span style='padding:4px 11px;display:block;pointer-events:none'>{value}</span></div>"
)
REACT_SELECT = (
    "<label for=i>Ville</label><div style='border:1px solid;width:240px;display:flex'><div style='display:grid;flex:1'>"
    "<div style='grid-area:1/1/2/3'>{value}</div><div style='grid-area:1/1/2/3;display:inline-grid'>"
    "<input id=i role=combobox style='background:0;width:2px;border:0;padding:0'></div></div>"
    "<svg width=20 height=20></svg></div>"
)
LISTS = [MUI, ANGULAR_MATERIAL, HEADLESS_UI, REACT_ARIA, RADIX, ANT_DESIGN, REACT_SELECT]
NAMES = ["MUI", "Angular Material", "Headless UI", "React Aria", "Radix", "Ant Design", "react-select"]
EMPTY_REACT_SELECT = REACT_SELECT.replace("<div style='grid-area:1/1/2/3'>", "<div id=react-select-2-placeholder>")


@pytest.fixture
def page(shared_firefox: SharedFirefox) -> Page:
    return shared_firefox.page(800, 600)


def read(page: Page, html: str) -> Snapshot:
    page.set_content(f"<!doctype html><html lang=fr><title>x</title><h1>Titre</h1>{html}")
    return snapshot(page, canonical=lambda url: url)


def status(found: Snapshot, role: str, label: str, **expected: str | bool) -> str:
    """Return the status of an instruction that quotes a label."""
    instruction = Instruction(
        number=1,
        sentence=f"Voyez « {label} ».",
        target=Target(role=role),
        callout="box",
        label="",
        source_line="a.py:1",
        expects=expectations(**expected),  # type: ignore[arg-type]
    )
    _, (result,) = judge_instructions([instruction], found, "https://www.x.test/", None)
    return result.status


@pytest.mark.parametrize("html", LISTS, ids=NAMES)
def test_a_list_is_called_by_its_label_and_shows_its_value(page: Page, html: str) -> None:
    found = read(page, html.format(value="Lyon"))
    assert status(found, "field", "Ville") == "true"
    assert status(found, "field", "Ville", value="Lyon") == "true"
    assert status(found, "field", "Ville", empty=False) == "true"
    assert status(found, "field", "Ville", value="Paris") == "unexpected"
    assert status(found, "field", "Ville", empty=True) == "unexpected"
    assert status(found, "field", "Commune") == "missing"


@pytest.mark.parametrize("html", [MUI, ANGULAR_MATERIAL, HEADLESS_UI, REACT_ARIA, RADIX])
def test_a_list_that_is_pressed_is_also_a_button_with_its_value(page: Page, html: str) -> None:
    found = read(page, html.format(value="Lyon"))
    assert {label for label in ("Ville", "Lyon", "Paris") if status(found, "button", label) == "true"} == {
        "Ville",
        "Lyon",
    }


@pytest.mark.parametrize(
    "html",
    [
        MUI.format(value="<span>\u200b</span>"),
        EMPTY_REACT_SELECT.format(value="Choisir"),
        ANT_DESIGN.format(value="<i class=ant-select-selection-placeholder>Choisir</i>"),
        "<label for=i>Ville</label><div style='border:1px solid;width:200px'>Ici : <input id=i role=combobox></div>",
    ],
    ids=["a zero-width space", "a placeholder", "a placeholder of a class", "words before the input"],
)
def test_a_list_without_a_value_is_empty(page: Page, html: str) -> None:
    found = read(page, html)
    assert status(found, "field", "Ville", empty=True) == "true"
    assert status(found, "field", "Ville", value="Choisir") == "unexpected"


def test_the_box_of_a_list_with_a_transparent_input_is_its_frame(page: Page) -> None:
    found = read(page, ANT_DESIGN.format(value="Lyon"))
    (index,) = (index for index, element in enumerate(found.elements) if element.role == "combobox")
    assert found.elements[index].on_top
    assert (found.elements[index].box.width, found.elements[index].box.height) == (222, 34)
    assert found.point(index) is not None


@pytest.mark.parametrize(
    "html",
    [
        "<label for=i>Ville</label> <input id=i style='opacity:0'>",
        "<label for=i>Ville</label> <input id=i role=combobox style='opacity:0'> Lyon",
        f"<div style='opacity:0'>{ANT_DESIGN}</div>",
        "<div style='border:1px solid'>Rue <input> <input role=combobox aria-label=Ville style='opacity:0'></div>",
    ],
    ids=["no list", "no frame", "a frame that is not seen", "a frame of another field"],
)
def test_another_transparent_field_is_hidden(page: Page, html: str) -> None:
    assert status(read(page, html), "field", "Ville") == "hidden"


@pytest.mark.parametrize(
    ("html", "labels"),
    [
        ("<b id=a>Nom</b> <b id=b>de rue</b><input aria-labelledby='a b'>", ["Nom de rue", "Nom", "de rue"]),
        ("<b id=a>Nom</b> <b id=b hidden>de rue</b><input aria-labelledby='a b'>", ["Nom de rue", "Nom"]),
        ("<label for=i>Nom</label> <label for=i>Rue</label><input id=i>", ["Nom Rue", "Nom", "Rue"]),
        ("<label>Nom <button aria-haspopup=listbox>Lyon</button></label>", ["Nom", "Lyon"]),
    ],
)
def test_the_labels_of_a_field(page: Page, html: str, labels: list[str]) -> None:
    found = read(page, html)
    quoted = ["Nom de rue", "Nom Rue", "Nom", "de rue", "Rue", "Lyon"]
    assert {label for label in quoted if status(found, "field", label) == "true"} == set(labels)


@pytest.mark.parametrize(
    ("html", "role"),
    [
        ("<h2 id=t>Carte</h2><a id=a href=/x aria-labelledby='a t'>Lire</a>", "link"),
        ("<h2 id=t>Carte</h2><button id=a aria-labelledby='a t'>Lire</button>", "button"),
        ("<h2 id=t>Carte</h2><button id=a aria-haspopup=menu aria-labelledby='a t'>Lire</button>", "field"),
        ("<button aria-haspopup=menu>Carte</button>", "field"),
        ("<select aria-label=Carte><option>Ville</select>", "button"),
    ],
)
def test_what_only_names_another_thing_is_no_label(page: Page, html: str, role: str) -> None:
    assert status(read(page, html), role, "Carte") != "true"
