"""Review sessions: every decision is checked when it is applied, and can be undone."""

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
    DecisionsUnreadable,
    NotCaptured,
    UnknownElement,
    UnknownPage,
)
from capture.storage import sha256
from report.baselines.baselines import Baselines
from report.baselines.decision import (
    Decision,
    DecisionKind,
    DecisionRequest,
    HandCheck,
    HandTarget,
    judgement_fingerprint,
)
from report.baselines.mask import Mask
from report.i18n.sentences import Sentences
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
    instruction_result,
    outcome_of,
    png_of,
    record_of,
    scene,
    tutorial_of,
)
from tests.support.review import NEW, NEWS, OLD, approved_png, decision_request


def test_an_approval_replaces_the_baseline_and_records_who_and_why(session: ReviewSession) -> None:
    session.apply(decision_request(session, 1, DecisionKind.APPROVE, note="nouveau logo"), by="Zoé", today=TODAY)
    assert approved_png(session) == NEW
    (decision,) = session.baselines.decisions("exemple")
    assert (decision.by, decision.note, decision.run) == ("Zoé", "nouveau logo", "run")
    assert decision.of == sha256(session.state("exemple", 1).sidecar)


def test_a_kept_baseline_applies_until_the_judgement_changes(session: ReviewSession) -> None:
    session.apply(decision_request(session, 1, DecisionKind.KEEP, person="Ali", note="demain"), by="Zoé", today=TODAY)
    assert approved_png(session) == OLD
    (decision,) = session.baselines.decisions("exemple")
    judgement = next(page.judgement for _, page in session.record.pages())
    assert decision.holds(judgement, TODAY + timedelta(days=400))
    assert not decision.holds(Judgement(verdict=Verdict.TEXT_OUTDATED), TODAY)


def test_a_snoozed_page_returns_on_its_day(session: ReviewSession) -> None:
    until = TODAY + timedelta(days=7)
    session.apply(decision_request(session, 3, DecisionKind.SNOOZE, until=until), by="Zoé", today=TODAY)
    (decision,) = session.baselines.decisions("exemple")
    judgement = next(page.judgement for _, page in session.record.pages() if page.number == 3)
    assert decision.holds(judgement, until - timedelta(days=1))
    assert not decision.holds(judgement, until)


def test_the_next_run_honours_what_was_decided(session: ReviewSession, tmp_path: Path) -> None:
    session.apply(decision_request(session, 1, DecisionKind.KEEP), by="Zoé", today=TODAY)
    page = tutorial_of(accueil).pages[0]
    again = record_of(tmp_path / "again", [outcome_of(page, NEW, elements=(NEWS,))], baselines=session.baselines)
    ((_, shown),) = again.pages()
    assert shown.decision is not None
    assert shown.decision.by == "Zoé"
    false = outcome_of(page, NEW, elements=(NEWS,), instructions=(instruction_result(status="missing"),))
    other = record_of(tmp_path / "other", [false], baselines=session.baselines)
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
def test_an_ignored_part_becomes_a_mask(session: ReviewSession, more: dict[str, object], mask: Mask) -> None:
    session.apply(decision_request(session, 1, DecisionKind.IGNORE, **more), by="Zoé", today=TODAY)
    assert session.baselines.masks("exemple") == (mask,)


def test_a_place_of_a_thing_whose_name_others_have_is_a_place(session: ReviewSession) -> None:
    elements = (NEWS, element("link", "Actualités", box=box(10, 200)))
    session.baselines.write("exemple", 2, capture_of(NEW, page=2, elements=elements))
    page = tutorial_of(accueil, accueil).pages[1]
    record = record_of(session.folder.parent / "again", [outcome_of(page, OLD)], baselines=session.baselines)
    again = replace(session, record=record)
    again.apply(decision_request(again, 2, DecisionKind.IGNORE, box=NEWS.box), by="Zoé", today=TODAY)
    assert session.baselines.masks("exemple") == (Mask(page=2, on=TODAY, by="Zoé", box=NEWS.box),)


def test_a_personal_page_is_checked_by_hand_with_a_picture(session: ReviewSession) -> None:
    session.apply(decision_request(session, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=OLD)
    assert session.baselines.hand_checks("exemple") == {4: HandCheck(on=TODAY, by="Zoé", picture=sha256(OLD))}
    assert session.baselines.own_picture("exemple", 4) == OLD
    ((_, page),) = ((one, its) for one, its in session.record.pages() if its.number == 4)
    shown = session.reviewed(session.record.tutorials[0], page)
    assert shown.own_picture is not None
    assert ((session.folder / shown.own_picture.path).read_bytes(), shown.own_picture.size) == (OLD, (320, 240))
    session.apply(decision_request(session, 4, DecisionKind.CONFIRM), by="Ali", today=TODAY)
    assert session.baselines.own_picture("exemple", 4) == OLD, "a check without a picture keeps the one before"


def test_a_check_by_hand_settles_its_page_and_keeps_its_note(session: ReviewSession, tmp_path: Path) -> None:
    def shown() -> PageRecord:
        (page,) = (page for _, page in session.record.pages() if page.number == 4)
        return session.reviewed(session.record.tutorials[0], page)

    assert shown().decision is None
    applied = session.apply(
        decision_request(session, 4, DecisionKind.CONFIRM, note="rien de neuf"), by="Zoé", today=TODAY
    )
    assert session.baselines.hand_checks("exemple")[4].note == "rien de neuf"
    settled = shown()
    assert settled.decision == Decision(page=4, kind=DecisionKind.CONFIRM, on=TODAY, by="Zoé", note="rien de neuf")
    assert Sentences("fr").decision(settled.decision).startswith("Vérifiée à la main le 2 mars 2026 par Zoé.")
    session.undo(applied)
    assert shown().decision is None


def test_a_picture_by_hand_is_taken_back_with_its_check(session: ReviewSession) -> None:
    first = session.apply(decision_request(session, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=OLD)
    second = session.apply(decision_request(session, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=NEW)
    session.undo(second)
    assert session.baselines.own_picture("exemple", 4) == OLD
    session.undo(first)
    assert (session.baselines.own_picture("exemple", 4), session.baselines.hand_checks("exemple")) == (b"", {})


def test_the_next_run_shows_the_picture_by_hand(session: ReviewSession, tmp_path: Path) -> None:
    session.apply(decision_request(session, 4, DecisionKind.CONFIRM), by="Zoé", today=TODAY, picture=OLD)
    tutorial = tutorial_of(accueil)
    tutorial.personal(4, "Code")
    outcomes = [outcome_of(page) for page in tutorial.pages]
    again = record_of(tmp_path / "again", outcomes, baselines=session.baselines, tutorial=tutorial)
    owns = [page.own_picture for _, page in again.pages()]
    assert owns[0] is None
    assert owns[1] is not None
    assert (tmp_path / "again" / owns[1].path).read_bytes() == OLD


def test_the_places_on_a_picture_by_hand_are_kept_with_it_and_taken_back(session: ReviewSession) -> None:
    targets = (HandTarget(sentence="Validez.", box=box(10, 20, 30, 40)),)
    shown = decision_request(session, 4, DecisionKind.CONFIRM, targets=targets)
    first = session.apply(shown, by="Zoé", today=TODAY, picture=OLD)
    assert session.baselines.hand_checks("exemple")[4].targets == targets
    session.apply(decision_request(session, 4, DecisionKind.CONFIRM), by="Ali", today=TODAY)
    assert session.baselines.hand_checks("exemple")[4].targets == targets, "the picture is the same"
    second = session.apply(decision_request(session, 4, DecisionKind.CONFIRM), by="Ali", today=TODAY, picture=NEW)
    assert session.baselines.hand_checks("exemple")[4].targets == (), "another picture has other places"
    session.undo(second)
    assert session.baselines.hand_checks("exemple")[4].targets == targets
    with pytest.raises(DecisionConflict):
        session.undo(first)


@pytest.mark.parametrize(
    ("targets", "picture"),
    [
        ([("Autre phrase.", (0, 0, 9, 9))], OLD),
        ([("Validez.", (0, 0, 9, 9)), ("Validez.", (9, 9, 9, 9))], OLD),
        ([("Validez.", (300, 0, 40, 20))], OLD),
        ([("Validez.", (0, 0, 0, 20))], OLD),
        ([("Validez.", (0, 0, 9, 9))], b""),
    ],
    ids=["no such sentence", "twice", "outside", "empty", "no picture"],
)
def test_places_that_do_not_fit_are_refused(
    session: ReviewSession, targets: list[tuple[str, tuple[int, int, int, int]]], picture: bytes
) -> None:
    wanted = tuple(HandTarget(sentence=sentence, box=box(*sides)) for sentence, sides in targets)
    with pytest.raises(DecisionRefused):
        session.apply(
            decision_request(session, 4, DecisionKind.CONFIRM, targets=wanted), by="Zoé", today=TODAY, picture=picture
        )
    assert session.baselines.hand_checks("exemple") == {}


Decide = Callable[[ReviewSession], DecisionRequest]
TAKEN_BACK: dict[str, Decide] = {
    "approve": lambda session: decision_request(session, 1, DecisionKind.APPROVE),
    "approve a first one": lambda session: decision_request(session, 2, DecisionKind.APPROVE),
    "keep": lambda session: decision_request(session, 1, DecisionKind.KEEP),
    "snooze": lambda session: decision_request(session, 1, DecisionKind.SNOOZE, until=TODAY + timedelta(days=1)),
    "ignore": lambda session: decision_request(session, 1, DecisionKind.IGNORE, element="Actualités"),
    "confirm": lambda session: decision_request(session, 4, DecisionKind.CONFIRM),
}


@pytest.mark.parametrize("decide", TAKEN_BACK.values(), ids=TAKEN_BACK)
def test_every_decision_can_be_taken_back(session: ReviewSession, decide: Decide) -> None:
    session.apply(decision_request(session, 1, DecisionKind.KEEP, note="avant"), by="Ali", today=TODAY)
    pages = [session.state("exemple", page) for page in (1, 2, 4)]
    before = [approved_png(session, page) for page in (1, 2)]
    applied = session.apply(decide(session), by="Zoé", today=TODAY)
    assert [session.state("exemple", page) for page in (1, 2, 4)] != pages
    session.undo(applied)
    assert [session.state("exemple", page) for page in (1, 2, 4)] == pages
    assert [approved_png(session, page) for page in (1, 2)] == before


def test_a_decision_with_a_later_one_cannot_be_undone(session: ReviewSession) -> None:
    applied = session.apply(decision_request(session, 1, DecisionKind.KEEP), by="Zoé", today=TODAY)
    session.apply(decision_request(session, 1, DecisionKind.KEEP, note="autre"), by="Ali", today=TODAY)
    with pytest.raises(DecisionConflict, match="Ali"):
        session.undo(applied)
    assert [one.by for one in session.baselines.decisions("exemple")] == ["Ali"]


def test_the_second_of_two_reviewers_gets_a_conflict(session: ReviewSession) -> None:
    opened = session.state("exemple", 1).token
    session.apply(decision_request(session, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY, token=opened)
    with pytest.raises(DecisionConflict, match="Zoé"):
        session.apply(decision_request(session, 1, DecisionKind.KEEP), by="Ali", today=TODAY, token=opened)


def test_simultaneous_decisions_wait_and_the_second_gets_a_conflict(
    session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = session.state("exemple", 1).token
    colleague = replace(session, baselines=Baselines(session.baselines.root.parent, session.baselines.root.name))
    told: list[DecisionConflict] = []

    def keep() -> None:
        try:
            colleague.apply(decision_request(session, 1, DecisionKind.KEEP), by="Ali", today=TODAY, token=opened)
        except DecisionConflict as error:
            told.append(error)

    waiting = threading.Thread(target=keep)

    def approve_slowly(*arguments: Any, **named: Any) -> None:
        waiting.start()
        waiting.join(timeout=0.3)
        assert waiting.is_alive(), "he waits"
        approve(*arguments, **named)

    monkeypatch.setattr("report.review.session.approve", approve_slowly)
    session.apply(decision_request(session, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY, token=opened)
    waiting.join()
    assert len(told) == 1
    assert [one.by for one in session.baselines.decisions("exemple")] == ["Zoé"]


def test_nothing_is_approved_that_was_not_on_the_screen(session: ReviewSession) -> None:
    for wrong in ({"captured": "0" * 64}, {"approved": "0" * 64}):
        with pytest.raises(BaselineChanged):
            session.apply(decision_request(session, 1, DecisionKind.APPROVE, **wrong), by="Zoé", today=TODAY)
    assert approved_png(session) == OLD


@pytest.mark.parametrize("kind", [DecisionKind.APPROVE, DecisionKind.KEEP, DecisionKind.IGNORE])
def test_nothing_is_decided_on_a_baseline_that_moved(session: ReviewSession, kind: DecisionKind) -> None:
    other = png_of(scene(seed=9))
    session.baselines.write("exemple", 1, capture_of(other, elements=(NEWS,)))
    with pytest.raises(BaselineChanged):
        session.apply(decision_request(session, 1, kind, element="Actualités"), by="Zoé", today=TODAY)
    assert approved_png(session) == other


def test_a_picture_that_was_exchanged_in_the_runs_folder_is_not_approved(session: ReviewSession) -> None:
    (session.folder / "captures" / "exemple" / "01.png").write_bytes(OLD)
    with pytest.raises(BaselineChanged):
        session.apply(decision_request(session, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY)


NONSENSE: dict[str, tuple[Decide, type[Exception]]] = {
    "no such page": (
        lambda _: DecisionRequest(tutorial="exemple", page=9, kind=DecisionKind.KEEP),
        UnknownPage,
    ),
    "climbing": (
        lambda _: DecisionRequest(tutorial="../exemple", page=1, kind=DecisionKind.KEEP),
        UnknownPage,
    ),
    "nothing captured": (lambda session: decision_request(session, 3, DecisionKind.APPROVE), NotCaptured),
    "approve a personal page": (lambda session: decision_request(session, 4, DecisionKind.APPROVE), DecisionRefused),
    "check a public page": (lambda session: decision_request(session, 1, DecisionKind.CONFIRM), DecisionRefused),
    "put off until yesterday": (
        lambda session: decision_request(session, 1, DecisionKind.SNOOZE, until=TODAY),
        DecisionRefused,
    ),
    "put off for ever": (lambda session: decision_request(session, 1, DecisionKind.SNOOZE), DecisionRefused),
    "ignore nothing": (lambda session: decision_request(session, 1, DecisionKind.IGNORE), DecisionRefused),
    "ignore both": (
        lambda session: decision_request(session, 1, DecisionKind.IGNORE, element="Actualités", box=box(0, 0, 9, 9)),
        DecisionRefused,
    ),
    "ignore what is not there": (
        lambda session: decision_request(session, 1, DecisionKind.IGNORE, element="Météo"),
        UnknownElement,
    ),
    "outside": (
        lambda session: decision_request(session, 1, DecisionKind.IGNORE, box=box(300, 0, 40, 20)),
        DecisionRefused,
    ),
    "of no height": (
        lambda session: decision_request(session, 1, DecisionKind.IGNORE, box=box(0, 0, 40, 0)),
        DecisionRefused,
    ),
    "on no picture": (
        lambda session: decision_request(session, 2, DecisionKind.IGNORE, box=box(0, 0, 40, 20)),
        DecisionRefused,
    ),
}


@pytest.mark.parametrize(("decide", "error"), NONSENSE.values(), ids=NONSENSE)
def test_an_invalid_decision_is_refused_and_changes_nothing(
    session: ReviewSession, decide: Decide, error: type[Exception]
) -> None:
    before = [session.state("exemple", page) for page in range(1, 5)]
    with pytest.raises(error):
        session.apply(decide(session), by="Zoé", today=TODAY)
    assert [session.state("exemple", page) for page in range(1, 5)] == before


def test_approving_all_of_a_run_says_who_did(session: ReviewSession) -> None:
    approve(session.record, session.folder, session.baselines, by="Zoé", why="refonte")
    assert [(one.page, one.by, one.note) for one in session.baselines.decisions("exemple")] == [
        (1, "Zoé", "refonte"),
        (2, "Zoé", "refonte"),
    ]


def test_the_fingerprint_of_a_judgement_ignores_unstable_reasons() -> None:
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


def test_a_decision_that_was_replaced_leaves_the_approval_before_it(session: ReviewSession) -> None:
    session.apply(decision_request(session, 1, DecisionKind.APPROVE), by="Zoé", today=TODAY)
    later = Decision(page=1, kind=DecisionKind.SNOOZE, on=TODAY, by="Ali")
    session.baselines.add_decision("exemple", later)
    session.baselines.add_decision("exemple", replace(later, by="Mia"))
    assert [(one.kind, one.by) for one in session.baselines.decisions("exemple")] == [
        ("approve", "Zoé"),
        ("snooze", "Mia"),
    ]


def test_a_file_of_decisions_is_read_or_refused(session: ReviewSession, tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    with pytest.raises(DecisionsUnreadable):
        read_decisions(path)
    for nonsense in ("", "{}", '{"run": "x", "baselines": "replica", "by": "Zoé", "decisions": [{"kind": "eat"}]}'):
        path.write_text(nonsense, "utf-8")
        with pytest.raises(DecisionsUnreadable):
            read_decisions(path)
    one = decision_request(session, 1, DecisionKind.KEEP)
    path.write_bytes(msgspec.json.encode({"run": "run", "baselines": "replica", "by": "Zoé", "decisions": [one]}))
    assert read_decisions(path).decisions == (one,)
