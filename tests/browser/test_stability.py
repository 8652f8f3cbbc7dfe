"""Screenshots of stable and unstable pages, and of whole documents."""

import io
import socket
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page

from capture import Step
from capture.browser.stability import PageState, wait_until_stable
from capture.noise_floor import NO_NOISE
from report.results.run_record import RunRecord
from report.verdict import ReasonKind, Verdict
from tests.support.builders import START, tutorial_of
from tests.support.careless_scenarios import read_heading_at
from tests.support.firefox import SharedFirefox
from tests.support.runs import RunOn, WriteSite, page_of

GOOD = "<h1>Bonjour</h1><button>Valider</button>"


def accueil(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


def en_entier(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot(full_page=True)


def last_png(run_on: RunOn, at: int = -1) -> bytes:
    capture = run_on.outcomes[at].capture
    assert capture is not None
    return capture.png


def picture(run_on: RunOn) -> Image.Image:
    return Image.open(io.BytesIO(last_png(run_on))).convert("RGB")


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in image.getcolors(1 << 20) or [] if isinstance(colour, tuple)}


def red_rows(image: Image.Image) -> list[int]:
    return [y for y in range(image.height) if image.getpixel((600, y)) == RED]


RED = (255, 0, 0)
DRAWN = """<canvas id=c width=100 height=100></canvas><script>
const pen = c.getContext("2d"), begun = performance.now();
(function draw(now) {
  const share = Math.min((now - begun) / 900, 1);
  pen.fillStyle = share < 1 ? `rgb(0, 0, ${Math.round(255 * Math.max(share, 0))})` : "rgb(255, 0, 0)";
  pen.fillRect(0, 0, 100, 100);
  if (share < 1) requestAnimationFrame(draw);
})(begun);
</script>"""


def test_drawing_without_a_change_of_the_document_is_waited_for(run_on: RunOn, write_site: WriteSite) -> None:
    run_on(write_site({"": GOOD + DRAWN}), [tutorial_of(accueil)])
    (outcome,) = run_on.outcomes
    assert outcome.capture is not None
    assert outcome.capture.sidecar.stable
    assert RED in colours(picture(run_on))


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


@pytest.mark.parametrize("late", [LAZY_PICTURE, SHOWN_LATE], ids=["lazy", "shown late"])
def test_a_full_page_has_what_loads_when_it_is_scrolled_to(run_on: RunOn, write_site: WriteSite, late: str) -> None:
    html = f"{GOOD}<div style='height:4000px'></div>{late}"
    run_on(write_site({"": html}), [tutorial_of(en_entier)])
    assert picture(run_on).height > 4000
    assert RED in colours(picture(run_on))


BAR = "<div id=bar style='position:{position};bottom:0;width:100%;height:40px;background:rgb(255,0,0)'>Bienvenue</div>"


@pytest.mark.parametrize("position", ["fixed", "sticky"])
def test_a_bar_that_the_window_holds_is_at_the_end_of_a_full_page(
    run_on: RunOn, write_site: WriteSite, position: str
) -> None:
    html = f"{GOOD}<div style='height:3000px'></div>{BAR.format(position=position)}"
    run_on(write_site({"": f"<style>body {{ margin: 0 }}</style>{html}"}), [tutorial_of(en_entier)])
    assert red_rows(picture(run_on))[0] == picture(run_on).height - 40


def test_a_bar_stays_where_it_is_when_something_would_move_by_it(run_on: RunOn, write_site: WriteSite) -> None:
    reads = "<style>body:has(#bar[style*=absolute]) h1 { margin-left: 90px }</style>"
    html = f"{reads}{GOOD}<div style='height:3000px'></div>{BAR.format(position='fixed')}"
    run_on(write_site({"": html}), [tutorial_of(en_entier)])
    assert red_rows(picture(run_on))[-1] < 1500, "at the end of the window, as the reader sees it"


def test_a_page_that_scrolls_inside_a_box_is_shown_whole(run_on: RunOn, write_site: WriteSite) -> None:
    def lire(step: Step) -> None:
        step.tell("Lisez « Fin ».", step.heading())
        step.shoot(full_page=True)
        step.click(step.link("Suite"))

    held = "<style>body { margin: 0; height: 100vh; overflow: hidden; display: flex; flex-direction: column }</style>"
    inside = f"<div style='height:3000px'>{GOOD}</div>{LAZY_PICTURE}<h2>Fin</h2><a href=/>Suite</a>"
    html = f"{held}<header>En-tête</header><div style='flex: 1; overflow-y: auto' id=box>{inside}</div>"
    record = run_on(write_site({"": html}), [tutorial_of(lire)])
    assert picture(run_on).height > 3000
    assert RED in colours(picture(run_on))
    assert page_of(record, 1).instructions[0].true
    assert record.tutorials[0].page_loads == 2, "the link at its end is followed as before"


FLICKERING = """<div style="height: 100px"></div>
<section aria-label="Animation"><canvas id=c width=100 height=100></canvas></section><script>
const pen = c.getContext("2d");
setInterval(() => { pen.fillStyle = `hsl(${performance.now() % 360} 90% 50%)`; pen.fillRect(0, 0, 100, 100) }, 1);
</script>"""


def test_the_noise_floor_is_kept_with_the_picture_and_its_place_is_not_compared(
    run_on: RunOn, write_site: WriteSite
) -> None:
    first = run_on(write_site({"": GOOD + FLICKERING}), [tutorial_of(accueil)])
    capture = run_on.outcomes[0].capture
    assert capture is not None
    assert capture.sidecar.noise_floor is not None
    assert capture.sidecar.noise_floor.box is not None
    assert (capture.sidecar.noise_floor.box.width, capture.sidecar.noise_floor.box.height) == (100, 100)
    assert not capture.sidecar.stable
    run_on.approve(first)
    second = run_on(write_site({"": GOOD + FLICKERING}), [tutorial_of(accueil)])
    assert page_of(second, 1).verdict is Verdict.UP_TO_DATE
    assert second.tutorials[0].page_loads == 1, "what is known to flicker asks for no second look"


def test_the_noise_floor_of_a_page_that_stands_still_is_none(run_on: RunOn, write_site: WriteSite) -> None:
    name = write_site({"": GOOD})
    run_on.approve(run_on(name, [tutorial_of(accueil)]))
    run_on(name, [tutorial_of(accueil)])
    assert [one.capture.sidecar.noise_floor for one in run_on.outcomes if one.capture] == [NO_NOISE, NO_NOISE]
    renderings = {one.capture.sidecar.environment.text_rendering for one in run_on.outcomes if one.capture}
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


@pytest.mark.parametrize(
    "moving",
    [
        "<p style='animation: k 1s infinite'>↻</p><style>@keyframes k { to { transform: rotate(1turn) } }</style>",
        "<marquee>Bienvenue</marquee>",
        "<style>html { scroll-behavior: smooth }</style>",
        "<input autofocus aria-label=Recherche>",
        "<video width=100 height=100 autoplay loop></video>",
        WIDENED,
    ],
    ids=["animation", "marquee", "smooth scrolling", "caret", "video", "transition"],
)
def test_an_animated_page_gives_the_same_picture_in_each_run(run_on: RunOn, write_site: WriteSite, moving: str) -> None:
    run_on.approve(run_on(write_site({"": GOOD + moving}), [tutorial_of(accueil)]))
    record = run_on(write_site({"": GOOD + moving}), [tutorial_of(accueil)])
    ((_, page),) = record.pages()
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
    assert last_png(run_on, 0) == last_png(run_on, 1)
    other = run_on(write_site({"": page}), [tutorial_of(lire, fixed_time=pinned["fixed_time"], random_seed=8)])
    assert last_png(run_on, 2) != last_png(run_on, 0)
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
