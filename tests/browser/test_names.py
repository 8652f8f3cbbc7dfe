"""What elements are called, and whether a reader sees them: pages of many markups, read in Firefox."""

import pytest
from playwright.sync_api import Page

from capture.browser.snapshot import Snapshot, snapshot
from capture.elements import Element
from tests.support.firefox import SharedFirefox


@pytest.fixture
def page(shared_firefox: SharedFirefox) -> Page:
    return shared_firefox.page(800, 600)


def read(page: Page, html: str) -> Snapshot:
    page.set_content(f"<!doctype html><html lang=fr><title>x</title>{html}")
    return snapshot(page, canonical=lambda url: url)


def only(page: Page, html: str, role: str) -> Element:
    (found,) = (element for element in read(page, html).elements if element.role == role)
    return found


IMAGE_MAP = (
    "<img usemap='#m' src='' alt='' width=90 height=90>"
    "<map name=m><area href=/s shape=rect coords='0,0,9,9' alt=Savoie></map>"
)
SR_ONLY = "style='position:absolute;width:1px;height:1px;overflow:hidden;clip:rect(0,0,0,0)'"


@pytest.mark.parametrize(
    ("html", "role", "name"),
    [
        # https://www.w3.org/TR/accname-1.2/
        ("<button aria-labelledby='a b'>x</button><b id=a>Lire</b><i id=b hidden>tout</i>", "button", "Lire tout"),
        (
            "<button id=s aria-label=Ouvrir aria-labelledby='s t'></button><p id=t>la porte</p>",
            "button",
            "Ouvrir la porte",
        ),
        ("<label><input type=checkbox> Sonner <input value=3 type=text> fois</label>", "checkbox", "Sonner 3 fois"),
        ("<label><input type=radio> Sonner <select><option>1<option selected>2</select></label>", "radio", "Sonner 2"),
        ("<label for=i>Ville</label><label for=i hidden>Commune</label><input id=i>", "textbox", "Ville"),
        ("<style>a::before { content: 'Ajouter ' }</style><a href=/x>un proche</a>", "link", "Ajouter un proche"),
        ("<style>a::after { content: '→' / 'suivante' }</style><a href=/x>Page </a>", "link", "Page suivante"),
        (
            "<button><b style='display:inline-block'>Un</b><b style='display:block'>deux</b></button>",
            "button",
            "Un deux",
        ),
        ("<a href=/x><svg width=9 height=9><title>Fermer</title></svg></a>", "link", "Fermer"),
        ("<svg width=9 height=9><a href=/x><text y=9>Lien</text></a></svg>", "link", "Lien"),
        ("<input type=image alt=Chercher src=''>", "button", "Chercher"),
        ("<input type=submit>", "button", "Submit Query"),
        ("<label>Ajouter des fichiers <input type=file></label>", "textbox", "Ajouter des fichiers"),
        ("<input type=reset>", "button", "Reset"),
        ("<fieldset><legend>Adresse</legend></fieldset>", "group", "Adresse"),
        ("<table><caption>Tarifs</caption><tr><td>1</table>", "table", "Tarifs"),
        ("<figure><img alt='' src=''><figcaption>Le plan</figcaption></figure>", "figure", "Le plan"),
        ("<section title='Mes droits'><p>Oui</p></section>", "region", "Mes droits"),
        ("<input title=Ville placeholder=Paris>", "textbox", "Ville"),
        ("<select><option>Ain<option>Savoie</select>", "option", "Ain"),
        ("<div role=switch tabindex=0>Nuit</div>", "switch", "Nuit"),
        ("<input type=checkbox role=switch aria-label=Nuit>", "switch", "Nuit"),
        ("<div role=menuitemradio tabindex=0>Petit</div>", "menuitemradio", "Petit"),
        ("<div role=treeitem tabindex=0>Dossier</div>", "treeitem", "Dossier"),
        ("<progress aria-label=Envoi value=1 max=2></progress>", "progressbar", "Envoi"),
        ("<div contenteditable aria-label=Note>x</div>", "textbox", "Note"),
        (IMAGE_MAP, "link", "Savoie"),
        ("<p>Bon\u00adjour \ue900</p>", "text", "Bonjour"),
        ("<ul><li>Un</ul><style>li::before { content: '> ' }</style>", "text", "Un"),
    ],
)
def test_name(page: Page, html: str, role: str, name: str) -> None:
    assert name in [element.name for element in read(page, html).elements if element.role == role]


def test_elements_are_read_in_shadow_roots_slots_and_frames(page: Page) -> None:
    html = """<x-card><b slot=title>Titre</b></x-card><iframe srcdoc="<p style='margin:0'>Dans <a href=/x>le cadre</a>"
      style="position:absolute;left:100px;top:200px;border:0"></iframe>
      <script>const root = document.querySelector('x-card').attachShadow({ mode: 'open' });
      root.innerHTML = '<button><slot name=title></slot> ouvert</button>'</script>"""
    page.set_content(f"<!doctype html><title>x</title>{html}")
    page.wait_for_function("frames[0].document.querySelector('a')")
    found = snapshot(page, canonical=lambda url: url)
    names = {(element.role, element.name): element for element in found.elements}
    assert ("button", "Titre ouvert") in names
    link = names["link", "le cadre"]
    assert 100 < link.box.x < 200
    assert link.box.y == pytest.approx(200, abs=12)
    assert link.on_top
    assert found.point(found.elements.index(link)) is not None


@pytest.mark.parametrize(
    ("html", "role", "words", "lead"),
    [
        (f"<a href=/x>Guide <span {SR_ONLY}>nouvelle fenêtre</span></a>", "link", "Guide", None),
        ("<a href=/x aria-label='Aide en ligne'>Aide</a>", "link", "Aide", None),
        ("<button>Aller<span aria-hidden=true> plus loin</span></button>", "button", "Aller plus loin", None),
        ("<label for=i>Nom <small>comme sur la carte</small></label><input id=i>", "textbox", None, "Nom"),
        ("<a href=/x><b style='display:block'>Titre</b>Une phrase.</a>", "link", None, "Titre"),
        ("<h2>Titre <button>Aide</button></h2>", "heading", "Titre", None),
        ("<button><i style='font-family: Material Icons'>home</i> Accueil</button>", "button", "Accueil", None),
    ],
)
def test_words_that_are_seen(page: Page, html: str, role: str, words: str | None, lead: str | None) -> None:
    element = only(page, html, role)
    assert (element.words, element.lead) == (words, lead)


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("<label for=i>Ville</label><input id=i placeholder='Code postal'>", "Code postal"),
        ("<label for=i>Ville</label><textarea id=i placeholder='Code postal'></textarea>", "Code postal"),
        ("<label for=i>Code postal</label><input id=i placeholder='Code postal'>", None),
        ("<label for=i>Ville</label><input id=i value=Lyon placeholder='Code postal'>", None),
        (
            "<style>::placeholder {color: transparent}</style><label for=i>Ville</label><input id=i placeholder=Code>",
            None,
        ),
        ("<style>::placeholder {opacity: 0}</style><label for=i>Ville</label><input id=i placeholder=Code>", None),
        ("<label for=i>Ville</label><input id=i>", None),
    ],
)
def test_words_that_are_seen_in_an_empty_field(page: Page, html: str, seen: str | None) -> None:
    assert only(page, html, "textbox").placeholder == seen


INLINE_BLOCK = "style='display:inline-block'"
LETTERS = "".join(f"<i {INLINE_BLOCK}>{letter}</i>" for letter in "Barby")
ROW = "style='display:flex;gap:{gap}px;font-size:16px'"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        (f"<h2><span>{LETTERS}</span> <span>{LETTERS}</span></h2>", "Barby Barby"),
        (f"<h2><b {INLINE_BLOCK}>T</b>out nouveau</h2>", "Tout nouveau"),
        ("<h2><b style='float:left;font-size:60px;margin-right:8px'>L</b>a fête</h2>", "La fête"),
        ("<h2>Le 1<sup>er</sup> janvier</h2>", "Le 1er janvier"),
        (f"<h2><b {INLINE_BLOCK}>\n Sav\n</b><b {INLINE_BLOCK}>\n oir\n</b></h2>", "Savoir"),
        (f"<h2><b {INLINE_BLOCK}>Voir</b> <b {INLINE_BLOCK}>tout</b></h2>", "Voir tout"),
        ("<h2><b style='display:inline-block;margin-right:5px'>Voir</b><b>tout</b></h2>", "Voir tout"),
        ("<h2 style='display:flex'><b>Voir</b><b>&nbsp;tout</b></h2>", "Voir tout"),
        ("<h2 style='display:flex'><b>12</b> <b>,50</b></h2>", "12,50"),
        ("<h2 style='display:flex;justify-content:space-between'><b>Oui</b><b>Non</b></h2>", "Oui Non"),
        ("<h2 style='display:flex;flex-direction:column;line-height:1'><b>Oui</b><b>Non</b></h2>", "Oui Non"),
        ("<h2><b style='display:block'>Oui</b><b style='display:block'>Non</b></h2>", "Oui Non"),
        ("<h2>東京\n都庁</h2>", "東京都庁"),
        (
            "<h2><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby><ruby>都庁<rt>とちょう</rt></ruby></h2>",
            "東京都庁",
        ),
    ],
)
def test_words_are_as_far_apart_as_they_are_drawn(page: Page, html: str, words: str) -> None:
    assert only(page, html, "heading").label == words


@pytest.mark.parametrize(
    ("html", "texts"),
    [
        (f"<p><b {INLINE_BLOCK}>12</b><b {INLINE_BLOCK}>,50</b> <b {INLINE_BLOCK}>€</b>", ["12,50 €"]),
        (f"<p {ROW.format(gap=4)}><b>12,50</b><b>€</b>", ["12,50 €"]),
        (f"<p {ROW.format(gap=0)}><b>8</b><sup>,90</sup><b>&nbsp;€</b>", ["8,90 €"]),
        (
            f"<p style='width:4em'><b {INLINE_BLOCK}>Les</b> <b {INLINE_BLOCK}>mots</b> <b {INLINE_BLOCK}>seuls</b>",
            ["Les mots seuls"],
        ),
        (f"<p {ROW.format(gap=16)}><b>Oui</b><b>Non</b>", ["Oui", "Non"]),
        (
            "<p><b style='display:inline-block;width:40%'>Un deux</b><b style='display:inline-block'>Trois</b>",
            ["Un deux", "Trois"],
        ),
        (
            "<p style='display:flex'><b style='background:#ddd'>Oui</b><b style='background:#ccc'>Non</b>",
            ["Oui", "Non"],
        ),
        ("<p style='display:flex'><b>Oui</b><a href=/x>Non</a>", ["Oui"]),
    ],
)
def test_a_text_in_boxes_beside_each_other(page: Page, html: str, texts: list[str]) -> None:
    assert [element.name for element in read(page, html).elements if element.role == "text"] == texts


def test_a_word_and_its_reading(page: Page) -> None:
    link = only(page, "<a href=/x><ruby>申請<rt>しんせい</rt></ruby></a>", "link")
    assert [link.is_called(label) for label in ("申請", "申請しんせい", "しんせい")] == [True, True, False]


@pytest.mark.parametrize("mark", "\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060\u2066\u2069\ufeff")
def test_marks_that_nobody_sees_are_no_part_of_a_name(page: Page, mark: str) -> None:
    assert only(page, f"<button>{mark}Ou{mark}vrir{mark}</button>", "button").is_called("Ouvrir")


WITH_TEXT = "<p style='{style}'>Bonjour</p>"


@pytest.mark.parametrize(
    "style",
    [
        "opacity: 0.01",
        "font-size: 0",
        "color: transparent",
        "color: white",
        "background: navy; color: navy",
        "transform: scale(0)",
        "position: absolute; left: -9999px",
        "position: fixed; top: 100vh",
        "position: absolute; width: 1px; height: 1px; overflow: hidden",
        "position: absolute; clip: rect(1px, 1px, 1px, 1px)",
        "clip-path: inset(50%)",
        "height: 0; overflow: hidden",
        "text-indent: -9999px; overflow: hidden",
        "visibility: collapse",
        "filter: opacity(0)",
    ],
)
def test_a_text_that_nobody_sees_is_hidden(page: Page, style: str) -> None:
    html = f"<h1>Titre</h1><main><h2 style='{style}'>Bonjour</h2></main>"
    assert not next(element for element in read(page, html).elements if element.name == "Bonjour").visible


@pytest.mark.parametrize(
    "html",
    [
        "<div style='overflow: auto; height: 50px'><p style='margin-top: 200px'>Bonjour</p></div>",
        "<div style='overflow: auto; height: 50px'><p style='margin-top: 2000px'>Bonjour</p></div>",
        "<div style='position: fixed; overflow: auto; height: 50px'><p style='margin-top: 2000px'>Bonjour</p></div>",
        "<div style='height: 3000px'></div><p>Bonjour</p>",
        "<div style='overflow: hidden; height: 9px'><p style='position: absolute; top: 90px'>Bonjour</p></div>",
        "<p style='color: transparent; background: linear-gradient(red, blue) text'>Bonjour</p>",
        "<div style='height: 3000px'></div><div style='content-visibility: auto'><p>Bonjour</p></div>",
    ],
)
def test_a_text_that_can_be_scrolled_to_is_visible(page: Page, html: str) -> None:
    assert only(page, html, "text").visible


@pytest.mark.parametrize(
    ("cover", "covered"),
    [
        ("<div style='position: fixed; inset: 0; background: #fffe'>Avis</div>", True),
        ("<div style='position: fixed; inset: 0; pointer-events: none'></div>", False),
        ("<input type=file style='position: fixed; inset: 0; opacity: 0; width: 100%; height: 100%'>", False),
    ],
)
def test_what_lies_over_a_button(page: Page, cover: str, covered: bool) -> None:
    button = next(one for one in read(page, f"<button>Ouvrir</button>{cover}").elements if one.name == "Ouvrir")
    assert (button.covered_by is not None) is covered


def test_a_window_over_everything_covers_what_is_below_the_fold(page: Page) -> None:
    cover = "<div style='position: fixed; inset: 0; background: #000d; color: #fff'>Cookies ?</div>"
    (button,) = (
        one
        for one in read(page, f"<p style='height: 2000px'>x</p><button>Bas</button>{cover}").elements
        if one.name == "Bas"
    )
    assert button.covered_by is not None
    assert button.cover == "Cookies ?"


def test_a_card_s_stretched_link_covers_no_text(page: Page) -> None:
    link = "<a href=/x>Lire<i style='position: absolute; inset: 0'></i></a>"
    html = f"<div style='position: relative'><p>Texte</p>{link}</div>"
    assert only(page, html, "text").on_top


def test_the_box_of_a_dialog_is_its_panel(page: Page) -> None:
    html = (
        "<div role=dialog aria-label=Avis style='position: fixed; inset: 0; background: #0008'>"
        "<div style='margin: 50px 100px; width: 300px; height: 200px; background: white'>x</div></div>"
    )
    box = only(page, html, "dialog").box
    assert (box.x, box.y, box.width, box.height) == (100, 50, 300, 200)


def clicked(page: Page, point: tuple[float, float]) -> str | None:
    """Click on a point; return the address of the link that the click falls on, as it is written."""
    page.evaluate(
        """window.fell = new Promise((done) => {
            setTimeout(done, 30000, "no click");
            addEventListener("click", (event) => {
                event.preventDefault();
                done(event.target.closest("a")?.getAttribute("href"));
            });
        }); null"""
    )
    page.mouse.click(*point)
    href: str | None = page.evaluate("window.fell")
    return href


def test_a_click_falls_on_an_element_that_has_to_be_scrolled_into_its_box(page: Page) -> None:
    links = "".join(f"<p><a href='#{number}'>Ligne {number}</a>" for number in range(30))
    found = read(page, f"<div style='height: 100px; overflow: auto'>{links}</div><p style='height: 900px'>Bas")
    index = next(
        index for index, element in enumerate(found.elements) if element.name == "Ligne 25" and element.role == "link"
    )
    point = found.point(index)
    assert point is not None
    assert clicked(page, point) == "#25"


def test_a_click_falls_on_the_picture_of_an_inline_link(page: Page) -> None:
    card = "<a href='#carte'><img alt=Carte style='float: left; width: 200px; height: 100px' src=''></a>"
    found = read(page, card)
    link = next(index for index, element in enumerate(found.elements) if element.role == "link")
    assert found.elements[link].visible
    assert found.elements[link].box.width == 200
    point = found.point(link)
    assert point is not None
    assert clicked(page, point) == "#carte"


def test_the_box_of_words_in_a_text(page: Page) -> None:
    found = read(page, "<p>Il y a <strong>29</strong> résultats dans 3 pages.</p>")
    (index,) = (index for index, element in enumerate(found.elements) if element.role == "text")
    whole, part = found.elements[index].box, found.box_of_words(index, "29 résultats")
    assert part is not None
    assert part.within(whole)
    assert part.width < whole.width / 3
    assert found.box_of_words(index, "9 résultats") is None


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("<p>平日は<b>午前</b>9時から開いています。", "午前9時から"),
        ("<p>毎日<ruby>申請<rt>しんせい</rt></ruby>を受付", "申請を"),
        (
            f"<p>Prix 😀 : <b {INLINE_BLOCK}>12</b><b style='display:inline-block;margin-left:9px'>€</b> par jour.",
            "12 €",
        ),
        ("<p>\u200fOu\u200dvrir\u200e la porte.", "Ouvrir"),
    ],
)
def test_the_box_of_words_among_unseen_marks_and_boxes(page: Page, html: str, words: str) -> None:
    found = read(page, html)
    (index,) = (index for index, element in enumerate(found.elements) if element.role == "text")
    part = found.box_of_words(index, words)
    assert part is not None
    assert 10 < part.width < 120


def test_a_node_without_a_role_can_be_added(page: Page) -> None:
    found = read(page, "<p>Texte <span id=s>important</span></p>")
    handle = page.query_selector("#s")
    assert handle is not None
    more, index = found.with_node(handle)
    assert index is not None
    assert (more.elements[index].role, more.elements[index].name) == ("text", "important")
    assert len(more.elements) == len(found.elements) + 1


def test_a_footer_that_is_a_line_of_text_is_a_text(page: Page) -> None:
    page.set_content("<footer>Fait avec <a href=/x>Atelier</a> en 3 ms</footer><main><p>Ici</p></main>")
    found = [(one.role, one.name) for one in snapshot(page, canonical=lambda url: url).elements]
    assert found == [("text", "Fait avec Atelier en 3 ms"), ("link", "Atelier"), ("main", ""), ("text", "Ici")]


def test_harmful_characters_of_a_label_are_shown_and_hide_no_page(page: Page) -> None:
    page.set_content("<button id=b></button><p>Ici</p>")
    page.evaluate("b.textContent = 'Aller\\u001b[31m\\ud800 \\u202eici'")
    found = [(one.role, one.name) for one in snapshot(page, canonical=lambda url: url).elements]
    assert found == [("button", "Aller␛[31m\ufffd \ufffdici"), ("text", "Ici")]
