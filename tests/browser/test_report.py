"""The report, opened from the disk in Firefox."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, expect

from report.baselines.decision import DecisionKind, DecisionRequest
from report.compare.elements import ChangeKind
from report.compare.volatility import VolatileRegion, Volatility
from report.i18n.sentences import Sentences
from report.output.html import write_report, write_single_file
from report.results.diff_markers import diff_markers
from report.results.run_record import RunRecord
from report.review.session import ReviewSession, read_decisions
from tests.support.accessibility import violations
from tests.support.builders import (
    TODAY,
    box,
)
from tests.support.firefox import SharedFirefox
from tests.support.pages import page_errors
from tests.support.review import INSERTED_PX
from tests.support.runs import FinishedRun

AMELI = ("index.html", "ameli-creer-compte/02.html", "ameli-creer-compte/07.html", "ameli-creer-compte/13.html")
KINDS = ("index.html", *(f"exemple/{number:02}.html" for number in range(1, 9)))
"""One page of each kind."""


@pytest.fixture
def ameli_report(in_2026: FinishedRun) -> str:
    """URL of the report's folder."""
    return in_2026.folder.as_uri()


@dataclass(frozen=True)
class Reader:
    """A browser page, used as a person uses it."""

    page: Page
    folder: Path
    troubles: list[str]

    def open(self, path: str = "index.html") -> Page:
        self.page.goto(f"{self.folder.as_uri()}/{path}")
        return self.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def confirm(self, by: str = "Zoé") -> None:
        """Enter the reviewer's name in the dialog that asks for it, and confirm."""
        self.page.locator("#ask [name=by]").fill(by)
        self.press("Enter")


@pytest.fixture
def reader(shared_firefox: SharedFirefox, session: ReviewSession) -> Iterator[Reader]:
    page = shared_firefox.page(1280, 800)
    with page_errors(page) as troubles:
        yield Reader(page, session.folder, troubles)


SCROLLED_FOR_GOOD = """() => {
  const pane = document.querySelector("figure.approved .pane");
  window.stayed = pane.scrollLeft === 100 && pane.scrollTop === 200 ? (window.stayed ?? 0) + 1 : 0;
  pane.scrollTo(100, 200);
  return window.stayed > 10;
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def waiting(page: Page) -> list[dict[str, Any]]:
    """Return the decisions in the browser's local storage."""
    stored = page.evaluate("localStorage.getItem(`tutofrais ${document.body.dataset.run}`)")
    return list(json.loads(stored)) if stored else []


BLINKING = """[
  document.querySelector("figure.approved figcaption b").textContent, document.querySelector("canvas.over").hidden
]"""
"""JavaScript: the caption of the blinking pictures, and whether tonight's is hidden."""
PINCH = """pane => {
  for (const [type, apart] of [["touchstart", 50], ["touchmove", 100]]) {
    const touches = [{ clientX: 60, clientY: 400 }, { clientX: 60 + apart, clientY: 400 }];
    pane.dispatchEvent(Object.assign(new Event(type, { bubbles: true, cancelable: true }), { touches }));
  }
}"""
"""JavaScript: two fingers move apart, to twice their distance."""


@pytest.fixture(params=[1280, 360])
def page(shared_firefox: SharedFirefox, request: pytest.FixtureRequest) -> Page:
    return shared_firefox.page(request.param, 800)


@pytest.mark.parametrize("path", AMELI)
def test_a_page_opens_from_the_disk_whole(ameli_report: str, page: Page, path: str) -> None:
    with page_errors(page) as troubles:
        page.goto(f"{ameli_report}/{path}")
        assert page.evaluate("getComputedStyle(document.querySelector('.brand')).fontWeight") == "700", "style is there"
        for image in page.locator("img").all():
            image.evaluate("async image => { image.loading = 'eager'; await image.decode() }")
            assert image.evaluate("image => image.naturalWidth") > 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the window"
        assert troubles == []


def test_every_page_can_be_read_with_the_keyboard_alone(ameli_report: str, page: Page) -> None:
    page.goto(f"{ameli_report}/index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_css("outline-style", "solid")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/02.html")
    assert page.locator("h1").inner_text().startswith("Page 2")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**/03.html")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**/02.html")
    page.keyboard.press("Home")
    page.wait_for_url("**/index.html")


def test_the_overview_tells_the_worst_first_with_its_reason(ameli_report: str, page: Page) -> None:
    page.goto(f"{ameli_report}/index.html")
    assert page.locator("h1").inner_text() == "5 textes à réécrire, 6 pages à vérifier à la main"
    first = page.locator("ol.pages > li").first
    assert "Texte à réécrire" in first.inner_text()
    assert "s’appelle maintenant" in first.inner_text()
    assert (page.locator("ul.no-action > li").last.text_content() or "").strip().endswith("Rien à vérifier")


NUMBERS = """figure => [...figure.querySelectorAll('.marker.change:not(.crowded)')]
.filter(node => node.checkVisibility()).map(node => {
  const frame = node.getBoundingClientRect(), number = getComputedStyle(node, '::before');
  const { left, top, width, height } = number, edge = node.clientLeft;
  const x = frame.left + edge + parseFloat(left), y = frame.top + edge + parseFloat(top);
  return [x, y, parseFloat(width), parseFloat(height)];
})"""
"""JavaScript: left, top, width and height of the numbers of a picture's markers, CSS px."""


@pytest.mark.parametrize("keys", ["", "2", "++++"])
def test_no_number_of_a_frame_covers_another(ameli_report: str, page: Page, keys: str) -> None:
    page.goto(f"{ameli_report}/ameli-creer-compte/02.html")
    for key in f"m{keys}":
        page.keyboard.press(key)
    figure = page.locator("figure.approved")
    assert figure.locator(".marker.change:visible").count() >= 5
    shown = [box(*sides) for sides in figure.evaluate(NUMBERS)]
    whole = figure.locator(".sheet").bounding_box()
    assert whole is not None
    assert len(shown) >= 5
    assert all(one.bottom <= whole["y"] + whole["height"] + 1 for one in shown), "none is cut off"
    assert [
        one for one in shown for other in shown if one is not other and one.grown(-1).overlap(other.grown(-1))
    ] == []


def test_on_a_page_made_anew_numbers_leave_the_pictures_to_be_seen(ameli_report: str, page: Page) -> None:
    page.goto(f"{ameli_report}/ameli-creer-compte/04.html")
    page.keyboard.press("m")
    figure = page.locator("figure.captured")
    page.wait_for_function("document.querySelector('.many .marker.change').style.getPropertyValue('--number-top')")
    sides = "all => all.map(one => one.getBoundingClientRect()).map(at => [at.x, at.y, at.width, at.height])"
    frames, its_own = (
        [box(*frame) for frame in figure.locator(which).evaluate_all(sides)]
        for which in (".marker.change", ".marker.change:not(.crowded)")
    )
    shown = [box(*number).grown(-2) for number in figure.evaluate(NUMBERS)]
    assert len(frames) >= len(shown) > len(frames) / 8
    assert not any(
        number.overlap(frame) and not own.within(frame)
        for number, own in zip(shown, its_own, strict=True)
        for frame in frames
    )
    hidden = figure.locator(".marker.change").last
    page.locator("summary", has_text="différences").click()
    page.locator(f".changes li[value='{hidden.get_attribute('data-number')}'] button").click()
    assert hidden.evaluate("node => getComputedStyle(node, '::before').display") != "none"


def test_all_of_the_overview_can_be_photographed(ameli_report: str, page: Page) -> None:
    page.goto(f"{ameli_report}/index.html")
    hidden = "all => all.filter(one => getComputedStyle(one).contentVisibility !== 'visible').length"
    assert page.locator(".card, .no-action li").evaluate_all(hidden) == 0


def test_an_instruction_leads_to_its_line_of_the_scenario(ameli_report: str, page: Page) -> None:
    page.goto(f"{ameli_report}/ameli-creer-compte/05.html")
    page.get_by_text("Détails techniques").click()
    page.locator(".technical .context dd a").last.click()
    line = page.locator(".excerpt :target")
    line.wait_for(state="visible")
    assert "Suivez le lien « Je crée mon compte »." in line.inner_text()


@pytest.mark.parametrize(("language", "scheme", "width"), [("fr", "light", 360), ("en", "dark", 1280)])
def test_axe_finds_nothing(
    shared_firefox: SharedFirefox,
    session: ReviewSession,
    request: pytest.FixtureRequest,
    language: str,
    scheme: str,
    width: int,
) -> None:
    write_report(session.record, session.folder, Sentences(language))
    write_single_file(session.record, session.folder, Sentences(language), session.folder / "one.html")
    page: Page = request.getfixturevalue("dark") if scheme == "dark" else shared_firefox.page(width, 800)
    page.set_viewport_size({"width": width, "height": 800})
    # The single file contains the pages of all kinds.
    for path in ("index.html", "exemple/02.html", "one.html"):
        page.goto(f"{session.folder.as_uri()}/{path}")
        ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert (ground == "rgb(20, 20, 24)") is (scheme == "dark")
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page.goto(f"{session.folder.as_uri()}/exemple/02.html")
    for key in ("2", "3", "5", "?"):
        page.keyboard.press(key)
        assert violations(page) == [], f"after {key}"
    page.keyboard.press("Escape")
    for key in ("k", "i"):
        page.keyboard.press(key)
        assert violations(page) == [], f"after {key}"
        page.keyboard.press("Escape")


def test_pages_are_found_by_verdict_and_by_words(reader: Reader) -> None:
    page = reader.open()
    shown = page.locator("[data-page]:visible")
    everything = shown.count()
    assert everything == 8
    page.get_by_role("checkbox", name="Texte à réécrire").check()
    assert page.get_by_role("checkbox", name="Image à accepter 3").is_visible()
    assert [item.get_attribute("data-page") for item in shown.all()] == ["exemple/1"]
    assert page.locator(".shown").inner_text() == "Pages montrées\u00a0: 1 sur 8"
    page.get_by_role("checkbox", name="Texte à réécrire").uncheck()
    reader.press("/")
    page.keyboard.type("merci")
    assert [item.get_attribute("data-page") for item in shown.all()] == ["exemple/8"]
    reader.press("Escape")
    assert shown.count() == everything
    page.keyboard.type("VERIFIÉE")
    assert shown.count() > 0, "neither case nor accents matter"


def test_a_newly_outdated_page_shows_the_verdicts_of_earlier_runs(reader: Reader) -> None:
    page = reader.open()
    alarm, fresh = page.locator(".lead").all_inner_texts()
    assert alarm.startswith("Cette visite est incomplète. Pages prévues")
    assert fresh.startswith("Nouveau cette nuit")
    timeline = page.locator("[data-page='exemple/1'] .timeline")
    assert timeline.inner_text() == "✓✓✗"
    assert timeline.get_attribute("aria-label") == "À jour × 2, Texte à réécrire"


def test_both_pictures_are_aligned_by_a_gap_where_rows_were_inserted(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    reader.press("m")
    sizes = page.locator("figure:not(.difference) canvas").evaluate_all(
        "all => all.map(one => [one.width, one.height])"
    )
    assert sizes == [[320, 440], [320, 440]]
    assert page.locator("figure.approved").get_attribute("data-gaps") == f"100 {INSERTED_PX} "
    assert page.locator(".changes li[data-box]").count() >= 2


def test_the_views_show_what_they_say(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    visible: Callable[[str], bool] = lambda kind: page.locator(f"figure.{kind}").is_visible()  # noqa: E731
    assert (visible("approved"), visible("captured"), visible("difference")) == (True, True, False)
    reader.press("2")
    assert (visible("approved"), visible("captured"), visible("difference")) == (True, False, False)
    slider = page.get_by_role("slider", name="Part de l’image de cette nuit")
    slider.focus()
    reader.press("ArrowRight")
    assert "inset(0" in page.locator("canvas.over").evaluate("node => node.style.clipPath")
    assert page.locator("canvas.over").evaluate("node => node.style.clipPath").split()[-1] == "49%)"
    reader.press("3")
    assert page.locator("canvas.over").evaluate("node => node.style.opacity") == "0.51"
    reader.press("4")
    page.locator("canvas.over").wait_for(state="hidden")
    page.locator("canvas.over").wait_for(state="visible")
    told = page.evaluate(BLINKING)
    assert told in (["Acceptée", True], ["Cette nuit", False]), "it says which picture is shown"
    page.get_by_role("button", name="Arrêter l’alternance").click()
    assert page.get_by_role("button", name="Arrêter l’alternance").get_attribute("aria-pressed") == "true"
    reader.press("5")
    assert (visible("approved"), visible("captured"), visible("difference")) == (False, False, True)
    reader.press("1")
    assert (visible("approved"), visible("captured"), visible("difference")) == (True, True, False)
    assert page.locator("canvas.over").is_hidden()
    assert reader.troubles == []


def test_pictures_are_magnified_and_moved_in_step(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    width = page.locator("figure.approved .sheet").evaluate("node => node.clientWidth")
    reader.press("+", "+", "+")
    now = page.locator("figure:visible .sheet").evaluate_all("all => all.map(one => one.clientWidth)")
    assert now[0] == now[1] > width * 1.9
    page.locator("figure.approved .pane").evaluate("node => node.scrollTo(50, 120)")
    two_frames = (
        "node => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(node.scrollTop))))"
    )
    assert page.locator("figure.captured .pane").evaluate(two_frames) == 120
    page.get_by_role("button", name="1:1").click()
    assert page.locator("figure.approved .sheet").evaluate("node => node.clientWidth") == 320
    reader.press("0")
    assert page.locator("figure.approved .sheet").evaluate("node => node.clientWidth") == width


def test_a_difference_is_brought_into_view_in_all_pictures(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    reader.press("+", "+", "+", "+", "+")
    page.locator(".differences summary").click()
    renamed = page.get_by_role("button", name="« OK » s’appelle maintenant « Valider »")
    renamed.click()
    for figure in ("approved", "captured"):
        frame = page.locator(f"figure.{figure} .marker.current:visible")
        pane = page.locator(f"figure.{figure} .pane")
        place, window = frame.bounding_box(), pane.bounding_box()
        assert place is not None
        assert window is not None
        assert window["y"] <= place["y"] < window["y"] + window["height"]
    assert "Valider" in page.locator("#status").inner_text()
    reader.press("n")
    assert page.locator(".changes li.current").count() == 1


def test_changes_below_the_picture_are_not_among_the_differences(reader: Reader, session: ReviewSession) -> None:
    (tutorial,) = session.record.tutorials
    two = next(page for page in tutorial.pages if page.number == 2)
    assert two.comparison is not None
    listed = len(diff_markers(two.comparison))
    (renamed,) = (one for one in two.comparison.elements if one.kind is ChangeKind.RENAMED)
    below = replace(renamed, now="Plus bas", box=box(40, 440, 80, 24))
    edge = replace(renamed, now="Au bord", box=box(40, 430, 80, 24))
    compared = replace(two.comparison, elements=(*two.comparison.elements, below, edge))
    pages = tuple(replace(page, comparison=compared) if page.number == 2 else page for page in tutorial.pages)
    write_report(replace(session.record, tutorials=(replace(tutorial, pages=pages),)), session.folder, Sentences("fr"))
    page = reader.open("exemple/02.html")
    assert page.locator(".changes li").count() == listed + 1
    assert page.locator(".changes li", has_text="Plus bas").count() == 0
    assert (
        page.locator(".changes").locator("xpath=preceding-sibling::summary").inner_text().startswith(f"{listed + 1} ")
    )


def test_a_name_s_punctuation_begins_no_line(reader: Reader, session: ReviewSession) -> None:
    (tutorial,) = session.record.tutorials
    two = next(page for page in tutorial.pages if page.number == 2)
    assert two.comparison is not None
    (one,) = (one for one in two.comparison.elements if one.kind is ChangeKind.RENAMED)
    named = replace(one, kind=ChangeKind.ADDED, role="dialog", now="Code (format : 00000) : * obligatoire")
    compared = replace(two.comparison, elements=(named,))
    pages = tuple(replace(page, comparison=compared) if page.number == 2 else page for page in tutorial.pages)
    write_report(replace(session.record, tutorials=(replace(tutorial, pages=pages),)), session.folder, Sentences("fr"))
    page = reader.open("exemple/02.html")
    page.locator(".differences summary").click()
    sentence = page.locator(".changes li", has_text="Code").inner_text()
    assert (
        sentence == "Il y a maintenant la fenêtre «\u00a0Code (format\u00a0: 00000)\u00a0:\u00a0* obligatoire\u00a0»."
    )
    reader.press("?")
    assert page.locator("#help dt", has_text="Début").inner_text() == "Home / Début ↖"


def test_a_small_frame_is_reached_inside_a_big_one_that_is_looked_at(reader: Reader, session: ReviewSession) -> None:
    (tutorial,) = session.record.tutorials
    two = next(page for page in tutorial.pages if page.number == 2)
    assert two.comparison is not None
    (small,) = (one for one in two.comparison.elements if one.kind is ChangeKind.RENAMED)
    big = replace(small, now="Tout", box=box(20, 280, 200, 100))
    compared = replace(two.comparison, elements=(small, big), regions=())
    pages = tuple(replace(page, comparison=compared) if page.number == 2 else page for page in tutorial.pages)
    write_report(replace(session.record, tutorials=(replace(tutorial, pages=pages),)), session.folder, Sentences("fr"))
    page = reader.open("exemple/02.html")
    page.locator(".differences summary").click()
    page.get_by_role("button", name="« Tout »").click()
    number = page.locator(".changes li", has_text="Valider").get_attribute("value")
    page.locator(f"figure.captured .marker[data-number='{number}']").click()
    assert "Valider" in page.locator(".changes li.current").inner_text()


def test_the_next_difference_brings_the_pictures_into_view(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    page.evaluate("document.querySelector('.verdict').style.marginBottom = '2000px'")
    page.evaluate("scrollTo(0, 0)")
    reader.press("n")
    sides = page.locator("figure.approved .pane").evaluate("node => node.getBoundingClientRect().toJSON()")
    assert 0 <= sides["top"] < sides["bottom"] <= 801


def test_the_swipe_s_edge_is_dragged(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    reader.press("2", "+")
    edge = page.locator(".edge")
    edge.evaluate("node => node.closest('.pane').scrollIntoView({ block: 'center' })")
    pane = page.locator("figure.approved .pane")
    page.wait_for_function(SCROLLED_FOR_GOOD)  # the panes follow one another after the zoom, on a busy machine later
    sheet, at, window = (one.bounding_box() for one in (page.locator("figure.approved .sheet"), edge, pane))
    assert sheet
    assert at
    assert window
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "closer, and no wider"
    y = window["y"] + window["height"] / 2
    page.mouse.move(at["x"] + at["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(sheet["x"] + sheet["width"] * 0.3, y, steps=3)
    page.mouse.up()
    assert page.get_by_role("slider", name="Part de l’image de cette nuit").input_value() == "70"
    assert pane.evaluate("node => [node.scrollLeft, node.scrollTop]") == [100, 200], "nothing was panned"
    page.mouse.move(window["x"] + window["width"] - 60, y)
    page.mouse.down()
    page.mouse.move(window["x"] + window["width"] - 60, y - 50, steps=3)
    page.mouse.up()
    assert pane.evaluate("node => node.scrollTop") > 200, "beside the edge, it is panned"
    reader.press("1")
    assert edge.is_hidden()


def test_a_wide_window_is_for_the_pictures(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    page.set_viewport_size({"width": 2560, "height": 1440})
    text, pictures = (
        page.locator(which).evaluate("node => node.getBoundingClientRect().toJSON()") for which in (".told", ".viewer")
    )
    assert text["right"] < pictures["left"]
    assert pictures["width"] > 1700
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_first_screen_shows_tonight_s_picture_and_a_sentence_lights_its_frame(
    ameli_report: str, shared_firefox: SharedFirefox
) -> None:
    page = shared_firefox.page(1366, 768)
    page.goto(f"{ameli_report}/ameli-creer-compte/02.html")
    target = page.locator("figure.captured .marker.target[data-number='3']")
    place = target.bounding_box()
    assert place is not None
    assert place["y"] + place["height"] < 768, "what replaces the target is seen at once"
    assert page.locator(".marker.change").first.is_hidden(), "the other frames are there on demand"
    page.locator(".sentence button").nth(2).click()
    lit = page.locator(".marker.current:visible")
    assert [frame.get_attribute("data-number") for frame in lit.all()] == ["3", "3"]
    assert page.locator(".instructions li.current").get_attribute("data-number") == "3"
    page.keyboard.press("m")
    assert target.is_hidden()
    shown = {
        side: page.locator(f"figure.{side} .marker.change:visible").evaluate_all(
            "all => all.map(one => one.dataset.number)"
        )
        for side in ("approved", "captured")
    }
    new = page.locator(".changes li", has_text="Fermer").get_attribute("value")
    gone = page.locator(".changes li", has_text="SÉLECTIONNER").get_attribute("value")
    assert (new in shown["captured"], new in shown["approved"]) == (True, False)
    assert (gone in shown["captured"], gone in shown["approved"]) == (False, True)
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.locator("figure.captured").bounding_box()["y"] < 600  # type: ignore[index]
    sheet = page.locator("figure.captured .sheet")
    width = sheet.evaluate("node => node.clientWidth")
    pane = page.locator("figure.captured .pane")
    pane.evaluate(PINCH)
    assert sheet.evaluate("node => node.clientWidth") > width * 1.5


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


def test_without_javascript_all_of_it_can_be_read(reader: Reader, session: ReviewSession) -> None:
    for script in session.folder.glob("static/*.js"):
        script.write_text("", "utf-8")  # over BiDi, JavaScript cannot be switched off
    page = reader.open()
    assert page.locator(".totals").is_visible()
    assert page.locator(".filters").is_hidden()
    assert page.locator("[data-page]:visible").count() == 8
    page = reader.open("exemple/02.html")
    for kind in ("approved", "captured", "difference"):
        assert page.locator(f"figure.{kind} img").is_visible()
    assert page.locator(".decide").is_hidden()
    assert page.locator(".changes li").count() >= 2


def test_it_prints_without_what_only_a_screen_needs(reader: Reader) -> None:
    page = reader.open("exemple/02.html")
    rules = "[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])"
    printed = page.evaluate(f"{rules}.filter((rule) => rule.media?.mediaText === 'print').map(String)")
    assert len(printed) == 1
    printed = page.evaluate(f"{rules}.find((rule) => rule.media?.mediaText === 'print').cssText")
    assert "print-color-adjust: exact" in printed, "frames are seen through, numbers are white"
    assert "::after" in printed, "no heading stands alone at a page's foot"
    for word in (".tools", ".scripted", "dialog", ".way", "details-content", ".technical"):
        assert word in printed
    assert len(page.pdf()) > 10_000


def test_one_file_is_the_whole_report(reader: Reader, session: ReviewSession) -> None:
    write_single_file(session.record, session.folder, Sentences("fr"), session.folder / "one.html")
    alone = session.folder.parent / "mail"
    alone.mkdir()
    (session.folder / "one.html").rename(alone / "one.html")
    page = reader.page
    page.goto(f"{alone.as_uri()}/one.html")
    page.locator(".card a").nth(1).click()
    assert page.url.endswith("#exemple-01")
    figures = page.locator(".viewer figure img").evaluate_all(
        "all => Promise.all(all.map(async (one) => one.naturalWidth))"
    )
    assert figures
    assert min(figures) == 320
    assert page.locator("canvas").count() > 4
    assert reader.troubles == []


def test_in_one_file_keys_are_about_the_page_in_view(reader: Reader, session: ReviewSession) -> None:
    write_single_file(session.record, session.folder, Sentences("fr"), session.folder / "one.html")
    page = reader.open("one.html")
    page.get_by_role("checkbox", name="Choisir Page 1").check()
    reader.press("z")
    reader.confirm()
    page = reader.open("one.html#exemple-03")
    reader.press("2")
    assert page.locator("article[data-page='exemple/3'] .viewer").get_attribute("data-view") == "swipe"
    reader.press("i")
    page.locator("#ask [name=element]").select_option("")
    reader.confirm()
    assert page.locator("article[data-page='exemple/3'] .marker.drawn").first.is_visible()
    reader.press("Enter", "k")
    reader.confirm()
    assert [(one["page"], one["kind"]) for one in waiting(page)] == [(1, "snooze"), (3, "ignore"), (3, "keep")]
    page = reader.open("one.html#exemple-01")
    reader.press("u")
    assert [(one["page"], one["kind"]) for one in waiting(page)] == [(3, "ignore"), (3, "keep")]
    reader.press("k")
    reader.confirm()
    page.locator("article[data-page='exemple/2']").evaluate("node => node.scrollIntoView()")
    reader.press("k")
    assert page.locator("#ask-which").inner_text() == "Page 2 Accueil."
    reader.press("Escape")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    assert page.evaluate("tutofrais.current().dataset.page") == "exemple/8", "it never comes further up"
    assert reader.troubles == []


def test_hostile_words_change_nothing(reader: Reader, session: ReviewSession) -> None:
    record: RunRecord = session.record
    (tutorial,) = record.tutorials
    hostile = "\u202e<img src=x onerror=alert(1)>\"'" + "x" * 400
    pages = tuple(
        replace(page, title=hostile, page_title=hostile, url=f"https://x.test/?{hostile}") for page in tutorial.pages
    )
    write_report(replace(record, tutorials=(replace(tutorial, pages=pages),)), session.folder, Sentences("fr"))
    for path in KINDS:
        page = reader.open(path)
        assert page.locator("img[src=x]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page = reader.open("exemple/02.html")
    page.locator("[data-element]").first.evaluate("(node, name) => { node.dataset.element = name; }", hostile)
    reader.press("i")
    assert hostile[:30] in (page.locator("#ask [name=element]").text_content() or "")
    assert page.locator("dialog[open]").evaluate("node => node.scrollWidth <= node.clientWidth")
    assert reader.troubles == []
