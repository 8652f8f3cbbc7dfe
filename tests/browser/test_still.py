"""A picture is taken of a page that stands still, and of all of it."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from PIL import Image

from capture import Step
from report.record import RunRecord
from report.verdict import ReasonKind, Verdict
from tests.conftest import Night, tutorial_of

GOOD = "<h1>Bonjour</h1><button>Valider</button>"


def accueil(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot()


def en_entier(step: Step) -> None:
    step.tell("Cliquez sur « Valider ».", step.button())
    step.shoot(full_page=True)


def picture(night: Night) -> Image.Image:
    return Image.open(io.BytesIO(night.outcomes[-1].picture)).convert("RGB")


def colours(image: Image.Image) -> set[tuple[int, ...]]:
    return {colour for _, colour in image.getcolors(1 << 20) or [] if isinstance(colour, tuple)}


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


def test_what_is_being_drawn_is_waited_for_though_nothing_changes_in_the_document(
    night: Night, site: Callable[..., str]
) -> None:
    night(site({"": GOOD + DRAWN}), [tutorial_of(accueil)])
    (outcome,) = night.outcomes
    assert outcome.capture is not None
    assert outcome.capture.still
    assert RED in colours(picture(night))


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
def test_a_full_page_has_what_loads_when_it_is_scrolled_to(night: Night, site: Callable[..., str], late: str) -> None:
    html = f"{GOOD}<div style='height:4000px'></div>{late}"
    night(site({"": html}), [tutorial_of(en_entier)])
    assert picture(night).height > 4000
    assert RED in colours(picture(night))


RESTLESS = "<section aria-label='Cours de la bourse'><p id=t>0</p></section>"
TICKER = "<script>setInterval(() => { t.textContent = performance.now() }, 30)</script>"


def test_what_never_stands_still_is_named(
    night: Night, site: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.settle.LIMIT_MS", 1500)

    def spent(html: str) -> RunRecord:
        return night(site({"": GOOD + RESTLESS + html}), [tutorial_of(accueil)])

    night.approve(spent(""))
    record = spent(f"{TICKER}<footer>Mentions</footer>")
    ((_, page),) = record.pages()
    assert page.verdict is Verdict.COSMETIC
    restless = [reason for reason in page.judgement.reasons if reason.kind is ReasonKind.RESTLESS]
    assert [reason.inside for reason in restless] == ["Cours de la bourse"]


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
def test_what_moves_by_itself_is_the_same_each_night(night: Night, site: Callable[..., str], moving: str) -> None:
    night.approve(night(site({"": GOOD + moving}), [tutorial_of(accueil)]))
    record = night(site({"": GOOD + moving}), [tutorial_of(accueil)])
    ((_, page),) = record.pages()
    assert page.verdict is Verdict.UP_TO_DATE
    assert page.alive == ()


def test_the_clock_and_chance_are_pinned_where_a_pack_says_so(night: Night, site: Callable[..., str]) -> None:
    def lire(step: Step) -> None:
        step.tell("Lisez « 2 mars 2026 ».", step.text())
        step.shoot()

    page = (
        "<p id=t></p><b id=r></b><script>"
        "t.textContent = new Date().toLocaleDateString('fr-FR', {dateStyle: 'long'}); r.textContent = Math.random()"
        "</script>"
    )
    pinned = {"clock": datetime(2026, 3, 2, 12, tzinfo=UTC), "chance": 7}
    first, second = (night(site({"": page}), [tutorial_of(lire, **pinned)]) for _ in range(2))
    assert night.outcomes[0].capture is not None
    assert night.outcomes[0].capture.instructions[0].true
    assert night.outcomes[0].picture == night.outcomes[1].picture
    other = night(site({"": page}), [tutorial_of(lire, clock=pinned["clock"], chance=8)])
    assert night.outcomes[2].picture != night.outcomes[0].picture
    assert {first.site, second.site, other.site} == {first.site}
