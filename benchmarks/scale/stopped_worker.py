"""Stop a worker of a cluster in the middle of a visit, without ending it: does a second visit begin beside the first?

    python benchmarks/scale/stopped_worker.py

Two workers on this machine visit two hosts. One of them is stopped (SIGSTOP), as if it hung, or the network to it were
cut: its Firefox goes on visiting, and nobody watches it. The server of the hosts notes who asks for which page. The
table says when each visit of the host asked for its first and its last page; the run must be whole, and the visits of a
host must follow one another. Takes two minutes.
"""

import os
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from simulation import print_table
from werkzeug.wrappers import Request, Response

from capture.scenario.loader import read_tutorials
from capture.site import LIVE
from report.i18n.sentences import Sentences
from report.run.pipeline import run
from report.run.run_plan import ProgressReporter, RunPlan
from tests.support.cluster import CountingSite, local_cluster, served

NAMES = ("un", "deux")
PAGES = 30
PAGE_S = 1.0
"""Time in which the server answers, so that a visit goes on for longer than a lease."""
WORKER_TTL = "6s"
"""Time after which the scheduler believes that a silent worker is lost; Dask's default is 5 minutes."""


@dataclass
class TimedSite(CountingSite):
    """Server of the replicas that also notes the time at which each page is asked for."""

    times: list[float] = field(default_factory=list)

    def answer(self, request: Request) -> Response:
        answer = super().answer(request)
        self.times += [time.monotonic()] * (len(self.asked) - len(self.times))
        return answer


def write_scenario(folder: Path, name: str, port: int) -> None:
    """Write the tutorial of a host."""
    host = f"{name}.localhost:{port}"
    lines = [
        "from capture import Step, Tutorial",
        f'tutorial = Tutorial("{name}", title="{name}", source="x", licence="CC0", hosts=["{host}"])',
    ]
    for page in range(1, PAGES + 1):
        lines += [
            f'@tutorial.page({page}, "Page {page}", starts_at="http://{host}/p{page}/")',
            f"def page{page}(step: Step) -> None:",
            "    step.shoot()",
        ]
    (folder / f"{name}.py").write_text("\n".join(lines), "utf-8")


def main() -> int:
    os.environ["DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL"] = WORKER_TTL
    site = TimedSite(delays={f"/p{page}/": PAGE_S for page in range(1, PAGES + 1)})
    with tempfile.TemporaryDirectory() as name, served(site) as port:
        folder = Path(name)
        for part in ("scenarios", "screenshots", "cluster"):
            (folder / part).mkdir()
        for host in NAMES:
            write_scenario(folder / "scenarios", host, port)
        with local_cluster(folder / "cluster", workers=2) as cluster:
            stopped: list[float] = []

            def stop_in_the_middle(line: str) -> None:
                print(line)
                if " 2/30" in line and not stopped:
                    cluster.workers[0].send_signal(signal.SIGSTOP)
                    stopped.append(time.monotonic())

            record, _ = run(
                RunPlan(
                    tutorials=read_tutorials(folder / "scenarios"),
                    site=LIVE,
                    screenshots=folder / "screenshots",
                    runs=folder / "runs",
                    translator=Sentences("en"),
                    cluster=cluster.address,
                ),
                ProgressReporter(on_phase=print, on_page=lambda _, __: None, on_told=stop_in_the_middle),
            )
            cluster.workers[0].send_signal(signal.SIGCONT)
    whole = all(page.captured is not None for _, page in record.pages())
    asked = list(zip(site.asked, site.times, strict=True))
    rows: list[list[object]] = [["host", "visit", "first page, s after the stop", "last page"]]
    for host in NAMES:
        for visit in site.visits(f"{host}.localhost"):
            times = [when - stopped[0] for (_, number, _), when in asked if number == visit]
            rows.append([host, visit, f"{times[0]:.1f}", f"{times[-1]:.1f}"])
    print_table(rows)
    one_at_a_time = all(
        len(set(visits)) == len(visits) for visits in (site.visits(f"{one}.localhost") for one in NAMES)
    )
    print(f"every page was seen: {whole}; the visits of each host followed one another: {one_at_a_time}")
    return 0 if whole and one_at_a_time else 1


if __name__ == "__main__":
    sys.exit(main())
