"""Measure a night of many sites: pages a minute with one and more Firefoxes, and what they would be on more machines.

    python benchmarks/scale/scale.py [HOSTS] [PAGES] [PAUSE]

A replica of HOSTS hosts (default 8) with a tutorial of PAGES pages each (default 10) is visited with 1 and 2 jobs,
without a pause and with PAUSE seconds between two pages of a host (default 1.5), then in two shards that are merged.
From the measured times the run of 40 hosts × 75 pages, and of up to 100,000 pages, is computed for 1 to 64 Firefoxes:
a stream takes its start and, for each page, the longer of the pause and the page's own time; streams are as in a run.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from capture.scenario.tutorial import Tutorial
from report.run.streams import streams_of

HOSTS, PAGES, PAUSE_S = 8, 10, 1.5
FIREFOXES = (1, 2, 4, 8, 16, 32, 64)
NIGHTS = ((40, 75), (400, 75), (1000, 100))
"""Hosts and pages of each, of the nights that are computed."""
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


def measure(folder: Path, *arguments: str) -> Measured:
    """Run tutofrais in a folder; raises CalledProcessError."""
    started, peak = time.monotonic(), 0.0
    command = [sys.executable, "-m", "tutofrais", *arguments, "--exit-zero"]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        while process.poll() is None:
            peak = max(peak, _memory_mb(process.pid))
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


def simulated_minutes(hosts: int, pages: int, firefoxes: int, *, page_s: float, pause_s: float) -> float:
    """Return the time of a night, minutes."""
    tutorials = [
        Tutorial(f"t{number}", title="x", source="x", licence="x", hosts=[f"h{number}.test"]) for number in range(hosts)
    ]
    streams = streams_of(tutorials, firefoxes, {one.slug: pages * max(page_s, pause_s) for one in tutorials})
    return max(START_S + len(stream) * pages * max(page_s, pause_s) for stream in streams) / 60


def table(rows: Sequence[Sequence[object]]) -> None:
    widths = [max(len(str(row[column])) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(str(cell).rjust(width) for cell, width in zip(row, widths, strict=True)))


def main() -> None:
    given = dict(zip(("hosts", "pages", "pause"), sys.argv[1:], strict=False))
    hosts, pages = int(given.get("hosts", HOSTS)), int(given.get("pages", PAGES))
    pause = float(given.get("pause", PAUSE_S))
    rows: list[list[object]] = [["pause s", "jobs", "s", "pages a minute", "memory MB"]]
    found: dict[tuple[float, int], Measured] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_project(folder, hosts, pages)
        for seconds in (0.0, pause):
            for jobs in (1, 2):
                one = measure(folder, "run", "--site", "site", "--jobs", str(jobs), "--pause", str(seconds))
                found[seconds, jobs] = one
                rate = hosts * pages / one.seconds * 60
                rows.append([seconds, jobs, f"{one.seconds:.1f}", f"{rate:.0f}", f"{one.memory_mb:.0f}"])
        parts = [
            measure(folder, "run", "--site", "site", "--jobs", "1", "--shard", f"{part}/2", "--runs", f"part{part}")
            for part in (1, 2)
        ]
        folders = [str(next((folder / f"part{part}").glob("*/run.json")).parent) for part in (1, 2)]
        merged = measure(folder, "merge", *folders, "--runs", "merged")
        record = json.loads(next((folder / "merged").glob("*/run.json")).read_text())
        assert sum(len(one["pages"]) for one in record["tutorials"]) == hosts * pages, "every page is in the merged run"
    table(rows)
    shards = ", ".join(f"{part.seconds:.1f} s" for part in parts)
    print(f"two shards one after the other: {shards}; merged in {merged.seconds:.1f} s")
    page_s = (found[0.0, 1].seconds - START_S) / (hosts * pages)
    print(f"\ncomputed, {page_s:.2f} s a page, {pause} s between two pages of a host, {START_S:.0f} s to start:")
    computed: list[list[object]] = [["Firefoxes", *(f"{many} hosts × {each}, min" for many, each in NIGHTS)]]
    for firefoxes in FIREFOXES:
        nights = (simulated_minutes(many, each, firefoxes, page_s=page_s, pause_s=pause) for many, each in NIGHTS)
        computed.append([firefoxes, *(f"{minutes:.0f}" for minutes in nights)])
    table(computed)


if __name__ == "__main__":
    main()
