"""Snapshots: elements of a page, read in Firefox."""

import pytest
from playwright.sync_api import Page

from capture.browser.snapshot import snapshot
from capture.elements import Element
from capture.scenario.instruction import Target, find_elements
from tests.support.firefox import SharedFirefox


@pytest.fixture
def page(shared_firefox: SharedFirefox) -> Page:
    return shared_firefox.page(800, 600)


def elements(page: Page, html: str) -> list[Element]:
    page.set_content(f"<!doctype html><html lang=fr><title>x</title>{html}")
    return list(snapshot(page, canonical=lambda url: url).elements)


@pytest.mark.parametrize(
    ("html", "role", "name"),
    [
        ("<button>  Valider\n </button>", "button", "Valider"),
        ("<button aria-label='Fermer la fenêtre'>×</button>", "button", "Fermer la fenêtre"),
        ("<input type=submit value=Envoyer>", "button", "Envoyer"),
        ("<button><img alt='Chercher' src=''></button>", "button", "Chercher"),
        ("<button>Aller<span aria-hidden=true> →</span></button>", "button", "Aller"),
        ("<a href=/x>Lire <b>la suite</b></a>", "link", "Lire la suite"),
        ("<label for=i>Nom *</label><input id=i>", "textbox", "Nom *"),
        ("<label>Ville <input></label>", "textbox", "Ville"),
        ("<b id=l>Pays</b><input aria-labelledby=l>", "textbox", "Pays"),
        ("<input placeholder='Code postal'>", "textbox", "Code postal"),
        ("<label for=s>Taille</label><select id=s><option>1<option>2</select>", "combobox", "Taille"),
        ("<label><input type=checkbox> Oui</label>", "checkbox", "Oui"),
        ("<h2>Les <em>actualités</em></h2>", "heading", "Les actualités"),
        ("<dialog open aria-labelledby=t><h2 id=t>Bonjour</h2></dialog>", "dialog", "Bonjour"),
        ("<div role=dialog><h3>Choisissez</h3></div>", "dialog", "Choisissez"),
        ("<nav aria-label='Accès rapides'><a href=/>x</a></nav>", "navigation", "Accès rapides"),
        ("<p>Un <b>deux</b> <a href=/>trois</a>.</p>", "text", "Un deux trois."),
        ("<ul><li>Premier</li></ul>", "text", "Premier"),
        ("<img alt='Une carte' src=''>", "img", "Une carte"),
        ("<div role=button tabindex=0>Ouvrir</div>", "button", "Ouvrir"),
    ],
)
def test_role_and_name(page: Page, html: str, role: str, name: str) -> None:
    assert (role, name) in [(element.role, element.name) for element in elements(page, html)]


@pytest.mark.parametrize(
    "html", ["<script>var a = 1</script>", "<style>a{}</style>", "<img alt='' src=''>", "<input type=hidden value=x>"]
)
def test_invisible_elements_are_not_recorded(page: Page, html: str) -> None:
    assert elements(page, html) == []


def test_the_text_inside_a_button_or_a_heading_is_recorded_once(page: Page) -> None:
    found = elements(page, "<button><span>Valider</span></button><h1><span>Titre</span></h1>")
    assert [element.role for element in found] == ["button", "heading"]


def test_states(page: Page) -> None:
    html = (
        "<button disabled>a</button><button aria-disabled=true>b</button><button style='display:none'>c</button>"
        "<button style='visibility:hidden'>d</button><button style='opacity:0'>e</button><button>f</button>"
    )
    found = {element.name: element for element in elements(page, html)}
    assert {name for name, element in found.items() if element.disabled} == {"a", "b"}
    assert {name for name, element in found.items() if element.visible} == {"a", "b", "f"}


def test_no_value_of_a_field_leaves_the_page(page: Page) -> None:
    found = elements(page, "<label>Nom <input value='secret dit'></label><label>Vide <input></label>")
    assert [(element.name, element.filled) for element in found] == [("Nom", True), ("Vide", False)]
    assert "secret" not in repr(found)


def test_containers_and_what_lies_on_top(page: Page) -> None:
    html = (
        "<main><form aria-label=F><button>Sous</button></form></main>"
        "<div role=dialog aria-label=Boîte style='position:fixed;inset:0;background:#fff'><button>Sur</button></div>"
    )
    found = elements(page, html)
    by_name = {element.name: element for element in found}
    under, over = by_name["Sous"], by_name["Sur"]
    assert under.parent is not None
    assert found[under.parent].name == "F"
    assert under.covered_by is not None
    assert found[under.covered_by].name == "Boîte"
    assert over.covered_by is None


OK = "<button>OK</button>"
AROUND = (
    ("group", f"<fieldset><legend>Lieu</legend>{OK}</fieldset>"),
    ("group", f"<fieldset aria-labelledby=l><legend id=l>Lieu<div>Un seul</div></legend>{OK}</fieldset>"),
    ("radiogroup", f"<div role=radiogroup aria-label=Lieu>{OK}</div>"),
    ("tabpanel", f"<div role=tabpanel aria-label=Lieu>{OK}</div>"),
    ("toolbar", f"<div role=toolbar aria-label=Lieu>{OK}</div>"),
    ("menu", "<div role=menu aria-label=Lieu><button role=menuitem>OK</button></div>"),
    ("table", f"<table><caption>Lieu</caption><tr><td>{OK}</table>"),
    ("figure", f"<figure><figcaption>Lieu</figcaption>{OK}</figure>"),
    ("alert", f"<div role=alert aria-label=Lieu>{OK}</div>"),
    ("region", f"<section aria-label=Lieu><div role=group aria-label=Autre>{OK}</div></section>"),
    ("combobox", "<label>Lieu <select><option>OK</select></label>"),
)
"""Roles, and something called « Lieu » of this role with something called « OK » in it."""


@pytest.mark.parametrize(("role", "html"), AROUND)
def test_what_is_inside_something_with_a_name_is_found_there_and_nowhere_else(page: Page, role: str, html: str) -> None:
    found = elements(page, f"{OK}{html}{OK}")
    for name, count in (("Lieu", 1), ("Ailleurs", 0)):
        target = Target(role="", inside=Target(role=role, name=name))
        assert len(find_elements(target, "OK", found)) == count


def test_a_closed_part_is_recorded_with_the_control_that_opens_it(page: Page) -> None:
    html = "<button aria-controls=d>Ouvrir</button><dialog id=d><a href=/x>Dedans</a></dialog>"
    found = elements(page, html)
    inside = next(element for element in found if element.name == "Dedans")
    assert not inside.visible
    assert inside.opener is not None
    assert found[inside.opener].name == "Ouvrir"


def test_submit_buttons_are_distinguished_from_other_buttons(page: Page) -> None:
    found = elements(page, "<form><button>Envoyer</button><button type=button>Fermer</button></form>")
    assert {element.name: element.submits for element in found if element.role == "button"} == {
        "Envoyer": True,
        "Fermer": False,
    }


def test_the_point_to_click_is_brought_into_view_and_is_the_elements_own(page: Page) -> None:
    page.set_content("<div style='height:3000px'></div><button>Loin</button><button hidden>Caché</button>")
    seen = snapshot(page, canonical=lambda url: url)
    far = next(index for index, element in enumerate(seen.elements) if element.name == "Loin")
    hidden = next(index for index, element in enumerate(seen.elements) if element.name == "Caché")
    point = seen.point(far)
    assert point is not None
    assert page.evaluate("([x, y]) => document.elementFromPoint(x, y).textContent", list(point)) == "Loin"
    assert seen.point(hidden) is None
    page.evaluate("document.body.replaceChildren()")
    assert seen.point(far) is None


DRAWN_BY_LABEL = """
label { display: block; padding-left: 30px }
label::before { content: ''; position: absolute; left: 8px; width: 24px; height: 24px }
"""
UNSEEN = {
    "transparent": "opacity: 0; position: absolute; width: 24px; height: 24px",
    "clipped": "position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%)",
    "not rendered": "display: none",
}
"""CSS by which design systems (DSFR, GOV.UK, Bootstrap 4) take an input away and draw it in its label."""


@pytest.mark.parametrize("kind", ["checkbox", "radio"])
@pytest.mark.parametrize("style", UNSEEN.values(), ids=UNSEEN)
def test_a_control_that_its_label_draws_is_visible_and_is_clicked_there(page: Page, kind: str, style: str) -> None:
    page.set_content(
        f"<!doctype html><style>{DRAWN_BY_LABEL} input {{ {style} }}</style>"
        f"<div><input id=i type={kind}><label for=i>Oui</label></div>"
    )
    found = snapshot(page, canonical=lambda url: url)
    (control,) = (element for element in found.elements if element.role == kind)
    assert (control.name, control.on_top) == ("Oui", True)
    label = page.locator("label").bounding_box()
    assert label is not None
    assert 20 < control.box.width < label["width"] / 2, "the control and its words, not the block they are in"
    point = found.point(found.elements.index(control))
    assert point is not None
    page.mouse.click(*point)
    assert page.locator("input").is_checked()


@pytest.mark.parametrize("style", ["visibility: hidden", "opacity: 0", "display: none"])
def test_a_control_is_hidden_if_its_label_is_hidden_too(page: Page, style: str) -> None:
    (control, *_) = elements(
        page, f"<style>input, label {{ {style} }}</style><input id=i type=radio><label for=i>Oui</label>"
    )
    assert not control.visible


def test_a_transparent_text_field_is_hidden_though_its_label_is_drawn(page: Page) -> None:
    (control, *_) = elements(page, "<label for=i>Nom</label><input id=i style='opacity: 0'>")
    assert not control.visible


def test_a_cover_over_the_label_covers_its_control(page: Page) -> None:
    cover = "<div role=dialog aria-label=Avis style='position: fixed; inset: 0; background: white'>Avis</div>"
    html = (
        f"<style>{DRAWN_BY_LABEL} input {{ opacity: 0 }}</style><input id=i type=radio><label for=i>Oui</label>{cover}"
    )
    (control,) = (element for element in elements(page, html) if element.role == "radio")
    assert control.covered_by is not None


def test_the_focus_and_the_letters_of_elements_are_recorded(page: Page) -> None:
    found = elements(
        page,
        """<button>Retour</button><p>Un <b>mot</b> gras</p><a href=/x style="font-style: italic">Aide</a>
        <label for=c style="text-transform: uppercase">Ville</label><input id=c>
        <form aria-label=Vide></form>""",
    )
    page.focus("#c")
    by_name = {element.name: element for element in snapshot(page, canonical=lambda url: url).elements}
    assert [element.name for element in by_name.values() if element.focused] == ["Ville"]
    assert {name: element.lettering for name, element in by_name.items()} == {
        "Retour": "400",
        "Un mot gras": "400 700 400",
        "Aide": "400i",
        "Ville": "400u 400",
        "Vide": "",
    }
    assert all(element.focused is not None for element in found)


def test_the_focus_in_a_shadow_root_is_that_of_the_element_in_it(page: Page) -> None:
    elements(page, "<div id=host></div><button>Non</button>")
    page.evaluate("host.attachShadow({mode: 'open'}).innerHTML = '<button>Oui</button>'")
    page.evaluate("host.shadowRoot.querySelector('button').focus()")
    found = snapshot(page, canonical=lambda url: url).elements
    assert [element.name for element in found if element.focused] == ["Oui"]


@pytest.mark.parametrize(
    ("html", "unseen"),
    [
        ("<button>Fermer</button>", False),
        ("<button aria-label=Fermer>×</button>", True),
        ("<button aria-label=Fermer><svg width=9 height=9></svg></button>", True),
        ("<button><img alt=Fermer width=9 height=9 src=''></button>", True),
        ("<label>Fermer <input></label>", False),
        ("<input aria-label=Fermer>", True),
        ("<input placeholder=Fermer>", False),
        ("<input>", False),
    ],
)
def test_whether_the_name_of_an_element_is_seen_on_it(page: Page, html: str, unseen: bool) -> None:
    (found,) = (one for one in elements(page, html) if one.role in ("button", "textbox"))
    assert found.unseen_name == unseen


@pytest.mark.parametrize("dialog", [True, False])
def test_the_button_that_shows_the_word_is_meant_and_not_the_cross(page: Page, dialog: bool) -> None:
    html = "<button id=x aria-label=Fermer>×</button><p>Lisez.</p><button>Fermer</button>"
    found = elements(page, f"<div role=dialog>{html}</div>" if dialog else html)
    target = Target(role="button", inside=Target(role="dialog") if dialog else None)
    best, other = find_elements(target, "Fermer", found)
    assert (found[best].words, found[other].words) == (None, "×")


LAYER = "<div style='position:fixed;inset:0{style}'>{content}</div>"


@pytest.mark.parametrize(
    ("layer", "clear"),
    [
        (LAYER.format(style="", content=""), True),
        (f"<div>{LAYER.format(style='', content='')}<p style='position:absolute;top:300px'>Menu</p></div>", True),
        (LAYER.format(style=";background:red;opacity:0", content=""), True),
        (LAYER.format(style=";background:#0003", content=""), False),
        (LAYER.format(style="", content="<p style='background:#fff;margin:0;height:99px'>Menu</p>"), False),
        (LAYER.format(style=";bottom:50%", content=""), False),
        (LAYER.format(style="", content="<canvas width=700 height=90></canvas>"), False),
    ],
    ids=["a layer", "a layer of a menu", "opacity", "a dark layer", "a menu", "half of the window", "a drawing"],
)
def test_a_layer_on_which_nothing_is_drawn_is_clear(page: Page, layer: str, clear: bool) -> None:
    button = next(one for one in elements(page, f"<button>Ouvrir</button>{layer}") if one.role == "button")
    assert (button.covered_by is not None, button.clear_cover) == (True, clear)
    assert not button.on_top
