"""Fixtures of the browser tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from capture.privacy.proxy import SocksProxy
from capture.site.local_server import LOOPBACK
from report.review.session import ReviewSession
from tests.support.review import session_of_eight


@pytest.fixture
def session(tmp_path: Path) -> ReviewSession:
    """Review of a run with a page of each verdict."""
    return session_of_eight(tmp_path)


@pytest.fixture(scope="session")
def local_proxy() -> Iterator[str]:
    """URL of a proxy to servers of this machine: a browser context without a proxy has no network access."""
    with SocksProxy(lambda name, _: name if name == LOOPBACK else None, lambda _: None) as proxy:
        yield proxy.address
