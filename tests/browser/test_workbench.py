"""The workbench in a browser: from a site that has changed to a tutorial that is published, without a terminal."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

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
from tests.support.runs import write_replica

MOST_CLICKS = 40
JOB_S = 120
POLL_MS = 200
MOST_TABS = 200
VIEWS = ("", "tutorials/ameli-creer-compte", "tutorials/ameli-creer-compte/publish", "runs/nothing/")
KEY_TOWARDS = """node => {
  if (document.activeElement === node) return "";
  return document.activeElement.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING ? "Shift+Tab" : "Tab";
}"""
"""JavaScript: key that leads from what has the focus towards a control; empty: it has the focus."""
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


@dataclass
class Hands:
    """A person at the workbench, whose clicks are counted; by keyboard, each control is reached with Tab."""

    page: Page
    address: str
    by_keyboard: bool = False
    clicks: int = 0
    pages_seen: list[str] = field(default_factory=list)

    def use(self, control: Locator) -> None:
        """Click on a control, or go to it and press Enter."""
        self.clicks += 1
        if not self.by_keyboard:
            control.click()
            return
        for _ in range(MOST_TABS):
            key = control.evaluate(KEY_TOWARDS)
            if not key:
                break
            self.page.keyboard.press(key)
        else:
            raise AssertionError(f"the keyboard never reaches {control}")
        self.page.keyboard.press("Enter")

    def and_wait(self, control: Locator) -> None:
        """Use a control that starts something, and wait for its end and for the page that shows it."""
        before = self.page.evaluate("performance.timeOrigin")
        self.use(control)
        deadline = time.monotonic() + JOB_S
        while not self._has_ended(before):
            assert time.monotonic() < deadline, "it does not end"
            self.page.wait_for_timeout(POLL_MS)
        assert self.page.locator("#trouble").inner_text() == ""

    def _has_ended(self, before: float) -> bool:
        """Return whether the page was loaded after a moment, and shows the end of what was running."""
        try:
            return bool(self.page.evaluate(ENDED, before))
        except Error:  # the page is being loaded
            return False

    def sentence(self, words: str) -> Locator:
        return self.page.locator(".instructions li", has=self.page.locator("p.sentence", has_text=words))


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


@pytest.mark.timeout(600)  # six visits, one after another
def test_a_site_that_has_changed_becomes_a_published_tutorial(
    page: Page, opened: OpenWorkbench, tmp_path: Path
) -> None:
    with opened(tmp_path, "fr") as served, page_errors(page) as troubles:
        hands = Hands(page, served.address)
        page.goto(served.address)
        hands.and_wait(page.get_by_role("button", name="Commencer par la démonstration"))
        hands.and_wait(page.get_by_role("button", name=re.compile("^Vérifier Créer")))
        hands.use(page.get_by_role("link", name="Ouvrir"))
        assert violations(page) == []
        hands.use(page.get_by_role("button", name="Écrire les 7 phrases proposées"))
        assert violations(page) == []
        hands.and_wait(page.locator("#all-fixes").get_by_role("button", name="Écrire et vérifier"))
        hands.and_wait(page.locator("#page-3").get_by_role("button", name="Le site n’a plus cette étape").first)
        for words in ("Laissez la souris", "Ou bien passez par"):
            hands.use(hands.sentence(words).locator("summary"))
            hands.and_wait(hands.sentence(words).get_by_role("button", name="Supprimer la phrase"))
        portal = hands.sentence("Le portail s’ouvre")
        hands.use(portal.locator("summary"))
        hands.clicks += 2
        portal.locator("select").select_option(label="Le titre « Ici, vous accédez à votre compte ameli »")
        assert violations(page) == []
        hands.and_wait(portal.get_by_role("button", name="Écrire et vérifier"))
        hands.use(page.get_by_role("button", name="Accepter les 4 nouvelles images"))
        assert violations(page) == []
        hands.and_wait(page.locator("#all-pictures").get_by_role("button", name="Accepter"))
        expect(page.locator(".badge.up_to_date")).to_have_count(4)
        hands.use(page.get_by_role("link", name="Publier"))
        assert violations(page) == []
        hands.and_wait(page.get_by_role("button", name="Publier", exact=True))
        assert "Toutes les pages visitées sont prêtes." in page.locator("main").inner_text()
        assert violations(page) == []
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


def test_a_morning_by_keyboard_alone(page: Page, opened: OpenWorkbench, tmp_path: Path) -> None:
    shop(tmp_path)
    with opened(tmp_path, "en") as served:
        hands = Hands(page, served.address, by_keyboard=True)
        page.goto(served.address)
        hands.and_wait(page.get_by_role("button", name="Check all tutorials now"))
        hands.use(page.get_by_role("link", name="Open Order"))
        page.wait_for_url("**/tutorials/shop")
        assert hands.sentence("Buy").get_attribute("class") == "false"
        hands.use(hands.sentence("Buy").locator("summary"))
        expect(hands.sentence("Buy").locator("textarea")).to_be_focused()
        page.keyboard.press("Control+a")
        page.keyboard.type("Click on “Buy now”.")
        hands.and_wait(hands.sentence("Buy").get_by_role("button", name="Write and check"))
        assert hands.sentence("Buy now").get_attribute("class") == "true"
        hands.use(page.get_by_role("button", name="Accept 1 new picture"))
        hands.and_wait(page.locator("#all-pictures").get_by_role("button", name="Accept"))
        hands.use(page.get_by_role("button", name="Look at 1 page yourself"))
        box = page.locator("#all-personal [name=page]")
        expect(box).to_be_focused()
        page.keyboard.press("Space")
        hands.and_wait(page.locator("#all-personal").get_by_role("button", name="They are still true"))
        assert page.locator(".counts").inner_text().split() == ["✓", "Nothing", "to", "do"]
        hands.use(page.get_by_role("link", name="Publish"))
        page.wait_for_url("**/publish")
        hands.and_wait(page.get_by_role("button", name="Publish", exact=True))
        page.goto(served.address)
        assert page.locator("h1").inner_text() == "Nothing to do this morning"
    assert "Buy now" in (tmp_path / "published" / "shop" / "index.html").read_text("utf-8")


def test_what_is_running_is_stopped_and_leaves_nothing(page: Page, opened: OpenWorkbench, tmp_path: Path) -> None:
    shop(tmp_path)
    with opened(tmp_path, "en") as served:
        page.goto(served.address)
        page.get_by_role("button", name="Check all tutorials now").click()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("#trouble")).to_have_text(
            "The check was stopped; what was written before stays.", timeout=JOB_S * 1000
        )
        assert [path.name for path in (tmp_path / "runs").glob("*") if path.is_dir()] == []


@pytest.mark.parametrize("scheme", ["page", "dark"])
def test_every_view_fits_its_window(
    request: pytest.FixtureRequest, opened: OpenWorkbench, tmp_path: Path, scheme: str
) -> None:
    shutil.copytree(PROJECT / "scenarios", tmp_path / "scenarios")
    page: Page = request.getfixturevalue(scheme)
    with opened(tmp_path, "fr") as served:
        for path, width in product(VIEWS, (360, 3840)):
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(f"{served.address}{path}")
            for details in page.locator("details").all():
                details.evaluate("node => { node.open = true }")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert violations(page) == [], path
