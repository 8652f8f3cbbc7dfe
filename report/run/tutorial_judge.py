"""Judges tutorials in the background while others are visited, and keeps only their records."""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

from capture.runner.checkpoint import TutorialOutcome
from capture.runner.runner import Revisits
from report.results.run_record import TutorialRecord
from report.run.page_comparer import PageComparer
from report.run.record_builder import build_tutorial_record, last_page_to_revisit
from report.run.witnesses import changed_witnesses


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialJudge:
    """Judges the tutorials of a run in a background thread.

    Captures are in memory until their tutorial is judged, or known to be visited a second time.
    """

    comparer: PageComparer
    run_id: str
    _judged: dict[str, "Future[TutorialRecord | Revisits]"] = field(default_factory=dict)
    """By the tutorial's slug: its record, or what of it is visited a second time."""
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def submit(self, visited: TutorialOutcome) -> None:
        """Start judging a tutorial, or finding out what of it is to be visited a second time.

        Raises:
            TutofraisError: an earlier tutorial could not be judged; see ``build_tutorial_record``.
        """
        self._raise_errors()
        self._judged[visited.tutorial.slug] = self._worker.submit(self._judge_unless_revisited, visited)

    def submit_revisited(self, visited: TutorialOutcome) -> None:
        """Start judging a tutorial that was visited a second time; raises the errors of ``submit``."""
        self._raise_errors()
        self._judged[visited.tutorial.slug] = self._worker.submit(self._judge, visited)

    def submit_others(self, outcomes: Iterable[TutorialOutcome]) -> None:
        """Submit the tutorials that were not submitted yet; raises the errors of ``submit``."""
        for one in outcomes:
            if one.tutorial.slug not in self._judged:
                self.submit(one)

    def revisits(self) -> Revisits:
        """Return what is to be visited a second time, of all tutorials submitted; raises the errors of ``submit``."""
        results = [future.result() for future in self._judged.values()]
        again = [one for one in results if isinstance(one, Revisits)]
        return Revisits(
            last_pages={slug: page for one in again for slug, page in one.last_pages.items()},
            witnesses={slug: urls for one in again for slug, urls in one.witnesses.items()},
        )

    def records(self, outcomes: Iterable[TutorialOutcome]) -> tuple[TutorialRecord, ...]:
        """Return the records of these tutorials, all submitted; raises the errors of ``submit``."""
        results = [self._judged[one.tutorial.slug].result() for one in outcomes]
        return tuple(one for one in results if isinstance(one, TutorialRecord))

    def close(self) -> None:
        """Cancel what has not started, and wait for what has: nothing is written into the run's folder later."""
        self.comparer.close()
        self._worker.shutdown(wait=True, cancel_futures=True)

    def _raise_errors(self) -> None:
        for future in self._judged.values():
            if future.done():
                future.result()

    def _judge_unless_revisited(self, visited: TutorialOutcome) -> TutorialRecord | Revisits:
        slug = visited.tutorial.slug
        last = last_page_to_revisit(visited, self.comparer)
        witnesses = changed_witnesses(visited, self.comparer.baselines)
        if last is None and not witnesses:
            return self._judge(visited)
        self.comparer.forget(slug)
        return Revisits(
            last_pages={} if last is None else {slug: last}, witnesses={slug: witnesses} if witnesses else {}
        )

    def _judge(self, visited: TutorialOutcome) -> TutorialRecord:
        record = build_tutorial_record(visited, self.comparer, self.run_id)
        self.comparer.forget(visited.tutorial.slug)
        return record
