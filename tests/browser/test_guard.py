"""The guard, against careless and hostile scenarios."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from capture import Step, Tutorial
from capture.politeness.obstacles import ObstacleKind
from capture.scenario.tutorial import Visit
from report.verdict import ExitCode, Verdict
from tests.support.attended import WALL, attended, behind_wall
from tests.support.builders import HOST, START, tutorial_of
from tests.support.careless_scenarios import FORM, TOML, page_that_fills, read_heading, refusal_of
from tests.support.one_tab import refusals_in_one_tab, refusals_of_each_page
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


def hover_and_fill(step: Step) -> None:
    field = step.tell("Tapez dans « Code postal ».", step.field())
    step.shoot()
    step.hover(step.heading("Bonjour"))
    step.fill(field, "73000")


def contourner(step: Step) -> None:
    step.shoot()
    step.fill(step.heading("Code"), "73000")


def sending(to: str) -> Visit:
    def chercher(step: Step) -> None:
        step.shoot()
        step.click(step.button("Chercher"), sends=[to])

    return chercher


def going(url: str) -> Visit:
    def partir(step: Step) -> None:
        step.go(url)
        step.shoot()

    return partir


def entrer(step: Step) -> None:
    link = step.tell("Cliquez sur « Entrer ».", step.link())
    step.shoot()
    step.click(link)


RELABELLED = "onmousemove = () => { document.querySelector('label').textContent = 'Date de naissance' }"
CARELESS: Mapping[str, tuple[str, Visit, str]] = {
    "it types into a field that asks for a person's data": (
        "<label for=x>Mot de passe</label><input id=x>",
        page_that_fills("Mot de passe", "73000"),
        "asks for a person's data",
    ),
    "it types into a field that becomes a password's as the mouse moves": (
        f"{FORM}<script>onmousemove = () => {{ c.type = 'password' }}</script>",
        hover_and_fill,
        "asks for",
    ),
    "it types into a field that becomes a password's as it is entered": (
        f"{FORM}<script>c.onfocus = () => {{ c.type = 'password' }}</script>",
        hover_and_fill,
        "asks for",
    ),
    "it types into a field that gets another label": (
        f"<p>Où ?</p>{FORM}<script>{RELABELLED}</script>",  # the mouse, which was on such a page before, must move
        hover_and_fill,
        "asks for",
    ),
    "it types into a field by its label": (
        "<label for=x>Votre <h2>Code</h2></label><input id=x type=password>",
        contourner,
        "no field",
    ),
    "it sends to every host": (FORM, sending("*"), "would send"),
    "it sends to a host that is not declared": (FORM, sending("pisteur.test/*"), "would send"),
    "it opens a file of this machine": (FORM, going("file:///etc/hostname"), "no page"),
    "it opens a page that it has written": (FORM, going("data:text/html,<h1>Bonjour</h1>"), "no page"),
    "it types a value that is not declared public": (FORM, page_that_fills("Code postal", "73001"), "public_values"),
    "the address of its page carries personal data": (
        "<h1>Bonjour</h1><script>history.replaceState(0, '', '/?email=quelquun')</script>",
        read_heading,
        "address carries",
    ),
    "only a signed-in person reaches its page": (
        "<h1>Bonjour</h1><script>history.replaceState(0, '', '/compte/accueil')</script>",
        read_heading,
        "boundary",
    ),
    "only a signed-in person reaches where it clicks": ("<a href=/compte/>Entrer</a>", entrer, "boundary"),
}
"""HTML of a page, its visit, and a part of what is told, by what is careless."""


def test_a_careless_scenario_is_refused(run_on: RunOn, write_site: WriteSite) -> None:
    pages = {str(number): html for number, (html, _, _) in enumerate(CARELESS.values())}
    site = write_site({**pages, "compte": "<h1>Compte</h1>"}, toml=TOML)
    acts = [visit for _, visit, _ in CARELESS.values()]
    refusals = refusals_in_one_tab(run_on, site, acts, forbidden_urls=[f"{HOST}/compte/"])
    said = dict(zip(CARELESS, refusals, strict=True))
    assert {what: told for what, told in said.items() if told is None or CARELESS[what][2] not in told} == {}


def look_and_fill(step: Step) -> None:
    field = step.tell("Voyez « Code postal ».", step.field())
    step.shoot()
    step.fill(field, "73000")


def look_and_click(step: Step) -> None:
    field = step.tell("Voyez « Code postal ».", step.field())
    step.shoot()
    step.click(field)


def look_and_go(step: Step) -> None:
    step.shoot()
    step.go(f"{START}recherche?ville=Lyon")


def test_a_form_only_page_may_only_be_looked_at(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()
    for number, visit in enumerate((look_and_fill, look_and_click, look_and_go), start=1):
        tutorial.form_only(number, visit.__name__, starts_at=f"{START}{number}")(visit)
    site = write_site({str(page.number): FORM for page in tutorial.pages})
    for page, told in zip(tutorial.pages, refusals_of_each_page(run_on, site, tutorial), strict=True):
        assert told is not None, page.title
        assert "form_only" in told, page.title


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


def test_a_host_of_resources_is_no_page(run_on: RunOn, write_site: WriteSite) -> None:
    toml = f'[[route]]\nurl = "{START}"\nredirect = "https://autre.exemple.test/"\n'
    name = write_site({"": FORM}, toml=toml)
    other = Path(name) / "autre.exemple.test"
    other.mkdir()
    (other / "index.html").write_text("<!doctype html><html lang=fr><h1>Bonjour</h1>", "utf-8")
    record = run_on(name, [tutorial_of(read_heading, resources=["autre.exemple.test"])])
    assert page_of(record, 1).verdict is Verdict.UNREACHABLE


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


OF_THE_SITE = (
    CLOSED_IN_THE_HTML,
    AS_THE_PICTURE_IS_TAKEN,
    "<h1>Bonjour</h1><label>Mois <input value=11></label><code contenteditable>let x = 1</code>",
    "<h1>Bonjour</h1><a href=/sortie>Se déconnecter</a>",
)


def chercher(step: Step) -> None:
    step.fill(step.field("Code postal"), "73000")
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()


MARKUP = (
    "<svg role=img aria-label=Logo width=20 height=20></svg><div role=link tabindex=0>Aide</div>",
    "<svg><a href=/x><text y=20>Lien</text></a></svg><a href='javascript:ouvrir()'>Ouvrir</a>",
    "<form><input name=children><input name=parentElement></form>",
    "<script>Array.prototype.toJSON = function () { return 'list' }</script><label>Ville <input></label>",
    "<a href=/deconnexion hidden>Se déconnecter</a>",
)


SEEN: Mapping[str, tuple[str, Visit]] = {
    **{f"what the site fills in or shows by itself: {html}": (html, read_heading) for html in OF_THE_SITE},
    **{f"any markup: {html}": (f"<h1>Bonjour</h1>{html}", read_heading) for html in MARKUP},
    "closed roots with nothing in their fields": (
        "<h1>Bonjour</h1>" + (CLOSED + CLOSED_IN_THE_HTML).replace("value=x", ""),
        read_heading,
    ),
    "a value typed by the scenario, in its field": (
        FORM + "<script>c.oninput = () => { c.value = '73 000' }</script>",
        chercher,
    ),
    "a link that is no page": ("<h1>Bonjour</h1><a href=\"javascript:ouvrir('jeton')\">Ouvrir</a>", read_heading),
}
"""HTML of a page and its visit, by what is nobody's."""


def test_pages_of_nobody_are_seen_and_nothing_but_what_they_show_is_kept(run_on: RunOn, write_site: WriteSite) -> None:
    tutorial = tutorial_of()
    for number, (what, (_, visit)) in enumerate(SEEN.items(), start=1):
        tutorial.page(number, what, starts_at=f"{START}{number}")(visit)
    pages = {str(number): html for number, (html, _) in enumerate(SEEN.values(), start=1)}
    record = run_on(write_site(pages), [tutorial])
    for what, (_, page) in zip(SEEN, record.pages(), strict=True):
        assert (page.verdict, page.url) == (Verdict.NEW, f"{START}{page.number}"), what
    links = [element.address for element in run_on.sidecars[-1].elements if element.role == "link"]
    assert links == ["javascript:"], "only the scheme is kept of a link that is no page"
    pictures = list(run_on.runs.rglob("captures/**/*.png"))
    assert len(pictures) == len(SEEN)
    for picture in pictures:
        assert chunks_of(picture.read_bytes()) == {b"IHDR", b"IDAT", b"IEND"}, "it says nothing but its pixels"


def chunks_of(png: bytes) -> set[bytes]:
    """Return the types of the chunks of a PNG."""
    at, kinds = 8, set()
    while at < len(png):
        kinds.add(png[at + 4 : at + 8])
        at += int.from_bytes(png[at : at + 4]) + 12
    return kinds


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
    assert "filled" in refusal_of(attended(run_on, site), site, tutorial)
    assert not list(run_on.runs.rglob("captures/*/02.*")), "it was not sent"


SIGN_OUT_AS_THE_PICTURE_IS_TAKEN = (
    "<h1>Bonjour</h1><script>new MutationObserver(all => { if (!window.done && all.some(({addedNodes}) =>"
    " [...addedNodes].some(node => node.nodeName === 'STYLE'))) { done = 1;"
    " document.body.insertAdjacentHTML('beforeend', '<a href=/s>Se déconnecter</a>') } })"
    ".observe(document, { childList: true, subtree: true })</script>"
)


def entiere(step: Step) -> None:
    step.shoot(full_page=True)


OF_SOMEBODY: tuple[tuple[str, Visit, str], ...] = (
    (CLOSED_IN_THE_HTML, read_heading, "filled"),
    (AS_THE_PICTURE_IS_TAKEN, read_heading, "filled"),
    (CLOSED_IN_THE_HTML.replace("<div>", "<div style='margin-top: 3000px'>"), entiere, "filled"),
    ("<h1>Bonjour</h1><a href=/sortie>Se déconnecter</a>", read_heading, "knows somebody"),
    (SIGN_OUT_AS_THE_PICTURE_IS_TAKEN, read_heading, "knows somebody"),
)
"""HTML of a page, its visit, and a part of what is told after a person has acted: somebody may have signed in."""


def test_after_a_person_has_acted_a_page_that_may_be_somebodys_is_not_kept(
    run_on: RunOn, write_site: WriteSite
) -> None:
    pages = {str(number): html for number, (html, _, _) in enumerate(OF_SOMEBODY, start=1)}
    site = write_site({**pages, "0": WALL, "reel": "<h1>Bonjour</h1>"})
    acts = [read_heading, *(visit for _, visit, _ in OF_SOMEBODY)]
    behind_the_wall, *refusals = refusals_in_one_tab(attended(run_on, site), site, acts)
    assert behind_the_wall is None
    for (html, _, told), said in zip(OF_SOMEBODY, refusals, strict=True):
        assert said is not None, html
        assert told in said, html


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


DISMISSED = {
    "#a": "<form action=/autre><select name=v><option>Lyon</select><button id=a>Voir</button></form>",
    "#b span": "<form action=/autre><input name=c><button id=b><span>Voir</span></button></form>",
    "#f": "<form id=f action=/autre><input name=c><button>Voir</button></form>",
    "#d": "<a id=d href=/autre>Suite</a>",
    "#e": "<label id=e>J'accepte <input type=checkbox></label>",
    "form[method=get] button": FORM.replace("method=post", "method=get"),
}
"""HTML by a selector for dismissing banners that matches in it."""


def test_dismissing_a_banner_loads_no_page_and_fills_no_field(run_on: RunOn, write_site: WriteSite) -> None:
    style = "<style>form, label, a { display: inline-block; padding: 0 } button { width: 300px }</style>"
    tutorial = tutorial_of(dismiss=list(DISMISSED))
    for number, selector in enumerate(DISMISSED, start=1):
        tutorial.page(number, selector, starts_at=f"{START}{number}")(read_heading)
    pages = {str(number): f"<h1>Bonjour</h1>{style}{html}" for number, html in enumerate(DISMISSED.values(), start=1)}
    record = run_on(write_site(pages), [tutorial])
    for selector, (_, page) in zip(DISMISSED, record.pages(), strict=True):
        assert (page.url, page.verdict) == (f"{START}{page.number}", Verdict.NEW), selector
    assert record.tutorials[0].page_loads == len(DISMISSED)


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
