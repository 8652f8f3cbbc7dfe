"""Tutorials are judged while others are visited, and what is judged does not stay in memory."""

import threading
from collections.abc import Iterator
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from capture.capture import capture_stem, write_capture
from capture.errors import SidecarCorrupt
from capture.runner.checkpoint import CAPTURES, TutorialOutcome, read_visited, write_checkpoint
from capture.runner.journey import JourneyLog
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.run.history import History
from report.run.page_comparer import PageComparer
from report.run.tutorial_judge import TutorialJudge
from report.verdict import Verdict
from tests.support.builders import TODAY, accueil, capture_of, outcome_of, png_of, scene, tutorial_of

PNG, OTHER = png_of(scene(seed=7)), png_of(scene(seed=8))


@pytest.fixture
def judge(tmp_path: Path) -> Iterator[TutorialJudge]:
    baselines = Baselines(tmp_path, "replica")
    comparer = PageComparer(folder=tmp_path / "run", baselines=baselines, history=History(tmp_path), today=TODAY)
    with closing(comparer), closing(TutorialJudge(comparer=comparer, run_id="run")) as judge:
        yield judge


def visited(folder: Path, tutorial: Tutorial, png: bytes = PNG) -> TutorialOutcome:
    """Return the outcome of a tutorial whose pages all show one picture, after writing its captures."""
    outcomes = [outcome_of(page, png) for page in tutorial.pages]
    for outcome in outcomes:
        assert outcome.capture is not None
        write_capture(outcome.capture, capture_stem(folder / CAPTURES, tutorial.slug, outcome.page.number))
    log = JourneyLog(page_loads=1, blocked=())
    return TutorialOutcome(tutorial=tutorial, outcomes=tuple(outcomes), log=log, seconds=2.5)


def test_a_page_that_is_the_same_is_judged_at_once_and_its_pictures_are_let_go(judge: TutorialJudge) -> None:
    judge.comparer.baselines.write("exemple", 1, capture_of(PNG))
    outcome = visited(judge.comparer.folder, tutorial_of(accueil))
    judge.comparer.submit(outcome.tutorial, outcome.outcomes[0])
    judge.submit(outcome)
    assert not judge.revisits().last_pages
    (record,) = judge.records([outcome.stored()])
    assert [page.verdict for page in record.pages] == [Verdict.UP_TO_DATE]
    assert not judge.comparer._submitted
    assert not judge.comparer._previews


def test_a_page_that_differs_waits_for_its_second_visit_without_its_pictures(judge: TutorialJudge) -> None:
    judge.comparer.baselines.write("exemple", 1, capture_of(OTHER))
    outcome = visited(judge.comparer.folder, tutorial_of(accueil))
    judge.submit(outcome)
    assert judge.revisits().last_pages == {"exemple": 1}
    assert judge.records([outcome]) == ()
    assert not judge.comparer._submitted
    judge.submit_revisited(outcome)
    (record,) = judge.records([outcome])
    assert [page.verdict for page in record.pages] == [Verdict.COSMETIC]


def test_an_error_of_the_background_ends_the_run_at_the_next_tutorial(judge: TutorialJudge) -> None:
    judge.comparer.baselines.write("exemple", 1, capture_of(OTHER))
    capture_stem(judge.comparer.baselines.root, "exemple", 1).with_suffix(".json").write_text("{")
    outcome = visited(judge.comparer.folder, tutorial_of(accueil))
    judge.submit(outcome)
    judge._worker.submit(lambda: None).result()
    with pytest.raises(SidecarCorrupt):
        judge.submit(outcome)


def test_a_run_that_is_interrupted_writes_nothing_afterwards(
    judge: TutorialJudge, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, let = threading.Event(), threading.Event()

    def wait(*_: object) -> None:
        begun.set()
        let.wait()

    monkeypatch.setattr("report.run.tutorial_judge.last_page_to_revisit", wait)
    outcome = visited(judge.comparer.folder, tutorial_of(accueil))
    judge.submit(outcome)
    begun.wait()
    with ThreadPoolExecutor() as another:
        closed = another.submit(judge.close)
        assert not futures.wait([closed], timeout=0.2).done, "it waits for what has begun"
        let.set()
        closed.result()
    assert judge._judged["exemple"].done()


def test_what_is_read_again_is_what_was_visited(tmp_path: Path) -> None:
    outcome = visited(tmp_path, tutorial_of(accueil, accueil))
    write_checkpoint(outcome, tmp_path)
    stored = outcome.stored()
    assert all(page.capture is None for page in stored.outcomes)
    assert read_visited(stored.tutorial, tmp_path) == outcome
