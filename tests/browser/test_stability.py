"""Screenshots of stable and unstable pages, and of whole documents."""

import io
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from capture import Step
from capture.browser.stability import PageState, wait_until_shown, wait_until_stable
from capture.capture import Capture, read_capture
from capture.noise_floor import NO_NOISE
from capture.politeness.policy import PolitenessPolicy
from report.results.run_record import RunRecord
from report.verdict import ReasonKind, Verdict
from tests.support.builders import START, tutorial_of
from tests.support.careless_scenarios import read_heading_at
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of

PAGES = OneRun(name="stability", others={"suite": "<h1>Suite</h1>"})
NIGHTS = OneRun(name="nights")
GOOD = "<h1>Bonjour</h1><button>Valider</button>"


def accueil(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


def en_entier(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot(full_page=True)


def png_of(run_on: RunOn, at: int) -> bytes:
    capture = run_on.outcomes[at].capture
    assert capture is not None
    return capture.png


@pytest.fixture(scope="module")
def seen(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


@pytest.fixture(scope="module")
def nights(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> tuple[FinishedRun, FinishedRun]:
    """Two runs on the same pages, which are approved after the first."""
    return NIGHTS.seen_twice(shared_firefox, tmp_path_factory, policy)


def capture_of(run: FinishedRun, number: int) -> Capture:
    captured = page_of(run.record, number).captured
    assert captured is not None
    return read_capture(run.folder / captured.stem)


def picture(seen: FinishedRun, number: int) -> Image.Image:
    return Image.open(io.BytesIO(capture_of(seen, number).png)).convert("RGB")


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in image.getcolors(1 << 20) or [] if isinstance(colour, tuple)}


def red_rows(image: Image.Image) -> list[int]:
    return [y for y in range(image.height) if image.getpixel((600, y)) == RED]


RED = (255, 0, 0)
LAZY_PICTURE = (
    "<img loading=lazy width=100 height=100 src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'>"
    "<rect width='100' height='100' fill='rgb(255,0,0)'/></svg>\">"
)
SHOWN_LATE = (
    "<div id=late style='height:100px'></div><script>new IntersectionObserver(([seen]) => {"
    " if (seen.isIntersecting) late.style.background = 'rgb(255,0,0)' }).observe(late)</script>"
)
WIDENED = (
    "<div style='transition: width 3s; width: 10px; background: red' id=w>.</div>"
    "<script>w.style.width = '300px'</script>"
)


LATE = [PAGES.add(f"{GOOD}<div style='height:4000px'></div>{late}", en_entier) for late in (LAZY_PICTURE, SHOWN_LATE)]


@pytest.mark.parametrize("number", LATE, ids=["lazy", "shown late"])
def test_a_full_page_has_what_loads_when_it_is_scrolled_to(seen: FinishedRun, number: int) -> None:
    assert picture(seen, number).height > 4000
    assert RED in colours(picture(seen, number))


BAR = "<div id=bar style='position:{position};bottom:0;width:100%;height:40px;background:rgb(255,0,0)'>Bienvenue</div>"
BARS = [
    PAGES.add(
        f"<style>body {{ margin: 0 }}</style>{GOOD}<div style='height:3000px'></div>{BAR.format(position=position)}",
        en_entier,
    )
    for position in ("fixed", "sticky")
]


@pytest.mark.parametrize("number", BARS, ids=["fixed", "sticky"])
def test_a_bar_that_the_window_holds_is_at_the_end_of_a_full_page(seen: FinishedRun, number: int) -> None:
    assert red_rows(picture(seen, number))[0] == picture(seen, number).height - 40


BAR_THAT_MOVES = PAGES.add(
    "<style>body:has(#bar[style*=absolute]) h1 { margin-left: 90px }</style>"
    f"{GOOD}<div style='height:3000px'></div>{BAR.format(position='fixed')}",
    en_entier,
)


def test_a_bar_stays_where_it_is_when_something_would_move_by_it(seen: FinishedRun) -> None:
    assert red_rows(picture(seen, BAR_THAT_MOVES))[-1] < 1500, "at the end of the window, as the reader sees it"


LATER = "<script>setTimeout(() => {{ {} }}, 1200)</script>"
TEXT = "<p>" + "Le guichet est ouvert de neuf heures à midi. " * 4
HIDDEN_AT_FIRST = {
    "page not displayed": (
        f"<style>.avant {{ display: none }}</style>{GOOD}<script>document.documentElement.className = 'avant'</script>"
        + LATER.format("document.documentElement.className = ''")
    ),
    "page transparent": f"<body style='opacity: 0'>{GOOD}" + LATER.format("document.body.style.opacity = 1"),
    "page not visible": f"<body style='visibility: hidden'>{GOOD}" + LATER.format("document.body.style = ''"),
    "page empty": "<div id=app></div>" + LATER.format(f"app.innerHTML = '{GOOD}'"),
    "revealed by an animation": (
        f"<style>body {{ animation: a 1.2s steps(1, end) both }} @keyframes a {{ from {{ visibility: hidden }}"
        f" to {{ visibility: visible }} }}</style>{GOOD}"
    ),
    "application cloaked": (
        "<style>[v-cloak] { display: none }</style><header>Mairie</header>"
        f"<div id=app v-cloak>{GOOD}</div><footer>{TEXT}</footer>" + LATER.format("app.removeAttribute('v-cloak')")
    ),
    "main part transparent": (
        f"<header>Mairie</header><main id=m style='opacity: 0'>{GOOD}</main><footer>{TEXT}</footer>"
        + LATER.format("m.style.opacity = 1")
    ),
    "most of it not displayed": (
        f"<header>Mairie</header><div id=m hidden>{GOOD}{TEXT}</div>" + LATER.format("m.hidden = false")
    ),
}
REVEALED = [PAGES.add(html, accueil) for html in HIDDEN_AT_FIRST.values()]


@pytest.mark.parametrize("number", REVEALED, ids=HIDDEN_AT_FIRST)
def test_a_page_that_is_hidden_while_its_scripts_load_is_waited_for(seen: FinishedRun, number: int) -> None:
    (result,) = page_of(seen.record, number).instructions
    assert result.true


NOT_WAITED_FOR = {
    "shown": f"<main>{GOOD}</main>",
    "hidden itself": f"<main>{TEXT}<button hidden>Valider</button></main>",
    "small part": f"<main>{TEXT}<div hidden>{GOOD}</div></main>",
    "window": f"<p>Accueil</p><div role=dialog hidden>{GOOD}{TEXT}</div>",
    "panel of a tab": f"<p>Accueil</p><div role=tabpanel hidden>{GOOD}{TEXT}</div>",
    "details": f"<details><summary>Accueil</summary><div hidden>{GOOD}{TEXT}</div></details>",
}


@pytest.mark.parametrize("html", NOT_WAITED_FOR.values(), ids=NOT_WAITED_FOR)
def test_what_a_reader_opens_is_not_waited_for(
    shared_firefox: SharedFirefox, monkeypatch: pytest.MonkeyPatch, html: str
) -> None:
    monkeypatch.setattr("capture.browser.stability.LIMIT_MS", 3_600_000)
    page = shared_firefox.page(800, 600)
    page.set_content(f"<!doctype html>{html}")
    node = page.query_selector("button")
    assert node is not None
    assert not wait_until_shown([node]), "it is told at once: a wait of one hour would end the test"


def test_a_part_that_stays_hidden_is_waited_for_in_vain(
    shared_firefox: SharedFirefox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.browser.stability.LIMIT_MS", 200)
    page = shared_firefox.page(800, 600)
    page.set_content(f"<!doctype html><main hidden>{GOOD}</main>")
    assert not wait_until_shown(page.query_selector_all("button, h1"))


def lire_en_entier(step: Step) -> None:
    step.tell("Lisez « Fin ».", step.heading())
    step.shoot(full_page=True)
    step.click(step.link("Suite"))


def suite(step: Step) -> None:
    step.tell("Lisez « Suite ».", step.heading())
    step.shoot()


SCROLLED_BOX = PAGES.add(
    "<style>body { margin: 0; height: 100vh; overflow: hidden; display: flex; flex-direction: column }</style>"
    "<header>En-tête</header><div style='flex: 1; overflow-y: auto' id=box>"
    f"<div style='height:3000px'>{GOOD}</div>{LAZY_PICTURE}<h2>Fin</h2><a href=/suite>Suite</a></div>",
    lire_en_entier,
    suite,
)


def test_a_page_that_scrolls_inside_a_box_is_shown_whole(seen: FinishedRun) -> None:
    assert picture(seen, SCROLLED_BOX).height > 3000
    assert RED in colours(picture(seen, SCROLLED_BOX))
    assert page_of(seen.record, SCROLLED_BOX).instructions[0].true
    after = page_of(seen.record, SCROLLED_BOX + 1)
    assert (after.url, after.verdict) == (f"{START}suite", Verdict.NEW), "the link at its end is followed as before"


DRAWN = """<canvas id=c width=100 height=100></canvas><script>
const pen = c.getContext("2d"), begun = performance.now();
(function draw(now) {
  const share = Math.min((now - begun) / 1200, 1);
  pen.fillStyle = share < 1 ? `rgb(0, 0, ${Math.round(255 * Math.max(share, 0))})` : "rgb(255, 0, 0)";
  pen.fillRect(0, 0, 100, 100);
  if (share < 1) requestAnimationFrame(draw);
})(begun);
</script>"""


DRAWING = PAGES.add(GOOD + DRAWN, accueil)


def test_drawing_without_a_change_of_the_document_is_waited_for(seen: FinishedRun) -> None:
    assert capture_of(seen, DRAWING).sidecar.stable
    assert RED in colours(picture(seen, DRAWING))


FLICKERING = """<div style="height: 100px"></div>
<section aria-label="Animation"><canvas id=c width=100 height=100></canvas></section><script>
const pen = c.getContext("2d");
setInterval(() => { pen.fillStyle = `hsl(${performance.now() % 360} 90% 50%)`; pen.fillRect(0, 0, 100, 100) }, 1);
</script>"""


FLICKERS = NIGHTS.add(GOOD + FLICKERING, accueil)
STANDS_STILL = NIGHTS.add(GOOD, accueil)


def test_the_noise_floor_is_kept_with_the_picture_and_its_place_is_not_compared(
    nights: tuple[FinishedRun, FinishedRun],
) -> None:
    first, second = nights
    sidecar = capture_of(first, FLICKERS).sidecar
    assert sidecar.noise_floor is not None
    assert sidecar.noise_floor.box is not None
    assert (sidecar.noise_floor.box.width, sidecar.noise_floor.box.height) == (100, 100)
    assert not sidecar.stable
    assert page_of(second.record, FLICKERS).verdict is Verdict.UP_TO_DATE
    (loads,) = {run.record.tutorials[0].page_loads for run in nights}
    assert loads == len(MOVING) + 2, "what is known to flicker asks for no second look"


def test_the_noise_floor_of_a_page_that_stands_still_is_none(nights: tuple[FinishedRun, FinishedRun]) -> None:
    sidecars = [capture_of(run, STANDS_STILL).sidecar for run in nights]
    assert [one.noise_floor for one in sidecars] == [NO_NOISE, NO_NOISE]
    renderings = {one.environment.text_rendering for one in sidecars}
    assert len(renderings) == 1
    assert all(renderings)


RESTLESS = "<section aria-label='Cours de la bourse'><p id=t>0</p></section>"
TICKER = "<script>setInterval(() => { t.textContent = performance.now() }, 5)</script>"


def test_a_part_that_never_stands_still_is_named(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.browser.stability.LIMIT_MS", 1500)

    def spent(html: str) -> RunRecord:
        return run_on(write_site({"": GOOD + RESTLESS + html}), [tutorial_of(accueil)])

    run_on.approve(spent(""))
    record = spent(f"{TICKER}<footer>Mentions</footer>")
    ((_, page),) = record.pages()
    assert page.verdict is Verdict.COSMETIC
    restless = [reason for reason in page.judgement.reasons if reason.kind is ReasonKind.UNSTABLE]
    assert [reason.inside for reason in restless] == ["Cours de la bourse"]


def test_a_part_that_never_stands_still_is_waited_for_once(
    run_on: RunOn, write_site: WriteSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[PageState] = []

    def counted(page: Page, *, full_page: bool = False, **options: Any) -> PageState:
        waits.append(wait_until_stable(page, full_page=full_page, **options))
        return waits[-1]

    monkeypatch.setattr("capture.browser.stability.LIMIT_MS", 600)
    monkeypatch.setattr("capture.browser.current_page.wait_until_stable", counted)
    record = run_on(write_site({"": RESTLESS + TICKER}), [tutorial_of(accueil)])
    ((_, page),) = record.pages()
    assert page.verdict is Verdict.TEXT_OUTDATED
    assert [one.stable for one in waits] == [False]


MOVING = {
    "animation": (
        "<p style='animation: k 1s infinite'>↻</p><style>@keyframes k { to { transform: rotate(1turn) } }</style>"
    ),
    "marquee": "<marquee>Bienvenue</marquee>",
    "smooth scrolling": "<style>html { scroll-behavior: smooth }</style>",
    "caret": "<input autofocus aria-label=Recherche>",
    "video": "<video width=100 height=100 autoplay loop></video>",
    "transition": WIDENED,
}
MOVES = [NIGHTS.add(GOOD + moving, accueil) for moving in MOVING.values()]


@pytest.mark.parametrize("number", MOVES, ids=MOVING)
def test_an_animated_page_gives_the_same_picture_in_each_run(
    nights: tuple[FinishedRun, FinishedRun], number: int
) -> None:
    page = page_of(nights[1].record, number)
    assert page.verdict is Verdict.UP_TO_DATE
    assert page.volatile == ()


def test_the_clock_and_chance_are_pinned_where_a_pack_says_so(run_on: RunOn, write_site: WriteSite) -> None:
    def lire(step: Step) -> None:
        step.tell("Lisez « 2 mars 2026 ».", step.text())
        step.shoot()

    page = (
        "<p id=t></p><b id=r></b><script>"
        "t.textContent = new Date().toLocaleDateString('fr-FR', {dateStyle: 'long'}); r.textContent = Math.random()"
        "</script>"
    )
    pinned = {"fixed_time": datetime(2026, 3, 2, 12, tzinfo=UTC), "random_seed": 7}
    first, second = (run_on(write_site({"": page}), [tutorial_of(lire, **pinned)]) for _ in range(2))
    assert run_on.outcomes[0].capture is not None
    assert run_on.outcomes[0].capture.sidecar.instructions[0].true
    assert png_of(run_on, 0) == png_of(run_on, 1)
    other = run_on(write_site({"": page}), [tutorial_of(lire, fixed_time=pinned["fixed_time"], random_seed=8)])
    assert png_of(run_on, 2) != png_of(run_on, 0)
    assert {first.site, second.site, other.site} == {first.site}


def test_a_page_that_turns_into_an_error_page_of_firefox_is_stable(shared_firefox: SharedFirefox) -> None:
    page = shared_firefox.page(800, 600)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
    page.set_content(
        f"<!doctype html><title>x</title>{GOOD}<script>setTimeout(() => location = '{address}', 200)</script>"
    )
    assert "Bonjour" not in wait_until_stable(page, quiet_ms=1500).text
    assert page.url.startswith("about:neterror")


SHARED = "<header><a href=/>Accueil</a> <form><input aria-label=Recherche></form></header><nav>Aide</nav>"
NEWS = "<aside>Maintenance programmée dimanche</aside><footer>Mentions légales</footer>"


@pytest.mark.parametrize(
    ("html", "text", "has_fields"),
    [
        (f"{SHARED}<main><h1>Bonjour</h1><p>Suite</main>{NEWS}", "Bonjour Suite", False),
        (f"{SHARED}<h1>Bonjour</h1><p>Suite{NEWS}", "Bonjour Suite", False),
        (f"{SHARED}<main><header><h1>Bonjour</h1></header><nav>Aide</nav>Suite</main>", "Bonjour Suite", False),
        (f"{SHARED}<div role=alert>Ce soir</div><main hidden>Fermé</main><p>Suite", "Ce soir Suite", False),
        (f"{SHARED}<main>Votre ville <input aria-label=Ville><input type=submit></main>", "Votre ville", True),
        (f"{SHARED}<main>Suite <input type=hidden><input type=submit></main>", "Suite", False),
    ],
)
def test_the_own_content_of_a_page_is_without_header_menus_and_footer(
    shared_firefox: SharedFirefox, html: str, text: str, has_fields: bool
) -> None:
    page = shared_firefox.page(800, 600)
    page.set_content(f"<!doctype html><title>x</title>{html}")
    own = wait_until_stable(page, quiet_ms=50).own
    assert (" ".join(own.text.split()), own.has_fields) == (text, has_fields)


def test_a_visited_link_keeps_its_colour(run_on: RunOn, write_site: WriteSite) -> None:
    html = "<style>a { color: #00f } a:visited { color: #f00 }</style><h1>Bonjour</h1><a href=/suite>Suite</a>"
    tutorial = tutorial_of()
    for number, path in enumerate(("", "suite", ""), start=1):
        tutorial.page(number, path or "accueil", starts_at=START + path)(read_heading_at(START + path))
    run_on(write_site({"": html, "suite": html}), [tutorial])
    before, _, after = (outcome.capture for outcome in run_on.outcomes[-3:])
    assert before is not None
    assert after is not None
    assert before.png == after.png
