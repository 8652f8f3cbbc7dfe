"""Fixtures of the tests of notifications."""

from pathlib import Path

import pytest

from report.results.run_record import RunRecord
from tests.support.hostile_run import write_hostile_run


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[RunRecord, Path]:
    """Record of a run on a hostile site, and its run folder."""
    return write_hostile_run(tmp_path_factory.mktemp("hostile"))
