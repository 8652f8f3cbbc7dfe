"""Consent windows of known platforms are refused; those that the tutorial is about stay."""

import pytest

from capture import Step
from capture.politeness.obstacles import ObstacleKind
from report.verdict import Verdict
from tests.support.builders import HOST, tutorial_of
from tests.support.runs import RunOn, WriteSite, page_of

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


def test_a_consent_window_of_a_known_platform_is_refused_and_told(run_on: RunOn, write_site: WriteSite) -> None:
    record = run_on(write_site({"": f"<h1>Bonjour</h1>{PLATFORM}"}), [tutorial_of(read)])
    page = page_of(record, 1)
    assert [result.status for result in page.instructions] == ["true"]
    assert page.page_title == "Refusé"
    assert record.tutorials[0].consents_refused == (f"tarteaucitron deny ({HOST})",)


def test_a_consent_window_that_the_tutorial_is_about_stays(run_on: RunOn, write_site: WriteSite) -> None:
    record = run_on(write_site({"": f"<h1>Bonjour</h1>{PLATFORM}"}), [tutorial_of(read_window)])
    assert [result.status for result in page_of(record, 1).instructions] == ["true"]
    assert record.tutorials[0].consents_refused == ()


def test_a_consent_window_that_no_rule_knows_is_an_obstacle(run_on: RunOn, write_site: WriteSite) -> None:
    page = page_of(run_on(write_site({"": f"<h1>Bonjour</h1>{UNKNOWN}"}), [tutorial_of(read)]), 1)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.judgement.reasons[0].obstacle is not None
    assert page.judgement.reasons[0].obstacle.kind is ObstacleKind.OVERLAY


@pytest.mark.parametrize("html", ["<footer style='position:sticky'>Cookies</footer>", "<p>Gestion des cookies</p>"])
def test_words_about_cookies_are_no_window(run_on: RunOn, write_site: WriteSite, html: str) -> None:
    record = run_on(write_site({"": f"<h1>Bonjour</h1>{html}"}), [tutorial_of(read)])
    assert [result.status for result in page_of(record, 1).instructions] == ["true"]
    assert record.tutorials[0].consents_refused == ()
