"""The process that visits one stream of a run, compares its pages, and writes their record."""

import os
import select
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from types import FrameType

from capture.browser.firefox import kill_firefox_and_driver, open_firefox
from capture.checked_values import decode_json
from capture.errors import OutOfMemory, TutofraisError
from capture.privacy.request_filter import BlockedRequest
from capture.runner.journey import PageOutcome
from capture.scenario.loader import read_files
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.run.child_process import emit
from report.run.history import History
from report.run.lease import lease_clock
from report.run.opened_run import OpenedRun, open_site_of
from report.run.pipeline import collaborators_of, run_pipeline
from report.run.politeness import stream_policy
from report.run.progress import PageSeen
from report.run.run_folder import RunFolder
from report.run.run_plan import ProgressReporter, RunPlan, page_line
from report.run.stream_messages import PARENT_ENDED, StreamEvent, StreamRequest
from report.run.stream_record import stream_file, write_stream_record

EXIT_STOPPED = 130
STDIN = 0
CHUNK_BYTES = 4096
LEASE_POLL_S = 0.25
"""Interval at which a lease is looked at."""


def main() -> int:
    """Read a request from standard input and carry it out; events go to standard output."""
    signal.signal(signal.SIGINT, _interrupt)
    request = decode_json(_first_line(), StreamRequest)
    threading.Thread(target=end_in_time, args=(request.lease_until,), daemon=True).start()
    words = Sentences(request.lang)
    try:
        _visit(request, words)
    except (TutofraisError, MemoryError) as error:
        problem, cure = words.error(error if isinstance(error, TutofraisError) else OutOfMemory())
        emit(StreamEvent(problem=f"{problem} {cure}"))
        return 1
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """End at once, with Firefox and its driver: the run removes what was written, or resumes it."""
    kill_firefox_and_driver()
    os._exit(EXIT_STOPPED)


def _first_line() -> bytes:
    """Read a line of standard input, byte by byte: nothing else holds it when this process ends."""
    line = b""
    while not line.endswith(b"\n") and (letter := os.read(STDIN, 1)):
        line += letter
    return line


def end_in_time(lease_until: float | None) -> None:
    """End this process when the one that started it has ended, however it did, or when its lease is over.

    Args:
        lease_until: time of ``lease_clock``; each line of standard input is a later one. None: there is no lease.
    """
    text = b""
    while lease_until is None or lease_clock() < lease_until:
        if not select.select([STDIN], [], [], None if lease_until is None else LEASE_POLL_S)[0]:
            continue
        chunk = os.read(STDIN, CHUNK_BYTES)
        if not chunk:
            break
        *lines, text = (text + chunk).split(b"\n")
        if lease_until is not None and lines:
            lease_until = float(lines[-1])
    kill_firefox_and_driver()
    os._exit(PARENT_ENDED)


def _visit(request: StreamRequest, words: Sentences) -> None:
    by_slug = {one.slug: one for one in read_files(map(Path, request.scenarios))}
    plan = RunPlan(
        tutorials=[by_slug[slug] for slug in request.slugs],
        site=request.site,
        screenshots=Path(request.screenshots),
        runs=Path(request.runs),
        translator=words,
        policy=stream_policy(request, words),
    )
    told: set[BlockedRequest] = set()

    def on_page(tutorial: Tutorial, outcome: PageOutcome) -> None:
        if outcome.page.visited:
            emit(StreamEvent(seen=PageSeen.of(tutorial, outcome)))
        for line in page_line(tutorial, outcome, words, told):
            emit(StreamEvent(told=line))

    reporter = ProgressReporter(
        on_phase=lambda _: None,
        on_page=on_page,
        on_warning=lambda error: emit(StreamEvent(told=words.error(error)[0])),
    )
    _run_stream(plan, request, reporter)


def _run_stream(plan: RunPlan, request: StreamRequest, reporter: ProgressReporter) -> None:
    """Visit one stream of a run whose folder another process has opened, and write its record there.

    Raises:
        TutofraisError: the record could not be written.
    """
    folder = RunFolder(path=Path(request.folder), run_id=request.run_id, started=request.started)
    with open_site_of(plan) as site:
        opened = OpenedRun(
            site=site, baselines=Baselines(plan.screenshots, site.baselines), history=History(plan.runs), folder=folder
        )
        run_pipeline(
            plan.tutorials,
            collaborators=collaborators_of(
                plan, opened, reporter, open_firefox, write=partial(write_stream_record, file=stream_file(request))
            ),
            remember=lambda _: None,
            reporter=reporter,
        )


if __name__ == "__main__":
    sys.exit(main())
