"""Clicks count as typing: choices and keypads that tell something of a person are refused."""

from collections.abc import Callable
from datetime import date

import pytest
from stdnum import luhn

from capture import Step
from report.verdict import ExitCode
from tests.support.builders import START, tutorial_of
from tests.support.careless_scenarios import refusal_of
from tests.support.runs import RunOn, WriteSite

KEYPAD = "<div>" + "".join(f"<button type=button>{digit}</button>" for digit in range(10)) + "</div>"

REFUSED: tuple[tuple[str, Callable[[Step], None]], ...] = (
    (f"<h2>Code secret</h2>{KEYPAD}", lambda step: step.click(step.button("7"))),
    (f"<form aria-label='Votre code personnel'>{KEYPAD}</form>", lambda step: step.click(step.button("1"))),
    ("<label><input type=radio name=a> Madame</label>", lambda step: step.click(step.field("Madame"))),
    ("<label><input type=radio name=a> Madame</label>", lambda step: step.check(step.field("Madame"))),
    (
        "<fieldset><legend>Civilité</legend><label><input type=radio> M.</label></fieldset>",
        lambda step: step.check(step.field("M.")),
    ),
    ("<label><input type=checkbox> Je suis enceinte</label>", lambda step: step.click(step.field("Je suis enceinte"))),
    (
        "<div role=radiogroup aria-label='Situation familiale'><div role=radio tabindex=0>Autre</div></div>",
        lambda step: step.click(step.role("radio", "Autre")),
    ),
    (
        "<label>Nationalité <select><option>Choisir<option>Savoie</select></label>",
        lambda step: step.select(step.field("Nationalité"), "Savoie"),
    ),
    (
        "<div role=listbox aria-label='Sexe'><div role=option>Féminin</div></div>",
        lambda step: step.drag(step.role("option", "Féminin"), step.role("listbox", "Sexe")),
    ),
)
KEYS = "<label><input type=radio name=a autofocus> M.</label><label><input type=radio name=a> Autre</label>"
REFUSED += (
    (f"<fieldset><legend>Civilité</legend>{KEYS}</fieldset>", lambda step: step.press("ArrowDown")),
    (f"<fieldset><legend>Civilité</legend>{KEYS}</fieldset>", lambda step: step.press("Space")),
)
ALLOWED: tuple[tuple[str, Callable[[Step], None]], ...] = (
    (f"<h2>Page de résultats</h2>{KEYPAD}", lambda step: step.click(step.button("7"))),
    ("<label><input type=radio name=a> Le matin</label>", lambda step: step.check(step.field("Le matin"))),
    (
        "<fieldset><legend>Trier par</legend><label><input type=radio> Date</label></fieldset>",
        lambda step: step.check(step.field("Date")),
    ),
    (
        "<label>Département <select><option>Choisir<option>Savoie</select></label>",
        lambda step: step.select(step.field("Département"), "Savoie"),
    ),
)


@pytest.mark.parametrize(("html", "act"), REFUSED)
def test_a_choice_that_tells_something_of_a_person_is_refused(
    run_on: RunOn, write_site: WriteSite, html: str, act: Callable[[Step], None]
) -> None:
    def accueil(step: Step) -> None:
        step.shoot()
        act(step)

    told = refusal_of(run_on, write_site({"": html}), tutorial_of(accueil, public_values=["Savoie"]))
    assert "person" in told


@pytest.mark.parametrize(("html", "act"), ALLOWED)
def test_other_choices_are_made(run_on: RunOn, write_site: WriteSite, html: str, act: Callable[[Step], None]) -> None:
    def accueil(step: Step) -> None:
        act(step)
        step.shoot()

    record = run_on(write_site({"": f"{html}<p>Fin</p>"}), [tutorial_of(accueil, public_values=["Savoie"])])
    assert record.exit_code is ExitCode.NEW


@pytest.mark.parametrize(
    "html", ["<details><summary>Aide</summary>Lisez.</details>", "<button aria-expanded=false>Aide</button>"]
)
def test_a_help_text_of_a_form_only_page_is_opened(run_on: RunOn, write_site: WriteSite, html: str) -> None:
    tutorial = tutorial_of()

    @tutorial.form_only(1, "Formulaire", starts_at=START)
    def formulaire(step: Step) -> None:
        step.expand(step.button("Aide"))
        step.shoot()

    record = run_on(write_site({"": f"{html}<form><label>Nom <input></label></form>"}), [tutorial])
    assert record.exit_code is ExitCode.NEW


def checked(body: str) -> str:
    return body + luhn.calc_check_digit(body)


def test_a_declared_field_is_typed_into_on_one_page(run_on: RunOn, write_site: WriteSite) -> None:
    label = "Référence du dossier de la commune"

    def chercher(step: Step) -> None:
        step.fill(step.field(label), "dossier vert")
        step.shoot()

    site = write_site({"": f"<label>{label} <input name=q autocomplete=off></label>"})
    values, fields = ["dossier vert"], {label: "a public file"}
    assert "public_fields" in refusal_of(run_on, site, tutorial_of(chercher, public_values=values))
    once = tutorial_of(chercher, public_values=values, public_fields=fields)
    assert run_on(site, [once]).exit_code is ExitCode.NEW
    twice = tutorial_of(chercher, chercher, public_values=values, public_fields=fields)
    assert run_on(site, [twice]).exit_code is ExitCode.REFUSED, "it is bound to the first page"


def test_a_declared_field_for_a_secret_stays_refused(run_on: RunOn, write_site: WriteSite) -> None:
    def entrer(step: Step) -> None:
        step.fill(step.field("Code"), "dossier vert")

    html = "<label>Code <input type=password autocomplete=off></label>"
    tutorial = tutorial_of(entrer, public_values=["dossier vert"], public_fields={"Code": "no secret"})
    assert "type=password" in refusal_of(run_on, write_site({"": html}), tutorial)


def test_the_number_of_a_thing_and_the_date_of_an_event_are_typed(run_on: RunOn, write_site: WriteSite) -> None:
    siren = checked("9" * 8)
    siret, day = checked(f"{siren}0001"), f"{date.today().year + 1}-07-14"

    def chercher(step: Step) -> None:
        step.fill(step.field("Numéro SIRET"), siret)
        step.fill(step.field("Date du concert"), day)
        step.shoot()

    def essayer(step: Step) -> None:
        step.fill(step.field("Votre choix"), siret)

    html = "<label>Votre choix <input autocomplete=off></label>"
    assert "looks like" in refusal_of(run_on, write_site({"": html}), tutorial_of(essayer, public_values=[siret]))
    html = "<label>Numéro SIRET <input autocomplete=off></label><label>Date du concert <input type=date></label>"
    record = run_on(write_site({"": html}), [tutorial_of(chercher, public_values=[siret, day])])
    assert record.exit_code is ExitCode.NEW
