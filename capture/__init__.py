"""From a scenario to captures. Authors of scenarios need the two names that are offered here."""

from capture.runner.step import Step
from capture.scenario.tutorial import Tutorial

__all__ = ["Step", "Tutorial"]
