"""From a scenario to captures. Authors of scenarios need the two names that are offered here."""

from capture.step import Step
from capture.tutorial import Tutorial

__all__ = ["Step", "Tutorial"]
