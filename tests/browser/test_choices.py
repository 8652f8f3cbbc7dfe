"""Clicks count as typing: choices and keypads that tell something of a person are refused."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest
from stdnum import luhn
from stdnum.fr import nir

from capture import Step
from report.verdict import ExitCode
from tests.support.builders import START, tutorial_of
from tests.support.careless_scenarios import refusal_of
from tests.support.one_tab import refusals_in_one_tab
from tests.support.runs import RunOn, WriteSite

KEYPAD = "<div>" + "".join(f"<button type=button>{digit}</button>" for digit in range(10)) + "</div>"

MADAME = "<label><input type=radio name=c id=m> Madame</label>"
REFUSED: tuple[tuple[str, Callable[[Step], None]], ...] = (
    (
        "<label>Vous êtes <select><option>--<option>Madame</select></label>",
        lambda step: step.select(step.field("Vous êtes"), "Madame"),
    ),
    (
        "<fieldset><legend>Civilité</legend><input type=radio id=m><label id=l for=m>Madame</label></fieldset>",
        lambda step: step.click(step.page.locator("#l")),
    ),
    (f"<div id=w style='width:300px'>{MADAME}</div>", lambda step: step.click(step.page.locator("#w"))),
    (
        f"<div id=w style='width:300px'>{MADAME}</div>",
        lambda step: step.drag(step.page.locator("#w"), step.page.locator("#w")),
    ),
    (
        "<div role=listbox tabindex=0 aria-label=Choix><div role=option><span id=s>Madame</span></div></div>",
        lambda step: step.click(step.page.locator("#s")),
    ),
    (
        "<div role=group aria-label='Civilité'><button type=button aria-pressed=false>Autre</button></div>",
        lambda step: step.click(step.button("Autre")),
    ),
    ("<button type=button>Madame</button>", lambda step: step.click(step.button("Madame"))),
    (
        "<label>Civilité <select autofocus><option>--<option>Autre</select></label>",
        lambda step: step.press("ArrowDown"),
    ),
    (
        "<label>Vous êtes <select autofocus><option>--<option>Madame</select></label>",
        lambda step: step.press("ArrowDown"),
    ),
    (
        f"<label><input type=radio name=c autofocus> Autre</label>{MADAME}",
        lambda step: step.press("ArrowDown"),
    ),
    (
        "<label>Date de naissance <input type=date value=1980-07-13 autofocus></label>",
        lambda step: step.press("ArrowUp"),
    ),
    (
        "<label for=r>Votre âge</label><input type=range id=r style='width:400px'>",
        lambda step: step.click(step.field("Votre âge")),
    ),
    (
        "<p>Code secret</p><button type=button aria-label='Touche 1'>1</button>",
        lambda step: step.click(step.button("Touche 1")),
    ),
    ("<p>Code secret</p><div><div id=a>1</div><div>2</div></div>", lambda step: step.click(step.page.locator("#a"))),
    (
        "<h3>Êtes-vous enceinte ?</h3><label><input type=checkbox> Oui</label>",
        lambda step: step.check(step.field("Oui")),
    ),
    (
        "<h3>Êtes-vous enceinte ?</h3><input type=radio name=e aria-label=Oui><input type=radio name=e aria-label=Non>",
        lambda step: step.check(step.field("Non")),
    ),
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


Case = tuple[str, Callable[[Step], None]]


def refusals_of(run_on: RunOn, write_site: WriteSite, cases: Sequence[Case]) -> list[str | None]:
    """Try each act on a page of its own; return what each refusal says, None for an act that was done."""
    site = write_site({f"{number}": f"{html}<p>Fin</p>" for number, (html, _) in enumerate(cases)})
    acts = [act for _, act in cases]
    return list(refusals_in_one_tab(run_on, site, acts, public_values=["Savoie", "Madame", "vert"]))


def test_a_choice_that_tells_something_of_a_person_is_refused(run_on: RunOn, write_site: WriteSite) -> None:
    refusals = refusals_of(run_on, write_site, REFUSED)
    passed = [html for (html, _), refusal in zip(REFUSED, refusals, strict=True) if refusal is None]
    assert not passed
    assert all("person" in refusal for refusal in refusals if refusal)


def test_a_refused_choice_ends_its_run(run_on: RunOn, write_site: WriteSite) -> None:
    def choisir(step: Step) -> None:
        step.check(step.field("Madame"))
        step.shoot()

    assert "person" in refusal_of(run_on, write_site({"": MADAME}), tutorial_of(choisir))


def test_other_choices_are_made(run_on: RunOn, write_site: WriteSite) -> None:
    assert refusals_of(run_on, write_site, ALLOWED) == [None] * len(ALLOWED)


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


BESIDE = (
    "<p>Nom de famille</p><input id=x aria-label=Saisie>",
    "<p>Nom de famille</p><div contenteditable role=textbox id=x style='width:200px;height:20px'></div>",
    "<input id=x> <span>Nom de famille</span>",
    "<table><tr><th>Ligne</th><th>Nom de famille</th></tr><tr><td>1</td><td><input id=x></td></tr></table>",
    "<input id=x aria-label=Saisie aria-roledescription='Nom de famille'>",
    "<label>N\u034fom <input id=x></label>",
)


def test_a_field_is_judged_by_what_a_reader_reads_beside_it(run_on: RunOn, write_site: WriteSite) -> None:
    def fill(step: Step) -> None:
        step.fill(step.page.locator("#x"), "vert")

    refusals = refusals_of(run_on, write_site, [(html, fill) for html in BESIDE])
    assert None not in refusals


def test_a_link_is_not_followed_as_a_help_text_of_a_form(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()

    @tutorial.form_only(1, "Formulaire", starts_at=START)
    def formulaire(step: Step) -> None:
        step.expand(step.link("Menu"))

    assert "form_only" in refusal_of(run_on, write_site({"": "<a href=/autre aria-expanded=false>Menu</a>"}), tutorial)


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


def test_a_number_typed_in_parts_on_several_pages_is_refused(run_on: RunOn, write_site: WriteSite) -> None:
    body = "1" + "0" * 4 + "1" * 8
    number = body + nir.calc_check_digits(body)
    parts = [number[:5], number[5:10], number[10:]]

    def typing(part: str) -> Callable[[Step], None]:
        def page(step: Step) -> None:
            step.fill(step.page.locator("#x"), part)
            step.shoot()

        return page

    tutorial = tutorial_of(*map(typing, parts), public_values=parts)
    record = run_on(write_site({"": "<label>Choix <input id=x autocomplete=off></label>"}), [tutorial])
    assert record.exit_code is ExitCode.REFUSED
