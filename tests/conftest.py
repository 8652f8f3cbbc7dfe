"""Fixtures of all tests: one Firefox a process, and runs on replicas in it."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from capture.browser.firefox import RunningFirefox
from capture.politeness.policy import PolitenessPolicy
from capture.scenario.loader import read_tutorials
from capture.scenario.tutorial import Tutorial
from tests.support.commands import PROJECT
from tests.support.firefox import SharedFirefox
from tests.support.project import write_project
from tests.support.runs import RunOn, WriteSite, write_replica

settings.register_profile("tutofrais", deadline=None)  # a busy machine is no failure
settings.load_profile("tutofrais")


@pytest.fixture(scope="session")
def shared_firefox() -> Iterator[SharedFirefox]:
    """Firefox of the browser tests of this process, for fixtures of a wider scope than a test."""
    shared = SharedFirefox()
    yield shared
    shared.close()


@pytest.fixture
def firefox(shared_firefox: SharedFirefox) -> RunningFirefox:
    """Running Firefox."""
    return shared_firefox.get()


@pytest.fixture(scope="session")
def policy() -> PolitenessPolicy:
    """Policy of all runs of this process, so that each robots.txt is read once."""
    return PolitenessPolicy()


@pytest.fixture
def run_on(firefox: RunningFirefox, tmp_path: Path, policy: PolitenessPolicy) -> RunOn:
    """Function that runs tutorials on a site, with baselines that start empty."""
    screenshots = tmp_path / "screenshots"
    screenshots.mkdir()
    return RunOn(firefox=firefox, runs=tmp_path / "runs", screenshots=screenshots, policy=policy)


@pytest.fixture(scope="session")
def ameli() -> tuple[Tutorial, ...]:
    """The ameli tutorial of the project."""
    return read_tutorials(PROJECT / "scenarios")


@pytest.fixture
def write_site(tmp_path: Path) -> WriteSite:
    """Function that writes the replica of the host `HOST`: HTML by path, and its replica.toml."""

    def write(pages: Mapping[str, str], *, toml: str = "") -> str:
        folder = tmp_path / "site"
        write_replica(folder, pages, toml=toml)
        return str(folder)

    return write


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Project folder with a scenario, a replica, a baseline and a run; it is the working directory."""
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path)
    return tmp_path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take long, so that no process is left alone with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
