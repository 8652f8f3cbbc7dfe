"""Fixtures of the browser tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from capture.browser.firefox import RunningFirefox
from capture.privacy.proxy import SocksProxy
from capture.scenario.tutorial import Tutorial
from capture.site.local_server import LOOPBACK
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.review.server import ReviewServer
from report.review.session import ReviewSession
from tests.support.commands import PROJECT
from tests.support.firefox import SharedFirefox
from tests.support.pages import page_errors
from tests.support.report_reader import Reader
from tests.support.review import session_of_eight
from tests.support.runs import FinishedRun, RunOn
from tests.support.shared_result import shared_result

SCREENSHOTS = PROJECT / "screenshots"
DARK = {"layout.css.prefers-color-scheme.content-override": 0}


@pytest.fixture(scope="session")
def unchanged_session(tmp_path_factory: pytest.TempPathFactory) -> ReviewSession:
    """Review of a run with a page of each verdict, which no test changes."""
    return session_of_eight(tmp_path_factory.mktemp("eight"))


@pytest.fixture
def session(tmp_path: Path, unchanged_session: ReviewSession) -> ReviewSession:
    """Review of a run with a page of each verdict, in the test's own folder."""
    shutil.copytree(unchanged_session.folder.parent, tmp_path, dirs_exist_ok=True)
    baselines = Baselines(tmp_path / "screenshots", unchanged_session.baselines.root.name)
    return ReviewSession(record=unchanged_session.record, folder=tmp_path / "run", baselines=baselines)


@pytest.fixture(scope="session")
def local_proxy() -> Iterator[str]:
    """URL of a proxy to servers of this machine: a browser context without a proxy has no network access."""
    with SocksProxy(lambda name, _: name if name == LOOPBACK else None, lambda _: None) as proxy:
        yield proxy.address


@pytest.fixture
def review(session: ReviewSession) -> Iterator[ReviewServer]:
    """Server of that review."""
    with ReviewServer(session, Sentences("fr"), runs=session.folder.parent) as served:
        yield served


@pytest.fixture(scope="session")
def in_2020(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, ameli: tuple[Tutorial, ...]
) -> FinishedRun:
    """Run of the ameli tutorial on the replica of 2020, against the shipped baselines."""
    return _run_ameli("2020", ameli, shared_firefox, tmp_path_factory)


@pytest.fixture(scope="session")
def in_2026(
    shared_firefox: SharedFirefox, tmp_path_factory: pytest.TempPathFactory, ameli: tuple[Tutorial, ...]
) -> FinishedRun:
    """Run of the ameli tutorial on the replica of 2026, against the shipped baselines of 2020."""
    return _run_ameli("2026", ameli, shared_firefox, tmp_path_factory)


def _run_ameli(
    site: str, ameli: tuple[Tutorial, ...], firefox: SharedFirefox, factory: pytest.TempPathFactory
) -> FinishedRun:
    def run() -> FinishedRun:
        runs = factory.mktemp(site)
        run_on = RunOn(firefox=firefox.get(), runs=runs, screenshots=SCREENSHOTS)
        record = run_on(site, ameli)
        return FinishedRun(record=record, folder=runs / record.id, sidecars=run_on.sidecars)

    return shared_result(factory, site, run)


@pytest.fixture
def dark(firefox: RunningFirefox, local_proxy: str) -> Iterator[Page]:
    """Page of a Firefox that prefers a dark colour scheme, which a browser context cannot set over BiDi."""
    installed = firefox.installed
    browser = firefox.browser.browser_type.launch(
        executable_path=installed.executable,
        channel="moz-firefox" if installed.kind == "stock" else None,
        firefox_user_prefs={**DARK},
    )
    yield browser.new_page(proxy={"server": local_proxy})
    browser.close()


@pytest.fixture
def ameli_report(in_2026: FinishedRun) -> str:
    """URL of the report's folder."""
    return in_2026.folder.as_uri()


@pytest.fixture
def reader(shared_firefox: SharedFirefox, session: ReviewSession) -> Iterator[Reader]:
    """A person who reads the report of ``session``."""
    page = shared_firefox.page(1280, 800)
    with page_errors(page) as troubles:
        yield Reader(page, session.folder, troubles)


@pytest.fixture(params=[1280, 360])
def page(shared_firefox: SharedFirefox, request: pytest.FixtureRequest) -> Page:
    """A browser page in a wide window, and in a narrow one."""
    return shared_firefox.page(request.param, 800)
