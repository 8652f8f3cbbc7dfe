"""The begin of a page of the tutorial: its own address, or the page to which earlier acts have led."""

import pytest

from capture import Step
from capture.politeness.policy import PolitenessPolicy
from capture.scenario.tutorial import Tutorial, Visit
from report.results.run_record import RunRecord
from tests.support.builders import START, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.runs import RunOn, WriteSite, write_replica
from tests.support.shared_result import shared_result

WINDOW = (
    "<h1>Accueil</h1><button onclick='w.hidden = !w.hidden'>Aide</button>"
    "<section id=w hidden><a href='#' onclick='w.hidden = true'>Fermer</a></section>"
    "<a href=/suite>Suite</a><button onclick=\"this.textContent = 'Ouvert'\">Ouvrir</button>"
    "<button onclick=\"history.pushState(0, '', '/route'); document.querySelector('h1').textContent = 'Route'\">"
    "Route</button><a href='#/pas' onclick=\"document.querySelector('h1').textContent = 'Pas'\">Pas</a>"
)
SITE = {"": WINDOW, "suite": "<h1>Suite</h1>", "deux": "<h1>Deux</h1>"}


def opened_between_pictures(step: Step) -> None:
    step.shoot()
    step.click(step.button("Ouvrir"))
    step.shoot("ouvert")


def followed_between_pictures(step: Step) -> None:
    step.shoot()
    step.click(step.link("Suite"))
    step.shoot("suite")


def closed_window(step: Step) -> None:
    step.shoot()
    step.click(step.button("Aide"))
    step.shoot("aide")
    step.click(step.link("Fermer"))


def followed(step: Step) -> None:
    step.shoot()
    step.click(step.link("Suite"))


def routed(step: Step) -> None:
    step.shoot()
    step.click(step.button("Route"))


def routed_in_the_fragment(step: Step) -> None:
    step.shoot()
    step.click(step.link("Pas"))


def renamed(step: Step) -> None:
    step.shoot()
    step.click(step.button("Ouvrir"))


CASES: tuple[tuple[Visit, str | None, str], ...] = (
    (opened_between_pictures, "deux", "Deux"),
    (opened_between_pictures, None, "Accueil"),
    (followed_between_pictures, "deux", "Deux"),
    (followed_between_pictures, None, "Suite"),
    (closed_window, "deux", "Deux"),
    (closed_window, "", "Accueil"),
    (followed, "deux", "Suite"),
    (routed, "deux", "Route"),
    (routed_in_the_fragment, "deux", "Pas"),
)
"""What the first page does, address of the second one, heading that is shown on it."""


def continuing(number: int, first: Visit, second: str | None, heading: str) -> Tutorial:
    tutorial = tutorial_of()
    tutorial.slug = f"cas-{number}"
    tutorial.page(1, "Accueil", starts_at=START)(first)

    @tutorial.page(2, "Après", starts_at=None if second is None else START + second)
    def apres(step: Step) -> None:
        step.tell(f"Voyez « {heading} ».", step.heading())
        step.shoot()

    return tutorial


@pytest.fixture(scope="module")
def record(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> RunRecord:
    """Run of all cases."""

    def run() -> RunRecord:
        folder = tmp_path_factory.mktemp("begin")
        (folder / "shots").mkdir()
        write_replica(folder / "site", SITE)
        run_on = RunOn(firefox=shared_firefox.get(), runs=folder / "runs", screenshots=folder / "shots", policy=policy)
        return run_on(str(folder / "site"), [continuing(number, *case) for number, case in enumerate(CASES)])

    return shared_result(tmp_path_factory, "begin", run)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_a_page_is_opened_at_its_address_unless_the_page_before_has_led_on(record: RunRecord, number: int) -> None:
    page = record.tutorials[number].pages[1]
    assert [result.status for result in page.instructions] == ["true"]


def test_a_page_that_is_shown_already_continues_from_what_was_done(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()
    tutorial.page(1, "Accueil", starts_at=START)(renamed)

    @tutorial.page(2, "Ouvert", starts_at=START)
    def ouvert(step: Step) -> None:
        step.tell("Le bouton dit « Ouvert ».", step.button())
        step.shoot()

    record = run_on(write_site(SITE), [tutorial])
    assert record.tutorials[0].pages[1].instructions[0].true
    assert record.tutorials[0].page_loads == 1
