"""Obstacles (walls, outages, mistakes of the author): the page is unreachable, never outdated."""

from pathlib import Path

import pytest

from capture import Step
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from report.i18n.sentences import Sentences
from report.verdict import ExitCode, ReasonKind, Verdict
from tests.support.builders import HOST, START, tutorial_of
from tests.support.careless_scenarios import read_heading
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of, write_replica


def accueil(step: Step) -> None:
    lien = step.tell("Suivez « Bonjour ».", step.link())
    step.shoot()
    step.click(lien)


def suite(step: Step) -> None:
    step.tell("Lisez « Suite ».", step.heading())
    step.shoot()


WALL = '[[route]]\nurl = "{start}"\npage = "mur/index.html"\nstatus = {status}\n'


NO_PAGES: tuple[tuple[int, str, ObstacleKind, str], ...] = (
    (403, "<p>non", ObstacleKind.WALL, "HTTP 403"),
    (429, "<p>non", ObstacleKind.WALL, "HTTP 429"),
    (200, "<h1>Vérification de sécurité</h1>", ObstacleKind.WALL, "« Vérification de sécurité »"),
    (200, "<p>Merci de prouver que vous êtes un être humain.", ObstacleKind.WALL, "« prouver que"),
    (
        200,
        "<h1>Vérification de sécurité</h1><form method=post></form><script>document.forms[0].submit()</script>",
        ObstacleKind.WALL,
        "« Vérification de sécurité »",
    ),
    (200, "<p>Request Rejected. Your support ID is 1.", ObstacleKind.WALL, "« Request Rejected »"),
    (503, "<p>Revenez.", ObstacleKind.OUTAGE, "HTTP 503"),
    (200, "<p>Le service est momentanément indisponible.", ObstacleKind.OUTAGE, "« momentanément indisponible »"),
    (
        200,
        f"<nav>{'Menu ' * 400}</nav><main><h1>Oups</h1><p>Le service est suspendu pour une mise à jour.</main>",
        ObstacleKind.OUTAGE,
        "« Le service est suspendu pour une mise à jour. »",
    ),
    (200, "<p>Le guichet est fermé.", ObstacleKind.OUTAGE, "« guichet est fermé »"),
    (200, "<p>Montrez patte blanche.", ObstacleKind.WALL, "« patte blanche »"),
    (200, "", ObstacleKind.OUTAGE, "blank page"),
    (
        200,
        "<script>document.documentElement.lang = 'en'</script><p>Hello",
        ObstacleKind.ELSEWHERE,
        "it is in the language “en”",
    ),
)
"""Status and HTML of what stands in the place of a page, with the obstacle and the beginning of its sign."""


def test_a_wall_or_an_outage_is_unreachable_with_its_sign(run_on: RunOn, tmp_path: Path) -> None:
    # A host with a wall is not visited again, so each has a host of its own.
    hosts = [f"mur{number}.exemple.test" for number in range(len(NO_PAGES))]
    tutorial = tutorial_of(hosts=hosts, wall_texts=["patte blanche"], outage_texts=["guichet est fermé"])
    toml = ""
    for number, (host, (status, html, _, _)) in enumerate(zip(hosts, NO_PAGES, strict=True), start=1):
        toml += WALL.format(start=f"https://{host}/", status=status)
        write_replica(tmp_path / "site", {"": "<a href=/suite>Bonjour</a>", "mur": html}, toml=toml, host=host)
        tutorial.page(number, host, starts_at=f"https://{host}/")(accueil)
    record = run_on(str(tmp_path / "site"), [tutorial])
    assert record.exit_code is ExitCode.UNKNOWN
    for number, (_, _, kind, sign) in enumerate(NO_PAGES, start=1):
        page = page_of(record, number)
        assert page.verdict is Verdict.UNREACHABLE, sign
        assert page.captured is None, "a wall is never taken for the page"
        (reason,) = page.judgement.reasons
        assert reason.kind is ReasonKind.OBSTACLE
        assert reason.obstacle is not None
        assert reason.obstacle.kind is kind, sign
        assert reason.obstacle.evidence.startswith(sign)


def test_a_page_that_works_and_announces_an_outage_is_a_page(run_on: RunOn, write_site: WriteSite) -> None:
    bonjour = "<a href=/suite>Bonjour</a>"
    soon = "<p>Maintenance programmée : le service sera indisponible dimanche. Merci de revenir lundi.</p>"
    today = f"<p>Le service est fermé pour maintenance.</p><p>{'Une phrase du site. ' * 15}</p>"
    name = write_site({"": f"<main>{soon}{bonjour}</main>", "suite": f"<main><h1>Suite</h1>{today}</main>"})
    record = run_on(name, [tutorial_of(accueil, suite)])
    assert [page_of(record, number).verdict for number in (1, 2)] == [Verdict.NEW] * 2


def test_a_wall_met_on_the_way_leaves_the_page_before_it_judged(run_on: RunOn, write_site: WriteSite) -> None:
    toml = f'[[route]]\nurl = "{START}suite"\npage = "suite/index.html"\nstatus = 403\n'
    name = write_site({"": "<a href=/suite>Bonjour</a>", "suite": "<h1>Suite"}, toml=toml)
    tutorial = tutorial_of(accueil)
    tutorial.page(2, "suite")(suite)
    record = run_on(name, [tutorial])
    assert page_of(record, 1).verdict is Verdict.NEW
    assert page_of(record, 2).verdict is Verdict.NOT_REACHED
    _, stopped = page_of(record, 1).judgement.reasons
    earlier, met = page_of(record, 2).judgement.reasons
    assert (stopped.kind, earlier.kind) == (ReasonKind.STOPPED_HERE, ReasonKind.EARLIER_PAGE)
    assert stopped.obstacle == met.obstacle
    assert met.obstacle is not None
    assert met.obstacle.kind is ObstacleKind.WALL
    assert "HTTP 403" in Sentences("fr").reasons(page_of(record, 1))[1]


def test_a_wall_is_not_knocked_at_again(run_on: RunOn, write_site: WriteSite) -> None:
    name = write_site({"": "", "mur": "<p>non"}, toml=WALL.format(start=START, status=403))
    record = run_on(name, [tutorial_of(accueil, suite)])
    assert [page_of(record, number).verdict for number in (1, 2)] == [Verdict.UNREACHABLE] * 2
    assert record.tutorials[0].page_loads == 1


def divide(step: Step) -> None:
    step.tell("Suivez « Bonjour ».", step.link())
    raise ZeroDivisionError


def tell_too_late(step: Step) -> None:
    step.tell("Suivez « Bonjour ».", step.link())
    step.shoot()
    step.tell("Lisez « Bonsoir ».", step.heading())


def ignore_what_no_selector_names(step: Step) -> None:
    step.shoot(ignore=["#a["])


def ask_for_a_row(step: Step) -> None:
    step.tell("Voyez la ligne « Bonjour ».", step.role("row"))
    step.shoot()


def ask_for_no_role(step: Step) -> None:
    step.tell("Cliquez sur « Bonjour ».", step.role("buton"))
    step.shoot()


BONJOUR = "<a href=/suite>Bonjour</a>"
PAGES = OneRun(name="mistakes", others={"suite": "<h1>Suite"})
DIVIDED, TOLD_LATE = PAGES.add(BONJOUR, divide), PAGES.add(BONJOUR, tell_too_late)
NO_SELECTOR, NO_ROLE = PAGES.add(BONJOUR, ignore_what_no_selector_names), PAGES.add(BONJOUR, ask_for_no_role)
A_ROW = PAGES.add(BONJOUR, ask_for_a_row)
WITHOUT_MISTAKE = PAGES.add(BONJOUR, accueil, suite)


@pytest.fixture(scope="module")
def mistakes(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (DIVIDED, "ZeroDivisionError"),
        (NO_SELECTOR, "selector"),
        (NO_ROLE, "“buton” is no role; perhaps “button” is meant"),
        (A_ROW, "“row” is a role, but none"),
    ],
    ids=["an error", "a selector that is none", "a role that does not exist", "a role that is not listed"],
)
def test_a_mistake_of_the_author_is_unreachable_with_its_sign(mistakes: FinishedRun, number: int, told: str) -> None:
    page = page_of(mistakes.record, number)
    (reason,) = page.judgement.reasons
    assert page.verdict is Verdict.UNREACHABLE
    assert reason.obstacle is not None
    assert reason.obstacle.kind is ObstacleKind.SCENARIO
    assert told in reason.obstacle.evidence


def test_after_a_mistake_of_the_author_the_other_pages_are_still_visited(mistakes: FinishedRun) -> None:
    pages = [page_of(mistakes.record, WITHOUT_MISTAKE + at) for at in (0, 1)]
    assert [page.verdict for page in pages] == [Verdict.NEW] * 2


def test_an_authors_mistake_after_the_picture_is_reported(mistakes: FinishedRun) -> None:
    _, stopped = page_of(mistakes.record, TOLD_LATE).judgement.reasons
    assert stopped.kind is ReasonKind.STOPPED_HERE
    assert stopped.obstacle is not None
    assert "tells after its picture" in stopped.obstacle.evidence


def test_what_is_no_page_is_told_as_that_and_the_other_pages_are_seen(run_on: RunOn, write_site: WriteSite) -> None:
    told = {
        "rien": "the site answers without a page",
        "donnees": "a document, not a page",
        "prive": "HTTP 401",
    }
    toml = f"""
        [[route]]
        url = "{START}rien"
        status = 204
        [[route]]
        url = "{START}donnees"
        page = "a.json"
        [[route]]
        url = "{START}prive"
        status = 401
    """
    name = write_site({"public": "<h1>Bonjour</h1>"}, toml=toml)
    (Path(name) / HOST / "a.json").write_text("{}", "utf-8")
    tutorial = tutorial_of()
    for number, path in enumerate((*told, "public"), start=1):
        tutorial.page(number, path, starts_at=START + path)(read_heading)
    *none, public = (page for _, page in run_on(name, [tutorial]).pages())
    obstacles = [page.judgement.reasons[0].obstacle for page in none]
    assert [obstacle and obstacle.evidence for obstacle in obstacles] == list(told.values())
    assert public.verdict is Verdict.NEW


def boucle(_: Step) -> None:
    while True:
        pass


def bienvenue(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()


def test_a_scenario_that_loops_costs_its_page_alone(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.scenario.limits.SECONDS", 2)
    monkeypatch.setattr("capture.runner.journey.SECONDS", 2)
    record = run_on(write_site({"": "<h1>Bonjour</h1>"}), [tutorial_of(boucle, bienvenue)])
    (reason,) = page_of(record, 1).judgement.reasons
    assert reason.obstacle is not None
    assert reason.obstacle.kind is ObstacleKind.SCENARIO
    assert reason.obstacle.evidence == "page 1 runs for 2 s without an act on the page"
    assert page_of(record, 2).verdict is Verdict.NEW
