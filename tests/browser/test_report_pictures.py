"""The pictures of a report, and the frames of their differences, in Firefox."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from report.compare.elements import ChangeKind
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.results.diff_markers import diff_markers
from report.review.session import ReviewSession
from tests.support.builders import box
from tests.support.firefox import SharedFirefox
from tests.support.report_reader import Reader
from tests.support.review import INSERTED_PX

SCROLLED_FOR_GOOD = """() => {
  const pane = document.querySelector("figure.approved .pane");
  window.stayed = pane.scrollLeft === 100 && pane.scrollTop === 200 ? (window.stayed ?? 0) + 1 : 0;
  pane.scrollTo(100, 200);
  return window.stayed > 10;
}"""
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
