"""Capture pages by running scenarios. Authors of scenarios import the two names below.

They are loaded when they are used: the rest of this package does without the browser's driver.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capture.runner.step import Step
    from capture.scenario.tutorial import Tutorial

__all__ = ["Step", "Tutorial"]
_MODULES = {"Step": "capture.runner.step", "Tutorial": "capture.scenario.tutorial"}


def __getattr__(name: str) -> object:
    """Load a name of ``__all__`` (https://peps.python.org/pep-0562/); raises AttributeError for any other."""
    if name not in _MODULES:
        raise AttributeError(name)
    return getattr(import_module(_MODULES[name]), name)
