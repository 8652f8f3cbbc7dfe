"""A site that misbehaves: no hang, no crash, the right verdict."""

from collections.abc import Callable

import pytest

from capture import Step
from report.verdict import Verdict
from tests.browser.faults import DISMISS, FAULTS, OUT_OF_TIME, Fault, table
from tests.conftest import PROJECT, Night, page_of, tutorial_of

BOUND_MS = 2000


def accueil(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_page_gets_its_verdict(
    night: Night, site: Callable[..., str], fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault.sign == OUT_OF_TIME:
        monkeypatch.setattr("capture.tab.NAVIGATION_TIMEOUT_MS", BOUND_MS)
    monkeypatch.setattr("capture.tab.LOAD_TIMEOUT_MS", BOUND_MS)
    monkeypatch.setattr("capture.settle.LIMIT_MS", 2 * BOUND_MS)
    record = night(site({"": fault.html}, toml=fault.toml), [tutorial_of(accueil, dismiss=DISMISS)])
    page = page_of(record, 1)
    assert page.verdict is fault.verdict, page.judgement
    if fault.verdict is Verdict.UNREACHABLE:
        (reason,) = page.judgement.reasons
        assert reason.obstacle is not None
        assert fault.sign in reason.obstacle.sign
        assert page.captured is None
    else:
        (outcome,) = night.outcomes
        assert outcome.capture is not None
        assert outcome.capture.still is fault.still
        assert outcome.capture.instructions[0].true


def test_the_table_is_the_one_that_is_published() -> None:
    published = (PROJECT / "docs" / "faults.md").read_text("utf-8")
    assert published == table(), "write it anew: python -m tests.browser.faults > docs/faults.md"
