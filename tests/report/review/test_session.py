"""Decisions are carried out with the same checks wherever they were made, and can be taken back."""

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from capture.errors import (
    BaselineChanged,
    DecisionConflict,
    DecisionRefused,
    NotCaptured,
    RunUnreadable,
    UnknownElement,
    UnknownPage,
)
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.storage import sha256
from report.baselines.baselines import Baselines
from report.baselines.decision import Decision, DecisionKind, DecisionRequest, HandCheck, judgement_fingerprint
from report.baselines.mask import Mask
from report.i18n.sentences import Translator
from report.results.run_record import PageRecord
from report.review.approve import approve
from report.review.session import ReviewSession, read_decisions
from report.verdict import Judgement, Reason, ReasonKind, Verdict
from tests.support.builders import (
    TODAY,
    accueil,
    box,
    capture_of,
    element,
    night_of,
    outcome_of,
    png_of,
    scene,
    told,
    tutorial_of,
)

OLD, NEW = png_of(scene(seed=1)), png_of(scene(seed=2))
WALL = Obstacle(kind=ObstacleKind.WALL, evidence="HTTP 403", url="https://www.exemple.test/")
NEWS = element("region", "Actualités", box=box(10, 10))


@pytest.fixture
def desk(tmp_path: Path) -> ReviewSession:
    """A run with a page that changed, a new one, one behind a wall, and a personal one."""
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    baselines.write("exemple", 1, capture_of(OLD, elements=(NEWS,)))
    tutorial = tutorial_of(accueil, accueil, accueil)
    tutorial.personal(4, "Code")
    pages = tutorial.pages
    outcomes = [
        outcome_of(pages[0], NEW, elements=(NEWS,)),
        outcome_of(pages[1], NEW),
        outcome_of(pages[2], state=VisitState.UNREACHABLE, obstacle=WALL),
        outcome_of(pages[3]),
    ]
    record = night_of(tmp_path / "run", outcomes, baselines=baselines, tutorial=tutorial)
    return ReviewSession(record=record, folder=tmp_path / "run", baselines=baselines)


def choice(desk: ReviewSession, page: int, kind: DecisionKind, **more: object) -> DecisionRequest:
    """A choice as a page of the report makes it."""
    shown = next(one for _, one in desk.record.pages() if one.number == page)
    approved = shown.approved.sidecar_sha256 if shown.approved else ""
    settings = {"captured": shown.capture_sha256, "approved": approved, **more}
    return DecisionRequest(tutorial="exemple", page=page, kind=kind, **settings)  # type: ignore[arg-type]


def approved_png(desk: ReviewSession, page: int = 1) -> bytes | None:
    baseline = desk.baselines.read("exemple", page)
    return None if baseline is None else baseline.png


def test_what_is_approved_becomes_the_baseline_and_says_by_whom_and_why(desk: ReviewSession) -> None:
    desk.apply(choice(desk, 1, DecisionKind.APPROVE, note="nouveau logo"), by="Zoé", today=TODAY)
    assert approved_png(desk) == NEW
    (decision,) = desk.baselines.decisions("exemple")
    assert (decision.by, decision.note, decision.run) == ("Zoé", "nouveau logo", "run")
    assert decision.of == sha256(desk.state("exemple", 1).sidecar)


def test_what_is_kept_holds_until_something_else_is_to_be_seen(desk: ReviewSession) -> None:
    desk.apply(choice(desk, 1, DecisionKind.KEEP, person="Ali", note="demain"), by="Zoé", today=TODAY)
    assert approved_png(desk) == OLD
    (decision,) = desk.baselines.decisions("exemple")
    judgement = next(page.judgement for _, page in desk.record.pages())
    assert decision.holds(judgement, TODAY + timedelta(days=400))
    assert not decision.holds(Judgement(verdict=Verdict.TEXT_OUTDATED), TODAY)


def test_what_is_put_off_holds_until_that_day(desk: ReviewSession) -> None:
    until = TODAY + timedelta(days=7)
    desk.apply(choice(desk, 3, DecisionKind.SNOOZE, until=until), by="Zoé", today=TODAY)
    (decision,) = desk.baselines.decisions("exemple")
    judgement = next(page.judgement for _, page in desk.record.pages() if page.number == 3)
    assert decision.holds(judgement, until - timedelta(days=1))
    assert not decision.holds(judgement, until)


def test_the_next_run_honours_what_was_decided(desk: ReviewSession, tmp_path: Path) -> None:
    desk.apply(choice(desk, 1, DecisionKind.KEEP), by="Zoé", today=TODAY)
    page = tutorial_of(accueil).pages[0]
    again = night_of(tmp_path / "again", [outcome_of(page, NEW, elements=(NEWS,))], baselines=desk.baselines)
    ((_, shown),) = again.pages()
    assert shown.decision is not None
    assert shown.decision.by == "Zoé"
    false = outcome_of(page, NEW, elements=(NEWS,), instructions=(told(status="missing"),))
    other = night_of(tmp_path / "other", [false], baselines=desk.baselines)
    assert [page.decision for _, page in other.pages()] == [None], "something else is to be seen"


@pytest.mark.parametrize(
    ("more", "mask"),
    [
        ({"element": "Actualités"}, Mask(page=1, on=TODAY, by="Zoé", element="Actualités")),
        ({"box": box(5, 6, 70, 80)}, Mask(page=1, on=TODAY, by="Zoé", box=box(5, 6, 70, 80))),
        ({"box": box(9, 8, 103, 33)}, Mask(page=1, on=TODAY, by="Zoé", element="Actualités")),
    ],
    ids=["thing", "place", "place of a thing"],
)
def test_what_is_ignored_is_a_mask(desk: ReviewSession, more: dict[str, object], mask: Mask) -> None:
    desk.apply(choice(desk, 1, DecisionKind.IGNORE, **more), by="Zoé", today=TODAY)
    assert desk.baselines.masks("exemple") == (mask,)


def test_a_place_of_a_thing_whose_name_others_have_is_a_place(desk: ReviewSession) -> None:
    elements = (NEWS, element("link", "Actualités", box=box(10, 200)))
    desk.baselines.write("exemple", 2, capture_of(NEW, page=2, elements=elements))
    page = tutorial_of(accueil, accueil).pages[1]
    record = night_of(desk.folder.parent / "again", [outcome_of(page, OLD)], baselines=desk.baselines)
    again = replace(desk, record=record)
    again.apply(choice(again, 2, DecisionKind.IGNORE, box=NEWS.box), by="Zoé", today=TODAY)
    assert desk.baselines.masks("exemple") == (Mask(page=2, on=TODAY, by="Zoé", box=NEWS.box),)


def test_a_personal_page_is_checked_by_hand_with_a_picture(desk: ReviewSession) -> None:
    desk.apply(choice(desk, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=OLD)
    assert desk.baselines.hand_checks("exemple") == {4: HandCheck(on=TODAY, by="Zoé", picture=sha256(OLD))}
    assert desk.baselines.own_picture("exemple", 4) == OLD
    ((_, page),) = ((one, its) for one, its in desk.record.pages() if its.number == 4)
    shown = desk.reviewed(desk.record.tutorials[0], page)
    assert shown.own_picture is not None
    assert ((desk.folder / shown.own_picture.path).read_bytes(), shown.own_picture.size) == (OLD, (320, 240))
    desk.apply(choice(desk, 4, DecisionKind.CONFIRM), by="Ali", today=TODAY)
    assert desk.baselines.own_picture("exemple", 4) == OLD, "a check without a picture keeps the one before"


def test_a_check_by_hand_settles_its_page_and_keeps_its_note(desk: ReviewSession, tmp_path: Path) -> None:
    def shown() -> PageRecord:
        (page,) = (page for _, page in desk.record.pages() if page.number == 4)
        return desk.reviewed(desk.record.tutorials[0], page)

    assert shown().decision is None
    done = desk.apply(choice(desk, 4, DecisionKind.CONFIRM, note="rien de neuf"), by="Zoé", today=TODAY)
    assert desk.baselines.hand_checks("exemple")[4].note == "rien de neuf"
    settled = shown()
    assert settled.decision == Decision(page=4, kind=DecisionKind.CONFIRM, on=TODAY, by="Zoé", note="rien de neuf")
    assert Translator("fr").decision(settled.decision).startswith("Vérifiée à la main le 2 mars 2026 par Zoé.")
    desk.undo(done)
    assert shown().decision is None


def test_a_picture_by_hand_is_taken_back_with_its_check(desk: ReviewSession) -> None:
    first = desk.apply(choice(desk, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=OLD)
    second = desk.apply(choice(desk, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=NEW)
    desk.undo(second)
    assert desk.baselines.own_picture("exemple", 4) == OLD
    desk.undo(first)
    assert (desk.baselines.own_picture("exemple", 4), desk.baselines.hand_checks("exemple")) == (b"", {})


def test_the_next_run_shows_the_picture_by_hand(desk: ReviewSession, tmp_path: Path) -> None:
    desk.apply(choice(desk, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=OLD)
    tutorial = tutorial_of(accueil)
    tutorial.personal(4, "Code")
    outcomes = [outcome_of(page) for page in tutorial.pages]
    again = night_of(tmp_path / "again", outcomes, baselines=desk.baselines, tutorial=tutorial)
    owns = [page.own_picture for _, page in again.pages()]
    assert owns[0] is None
    assert owns[1] is not None
    assert (tmp_path / "again" / owns[1].path).read_bytes() == OLD


Decide = Callable[[ReviewSession], DecisionRequest]
TAKEN_BACK: dict[str, Decide] = {
    "approve": lambda desk: choice(desk, 1, DecisionKind.APPROVE),
    "approve a first one": lambda desk: choice(desk, 2, DecisionKind.APPROVE),
    "keep": lambda desk: choice(desk, 1, DecisionKind.KEEP),
    "snooze": lambda desk: choice(desk, 1, DecisionKind.SNOOZE, until=TODAY + timedelta(days=1)),
    "ignore": lambda desk: choice(desk, 1, DecisionKind.IGNORE, element="Actualités"),
    "confirm": lambda desk: choice(desk, 4, DecisionKind.CONFIRM),
}


@pytest.mark.parametrize("decide", TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_every_decision_can_be_taken_back(desk: ReviewSession, decide: Decide) -> None:
    desk.apply(choice(desk, 1, DecisionKind.KEEP, note="avant"), by="Ali", today=TODAY)
    pages = [desk.state("exemple", page) for page in (1, 2, 4)]
    before = [approved_png(desk, page) for page in (1, 2)]
    done = desk.apply(decide(desk), by="Zoé", today=TODAY)
    assert [desk.state("exemple", page) for page in (1, 2, 4)] != pages
    desk.undo(done)
    assert [desk.state("exemple", page) for page in (1, 2, 4)] == pages
    assert [approved_png(desk, page) for page in (1, 2)] == before


def test_nothing_is_taken_back_that_somebody_decided_after(desk: ReviewSession) -> None:
    done = desk.apply(choice(desk, 1, DecisionKind.KEEP), by="Zoé", today=TODAY)
    desk.apply(choice(desk, 1, DecisionKind.KEEP, note="autre"), by="Ali", today=TODAY)
    with pytest.raises(DecisionConflict, match="Ali"):
        desk.undo(done)
    assert [one.by for one in desk.baselines.decisions("exemple")] == ["Ali"]


def test_the_second_of_two_reviewers_is_told(desk: ReviewSession) -> None:
    opened = desk.state("exemple", 1).token
    desk.apply(choice(desk, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY, token=opened)
    with pytest.raises(DecisionConflict, match="Zoé"):
        desk.apply(choice(desk, 1, DecisionKind.KEEP), by="Ali", today=TODAY, token=opened)


def test_who_decides_in_the_same_moment_waits_and_is_told(desk: ReviewSession, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = desk.state("exemple", 1).token
    colleague = replace(desk, baselines=Baselines(desk.baselines.root.parent, desk.baselines.root.name))
    told: list[DecisionConflict] = []

    def keep() -> None:
        try:
            colleague.apply(choice(desk, 1, DecisionKind.KEEP), by="Ali", today=TODAY, token=opened)
        except DecisionConflict as error:
            told.append(error)

    waiting = threading.Thread(target=keep)

    def approve_slowly(*arguments: Any, **named: Any) -> None:
        waiting.start()
        waiting.join(timeout=0.3)
        assert waiting.is_alive(), "he waits"
        approve(*arguments, **named)

    monkeypatch.setattr("report.review.session.approve", approve_slowly)
    desk.apply(choice(desk, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY, token=opened)
    waiting.join()
    assert len(told) == 1
    assert [one.by for one in desk.baselines.decisions("exemple")] == ["Zoé"]


def test_nothing_is_approved_that_was_not_on_the_screen(desk: ReviewSession) -> None:
    for wrong in ({"captured": "0" * 64}, {"approved": "0" * 64}):
        with pytest.raises(BaselineChanged):
            desk.apply(choice(desk, 1, DecisionKind.APPROVE, **wrong), by="Zoé", today=TODAY)
    assert approved_png(desk) == OLD


@pytest.mark.parametrize("kind", [DecisionKind.APPROVE, DecisionKind.KEEP, DecisionKind.IGNORE])
def test_nothing_is_decided_on_a_baseline_that_moved(desk: ReviewSession, kind: DecisionKind) -> None:
    other = png_of(scene(seed=9))
    desk.baselines.write("exemple", 1, capture_of(other, elements=(NEWS,)))
    with pytest.raises(BaselineChanged):
        desk.apply(choice(desk, 1, kind, element="Actualités"), by="Zoé", today=TODAY)
    assert approved_png(desk) == other


def test_a_picture_that_was_exchanged_in_the_runs_folder_is_not_approved(desk: ReviewSession) -> None:
    (desk.folder / "captures" / "exemple" / "01.png").write_bytes(OLD)
    with pytest.raises(BaselineChanged):
        desk.apply(choice(desk, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY)


NONSENSE: dict[str, tuple[Decide, type[Exception]]] = {
    "no such page": (
        lambda _: DecisionRequest(tutorial="exemple", page=9, kind=DecisionKind.KEEP),
        UnknownPage,
    ),
    "climbing": (
        lambda _: DecisionRequest(tutorial="../exemple", page=1, kind=DecisionKind.KEEP),
        UnknownPage,
    ),
    "nothing captured": (lambda desk: choice(desk, 3, DecisionKind.APPROVE), NotCaptured),
    "approve a personal page": (lambda desk: choice(desk, 4, DecisionKind.APPROVE), DecisionRefused),
    "check a public page": (lambda desk: choice(desk, 1, DecisionKind.CONFIRM), DecisionRefused),
    "put off until yesterday": (lambda desk: choice(desk, 1, DecisionKind.SNOOZE, until=TODAY), DecisionRefused),
    "put off for ever": (lambda desk: choice(desk, 1, DecisionKind.SNOOZE), DecisionRefused),
    "ignore nothing": (lambda desk: choice(desk, 1, DecisionKind.IGNORE), DecisionRefused),
    "ignore both": (
        lambda desk: choice(desk, 1, DecisionKind.IGNORE, element="Actualités", box=box(0, 0, 9, 9)),
        DecisionRefused,
    ),
    "ignore what is not there": (lambda desk: choice(desk, 1, DecisionKind.IGNORE, element="Météo"), UnknownElement),
    "outside": (lambda desk: choice(desk, 1, DecisionKind.IGNORE, box=box(300, 0, 40, 20)), DecisionRefused),
    "of no height": (lambda desk: choice(desk, 1, DecisionKind.IGNORE, box=box(0, 0, 40, 0)), DecisionRefused),
    "on no picture": (lambda desk: choice(desk, 2, DecisionKind.IGNORE, box=box(0, 0, 40, 20)), DecisionRefused),
    "a novel": (lambda desk: choice(desk, 1, DecisionKind.KEEP, note="x" * 3000), DecisionRefused),
}


@pytest.mark.parametrize(("decide", "error"), NONSENSE.values(), ids=NONSENSE)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    desk: ReviewSession, decide: Decide, error: type[Exception]
) -> None:
    before = [desk.state("exemple", page) for page in range(1, 5)]
    with pytest.raises(error):
        desk.apply(decide(desk), by="Zoé", today=TODAY)
    assert [desk.state("exemple", page) for page in range(1, 5)] == before


def test_approving_all_of_a_run_says_who_did(desk: ReviewSession) -> None:
    approve(desk.record, desk.folder, desk.baselines, by="Zoé", why="refonte")
    assert [(one.page, one.by, one.note) for one in desk.baselines.decisions("exemple")] == [
        (1, "Zoé", "refonte"),
        (2, "Zoé", "refonte"),
    ]


def test_what_is_to_be_seen_is_told_without_what_wavers() -> None:
    def judgement(*reasons: Reason) -> Judgement:
        return Judgement(verdict=Verdict.COSMETIC, reasons=reasons)

    inserted = Reason(kind=ReasonKind.ROWS_INSERTED, px=12, inside="Menu")
    alive = Reason(kind=ReasonKind.VOLATILE, inside="Actualités")
    assert judgement_fingerprint(judgement(inserted, alive)) == judgement_fingerprint(
        judgement(replace(inserted, px=13))
    )
    assert judgement_fingerprint(judgement(inserted)) != judgement_fingerprint(
        judgement(replace(inserted, inside="Pied"))
    )
    assert judgement_fingerprint(judgement(inserted)) != judgement_fingerprint(
        Judgement(verdict=Verdict.PICTURE_OUTDATED, reasons=(inserted,))
    )


def test_a_decision_that_was_replaced_leaves_the_approval_before_it(desk: ReviewSession) -> None:
    desk.apply(choice(desk, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY)
    later = Decision(page=1, kind=DecisionKind.SNOOZE, on=TODAY, by="Ali")
    desk.baselines.add_decision("exemple", later)
    desk.baselines.add_decision("exemple", replace(later, by="Mia"))
    assert [(one.kind, one.by) for one in desk.baselines.decisions("exemple")] == [
        ("approve", "Zoé"),
        ("snooze", "Mia"),
    ]


def test_a_file_of_decisions_is_read_or_refused(desk: ReviewSession, tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    with pytest.raises(RunUnreadable):
        read_decisions(path)
    for nonsense in ("", "{}", '{"run": "x", "baselines": "replica", "by": "Zoé", "decisions": [{"kind": "eat"}]}'):
        path.write_text(nonsense, "utf-8")
        with pytest.raises(DecisionRefused):
            read_decisions(path)
    one = choice(desk, 1, DecisionKind.KEEP)
    path.write_bytes(msgspec.json.encode({"run": "run", "baselines": "replica", "by": "Zoé", "decisions": [one]}))
    assert read_decisions(path).decisions == (one,)
