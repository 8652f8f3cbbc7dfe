"""Acts of a step: each does what a reader does, and says when it had no effect."""

import pytest

from capture import Step
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.scenario.expectation import ExpectationKind
from capture.scenario.tutorial import Visit
from report.results.run_record import PageRecord
from report.verdict import ExitCode, Verdict
from tests.support.builders import SMALL_WINDOW, START, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of

PAGES = OneRun(
    name="acts", settings={"public_values": ["Savoie", "73000", "beurre"]}, others={"suite": "<h1>Suite</h1>"}
)


@pytest.fixture(scope="module")
def seen(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


def statuses(seen: FinishedRun, number: int) -> list[str]:
    return [result.status for result in page_of(seen.record, number).instructions]


def obstacle_of(page: PageRecord) -> Obstacle:
    (reason,) = (reason for reason in page.judgement.reasons if reason.obstacle is not None)
    assert reason.obstacle is not None
    return reason.obstacle


def choose(step: Step) -> None:
    step.select(step.field("Département"), "savoie".capitalize())
    step.uncheck(step.field("Lettre"))
    step.check(step.page.get_by_label("Rappel"))
    step.check(step.field("Alertes"))
    step.tell("La liste « Département » montre Savoie.", step.field(), value="Savoie")
    step.tell("« Lettre » n'est pas cochée.", step.field(), checked=False)
    step.tell("« Rappel » est cochée.", step.field(), checked=True)
    step.tell("« Alertes » est activée.", step.field(), checked=True)
    step.shoot()


CHOICES = PAGES.add(
    "<label>Département <select><option value=''>Choisir<option>Ain<option>Savoie</select></label>"
    "<label><input type=checkbox checked> Lettre</label><label><input type=checkbox> Rappel</label>"
    "<div role=switch tabindex=0 aria-checked=false aria-label=Alertes"
    " style='width:40px;height:20px;background:red' onclick=\"this.ariaChecked = 'true'\"></div>",
    choose,
)


def test_lists_boxes_and_radio_buttons_are_chosen(seen: FinishedRun) -> None:
    assert statuses(seen, CHOICES) == ["true"] * 4


def choose_place(step: Step) -> None:
    step.select(step.field("Lieu"), "Savoie")
    step.tell("« Lieu » montre Savoie.", step.field(), value="Savoie")
    step.shoot()


DRAWN_LIST = PAGES.add(
    "<div role=combobox tabindex=0 aria-label=Lieu aria-controls=l onclick='l.hidden = false'>Choisir</div>"
    "<div role=listbox id=l hidden><div role=option onclick=\"document.querySelector('[role=combobox]').textContent"
    ' = this.textContent; l.hidden = true">Savoie</div></div>',
    choose_place,
)


def test_an_option_of_a_drawn_list_is_chosen(seen: FinishedRun) -> None:
    assert statuses(seen, DRAWN_LIST) == ["true"]


def read_next(step: Step) -> None:
    step.tell("Voyez « Suite ».", step.heading())
    step.shoot()


def search(step: Step) -> None:
    step.fill(step.field("Recette"), "beurre")
    step.press("Enter")
    read_next(step)


SEARCH = PAGES.add("<form action=/suite><label>Recette <input name=q autocomplete=off></label></form>", search)


def test_a_key_sends_a_search_where_the_step_says(seen: FinishedRun) -> None:
    assert statuses(seen, SEARCH) == ["true"]


def type_in_two(step: Step) -> None:
    for name in ("Recette", "Chapitre"):
        step.fill(step.field(name), "beurre")
        step.tell(f"« {name} » montre beurre.", step.field(), value="beurre")
    step.shoot()


USED = PAGES.add(
    "<label>Recette <input value=sel autocomplete=off oninput='setTimeout(() => { c.disabled = false }, 900)'></label>"
    "<label>Chapitre <input id=c disabled autocomplete=off></label>",
    type_in_two,
)


def test_what_a_field_holds_is_replaced_and_one_that_is_not_ready_is_waited_for(seen: FinishedRun) -> None:
    assert statuses(seen, USED) == ["true", "true"]


TYPING_KEY = PAGES.add("<input>", lambda step: step.press("a"))


def test_a_key_that_types_is_no_key_of_a_step(seen: FinishedRun) -> None:
    obstacle = obstacle_of(page_of(seen.record, TYPING_KEY))
    assert obstacle.kind is ObstacleKind.SCENARIO
    assert "“a”" in obstacle.evidence


def expand(step: Step) -> None:
    more = step.tell("Ouvrez « Plus ».", step.button())
    step.expand(more)
    step.tell("Suivez « Dedans ».", step.link(), leads_to=f"{START}suite")
    step.shoot()
    step.click(step.link("Dedans"))


CLOSED_BUTTON = PAGES.add(
    '<button aria-expanded=false onclick="d.hidden = false">Plus</button><p id=d hidden><a href=/suite>Dedans</a>',
    expand,
)
CLOSED_DETAILS = PAGES.add("<details><summary>Plus</summary><a href=/suite>Dedans</a></details>", expand)
OPEN_DETAILS = PAGES.add("<details open><summary>Plus</summary><a href=/suite>Dedans</a></details>", expand)


@pytest.mark.parametrize(
    "number", [CLOSED_BUTTON, CLOSED_DETAILS, OPEN_DETAILS], ids=["button", "details", "open details"]
)
def test_what_is_closed_is_opened(seen: FinishedRun, number: int) -> None:
    assert statuses(seen, number) == ["true", "true"]


def expand_after_the_picture(step: Step) -> None:
    more = step.tell("Ouvrez « Plus ».", step.button())
    step.shoot()
    step.expand(more)
    step.click(step.link("Dedans"))


OPENED_AFTER = PAGES.add(
    "<details><summary>Plus</summary><a href=/suite>Dedans</a></details>", expand_after_the_picture, read_next
)


def test_what_opens_after_the_picture_is_acted_on(seen: FinishedRun) -> None:
    assert statuses(seen, OPENED_AFTER) == ["true"]
    assert statuses(seen, OPENED_AFTER + 1) == ["true"]


def drag(step: Step) -> None:
    step.drag(step.button("Carte"), step.button("Boîte"))
    step.tell("Voyez « Pleine ».", step.heading())
    step.shoot()


DRAGGED = PAGES.add(
    "<style>div{position:absolute;top:50px;width:80px;height:80px}</style>"
    "<div role=button aria-label=Carte style='left:20px;background:red'></div>"
    "<div role=button aria-label=Boîte style='left:400px;background:blue'></div><h1>Vide</h1>"
    "<script>addEventListener('mouseup', ({ clientX }) => {"
    " if (clientX > 400) document.querySelector('h1').textContent = 'Pleine'; })</script>",
    drag,
)


def test_a_thing_is_dragged_onto_another(seen: FinishedRun) -> None:
    assert statuses(seen, DRAGGED) == ["true"]


def look_far_down(step: Step) -> None:
    far = step.tell("Cliquez sur « Loin ».", step.button())
    step.shoot(around=far)


FAR_DOWN = PAGES.add(
    "<div style='height:3000px'></div><button>Loin</button><div style='height:3000px'></div>", look_far_down
)


def test_the_picture_is_taken_around_an_element(seen: FinishedRun) -> None:
    (result,) = page_of(seen.record, FAR_DOWN).instructions
    assert result.true
    assert result.box is not None
    assert 0 < result.box.y < SMALL_WINDOW[1]


def count_and_click(step: Step) -> None:
    second = step.tell("Cliquez sur le deuxième « Voir ».", step.button(nth=2))
    step.tell("Le troisième « Voir ».", step.button(nth=3))
    step.click(second)
    step.tell("Il y a deux « Voir ».", step.button("Voir"), count=2)
    step.tell("Voyez « 2 ».", step.heading())
    step.shoot()


SEVERAL = PAGES.add(
    "".join(f"<button onclick='h.textContent = {number}'>Voir</button>" for number in (1, 2)) + "<h1 id=h>0</h1>",
    count_and_click,
)


def test_one_of_several_is_told_of_and_clicked(seen: FinishedRun) -> None:
    assert statuses(seen, SEVERAL) == ["true", "missing", "true", "true"]


def fill_in_vain(step: Step) -> None:
    step.shoot()
    step.fill(step.field("Ville"), "73000")


def select_in_vain(step: Step) -> None:
    step.shoot()
    step.select(step.field("Lieu"), "Savoie")


def check_in_vain(step: Step) -> None:
    step.shoot()
    step.check(step.field("Oui"))


IN_VAIN = [
    PAGES.add("<label>Ville <input oninput=\"this.value = ''\"></label>", fill_in_vain),
    PAGES.add(
        "<label>Lieu <select onchange='this.selectedIndex = 0'><option>Ain<option>Savoie</select></label>",
        select_in_vain,
    ),
    PAGES.add("<label><input type=checkbox onclick='event.preventDefault()'> Oui</label>", check_in_vain),
]


@pytest.mark.parametrize("number", IN_VAIN, ids=["a text", "a choice", "a tick"])
def test_an_act_without_effect_is_told(seen: FinishedRun, number: int) -> None:
    assert obstacle_of(page_of(seen.record, number)).kind is ObstacleKind.NO_EFFECT


NOT_AS_SAID: tuple[tuple[str, dict[str, object], ExpectationKind], ...] = (
    ("<label>Mois <input placeholder=jj/mm/aaaa></label>", {"empty": False}, ExpectationKind.FILLED),
    ("<label>Mois <select><option>Mai</select></label>", {"empty": True}, ExpectationKind.EMPTY),
    ("<label>Mois <select><option>Mai</select></label>", {"value": "Juin"}, ExpectationKind.VALUE),
    ("<label><input type=radio> Mois</label>", {"checked": True}, ExpectationKind.CHECKED),
    ("<label><input type=radio checked> Mois</label>", {"checked": False}, ExpectationKind.UNCHECKED),
    ("<a href=/ailleurs>Mois</a>", {"leads_to": f"{START}suite"}, ExpectationKind.LEADS_TO),
    ("<button>Mois</button>", {"count": 2}, ExpectationKind.COUNT),
)


def telling(expected: dict[str, object]) -> Visit:
    def visit(step: Step) -> None:
        step.tell("« Mois » …", step.role(""), **expected)  # type: ignore[arg-type]
        step.shoot()

    return visit


UNMET = {PAGES.add(html, telling(expected)): kind for html, expected, kind in NOT_AS_SAID}


@pytest.mark.parametrize(("number", "kind"), UNMET.items(), ids=UNMET.values())
def test_a_thing_that_is_not_as_the_sentence_says_makes_it_false(
    seen: FinishedRun, number: int, kind: ExpectationKind
) -> None:
    (result,) = page_of(seen.record, number).instructions
    assert (result.status, result.unmet and result.unmet.kind) == ("unexpected", kind)


def look_at_the_map(step: Step) -> None:
    step.tell("La carte montre « Chambéry ».", step.area("canvas"))
    step.shoot()


DRAWING = PAGES.add(
    "<canvas id=c width=200 height=100></canvas><script>c.getContext('2d').fillRect(0, 0, 9, 9)</script>",
    look_at_the_map,
)


def test_a_drawing_is_compared_by_its_picture_alone(seen: FinishedRun) -> None:
    (result,) = page_of(seen.record, DRAWING).instructions
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


def tell_too_late(step: Step) -> None:
    step.shoot()
    step.tell("Ouvrez « Plus ».", step.button())


TOLD_TOO_LATE = PAGES.add("<button>Plus</button>", tell_too_late)


def test_an_instruction_after_the_last_picture_is_a_mistake(seen: FinishedRun) -> None:
    assert obstacle_of(page_of(seen.record, TOLD_TOO_LATE)).kind is ObstacleKind.SCENARIO
