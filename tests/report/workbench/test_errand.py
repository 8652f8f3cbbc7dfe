"""What only a person can do, and in which order."""

from dataclasses import replace

import pytest

from capture.politeness.obstacles import Obstacle, ObstacleKind
from report.baselines.decision import DecisionKind
from report.verdict import Judgement, Reason, ReasonKind, Verdict
from report.workbench.errand import Errand, errands
from tests.report.workbench.test_tutorial_view import record, view_of
from tests.support.nights import decided


def unseen(kind: ObstacleKind) -> Judgement:
    obstacle = Obstacle(kind=kind, evidence="x", url="https://www.exemple.test/")
    return Judgement(verdict=Verdict.UNREACHABLE, reasons=(Reason(kind=ReasonKind.OBSTACLE, obstacle=obstacle),))


def found(kind: ObstacleKind, nights: int, *, put_off: bool = False) -> list[Errand]:
    page = record(Verdict.UNREACHABLE, judgement=unseen(kind), captured=None)
    if put_off:
        page = replace(page, decision=decided(DecisionKind.SNOOZE))
    return [one for one in errands([view_of(page)], lambda _slug, _page: nights, after=3) if one.page.number == 1]


@pytest.mark.parametrize(
    ("kind", "nights", "expected"),
    [
        (ObstacleKind.WALL, 0, ["wall"]),
        (ObstacleKind.OUTAGE, 2, []),
        (ObstacleKind.OUTAGE, 3, ["unchecked"]),
    ],
)
def test_a_wall_is_for_a_person_at_once_and_another_obstacle_after_some_nights(
    kind: ObstacleKind, nights: int, expected: list[str]
) -> None:
    assert [str(one.kind) for one in found(kind, nights)] == expected
    assert found(kind, nights, put_off=True) == []


def test_walls_come_first_and_the_site_is_opened_where_it_was_last_seen() -> None:
    seen = record(Verdict.UNREACHABLE, judgement=unseen(ObstacleKind.WALL), url="https://www.exemple.test/ici")
    listed = errands([view_of(seen)], lambda _slug, _page: 0, after=3)
    assert [(str(one.kind), one.name, one.address) for one in listed] == [
        ("wall", "exemple/1", "https://www.exemple.test/ici"),
        ("look", "exemple/2", "https://www.exemple.test/ici"),
    ]
