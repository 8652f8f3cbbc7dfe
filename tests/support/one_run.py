"""One run that visits the pages of many tests: each run opens a window, which takes as long as several pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from capture import Step
from capture.politeness.policy import PolitenessPolicy
from capture.scenario.tutorial import Tutorial, Visit
from tests.support.builders import START, tutorial_of
from tests.support.firefox import SharedFirefox
from tests.support.runs import FinishedRun, RunOn, write_replica
from tests.support.shared_result import shared_result


def _leave(step: Step) -> None:
    """Page without a picture: after it, the journey continues at the next page's own address."""


@dataclass(frozen=True, kw_only=True)
class OneRun:
    """Pages that tests share, each at an address of its own, ``/1`` and so on; no test changes what was seen of them.

    What ends a journey, makes a host be left alone, or leaves cookies needs a run of its own.
    """

    name: str
    """Unique name of the result that processes share."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Further arguments of ``tutorial_of``."""
    others: Mapping[str, str] = field(default_factory=dict)
    """HTML by path of what the pages lead to."""
    elsewhere: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """HTML by path, by further host."""
    toml: str = ""
    limits: Mapping[str, object] = field(default_factory=dict)
    """Values during the run, by dotted name."""
    _visits: list[tuple[int, str, tuple[Visit, ...]]] = field(default_factory=list)

    def add(self, html: str, *visits: Visit) -> int:
        """Add a page, and those that the journey reaches from it; return its number, which is also its path.

        Args:
            html: of the page.
            visits: visits the page; the others visit the pages after it, whose numbers follow.
        """
        number = 1 + sum(len(earlier) + 1 for _, _, earlier in self._visits)
        self._visits.append((number, html, visits))
        return number

    def seen(self, firefox: SharedFirefox, factory: pytest.TempPathFactory, policy: PolitenessPolicy) -> FinishedRun:
        """Visit all pages, unless another process has done so, and return what was seen of them."""
        (run,) = shared_result(factory, self.name, lambda: self._runs(1, firefox, factory, policy))
        return run

    def seen_twice(
        self, firefox: SharedFirefox, factory: pytest.TempPathFactory, policy: PolitenessPolicy
    ) -> tuple[FinishedRun, FinishedRun]:
        """Visit all pages, approve them and visit them again, unless another process has done so."""
        first, second = shared_result(factory, self.name, lambda: self._runs(2, firefox, factory, policy))
        return first, second

    def _runs(
        self, times: int, firefox: SharedFirefox, factory: pytest.TempPathFactory, policy: PolitenessPolicy
    ) -> list[FinishedRun]:
        """Run so many times; approve each run before the next one."""
        folder = factory.mktemp(self.name)
        self._write(folder / "site")
        screenshots = folder / "screenshots"
        screenshots.mkdir()
        finished: list[FinishedRun] = []
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.limits.items():
                patch.setattr(name, value)
            for _ in range(times):
                run_on = RunOn(firefox=firefox.get(), runs=folder / "runs", screenshots=screenshots, policy=policy)
                if finished:
                    run_on.approve(finished[-1].record)
                record = run_on(str(folder / "site"), [self._tutorial()])
                finished.append(FinishedRun(record=record, folder=run_on.runs / record.id, sidecars=run_on.sidecars))
        return finished

    def _write(self, site: Path) -> None:
        pages = {str(number): html for number, html, _ in self._visits}
        for host, others in self.elsewhere.items():
            write_replica(site, others, host=host)
        write_replica(site, {**pages, **self.others}, toml=self.toml)

    def _tutorial(self) -> Tutorial:
        tutorial = tutorial_of(**self.settings)
        for first, _, visits in self._visits:
            for number, visit in enumerate((*visits, _leave), start=first):
                starts_at = f"{START}{first}" if number == first else None
                tutorial.page(number, f"Page {number}", starts_at=starts_at)(visit)
        return tutorial
