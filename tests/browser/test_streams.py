"""A run with several Firefoxes at the same time: killed, stopped, resumed; every page is seen."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from report.results.run_record import RunRecord, read_record
from tests.support.commands import TIMEOUT_S, start_command
from tests.support.runs import write_replica

HOSTS = ("un.test", "deux.test", "trois.test", "quatre.test")
PAGES = 3
SLOW_S = 4
"""Time that each second page takes to answer: long enough to kill something while both streams run."""
RUN = ("run", "--site", "site", "--jobs", "2", "--exit-zero", "--lang", "en")
STREAM = "report.run.stream_process"

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("streams")]


def scenario_of(host: str) -> str:
    pages = "".join(
        f'@tutorial.page({page}, "Page {page}", starts_at="https://{host}/p{page}/")\n'
        f"def page{page}(step: Step) -> None:\n"
        f'    step.tell("Lisez « Page {page} ».", step.heading())\n'
        "    step.shoot()\n"
        for page in range(1, PAGES + 1)
    )
    slug = host.partition(".")[0]
    return (
        "from capture import Step, Tutorial\n"
        f'tutorial = Tutorial("{slug}", title="{slug}", source="nous", licence="CC0", hosts=["{host}"])\n{pages}'
    )


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Folder with four tutorials of three pages, each about a host of its own."""
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "screenshots").mkdir()
    routes = []
    for host in HOSTS:
        write_replica(
            tmp_path / "site", {f"p{page}": f"<h1>Page {page}</h1>" for page in range(1, PAGES + 1)}, host=host
        )
        (tmp_path / "scenarios" / f"{host.partition('.')[0]}.py").write_text(scenario_of(host), "utf-8")
        routes.append(f'[[route]]\nurl = "https://{host}/p2/"\npage = "p2/index.html"\nlatency_s = {SLOW_S}\n')
    (tmp_path / "site" / "replica.toml").write_text("\n".join(routes), "utf-8")
    return tmp_path


def lines_of(run: subprocess.Popen[str], until: Callable[[list[str]], bool]) -> list[str]:
    """Read a run's progress until it has told enough."""
    assert run.stderr is not None
    lines: list[str] = []
    for line in run.stderr:
        lines.append(line)
        if until(lines):
            return lines
    raise AssertionError(f"the run ended before: {lines}")


def both_streams_told(lines: list[str]) -> bool:
    return sum(" 1/3 " in line for line in lines) >= 2


def streams_of(run: subprocess.Popen[str]) -> list[psutil.Process]:
    return [one for one in psutil.Process(run.pid).children() if STREAM in one.cmdline()]


def finished(project: Path) -> RunRecord:
    (folder,) = (project / "runs").glob("*/run.json")
    return read_record(folder.parent)


def seen_pages(record: RunRecord) -> dict[str, int]:
    return {one.slug: sum(page.captured is not None for page in one.pages) for one in record.tutorials}


EVERY_PAGE = {host.partition(".")[0]: PAGES for host in sorted(HOSTS)}


@pytest.fixture
def running(project: Path) -> Iterator[subprocess.Popen[str]]:
    """Run of two streams, each of which has told a page."""
    with start_command(*RUN, cwd=project) as run:
        try:
            lines_of(run, both_streams_told)
            yield run
        finally:
            run.kill()


def test_a_stream_that_is_killed_is_started_once_more_and_every_page_is_seen(
    running: subprocess.Popen[str], project: Path
) -> None:
    streams = streams_of(running)
    assert len(streams) == 2
    streams[0].kill()
    _, errors = running.communicate(timeout=TIMEOUT_S)
    assert running.returncode == 0, errors
    record = finished(project)
    assert seen_pages(record) == EVERY_PAGE
    assert [one.slug for one in record.tutorials] == sorted(EVERY_PAGE), "the order of the files"
    assert not (project / "runs" / record.id / "streams").exists()
    assert (project / "runs" / record.id / "index.html").is_file()


def test_ctrl_c_stops_all_streams_and_leaves_nothing(running: subprocess.Popen[str], project: Path) -> None:
    family = psutil.Process(running.pid).children(recursive=True)
    os.kill(running.pid, signal.SIGINT)
    _, errors = running.communicate(timeout=TIMEOUT_S)
    assert running.returncode == 130, errors
    assert "Traceback" not in errors, errors
    assert list((project / "runs").iterdir()) == []
    assert psutil.wait_procs(family, timeout=TIMEOUT_S)[1] == []


def test_streams_end_with_a_run_that_is_killed_and_it_can_be_resumed(
    running: subprocess.Popen[str], project: Path
) -> None:
    family = psutil.Process(running.pid).children(recursive=True)
    running.kill()
    running.communicate(timeout=TIMEOUT_S)
    assert psutil.wait_procs(family, timeout=TIMEOUT_S)[1] == [], "no Firefox goes on alone"
    (project / "site" / "replica.toml").write_text("", "utf-8")  # every page answers at once
    with start_command(*RUN, "--resume", cwd=project) as again:
        _, errors = again.communicate(timeout=TIMEOUT_S)
    assert again.returncode == 0, errors
    assert seen_pages(finished(project)) == EVERY_PAGE
    assert not list((project / "runs").glob(".*.partial"))
