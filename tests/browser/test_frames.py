"""Frames: what they show is found, judged, clicked and typed into like everything else."""

from pathlib import Path

import pytest

from capture import Step, Tutorial
from capture.politeness.obstacles import ObstacleKind
from report.verdict import Verdict
from tests.support.builders import HOST, tutorial_of
from tests.support.runs import RunOn, page_of, write_replica

CHAT = "aide.autre.test"
FRAME = f"<iframe title=Assistance src='https://{CHAT}/' style='margin:40px;width:600px;height:300px;border:3px solid'>"
INSIDE = (
    "<div style='height:600px'></div><label>Code postal <input name=c autocomplete=off></label>"
    "<button onclick=\"this.textContent='Merci'\">Envoyer</button>"
)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    write_replica(folder, {"": f"<h1>Aide</h1><div style='height:1200px'></div>{FRAME}</iframe>"})
    write_replica(folder, {"": INSIDE}, host=CHAT)
    return folder


def tutorial_with_chat(visit: object, *, declared: bool = True) -> Tutorial:
    return tutorial_of(visit, hosts=[HOST, CHAT] if declared else [HOST])  # type: ignore[arg-type]


def test_a_frame_of_a_declared_host_is_read_typed_into_and_clicked(run_on: RunOn, site: Path) -> None:
    def aide(step: Step) -> None:
        field = step.tell("Tapez dans « Code postal ».", step.field(inside=step.frame("Assistance")))
        send = step.tell("Cliquez sur « Envoyer ».", step.page.frame_locator("iframe").get_by_role("button"))
        step.fill(field, "73000")
        step.click(send)
        step.tell("Voyez « Merci ».", step.button(inside=step.frame()))
        step.shoot()

    record = run_on(str(site), [tutorial_with_chat(aide)])
    assert [result.status for result in page_of(record, 1).instructions] == ["true", "misnamed", "true"]


def test_boxes_in_a_frame_are_where_they_are_in_the_picture(run_on: RunOn, tmp_path: Path) -> None:
    style = "margin:30px;border:5px solid;padding:7px"
    html = f"<body style='margin:0'><iframe src='https://{CHAT}/' style='{style}'>"
    write_replica(tmp_path / "site", {"": html})
    inside = "<body style='margin:0'><button style='position:absolute;left:11px;top:13px'>Dedans</button>"
    write_replica(tmp_path / "site", {"": inside}, host=CHAT)

    def aide(step: Step) -> None:
        step.tell("Cliquez sur « Dedans ».", step.button())
        step.shoot()

    (result,) = page_of(run_on(str(tmp_path / "site"), [tutorial_with_chat(aide)]), 1).instructions
    assert result.box is not None
    assert (result.box.x, result.box.y) == (30 + 5 + 7 + 11, 30 + 5 + 7 + 13)


def test_what_lies_over_a_frame_covers_what_is_in_it(run_on: RunOn, tmp_path: Path) -> None:
    cover = "<div style='position:fixed;left:0;top:0;width:300px;height:60px;background:#fff'>Bandeau</div>"
    frame = f"<iframe src='https://{CHAT}/' style='width:500px;height:300px'></iframe>"
    write_replica(tmp_path / "site", {"": frame + cover})
    inside = "<button>Dessous</button><div style='height:150px'></div><button>Plus bas</button>"
    write_replica(tmp_path / "site", {"": inside}, host=CHAT)

    def aide(step: Step) -> None:
        step.tell("Cliquez sur « Dessous ».", step.button())
        step.tell("Cliquez sur « Plus bas ».", step.button())
        step.shoot()

    under, below = page_of(run_on(str(tmp_path / "site"), [tutorial_with_chat(aide)]), 1).instructions
    assert (under.status, under.covered_by, below.status) == ("covered", "Bandeau", "true")


def test_a_page_with_a_frame_that_cannot_be_read_is_not_judged(run_on: RunOn, site: Path) -> None:
    def aide(step: Step) -> None:
        step.tell("Cliquez sur « Envoyer ».", step.button())
        step.shoot()

    page = page_of(run_on(str(site), [tutorial_with_chat(aide, declared=False)]), 1)
    (reason,) = page.judgement.reasons
    assert page.verdict is Verdict.UNREACHABLE
    assert reason.obstacle is not None
    assert (reason.obstacle.kind, reason.obstacle.evidence) == (ObstacleKind.UNREAD, CHAT)


def test_a_frame_that_cannot_be_read_matters_only_if_it_may_hold_what_is_missing(run_on: RunOn, site: Path) -> None:
    def aide(step: Step) -> None:
        step.tell("Le titre est « Aide ».", step.heading())
        step.shoot()

    record = run_on(str(site), [tutorial_with_chat(aide, declared=False)])
    run_on.approve(record)
    assert page_of(run_on(str(site), [tutorial_with_chat(aide, declared=False)]), 1).verdict is Verdict.UP_TO_DATE
    page = site / HOST / "index.html"
    page.write_text(page.read_text("utf-8").replace("Aide</h1>", "Contact</h1>"), "utf-8")
    assert page_of(run_on(str(site), [tutorial_with_chat(aide, declared=False)]), 1).verdict is Verdict.TEXT_OUTDATED


def test_a_banner_in_a_frame_is_dismissed(run_on: RunOn, tmp_path: Path) -> None:
    style = "position:fixed;left:50px;top:50px;width:500px;height:300px"
    frame = f"<iframe src='https://{CHAT}/' style='{style}'></iframe>"
    script = "<script>addEventListener('message', () => document.querySelector('iframe').remove())</script>"
    write_replica(tmp_path / "site", {"": f"<h1>Accueil</h1><p>Bonjour</p>{frame}{script}"})
    inside = "<p>Des cookies ?</p><button onclick=\"parent.postMessage('non', '*')\">Tout refuser</button>"
    write_replica(tmp_path / "site", {"": inside}, host=CHAT)

    def accueil(step: Step) -> None:
        step.tell("Lisez « Bonjour ».", step.text())
        step.shoot()

    tutorial = tutorial_of(accueil, hosts=[HOST, CHAT], dismiss=["Tout refuser"])
    (result,) = page_of(run_on(str(tmp_path / "site"), [tutorial]), 1).instructions
    assert result.true
    assert all(element.role != "frame" for element in run_on.sidecars[-1].elements)
