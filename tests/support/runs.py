"""Runs in a real Firefox, on replicas of one host."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from capture.browser.firefox import RunningFirefox
from capture.capture import Sidecar
from capture.politeness.policy import PolitenessPolicy
from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.results.run_record import PageRecord, RunRecord
from report.review.approve import ApprovalOutcome, approve
from report.run.pipeline import run
from report.run.run_plan import ProgressReporter, RunPlan
from tests.support.builders import HOST


class WriteSite(Protocol):
    """Writes the replica of a site and returns its folder."""

    def __call__(self, pages: Mapping[str, str], *, toml: str = "") -> str: ...


def write_replica(folder: Path, pages: Mapping[str, str], *, toml: str = "", host: str = HOST) -> None:
    """Write the replica of a host, or add a host to a replica: HTML by path, and its replica.toml."""
    for path, html in pages.items():
        file = folder / host / path / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"<!doctype html><html lang=fr><meta charset=utf-8><title>Exemple</title>{html}", "utf-8")
    (folder / "replica.toml").write_text(toml, "utf-8")


@dataclass(frozen=True, kw_only=True)
class RunOn:
    """Runs tutorials on a site; its run folders and its baselines are its own."""

    firefox: RunningFirefox
    runs: Path
    screenshots: Path
    policy: PolitenessPolicy = field(default_factory=PolitenessPolicy)
    outcomes: list[PageOutcome] = field(default_factory=list)
    """Outcomes of the visited pages of all runs, in order."""

    def __call__(self, site: str, tutorials: Sequence[Tutorial], *, screenshots: Path | None = None) -> RunRecord:
        """Run once; the run folder is ``runs / record.id``.

        Args:
            site: name or folder of the site.
            tutorials: what is run.
            screenshots: folder of the baselines, when it is not ``self.screenshots``.
        """
        plan = RunPlan(
            tutorials=tutorials,
            site=site,
            screenshots=screenshots or self.screenshots,
            runs=self.runs,
            translator=Sentences("fr"),
            policy=self.policy,
        )
        reporter = ProgressReporter(on_phase=lambda _: None, on_page=lambda _, outcome: self.outcomes.append(outcome))
        record, _ = run(plan, reporter, firefox=lambda: nullcontext(self.firefox))
        return record

    @property
    def sidecars(self) -> tuple[Sidecar, ...]:
        """Sidecars of the captures of all runs, in order."""
        return tuple(outcome.capture.sidecar for outcome in self.outcomes if outcome.capture is not None)

    def approve(self, record: RunRecord) -> list[ApprovalOutcome]:
        """Approve every candidate of a run."""
        baselines = Baselines(self.screenshots, record.baselines)
        return [approval.outcome for approval in approve(record, self.runs / record.id, baselines)]


@dataclass(frozen=True, kw_only=True)
class FinishedRun:
    """A run that several tests read and none changes."""

    record: RunRecord
    folder: Path
    sidecars: tuple[Sidecar, ...]
    """Sidecars of all captures, also those of second visits, in order."""


def page_of(record: RunRecord, number: int) -> PageRecord:
    """Return a page of a run with one tutorial."""
    return next(page for _, page in record.pages() if page.number == number)
