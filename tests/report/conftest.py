"""Fixtures of the report's fast tests."""

from pathlib import Path

import pytest

from report.review.session import ReviewSession
from tests.support.review import session_of_four


@pytest.fixture
def session(tmp_path: Path) -> ReviewSession:
    """Review of a run with a changed page, a new one, one behind a wall, and a personal one."""
    return session_of_four(tmp_path)
