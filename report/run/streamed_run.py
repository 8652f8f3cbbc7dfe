"""A run whose tutorials are visited in several streams at the same time, in processes or on machines of their own."""

import shutil
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from capture.errors import RunUnreadable, StreamsLost
from capture.messages import Phrase
from capture.scenario.tutorial import Tutorial
from report.results.run_record import RunRecord
from report.results.run_store import latest_record
from report.run.opened_run import OpenedRun, check_visited, comparer_of, open_run, record_of, remember_run, write_run
from report.run.record_builder import build_tutorial_record
from report.run.run_plan import ProgressReporter, RunPlan
from report.run.stream_messages import STREAMS, StreamRequest
from report.run.stream_record import lost_outcome, merged, read_stream_record, stream_file
from report.run.streams import groups_of, streams_of


class StreamVisitor(Protocol):
    """Those who visit the streams of a run: processes of this machine, or the workers of a cluster."""

    @property
    def phase(self) -> str:
        """Name, in ``ProgressReporter.on_phase``, of the beginning of the visits."""

    @property
    def why_lost(self) -> Phrase:
        """Why the pages of a stream without a record were not seen."""

    def visit(self, requests: Sequence[StreamRequest]) -> None:
        """Visit streams; the captures and the record of each come into the run's folder, unless it is lost."""


def streams_of_plan(plan: RunPlan) -> list[list[Tutorial]]:
    """Return the streams in which the tutorials are visited, by the times of the last run."""
    if plan.last_page is not None:
        return []
    if plan.cluster is not None:
        return groups_of(plan.tutorials, last_seconds(plan.runs))
    return [] if plan.jobs == 1 else streams_of(plan.tutorials, plan.jobs, last_seconds(plan.runs))


def last_seconds(runs: Path) -> dict[str, float]:
    """Return the time that each tutorial took in the last run, s, by its slug."""
    with suppress(RunUnreadable):
        latest = latest_record(runs)
        return {one.slug: one.seconds for one in latest.tutorials} if latest is not None else {}
    return {}


def run_streams(
    plan: RunPlan, streams: Sequence[Sequence[Tutorial]], reporter: ProgressReporter, visitor: StreamVisitor
) -> RunRecord:
    """Visit streams at the same time, and merge their records into that of the run."""
    with open_run(plan, reporter) as opened:
        # Those of a run that was killed: its streams may have been others.
        shutil.rmtree(opened.folder.path / STREAMS, ignore_errors=True)
        requests = [_request(plan, opened, number, stream) for number, stream in enumerate(streams, start=1)]
        opened.wait_until_checked()
        reporter.on_phase(visitor.phase)
        visitor.visit(requests)
        reporter.on_phase("report")
        records = [record for request in requests if (record := read_stream_record(stream_file(request))) is not None]
        if not records:
            raise StreamsLost
        seen = {tutorial.slug for record in records for tutorial in record.tutorials}
        lost = [tutorial for tutorial in plan.tutorials if tutorial.slug not in seen]
        with closing(comparer_of(opened)) as comparer:
            outcomes = (lost_outcome(tutorial, opened.folder.path, visitor.why_lost) for tutorial in lost)
            judged = [build_tutorial_record(one, comparer, opened.folder.run_id) for one in outcomes]
        records.append(record_of(opened, plan.tutorials, judged, records[0].environment))
        whole = merged(records, plan.tutorials, plan.declared or plan.tutorials, opened.baselines)
        record = replace(whole, site=opened.site.name, missed=opened.missed, parts=opened.parts)
        check_visited(plan, record)
        shutil.rmtree(opened.folder.path / STREAMS, ignore_errors=True)
        record = write_run(
            record,
            folder=opened.folder.path,
            history=opened.history,
            translator=plan.translator,
            reporter=reporter,
        )
    remember_run(plan, reporter, record)
    return record


def _request(plan: RunPlan, opened: OpenedRun, number: int, stream: Sequence[Tutorial]) -> StreamRequest:
    return StreamRequest(
        number=number,
        scenarios=tuple(sorted({str(tutorial.file) for tutorial in stream})),
        slugs=tuple(tutorial.slug for tutorial in stream),
        site=plan.site,
        screenshots=str(plan.screenshots),
        runs=str(plan.runs),
        folder=str(opened.folder.path),
        run_id=opened.folder.run_id,
        started=opened.folder.started,
        lang=plan.translator.language,
        pause_s=plan.policy.pause_s,
        host_pauses_s=plan.policy.host_pauses_s,
        most_pages=plan.policy.most_pages,
        patience_s=plan.policy.patience_s,
        wait_s=plan.policy.wait_s,
        quiet_ms=plan.policy.quiet_ms,
        identify=plan.policy.identify,
        quiet=plan.quiet,
    )
