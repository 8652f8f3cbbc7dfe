"""The author's API: instructions, acts and captures."""

import io

import pytest
from PIL import Image

from capture import Step, Tutorial
from capture.capture import Capture, read_capture
from capture.politeness.obstacles import ObstacleKind
from capture.scenario.instruction import HealingEvidence, InstructionStatus
from report.results.run_record import RunRecord
from report.verdict import ReasonKind, Verdict
from tests.support.builders import START, tutorial_of
from tests.support.runs import RunOn, WriteSite, page_of


def capture_of(run_on: RunOn, record: RunRecord, number: int = 1) -> Capture:
    captured = page_of(record, number).captured
    assert captured is not None
    return read_capture(run_on.runs / record.id / captured.stem)


def statuses(record: RunRecord, number: int = 1) -> list[InstructionStatus]:
    return [result.status for result in page_of(record, number).instructions]


def test_an_instruction_is_true_only_when_its_element_is_there_visible_and_topmost(
    run_on: RunOn, write_site: WriteSite
) -> None:
    html = (
        "<button>Là</button><button hidden>Caché</button>"
        "<button style='position:absolute;left:9px;top:200px'>Dessous</button>"
        "<style>div{position:absolute;left:0;top:180px;width:400px;height:99px;background:#fff}</style>"
        "<div role=dialog aria-label=Pub></div><p>Autrement"
    )

    def visite(step: Step) -> None:
        for name in ("Là", "Caché", "Dessous", "Absent"):
            step.tell(f"Cliquez sur « {name} ».", step.button())
        step.tell("Lisez « Autrement ».", step.page.get_by_text("Autrement"))
        step.tell("Lisez « Autre ».", step.page.locator("p"))
        step.shoot()

    record = run_on(write_site({"": html}), [tutorial_of(visite)])
    expected = [
        InstructionStatus.TRUE,
        InstructionStatus.HIDDEN,
        InstructionStatus.COVERED,
        InstructionStatus.MISSING,
        InstructionStatus.TRUE,
        InstructionStatus.MISNAMED,
    ]
    assert statuses(record) == expected
    covered = page_of(record, 1).instructions[2]
    assert covered.covered_by == "Pub"
    renamed = page_of(record, 1).instructions[5]
    assert renamed.replacement is not None
    assert renamed.replacement.name == "Autrement"
    assert page_of(record, 1).verdict is Verdict.TEXT_OUTDATED


def test_names_are_compared_as_readers_read_them(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<button>J’accepte\n l'offre</button><a href=/x aria-label='Éléments'>x</a>"

    def visite(step: Step) -> None:
        step.tell("Cliquez sur « J'ACCEPTE L'OFFRE ».", step.button())
        step.tell("Suivez « Elements ».", step.link())
        step.shoot()

    assert statuses(run_on(write_site({"": html}), [tutorial_of(visite)])) == [
        InstructionStatus.TRUE,
        InstructionStatus.MISSING,
    ]


def test_boxes_are_where_the_elements_are_in_the_picture(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<body style='margin:0'><div style='height:1500px'></div>"
        "<style>button{position:absolute;left:40px;top:1200px;width:80px;height:30px;border:0;background:#00f}</style>"
        "<button>Bas</button>"
    )

    def visite(step: Step) -> None:
        step.tell("Cliquez sur « Bas ».", step.button())
        step.shoot(full_page=True)

    record = run_on(write_site({"": html}), [tutorial_of(visite, scale=2)])
    captured = capture_of(run_on, record)
    capture, png = captured.sidecar, captured.png
    box = capture.instructions[0].box
    assert box is not None
    assert (box.x, box.y, box.width, box.height) == (80, 2400, 160, 60)
    with Image.open(io.BytesIO(png)) as image:
        assert image.height == 3000
        assert image.convert("RGB").getpixel((82, 2402)) == (0, 0, 255)
        assert image.convert("RGB").getpixel((78, 2402)) == (255, 255, 255)


def test_a_picture_carries_no_metadata(run_on: RunOn, write_site: WriteSite) -> None:
    def visite(step: Step) -> None:
        step.shoot()

    png = capture_of(run_on, run_on(write_site({"": "<h1>Bonjour"}), [tutorial_of(visite)])).png
    with Image.open(io.BytesIO(png)) as image:
        image.load()
        assert not {key for key in image.info if key not in ("dpi", "gamma", "srgb", "transparency")}


def test_a_clear_replacement_of_a_target_is_clicked(run_on: RunOn, write_site: WriteSite) -> None:
    def accueil(step: Step) -> None:
        link = step.tell("Suivez « La suite ».", step.link())
        step.shoot()
        step.click(link)

    def suite(step: Step) -> None:
        step.tell("Lisez « Arrivée ».", step.heading())
        step.shoot()

    def tutorials() -> list[Tutorial]:
        tutorial = tutorial_of(accueil)
        tutorial.page(2, "suite")(suite)
        return [tutorial]

    old = write_site({"": "<a href=/suite>La suite</a>", "suite": "<h1>Arrivée"})
    run_on.approve(run_on(old, tutorials()))
    new = write_site({"": "<a href=/suite>Continuer la visite</a><a href=/ailleurs>Plan</a>", "suite": "<h1>Arrivée"})
    record = run_on(new, tutorials())
    (result,) = page_of(record, 1).instructions
    assert result.replacement is not None
    assert (result.replacement.name, result.replacement.evidence) == ("Continuer la visite", HealingEvidence.ADDRESS)
    assert page_of(record, 1).verdict is Verdict.TEXT_OUTDATED
    assert page_of(record, 2).verdict is Verdict.UP_TO_DATE


def test_nothing_is_acted_on_when_it_is_not_clear(run_on: RunOn, write_site: WriteSite) -> None:
    def accueil(step: Step) -> None:
        link = step.tell("Suivez « La suite ».", step.link())
        step.shoot()
        step.click(link)

    def suite(step: Step) -> None:
        step.shoot()

    tutorial = tutorial_of(accueil)
    tutorial.page(2, "suite")(suite)
    record = run_on(write_site({"": "<a href=/a>Un</a><a href=/b>Deux</a>"}), [tutorial])
    assert page_of(record, 2).verdict is Verdict.NOT_REACHED
    earlier, lost = page_of(record, 2).judgement.reasons
    assert (earlier.kind, earlier.page) == (ReasonKind.EARLIER_PAGE, 1)
    assert lost.obstacle is not None
    assert (lost.obstacle.kind, lost.obstacle.evidence) == (ObstacleKind.LOST, "Suivez « La suite »")
    assert [reason.kind for reason in page_of(record, 1).judgement.reasons] == [ReasonKind.INSTRUCTION_FALSE]


def test_an_act_before_the_picture_that_cannot_be_done_still_leaves_a_picture(
    run_on: RunOn, write_site: WriteSite
) -> None:
    def visite(step: Step) -> None:
        menu = step.tell("Ouvrez « Menu ».", step.button())
        step.click(menu)
        step.shoot()

    record = run_on(write_site({"": "<h1>Bonjour"}), [tutorial_of(visite)])
    assert statuses(record) == [InstructionStatus.MISSING]
    assert page_of(record, 1).verdict is Verdict.TEXT_OUTDATED


def test_no_picture_is_kept_of_a_page_of_which_nothing_could_be_judged(run_on: RunOn, write_site: WriteSite) -> None:
    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.click(step.button("Menu"))
        step.tell("Cliquez sur « Aide ».", step.link())
        step.shoot()

    page = page_of(run_on(write_site({"": "<h1>Bonjour"}), [tutorial_of(visite)]), 1)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.captured is None
    (reason,) = page.judgement.reasons
    assert reason.obstacle is not None
    assert "Menu" in reason.obstacle.evidence


def test_hovering_works_after_a_banner_was_dismissed(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<style>span{visibility:hidden}a:hover span{visibility:visible}"
        "#b{position:fixed;bottom:0;right:0}</style>"
        "<a href=/x aria-label=Aide>?<span role=tooltip>Aide en ligne</span></a>"
        "<button id=b hidden onclick='b.remove()'>Fermer</button>"
        "<script>document.links[0].addEventListener('mouseenter', () => { b.hidden = false }, { once: true })</script>"
    )

    def visite(step: Step) -> None:
        step.hover(step.link("Aide"))
        step.tell("Lisez « Aide en ligne ».", step.role("tooltip"))
        step.shoot()

    assert statuses(run_on(write_site({"": html}), [tutorial_of(visite, dismiss=["#b"])])) == [InstructionStatus.TRUE]


def test_a_hover_shows_what_only_shows_on_hover(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<style>span{visibility:hidden}a:hover span{visibility:visible}</style>"
        "<a href=/x aria-label=Aide>?<span role=tooltip>Aide en ligne</span></a>"
    )

    def visite(step: Step) -> None:
        icon = step.tell("Passez sur « Aide ».", step.link())
        step.hover(icon)
        step.hover(step.button("Absent"))
        step.tell("Lisez « Aide en ligne ».", step.role("tooltip"))
        step.shoot()

    assert statuses(run_on(write_site({"": html}), [tutorial_of(visite)])) == [
        InstructionStatus.TRUE,
        InstructionStatus.TRUE,
    ]


def test_a_banner_is_dismissed_before_the_picture(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<h1>Bonjour</h1><div id=b style='position:fixed;inset:0;background:#fff'>"
        "<button id=non onclick='b.remove()'>Refuser</button></div>"
    )

    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    assert statuses(run_on(write_site({"": html}), [tutorial_of(visite, dismiss=["#non"])])) == [InstructionStatus.TRUE]
    assert statuses(run_on(write_site({"": html}), [tutorial_of(visite)])) == [InstructionStatus.COVERED]


def test_a_dialog_over_a_mask_is_compared(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<div id=vivant style='position:absolute;inset:0 0 auto 0;height:600px;background:#eee'></div>"
        "<style>dialog{position:absolute;margin:0;left:100px;top:100px;width:200px;height:100px}</style>"
        "<dialog open aria-label=Boîte><button>Oui</button></dialog>"
    )

    def visite(step: Step) -> None:
        step.tell("Cliquez sur « Oui ».", step.button())
        step.shoot(ignore=["#vivant"])

    capture = capture_of(run_on, run_on(write_site({"": html}), [tutorial_of(visite)])).sidecar
    box = capture.instructions[0].box
    assert box is not None
    assert capture.masks
    assert not any(mask.overlap(box) for mask in capture.masks)


def leading_elsewhere(*, new_tab: bool) -> Tutorial:
    """Return a tutorial of two pages, whose first one has a link that leads to the second one."""

    def accueil(step: Step) -> None:
        link = step.tell("Suivez « Ailleurs ».", step.link())
        step.shoot()
        step.click(link, new_tab=new_tab)

    def suite(step: Step) -> None:
        step.tell("Lisez « Arrivée ».", step.heading())
        step.shoot()

    tutorial = tutorial_of(accueil)
    tutorial.page(2, "suite")(suite)
    return tutorial


@pytest.mark.parametrize(
    ("tag", "truth", "verdict"),
    [
        ("<a href=/suite target=_blank>Ailleurs</a>", [InstructionStatus.TRUE], Verdict.NEW),
        ("<a href=/suite>Ailleurs</a>", [InstructionStatus.TRUE], Verdict.NEW),
        ("<a href=#rien>Ailleurs</a>", [], Verdict.NOT_REACHED),
    ],
    ids=["opens", "leads on in this one", "leads nowhere"],
)
def test_a_new_tab_is_followed(
    run_on: RunOn,
    write_site: WriteSite,
    monkeypatch: pytest.MonkeyPatch,
    tag: str,
    truth: list[InstructionStatus],
    verdict: Verdict,
) -> None:
    monkeypatch.setattr("capture.browser.tab.ACTION_TIMEOUT_MS", 1000)
    record = run_on(write_site({"": tag, "suite": "<h1>Arrivée"}), [leading_elsewhere(new_tab=True)])
    assert statuses(record, 2) == truth
    assert page_of(record, 2).verdict is verdict


@pytest.mark.parametrize(
    ("tag", "new_tab", "told"),
    [
        ("<a href=/suite target=_blank>Ailleurs</a>", False, ReasonKind.NEW_TAB),
        ("<a href=/suite>Ailleurs</a>", True, ReasonKind.SAME_TAB),
        ("<a href=/suite>Ailleurs</a>", False, None),
    ],
)
def test_a_tab_that_the_scenario_does_not_expect_is_told_on_the_page_of_the_click(
    run_on: RunOn,
    write_site: WriteSite,
    monkeypatch: pytest.MonkeyPatch,
    tag: str,
    new_tab: bool,
    told: ReasonKind | None,
) -> None:
    monkeypatch.setattr("capture.browser.tab.ACTION_TIMEOUT_MS", 1000)
    record = run_on(write_site({"": tag, "suite": "<h1>Arrivée"}), [leading_elsewhere(new_tab=new_tab)])
    found = [(reason.kind, reason.after) for reason in page_of(record, 1).judgement.reasons if reason.after]
    assert found == ([] if told is None else [(told, "Ailleurs")])
    assert page_of(record, 2).verdict is Verdict.NEW


def test_late_resources_are_waited_for(run_on: RunOn, write_site: WriteSite) -> None:
    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.tell("Cliquez sur « Valider ».", step.button())
        step.shoot()

    def acte(step: Step) -> None:
        step.fill(step.field("Code postal"), "73000")
        step.shoot()

    late = "<script>fetch('/tard').then(() => { later.hidden = false })</script>"
    html = (
        f"<h1>Bonjour</h1><div id=later hidden><label>Code postal <input></label><button>Valider</button></div>{late}"
    )
    toml = f'[[route]]\nurl = "{START}tard"\npage = "index.html"\nlatency_s = 0.8\n'
    record = run_on(write_site({"": html}, toml=toml), [tutorial_of(visite, acte)])
    assert statuses(record) == [InstructionStatus.TRUE, InstructionStatus.TRUE]
    assert page_of(record, 2).verdict is Verdict.NEW


def test_late_content_is_waited_for(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<h1></h1><script>let n = 0; const timer = setInterval(() => {"
        "document.querySelector('h1').textContent = 'Prêt ' + (++n); if (n > 5) clearInterval(timer); }, 60)</script>"
    )

    def visite(step: Step) -> None:
        step.tell("Lisez « Prêt 6 ».", step.heading())
        step.shoot()

    capture = capture_of(run_on, run_on(write_site({"": html}), [tutorial_of(visite)])).sidecar
    assert [result.status for result in capture.instructions] == [InstructionStatus.TRUE]
    assert capture.stable


def test_a_page_that_never_stands_still_is_captured_and_says_so(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.browser.stability.LIMIT_MS", 600)
    html = (
        "<h1>Bonjour</h1><p></p><script>"
        "setInterval(() => { document.querySelector('p').textContent = performance.now() }, 20)</script>"
    )

    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    capture = capture_of(run_on, run_on(write_site({"": html}), [tutorial_of(visite)])).sidecar
    assert not capture.stable


def test_a_replacement_that_is_not_harmless_is_named_but_not_clicked(run_on: RunOn, write_site: WriteSite) -> None:
    def visite(step: Step) -> None:
        valider = step.tell("Cliquez sur « Valider le choix ».", step.button())
        step.shoot()
        step.click(valider)

    before = "<form><label>Ville <input></label><button type=button>Valider le choix</button></form>"
    after = (
        "<form><label>Ville <input></label><label>Votre e-mail <input></label>"
        "<button type=button onclick='location=\"/suite\"'>Valider les choix</button></form>"
    )
    pages = {"suite": "<h1>Suite</h1>"}
    run_on.approve(run_on(write_site({"": before, **pages}), [tutorial_of(visite)]))
    record = run_on(write_site({"": after, **pages}), [tutorial_of(visite)])
    (result,) = page_of(record, 1).instructions
    assert result.replacement is not None
    assert result.replacement.name == "Valider les choix"
    assert record.tutorials[0].page_loads == 1, "the journey did not go on from there"


CONSENT = "<div style='position:fixed;inset:0;background:#fff'>Cookies ? <button class=non>Tout refuser</button></div>"
IN_A_SHADOW_ROOT = (
    f"<div id=d></div><script>const root = d.attachShadow({{mode: 'open'}}); root.innerHTML = `{CONSENT}`;"
    "root.querySelector('.non').onclick = () => d.remove()</script>"
)
IN_THE_PAGE = f"{CONSENT}<script>document.querySelector('.non').onclick = (e) => e.target.parentNode.remove()</script>"


@pytest.mark.parametrize("html", [IN_A_SHADOW_ROOT, IN_THE_PAGE], ids=["in a shadow root", "in the page"])
@pytest.mark.parametrize("dismiss", [".non", "Tout refuser"])
def test_a_banner_is_dismissed_by_a_selector_or_by_the_words_of_its_button(
    run_on: RunOn, write_site: WriteSite, html: str, dismiss: str
) -> None:
    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    record = run_on(write_site({"": f"<h1>Bonjour</h1>{html}"}), [tutorial_of(visite, dismiss=[dismiss])])
    assert statuses(record) == [InstructionStatus.TRUE]


def test_an_unknown_consent_window_is_an_obstacle(run_on: RunOn, write_site: WriteSite) -> None:
    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    record = run_on(write_site({"": f"<h1>Bonjour</h1>{CONSENT}"}), [tutorial_of(visite)])
    (reason,) = page_of(record, 1).judgement.reasons
    assert page_of(record, 1).verdict is Verdict.UNREACHABLE
    assert reason.obstacle is not None
    assert (reason.obstacle.kind, reason.obstacle.evidence) == (ObstacleKind.OVERLAY, "« Cookies ? Tout refuser »")


def test_a_banner_that_comes_after_a_click_closes_nothing(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<button id=o>Menu</button><div id=m hidden><a href=/i>Inscription</a></div>"
        "<div id=b hidden style='position:fixed;right:0;bottom:0'>Votre avis ? <button id=non>Non</button></div>"
        "<script>document.onclick = ({ target }) => { m.hidden = target !== o; b.hidden = target !== o }</script>"
    )

    def visite(step: Step) -> None:
        step.click(step.tell("Cliquez sur « Menu ».", step.button()))
        step.tell("Suivez « Inscription ».", step.link())
        step.shoot()

    record = run_on(write_site({"": html}), [tutorial_of(visite, dismiss=["#non"])])
    assert statuses(record) == [InstructionStatus.TRUE, InstructionStatus.TRUE]


@pytest.mark.parametrize(
    "html",
    [
        "<a href=/suite target=_blank>Ailleurs</a>",
        "<button onclick=\"window.open('/suite')\">Ailleurs</button>",
    ],
)
def test_a_tab_that_opens_unasked_is_gone_on_in(run_on: RunOn, write_site: WriteSite, html: str) -> None:
    def accueil(step: Step) -> None:
        there = step.tell("Suivez « Ailleurs ».", step.link())
        step.shoot()
        step.click(there)

    def suite(step: Step) -> None:
        step.tell("Lisez « Arrivée ».", step.heading())
        step.shoot()

    tutorial = tutorial_of(accueil)
    tutorial.page(2, "suite")(suite)
    record = run_on(write_site({"": html, "suite": "<h1>Arrivée"}), [tutorial])
    assert statuses(record, 2) == [InstructionStatus.TRUE]


LATE = (
    "<main id=m><p>Chargement…</p></main><script>setTimeout(() => { m.innerHTML = '<h1>Bonjour</h1>' }, 1500)</script>"
)
NEVER = "<main><p>Chargement…</p></main>"
REFRESH = "<meta http-equiv=refresh content='1; url=/suite'><p>Un moment"


@pytest.mark.parametrize("html", [LATE, REFRESH])
def test_a_page_that_is_loading_is_waited_for(run_on: RunOn, write_site: WriteSite, html: str) -> None:
    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    record = run_on(write_site({"": html, "suite": "<h1>Bonjour"}), [tutorial_of(visite)])
    assert statuses(record) == [InstructionStatus.TRUE]


def test_a_page_that_is_still_loading_is_not_judged(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.browser.stability.LOADING_MS", 500)

    def visite(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.heading())
        step.shoot()

    record = run_on(write_site({"": NEVER}), [tutorial_of(visite)])
    (reason,) = page_of(record, 1).judgement.reasons
    assert reason.obstacle is not None
    assert (reason.obstacle.kind, reason.obstacle.evidence) == (ObstacleKind.LOADING, "« Chargement… »")


FOCUSED = "<style>ul { display: none } a:focus + ul { display: block }</style>"


@pytest.mark.parametrize(
    ("html", "nowhere"),
    [
        ("<a href='#' onclick='return false'>Ailleurs</a>", True),
        ("<button>Ailleurs</button>", True),
        ("<button onclick='setTimeout(() => { document.title = 1 }, 300)'>Ailleurs</button>", False),
        (f"{FOCUSED}<a href='#' onclick='return false'>Ailleurs</a><ul><li>Un</ul>", False),
        ("<details><summary>Ailleurs</summary>Texte</details>", False),
        ("<label>Ailleurs <input type=checkbox></label>", False),
    ],
)
def test_a_click_that_leads_nowhere_is_told_on_its_own_page(
    run_on: RunOn, write_site: WriteSite, html: str, nowhere: bool
) -> None:
    def accueil(step: Step) -> None:
        there = step.tell("Cliquez sur « Ailleurs ».", step.role("", "Ailleurs"))
        step.shoot()
        step.click(there)

    def suite(step: Step) -> None:
        step.tell("Voyez « Ailleurs ».", step.role("", "Ailleurs"))
        step.shoot()

    tutorial = tutorial_of(accueil)
    tutorial.page(2, "suite")(suite)
    record = run_on(write_site({"": html}), [tutorial])
    stopped = [reason.obstacle for reason in page_of(record, 1).judgement.reasons if reason.obstacle]
    assert [obstacle.kind for obstacle in stopped] == ([ObstacleKind.NOWHERE] if nowhere else [])
    assert (page_of(record, 2).verdict is Verdict.NOT_REACHED) is nowhere


def test_what_a_closed_shadow_root_shows_is_found_and_clicked(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<p>Voici</p><div id=d></div><script>const root = d.attachShadow({ mode: 'closed' });"
        "root.innerHTML = '<button>Ouvrir</button>';"
        "root.firstChild.onclick = () => { document.body.innerHTML = '<h1>Ouvert</h1>' }</script>"
    )

    def accueil(step: Step) -> None:
        button = step.tell("Cliquez sur « Ouvrir ».", step.button())
        step.shoot()
        step.click(button)

    def suite(step: Step) -> None:
        step.tell("Lisez « Ouvert ».", step.heading())
        step.shoot()

    tutorial = tutorial_of(accueil)
    tutorial.page(2, "suite")(suite)
    record = run_on(write_site({"": html}), [tutorial])
    assert statuses(record, 1) == statuses(record, 2) == [InstructionStatus.TRUE]


def test_a_page_that_keeps_reloading_is_an_obstacle(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.browser.stability.LIMIT_MS", 2000)
    record = run_on(
        write_site({"": "<p>x<script>setTimeout(() => location.reload(), 30)</script>"}), [tutorial_of(lire)]
    )
    (reason,) = page_of(record, 1).judgement.reasons
    assert reason.obstacle is not None
    assert reason.obstacle.evidence == "the page keeps reloading"


def lire(step: Step) -> None:
    step.tell("Lisez « x ».", step.text())
    step.shoot()


COUNTS_KEYS = (
    "<label>Ville <input id=c></label><p id=p></p><script>let keys = 0; c.onkeydown = () => { keys += 1 };"
    "c.oninput = () => { if (c.value === 'Annecy' && keys >= 6) p.textContent = 'Trouvé' }</script>"
)
OF_TIME = (
    "<label>Ville <input id=c type=time></label><p id=p></p>"
    "<script>c.oninput = () => { p.textContent = c.value === '12:30' ? 'Trouvé' : '' }</script>"
)


@pytest.mark.parametrize(("html", "value"), [(COUNTS_KEYS, "Annecy"), (OF_TIME, "12:30")])
def test_a_field_is_typed_into_key_by_key(run_on: RunOn, write_site: WriteSite, html: str, value: str) -> None:
    def visite(step: Step) -> None:
        step.fill(step.field("Ville"), value)
        step.tell("Lisez « Trouvé ».", step.text())
        step.shoot()

    record = run_on(write_site({"": html}), [tutorial_of(visite, public_values=[value])])
    assert statuses(record) == [InstructionStatus.TRUE]
