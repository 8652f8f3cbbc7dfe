"""The review of a run in a browser: decisions are applied at once."""

from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import Page

from report.baselines.decision import DecisionKind, DecisionRequest
from report.i18n.sentences import Sentences
from report.review.server import ReviewServer
from report.review.session import ReviewSession
from report.verdict import Judgement, Reason, ReasonKind, Verdict
from tests.support.accessibility import violations
from tests.support.builders import TODAY
from tests.support.firefox import SharedFirefox
from tests.support.pages import page_errors
from tests.support.review import approved_png

KINDS = ["", *(f"exemple/{number:02}.html" for number in range(1, 9))]


@pytest.fixture
def page(shared_firefox: SharedFirefox, local_proxy: str) -> Page:
    return shared_firefox.page(1280, 800, proxy=local_proxy)


def decide(page: Page, key: str, by: str = "Zoé") -> None:
    """Press a decision's key, enter the reviewer's name and confirm, with the keyboard alone."""
    page.keyboard.press(key)
    confirm(page, by)


def confirm(page: Page, by: str = "Zoé") -> None:
    """Enter the reviewer's name in the dialog that asks for it, and confirm."""
    page.locator("#ask [name=by]").fill(by)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_every_page_is_served_under_a_strict_policy(page: Page, review: ReviewServer) -> None:
    with page_errors(page) as troubles:
        for path in KINDS:
            page.goto(f"{review.address}{path}")
            for image in page.locator("img").all():
                image.evaluate("async image => { image.loading = 'eager'; await image.decode() }")
        assert troubles == []


def test_a_page_is_approved_and_taken_back_with_the_keyboard_alone(
    page: Page, review: ReviewServer, session: ReviewSession
) -> None:
    before = approved_png(session, 2)
    page.goto(f"{review.address}exemple/02.html")
    decide(page, "a")
    assert approved_png(session, 2) != before
    assert page.locator("#status").inner_text() == "Nouvelle image acceptée."
    assert page.evaluate("document.activeElement.className").startswith("decide"), "the keyboard goes on from there"
    assert page.locator(".decision").inner_text().startswith("Nouvelle image acceptée le")
    with page.expect_navigation():
        page.keyboard.press("u")
    assert approved_png(session, 2) == before
    assert page.locator("#status").inner_text().endswith(", Accepter la nouvelle image.")
    assert page.locator(".decision").count() == 0
    assert page.locator("[data-do=undo]").is_hidden(), "nothing is left to take back"


def test_a_person_goes_on_and_on_until_all_is_decided(page: Page, review: ReviewServer, session: ReviewSession) -> None:
    page.goto(f"{review.address}exemple/01.html")
    seen = []
    left = []
    while "index" not in page.url:
        seen.append(int(page.url.rpartition("/")[2].removesuffix(".html")))
        decide(page, {1: "k", 2: "a", 3: "a"}.get(seen[-1], "z"))
        left.append(page.locator(".progress").inner_text())
        way_on = page.locator(".go-on")
        assert way_on.inner_text().startswith("Page suivante" if len(seen) < 5 else "Plus rien à faire")
        with page.expect_navigation():
            if len(seen) % 2:
                way_on.click()
            else:
                page.keyboard.press("ArrowRight")
    assert sorted(seen) == [1, 2, 3, 5, 6]
    assert left == [f"Reste à faire\u00a0: {n} sur 5" for n in (4, 3, 2, 1, 0)]
    assert page.locator("h1").inner_text() == "Tout est décidé\u00a0: 1 page attend la correction de son texte"
    assert page.locator(".card").first.is_hidden(), "what is decided is folded"
    assert page.locator(".decided-pages summary").inner_text() == "5 pages décidées"
    page.goto(f"{review.address}exemple/02.html")
    assert [button.inner_text() for button in page.locator(".decide button").all()] == ["Annuler ma décision u"]


def test_a_decision_in_a_stale_tab_is_refused_with_the_reason(
    local_proxy: str, page: Page, review: ReviewServer, session: ReviewSession
) -> None:
    assert page.context.browser is not None
    other = page.context.browser.new_context(proxy={"server": local_proxy}).new_page()
    for tab in (page, other):
        tab.goto(f"{review.address}exemple/02.html")
    decide(page, "k")
    other.keyboard.press("a")
    other.locator("#ask [name=note]").fill("typed with care")
    other.locator("#ask [name=by]").fill("Ali")
    other.keyboard.press("Enter")
    other.locator("#ask-trouble", has_text="Zoé a pris une décision").wait_for()
    assert [one.kind for one in session.baselines.decisions("exemple")] == [DecisionKind.KEEP]
    assert other.locator("#ask [name=note]").input_value() == "typed with care"
    with other.expect_navigation():
        other.keyboard.press("Escape")
    assert other.locator(".decision", has_text="Marquée à corriger le").is_visible(), "the page as it is now"
    other.keyboard.press("a")
    assert other.locator("#ask [name=note]").input_value() == "typed with care"
    other.context.close()


@pytest.mark.parametrize(("number", "warned"), [(1, True), (3, False)])
def test_approving_a_picture_of_a_false_instruction_gives_a_warning(
    page: Page, review: ReviewServer, number: int, *, warned: bool
) -> None:
    page.goto(f"{review.address}exemple/{number:02}.html")
    assert ("À corriger" in page.locator(".decide .main").inner_text()) is warned, "the default button does no harm"
    page.keyboard.press("a")
    question = page.locator("#false")
    assert question.is_visible() is warned
    if warned:
        assert "une consigne du tutoriel est fausse" in question.inner_text()
        assert violations(page) == []
        page.keyboard.press("Enter")
        assert not page.locator("#ask").is_visible(), "the default answer is no"
        page.keyboard.press("a")
        page.get_by_role("button", name="L’accepter quand même").click()
    assert page.locator("#ask h2").inner_text() == "Accepter la nouvelle image"


def test_a_personal_page_can_be_marked_as_no_longer_true(
    page: Page, review: ReviewServer, session: ReviewSession
) -> None:
    page.goto(f"{review.address}exemple/07.html")
    page.keyboard.press("k")
    assert page.locator("#ask h2").inner_text() == "Plus vraie"
    page.locator("#ask [name=note]").fill("le code a 6 chiffres")
    page.locator("#ask [name=by]").fill("Zoé")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    (request,) = session.baselines.decisions("exemple")
    assert (request.kind, request.page, request.note) == (DecisionKind.KEEP, 7, "le code a 6 chiffres")
    assert "le code a 6 chiffres" in page.locator(".decision").first.inner_text()


def test_many_pages_are_approved_at_once(page: Page, review: ReviewServer, session: ReviewSession) -> None:
    page.goto(review.address)
    page.get_by_role("button", name="Tout choisir").click()
    page.keyboard.press("a")
    page.get_by_role("button", name="L’accepter quand même").click()
    confirm(page)
    assert sorted(one.page for one in session.baselines.decisions("exemple")) == [1, 2, 3, 5]
    assert page.locator(".card .decision").count() >= 4
    assert page.evaluate("document.activeElement.tagName") == "H1", "the keyboard goes on from there"
    assert page.locator("#status").inner_text() == "Accepter la nouvelle image\u00a0: fait pour 4 pages sur 4."
    page.locator(".decided-pages summary").click()
    page.get_by_role("button", name="Tout choisir").click()
    page.keyboard.press("k")
    assert "4 avec une décision déjà prise" in page.locator("#status").inner_text()
    with page.expect_navigation():
        page.keyboard.press("u")
    assert session.baselines.decisions("exemple") == ()
    assert page.locator("#status").inner_text() == "Décision annulée pour 4 pages\u00a0: Accepter la nouvelle image."


def test_a_reminder_is_on_a_future_day(page: Page, review: ReviewServer) -> None:
    page.goto(f"{review.address}exemple/02.html")
    page.keyboard.press("z")
    page.locator("#ask [name=by]").fill("Zoé")
    page.locator("#ask [name=until]").fill(f"{date.today()}")
    page.locator("#ask [value=ok]").click()
    assert page.locator("#ask").is_visible()
    assert page.locator("#ask [name=until]").evaluate("node => node.validity.rangeUnderflow")


def test_a_refusal_does_not_speak_of_exporting(page: Page, review: ReviewServer) -> None:
    page.goto(f"{review.address}exemple/02.html")
    page.keyboard.press("z")
    page.locator("#ask [name=by]").fill("Zoé")
    page.locator("#ask [name=until]").evaluate("node => { node.min = ''; node.value = '2020-01-01'; }")
    page.keyboard.press("Enter")
    page.locator("#ask-trouble", has_text="ne peut pas être appliquée").wait_for()
    assert "export" not in page.locator("#ask-trouble").inner_text()


def test_a_bulk_decision_skips_and_lists_pages_that_were_decided_meanwhile(
    page: Page, review: ReviewServer, session: ReviewSession
) -> None:
    page.goto(review.address)
    shown = next(one for _, one in session.record.pages() if one.number == 1)
    assert shown.approved is not None
    request = DecisionRequest(
        tutorial="exemple",
        page=1,
        kind=DecisionKind.KEEP,
        captured=shown.capture_sha256,
        approved=shown.approved.sidecar_sha256,
    )
    session.apply(request, by="Ali", today=TODAY)
    page.get_by_role("button", name="Tout choisir").click()
    page.keyboard.press("a")
    page.get_by_role("button", name="L’accepter quand même").click()
    confirm(page)
    page.locator("#status", has_text="Ali a pris une décision").wait_for()
    assert "fait pour 3 pages sur 4" in page.locator("#status").inner_text()
    assert [(one.page, one.by) for one in session.baselines.decisions("exemple")] == [
        (1, "Ali"),
        (2, "Zoé"),
        (3, "Zoé"),
        (5, "Zoé"),
    ]


def test_a_thing_is_ignored_by_its_name(page: Page, review: ReviewServer, session: ReviewSession) -> None:
    page.goto(f"{review.address}exemple/02.html")
    page.keyboard.press("i")
    page.locator("#ask [name=element]").select_option("OK")
    page.locator("#ask [name=by]").fill("Zoé")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert [mask.element for mask in session.baselines.masks("exemple")] == ["OK"]
    assert "« OK »" in page.locator("[aria-labelledby$=masked]").inner_text().replace("\u00a0", " ")
    hatched = page.locator("figure.approved .marker.mask")
    sheet = page.locator("figure.approved .sheet").bounding_box()
    place = hatched.bounding_box()
    assert sheet is not None
    assert place is not None
    assert place["x"] - sheet["x"] == pytest.approx(40 * sheet["width"] / 320, abs=1), "it is hatched where it stands"
    assert page.locator("figure.captured .marker.mask").count() == 0, "there is no such thing tonight"


def test_a_page_checked_by_hand_is_no_longer_to_be_checked(page: Page, session: ReviewSession) -> None:
    (tutorial,) = session.record.tutorials
    due = Judgement(verdict=Verdict.BY_HAND_DUE, reasons=(Reason(kind=ReasonKind.NEVER_CONFIRMED),))
    pages = tuple(replace(one, judgement=due, hand_check=None) if one.number == 7 else one for one in tutorial.pages)
    record = replace(session.record, tutorials=(replace(tutorial, pages=pages),))
    session = replace(session, record=record)
    session.baselines.remove_hand_check("exemple", 7, earlier=None, picture=b"")
    with ReviewServer(session, Sentences("fr"), runs=session.folder.parent) as review:
        page.goto(f"{review.address}exemple/07.html")
        badge = page.locator(".verdict .badge")
        assert "À vérifier à la main" in badge.inner_text()
        decide(page, "a")
        assert "Vérifiée à la main" in badge.inner_text()
        assert page.locator(".decide button:visible").all_inner_texts() == ["Annuler ma décision u"]
        page.goto(review.address)
        assert "Vérifiée à la main" in page.locator("tr[data-page='exemple/7'] .badge").inner_text()


def test_a_review_that_ended_says_so(page: Page, session: ReviewSession) -> None:
    with ReviewServer(session, Sentences("fr"), runs=session.folder.parent) as served:
        page.goto(f"{served.address}exemple/02.html")
    page.keyboard.press("k")
    page.locator("#ask [name=by]").fill("Zoé")
    page.keyboard.press("Enter")
    page.locator("#ask-trouble", has_text="La revue s’est arrêtée").wait_for()
