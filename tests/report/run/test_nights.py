"""The verdicts of many nights, as ``tutofrais history`` prints them."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from report.baselines.baselines import Baselines
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
    assert printed.stdout.splitlines() == [
        "Baselines: replica",
        "exemple/1    ✓?✗✗  outdated since 4 March 2026, outdated on 2 nights",
        "exemple/2    ✓✓✓✓",
    ]
    assert len(invoke("history", "exemple/2").stdout.splitlines()) == 2
    unknown = invoke("history", "exemple/9", "--lang", "en")
    assert unknown.exit_code == 25
    assert "exemple/" in unknown.stderr
