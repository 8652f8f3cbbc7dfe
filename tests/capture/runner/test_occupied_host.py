"""A host that another run on this machine visits: waited for, then left alone."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from capture.capture import Environment
from capture.politeness.host_lock import lock_hosts
from capture.politeness.obstacles import ObstacleKind
from capture.politeness.policy import PolitenessPolicy
from capture.runner.checkpoint import CHECKPOINTS
from capture.runner.journey import PageOutcome, VisitState
from capture.runner.runner import Revisits, TutorialRunner
from capture.scenario.tutorial import Tutorial
from capture.site.site import Site
from report.i18n.sentences import Sentences
from tests.support.builders import ENVIRONMENT, HOST, START, accueil, tutorial_of
from tests.support.commands import invoke


@dataclass
class Unopened:
    """Firefox in which no tab is opened."""

    browser: None = None
    environment: Environment = ENVIRONMENT


@pytest.fixture(autouse=True)
def _own_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "locks").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "locks"))


def test_a_host_that_is_not_left_in_time_makes_its_pages_not_checked(tmp_path: Path) -> None:
    told: list[tuple[Tutorial, PageOutcome]] = []
    tutorial = tutorial_of(accueil)
    tutorial.personal(2, "Compte", text=["Tapez."])
    runner = TutorialRunner(
        firefox=Unopened(),  # type: ignore[arg-type]
        site=Site(name="live", baselines="live"),
        folder=tmp_path,
        baseline_of=lambda *_: None,
        on_page=lambda *page: told.append(page),
        on_tutorial=lambda _: None,
        on_phase=lambda _: None,
        policy=PolitenessPolicy(wait_s=0),
    )
    with lock_hosts([HOST], lambda _: None):
        (visited,) = runner.run([tutorial])
        again = Revisits(last_pages={tutorial.slug: 1}, witnesses={tutorial.slug: [START]})
        assert list(runner.revisit([visited], again)) == [visited]
    first, second = visited.outcomes
    assert (first.state, second.state) == (VisitState.UNREACHABLE, VisitState.NOT_VISITED)
    assert first.obstacle is not None
    assert (first.obstacle.kind, first.obstacle.evidence) == (ObstacleKind.OCCUPIED, HOST)
    assert HOST in Sentences("fr").obstacle(first.obstacle)
    assert [outcome for _, outcome in told] == [first, second]
    assert not (tmp_path / CHECKPOINTS).exists(), "a resumed run visits it"


def test_a_run_gives_up_with_a_code_of_its_own_before_it_visits_anything(project: Path) -> None:
    before = sorted(path.name for path in (project / "runs").iterdir())
    with lock_hosts(["www.exemple.test"], lambda _: None):
        completed = invoke("run", "--wait", "0", "--lang", "en")
    assert completed.exit_code == 50, completed.output
    problem, cure = completed.stderr.splitlines()
    assert "www.exemple.test" in problem
    assert "--wait" in cure
    assert sorted(path.name for path in (project / "runs").iterdir()) == before
