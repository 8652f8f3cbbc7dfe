"""Faults of the site and of the network: each run ends, with the right verdict and obstacle."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from capture import Step, Tutorial
from capture.politeness.obstacles import TIMED_OUT
from report.results.run_record import RunRecord
from report.verdict import Verdict
from tests.support.builders import HOST, tutorial_of
from tests.support.commands import PROJECT
from tests.support.faults import DISMISS, FAULTS, NO_ANSWERS, OTHER, Fault, NoAnswer, table
from tests.support.runs import RunOn, WriteSite, page_of

BOUND_MS = 2000


def accueil(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_page_gets_its_verdict(
    run_on: RunOn, write_site: WriteSite, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault.evidence == TIMED_OUT:
        monkeypatch.setattr("capture.browser.navigation.NAVIGATION_TIMEOUT_MS", BOUND_MS)
    monkeypatch.setattr("capture.browser.navigation.LOAD_TIMEOUT_MS", BOUND_MS)
    monkeypatch.setattr("capture.browser.stability.LIMIT_MS", 2 * BOUND_MS)
    name = write_site({"": fault.html}, toml=fault.toml)
    (Path(name) / OTHER).mkdir()
    (Path(name) / OTHER / "index.html").write_text(f"<!doctype html><html lang=fr>{fault.html}", "utf-8")
    record = run_on(name, [tutorial_of(accueil, hosts=[HOST, OTHER], dismiss=DISMISS)])
    if fault.kind is not None:
        assert_unreachable(record, fault)
        return
    assert page_of(record, 1).verdict is Verdict.NEW, page_of(record, 1).judgement
    (outcome,) = run_on.outcomes
    assert outcome.capture is not None
    assert outcome.capture.sidecar.stable is fault.stable
    assert outcome.capture.sidecar.instructions[0].true


@pytest.mark.parametrize("fault", NO_ANSWERS, ids=lambda fault: fault.name)
def test_a_site_that_does_not_answer_is_not_judged(
    run_on: RunOn, fault: NoAnswer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.browser.navigation.NAVIGATION_TIMEOUT_MS", BOUND_MS)
    with fault.serve() as address:
        tutorial = Tutorial(
            "exemple", title="Exemple", source="nous", licence="CC0", hosts=[urlsplit(address).hostname or ""]
        )
        tutorial.page(1, "accueil", starts_at=address)(accueil)
        assert_unreachable(run_on("live", [tutorial]), fault)


def assert_unreachable(record: RunRecord, fault: Fault | NoAnswer) -> None:
    page = page_of(record, 1)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.captured is None
    (reason,) = page.judgement.reasons
    assert reason.obstacle is not None
    assert (reason.obstacle.kind, reason.obstacle.evidence) == (fault.kind, fault.evidence)


def test_the_table_is_the_one_that_is_published() -> None:
    published = (PROJECT / "docs" / "faults.md").read_text("utf-8")
    assert published == table(), "regenerate it: python -m tests.support.faults > docs/faults.md"
