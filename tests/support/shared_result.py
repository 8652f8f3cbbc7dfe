"""Results that are made once and read by all processes of a parallel test run."""

import os
import pickle
from collections.abc import Callable
from typing import TypeVar

import pytest
from filelock import FileLock

T = TypeVar("T")


def shared_result(factory: pytest.TempPathFactory, name: str, make: Callable[[], T]) -> T:
    """Return what `make` returns, made by the first process that asks for it; the others wait and read it.

    Args:
        factory: gives the folder that the processes have in common.
        name: of the result, unique.
        make: makes the result, which can be pickled.
    """
    base = factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    file = folder / f"{name}.pickle"
    with FileLock(folder / f"{name}.lock"):
        if not file.exists():
            file.write_bytes(pickle.dumps(make()))
    made: T = pickle.loads(file.read_bytes())  # noqa: S301 - written by this test run
    return made
