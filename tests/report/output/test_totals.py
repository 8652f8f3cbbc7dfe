"""Pages that need an action, and their order."""

from dataclasses import replace

import pytest

from report.baselines.decision import Decision, DecisionKind
from report.i18n.sentences import Sentences
from report.output.totals import (
    Task,
    all_pages_needing_action,
    groups_of,
    headline,
    pages_needing_action,
    run_totals,
    task_of,
    undecided_around,
)
from report.results.run_record import RunRecord
from report.review.session import ReviewSession
from tests.support.builders import TODAY


def decided(session: ReviewSession, *numbers: int, kind: DecisionKind = DecisionKind.KEEP) -> RunRecord:
    """Return the run's record, with decisions about these pages."""
    (tutorial,) = session.record.tutorials
    pages = tuple(
        replace(
            page,
            decision=Decision(page=page.number, kind=kind, on=TODAY, by="Zoé") if page.number in numbers else None,
        )
        for page in tutorial.pages
    )
    return replace(session.record, tutorials=(replace(tutorial, pages=pages),))


def test_decided_pages_come_last_on_the_overview_and_keep_their_place_in_the_navigation(
    session: ReviewSession,
) -> None:
    before, after = decided(session), decided(session, 3)
    assert [page.number for page in pages_needing_action(before.tutorials[0])] == [3, 2, 4, 1]
    assert [page.number for page in pages_needing_action(after.tutorials[0])] == [2, 4, 1, 3]
    assert [page.number for _, page in all_pages_needing_action(after)] == [3, 2, 4, 1]


@pytest.mark.parametrize(
    ("numbers", "ways"),
    [
        ((), [(None, 2), (3, 4), (2, 1), (4, 3)]),
        ((3,), [(None, 2), (None, 4), (2, 1), (4, 2)]),
        ((2, 4), [(None, 1), (3, 1), (3, 1), (3, 3)]),
        ((3, 2, 4), [(None, 1), (None, 1), (None, 1), (None, None)]),
        ((1, 3, 2, 4), [(None, None)] * 4),
    ],
)
def test_the_way_on_leads_to_what_nobody_has_decided_about(
    session: ReviewSession, numbers: tuple[int, ...], ways: list[tuple[int | None, int | None]]
) -> None:
    order = all_pages_needing_action(decided(session, *numbers))
    found = [tuple(pair and pair[1].number for pair in undecided_around(order, at)) for at in range(len(order))]
    assert found == ways


def test_from_a_page_that_asks_nothing_the_way_leads_to_the_worst(session: ReviewSession) -> None:
    order = all_pages_needing_action(decided(session, 3))
    before, after = undecided_around(order, -1)
    assert before is None
    assert after is not None
    assert after[1].number == 2


def test_the_headline_says_what_is_left_to_do_and_is_calm_when_nothing_is(session: ReviewSession) -> None:
    (tutorial,) = session.record.tutorials
    nothing = replace(session.record, tutorials=(replace(tutorial, pages=()),))
    snoozed = decided(session, 1, 2, 3, 4, kind=DecisionKind.SNOOZE)
    told = [
        [headline(run_totals(record), Sentences(language)) for language in ("en", "fr")]
        for record in (decided(session, 3), decided(session, 1, 2, 3, 4), snoozed, nothing)
    ]
    assert told == [
        [
            "2 pictures to approve, 1 page to check by hand, 1 page waits for its text to be corrected",
            "2 images à accepter, 1 page à vérifier à la main, 1 page attend la correction de son texte",
        ],
        [
            "Everything is decided: 4 pages wait for their text to be corrected",
            "Tout est décidé\u00a0: 4 pages attendent la correction de leur texte",
        ],
        [
            "Everything is decided: nothing is left to do this morning",
            "Tout est décidé\u00a0: il ne reste rien à faire ce matin",
        ],
        ["Nothing to do this morning", "Rien à faire ce matin"],
    ]


def test_what_is_decided_stands_apart_and_personal_pages_stand_together(session: ReviewSession) -> None:
    (tutorial,) = decided(session, 2, 4).tutorials
    groups = groups_of(tutorial)
    numbers = [[page.number for page in group] for group in (groups.to_do, groups.decided, groups.personal)]
    assert numbers == [[3, 1], [2], [4]]
    assert [task_of(page) for page in tutorial.pages] == [Task.APPROVE, Task.DECIDED, Task.LOOK, Task.DECIDED]
