"""Acts of a step: each does what a reader does, and says when it had no effect."""

from collections.abc import Callable

import pytest

from capture import Step
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.scenario.expectation import ExpectationKind
from report.results.run_record import PageRecord
from report.verdict import ExitCode, Verdict
from tests.support.builders import SMALL_WINDOW, START, tutorial_of
from tests.support.runs import RunOn, WriteSite, page_of

Visit = Callable[[Step], None]


@pytest.fixture
def visit_page(run_on: RunOn, write_site: WriteSite) -> Callable[[str, Visit], PageRecord]:
    """Visit a page with this HTML by a function, and return its record."""

    def visit_page(html: str, visit: Visit) -> PageRecord:
        tutorial = tutorial_of(visit, public_values=["Savoie", "73000", "beurre"])
        return page_of(run_on(write_site({"": html, "suite": "<h1>Suite</h1>"}), [tutorial]), 1)

    return visit_page


VisitPage = Callable[[str, Visit], PageRecord]


def obstacle_of(page: PageRecord) -> Obstacle:
    (reason,) = (reason for reason in page.judgement.reasons if reason.obstacle is not None)
    assert reason.obstacle is not None
    return reason.obstacle


def test_lists_boxes_and_radio_buttons_are_chosen(visit_page: VisitPage) -> None:
    html = (
        "<label>Département <select><option value=''>Choisir<option>Ain<option>Savoie</select></label>"
        "<label><input type=checkbox checked> Lettre</label><label><input type=checkbox> Rappel</label>"
        "<div role=switch tabindex=0 aria-checked=false aria-label=Alertes"
        " style='width:40px;height:20px;background:red' onclick=\"this.ariaChecked = 'true'\"></div>"
    )

    def visit(step: Step) -> None:
        step.select(step.field("Département"), "savoie".capitalize())
        step.uncheck(step.field("Lettre"))
        step.check(step.page.get_by_label("Rappel"))
        step.check(step.field("Alertes"))
        step.tell("La liste « Département » montre Savoie.", step.field(), value="Savoie")
        step.tell("« Lettre » n'est pas cochée.", step.field(), checked=False)
        step.tell("« Rappel » est cochée.", step.field(), checked=True)
        step.tell("« Alertes » est activée.", step.field(), checked=True)
        step.shoot()

    assert [result.status for result in visit_page(html, visit).instructions] == ["true"] * 4


def test_an_option_of_a_drawn_list_is_chosen(visit_page: VisitPage) -> None:
    html = (
        "<div role=combobox tabindex=0 aria-label=Lieu aria-controls=l onclick='l.hidden = false'>Choisir</div>"
        "<div role=listbox id=l hidden><div role=option onclick=\"document.querySelector('[role=combobox]').textContent"
        ' = this.textContent; l.hidden = true">Savoie</div></div>'
    )

    def visit(step: Step) -> None:
        step.select(step.field("Lieu"), "Savoie")
        step.tell("« Lieu » montre Savoie.", step.field(), value="Savoie")
        step.shoot()

    assert [result.status for result in visit_page(html, visit).instructions] == ["true"]


def test_a_key_sends_a_search_where_the_step_says(visit_page: VisitPage) -> None:
    html = "<form action=/suite><label>Recette <input name=q autocomplete=off></label></form>"

    def visit(step: Step) -> None:
        step.fill(step.field("Recette"), "beurre")
        step.press("Enter")
        step.tell("Voyez « Suite ».", step.heading())
        step.shoot()

    assert [result.status for result in visit_page(html, visit).instructions] == ["true"]


def test_a_key_that_types_is_no_key_of_a_step(run_on: RunOn, write_site: WriteSite) -> None:
    def visit(step: Step) -> None:
        step.press("a")

    page = page_of(run_on(write_site({"": "<input>"}), [tutorial_of(visit)]), 1)
    obstacle = obstacle_of(page)
    assert obstacle.kind is ObstacleKind.SCENARIO
    assert "“a”" in obstacle.evidence


@pytest.mark.parametrize(
    "html",
    [
        '<button aria-expanded=false onclick="d.hidden = false">Plus</button><p id=d hidden><a href=/suite>Dedans</a>',
        "<details><summary>Plus</summary><a href=/suite>Dedans</a></details>",
        "<details open><summary>Plus</summary><a href=/suite>Dedans</a></details>",
    ],
)
def test_what_is_closed_is_opened(visit_page: VisitPage, html: str) -> None:
    def visit(step: Step) -> None:
        more = step.tell("Ouvrez « Plus ».", step.button())
        step.expand(more)
        step.tell("Suivez « Dedans ».", step.link(), leads_to=f"{START}suite")
        step.shoot()
        step.click(step.link("Dedans"))

    assert [result.status for result in visit_page(html, visit).instructions] == ["true", "true"]


def test_what_opens_after_the_picture_is_acted_on(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<details><summary>Plus</summary><a href=/suite>Dedans</a></details>"

    def accueil(step: Step) -> None:
        more = step.tell("Ouvrez « Plus ».", step.button())
        step.shoot()
        step.expand(more)
        step.click(step.link("Dedans"))

    def suite(step: Step) -> None:
        step.tell("Voyez « Suite ».", step.heading())
        step.shoot()

    record = run_on(write_site({"": html, "suite": "<h1>Suite</h1>"}), [tutorial_of(accueil, suite)])
    assert record.exit_code is not ExitCode.REFUSED
    assert [result.status for result in page_of(record, 2).instructions] == ["true"]


def test_a_thing_is_dragged_onto_another(visit_page: VisitPage) -> None:
    html = (
        "<style>div{position:absolute;top:50px;width:80px;height:80px}</style>"
        "<div role=button aria-label=Carte style='left:20px;background:red'></div>"
        "<div role=button aria-label=Boîte style='left:400px;background:blue'></div><h1>Vide</h1>"
        "<script>addEventListener('mouseup', ({ clientX }) => {"
        " if (clientX > 400) document.querySelector('h1').textContent = 'Pleine'; })</script>"
    )

    def visit(step: Step) -> None:
        step.drag(step.button("Carte"), step.button("Boîte"))
        step.tell("Voyez « Pleine ».", step.heading())
        step.shoot()

    assert [result.status for result in visit_page(html, visit).instructions] == ["true"]


def test_the_picture_is_taken_around_an_element(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<div style='height:3000px'></div><button>Loin</button><div style='height:3000px'></div>"

    def visit(step: Step) -> None:
        far = step.tell("Cliquez sur « Loin ».", step.button())
        step.shoot(around=far)

    (result,) = page_of(run_on(write_site({"": html}), [tutorial_of(visit)]), 1).instructions
    assert result.true
    assert result.box is not None
    assert 0 < result.box.y < 900


def test_one_of_several_is_told_of_and_clicked(visit_page: VisitPage) -> None:
    buttons = "".join(f"<button onclick='h.textContent = {number}'>Voir</button>" for number in (1, 2))
    html = f"{buttons}<h1 id=h>0</h1>"

    def visit(step: Step) -> None:
        second = step.tell("Cliquez sur le deuxième « Voir ».", step.button(nth=2))
        step.tell("Le troisième « Voir ».", step.button(nth=3))
        step.click(second)
        step.tell("Il y a deux « Voir ».", step.button("Voir"), count=2)
        step.tell("Voyez « 2 ».", step.heading())
        step.shoot()

    assert [result.status for result in visit_page(html, visit).instructions] == ["true", "missing", "true", "true"]


@pytest.mark.parametrize(
    ("html", "act"),
    [
        (
            "<label>Ville <input oninput=\"this.value = ''\"></label>",
            lambda step: step.fill(step.field("Ville"), "73000"),
        ),
        (
            "<label>Lieu <select onchange='this.selectedIndex = 0'><option>Ain<option>Savoie</select></label>",
            lambda step: step.select(step.field("Lieu"), "Savoie"),
        ),
        (
            "<label><input type=checkbox onclick='event.preventDefault()'> Oui</label>",
            lambda step: step.check(step.field("Oui")),
        ),
    ],
)
def test_an_act_without_effect_is_told(visit_page: VisitPage, html: str, act: Visit) -> None:
    def visit(step: Step) -> None:
        step.shoot()
        act(step)

    page = visit_page(html, visit)
    assert obstacle_of(page).kind is ObstacleKind.NO_EFFECT


NOT_AS_SAID: tuple[tuple[str, dict[str, object], ExpectationKind], ...] = (
    ("<label>Mois <input placeholder=jj/mm/aaaa></label>", {"empty": False}, ExpectationKind.FILLED),
    ("<label>Mois <select><option>Mai</select></label>", {"empty": True}, ExpectationKind.EMPTY),
    ("<label>Mois <select><option>Mai</select></label>", {"value": "Juin"}, ExpectationKind.VALUE),
    ("<label><input type=radio> Mois</label>", {"checked": True}, ExpectationKind.CHECKED),
    ("<label><input type=radio checked> Mois</label>", {"checked": False}, ExpectationKind.UNCHECKED),
    ("<a href=/ailleurs>Mois</a>", {"leads_to": f"{START}suite"}, ExpectationKind.LEADS_TO),
    ("<button>Mois</button>", {"count": 2}, ExpectationKind.COUNT),
)


def test_a_thing_that_is_not_as_the_sentence_says_makes_it_false(run_on: RunOn, write_site: WriteSite) -> None:
    def visiting(expected: dict[str, object]) -> Visit:
        def visit(step: Step) -> None:
            step.tell("« Mois » …", step.role(""), **expected)  # type: ignore[arg-type]
            step.shoot()

        return visit

    tutorial = tutorial_of()
    for number, (_, expected, _) in enumerate(NOT_AS_SAID, start=1):
        tutorial.page(number, f"Cas {number}", starts_at=f"{START}{number}")(visiting(expected))
    site = write_site({f"{number}": html for number, (html, _, _) in enumerate(NOT_AS_SAID, start=1)})
    found = [
        [(result.status, result.unmet and result.unmet.kind) for result in page.instructions]
        for _, page in run_on(site, [tutorial]).pages()
    ]
    assert found == [[("unexpected", kind)] for _, _, kind in NOT_AS_SAID]


def test_a_drawing_is_compared_by_its_picture_alone(visit_page: VisitPage) -> None:
    html = "<canvas id=c width=200 height=100></canvas><script>c.getContext('2d').fillRect(0, 0, 9, 9)</script>"

    def visit(step: Step) -> None:
        step.tell("La carte montre « Chambéry ».", step.area("canvas"))
        step.shoot()

    (result,) = visit_page(html, visit).instructions
    assert (result.status, result.name) == ("true", None)


def test_a_form_only_page_may_begin_at_an_address(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()

    @tutorial.form_only(1, "Formulaire", starts_at=START)
    def formulaire(step: Step) -> None:
        step.go(f"{START}suite")
        step.tell("Voyez « Suite ».", step.heading())
        step.shoot()
        step.go(START)

    record = run_on(write_site({"": "<h1>Accueil</h1>", "suite": "<h1>Suite</h1>"}), [tutorial])
    assert record.exit_code is ExitCode.REFUSED, "it would open another page after it has told"


def test_a_page_is_seen_in_the_width_that_it_declares(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()

    @tutorial.page(1, "Téléphone", starts_at=START, viewport=(390, 844))
    def telephone(step: Step) -> None:
        step.tell("Voyez « Étroit ».", step.heading())
        step.shoot()

    @tutorial.page(2, "Ordinateur")
    def ordinateur(step: Step) -> None:
        step.tell("Voyez « Large ».", step.heading())
        step.shoot()

    html = "<style>h2{display:none}@media(max-width:500px){h1{display:none}h2{display:block}}</style>"
    record = run_on(write_site({"": f"{html}<h1>Large</h1><h2>Étroit</h2>"}), [tutorial])
    assert [page.instructions[0].status for _, page in record.pages()] == ["true", "true"]
    assert [sidecar.environment.viewport for sidecar in run_on.sidecars] == [(390, 844), SMALL_WINDOW]


def test_a_page_may_have_two_pictures(run_on: RunOn, write_site: WriteSite) -> None:
    def accueil(step: Step) -> None:
        more = step.tell("Ouvrez « Plus ».", step.button())
        step.shoot()
        step.expand(more)
        step.tell("Suivez « Dedans ».", step.link())
        step.shoot("ouvert")

    def night(inside: str) -> PageRecord:
        html = f"<details><summary>Plus</summary><a href=/suite>{inside}</a></details>"
        record = run_on(write_site({"": html}), [tutorial_of(accueil)])
        run_on.approve(record)
        return page_of(record, 1)

    assert [result.number for result in night("Dedans").instructions] == [1, 2]
    first, second = run_on.sidecars[-1].instructions
    assert first.box is not None
    assert second.box is not None
    assert second.box.y > SMALL_WINDOW[1], "the second picture is below the first"
    assert night("Dedans").verdict is Verdict.UP_TO_DATE
    changed = night("Ailleurs")
    assert [result.status for result in changed.instructions] == ["true", "missing"]
    assert changed.instructions[1].replacement is not None


def test_an_instruction_after_the_last_picture_is_a_mistake(run_on: RunOn, write_site: WriteSite) -> None:
    def accueil(step: Step) -> None:
        step.shoot()
        step.tell("Ouvrez « Plus ».", step.button())

    page = page_of(run_on(write_site({"": "<button>Plus</button>"}), [tutorial_of(accueil)]), 1)
    assert obstacle_of(page).kind is ObstacleKind.SCENARIO
