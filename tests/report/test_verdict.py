from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from capture.capture import Sidecar
from capture.elements import Element
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.instruction import InstructionResult, InstructionStatus
from report.compare.align import Band, BandKind
from report.compare.comparison import Comparison, TargetMove
from report.compare.elements import ChangeKind, ElementChange
from report.compare.regions import Region
from report.compare.volatility import VolatileRegion, Volatility
from report.verdict import (
    MAX_REASONS,
    ExitCode,
    Reason,
    ReasonKind,
    Verdict,
    exit_code,
    judge_captured,
    judge_unseen,
    judge_unvisited,
    worst,
)
from tests.support.builders import TODAY, accueil, box, capture_of, element, instruction_result, outcome_of, tutorial_of

FAR, NEAR = box(500, 500, 50, 50), box(110, 5, 5, 5)
BUTTON = instruction_result(1, box=box(0, 0, 100, 30))


def capture(*instructions: InstructionResult, **more: Any) -> Sidecar:
    return capture_of(b"", instructions=instructions, **more).sidecar


def comparison(**more: Any) -> Comparison:
    return Comparison(identical=not more, baseline_size=(800, 600), candidate_size=(800, 600), **more)


def region(place: Any) -> Region:
    return Region(box=place, pixels=9)


@pytest.mark.parametrize(
    ("found", "verdict", "kind"),
    [
        ({}, Verdict.UP_TO_DATE, None),
        ({"regions": (region(FAR),)}, Verdict.COSMETIC, ReasonKind.ELSEWHERE),
        ({"regions": (region(NEAR),)}, Verdict.PICTURE_OUTDATED, ReasonKind.TARGET_LOOKS),
        ({"moves": (TargetMove(instruction=1, px=40),)}, Verdict.PICTURE_OUTDATED, ReasonKind.TARGET_MOVED),
        ({"regions": (region(NEAR),), "new_targets": (1,)}, Verdict.PICTURE_OUTDATED, ReasonKind.TARGET_NEW),
        (
            {"bands": (Band(kind=BandKind.INSERTED, y=0, at=0, height=60),)},
            Verdict.COSMETIC,
            ReasonKind.ROWS_INSERTED,
        ),
        ({"bands": (Band(kind=BandKind.REMOVED, y=0, at=0, height=60),)}, Verdict.COSMETIC, ReasonKind.ROWS_REMOVED),
    ],
)
def test_a_difference_is_weighed_by_where_it_is(
    found: dict[str, Any], verdict: Verdict, kind: ReasonKind | None
) -> None:
    judgement = judge_captured(capture(BUTTON), comparison(**found))
    assert judgement.verdict is verdict
    assert [reason.kind for reason in judgement.reasons] == ([] if kind is None else [kind])


def change(kind: ChangeKind, place: Any) -> ElementChange:
    return ElementChange(kind=kind, role="link", before="Suite", now="Suite", box=place)


@pytest.mark.parametrize(
    ("changes", "regions", "kinds"),
    [
        ([(ChangeKind.READDRESSED, BUTTON.box)], [], [ReasonKind.TARGET_LEADS]),
        ([(ChangeKind.READDRESSED, FAR)], [], [ReasonKind.ELSEWHERE]),
        (
            [(ChangeKind.READDRESSED, BUTTON.box), (ChangeKind.READDRESSED, FAR)],
            [],
            [ReasonKind.TARGET_LEADS, ReasonKind.ELSEWHERE],
        ),
        ([(ChangeKind.READDRESSED, BUTTON.box)], [FAR], [ReasonKind.TARGET_LEADS, ReasonKind.ELSEWHERE]),
    ],
)
def test_a_link_that_leads_elsewhere_is_told_of_its_instruction(
    changes: list[tuple[ChangeKind, Any]], regions: list[Any], kinds: list[ReasonKind]
) -> None:
    found = comparison(
        elements=tuple(change(kind, place) for kind, place in changes), regions=tuple(map(region, regions))
    )
    judgement = judge_captured(capture(BUTTON), found)
    assert judgement.verdict is Verdict.COSMETIC
    assert [reason.kind for reason in judgement.reasons] == kinds


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [
        (ChangeKind.MOVED, {ReasonKind.TARGET_MOVED}),
        (ChangeKind.RESTYLED, {ReasonKind.TARGET_MOVED, ReasonKind.TARGET_LOOKS}),
    ],
)
def test_what_has_only_moved_does_not_look_different(kind: ChangeKind, reasons: set[ReasonKind]) -> None:
    found = comparison(
        moves=(TargetMove(instruction=1, px=40),), regions=(region(BUTTON.box),), elements=(change(kind, BUTTON.box),)
    )
    assert {reason.kind for reason in judge_captured(capture(BUTTON), found).reasons} == reasons


def band(kind: BandKind, height: int, y: int, inside: str | None = None) -> Band:
    return Band(kind=kind, y=y, at=y, height=height, inside=inside)


@pytest.mark.parametrize(
    ("bands", "told"),
    [
        (
            [band(BandKind.INSERTED, 106, 0), band(BandKind.INSERTED, 106, 400)],
            [(ReasonKind.ROWS_INSERTED, 212, None)],
        ),
        (
            [band(BandKind.INSERTED, 20, 0), band(BandKind.REMOVED, 9, 90), band(BandKind.REMOVED, 4, 300)],
            [(ReasonKind.ROWS_INSERTED, 20, None), (ReasonKind.ROWS_REMOVED, 13, None)],
        ),
        (
            [
                band(BandKind.INSERTED, 20, 0, "Menu"),
                band(BandKind.INSERTED, 20, 90),
                band(BandKind.INSERTED, 5, 200, "Menu"),
            ],
            [(ReasonKind.ROWS_INSERTED, 25, "Menu"), (ReasonKind.ROWS_INSERTED, 20, None)],
        ),
        (
            [band(BandKind.INSERTED, 20, 0), replace(band(BandKind.INSERTED, 20, 0), x=400, width=300)],
            [(ReasonKind.ROWS_INSERTED, 20, None)],
        ),
        (
            [band(BandKind.MOVED, 20, 0), band(BandKind.MOVED, 30, 90)],
            [(ReasonKind.ROWS_MOVED, 20, None), (ReasonKind.ROWS_MOVED, 30, None)],
        ),
    ],
)
def test_rows_inserted_in_the_same_part_are_told_once(
    bands: list[Band], told: list[tuple[ReasonKind, int, str | None]]
) -> None:
    judgement = judge_captured(capture(BUTTON), comparison(bands=tuple(bands)))
    assert [(reason.kind, reason.px, reason.inside) for reason in judgement.reasons] == told


BESIDE = box(104, 0, 60, 30)
"""Place of something at the right of the button, with a change in it at NEAR."""


@pytest.mark.parametrize(
    ("other", "changed", "verdict"),
    [
        (element("text", "Mis à jour hier", box=BESIDE), NEAR, Verdict.COSMETIC),
        (element("link", "Aide", box=BESIDE), NEAR, Verdict.COSMETIC),
        (element("text", "Mis à jour hier", box=BESIDE), box(95, 5, 20, 5), Verdict.PICTURE_OUTDATED),
        (element("text", "Mis à jour hier", box=BESIDE, visible=False), NEAR, Verdict.PICTURE_OUTDATED),
        (element("text", "Toute la ligne", box=box(0, 0, 300, 30)), NEAR, Verdict.PICTURE_OUTDATED),
        (element("region", "Vos droits", box=BESIDE), NEAR, Verdict.PICTURE_OUTDATED),
    ],
    ids=["a text beside", "a link beside", "over both", "unseen", "a text around both", "a container"],
)
def test_a_change_of_a_neighbour_is_not_one_of_the_target(other: Element, changed: Any, verdict: Verdict) -> None:
    button = element("button", "Chercher", box=BUTTON.box)
    seen = capture(instruction_result(1, element=0, box=BUTTON.box), elements=(button, other))
    assert judge_captured(seen, comparison(regions=(region(changed),))).verdict is verdict


def test_a_change_in_the_tutorials_frame_matters_without_an_instruction_there() -> None:
    framed = capture(BUTTON, frame=box(400, 400, 200, 200))
    judgement = judge_captured(framed, comparison(regions=(region(FAR),)))
    assert [reason.kind for reason in judgement.reasons] == [ReasonKind.FRAME_LOOKS]


def holding(role: str, holder: Any) -> Sidecar:
    elements = (element(role, "Vos droits", box=holder), element("button", "Chercher", box=BUTTON.box, parent=0))
    return capture(BUTTON, elements=elements)


@pytest.mark.parametrize(
    ("role", "verdict"),
    [
        ("form", Verdict.PICTURE_OUTDATED),
        ("dialog", Verdict.PICTURE_OUTDATED),
        ("region", Verdict.PICTURE_OUTDATED),
        ("main", Verdict.COSMETIC),
        ("navigation", Verdict.COSMETIC),
    ],
)
def test_a_change_in_the_box_that_holds_the_element_matters(role: str, verdict: Verdict) -> None:
    judgement = judge_captured(holding(role, box(0, 0, 600, 600)), comparison(regions=(region(FAR),)))
    assert judgement.verdict is verdict
    if verdict is Verdict.PICTURE_OUTDATED:
        (reason,) = judgement.reasons
        assert (reason.kind, reason.instruction, reason.inside) == (ReasonKind.CONTAINER_LOOKS, 1, "Vos droits")


def test_a_change_outside_the_box_that_holds_the_element_does_not() -> None:
    judgement = judge_captured(holding("form", box(0, 0, 300, 300)), comparison(regions=(region(FAR),)))
    assert judgement.verdict is Verdict.COSMETIC


def part(liveliness: Volatility, *, ignored: bool) -> VolatileRegion:
    return VolatileRegion(
        volatility=liveliness, box=FAR, baseline_box=FAR, role=None, name=None, digest="", is_ignored=ignored
    )


def test_a_volatile_part_is_a_reason_that_changes_no_verdict() -> None:
    alive = (part(Volatility.SEEN_NOW, ignored=True), part(Volatility.AS_APPROVED, ignored=False))
    judgement = judge_captured(capture(BUTTON), comparison(), alive)
    assert judgement.verdict is Verdict.UP_TO_DATE
    assert [reason.kind for reason in judgement.reasons] == [ReasonKind.VOLATILE]


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (
            ElementChange(kind=ChangeKind.STATE, role="checkbox", before="A", now="A", box=BUTTON.box, state="checked"),
            "picture_outdated",
        ),
        (
            ElementChange(kind=ChangeKind.REMOVED, role="option", before="A", now=None, box=BUTTON.box),
            "picture_outdated",
        ),
        (ElementChange(kind=ChangeKind.READDRESSED, role="link", before="A", now="A", box=BUTTON.box), "cosmetic"),
        (
            ElementChange(kind=ChangeKind.STATE, role="checkbox", before="A", now="A", box=FAR, state="checked"),
            "cosmetic",
        ),
    ],
)
def test_a_state_or_a_choice_of_the_target_that_changed_is_seen_in_the_picture(
    change: ElementChange, verdict: str
) -> None:
    assert judge_captured(capture(BUTTON), comparison(elements=(change,)), ()).verdict == verdict


def test_reasons_that_need_a_person_come_before_volatile_parts() -> None:
    alive = (
        part(Volatility.EXPECTED, ignored=True),
        part(Volatility.SETTLED, ignored=False),
        part(Volatility.SEEN_NOW, ignored=False),
    )
    judgement = judge_captured(capture(BUTTON), comparison(regions=(region(NEAR),)), alive)
    assert [reason.kind for reason in judgement.reasons] == [
        ReasonKind.TARGET_LOOKS,
        ReasonKind.TARGET_VOLATILE,
        ReasonKind.SETTLED,
        ReasonKind.VOLATILE,
    ]


def test_a_false_instruction_is_worse_than_any_picture() -> None:
    seen = capture(BUTTON, instruction_result(2, status=InstructionStatus.MISSING))
    for compared in (None, comparison(), comparison(regions=(region(NEAR),))):
        judgement = judge_captured(seen, compared)
        assert judgement.verdict is Verdict.TEXT_OUTDATED
        assert [reason.instruction for reason in judgement.reasons] == [2]


def test_reasons_stand_in_the_order_of_the_tutorial() -> None:
    false = [
        instruction_result(2, role="button", status=InstructionStatus.MISSING),
        instruction_result(1, role="heading", status=InstructionStatus.MISSING),
    ]
    assert [reason.instruction for reason in judge_captured(capture(*false), None).reasons] == [1, 2]


def test_without_an_approved_picture_a_true_page_is_new() -> None:
    assert judge_captured(capture(BUTTON), None).verdict is Verdict.NEW


def test_the_reasons_are_few() -> None:
    moves = tuple(TargetMove(instruction=number, px=9) for number in range(1, 12))
    assert len(judge_captured(capture(BUTTON), comparison(moves=moves)).reasons) == MAX_REASONS


def test_a_restless_page_says_so_beside_its_difference() -> None:
    judgement = judge_captured(capture(BUTTON, stable=False), comparison(regions=(region(FAR),)))
    assert [reason.kind for reason in judgement.reasons] == [ReasonKind.ELSEWHERE, ReasonKind.UNSTABLE]


@pytest.mark.parametrize(
    ("days_ago", "verdict"),
    [(None, Verdict.BY_HAND_DUE), (30, Verdict.BY_HAND_DUE), (31, Verdict.BY_HAND_DUE), (29, Verdict.BY_HAND)],
)
def test_a_personal_page_is_due_by_its_last_check(days_ago: int | None, verdict: Verdict) -> None:
    tutorial = tutorial_of()
    tutorial.personal(1, "Compte", check_every_days=30)
    checked = None if days_ago is None else TODAY - timedelta(days=days_ago)
    assert judge_unvisited(tutorial.pages[0], checked=checked, today=TODAY).verdict is verdict


def test_a_fixed_page_asks_nothing() -> None:
    tutorial = tutorial_of()
    tutorial.fixed(1, "Titre")
    assert judge_unvisited(tutorial.pages[0], checked=None, today=TODAY).verdict is Verdict.FIXED


def test_a_personal_page_that_a_person_calls_false_is_outdated() -> None:
    tutorial = tutorial_of()
    tutorial.personal(1, "Compte", text=["Tapez votre code."])
    said = Reason(kind=ReasonKind.SAID_FALSE, day=TODAY, by="Zoé")
    judgement = judge_unvisited(tutorial.pages[0], checked=TODAY, today=TODAY, said_false=said)
    assert judgement.verdict is Verdict.TEXT_OUTDATED
    assert judgement.reasons == (said,)


@pytest.mark.parametrize("kind", ObstacleKind)
def test_a_page_that_could_not_be_checked_is_never_outdated(kind: ObstacleKind) -> None:
    obstacle = Obstacle(kind=kind, evidence="x", url="")
    outcome = outcome_of(tutorial_of(accueil).pages[0], state=VisitState.UNREACHABLE, obstacle=obstacle)
    assert judge_unseen(outcome).verdict is Verdict.UNREACHABLE


def test_a_page_behind_another_names_it() -> None:
    outcome = outcome_of(tutorial_of(accueil).pages[0], state=VisitState.NOT_REACHED, stopped_by=3)
    judgement = judge_unseen(outcome)
    assert (judgement.verdict, judgement.reasons[0].page) == (Verdict.NOT_REACHED, 3)


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ([], ExitCode.ALL_TRUE),
        ([Verdict.UP_TO_DATE, Verdict.COSMETIC, Verdict.BY_HAND_DUE, Verdict.FIXED], ExitCode.ALL_TRUE),
        ([Verdict.NEW, Verdict.UP_TO_DATE], ExitCode.NEW),
        ([Verdict.NEW, Verdict.UNREACHABLE], ExitCode.UNKNOWN),
        ([Verdict.NOT_REACHED], ExitCode.UNKNOWN),
        ([Verdict.UNREACHABLE, Verdict.TEXT_OUTDATED, Verdict.NEW], ExitCode.OUTDATED),
        ([Verdict.PICTURE_OUTDATED], ExitCode.OUTDATED),
    ],
)
def test_the_exit_code_is_that_of_the_worst(verdicts: list[Verdict], code: ExitCode) -> None:
    assert exit_code(verdicts) is code


def test_the_worst_of_all_verdicts_is_a_false_text() -> None:
    assert worst(list(Verdict)) is Verdict.TEXT_OUTDATED
