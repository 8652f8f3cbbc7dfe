"""A scenario's author, careless or hostile, against the guard."""

from collections.abc import Callable

import pytest

from capture import Step
from capture.errors import PrivacyError
from capture.guard import StoppedRequest
from report.verdict import Verdict
from tests.conftest import HOST, START, Night, page_of, tutorial_of

FORM = (
    "<form method=post action=/recherche><label for=c>Code postal</label><input id=c name=c autocomplete=off>"
    "<button>Chercher</button></form><h1>Bonjour</h1>"
)
TOML = f'[[route]]\nmethod = "POST"\nurl = "{START}recherche"\nredirect = "/suite"\n'


def fill(label: str, value: str) -> Callable[[Step], None]:
    def visit(step: Step) -> None:
        field = step.tell(f"Tapez dans « {label} ».", step.field())
        step.shoot()
        step.fill(field, value)

    return visit


def test_a_public_value_is_typed_and_sent_where_the_step_says(night: Night, site: Callable[..., str]) -> None:
    def chercher(step: Step) -> None:
        field = step.tell("Tapez dans « Code postal ».", step.field())
        button = step.tell("Cliquez sur « Chercher ».", step.button())
        step.shoot()
        step.fill(field, "73000")
        step.click(button, sends=[f"{HOST}/recherche"])

    tutorial = tutorial_of(chercher)
    tutorial.page(2, "suite")(lecture)
    record = night(site({"": FORM, "suite": "<h1>Bonjour</h1>"}, toml=TOML), [tutorial])
    assert page_of(record, 2).url == f"{START}suite"
    assert record.tutorials[0].stopped == ()


def lecture(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()


def test_a_send_that_no_step_declared_does_not_leave(night: Night, site: Callable[..., str]) -> None:
    def chercher(step: Step) -> None:
        button = step.tell("Cliquez sur « Chercher ».", step.button())
        step.shoot()
        step.click(button, sends=[f"{HOST}/ailleurs"])

    tutorial = tutorial_of(chercher)
    tutorial.page(2, "suite")(lecture)
    record = night(site({"": FORM, "suite": "<h1>Suite</h1>"}, toml=TOML), [tutorial])
    assert StoppedRequest(method="POST", host=HOST, why="undeclared send") in record.tutorials[0].stopped
    captured = page_of(record, 2)
    assert captured.url != f"{START}suite"


def test_nothing_is_asked_of_a_host_that_is_not_declared(night: Night, site: Callable[..., str]) -> None:
    html = "<h1>Bonjour</h1><img src=https://pisteur.test/p.gif><script src=https://pisteur.test/s.js></script>"
    record = night(site({"": html}), [tutorial_of(lecture)])
    assert page_of(record, 1).verdict is Verdict.NEW
    assert {(stopped.host, stopped.why) for stopped in record.tutorials[0].stopped} == {
        ("pisteur.test", "undeclared host")
    }


def test_a_beacon_does_not_leave(night: Night, site: Callable[..., str]) -> None:
    html = "<h1>Bonjour</h1><script>navigator.sendBeacon('/recherche', 'x')</script>"
    record = night(site({"": html}, toml=TOML), [tutorial_of(lecture)])
    assert [stopped.method for stopped in record.tutorials[0].stopped] == ["POST"]


@pytest.mark.parametrize(
    ("html", "label"),
    [
        ("<label for=x>Mot de passe</label><input id=x>", "Mot de passe"),
        ("<label for=x>Code</label><input id=x type=password>", "Code"),
        ("<label for=x>Code</label><input id=x autocomplete=cc-number>", "Code"),
        ("<label for=x>Mon n° de sécurité sociale : *</label><input id=x>", "Mon n° de sécurité sociale : *"),
        ("<label for=x>Date de naissance</label><input id=x>", "Date de naissance"),
    ],
)
def test_a_field_that_asks_for_a_persons_data_is_never_typed_into(
    night: Night, site: Callable[..., str], html: str, label: str
) -> None:
    with pytest.raises(PrivacyError):
        night(site({"": html}), [tutorial_of(fill(label, "73000"))])


def test_a_value_that_is_not_declared_public_is_never_typed(night: Night, site: Callable[..., str]) -> None:
    with pytest.raises(PrivacyError):
        night(site({"": FORM}), [tutorial_of(fill("Code postal", "73001"))])


@pytest.mark.parametrize("act", ["fill", "click"])
def test_a_form_only_page_may_only_be_looked_at(night: Night, site: Callable[..., str], act: str) -> None:
    def formulaire(step: Step) -> None:
        field = step.tell("Voyez « Code postal ».", step.field())
        step.shoot()
        step.fill(field, "73000") if act == "fill" else step.click(field)

    tutorial = tutorial_of()
    tutorial.form_only(1, "formulaire", starts_at=START)(formulaire)
    with pytest.raises(PrivacyError):
        night(site({"": FORM}), [tutorial])


def test_a_field_that_the_scenario_did_not_fill_refuses_the_picture(night: Night, site: Callable[..., str]) -> None:
    def sournoise(step: Step) -> None:
        step.page.locator("#c").fill("x" * 5)
        step.shoot()

    with pytest.raises(PrivacyError):
        night(site({"": FORM}), [tutorial_of(sournoise)])
    assert not list(night.runs.rglob("*.png")), "no picture was kept"


def test_nothing_is_left_of_a_refused_run(night: Night, site: Callable[..., str]) -> None:
    with pytest.raises(PrivacyError):
        night(site({"": FORM}), [tutorial_of(fill("Code postal", "73001"))])
    assert list(night.runs.iterdir()) == []
