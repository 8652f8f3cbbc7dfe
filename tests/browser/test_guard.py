"""The guard, against careless and hostile scenarios."""

import shutil
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from capture import Step, Tutorial
from capture.politeness.obstacles import ObstacleKind
from report.verdict import ExitCode, Verdict
from tests.support.attended import attended, behind_wall
from tests.support.builders import HOST, START, tutorial_of
from tests.support.careless_scenarios import FORM, TOML, page_that_fills, read_heading, read_heading_at, refusal_of
from tests.support.runs import RunOn, WriteSite, page_of


def test_a_public_value_is_typed_and_sent_where_the_step_says(run_on: RunOn, write_site: WriteSite) -> None:
    def chercher(step: Step) -> None:
        field = step.tell("Tapez dans « Code postal ».", step.field())
        button = step.tell("Cliquez sur « Chercher ».", step.button())
        step.shoot()
        step.fill(field, "73000")
        step.click(button, sends=[f"{HOST}/recherche"])

    tutorial = tutorial_of(chercher)
    tutorial.page(2, "suite")(read_heading)
    record = run_on(write_site({"": FORM, "suite": "<h1>Bonjour</h1>"}, toml=TOML), [tutorial])
    assert page_of(record, 2).url == f"{START}suite"
    assert record.tutorials[0].blocked_requests == ()


def test_a_field_that_asks_for_a_persons_data_is_never_typed_into(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<label for=x>Mot de passe</label><input id=x>"
    assert "asks for a person's data" in refusal_of(
        run_on, write_site({"": html}), tutorial_of(page_that_fills("Mot de passe", "73000"))
    )


@pytest.mark.parametrize(
    "turns",
    [
        "onmousemove = () => { c.type = 'password' }",
        "c.onfocus = () => { c.type = 'password' }",
        "onmousemove = () => { document.querySelector('label').textContent = 'Date de naissance' }",
    ],
)
def test_a_field_that_becomes_another_one_is_not_typed_into(run_on: RunOn, write_site: WriteSite, turns: str) -> None:
    def attendre(step: Step) -> None:
        field = step.tell("Tapez dans « Code postal ».", step.field())
        step.shoot()
        step.hover(step.heading("Bonjour"))
        step.fill(field, "73000")

    assert "asks for" in refusal_of(run_on, write_site({"": f"{FORM}<script>{turns}</script>"}), tutorial_of(attendre))


def test_a_label_does_not_lead_to_its_field(run_on: RunOn, write_site: WriteSite) -> None:
    def contourner(step: Step) -> None:
        step.shoot()
        step.fill(step.heading("Code"), "73000")

    html = "<label for=x>Votre <h2>Code</h2></label><input id=x type=password>"
    assert "no field" in refusal_of(run_on, write_site({"": html}), tutorial_of(contourner))


def test_an_earlier_pages_step_acts_no_more(run_on: RunOn, write_site: WriteSite) -> None:
    kept: list[Step] = []

    def premiere(step: Step) -> None:
        kept.append(step)
        step.shoot()

    def formulaire(step: Step) -> None:
        step.shoot()
        kept[0].fill(kept[0].field("Code postal"), "73000")

    tutorial = tutorial_of(premiere)
    tutorial.form_only(2, "formulaire")(formulaire)
    assert "earlier page" in refusal_of(run_on, write_site({"": FORM}), tutorial)


@pytest.mark.parametrize("sends", ["*", "pisteur.test/*"])
def test_a_step_sends_to_declared_hosts_alone(run_on: RunOn, write_site: WriteSite, sends: str) -> None:
    def chercher(step: Step) -> None:
        step.shoot()
        step.click(step.button("Chercher"), sends=[sends])

    assert "would send" in refusal_of(run_on, write_site({"": FORM}, toml=TOML), tutorial_of(chercher))


@pytest.mark.parametrize("url", ["file:///etc/hostname", "data:text/html,<h1>Bonjour</h1>"])
def test_a_step_opens_pages_of_sites_alone(run_on: RunOn, write_site: WriteSite, url: str) -> None:
    def partir(step: Step) -> None:
        step.go(url)
        step.shoot()

    assert "no page" in refusal_of(run_on, write_site({"": FORM}), tutorial_of(partir))


def test_dismissing_a_banner_submits_no_form(run_on: RunOn, write_site: WriteSite) -> None:
    form = FORM.replace("method=post", "method=get")
    record = run_on(write_site({"": form}), [tutorial_of(read_heading, dismiss=["form button"])])
    assert page_of(record, 1).url == START
    assert record.tutorials[0].page_loads == 1


def test_a_host_of_resources_is_no_page(run_on: RunOn, write_site: WriteSite) -> None:
    toml = f'[[route]]\nurl = "{START}"\nredirect = "https://autre.exemple.test/"\n'
    name = write_site({"": FORM}, toml=toml)
    other = Path(name) / "autre.exemple.test"
    other.mkdir()
    (other / "index.html").write_text("<!doctype html><html lang=fr><h1>Bonjour</h1>", "utf-8")
    record = run_on(name, [tutorial_of(read_heading, resources=["autre.exemple.test"])])
    assert page_of(record, 1).verdict is Verdict.UNREACHABLE


def test_a_value_that_is_not_declared_public_is_never_typed(run_on: RunOn, write_site: WriteSite) -> None:
    assert "public_values" in refusal_of(
        run_on, write_site({"": FORM}), tutorial_of(page_that_fills("Code postal", "73001"))
    )


@pytest.mark.parametrize("act", ["fill", "click"])
def test_a_form_only_page_may_only_be_looked_at(run_on: RunOn, write_site: WriteSite, act: str) -> None:
    def formulaire(step: Step) -> None:
        field = step.tell("Voyez « Code postal ».", step.field())
        step.shoot()
        step.fill(field, "73000") if act == "fill" else step.click(field)

    tutorial = tutorial_of()
    tutorial.form_only(1, "formulaire", starts_at=START)(formulaire)
    assert "form_only" in refusal_of(run_on, write_site({"": FORM}), tutorial)


def test_nothing_goes_past_the_step(run_on: RunOn, write_site: WriteSite) -> None:
    def sournoise(step: Step) -> None:
        step.page.fill("#c", "73000")
        step.shoot()

    assert "of the page itself" in refusal_of(run_on, write_site({"": FORM}), tutorial_of(sournoise))


CLOSED = FORM + "<div id=d></div><script>d.attachShadow({mode: 'closed'}).innerHTML = '<input value=x hidden>'</script>"
CLOSED_IN_THE_HTML = FORM + "<div><template shadowrootmode=closed><p>Nom <input value=x></p></template></div>"
AS_THE_PICTURE_IS_TAKEN = (
    FORM + "<script>new MutationObserver(all => { if (all.some(({addedNodes}) => [...addedNodes].some(node =>"
    " node.nodeName === 'STYLE'))) c.value = 'x' }).observe(document, { childList: true, subtree: true })</script>"
)


@pytest.mark.parametrize("html", [CLOSED_IN_THE_HTML, AS_THE_PICTURE_IS_TAKEN])
def test_after_a_person_has_acted_a_field_that_the_scenario_did_not_fill_refuses_the_picture(
    run_on: RunOn, write_site: WriteSite, html: str
) -> None:
    assert "filled" in refusal_of(attended(run_on), write_site(behind_wall(html)), tutorial_of(read_heading))


OF_THE_SITE = (
    CLOSED_IN_THE_HTML,
    AS_THE_PICTURE_IS_TAKEN,
    "<h1>Bonjour</h1><label>Mois <input value=11></label><code contenteditable>let x = 1</code>",
    "<h1>Bonjour</h1><a href=/sortie>Se déconnecter</a>",
)


def test_what_the_site_fills_in_or_shows_by_itself_is_nobodys(run_on: RunOn, write_site: WriteSite) -> None:
    pages = {f"{number}": html for number, html in enumerate(OF_THE_SITE, start=1)}
    tutorial = tutorial_of()
    for path in pages:
        tutorial.page(int(path), path, starts_at=START + path)(read_heading)
    record = run_on(write_site(pages), [tutorial])
    assert [page.verdict for _, page in record.pages()] == [Verdict.NEW] * len(OF_THE_SITE)


def test_a_filled_field_below_the_window_refuses_the_page(run_on: RunOn, write_site: WriteSite) -> None:
    def entiere(step: Step) -> None:
        step.shoot(full_page=True)

    below = CLOSED_IN_THE_HTML.replace("<div>", "<div style='margin-top: 3000px'>")
    assert "filled" in refusal_of(attended(run_on), write_site(behind_wall(below)), tutorial_of(entiere))


def test_closed_roots_with_nothing_in_their_fields_are_seen(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<h1>Bonjour</h1>" + (CLOSED + CLOSED_IN_THE_HTML).replace("value=x", "")
    assert page_of(run_on(write_site({"": html}), [tutorial_of(read_heading)]), 1).verdict is Verdict.NEW


def test_a_value_typed_by_the_scenario_may_stay_in_its_field(run_on: RunOn, write_site: WriteSite) -> None:
    def chercher(step: Step) -> None:
        step.fill(step.field("Code postal"), "73000")
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    spaced = FORM + "<script>c.oninput = () => { c.value = '73 000' }</script>"
    assert page_of(run_on(write_site({"": spaced}), [tutorial_of(chercher)]), 1).verdict is Verdict.NEW


MARKUP = (
    "<svg role=img aria-label=Logo width=20 height=20></svg><div role=link tabindex=0>Aide</div>",
    "<svg><a href=/x><text y=20>Lien</text></a></svg><a href='javascript:ouvrir()'>Ouvrir</a>",
    "<form><input name=children><input name=parentElement></form>",
    "<script>Array.prototype.toJSON = function () { return 'list' }</script><label>Ville <input></label>",
    "<a href=/deconnexion hidden>Se déconnecter</a>",
)


def test_pages_of_any_markup_are_seen(run_on: RunOn, write_site: WriteSite) -> None:
    pages = {f"{number}": f"<h1>Bonjour</h1>{html}" for number, html in enumerate(MARKUP, start=1)}
    tutorial = tutorial_of()
    for path in pages:
        tutorial.page(int(path), path, starts_at=START + path)(read_heading_at(START + path))
    record = run_on(write_site(pages), [tutorial])
    assert [page.url for _, page in record.pages()] == [START + path for path in pages]
    assert {page.verdict for _, page in record.pages()} == {Verdict.NEW}


def test_only_the_scheme_is_kept_of_a_link_that_is_no_page(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<h1>Bonjour</h1><a href=\"javascript:ouvrir('jeton')\">Ouvrir</a>"
    run_on(write_site({"": html}), [tutorial_of(read_heading)])
    capture = run_on.outcomes[-1].capture
    assert capture is not None
    assert [element.address for element in capture.sidecar.elements if element.role == "link"] == ["javascript:"]


def test_a_field_that_the_site_filled_is_not_sent(run_on: RunOn, write_site: WriteSite) -> None:
    def chercher(step: Step) -> None:
        button = step.tell("Cliquez sur « Chercher ».", step.button())
        step.shoot()
        step.click(step.button("Remplir"))
        step.click(button, sends=[f"{HOST}/recherche"])

    filler = "<button type=button onclick=\"c.value = 'quelquun'\">Remplir</button>"
    tutorial = tutorial_of(chercher)
    tutorial.page(2, "suite")(read_heading)
    site = write_site({**behind_wall(FORM + filler), "suite": FORM}, toml=TOML)
    assert "filled" in refusal_of(attended(run_on), site, tutorial)
    assert not list(run_on.runs.rglob("captures/*/02.*")), "it was not sent"


SIGN_OUT_AS_THE_PICTURE_IS_TAKEN = (
    "<h1>Bonjour</h1><script>new MutationObserver(all => { if (!window.done && all.some(({addedNodes}) =>"
    " [...addedNodes].some(node => node.nodeName === 'STYLE'))) { done = 1;"
    " document.body.insertAdjacentHTML('beforeend', '<a href=/s>Se déconnecter</a>') } })"
    ".observe(document, { childList: true, subtree: true })</script>"
)


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<h1>Bonjour</h1><script>history.replaceState(0, '', '/?email=quelquun')</script>", "address carries"),
        ("<h1>Bonjour</h1><script>history.replaceState(0, '', '/compte/accueil')</script>", "boundary"),
    ],
)
def test_a_page_with_personal_data_is_not_kept(run_on: RunOn, write_site: WriteSite, html: str, told: str) -> None:
    assert told in refusal_of(
        run_on, write_site({"": html}), tutorial_of(read_heading, forbidden_urls=[f"{HOST}/compte/"])
    )


@pytest.mark.parametrize(
    "html", ["<h1>Bonjour</h1><a href=/sortie>Se déconnecter</a>", SIGN_OUT_AS_THE_PICTURE_IS_TAKEN]
)
def test_after_a_person_has_acted_a_page_that_knows_somebody_is_not_kept(
    run_on: RunOn, write_site: WriteSite, html: str
) -> None:
    site = write_site(behind_wall(html))
    assert "knows somebody" in refusal_of(attended(run_on), site, tutorial_of(read_heading))


def test_personal_data_that_appears_after_a_click_ends_the_journey(run_on: RunOn, write_site: WriteSite) -> None:
    def entrer(step: Step) -> None:
        link = step.tell("Cliquez sur « Entrer ».", step.link())
        step.shoot()
        step.click(link)

    pages = {"": "<a href=/compte/>Entrer</a>", "compte": "<h1>Compte</h1>"}
    assert "boundary" in refusal_of(run_on, write_site(pages), tutorial_of(entrer, forbidden_urls=[f"{HOST}/compte/"]))


def test_nothing_that_could_identify_is_kept(run_on: RunOn, write_site: WriteSite) -> None:
    secret = "jeton" + "0a1b2c"
    toml = f'[[route]]\nurl = "{START}"\npage = "index.html"\nset_cookies = {{ session = "{secret}" }}\n'
    html = f"<h1>Bonjour</h1><a href='/suite?sid={secret}'>Suite</a><script>localStorage.x = '{secret}'</script>"

    def suivre(step: Step) -> None:
        link = step.link("Suite")
        step.click(link)
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    site_name = write_site({"": html, "suite": html}, toml=toml)
    record = run_on(site_name, [tutorial_of(suivre)])
    assert page_of(record, 1).url == f"{START}suite?sid="
    for file in run_on.runs.rglob("*"):
        assert not file.is_file() or secret.encode() not in file.read_bytes(), file
    second = run_on(site_name, [tutorial_of(suivre)])
    assert page_of(second, 1).verdict is Verdict.NEW


def test_a_picture_says_nothing_but_its_pixels(run_on: RunOn, write_site: WriteSite) -> None:
    run_on(write_site({"": FORM}), [tutorial_of(read_heading)])
    (picture,) = run_on.runs.rglob("captures/**/*.png")
    data, at, kinds = picture.read_bytes(), 8, set()
    while at < len(data):
        kinds.add(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4]) + 12
    assert kinds == {b"IHDR", b"IDAT", b"IEND"}


def test_a_refusal_ends_its_journey_and_the_other_tutorials_are_seen(run_on: RunOn, write_site: WriteSite) -> None:
    careless = tutorial_of(page_that_fills("Code postal", "73001"), read_heading)
    other = Tutorial("autre", title="Autre", source="nous", licence="CC0", hosts=[HOST])
    other.page(1, "lecture", starts_at=START)(read_heading)
    record = run_on(write_site({"": FORM}), [careless, other])
    verdicts = {(tutorial.slug, page.number): page.verdict for tutorial, page in record.pages()}
    assert verdicts == {
        ("exemple", 1): Verdict.UNREACHABLE,
        ("exemple", 2): Verdict.NOT_REACHED,
        ("autre", 1): Verdict.NEW,
    }
    assert record.exit_code is ExitCode.REFUSED
    assert not list(run_on.runs.rglob("captures/exemple")), "nothing was kept"


def test_an_obstacle_that_a_scenario_catches_stays_one(run_on: RunOn, write_site: WriteSite) -> None:
    def tenace(step: Step) -> None:
        with suppress(Exception):
            step.go(f"{START}mur")
        step.shoot()

    record = run_on(write_site({"": FORM, "mur": "<h1>Vérification de sécurité</h1>"}), [tutorial_of(tenace)])
    (reason,) = page_of(record, 1).judgement.reasons
    assert page_of(record, 1).captured is None
    assert reason.obstacle is not None
    assert reason.obstacle.kind is ObstacleKind.WALL


@pytest.mark.parametrize(
    ("html", "selector"),
    [
        ("<form action=/autre><select name=v><option>Lyon</select><button>Voir</button></form>", "button"),
        ("<form action=/autre><input name=c><button><span>Voir</span></button></form>", "button span"),
        ("<form action=/autre><input name=c><button>Voir</button></form>", "form"),
        ("<a id=s href=/autre>Suite</a>", "#s"),
        ("<label id=s>J'accepte <input type=checkbox></label>", "#s"),
    ],
)
def test_dismissing_a_banner_loads_no_page_and_fills_no_field(
    run_on: RunOn, write_site: WriteSite, html: str, selector: str
) -> None:
    style = "<style>form, label, a { display: inline-block; padding: 0 } button { width: 300px }</style>"
    record = run_on(write_site({"": f"<h1>Bonjour</h1>{style}{html}"}), [tutorial_of(read_heading, dismiss=[selector])])
    assert page_of(record, 1).url == START
    assert page_of(record, 1).verdict is Verdict.NEW
    assert record.tutorials[0].page_loads == 1


def test_a_form_only_page_is_not_left_by_its_address(run_on: RunOn, write_site: WriteSite) -> None:
    def formulaire(step: Step) -> None:
        step.shoot()
        step.go(f"{START}recherche?ville=Lyon")

    tutorial = tutorial_of()
    tutorial.form_only(1, "formulaire", starts_at=START)(formulaire)
    assert "form_only" in refusal_of(run_on, write_site({"": FORM}), tutorial)


def test_a_refusal_that_a_scenario_catches_stays_one(run_on: RunOn, write_site: WriteSite) -> None:
    def tenace(step: Step) -> None:
        field = step.tell("Tapez dans « Code postal ».", step.field())
        for _ in range(2):
            with suppress(Exception):
                step.fill(field, "73001")
        with suppress(Exception):
            step.fill(field, "73000")
        with suppress(Exception):
            step.shoot()

    assert "public_values" in refusal_of(run_on, write_site({"": FORM}), tutorial_of(tenace))


def test_personal_data_on_the_second_visit_removes_the_first_capture(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.site.replica.PAGE_LOADS", count())
    html = "<h1>Bonjour</h1><p>{{ load }}</p>{% if load == 2 %}"
    html += "<script>history.replaceState(0, '', '/?email=quelquun')</script>{% endif %}"
    name = write_site({"": html}, toml="templates = true\n")
    first = run_on(name, [tutorial_of(read_heading)])
    run_on.approve(first)
    shutil.rmtree(run_on.runs / first.id)
    assert "address carries" in refusal_of(run_on, name, tutorial_of(read_heading))
