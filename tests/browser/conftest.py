"""Fixtures of the browser tests."""

from pathlib import Path

import pytest

from report.review.session import ReviewSession
from tests.support.review import session_of_eight


@pytest.fixture
def session(tmp_path: Path) -> ReviewSession:
    """A review of a run with a page of each verdict."""
    return session_of_eight(tmp_path)
