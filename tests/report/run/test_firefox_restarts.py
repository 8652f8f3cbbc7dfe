"""Runs in which Firefox stops, or has shown many pages: another one takes over, as far as one starts."""

from pathlib import Path

import pytest

from report.baselines.baselines import Baselines
from report.results.run_record import read_record
from report.verdict import Verdict
from tests.support.builders import capture_of
from tests.support.stand_in_runner import OLD, SCENARIO, Situation, breaks_down, run, stops_at_2


def test_when_no_other_firefox_starts_what_was_seen_is_reported(situation: Situation) -> None:
    situation.becomes = stops_at_2
    completed = run("--lang", "en")
    assert completed.exit_code == 3, completed.output
    assert "it does not start" in completed.stderr
    (file,) = Path("runs").glob("*/run.json")
    assert [page.verdict for _, page in read_record(file.parent).pages()] == [Verdict.NEW, Verdict.UNREACHABLE]


def write_two_more() -> None:
    for name in ("deux", "trois"):
        Path("scenarios", f"{name}.py").write_text(SCENARIO.replace('"exemple"', f'"{name}"'))


def test_after_many_pages_another_firefox_starts(situation: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("capture.runner.runner.MOST_PAGES", 3)
    write_two_more()
    situation.firefoxes = 2
    completed = run("--jobs", "1", "--lang", "en")
    assert completed.exit_code == 4, completed.output
    assert situation.firefoxes == 0, "one for two tutorials of two pages, and one for the third"
    (file,) = Path("runs").glob("*/run.json")
    assert [page.verdict for _, page in read_record(file.parent).pages()] == [Verdict.NEW] * 6


@pytest.mark.parametrize("firefoxes", [5, 3])
def test_a_second_visit_of_many_pages_takes_other_firefoxes_too(
    situation: Situation, monkeypatch: pytest.MonkeyPatch, firefoxes: int
) -> None:
    monkeypatch.setattr("capture.runner.runner.MOST_PAGES", 2)
    write_two_more()
    for slug in ("exemple", "deux", "trois"):
        for number in (1, 2):
            Baselines(Path("screenshots"), "replica").write(slug, number, capture_of(OLD, tutorial=slug, page=number))
    situation.firefoxes = firefoxes
    completed = run("--jobs", "1", "--lang", "en")
    assert completed.exit_code == 0, completed.output
    assert situation.firefoxes == 0
    assert completed.stderr.count("it does not start") == 5 - firefoxes
    (file,) = Path("runs").glob("*/run.json")
    assert [page.verdict for _, page in read_record(file.parent).pages()] == [Verdict.COSMETIC] * 6


def test_pages_for_which_no_other_firefox_starts_are_not_checked(
    situation: Situation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capture.runner.runner.MOST_PAGES", 2)
    write_two_more()
    completed = run("--jobs", "1", "--lang", "en")
    assert completed.exit_code == 3, completed.output
    assert completed.stderr.count("it does not start") == 2
    assert completed.stderr.count("Firefox stopped: it did not start again.") == 4
    (file,) = Path("runs").glob("*/run.json")
    verdicts = [page.verdict for _, page in read_record(file.parent).pages()]
    assert sorted(verdicts) == [Verdict.NEW] * 2 + [Verdict.UNREACHABLE] * 4


def test_a_run_without_any_page_whose_firefox_does_not_restart_is_an_error(situation: Situation) -> None:
    situation.becomes = breaks_down
    completed = run()
    assert completed.exit_code == 18, completed.output
    assert not list(Path("runs").iterdir())
