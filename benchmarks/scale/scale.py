"""Measure a night of many sites: pages a minute with one and more Firefoxes, and what they would be on more machines.

    python benchmarks/scale/scale.py [HOSTS] [PAGES] [PAUSE]

A replica of HOSTS hosts (default 8) with a tutorial of PAGES pages each (default 10) is visited with 1 and 2 jobs and
by two workers of a Dask cluster on this machine, without a pause and with PAUSE seconds between two pages of a host
(default 1.5), then in two shards that are merged. From the measured time of a page, nights of up to 100,000 pages are
computed for 1 to 64 workers (simulation.py).
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from simulation import Times, print_nights, print_table

HOSTS, PAGES, PAUSE_S = 8, 10, 1.5
SCHEDULER = "tcp://127.0.0.1:8795"
WORKERS = 2
POLL_S = 0.2
"""Time between two measurements of the memory of a run."""
START_S = 5.0
"""Time from the command to the first page, and from the last page to the end."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Measured:
    """A run, as it was measured."""

    seconds: float
    memory_mb: float
    """Largest resident memory of its processes together, MB."""


def write_project(folder: Path, hosts: int, pages: int) -> None:
    """Write a replica and its scenarios."""
    (folder / "scenarios").mkdir()
    (folder / "screenshots").mkdir()
    for host in (f"h{number}.test" for number in range(hosts)):
        declared = [
            "from capture import Step, Tutorial",
            f'tutorial = Tutorial("{host[:-5]}", title="{host}", source="x", licence="CC0", hosts=["{host}"])',
        ]
        for page in range(1, pages + 1):
            file = folder / "site" / host / f"p{page}" / "index.html"
            file.parent.mkdir(parents=True)
            file.write_text(f"<!doctype html><html lang=fr><meta charset=utf-8><title>{page}</title>{_body(page)}")
            declared.append(
                f'@tutorial.page({page}, "Page {page}", starts_at="https://{host}/p{page}/")\n'
                f"def page{page}(step: Step) -> None:\n"
                f'    step.tell("Cliquez sur « Bouton {page} ».", step.button())\n'
                "    step.shoot()\n"
            )
        (folder / "scenarios" / f"{host[:-5]}.py").write_text("\n".join(declared))
    (folder / "site" / "replica.toml").write_text("")


def _body(page: int) -> str:
    rows = "".join(f"<tr><td>{row}<td><a href=/p{page}/>Lien {row}</a>" for row in range(40))
    return f"<h1>Page {page}</h1><button>Bouton {page}</button><table>{rows}</table>"


@contextmanager
def cluster(folder: Path) -> Iterator[list[int]]:
    """Start a Dask scheduler and its workers on this machine; yield the identifiers of their processes."""
    host, _, port = SCHEDULER.removeprefix("tcp://").partition(":")
    commands = [
        ["scheduler", "--host", host, "--port", port, "--no-dashboard"],
        *(["worker", SCHEDULER, "--nthreads", "1", "--no-nanny", "--no-dashboard"] for _ in range(WORKERS)),
    ]
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "dask", *command],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for command in commands
    ]
    try:
        yield [process.pid for process in started]
    finally:
        for process in started:
            process.kill()
            process.wait()


def measure(folder: Path, *arguments: str, besides: Sequence[int] = ()) -> Measured:
    """Run tutofrais in a folder; raises CalledProcessError.

    Args:
        folder: of the project.
        arguments: of tutofrais.
        besides: identifiers of other processes whose memory counts.
    """
    started, peak = time.monotonic(), 0.0
    command = [sys.executable, "-m", "tutofrais", *arguments, "--exit-zero"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_memory_mb, (process.pid, *besides))))
            time.sleep(POLL_S)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Measured(seconds=time.monotonic() - started, memory_mb=peak)


def _memory_mb(pid: int) -> float:
    """Return the memory of a process and its descendants: their own, and their share of what they share."""
    total = 0
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0.0
    for process in family:
        try:
            total += process.memory_full_info().pss
        except (psutil.Error, AttributeError):
            continue
    return total / 1e6


def main() -> None:
    given = dict(zip(("hosts", "pages", "pause"), sys.argv[1:], strict=False))
    hosts, pages = int(given.get("hosts", HOSTS)), int(given.get("pages", PAGES))
    pause = float(given.get("pause", PAUSE_S))
    rows: list[list[object]] = [["pause s", "visited by", "s", "pages a minute", "memory MB"]]
    found: dict[tuple[float, str], Measured] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, hosts, pages)
        for seconds in (0.0, pause):
            run = ("run", "--site", "site", "--pause", str(seconds))
            for jobs in (1, 2):
                found[seconds, f"{jobs} jobs"] = measure(folder, *run, "--jobs", str(jobs))
            with cluster(folder) as processes:
                dask = measure(folder, *run, "--dask", SCHEDULER, besides=processes)
            found[seconds, f"{WORKERS} workers"] = dask
        for (seconds, who), one in found.items():
            rate = hosts * pages / one.seconds * 60
            rows.append([seconds, who, f"{one.seconds:.1f}", f"{rate:.0f}", f"{one.memory_mb:.0f}"])
        parts = [
            measure(folder, "run", "--site", "site", "--jobs", "1", "--shard", f"{part}/2", "--runs", f"part{part}")
            for part in (1, 2)
        ]
        folders = [str(next((folder / f"part{part}").glob("*/run.json")).parent) for part in (1, 2)]
        merged = measure(folder, "merge", *folders, "--runs", "merged")
        record = json.loads(next((folder / "merged").glob("*/run.json")).read_text())
        assert sum(len(one["pages"]) for one in record["tutorials"]) == hosts * pages, "every page is in the merged run"
    print_table(rows)
    shards = ", ".join(f"{part.seconds:.1f} s" for part in parts)
    print(f"two shards one after the other: {shards}; merged in {merged.seconds:.1f} s\n")
    page_s = (found[0.0, "1 jobs"].seconds - START_S) / (hosts * pages)
    print_nights(Times(page=page_s, pause=pause, start=START_S))


if __name__ == "__main__":
    main()
