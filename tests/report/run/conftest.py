"""Fixtures of the tests of runs."""

from pathlib import Path

import pytest

from tests.support.builders import HOST
from tests.support.stand_in_runner import SCENARIO, Situation, StandIn


@pytest.fixture
def situation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Situation:
    """Outcomes of the next run of the scenario in the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site" / HOST).mkdir(parents=True)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "exemple.py").write_text(SCENARIO)
    (tmp_path / "screenshots").mkdir()
    situation = Situation()
    monkeypatch.setattr(
        "capture.runner.runner.TutorialRunner", lambda **settings: StandIn(situation=situation, **settings)
    )
    monkeypatch.setattr("report.commands.run.open_firefox", situation.firefox)
    return situation
