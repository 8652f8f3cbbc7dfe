"""Clicks count as typing: choices and keypads that tell something of a person are refused."""

from collections.abc import Callable
from datetime import date
from itertools import chain, islice

import pytest
from stdnum import luhn
from stdnum.fr import nir

from capture import Step
from capture.politeness.policy import PolitenessPolicy
from report.verdict import ExitCode, Verdict
from tests.support.builders import START, tutorial_of
from tests.support.careless_scenarios import refusal_of
from tests.support.firefox import SharedFirefox
from tests.support.one_tab import refusals_in_one_tab, refusals_of_each_page
from tests.support.runs import RunOn, WriteSite, page_of, write_replica
from tests.support.shared_result import shared_result

KEYPAD = "<div>" + "".join(f"<button type=button>{digit}</button>" for digit in range(10)) + "</div>"


def click_tab(name: str) -> Callable[[Step], None]:
    return lambda step: step.click(step.role("tab", name))


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
TABS = "<div role=tablist aria-label={name}>{tabs}</div>"
TAB = "<button type=button role=tab aria-selected=false>{name}</button>"
REFUSED += tuple(
    (TABS.format(name=question, tabs=TAB.format(name=name)), click_tab(name))
    for question, name in [
        ("Civilité", "Madame"),
        ("Civilité", "Monsieur"),
        ("Civilité", "Autre"),
        ("Choix", "Madame"),
        ("'Êtes-vous enceinte ?'", "Oui"),
        ("'Situation familiale'", "Suite"),
    ]
)
REFUSED += (
    (f"<fieldset><legend>Civilité</legend>{KEYS}</fieldset>", lambda step: step.press("ArrowDown")),
    (f"<fieldset><legend>Civilité</legend>{KEYS}</fieldset>", lambda step: step.press("Space")),
)
ALLOWED: tuple[tuple[str, Callable[[Step], None]], ...] = (
    (
        f'<div role=tablist aria-label="nom du système d\'onglet">{TAB.format(name="Deux")}</div>',
        click_tab("Deux"),
    ),
    (
        f"<fieldset><legend>Votre adresse</legend>{TABS.format(name='Vue', tabs=TAB.format(name='Plan'))}</fieldset>",
        click_tab("Plan"),
    ),
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


BESIDE = (
    "<p>Nom de famille</p><input id=x aria-label=Saisie>",
    "<p>Nom de famille</p><div contenteditable role=textbox id=x style='width:200px;height:20px'></div>",
    "<input id=x> <span>Nom de famille</span>",
    "<table><tr><th>Ligne</th><th>Nom de famille</th></tr><tr><td>1</td><td><input id=x></td></tr></table>",
    "<input id=x aria-label=Saisie aria-roledescription='Nom de famille'>",
    "<label>N\u034fom <input id=x></label>",
)
REFERENCE = "Référence du dossier de la commune"
UNDECLARED = f"<label>{REFERENCE} <input name=q autocomplete=off></label>"


def fill_beside(step: Step) -> None:
    step.fill(step.page.locator("#x"), "vert")


def fill_reference(step: Step) -> None:
    step.fill(step.field(REFERENCE), "dossier vert")
    step.shoot()


Case = tuple[str, Callable[[Step], None]]
CASES: dict[str, tuple[Case, ...]] = {
    "refused": REFUSED,
    "allowed": ALLOWED,
    "beside": tuple((html, fill_beside) for html in BESIDE),
    "undeclared": ((UNDECLARED, fill_reference),),
}


@pytest.fixture(scope="module")
def told(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> dict[str, list[str | None]]:
    """What is told as each of the cases is refused, in their order; None for an act that was done."""

    def attempt() -> dict[str, list[str | None]]:
        folder = tmp_path_factory.mktemp("choices")
        run_on = RunOn(firefox=shared_firefox.get(), runs=folder, screenshots=folder, policy=policy)
        cases = list(chain.from_iterable(CASES.values()))
        write_replica(folder / "site", {f"{number}": f"{html}<p>Fin</p>" for number, (html, _) in enumerate(cases)})
        values = ["Savoie", "Madame", "vert", "dossier vert"]
        acts = [act for _, act in cases]
        refusals = refusals_in_one_tab(run_on, str(folder / "site"), acts, public_values=values)
        said = {name: list(islice(refusals, len(of_a_kind))) for name, of_a_kind in CASES.items()}
        assert list(refusals) == []
        return said

    return shared_result(tmp_path_factory, "choices", attempt)


def test_a_choice_that_tells_something_of_a_person_is_refused(told: dict[str, list[str | None]]) -> None:
    passed = [html for (html, _), refusal in zip(REFUSED, told["refused"], strict=True) if refusal is None]
    assert not passed
    assert all("person" in refusal for refusal in told["refused"] if refusal)


def test_other_choices_are_made(told: dict[str, list[str | None]]) -> None:
    assert told["allowed"] == [None] * len(ALLOWED)


def test_a_field_is_judged_by_what_a_reader_reads_beside_it(told: dict[str, list[str | None]]) -> None:
    passed = [html for html, said in zip(BESIDE, told["beside"], strict=True) if "asks for" not in (said or "")]
    assert not passed


def test_a_declared_field_is_typed_into_on_one_page(
    run_on: RunOn, write_site: WriteSite, told: dict[str, list[str | None]]
) -> None:
    (undeclared,) = told["undeclared"]
    assert undeclared is not None
    assert "public_fields" in undeclared
    tutorial = tutorial_of(
        fill_reference, fill_reference, public_values=["dossier vert"], public_fields={REFERENCE: "a public file"}
    )
    record = run_on(write_site({"": UNDECLARED}), [tutorial])
    assert page_of(record, 1).verdict is Verdict.NEW
    assert record.exit_code is ExitCode.REFUSED, "it is bound to the first page"


def test_a_refused_choice_ends_its_run(run_on: RunOn, write_site: WriteSite) -> None:
    def choisir(step: Step) -> None:
        step.check(step.field("Madame"))
        step.shoot()

    assert "person" in refusal_of(run_on, write_site({"": MADAME}), tutorial_of(choisir))


FORM = "<form><label>Nom <input></label></form>"


def test_a_form_only_page_opens_a_help_text_and_follows_no_link(run_on: RunOn, write_site: WriteSite) -> None:
    def expand(step: Step) -> None:
        step.expand(step.button("Aide"))
        step.shoot()

    def follow(step: Step) -> None:
        step.expand(step.link("Menu"))

    tutorial = tutorial_of()
    for number, visit in enumerate((expand, expand, follow), start=1):
        tutorial.form_only(number, f"Formulaire {number}", starts_at=f"{START}{number}")(visit)
    pages = {
        "1": f"<details><summary>Aide</summary>Lisez.</details>{FORM}",
        "2": f"<button aria-expanded=false>Aide</button>{FORM}",
        "3": f"<a href=/autre aria-expanded=false>Menu</a>{FORM}",
    }
    details, button, link = refusals_of_each_page(run_on, write_site(pages), tutorial)
    assert (details, button) == (None, None)
    assert link is not None
    assert "form_only" in link


def checked(body: str) -> str:
    return body + luhn.calc_check_digit(body)


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

    pages = {
        "0": "<label>Numéro SIRET <input autocomplete=off></label><label>Date du concert <input type=date></label>",
        "1": "<label>Votre choix <input autocomplete=off></label>",
    }
    acts = [chercher, essayer]
    typed, refused = refusals_in_one_tab(run_on, write_site(pages), acts, public_values=[siret, day])
    assert typed is None
    assert refused is not None
    assert "looks like" in refused


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
