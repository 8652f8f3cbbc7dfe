"""Whom a run tells of what: only what is new, once it is confirmed, and every week what stays open."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.baselines.decision import DecisionKind
from report.notify.finding import Finding, FindingKind
from report.notify.news import News, alarm_news, is_reminder_due, news_for
from report.notify.recipient import recipients_of, unknown_owners
from report.notify.told import Told, marked, with_alarm, with_run
from report.results.run_record import PageRecord, RunRecord
from report.settings import NotificationSettings, RecipientSettings, Settings
from report.verdict import Verdict
from tests.support.nights import MONDAY, decided, false_page, night, page

FAILED = Finding(kind=FindingKind.FAILED, words="Firefox is missing.")
PEOPLE = {"zoe": RecipientSettings(mail="zoe@example.org")}
RULES = NotificationSettings()


def told_in(
    nights: Sequence[RunRecord],
    *,
    people: dict[str, RecipientSettings] | None = None,
    rules: NotificationSettings = RULES,
    name: str = "zoe",
) -> list[News]:
    """Return what a person is told after each of several runs; all that is told arrives."""
    told, all_news = Told(), []
    people = people or PEOPLE
    recipient = next(one for one in recipients_of(Settings(people=people)) if one.name == name)
    for record in nights:
        day = record.started.date()
        told = with_run(told, record, day)
        news = news_for(recipient, record, told, people=people, rules=rules, today=day)
        if news.worth_telling:
            told = marked(told, news.findings, name, day)
        if news.is_reminder or name not in told.reminded:
            told = replace(told, reminded={**told.reminded, name: day})
        all_news.append(news)
    return all_news


def numbers(news: Sequence[News]) -> list[list[int]]:
    """Return the numbers of the pages that are new on each night."""
    return [[one.number for _, one in each.new] for each in news]


def in_turn(*pages: PageRecord) -> list[RunRecord]:
    """Return the records of nights on each of which the tutorial's page is as given."""
    return [night(one, day=day) for day, one in enumerate(pages)]


PICTURE = page(Verdict.PICTURE_OUTDATED)
UNSEEN = page(Verdict.UNREACHABLE)
TRUE = page()


@pytest.mark.parametrize(
    ("pages", "new"),
    [
        ([TRUE, TRUE], [[], []]),
        ([false_page("A"), false_page("A")], [[1], []]),
        ([false_page("A"), false_page("A", "B")], [[1], [1]]),
        ([false_page("A"), TRUE, false_page("A")], [[1], [], [1]]),
        ([false_page("A"), UNSEEN, false_page("A")], [[1], [], []]),
        ([PICTURE, PICTURE, PICTURE], [[], [1], []]),
        ([PICTURE, TRUE, PICTURE, TRUE], [[], [], [], []]),
        ([PICTURE, UNSEEN, PICTURE], [[], [], [1]]),
        ([PICTURE, PICTURE, false_page("A")], [[], [1], [1]]),
        ([page(Verdict.BY_HAND_DUE), page(Verdict.BY_HAND_DUE)], [[1], []]),
        ([page(Verdict.NEW), TRUE], [[1], []]),
        ([page(Verdict.COSMETIC)], [[]]),
    ],
)
def test_each_finding_is_told_once_when_it_is_confirmed(pages: list[PageRecord], new: list[list[int]]) -> None:
    assert numbers(told_in(in_turn(*pages))) == new


def test_a_page_that_cannot_be_checked_is_told_after_some_nights_and_a_run_that_sees_nothing_at_once() -> None:
    others = [night(UNSEEN, page(number=2), day=day) for day in range(4)]
    assert numbers(told_in(others)) == [[], [], [1], []]
    blind = told_in([night(UNSEEN, day=day) for day in range(4)])
    assert numbers(blind) == [[]] * 4, "that nothing was checked says it all"
    assert [[one.finding.kind for one in each.alarms] for each in blind] == [[FindingKind.BLIND], [], [], []]
    again = told_in([night(one, day=day) for day, one in enumerate((UNSEEN, TRUE, UNSEEN))])
    assert [len(each.alarms) for each in again] == [1, 0, 1]


def test_several_runs_of_one_day_are_one_night() -> None:
    assert numbers(told_in([night(PICTURE), night(PICTURE), night(PICTURE, day=1)])) == [[], [], [1]]


def test_what_somebody_has_decided_about_is_no_news_and_a_reminder_makes_it_news_again() -> None:
    kept = replace(false_page("A"), decision=decided(DecisionKind.KEEP))
    snoozed = replace(false_page("A"), decision=decided(DecisionKind.SNOOZE, MONDAY + timedelta(days=3)))
    assert numbers(told_in(in_turn(kept, kept, TRUE))) == [[], [], []]
    assert numbers(told_in(in_turn(false_page("A"), snoozed, snoozed, false_page("A"), false_page("A")))) == [
        [1],
        [],
        [],
        [1],
        [],
    ]


def test_every_week_what_stays_open_is_told_again_even_if_the_day_itself_was_missed() -> None:
    days = [0, 1, 2, 8, 9, 14, 15]
    news = told_in([night(false_page("A"), day=day) for day in days])
    assert [each.is_reminder for each in news] == [False, False, False, True, False, True, False]
    assert [each.worth_telling for each in news] == [True, False, False, True, False, True, False]
    calm = told_in([night(TRUE, day=day) for day in range(15)])
    assert not any(each.worth_telling for each in calm)
    never = NotificationSettings(reminder="never")
    assert not any(each.is_reminder for each in told_in([night(false_page("A"), day=day) for day in days], rules=never))


@given(st.dates(date(2026, 1, 1), date(2027, 1, 1)), st.integers(0, 40))
def test_within_any_seven_nights_a_person_is_reminded_exactly_once(first: date, later: int) -> None:
    last, reminded = first, 0
    for day in range(1, later + 8):
        today = first + timedelta(days=day)
        if is_reminder_due(last, "thursday", today):
            last = today
            reminded += day > later
            assert today.weekday() == 3
    assert reminded == 1


def test_a_tutorial_belongs_to_its_owners_or_to_those_whose_patterns_fit_or_else_to_everybody() -> None:
    people = {
        "zoe": RecipientSettings(mail="zoe@example.org"),
        "ana": RecipientSettings(mail="ana@example.org", tutorials=("caf-*",)),
    }
    for slug, owners, wanted in (
        ("ameli", ("zoe",), {"zoe"}),
        ("caf-logement", (), {"ana"}),
        ("caf-logement", ("zoe",), {"zoe", "ana"}),
        ("impots", (), {"zoe", "ana"}),
        ("impots", ("inconnu",), {"zoe", "ana"}),
    ):
        record = night(false_page("A"), slug=slug, owners=owners)
        assert {name for name in people if told_in([record], people=people, name=name)[0].new} == wanted, (slug, owners)
    assert unknown_owners(night(TRUE, owners=("inconnu", "zoe")).tutorials, people) == ("inconnu",)


def test_an_error_is_told_once_and_again_after_a_run_that_worked() -> None:
    [zoe] = recipients_of(Settings(people=PEOPLE))
    told = with_alarm(Told(), FAILED, MONDAY)
    first = alarm_news(told, zoe)
    assert first.worth_telling
    told = with_alarm(marked(told, first.findings, "zoe", MONDAY), FAILED, MONDAY + timedelta(days=1))
    assert not alarm_news(told, zoe).worth_telling
    other = Finding(kind=FindingKind.FAILED, words="The disk is full.")
    assert alarm_news(with_alarm(told, other, MONDAY), zoe).worth_telling
    told = with_alarm(with_run(told, night(TRUE, day=2), MONDAY + timedelta(days=2)), FAILED, MONDAY)
    assert alarm_news(told, zoe).worth_telling


def test_another_tutorial_or_site_keeps_what_is_known_of_it() -> None:
    told = with_run(Told(), night(false_page("A")), MONDAY)
    told = with_run(told, night(TRUE, slug="autre"), MONDAY)
    told = with_run(told, replace(night(TRUE), baselines="replica"), MONDAY)
    assert [one.tutorial for one in told.findings] == ["exemple"]
    part = with_run(told, night(page(number=2), day=1), MONDAY + timedelta(days=1))
    assert [(one.page, one.nights) for one in part.findings] == [(1, 1)], (
        "a run of a part of it says nothing of the rest"
    )
