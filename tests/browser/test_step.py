"""The author's API: instructions, acts and captures."""

import io

import pytest
from PIL import Image

from capture import Step, Tutorial
from capture.capture import Capture, read_capture
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.scenario.instruction import HealingEvidence, InstructionStatus
from capture.scenario.tutorial import Visit
from report.results.run_record import RunRecord
from report.verdict import ReasonKind, Verdict
from tests.support.builders import START, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of

PAGES = OneRun(
    name="step",
    settings={"public_values": ["73000", "Annecy", "12:30"]},
    others={"suite": "<h1>Arrivée", "charge": "<h1>Bonjour"},
)
BANNERS = OneRun(name="banners", settings={"dismiss": ["#non", "#fermer", ".non", "Tout refuser"]})
IMPATIENT = OneRun(
    name="impatient",
    others={"suite": "<h1>Arrivée"},
    limits={
        "capture.browser.tab.ACTION_TIMEOUT_MS": 1000,
        "capture.browser.stability.LIMIT_MS": 2000,
        "capture.browser.stability.LOADING_MS": 500,
    },
)
"""Pages on which what is waited for does not come."""


@pytest.fixture(scope="module")
def seen(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


@pytest.fixture(scope="module")
def banners(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return BANNERS.seen(shared_firefox, tmp_path_factory, policy)


@pytest.fixture(scope="module")
def impatient(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return IMPATIENT.seen(shared_firefox, tmp_path_factory, policy)


def capture_of(run: FinishedRun, number: int) -> Capture:
    captured = page_of(run.record, number).captured
    assert captured is not None
    return read_capture(run.folder / captured.stem)


def statuses(record: RunRecord, number: int) -> list[InstructionStatus]:
    return [result.status for result in page_of(record, number).instructions]


def met_instead(record: RunRecord, number: int) -> tuple[ObstacleKind, str]:
    """Return kind and evidence of what was met instead of a page."""
    (reason,) = page_of(record, number).judgement.reasons
    assert reason.obstacle is not None
    return reason.obstacle.kind, reason.obstacle.evidence


def lire(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()


def arriver(step: Step) -> None:
    step.tell("Lisez « Arrivée ».", step.heading())
    step.shoot()


def montrer(step: Step) -> None:
    step.shoot()


def chercher_partout(step: Step) -> None:
    for name in ("Là", "Caché", "Dessous", "Absent"):
        step.tell(f"Cliquez sur « {name} ».", step.button())
    step.tell("Lisez « Autrement ».", step.page.get_by_text("Autrement"))
    step.tell("Lisez « Autre ».", step.page.locator("p"))
    step.shoot()


THERE_OR_NOT = PAGES.add(
    "<button>Là</button><button hidden>Caché</button>"
    "<button style='position:absolute;left:9px;top:200px'>Dessous</button>"
    "<style>div{position:absolute;left:0;top:180px;width:400px;height:99px;background:#fff}</style>"
    "<div role=dialog aria-label=Pub></div><p>Autrement",
    chercher_partout,
)


def test_an_instruction_is_true_only_when_its_element_is_there_visible_and_topmost(seen: FinishedRun) -> None:
    expected = [
        InstructionStatus.TRUE,
        InstructionStatus.HIDDEN,
        InstructionStatus.COVERED,
        InstructionStatus.MISSING,
        InstructionStatus.TRUE,
        InstructionStatus.MISNAMED,
    ]
    page = page_of(seen.record, THERE_OR_NOT)
    assert statuses(seen.record, THERE_OR_NOT) == expected
    assert page.instructions[2].covered_by == "Pub"
    renamed = page.instructions[5]
    assert renamed.replacement is not None
    assert renamed.replacement.name == "Autrement"
    assert page.verdict is Verdict.TEXT_OUTDATED


def ouvrir_sous_un_voile(step: Step) -> None:
    menu = step.tell("Ouvrez « Menu ».", step.button())
    step.tell("Cliquez sur « Aide ».", step.button())
    step.tell("« Aide » est à côté.", step.button())
    step.click(menu)
    step.tell("Choisissez « Réglages ».", step.role("menuitem"))
    step.shoot()


def cliquer_sous_un_voile(step: Step) -> None:
    step.click(step.button("Menu"))
    help_button = step.tell("« Aide » est à côté.", step.button())
    step.shoot()
    step.click(help_button)


VEIL = (
    "<button onclick='w.hidden = false'>Menu</button><button>Aide</button>"
    "<div id=w hidden><div style='position:fixed;inset:0'></div><ul role=menu style='position:absolute;z-index:2'>"
    "<li role=menuitem tabindex=0>Réglages</li></ul></div>"
)
VEILED, CLICKED_UNDER_A_VEIL = (PAGES.add(VEIL, visit) for visit in (ouvrir_sous_un_voile, cliquer_sous_un_voile))


def test_what_lies_under_a_clear_layer_is_seen_but_not_clicked(seen: FinishedRun) -> None:
    expected = [InstructionStatus.TRUE, InstructionStatus.COVERED, InstructionStatus.TRUE, InstructionStatus.TRUE]
    assert statuses(seen.record, VEILED) == expected
    assert statuses(seen.record, CLICKED_UNDER_A_VEIL) == [InstructionStatus.TRUE]
    reasons = page_of(seen.record, CLICKED_UNDER_A_VEIL).judgement.reasons
    assert ReasonKind.STOPPED_HERE in [reason.kind for reason in reasons]


def lire_le_deuxieme(step: Step) -> None:
    second = step.tell("Suivez le deuxième « Lire ».", step.link(nth=2))
    step.shoot()
    step.click(second)


def cliquer_sans_nom(step: Step) -> None:
    step.tell("« Lire » est là.", step.link())
    step.shoot()
    step.click(step.page.locator("#x"))


SECOND_OF_ONE = PAGES.add("<a href=/suite>Lire</a>", lire_le_deuxieme)
NAMELESS = PAGES.add("<a href=/suite>Lire</a>", cliquer_sans_nom)


def test_fewer_than_the_sentence_numbers_are_counted_and_not_replaced(seen: FinishedRun) -> None:
    (result,) = page_of(seen.record, SECOND_OF_ONE).instructions
    assert (result.status, result.replacement) == (InstructionStatus.MISSING, None)
    assert result.unmet is not None
    assert (result.unmet.kind, result.unmet.wanted, result.unmet.found) == ("nth", "2", "1")


def test_what_is_missing_without_a_label_is_told_in_words(seen: FinishedRun) -> None:
    reasons = page_of(seen.record, NAMELESS).judgement.reasons
    (obstacle,) = (reason.obstacle for reason in reasons if reason.kind is ReasonKind.STOPPED_HERE)
    assert obstacle is not None
    assert obstacle.evidence == "the one that the scenario names by no label"


def nommer(step: Step) -> None:
    step.tell("Cliquez sur « J'ACCEPTE L'OFFRE ».", step.button())
    step.tell("Suivez « Elements ».", step.link())
    step.shoot()


NAMES = PAGES.add("<button>J’accepte\n l'offre</button><a href=/x aria-label='Éléments'>x</a>", nommer)


def test_names_are_compared_as_readers_read_them(seen: FinishedRun) -> None:
    assert statuses(seen.record, NAMES) == [InstructionStatus.TRUE, InstructionStatus.MISSING]


def test_boxes_are_where_the_elements_are_in_the_picture(run_on: RunOn, write_site: WriteSite) -> None:
    html = (
        "<body style='margin:0'><div style='height:1500px'></div>"
        "<style>button{position:absolute;left:40px;top:1200px;width:80px;height:30px;border:0;background:#00f}</style>"
        "<button>Bas</button>"
    )

    def visite(step: Step) -> None:
        step.tell("Cliquez sur « Bas ».", step.button())
        step.shoot(full_page=True)

    run_on(write_site({"": html}), [tutorial_of(visite, scale=2)])
    (outcome,) = run_on.outcomes
    assert outcome.capture is not None
    box = outcome.capture.sidecar.instructions[0].box
    assert box is not None
    assert (box.x, box.y, box.width, box.height) == (80, 2400, 160, 60)
    with Image.open(io.BytesIO(outcome.capture.png)) as image:
        assert image.height == 3000
        assert image.convert("RGB").getpixel((82, 2402)) == (0, 0, 255)
        assert image.convert("RGB").getpixel((78, 2402)) == (255, 255, 255)


PLAIN = PAGES.add("<h1>Bonjour", montrer)


def test_a_picture_carries_no_metadata(seen: FinishedRun) -> None:
    with Image.open(io.BytesIO(capture_of(seen, PLAIN).png)) as image:
        image.load()
        assert not {key for key in image.info if key not in ("dpi", "gamma", "srgb", "transparency")}


def suivre_la_suite(step: Step) -> None:
    link = step.tell("Suivez « La suite ».", step.link())
    step.shoot()
    step.click(link)


def test_a_clear_replacement_of_a_target_is_clicked(run_on: RunOn, write_site: WriteSite) -> None:
    def tutorials() -> list[Tutorial]:
        tutorial = tutorial_of(suivre_la_suite)
        tutorial.page(2, "suite")(arriver)
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


UNCLEAR = PAGES.add("<a href=/a>Un</a><a href=/b>Deux</a>", suivre_la_suite, montrer)


def test_nothing_is_acted_on_when_it_is_not_clear(seen: FinishedRun) -> None:
    first, second = (page_of(seen.record, UNCLEAR + at) for at in (0, 1))
    assert second.verdict is Verdict.NOT_REACHED
    earlier, lost = second.judgement.reasons
    assert (earlier.kind, earlier.page) == (ReasonKind.EARLIER_PAGE, UNCLEAR)
    assert lost.obstacle is not None
    assert (lost.obstacle.kind, lost.obstacle.evidence) == (ObstacleKind.LOST, "Suivez « La suite »")
    assert [reason.kind for reason in first.judgement.reasons] == [ReasonKind.INSTRUCTION_FALSE]


def ouvrir_le_menu(step: Step) -> None:
    menu = step.tell("Ouvrez « Menu ».", step.button())
    step.click(menu)
    step.shoot()


NO_MENU = PAGES.add("<h1>Bonjour", ouvrir_le_menu)


def test_an_act_before_the_picture_that_cannot_be_done_still_leaves_a_picture(seen: FinishedRun) -> None:
    assert statuses(seen.record, NO_MENU) == [InstructionStatus.MISSING]
    assert page_of(seen.record, NO_MENU).verdict is Verdict.TEXT_OUTDATED


def passer_par_le_menu(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.click(step.button("Menu"))
    step.tell("Cliquez sur « Aide ».", step.link())
    step.shoot()


NOTHING_JUDGED = PAGES.add("<h1>Bonjour", passer_par_le_menu)


def test_no_picture_is_kept_of_a_page_of_which_nothing_could_be_judged(seen: FinishedRun) -> None:
    page = page_of(seen.record, NOTHING_JUDGED)
    assert page.verdict is Verdict.UNREACHABLE
    assert page.captured is None
    assert "Menu" in met_instead(seen.record, NOTHING_JUDGED)[1]


def survoler(step: Step) -> None:
    step.hover(step.link("Aide"))
    step.tell("Lisez « Aide en ligne ».", step.role("tooltip"))
    step.shoot()


BANNER_AS_IT_HOVERS = BANNERS.add(
    "<style>span{visibility:hidden}a:hover span{visibility:visible}"
    "#fermer{position:fixed;bottom:0;right:0}</style>"
    "<a href=/x aria-label=Aide>?<span role=tooltip>Aide en ligne</span></a>"
    "<button id=fermer hidden onclick='fermer.remove()'>Fermer</button>"
    "<script>document.links[0].onmouseenter = (e) => { e.target.onmouseenter = null; fermer.hidden = false }</script>",
    survoler,
)


def test_hovering_works_after_a_banner_was_dismissed(banners: FinishedRun) -> None:
    assert statuses(banners.record, BANNER_AS_IT_HOVERS) == [InstructionStatus.TRUE]


def survoler_deux_fois(step: Step) -> None:
    icon = step.tell("Passez sur « Aide ».", step.link())
    step.hover(icon)
    step.hover(step.button("Absent"))
    step.tell("Lisez « Aide en ligne ».", step.role("tooltip"))
    step.shoot()


ON_HOVER = PAGES.add(
    "<style>span{visibility:hidden}a:hover span{visibility:visible}</style>"
    "<a href=/x aria-label=Aide>?<span role=tooltip>Aide en ligne</span></a>",
    survoler_deux_fois,
)


def test_a_hover_shows_what_only_shows_on_hover(seen: FinishedRun) -> None:
    assert statuses(seen.record, ON_HOVER) == [InstructionStatus.TRUE, InstructionStatus.TRUE]


WITH_BANNER = (
    "<h1>Bonjour</h1><div id=b style='position:fixed;inset:0;background:#fff'>"
    "<button id={name} onclick='b.remove()'>Refuser</button></div>"
)
DISMISSED, LEFT = (BANNERS.add(WITH_BANNER.format(name=name), lire) for name in ("non", "autre"))


def test_a_banner_is_dismissed_before_the_picture(banners: FinishedRun) -> None:
    assert statuses(banners.record, DISMISSED) == [InstructionStatus.TRUE]
    assert statuses(banners.record, LEFT) == [InstructionStatus.COVERED]


def cliquer_sur_oui(step: Step) -> None:
    step.tell("Cliquez sur « Oui ».", step.button())
    step.shoot(ignore=["#vivant"])


DIALOG_OVER_A_MASK = PAGES.add(
    "<div id=vivant style='position:absolute;inset:0 0 auto 0;height:600px;background:#eee'></div>"
    "<style>dialog{position:absolute;margin:0;left:100px;top:100px;width:200px;height:100px}</style>"
    "<dialog open aria-label=Boîte><button>Oui</button></dialog>",
    cliquer_sur_oui,
)


def test_a_dialog_over_a_mask_is_compared(seen: FinishedRun) -> None:
    capture = capture_of(seen, DIALOG_OVER_A_MASK).sidecar
    box = capture.instructions[0].box
    assert box is not None
    assert capture.masks
    assert not any(mask.overlap(box) for mask in capture.masks)


def leading_elsewhere(*, new_tab: bool) -> Visit:
    """Return the visit of a page with a link that leads to another one."""

    def accueil(step: Step) -> None:
        link = step.tell("Suivez « Ailleurs ».", step.link())
        step.shoot()
        step.click(link, new_tab=new_tab)

    return accueil


IN_A_NEW_TAB = IMPATIENT.add("<a href=/suite target=_blank>Ailleurs</a>", leading_elsewhere(new_tab=True), arriver)
IN_THIS_TAB = IMPATIENT.add("<a href=/suite>Ailleurs</a>", leading_elsewhere(new_tab=True), arriver)
NOWHERE_AT_ALL = IMPATIENT.add("<a href=#rien>Ailleurs</a>", leading_elsewhere(new_tab=True), arriver)
UNEXPECTED_TAB = IMPATIENT.add("<a href=/suite target=_blank>Ailleurs</a>", leading_elsewhere(new_tab=False), arriver)
EXPECTED_IN_THIS_TAB = IMPATIENT.add("<a href=/suite>Ailleurs</a>", leading_elsewhere(new_tab=False), arriver)


@pytest.mark.parametrize(
    ("number", "truth", "verdict"),
    [
        (IN_A_NEW_TAB, [InstructionStatus.TRUE], Verdict.NEW),
        (IN_THIS_TAB, [InstructionStatus.TRUE], Verdict.NEW),
        (NOWHERE_AT_ALL, [], Verdict.NOT_REACHED),
    ],
    ids=["opens", "leads on in this one", "leads nowhere"],
)
def test_a_new_tab_is_followed(
    impatient: FinishedRun, number: int, truth: list[InstructionStatus], verdict: Verdict
) -> None:
    assert statuses(impatient.record, number + 1) == truth
    assert page_of(impatient.record, number + 1).verdict is verdict


@pytest.mark.parametrize(
    ("number", "told"),
    [
        (UNEXPECTED_TAB, ReasonKind.NEW_TAB),
        (IN_THIS_TAB, ReasonKind.SAME_TAB),
        (EXPECTED_IN_THIS_TAB, None),
    ],
    ids=["a tab that is not expected", "no tab where one is expected", "as expected"],
)
def test_a_tab_that_the_scenario_does_not_expect_is_told_on_the_page_of_the_click(
    impatient: FinishedRun, number: int, told: ReasonKind | None
) -> None:
    first, second = (page_of(impatient.record, number + at) for at in (0, 1))
    found = [(reason.kind, reason.after) for reason in first.judgement.reasons if reason.after]
    assert found == ([] if told is None else [(told, "Ailleurs")])
    assert second.verdict is Verdict.NEW


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
    assert statuses(record, 1) == [InstructionStatus.TRUE, InstructionStatus.TRUE]
    assert page_of(record, 2).verdict is Verdict.NEW


def attendre(step: Step) -> None:
    step.tell("Lisez « Prêt 6 ».", step.heading())
    step.shoot()


READY_LATE = PAGES.add(
    "<h1></h1><script>let n = 0; const timer = setInterval(() => {"
    "document.querySelector('h1').textContent = 'Prêt ' + (++n); if (n > 5) clearInterval(timer); }, 60)</script>",
    attendre,
)


def test_late_content_is_waited_for(seen: FinishedRun) -> None:
    capture = capture_of(seen, READY_LATE).sidecar
    assert [result.status for result in capture.instructions] == [InstructionStatus.TRUE]
    assert capture.stable


RESTLESS = IMPATIENT.add(
    "<h1>Bonjour</h1><p></p><script>"
    "setInterval(() => { document.querySelector('p').textContent = performance.now() }, 20)</script>",
    lire,
)


def test_a_page_that_never_stands_still_is_captured_and_says_so(impatient: FinishedRun) -> None:
    assert not capture_of(impatient, RESTLESS).sidecar.stable


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


CONSENT = "<div style='position:fixed;inset:0;background:#fff'>Cookies ? {button}</div>"
IN_A_SHADOW_ROOT = (
    f"<div id=d></div><script>const root = d.attachShadow({{{{mode: 'open'}}}}); root.innerHTML = `{CONSENT}`;"
    "root.querySelector('button').onclick = () => d.remove()</script>"
)
IN_THE_PAGE = (
    f"{CONSENT}<script>document.querySelector('button').onclick = (e) => e.target.parentNode.remove()</script>"
)
BY_SELECTOR, BY_WORDS = "<button class=non>Plus tard</button>", "<button>Tout refuser</button>"
WINDOWS = [
    BANNERS.add(f"<h1>Bonjour</h1>{html.format(button=button)}", lire)
    for html in (IN_A_SHADOW_ROOT, IN_THE_PAGE)
    for button in (BY_SELECTOR, BY_WORDS)
]


@pytest.mark.parametrize(
    "number",
    WINDOWS,
    ids=["selector, in a shadow root", "words, in a shadow root", "selector, in the page", "words, in the page"],
)
def test_a_banner_is_dismissed_by_a_selector_or_by_the_words_of_its_button(banners: FinishedRun, number: int) -> None:
    assert statuses(banners.record, number) == [InstructionStatus.TRUE]


UNKNOWN_CONSENT = PAGES.add(f"<h1>Bonjour</h1>{CONSENT.format(button=BY_WORDS)}", lire)


def test_an_unknown_consent_window_is_an_obstacle(seen: FinishedRun) -> None:
    assert page_of(seen.record, UNKNOWN_CONSENT).verdict is Verdict.UNREACHABLE
    assert met_instead(seen.record, UNKNOWN_CONSENT) == (ObstacleKind.OVERLAY, "« Cookies ? Tout refuser »")


def ouvrir_et_suivre(step: Step) -> None:
    step.click(step.tell("Cliquez sur « Menu ».", step.button()))
    step.tell("Suivez « Inscription ».", step.link())
    step.shoot()


BANNER_AFTER_A_CLICK = BANNERS.add(
    "<button id=o>Menu</button><div id=m hidden><a href=/i>Inscription</a></div>"
    "<div id=b hidden style='position:fixed;right:0;bottom:0'>Votre avis ? <button id=non>Non</button></div>"
    "<script>document.onclick = ({ target }) => { m.hidden = target !== o; b.hidden = target !== o }</script>",
    ouvrir_et_suivre,
)


def test_a_banner_that_comes_after_a_click_closes_nothing(banners: FinishedRun) -> None:
    assert statuses(banners.record, BANNER_AFTER_A_CLICK) == [InstructionStatus.TRUE, InstructionStatus.TRUE]


UNASKED = [
    PAGES.add(html, leading_elsewhere(new_tab=False), arriver)
    for html in (
        "<a href=/suite target=_blank>Ailleurs</a>",
        "<button onclick=\"window.open('/suite')\">Ailleurs</button>",
    )
]


@pytest.mark.parametrize("number", UNASKED, ids=["by a link", "by a script"])
def test_a_tab_that_opens_unasked_is_gone_on_in(seen: FinishedRun, number: int) -> None:
    assert statuses(seen.record, number + 1) == [InstructionStatus.TRUE]


LOADED_LATE = PAGES.add(
    "<main id=m><p>Chargement…</p></main><script>setTimeout(() => { m.innerHTML = '<h1>Bonjour</h1>' }, 1500)</script>",
    lire,
)
REFRESHED = PAGES.add("<meta http-equiv=refresh content='1; url=/charge'><p>Un moment", lire)


@pytest.mark.parametrize("number", [LOADED_LATE, REFRESHED], ids=["its content comes", "it leads on"])
def test_a_page_that_is_loading_is_waited_for(seen: FinishedRun, number: int) -> None:
    assert statuses(seen.record, number) == [InstructionStatus.TRUE]


STILL_LOADING = IMPATIENT.add("<main><p>Chargement…</p></main>", lire)


def test_a_page_that_is_still_loading_is_not_judged(impatient: FinishedRun) -> None:
    assert met_instead(impatient.record, STILL_LOADING) == (ObstacleKind.LOADING, "« Chargement… »")


def cliquer_ailleurs(step: Step) -> None:
    there = step.tell("Cliquez sur « Ailleurs ».", step.role("", "Ailleurs"))
    step.shoot()
    step.click(there)


def revoir(step: Step) -> None:
    step.tell("Voyez « Ailleurs ».", step.role("", "Ailleurs"))
    step.shoot()


FOCUSED = "<style>ul { display: none } a:focus + ul { display: block }</style>"
CLICKS = {
    PAGES.add(html, cliquer_ailleurs, revoir): nowhere
    for html, nowhere in (
        ("<a href='#' onclick='return false'>Ailleurs</a>", True),
        ("<button>Ailleurs</button>", True),
        ("<button onclick='setTimeout(() => { document.title = 1 }, 300)'>Ailleurs</button>", False),
        (f"{FOCUSED}<a href='#' onclick='return false'>Ailleurs</a><ul><li>Un</ul>", False),
        ("<details><summary>Ailleurs</summary>Texte</details>", False),
        ("<label>Ailleurs <input type=checkbox></label>", False),
    )
}
"""Whether the click leads nowhere, by the page's number."""


@pytest.mark.parametrize(
    ("number", "nowhere"), CLICKS.items(), ids=["link", "button", "late title", "focus", "details", "checkbox"]
)
def test_a_click_that_leads_nowhere_is_told_on_its_own_page(seen: FinishedRun, number: int, nowhere: bool) -> None:
    first, second = (page_of(seen.record, number + at) for at in (0, 1))
    stopped = [reason.obstacle for reason in first.judgement.reasons if reason.obstacle]
    assert [obstacle.kind for obstacle in stopped] == ([ObstacleKind.NOWHERE] if nowhere else [])
    assert (second.verdict is Verdict.NOT_REACHED) is nowhere


def ouvrir(step: Step) -> None:
    button = step.tell("Cliquez sur « Ouvrir ».", step.button())
    step.shoot()
    step.click(button)


def lire_ouvert(step: Step) -> None:
    step.tell("Lisez « Ouvert ».", step.heading())
    step.shoot()


CLOSED_ROOT = PAGES.add(
    "<p>Voici</p><div id=d></div><script>const root = d.attachShadow({ mode: 'closed' });"
    "root.innerHTML = '<button>Ouvrir</button>';"
    "root.firstChild.onclick = () => { document.body.innerHTML = '<h1>Ouvert</h1>' }</script>",
    ouvrir,
    lire_ouvert,
)


def test_what_a_closed_shadow_root_shows_is_found_and_clicked(seen: FinishedRun) -> None:
    assert statuses(seen.record, CLOSED_ROOT) == statuses(seen.record, CLOSED_ROOT + 1) == [InstructionStatus.TRUE]


def lire_x(step: Step) -> None:
    step.tell("Lisez « x ».", step.text())
    step.shoot()


RELOADING = IMPATIENT.add("<p>x<script>setTimeout(() => location.reload(), 30)</script>", lire_x)


def test_a_page_that_keeps_reloading_is_an_obstacle(impatient: FinishedRun) -> None:
    assert met_instead(impatient.record, RELOADING)[1] == "the page keeps reloading"


def typing(value: str) -> Visit:
    def visite(step: Step) -> None:
        step.fill(step.field("Ville"), value)
        step.tell("Lisez « Trouvé ».", step.text())
        step.shoot()

    return visite


COUNTS_KEYS = PAGES.add(
    "<label>Ville <input id=c></label><p id=p></p><script>let keys = 0; c.onkeydown = () => { keys += 1 };"
    "c.oninput = () => { if (c.value === 'Annecy' && keys >= 6) p.textContent = 'Trouvé' }</script>",
    typing("Annecy"),
)
OF_TIME = PAGES.add(
    "<label>Ville <input id=c type=time></label><p id=p></p>"
    "<script>c.oninput = () => { p.textContent = c.value === '12:30' ? 'Trouvé' : '' }</script>",
    typing("12:30"),
)


@pytest.mark.parametrize("number", [COUNTS_KEYS, OF_TIME], ids=["a town", "a time"])
def test_a_field_is_typed_into_key_by_key(seen: FinishedRun, number: int) -> None:
    assert statuses(seen.record, number) == [InstructionStatus.TRUE]
