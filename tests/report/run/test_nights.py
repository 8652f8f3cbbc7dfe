"""The verdicts of many nights, as ``tutofrais history`` prints them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from report.baselines.baselines import Baselines
from report.commands.history import date_rows
from report.i18n.sentences import Sentences
from report.results.run_record import RunRecord
from report.run.history import History
from report.verdict import Judgement, Verdict
from tests.support.builders import TODAY, accueil, outcome_of, png_of, record_of, scene, tutorial_of
from tests.support.commands import invoke

SIGNS = {"o": Verdict.UP_TO_DATE, "x": Verdict.TEXT_OUTDATED, "?": Verdict.UNREACHABLE}


def record_with(folder: Path, verdicts: dict[int, Verdict], day: date, since: date | None) -> RunRecord:
    (folder / "screenshots").mkdir(exist_ok=True)
    tutorial = tutorial_of(accueil, accueil)
    outcomes = [outcome_of(page, png_of(scene(320, 240))) for page in tutorial.pages]
    run = folder / "runs" / f"{day.isoformat()}_03-30-00"
    record = record_of(run, outcomes, baselines=Baselines(folder / "screenshots", "live"), tutorial=tutorial, today=day)
    (one,) = record.tutorials
    pages = tuple(
        replace(
            page,
            judgement=Judgement(verdict=verdicts[page.number]),
            outdated_since=since if verdicts[page.number] is Verdict.TEXT_OUTDATED else None,
        )
        for page in one.pages
    )
    return replace(record, tutorials=(replace(one, pages=pages),))


def test_the_command_prints_each_page_and_what_is_to_be_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    history = History(tmp_path / "runs")
    for night, sign in enumerate("o?xx"):
        day = TODAY + timedelta(days=night)
        verdicts = {1: SIGNS[sign], 2: Verdict.UP_TO_DATE}
        history.add_run(record_with(tmp_path, verdicts, day, since=TODAY + timedelta(days=2)))
    printed = invoke("history", "--nights", "6", "--lang", "en")
    assert printed.exit_code == 0, printed.output
    assert printed.stdout.replace("\u2009", "").splitlines() == [
        "A replica of the site: 4 nights, 2–5 Mar 2026",
        "           March",
        "           2345",
        "exemple/1  ✓?✗✗  outdated since 4 March 2026 (2 nights)",
        "exemple/2  ✓✓✓✓",
        "",
        "✗ Text to rewrite   ? Not checked   ✓ Up to date",
        "",
    ]
    last = invoke("history", "exemple/1", "--nights", "2", "--lang", "en").stdout.replace("\u2009", "").splitlines()
    assert (last[0], last[3][:13]) == ("A replica of the site: 2 nights, 4–5 Mar 2026", "exemple/1  ✗✗")


def test_nights_of_other_episodes_are_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    history = History(tmp_path / "runs")
    for night, sign in enumerate("xxox"):
        day = TODAY + timedelta(days=night)
        verdicts = {1: SIGNS[sign], 2: Verdict.UP_TO_DATE}
        history.add_run(record_with(tmp_path, verdicts, day, since=day if night == 3 else TODAY))
    line = invoke("history", "exemple/1", "--lang", "fr").stdout.splitlines()[3].replace("\u00a0", " ")
    assert line.endswith("✗✗✓✗  périmée depuis le 5 mars 2026 (1 nuit), périmée 3 nuits en tout")


def test_the_dates_stand_above_the_nights() -> None:
    days = [date(2026, 2, 22) + timedelta(days=number) for number in (*range(7), 7, 8, 18)]
    assert date_rows(days, Sentences("en")) == ["Februa March", "2222222  1", "2345678122"]


def test_a_name_that_no_run_knows_gets_the_nearest_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    none = invoke("history", "--lang", "en")
    assert none.exit_code == 20
    assert none.stderr.splitlines()[0] == "There is no history in runs: there is no run yet."
    assert "“tutofrais run”" in none.stderr
    verdicts = dict.fromkeys((1, 2), Verdict.UP_TO_DATE)
    History(tmp_path / "runs").add_run(record_with(tmp_path, verdicts, TODAY, since=None))
    tutorial = invoke("history", "exem", "--lang", "en")
    assert tutorial.exit_code == 25
    assert "No run has visited a tutorial “exem”." in tutorial.stderr
    assert "Nearest name: exemple." in tutorial.stderr
    page = invoke("history", "exemple/9", "--lang", "en")
    assert page.exit_code == 25
    assert "Known pages: exemple/1, exemple/2." in page.stderr
