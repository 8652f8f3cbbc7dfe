"""Frames: what they show is found, judged, clicked and typed into like everything else."""

from html import escape
from pathlib import Path

import pytest

from capture import Step
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from report.results.run_record import RunRecord
from report.verdict import Verdict
from tests.support.builders import HOST, START, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.one_run import OneRun
from tests.support.one_tab import refusals_in_one_tab
from tests.support.runs import FinishedRun, RunOn, WriteSite, page_of, write_replica

CHAT = "aide.autre.test"
FRAME = f"<iframe title=Assistance src='https://{CHAT}/' style='margin:40px;width:600px;height:300px;border:3px solid'>"
HELP = f"<h1>Aide</h1><div style='height:1200px'></div>{FRAME}</iframe>"
INSIDE = (
    "<div style='height:600px'></div><label>Code postal <input name=c autocomplete=off></label>"
    "<button onclick=\"this.textContent='Merci'\">Envoyer</button>"
)
EDITOR = (
    "<textarea placeholder='Écrivez ici'></textarea><div contenteditable aria-label=Titre></div>"
    "<select aria-label=Sorte><option>Plat<option>Dessert</select>"
)
PAGES = OneRun(
    name="frames",
    settings={
        "hosts": [HOST, CHAT],
        "dismiss": ["Tout refuser"],
        "public_values": ["73000", "Soupe de lentilles", "Dessert"],
    },
    others={"editeur": EDITOR},
    elsewhere={
        CHAT: {
            "": INSIDE,
            "dedans": "<body style='margin:0'><button style='position:absolute;left:11px;top:13px'>Dedans</button>",
            "dessous": "<button>Dessous</button><div style='height:150px'></div><button>Plus bas</button>",
            "cookies": ("<p>Des cookies ?</p><button onclick=\"parent.postMessage('non', '*')\">Tout refuser</button>"),
        }
    },
)


@pytest.fixture(scope="module")
def seen(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, policy: PolitenessPolicy
) -> FinishedRun:
    return PAGES.seen(shared_firefox, tmp_path_factory, policy)


def use(step: Step) -> None:
    field = step.tell("Tapez dans « Code postal ».", step.field(inside=step.frame("Assistance")))
    send = step.tell("Cliquez sur « Envoyer ».", step.page.frame_locator("iframe").get_by_role("button"))
    step.fill(field, "73000")
    step.click(send)
    step.tell("Voyez « Merci ».", step.button(inside=step.frame()))
    step.shoot()


USED = PAGES.add(HELP, use)


def test_a_frame_of_a_declared_host_is_read_typed_into_and_clicked(seen: FinishedRun) -> None:
    assert [result.status for result in page_of(seen.record, USED).instructions] == ["true", "misnamed", "true"]


WRITTEN = f"const d = f.contentDocument; d.open(); d.write(`{EDITOR}`); d.close()"
NESTED = f"<iframe srcdoc='{escape(EDITOR)}'></iframe>"
EDITORS = {
    "written by a script": f"<iframe id=f title=Note></iframe><script>{WRITTEN}</script>",
    "srcdoc": f'<iframe title=Note srcdoc="{EDITOR}"></iframe>',
    "inside another": f"<iframe title=Note srcdoc='{escape(NESTED)}'></iframe>",
    "of an address": "<iframe title=Note src=/editeur></iframe>",
    "apart": f'<iframe sandbox=allow-scripts title=Note srcdoc="{EDITOR}"></iframe>',
}


def write(step: Step) -> None:
    note = step.tell("Tapez dans « Écrivez ici ».", step.field(), empty=True)
    title = step.tell("Donnez un « Titre ».", step.field())
    kind = step.tell("Choisissez la « Sorte ».", step.field(), value="Plat")
    step.shoot()
    step.fill(note, "73000")
    step.fill(note, "Soupe de lentilles")
    step.fill(title, "Soupe de lentilles")
    step.select(kind, "Dessert")
    step.tell("Votre texte est dans « Écrivez ici ».", step.field(), value="Soupe de lentilles")
    step.tell("Le « Titre » est écrit.", step.field(), value="Soupe de lentilles")
    step.tell("La « Sorte » est choisie.", step.field(), value="Dessert")
    step.shoot("écrit")


EDITED = [PAGES.add(f"<h1>Note</h1>{html}", write) for html in EDITORS.values()]


@pytest.mark.parametrize("number", EDITED, ids=EDITORS)
def test_an_editor_in_a_frame_is_typed_into(seen: FinishedRun, number: int) -> None:
    page = page_of(seen.record, number)
    assert [result.status for result in page.instructions] == ["true"] * 6
    assert [reason.obstacle for reason in page.judgement.reasons if reason.obstacle] == []


RICH_TEXT = "<body contenteditable aria-label=Récit style='min-height: 50px'></body>"


def write_all_over(step: Step) -> None:
    story = step.tell("Écrivez dans « Récit ».", step.field(), empty=True)
    step.shoot()
    step.fill(story, "Soupe de lentilles")
    step.tell("Le « Récit » est écrit.", step.field(), value="Soupe de lentilles")
    step.shoot("écrit")


ALL_OVER = PAGES.add(f'<h1>Note</h1><iframe title=Note srcdoc="{RICH_TEXT}"></iframe>', write_all_over)


def test_a_frame_that_is_a_field_all_over_is_typed_into(seen: FinishedRun) -> None:
    assert [result.status for result in page_of(seen.record, ALL_OVER).instructions] == ["true", "true"]


def look_inside(step: Step) -> None:
    step.tell("Cliquez sur « Dedans ».", step.button())
    step.shoot()


PLACED = PAGES.add(
    f"<body style='margin:0'><iframe src='https://{CHAT}/dedans' style='margin:30px;border:5px solid;padding:7px'>",
    look_inside,
)


def test_boxes_in_a_frame_are_where_they_are_in_the_picture(seen: FinishedRun) -> None:
    (result,) = page_of(seen.record, PLACED).instructions
    assert result.box is not None
    assert (result.box.x, result.box.y) == (30 + 5 + 7 + 11, 30 + 5 + 7 + 13)


def look_under(step: Step) -> None:
    step.tell("Cliquez sur « Dessous ».", step.button())
    step.tell("Cliquez sur « Plus bas ».", step.button())
    step.shoot()


COVERED = PAGES.add(
    f"<iframe src='https://{CHAT}/dessous' style='width:500px;height:300px'></iframe>"
    "<div style='position:fixed;left:0;top:0;width:300px;height:60px;background:#fff'>Bandeau</div>",
    look_under,
)


def test_what_lies_over_a_frame_covers_what_is_in_it(seen: FinishedRun) -> None:
    under, below = page_of(seen.record, COVERED).instructions
    assert (under.status, under.covered_by, below.status) == ("covered", "Bandeau", "true")


def read(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.text())
    step.shoot()


BANNER = PAGES.add(
    "<h1>Accueil</h1><p>Bonjour</p>"
    f"<iframe src='https://{CHAT}/cookies' style='position:fixed;left:50px;top:50px;width:500px;height:300px'></iframe>"
    "<script>addEventListener('message', () => document.querySelector('iframe').remove())</script>",
    read,
)


def test_a_banner_in_a_frame_is_dismissed(seen: FinishedRun) -> None:
    (result,) = page_of(seen.record, BANNER).instructions
    assert result.true
    (sidecar,) = (sidecar for sidecar in seen.sidecars if sidecar.page == BANNER)
    assert all(element.role != "frame" for element in sidecar.elements)


def test_a_frame_that_cannot_be_read_matters_only_if_it_may_hold_what_is_missing(run_on: RunOn, tmp_path: Path) -> None:
    def titre(step: Step) -> None:
        step.tell("Le titre est « Aide ».", step.heading())
        step.shoot()

    def bouton(step: Step) -> None:
        step.tell("Cliquez sur « Envoyer ».", step.button())
        step.shoot()

    site = tmp_path / "site"
    write_replica(site, {"": INSIDE}, host=CHAT)
    undeclared = tutorial_of(titre)
    undeclared.page(2, "bouton", starts_at=START)(bouton)

    def night(html: str) -> RunRecord:
        write_replica(site, {"": html})
        return run_on(str(site), [undeclared])

    first = night(HELP)
    page = page_of(first, 2)
    (reason,) = page.judgement.reasons
    assert page.verdict is Verdict.UNREACHABLE, "a page with a frame that cannot be read is not judged"
    assert reason.obstacle is not None
    assert (reason.obstacle.kind, reason.obstacle.evidence) == (ObstacleKind.UNREAD, CHAT)
    run_on.approve(first)
    assert page_of(night(HELP), 1).verdict is Verdict.UP_TO_DATE
    assert page_of(night(HELP.replace("Aide</h1>", "Contact</h1>")), 1).verdict is Verdict.TEXT_OUTDATED


PERSONAL = "<label>Date de naissance <input></label><select aria-label=Civilité><option>Mme<option>M.</select>"


@pytest.mark.parametrize(
    "html",
    [
        f'<iframe srcdoc="{PERSONAL}"></iframe>',
        f"<iframe id=f></iframe><script>const d = f.contentDocument; d.write(`{PERSONAL}`); d.close()</script>",
    ],
    ids=["srcdoc", "written by a script"],
)
def test_a_frame_without_an_address_is_guarded_as_the_page_is(run_on: RunOn, write_site: WriteSite, html: str) -> None:
    def type_a_date(step: Step) -> None:
        step.fill(step.field("Date de naissance"), "73000")

    def press_in_a_choice(step: Step) -> None:
        step.click(step.field("Civilité"))
        step.press("ArrowDown")

    site = write_site({"0": html, "1": html})
    refused = list(refusals_in_one_tab(run_on, site, [type_a_date, press_in_a_choice]))
    assert all(refused)
