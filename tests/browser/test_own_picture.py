"""One's own picture of a personal page: blacked out, cropped, with the places of the sentences, and sent."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from report.baselines.decision import HandTarget
from report.i18n.sentences import Sentences
from report.review.server import ReviewServer
from report.review.session import ReviewSession
from report.review.upload import sanitize_upload
from report.verdict import Judgement, Reason, ReasonKind, Verdict
from tests.support.builders import box, png_of, scene
from tests.support.firefox import SharedFirefox
from tests.support.pages import ON_TOP

OLD = date(2025, 3, 2)


@pytest.fixture
def page(shared_firefox: SharedFirefox, local_proxy: str) -> Page:
    return shared_firefox.page(1280, 800, proxy=local_proxy)


def test_a_picture_of_ones_own_is_blacked_out_before_it_leaves_the_browser(
    page: Page, review: ReviewServer, session: ReviewSession, tmp_path: Path
) -> None:
    picture = tmp_path / "mine.png"
    picture.write_bytes(png_of(scene(320, 240)))
    page.goto(f"{review.address}exemple/07.html")
    page.keyboard.press("a")
    page.locator("#own input").set_input_files(picture)
    page.get_by_role("button", name="Noircir une partie").click()
    hint = page.locator(".drawing-hint", has_text="Dessinez un cadre")
    assert hint.evaluate(ON_TOP), "how to is seen over the dialog"
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Recadrer").click()
    for _ in range(20):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    page.locator("#ask [name=by]").fill("Zoé")
    with page.expect_navigation():
        page.locator("#ask [value=ok]").click()
    request = session.baselines.root / "exemple" / "by_hand" / "07.png"
    with Image.open(request) as image:
        assert image.size == (300, 100)
        assert image.crop((0, 0, 160, 100)).convert("L").getextrema() == (0, 0), "black is black"
        assert image.crop((160, 0, 300, 100)).convert("L").getextrema() == (0, 255)
    assert session.baselines.hand_checks("exemple")[7].by == "Zoé"


def test_a_frame_that_nobody_confirmed_keeps_a_picture_from_leaving(
    page: Page, review: ReviewServer, session: ReviewSession, tmp_path: Path
) -> None:
    picture = tmp_path / "mine.png"
    picture.write_bytes(png_of(scene(900, 240)))
    page.goto(f"{review.address}exemple/07.html")
    page.keyboard.press("a")
    page.locator("#ask [name=by]").fill("Zoé")
    page.locator("#own input").set_input_files(picture)
    canvas = page.locator("#own canvas")
    assert canvas.evaluate("node => node.clientWidth") == 900, "as large as it is"
    page.get_by_role("button", name="Noircir une partie").click()
    page.keyboard.press("ArrowRight")
    page.locator("#ask [value=ok]").click()
    assert page.locator("#ask").is_visible()
    assert "Un cadre n’est pas encore confirmé" in page.locator("#own .trouble").inner_text()
    page.locator("#ask [name=note]").focus()
    page.keyboard.press("Escape")
    assert page.locator("#ask").is_visible(), "the frame is given up, not the dialog"
    assert page.locator("#own .marker.drawn").count() == 0
    assert page.locator("#own .trouble").inner_text() == ""
    page.get_by_role("button", name="Noircir une partie").click()
    page.keyboard.press("Enter")
    for key in ("ArrowDown", *["ArrowRight"] * 30, "Enter"):  # the first one shows the frame of the next part
        page.keyboard.press(key)
    page.get_by_role("button", name="Pas d’autre partie").click()
    for name in ("Noircir une partie", "Confirmer"):
        assert page.locator("#ask").get_by_role("button", name=name, exact=True).evaluate(ON_TOP), "it is in view"
    page.get_by_role("button", name="Recadrer").click()
    page.keyboard.press("Enter")
    assert canvas.evaluate("node => [node.width, node.height]") == [200, 100]
    page.get_by_role("button", name="Annuler la dernière retouche").click()
    assert canvas.evaluate("node => [node.width, node.height]") == [900, 240]
    with page.expect_navigation():
        page.locator("#ask [value=ok]").click()
    with Image.open(session.baselines.root / "exemple" / "by_hand" / "07.png") as image:
        for left in (20, 320):
            assert image.crop((left, 20, left + 200, 120)).convert("L").getextrema() == (0, 0), "both parts are black"
        assert image.crop((221, 20, 319, 120)).convert("L").getextrema() == (0, 255)


def test_a_file_that_is_no_picture_is_refused_and_nothing_is_recorded(
    page: Page, review: ReviewServer, session: ReviewSession, tmp_path: Path
) -> None:
    before = session.baselines.hand_checks("exemple")[7]
    nothing = tmp_path / "mine.png"
    nothing.write_text("no picture", "utf-8")
    page.goto(f"{review.address}exemple/07.html")
    page.keyboard.press("a")
    page.locator("#ask [name=note]").fill("seen")
    page.locator("#ask [name=by]").fill("Zoé")
    page.locator("#own input").set_input_files(nothing)
    page.locator(".trouble", has_text="Ce n’est pas une image").wait_for()
    page.locator("#ask [value=ok]").click()
    assert page.locator("#ask").is_visible()
    assert session.baselines.hand_checks("exemple")[7] == before
    page.get_by_role("button", name="Sans image").click()
    page.locator("#ask h2").evaluate(
        "node => node.dispatchEvent(new DragEvent('drop', { bubbles: true, dataTransfer: new DataTransfer() }))"
    )
    page.locator(".trouble", has_text="Ce n’est pas une image").wait_for()
    page.get_by_role("button", name="Sans image").click()
    with page.expect_navigation():
        page.locator("#ask [value=ok]").click()
    assert session.baselines.hand_checks("exemple")[7].note == "seen"


def place_sentence(page: Page, number: int, *keys: str) -> None:
    """Show the place of a sentence on the picture, by keyboard alone."""
    button = page.locator(".pointing li").nth(number - 1).get_by_role("button").first
    button.focus()
    for key in ("Enter", *keys, "Enter"):
        page.keyboard.press(key)


def test_the_places_of_sentences_are_shown_on_ones_own_picture(
    page: Page, review: ReviewServer, session: ReviewSession, tmp_path: Path
) -> None:
    picture = tmp_path / "mine.png"
    picture.write_bytes(png_of(scene(900, 600)))
    page.goto(f"{review.address}exemple/07.html")
    sentences = page.locator("li[data-sentence]").evaluate_all("nodes => nodes.map((node) => node.dataset.sentence)")
    page.keyboard.press("a")
    page.locator("#ask [name=by]").fill("Zoé")
    page.locator("#own input").set_input_files(picture)
    pointing = page.locator(".pointing")
    assert [said.replace("\u00a0", " ") for said in pointing.locator("li span").all_inner_texts()] == sentences
    place_sentence(page, 1, "ArrowRight", "ArrowDown")
    assert page.locator(".pointing [role=status]").inner_text() == "La phrase 1 est montrée sur l’image."
    assert page.locator(".pane .marker.placed").get_attribute("data-number") == "1"
    pointing.locator("li").nth(0).get_by_role("button", name="Enlever").click()
    assert page.locator(".pane .marker.placed").count() == 0
    place_sentence(page, 1, "ArrowRight", "ArrowDown")
    page.get_by_role("button", name="Recadrer").click()  # from 20, 20 of the picture, 200 × 100
    for key in (*["Shift+ArrowRight"] * 40, *["Shift+ArrowDown"] * 40, "Enter"):
        page.keyboard.press(key)
    with page.expect_navigation():
        page.locator("#ask [value=ok]").click()
    (target,) = session.baselines.hand_checks("exemple")[7].targets
    assert (target.sentence, target.box) == (sentences[0], box(10, 10, 200, 100)), "it moved with the crop"
    assert page.locator(".own-picture text").inner_html() == "1"


def test_the_last_picture_is_taken_again_with_its_places(page: Page, session: ReviewSession) -> None:
    (tutorial,) = session.record.tutorials
    sentence = next(one for one in tutorial.pages if one.number == 7).text[0]
    targets = [HandTarget(sentence=sentence, box=box(30, 40, 50, 60))]
    session.baselines.add_hand_check(
        "exemple", 7, on=OLD, by="Léo", picture=sanitize_upload(png_of(scene(900, 600))), targets=targets
    )
    check = session.baselines.hand_checks("exemple")[7]
    due = Judgement(verdict=Verdict.BY_HAND_DUE, reasons=(Reason(kind=ReasonKind.CONFIRMATION_DUE, day=OLD),))
    pages = tuple(replace(one, judgement=due, hand_check=check) if one.number == 7 else one for one in tutorial.pages)
    session = replace(session, record=replace(session.record, tutorials=(replace(tutorial, pages=pages),)))
    with ReviewServer(session, Sentences("fr"), runs=session.folder.parent) as review:
        page.goto(f"{review.address}exemple/07.html")
        assert page.locator(".own-picture rect").count() == 1
        page.keyboard.press("a")
        page.locator("#ask [name=by]").fill("Zoé")
        page.get_by_role("button", name="Reprendre la dernière image").click()
        page.locator(".pane .marker.placed").wait_for()
        page.get_by_role("button", name="Montrer ailleurs").click()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        with page.expect_navigation():
            page.locator("#ask [value=ok]").click()
    checked = session.baselines.hand_checks("exemple")[7]
    assert checked.by == "Zoé"
    assert [one.box for one in checked.targets] == [box(40, 40, 50, 60)]
    assert checked.picture == check.picture, "the same pixels"
