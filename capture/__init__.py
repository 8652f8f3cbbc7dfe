"""Capture pages by running scenarios. Authors of scenarios import the two names below."""

from capture.runner.step import Step
from capture.scenario.tutorial import Tutorial

__all__ = ["Step", "Tutorial"]
