"""The report, opened from the disk in Firefox: how it is read."""

from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from report.i18n.sentences import Sentences
from report.output.html import write_report, write_single_file
from report.results.run_record import RunRecord
from report.review.session import ReviewSession
from tests.support.accessibility import violations
from tests.support.firefox import SharedFirefox
from tests.support.pages import page_errors
from tests.support.report_reader import Reader, waiting

AMELI = ("index.html", "ameli-creer-compte/02.html", "ameli-creer-compte/07.html", "ameli-creer-compte/13.html")
KINDS = ("index.html", *(f"exemple/{number:02}.html" for number in range(1, 9)))
"""One page of each kind."""


TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


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
