"""Decisions in a report that was opened from the disk, in Firefox."""

from dataclasses import replace

import msgspec
from playwright.sync_api import Page

from report.baselines.decision import DecisionKind, DecisionRequest
from report.compare.volatility import VolatileRegion, Volatility
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.review.session import ReviewSession, read_decisions
from tests.support.builders import TODAY, box
from tests.support.report_reader import Reader, waiting
from tests.support.review import INSERTED_PX


def test_a_person_decides_in_a_report_from_the_disk_and_applies_it(reader: Reader, session: ReviewSession) -> None:
    page = reader.open("exemple/02.html")
    reader.press("a")
    reader.confirm()
    assert page.locator(".decided").inner_text() == "Nouvelle image acceptée."
    assert page.evaluate("document.activeElement.className").startswith("decide"), "the keyboard goes on from there"
    export = page.get_by_role("link", name="Gardée dans ce navigateur")
    assert (export.get_attribute("href") or "").endswith("index.html#basket")
    page = reader.open("exemple/01.html")
    reader.press("k")
    page.locator("#ask [name=note]").fill("texte à refaire <b>")
    page.locator("#ask [name=person]").fill("Ali")
    reader.confirm()
    page = reader.open("exemple/06.html")
    reader.press("z")
    page.locator("#ask [name=until]").fill("2027-01-15")
    reader.confirm()
    page = reader.open("exemple/07.html")
    reader.press("a")
    reader.confirm()
    page = reader.open("exemple/03.html")
    reader.press("a")
    reader.confirm()
    reader.press("u")
    assert page.locator("#status").inner_text() == "Décision annulée\u00a0: Page 3 Accueil, Accepter la nouvelle image."
    assert page.get_by_role("button", name="Annuler ma décision").is_hidden()
    page = reader.open()
    assert page.locator("#basket li").count() == 4
    assert page.locator("#basket li").first.inner_text().startswith("Page 2 Accueil")
    file = session.folder / "decisions.json"
    file.write_text(exported(page), "utf-8")
    decisions = read_decisions(file)
    assert (decisions.run, decisions.baselines, decisions.by) == ("run", "replica", "Zoé")
    for request in decisions.decisions:
        session.apply(request, by=decisions.by, today=TODAY)
    stored = session.baselines.decisions("exemple")
    assert [(one.page, one.kind, one.note, one.person) for one in stored] == [
        (1, DecisionKind.KEEP, "texte à refaire <b>", "Ali"),
        (2, DecisionKind.APPROVE, "", ""),
        (6, DecisionKind.SNOOZE, "", ""),
    ]
    assert session.baselines.hand_checks("exemple")[7].by == "Zoé"
    assert reader.troubles == []


def exported(page: Page) -> str:
    """Return the text that the browser would save as decisions.json: BiDi does not report downloads."""
    page.evaluate(
        "() => { URL.createObjectURL = (blob) => { window.kept = blob.text(); return '#'; };"
        " HTMLAnchorElement.prototype.click = function () { window.named = this.download; } }"
    )
    page.get_by_role("button", name="Exporter les décisions").click()
    assert page.evaluate("window.named") == "decisions.json"
    return str(page.evaluate("window.kept"))


def test_a_place_is_ignored_with_the_mouse_and_with_the_keyboard(reader: Reader, session: ReviewSession) -> None:
    page = reader.open("exemple/02.html")
    reader.press("i")
    reader.confirm()
    page.locator("figure.approved .pane").evaluate("node => node.scrollIntoView({ block: 'start' })")
    sheet = page.locator("figure.approved .sheet").bounding_box()
    assert sheet is not None
    ratio = sheet["width"] / 320
    page.mouse.move(sheet["x"] + 100 * ratio, sheet["y"] + 200 * ratio)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 150 * ratio, sheet["y"] + 230 * ratio, steps=4)
    page.mouse.up()
    handle = page.locator("figure.approved .handle.se").bounding_box()
    assert handle is not None
    page.mouse.move(handle["x"] + 7, handle["y"] + 7)
    page.mouse.down()
    page.mouse.move(sheet["x"] + 160 * ratio, sheet["y"] + 240 * ratio, steps=4)
    page.mouse.up()
    assert page.locator(".marker.target").first.is_hidden(), "frames step aside"
    page.get_by_role("button", name="Confirmer cette partie").click()
    assert page.locator("figure.captured .marker.mask").is_visible(), "the place stays hatched"
    (drawn,) = waiting(page)
    assert {name: round(side, -1) for name, side in drawn["box"].items()} == {
        "x": 100,
        "y": 200 - INSERTED_PX,
        "width": 60,
        "height": 40,
    }, "rows of the approved picture, which has not the inserted ones"
    reader.press("i")
    reader.confirm()
    page.locator("figure.captured .pane").focus()
    reader.press("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")
    _, moved = waiting(page)
    assert moved["box"] == {"x": 30, "y": 30, "width": 170, "height": 70}
    reader.press("i")
    reader.confirm()
    hint = page.locator(".drawing-bar")
    sides = "node => node.getBoundingClientRect().toJSON()"
    assert hint.evaluate(sides)["bottom"] <= page.locator("figure.approved .pane").evaluate(sides)["top"]
    assert page.locator(".marker.drawn").first.bounding_box()["y"] < 800, "it is in view"  # type: ignore[index]
    page.locator("[data-do=closer]").focus()
    reader.press("i")
    page.locator("#ask").get_by_role("button", name="Renoncer").click()
    assert page.locator(".marker.drawn").count() == 0, "a second one ends the first"
    reader.press("i")
    reader.confirm()
    page.locator("[data-do=closer]").focus()
    reader.press("Escape")
    assert page.locator(".marker.drawn").count() == 0
    assert len(waiting(page)) == 2, "Escape draws nothing"
    request = msgspec.convert(moved, DecisionRequest)
    session.apply(request, by="Zoé", today=TODAY)
    assert session.baselines.masks("exemple")[0].box == box(30, 30, 170, 70)


def test_the_difference_that_is_looked_at_is_proposed(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    proposed = page.locator("#ask [name=element] option:checked")
    shown = []
    for _ in range(page.locator(".changes li").count()):
        reader.press("n", "i")
        shown.append(proposed.text_content())
        reader.press("Escape")
    drawn, named = "un endroit que je dessine sur l’image", "« OK »"
    assert set(shown) == {drawn, named}, "inserted rows are not on the approved picture"
    page = reader.open("exemple/03.html")
    reader.press("n")
    at = page.locator(".changes li.current")
    while not page.evaluate("tutofrais.currentDifference()"):
        reader.press("n")
    at.evaluate("node => node.removeAttribute('data-element')")
    reader.press("i")
    assert (proposed.text_content() or "").startswith("Différence ")
    reader.confirm()
    (request,) = waiting(page)
    assert request["box"] == page.evaluate("tutofrais.currentDifference().box")
    assert "element" not in request


def test_a_volatile_part_has_a_button_to_mask_it(reader: Reader, session: ReviewSession) -> None:
    place = box(10, 300, 60, 20)
    parts = [
        VolatileRegion(
            volatility=Volatility.SEEN_NOW,
            box=place,
            baseline_box=place,
            role=None,
            name=name,
            digest="",
            is_ignored=True,
        )
        for name in (None, "Actualités")
    ]
    (tutorial,) = session.record.tutorials
    pages = tuple(replace(page, volatile=tuple(parts)) if page.number == 2 else page for page in tutorial.pages)
    write_report(replace(session.record, tutorials=(replace(tutorial, pages=pages),)), session.folder, Sentences("fr"))
    page = reader.open("exemple/02.html")
    for at in (0, 1):
        page.get_by_role("button", name="L’ignorer").nth(at).click()
        reader.confirm()
    unnamed, named = waiting(page)
    assert (unnamed["box"], "element" in unnamed) == ({"x": 10, "y": 300, "width": 60, "height": 20}, False)
    assert (named["element"], "box" in named) == ("Actualités", False)
    for one in (unnamed, named):
        session.apply(msgspec.convert(one, DecisionRequest), by="Zoé", today=TODAY)
    assert [(mask.element, mask.box) for mask in session.baselines.masks("exemple")] == [
        (None, place),
        ("Actualités", None),
    ]


def test_many_pages_are_decided_about_at_once(reader: Reader) -> None:
    page = reader.open()
    page.get_by_role("checkbox", name="Choisir Page 1").check()
    page.get_by_role("checkbox", name="Choisir Page 2").check()
    assert page.locator(".selected").inner_text() == "Pages choisies\u00a0: 2"
    accept = page.locator(".bulk").get_by_role("button", name="Accepter la nouvelle image")
    accept.click()
    assert "Quelque chose est faux sur 1 de ces 2 images\u00a0: Page 1 Accueil." in page.locator("#false").inner_text()
    reader.press("Enter")
    assert page.locator("#ask-which").inner_text() == "Page 2 Accueil.", "the harmless answer is the default one"
    reader.press("Escape")
    accept.click()
    page.get_by_role("button", name="L’accepter quand même").click()
    reader.confirm()
    assert [(one["page"], one["kind"]) for one in waiting(page)] == [(1, "approve"), (2, "approve")]
    assert page.locator("li.pending").count() == 2
    assert page.locator("p.progress").inner_text() == "Reste à faire\u00a0: 3 sur 5"
    reader.press("u")
    assert waiting(page) == [], "both at once"
    page.get_by_role("checkbox", name="Choisir Page 6").check()
    accept.click()
    page.get_by_role("button", name="L’accepter quand même").click()
    assert page.locator("#ask h2").inner_text() == "Accepter la nouvelle image\u00a0: 2 pages"
    which = page.locator("#ask-which").inner_text()
    assert which.startswith("Page 1 Accueil, Page 2 Accueil.")
    assert which.endswith("Laissées de côté\u00a0: 1 sans image de cette nuit.")
    reader.confirm()
    assert [one["page"] for one in waiting(page)] == [1, 2]
    page.get_by_role("button", name="Tout annuler").click()
    reader.press("Escape")
    assert len(waiting(page)) == 2, "it asks first"
    page.get_by_role("button", name="Tout annuler").click()
    page.locator("#sure").get_by_role("button", name="Tout annuler").click()
    assert waiting(page) == []
    assert page.locator("#basket").is_hidden()


def test_masks_and_decisions_can_both_be_pending(reader: Reader, session: ReviewSession) -> None:
    page = reader.open("exemple/02.html")
    reader.press("i")
    page.locator("#ask [name=element]").select_option("OK")
    reader.confirm()
    for key in ("k", "a"):
        reader.press(key)
        reader.confirm()
    assert [one["kind"] for one in waiting(page)] == ["ignore", "approve"], "approve replaces keep, and no more"
    reader.press("u", "u", "a")
    reader.confirm()
    reader.press("i")
    page.locator("#ask [name=element]").select_option("OK")
    reader.confirm()
    page = reader.open()
    file = session.folder / "decisions.json"
    file.write_text(exported(page), "utf-8")
    for request in read_decisions(file).decisions:
        session.apply(request, by="Zoé", today=TODAY)
    assert [(mask.page, mask.element) for mask in session.baselines.masks("exemple")] == [(2, "OK")]


def test_the_basket_leaves_the_buttons_for_many_pages_to_be_used(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    reader.press("k")
    reader.confirm()
    page = reader.open()
    page.get_by_role("checkbox", name="Choisir Page 1").check()
    tops = "(node) => node.getBoundingClientRect().toJSON()"
    bulk, basket = page.locator(".bulk").evaluate(tops), page.locator("#basket").evaluate(tops)
    assert bulk["bottom"] < basket["top"] + 1
    assert basket["bottom"] < 1 + page.evaluate("innerHeight")


def test_keys_are_letters_while_a_person_types(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    reader.press("k")
    page.locator("#ask [name=note]").fill("")
    page.locator("#ask [name=note]").press_sequentially("aku?")
    assert page.locator("#ask [name=note]").input_value() == "aku?"
    reader.press("Escape")
    assert waiting(page) == []
    assert page.locator("#help").is_hidden()
