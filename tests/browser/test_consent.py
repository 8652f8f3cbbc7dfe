"""Consent windows of known platforms are refused; those that the tutorial is about stay."""

import pytest

from capture import Step
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from report.verdict import Verdict
from tests.support.builders import HOST, START, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of

STYLE = "style='position:fixed;inset:0;background:#fff'"
PLATFORM = (
    f"<div id=tarteaucitronRoot {STYLE}>Ce site utilise des cookies."
    "<script>function end(how) { document.title = how; tarteaucitronRoot.remove() }</script>"
    "<button id=tarteaucitronPersonalize2 onclick=\"end('Accepté')\">OK</button>"
    "<button id=tarteaucitronAllDenied2 onclick=\"end('Refusé')\">Interdire</button></div>"
)
UNKNOWN = f"<div {STYLE}>Ce site utilise des cookies. <button>Accepter</button></div>"


def read(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()


def read_window(step: Step) -> None:
    step.tell("Cliquez sur « Interdire ».", step.button())
    step.shoot()


PAGES = OneRun(name="consent")
KNOWN = PAGES.add(f"<h1>Bonjour</h1>{PLATFORM}", read)
TOLD_OF = PAGES.add(f"<h1>Bonjour</h1>{PLATFORM}", read_window)
NOT_KNOWN = PAGES.add(f"<h1>Bonjour</h1>{UNKNOWN}", read)  # the last one: after it, nothing is refused on its host


@pytest.fixture(scope="module")
def seen(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


def test_a_consent_window_of_a_known_platform_is_refused_and_told(seen: FinishedRun) -> None:
    page = page_of(seen.record, KNOWN)
    assert [result.status for result in page.instructions] == ["true"]
    assert page.page_title == "Refusé"
    assert seen.record.tutorials[0].consents_refused == (f"tarteaucitron deny ({HOST})",)


def test_a_consent_window_that_the_tutorial_is_about_stays(seen: FinishedRun) -> None:
    page = page_of(seen.record, TOLD_OF)
    assert [result.status for result in page.instructions] == ["true"]
    assert page.page_title == "Exemple", "it was not refused"


def test_a_consent_window_that_no_rule_knows_is_an_obstacle(seen: FinishedRun) -> None:
    page = page_of(seen.record, NOT_KNOWN)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.judgement.reasons[0].obstacle is not None
    assert page.judgement.reasons[0].obstacle.kind is ObstacleKind.OVERLAY


def test_words_about_cookies_are_no_window(run_on: RunOn, write_site: WriteSite) -> None:
    words = ("<p>Gestion des cookies</p>", "<footer style='position:sticky'>Cookies</footer>")
    tutorial = tutorial_of()
    for number, html in enumerate(words, start=1):
        tutorial.page(number, html, starts_at=f"{START}{number}")(read)
    pages = {str(number): f"<h1>Bonjour</h1>{html}" for number, html in enumerate(words, start=1)}
    record = run_on(write_site(pages), [tutorial])
    assert [[result.status for result in page.instructions] for _, page in record.pages()] == [["true"]] * len(words)
    assert record.tutorials[0].consents_refused == ()
