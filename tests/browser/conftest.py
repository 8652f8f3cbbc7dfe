"""Fixtures of the browser tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.browser.firefox import RunningFirefox
from capture.privacy.proxy import SocksProxy
from capture.scenario.tutorial import Tutorial
from capture.site.local_server import LOOPBACK
from report.review.session import ReviewSession
from tests.support.commands import PROJECT
from tests.support.firefox import SharedFirefox
from tests.support.review import session_of_eight
from tests.support.runs import FinishedRun, RunOn

SCREENSHOTS = PROJECT / "screenshots"


@pytest.fixture
def session(tmp_path: Path) -> ReviewSession:
    """Review of a run with a page of each verdict."""
    return session_of_eight(tmp_path)


@pytest.fixture(scope="session")
def local_proxy() -> Iterator[str]:
    """URL of a proxy to servers of this machine: a browser context without a proxy has no network access."""
    with SocksProxy(lambda name, _: name if name == LOOPBACK else None, lambda _: None) as proxy:
        yield proxy.address


@pytest.fixture(scope="session")
def in_2020(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, ameli: tuple[Tutorial, ...]
) -> FinishedRun:
    """Run of the ameli tutorial on the replica of 2020, against the shipped baselines."""
    return _run_ameli("2020", ameli, shared_firefox.get(), tmp_path_factory.mktemp("2020"))


@pytest.fixture(scope="session")
def in_2026(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, ameli: tuple[Tutorial, ...]
) -> FinishedRun:
    """Run of the ameli tutorial on the replica of 2026, against the shipped baselines of 2020."""
    return _run_ameli("2026", ameli, shared_firefox.get(), tmp_path_factory.mktemp("2026"))


def _run_ameli(site: str, ameli: tuple[Tutorial, ...], firefox: RunningFirefox, runs: Path) -> FinishedRun:
    run_on = RunOn(firefox=firefox, runs=runs, screenshots=SCREENSHOTS)
    record = run_on(site, ameli)
    return FinishedRun(record=record, folder=runs / record.id, outcomes=tuple(run_on.outcomes))
