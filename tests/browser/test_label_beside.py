"""Words beside a field without a label of its own, which a reader takes for its label."""

import pytest
from playwright.sync_api import Page

from capture.browser.snapshot import Snapshot, snapshot
from capture.privacy.fields import FieldTraits, choice_asks_for, field_asks_for
from capture.scenario.instruction import Target, find_elements
from tests.support.firefox import SharedFirefox

UNSEEN = "style='position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)'"
FRUITS = "<select><option value=''>--Choisir un fruit--<option>Pomme</select>"


@pytest.fixture
def page(shared_firefox: SharedFirefox) -> Page:
    return shared_firefox.page(800, 600)


def read(page: Page, html: str) -> Snapshot:
    page.set_content(f"<!doctype html><html lang=fr><title>x</title>{html}")
    return snapshot(page, canonical=lambda url: url)


def called(found: Snapshot, label: str) -> list[str]:
    """Return the ids of the fields that are seen and that a reader calls so."""
    matches = find_elements(Target(role="field"), label, found.elements, any_role=True)
    indexes = [index for index in matches if found.elements[index].visible]
    return [found.node(index).get_attribute("id") or "" for index in indexes]


def is_x(found: Snapshot, index: int) -> bool:
    return found.node(index).get_attribute("id") == "x"


@pytest.mark.parametrize(
    "html",
    [
        "<p>Date : <input id=x></p>",
        "<p><b>Da</b>te : <input id=x></p>",
        "<p>Lisez.<br>Date : <input id=x></p>",
        "<p>Lisez.</p><p>Date</p><input id=x>",
        "<p>Date<br><input id=x></p>",
        "<h3>Date</h3><div><div><textarea id=x></textarea></div></div>",
        "<table><tr><td>Date</td><td><input id=x></td></tr></table>",
        "<p>Date <input id=x aria-label=Jour></p>",
        f"<p>Date <label for=x {UNSEEN}>Jour</label><input id=x></p>",
        f"<p>Date <span {UNSEEN}>obligatoire</span><input id=x></p>",
        "<p>Date <input id=x> au <input></p>",
        "<p>Début <input> Date <input id=x></p>",
        "<p>Date <select id=x><option>Demain</select></p>",
        "<p>Date <button id=x aria-haspopup=listbox>Demain</button></p>",
        "<p><input type=checkbox id=x> Date</p>",
        "<p><input type=checkbox id=x><label>Date</label></p>",
        "<p><input type=radio id=x> <span>Date</span> <input type=radio> Heure</p>",
        "<p>Lisez.</p><p><label><input type=checkbox id=x></label> Date</p>",
        "<label for=h>Date</label><input id=h style='display:none'><p><input id=x></p>",
    ],
)
def test_the_words_beside_a_field_are_its_label(page: Page, html: str) -> None:
    found = read(page, html)
    assert called(found, "Date") == ["x"]
    (field,) = (one for index, one in enumerate(found.elements) if is_x(found, index))
    assert field.name != "Date"


@pytest.mark.parametrize(
    "html",
    [
        "<p>Date <label>Jour <input></label></p>",
        "<p>Date <input placeholder=jj/mm/aaaa></p>",
        "<p>Date <input> <input></p>",
        "<p>Date</p><input><br><input>",
        "<p><input type=checkbox> Date <input></p>",
        "<p><input type=radio> <input type=radio> Date</p>",
        "<p>Date <a href=/aide>Aide</a> <input></p>",
        "<p><label for=j>Date</label> <input id=j> <input></p>",
        "<p>Date</p><p>Jour</p><input>",
        "<p><a href=/date>Date</a> <input></p>",
        "<p style='margin-bottom:90px'>Date</p><input>",
        "<p><span>Date</span> <input style='margin-left:400px'></p>",
        f"<p><span {UNSEEN}>Date</span> <input></p>",
        "<p><input> Date</p>",
        "<p>Date <input type=checkbox></p>",
        "<p><input type=checkbox></p><p>Date</p>",
        "<p>Date</p><dialog open><input></dialog>",
        "<p>Date <input style='opacity:0'></p>",
        "<p>Date <button>Demain</button></p>",
    ],
)
def test_other_words_are_not(page: Page, html: str) -> None:
    assert called(read(page, html), "Date") in ([], ["j"])


@pytest.mark.parametrize(
    ("html", "labels"),
    [
        (FRUITS, ["--Choisir un fruit--"]),
        (f"<p>Fruit : {FRUITS}</p>", ["Fruit", "--Choisir un fruit--"]),
        (f"<label>Fruit {FRUITS}</label>", ["Fruit"]),
    ],
)
def test_a_list_without_a_label_is_also_called_by_what_it_shows(page: Page, html: str, labels: list[str]) -> None:
    found = read(page, html)
    assert [one for one in ("Fruit", "--Choisir un fruit--", "Pomme") if called(found, one)] == labels


def traits_of(found: Snapshot) -> FieldTraits:
    (index,) = (index for index in found.fields if is_x(found, index))
    return found.field_now(index)[1]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Nom de famille <input id=x></p>",
        "<p>Nom de famille</p><div><div><div><div><div><input id=x aria-label=Saisie></div></div></div></div></div>",
        "<p>Nom de famille <span role=combobox tabindex=0 id=x>Choisir</span></p>",
    ],
)
def test_a_field_asks_for_what_stands_beside_it(page: Page, html: str) -> None:
    assert field_asks_for("Saisie", traits_of(read(page, html))) is not None


@pytest.mark.parametrize("name", ["", "aria-label='Case numéro un'"])
def test_a_choice_tells_what_stands_beside_it(page: Page, name: str) -> None:
    found = read(page, f"<p><input type=checkbox id=x {name}> Je suis enceinte</p>")
    assert choice_asks_for("Case de la page un" if name else "", traits_of(found)) is not None
    assert choice_asks_for("", traits_of(read(page, "<p><input type=checkbox id=x> Le matin</p>"))) is None
