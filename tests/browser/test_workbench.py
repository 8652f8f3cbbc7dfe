"""The workbench in a browser: from a site that has changed to a tutorial that is published, without a terminal."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import PageKind
from report.i18n.sentences import Sentences
from report.workbench.library import Folders, Library
from report.workbench.server import WorkbenchServer
from report.workbench.workbench import Workbench
from tests.support.accessibility import violations
from tests.support.commands import PROJECT
from tests.support.firefox import SharedFirefox
from tests.support.pages import page_errors
from tests.support.runs import FinishedRun, write_replica

pytestmark = pytest.mark.long

MOST_CLICKS = 40
JOB_S = 120
POLL_MS = 200
MOST_TABS = 200
NEAR_PX = 3
MOST_TRIES = 5
VIEWS = ("", "tutorials/ameli-creer-compte", "tutorials/ameli-creer-compte/publish", "sitting/", "runs/nothing/")
KEY_TOWARDS = """node => {
  if (document.activeElement === node) return "";
  return document.activeElement.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING ? "Shift+Tab" : "Tab";
}"""
"""JavaScript: key that leads from what has the focus towards a control; empty: it has the focus."""
WRITTEN = """(before) => performance.timeOrigin > before
  && document.readyState === "complete" && !document.body.classList.contains("acting")"""
"""JavaScript: whether the page was loaded after a moment."""
ENDED = """async (before) => {
  if (document.body.classList.contains("acting") || performance.timeOrigin <= before) return false;
  if (document.readyState !== "complete") return false;
  const state = await (await fetch(`${document.body.dataset.root || "./"}state`)).json();
  return !state.running && !("running" in document.body.dataset) && Number(document.body.dataset.job) === state.number;
}"""
"""JavaScript: whether the page was loaded after a moment, and shows the end of what was running."""
SHOP = """
from capture import Step, Tutorial

shop = Tutorial("shop", title="Order", source="us", licence="CC0", hosts=["www.exemple.test"], locale="fr-FR")

@shop.page(1, "Start", starts_at="https://www.exemple.test/")
def start(step: Step) -> None:
    step.tell("Read “Welcome”.", step.heading(), callout="none")
    step.tell("Click on “Buy”.", step.button())
    step.shoot()

shop.personal(2, "Pay", text=["Pay."])
"""
SECOND_PAGE = """
shop.page(3, "Start again", starts_at="https://www.exemple.test/")(start)
"""
"""Page that a run visits after a pause."""


@dataclass
class Hands:
    """A person at the workbench, whose clicks are counted; by keyboard, each control is reached with Tab."""

    page: Page
    translate: Callable[[str], str]
    by_keyboard: bool = False
    clicks: int = 0

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """Return the button of an English name, in a part of the page."""
        return (within or self.page.locator("body")).get_by_role("button", name=self.translate(name), exact=True)

    def use(self, control: Locator, key: str = "Enter") -> None:
        """Click on a control, or go to it and press a key."""
        self.clicks += 1
        if not self.by_keyboard:
            control.click()
            return
        self._go_to(control)
        self.page.keyboard.press(key)

    def tick(self, box: Locator) -> None:
        self.use(box, "Space")
        expect(box).to_be_checked()

    def choose(self, select: Locator, option: str) -> None:
        """Choose the option of a list that contains these words, by the keyboard with its first letters."""
        self.clicks += 2
        label = select.locator("option", has_text=option).inner_text()
        if self.by_keyboard:
            self._go_to(select)
            self.page.keyboard.type(label)
        else:
            select.select_option(label=label)
        expect(select.locator("option:checked")).to_have_text(label)

    def follow(self, link: Locator) -> None:
        """Use a link, and wait for its page."""
        address = urljoin(self.page.url, link.get_attribute("href"))
        self.use(link)
        self.page.wait_for_url(address)

    def correct(self, words: str) -> Locator:
        """Open the form of a sentence, and return the sentence; what was running may end and close it once more."""
        sentence = self.page.locator(".instructions li", has=self.page.locator("p.sentence", has_text=words))
        for _ in range(MOST_TRIES):
            with suppress(Error):  # the page is being loaded
                if not sentence.locator("details").evaluate("node => node.open"):
                    self.use(sentence.locator("summary"))
                self.page.wait_for_timeout(POLL_MS)
                if sentence.locator("details").evaluate("node => node.open"):
                    return sentence
        raise AssertionError(f"the form of {words} stays closed")

    def and_reload(self, control: Locator) -> None:
        """Use a control that writes something, and wait for the page that shows it."""
        self._until(WRITTEN, control)

    def and_wait(self, control: Locator) -> None:
        """Use a control that starts something, and wait for its end and for the page that shows it."""
        self._until(ENDED, control)

    def _until(self, script: str, control: Locator) -> None:
        before = self.page.evaluate("performance.timeOrigin")
        self.use(control)
        deadline = time.monotonic() + JOB_S
        while not self._is_so(script, before):
            assert time.monotonic() < deadline, "it does not end"
            self.page.wait_for_timeout(POLL_MS)
        assert "".join(self.page.locator(".trouble").all_inner_texts()) == ""

    def _is_so(self, script: str, before: float) -> bool:
        """Return what a script says of the page; False while the page is being loaded."""
        try:
            return bool(self.page.evaluate(script, before))
        except Error:
            return False

    def _go_to(self, control: Locator) -> None:
        """Press Tab, or Shift and Tab, until a control has the focus."""
        for _ in range(MOST_TABS):
            key = control.evaluate(KEY_TOWARDS)
            if not key:
                return
            self.page.keyboard.press(key)
        raise AssertionError(f"the keyboard never reaches {control}")


OpenWorkbench = Callable[[Path, str], AbstractContextManager[WorkbenchServer]]


@pytest.fixture
def opened() -> OpenWorkbench:
    @contextmanager
    def open_in(folder: Path, language: str) -> Iterator[WorkbenchServer]:
        folders = Folders(
            scenarios=folder / "scenarios",
            screenshots=folder / "screenshots",
            runs=folder / "runs",
            published=folder / "published",
        )
        words = Sentences(language)
        workbench = Workbench(Library(folders, words, site="2026"), words, demonstration=PROJECT)
        with WorkbenchServer(workbench, words) as served:
            yield served
        workbench.close()

    return open_in


@pytest.fixture
def page(shared_firefox: SharedFirefox, local_proxy: str) -> Page:
    return shared_firefox.page(1366, 768, proxy=local_proxy)


def after_a_night(folder: Path, run: FinishedRun) -> None:
    """Write the ameli tutorial, its baselines of 2020, and the run of a night on the site of 2026."""
    for name in ("scenarios", "screenshots"):
        shutil.copytree(PROJECT / name, folder / name)
    shutil.copytree(run.folder, folder / "runs" / run.record.id)


@pytest.mark.timeout(600)  # three visits, one after another
@pytest.mark.parametrize(("language", "by_keyboard"), [("fr", False), ("en", True)])
def test_a_site_that_has_changed_becomes_a_published_tutorial(
    page: Page, opened: OpenWorkbench, in_2026: FinishedRun, tmp_path: Path, language: str, by_keyboard: bool
) -> None:
    _, ngettext = Sentences(language).gettext, Sentences(language).ngettext
    if by_keyboard:
        after_a_night(tmp_path, in_2026)
    with opened(tmp_path, language) as served, page_errors(page) as troubles:
        hands = Hands(page, _, by_keyboard)
        page.goto(served.address)
        if not by_keyboard:
            hands.and_wait(hands.button("Begin with the demonstration"))
            hands.and_wait(page.get_by_role("button", name=f"{_('Check now')} Créer"))
        hands.follow(page.get_by_role("link", name=f"{_('Open')} Créer"))
        hands.use(hands.button(ngettext("Write {n} suggested sentence", "Write the {n} suggested sentences", 7)))
        hands.and_reload(hands.button("Write and check", page.locator("#all-fixes")))
        hands.and_reload(hands.button("The site no longer has this step", page.locator("#page-3")).first)
        for words in ("Laissez la souris", "Ou bien passez par"):
            hands.and_reload(hands.button("Remove the sentence", hands.correct(words)))
        portal = hands.correct("Le portail")
        hands.choose(portal.locator("select"), "« Ici, vous accédez à votre compte ameli »")
        hands.and_wait(hands.button("Write and check", portal))
        hands.use(hands.button(ngettext("Approve {n} new picture", "Approve the {n} new pictures", 4)))
        hands.and_wait(hands.button("Approve", page.locator("#all-pictures")))
        expect(page.locator(".badge.up_to_date")).to_have_count(4)
        hands.use(page.locator("[data-open=all-personal]"))
        for box in page.locator("#all-personal [name=page]").all():
            hands.tick(box)
        hands.and_wait(hands.button("They are still true", page.locator("#all-personal")))
        assert page.locator(".counts").inner_text().split("\n") == ["✓", _("Nothing to do")]
        hands.follow(page.get_by_role("link", name=_("Publish")))
        assert _("All pages that are visited are ready.") in page.locator("main").inner_text()
        hands.and_wait(hands.button("Publish"))
        assert violations(page) == []
        hands.follow(page.locator(".brand"))
        assert page.locator("h1").inner_text() == _("Nothing to do this morning")
        assert [one for one in troubles if not one.endswith("/state")] == [], "only a question is cut off by a new page"
    assert hands.clicks <= MOST_CLICKS
    (tutorial,) = read_tutorials(tmp_path / "scenarios")
    assert tutorial.pages[2].kind is PageKind.GONE
    published = (tmp_path / "published" / "ameli-creer-compte" / "index.html").read_text("utf-8")
    for words in ("Valider", "Se connecter", "Accéder à mon compte ameli", "Créez votre compte", "Nom de famille"):
        assert words in published
    assert "est en cours de réécriture" not in published
    assert "Confirmer sa caisse" not in published, "the site no longer has that step"
    assert not (tmp_path / "runs" / ".preview").exists()


def shop(folder: Path) -> None:
    """Write a tutorial about a shop, whose button has another name on the site."""
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "shop.py").write_text(SHOP, "utf-8")
    write_replica(
        folder / "scenarios" / "replica" / "2026",
        {"": "<body lang=en><h1>Welcome</h1><form><button>Buy now</button></form>"},
    )


def test_what_is_running_is_stopped_and_leaves_nothing(
    page: Page, opened: OpenWorkbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path)
    (tmp_path / "scenarios" / "shop.py").write_text(SHOP + SECOND_PAGE, "utf-8")
    (tmp_path / "tutofrais.toml").write_text("pause = 600\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    with opened(tmp_path, "en") as served:
        page.goto(served.address)
        page.get_by_role("button", name="Check all tutorials now").click()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#trouble")).to_have_text(
            "The check was stopped; what was written before stays.", timeout=JOB_S * 1000
        )
        assert [path.name for path in (tmp_path / "runs").glob("*") if path.is_dir()] == []


@pytest.mark.parametrize(("scheme", "widths"), [("page", (360, 1366)), ("dark", (768, 3840))])
def test_every_view_fits_its_window(
    request: pytest.FixtureRequest,
    opened: OpenWorkbench,
    tmp_path: Path,
    in_2026: FinishedRun,
    scheme: str,
    widths: tuple[int, ...],
) -> None:
    after_a_night(tmp_path, in_2026)
    page: Page = request.getfixturevalue(scheme)
    with opened(tmp_path, "fr") as served:
        for path, width in product(VIEWS, widths):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{served.address}{path}")
            for details in page.locator("details").all():
                details.evaluate("node => { node.open = true }")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
            assert violations(page) == [], (path, width)
            for dialog in page.locator("dialog").all():
                dialog.evaluate("node => node.showModal()")
                assert violations(page) == [], (path, width)
                dialog.evaluate("node => node.close()")


def test_a_refusal_is_told_where_the_person_is(page: Page, opened: OpenWorkbench, tmp_path: Path) -> None:
    shop(tmp_path)
    with opened(tmp_path, "en") as served:
        hands = Hands(page, Sentences("en").gettext)
        page.set_viewport_size({"width": 360, "height": 640})
        page.goto(f"{served.address}tutorials/shop")
        form = hands.correct("Click on")
        page.get_by_label("Your first name").fill("")
        form.get_by_role("textbox", name="Sentence").fill("Click on “Buy now”.")
        hands.button("Write and check", form).click()
        expect(form.locator(".trouble")).to_contain_text("give a name")
        assert form.get_by_role("textbox", name="Sentence").input_value() == "Click on “Buy now”."


CHECK = """() => fetch("../act", {
  method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ kind: "run", by: "Zoé" }),
}).then((answer) => answer.status)"""
"""JavaScript: check all tutorials, as another window of the workbench would."""


def test_the_view_stays_where_it_was_when_a_check_ends(page: Page, opened: OpenWorkbench, tmp_path: Path) -> None:
    shop(tmp_path)
    with opened(tmp_path, "en") as served:
        page.set_viewport_size({"width": 360, "height": 400})
        page.goto(f"{served.address}tutorials/shop")
        personal = page.locator("#personal")
        personal.evaluate("node => node.scrollIntoView({ block: 'start' })")
        before = personal.bounding_box()
        assert page.evaluate(CHECK) == 200
        expect(page.locator("#page-1 img")).to_have_count(1, timeout=JOB_S * 1000)
        page.wait_for_load_state()  # the view is put back by a script, after the picture is there
        after = personal.bounding_box()
        assert before is not None
        assert after is not None
        assert abs(after["y"] - before["y"]) < NEAR_PX, "what was found on page 1 stands above it"
