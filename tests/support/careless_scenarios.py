"""Scenarios of a careless or hostile author, and their refusal."""

from collections.abc import Callable

from capture import Step, Tutorial
from capture.politeness.obstacles import ObstacleKind
from report.verdict import ExitCode, Verdict
from tests.support.builders import START
from tests.support.runs import RunOn

FORM = (
    "<form method=post action=/recherche><label for=c>Code postal</label><input id=c name=c autocomplete=off>"
    "<button>Chercher</button></form><h1>Bonjour</h1>"
)
TOML = f'[[route]]\nmethod = "POST"\nurl = "{START}recherche"\nredirect = "/suite"\n'


def page_that_fills(label: str, value: str) -> Callable[[Step], None]:
    def visit(step: Step) -> None:
        field = step.tell(f"Tapez dans « {label} ».", step.field())
        step.shoot()
        step.fill(field, value)

    return visit


def refusal_of(run_on: RunOn, site: str, tutorial: Tutorial) -> str:
    """Return the evidence with which a run refuses the last page it visits; check that no capture is written."""
    record = run_on(site, [tutorial])
    assert record.exit_code is ExitCode.REFUSED
    ((_, page),) = record.refused
    assert page.verdict is Verdict.UNREACHABLE
    assert page.captured is None
    assert not list(run_on.runs.rglob(f"captures/*/{page.number:02}.*")), "nothing was kept"
    (reason,) = page.judgement.reasons
    assert reason.obstacle is not None
    assert reason.obstacle.kind is ObstacleKind.PRIVACY
    return reason.obstacle.evidence


def read_heading(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()


def read_heading_at(url: str) -> Callable[[Step], None]:
    def visit(step: Step) -> None:
        step.go(url)
        read_heading(step)

    return visit


def visible_text(run_on: RunOn) -> str:
    """Return the names of all elements on the last page."""
    capture = run_on.outcomes[-1].capture
    assert capture is not None
    return " ".join(element.name for element in capture.sidecar.elements)
