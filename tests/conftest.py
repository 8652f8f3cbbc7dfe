"""One Firefox for all browser tests, and nights spent on the stand-in sites."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from capture.browser.firefox import RunningFirefox, open_firefox
from capture.politeness.policy import PolitenessPolicy
from capture.runner.journey import PageOutcome
from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import Tutorial, Visit
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.results.run_record import PageRecord, RunRecord
from report.review.approve import ApprovalOutcome, approve
from report.run.pipeline import ProgressReporter, RunPlan, run

PROJECT = Path(__file__).parent.parent
HOST = "www.exemple.test"
START = f"https://{HOST}/"
COMMAND = [sys.executable, "-m", "tutofrais"]
TIMEOUT_S = 120


@pytest.fixture(scope="session")
def firefox() -> Iterator[RunningFirefox]:
    """The Firefox that all browser tests share."""
    with open_firefox() as running:
        yield running


@dataclass(frozen=True, kw_only=True)
class Night:
    """Runs, in folders of their own."""

    firefox: RunningFirefox
    runs: Path
    screenshots: Path
    manners: PolitenessPolicy = field(default_factory=PolitenessPolicy)
    outcomes: list[PageOutcome] = field(default_factory=list)

    def __call__(self, site: str, tutorials: Sequence[Tutorial], *, screenshots: Path | None = None) -> RunRecord:
        """One run; its folder is ``runs / record.id``."""
        plan = RunPlan(
            tutorials=tutorials,
            site=site,
            screenshots=screenshots or self.screenshots,
            runs=self.runs,
            translator=Sentences("fr"),
            policy=self.manners,
        )
        told = ProgressReporter(on_phase=lambda _: None, on_page=lambda _, outcome: self.outcomes.append(outcome))
        record, _ = run(plan, told, firefox=lambda: nullcontext(self.firefox))
        return record

    def approve(self, record: RunRecord) -> list[ApprovalOutcome]:
        """Approve all that a run captured."""
        baselines = Baselines(self.screenshots, record.baselines)
        return [approval.outcome for approval in approve(record, self.runs / record.id, baselines)]


@pytest.fixture(scope="session")
def manners() -> PolitenessPolicy:
    """How all nights behave: a robots.txt that was read once is known."""
    return PolitenessPolicy()


@pytest.fixture
def night(firefox: RunningFirefox, tmp_path: Path, manners: PolitenessPolicy) -> Night:
    """Spends a night: visits tutorials on a site, and gives what was found."""
    screenshots = tmp_path / "screenshots"
    screenshots.mkdir()
    return Night(firefox=firefox, runs=tmp_path / "runs", screenshots=screenshots, manners=manners)


@pytest.fixture(scope="session")
def ameli() -> tuple[Tutorial, ...]:
    """The tutorial that the project ships."""
    return read_tutorials(PROJECT / "scenarios")


@pytest.fixture
def site(tmp_path: Path) -> Callable[..., str]:
    """Writes a stand-in site of one host, and gives the name under which it is known."""

    def write(pages: Mapping[str, str], *, toml: str = "") -> str:
        folder = tmp_path / "site"
        for path, html in pages.items():
            file = folder / HOST / path / "index.html"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"<!doctype html><html lang=fr><meta charset=utf-8><title>Exemple</title>{html}", "utf-8")
        (folder / "replica.toml").write_text(toml, "utf-8")
        return str(folder)

    return write


def tutorial_of(*visits: Visit, **more: object) -> Tutorial:
    """A tutorial whose pages all start at the home page of ``HOST``."""
    settings: dict[str, object] = {"hosts": [HOST], "public_values": ["73000"], **more}
    tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", **settings)  # type: ignore[arg-type]
    for number, visit in enumerate(visits, start=1):
        tutorial.page(number, visit.__name__, starts_at=START)(visit)
    return tutorial


def page_of(record: RunRecord, number: int) -> PageRecord:
    """A page of a run's only tutorial."""
    return next(page for _, page in record.pages() if page.number == number)


def tutofrais(*arguments: str, cwd: Path = PROJECT, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command as it is typed, in a process of its own."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def started(*arguments: str, cwd: Path = PROJECT) -> subprocess.Popen[str]:
    """The same, going on in a process group of its own, and hearing Ctrl-C whoever started the tests."""
    listening: Callable[[], object] = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=listening,  # noqa: PLW1509 - nothing else runs in this process yet
    )
