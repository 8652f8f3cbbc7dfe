"""A run on a Dask cluster: stopped, its worker killed; every page is seen, and no host by two visits at a time."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from capture.scenario.loader import read_tutorials
from capture.site import LIVE
from report.i18n.sentences import Sentences
from report.results.run_record import RunRecord, read_record
from report.run.pipeline import run
from report.run.run_plan import ProgressReporter, RunPlan
from tests.support.cluster import CountingSite, LocalCluster, local_cluster, served
from tests.support.commands import TIMEOUT_S, start_command

NAMES = ("un", "deux", "trois")
PAGES = 3
SLOW_S = 2
"""Time that each second page takes to answer: long enough to kill something while both workers visit."""
LEASE_S = 5.0

pytestmark = [pytest.mark.long, pytest.mark.xdist_group("cluster")]


def scenario_of(name: str, port: int) -> str:
    host = f"{name}.localhost:{port}"
    pages = "".join(
        f'@tutorial.page({page}, "Page {page}", starts_at="http://{host}/p{page}/")\n'
        f"def page{page}(step: Step) -> None:\n"
        f'    step.tell("Lisez « Page {page} ».", step.heading())\n'
        "    step.shoot()\n"
        for page in range(1, PAGES + 1)
    )
    return (
        "from capture import Step, Tutorial\n"
        f'tutorial = Tutorial("{name}", title="{name}", source="nous", licence="CC0", hosts=["{host}"])\n{pages}'
    )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CountingSite]:
    """Three hosts, and the folder of a project with a tutorial about each."""
    counting = CountingSite(delays={"/p2/": SLOW_S})
    with served(counting) as port:
        (tmp_path / "screenshots").mkdir()
        (tmp_path / "scenarios").mkdir()
        for name in NAMES:
            (tmp_path / "scenarios" / f"{name}.py").write_text(scenario_of(name, port), "utf-8")
        yield counting


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[LocalCluster]:
    """Scheduler and two workers, each with a folder of its own as on a machine of its own."""
    folder = tmp_path / "cluster"
    folder.mkdir()
    with local_cluster(folder, workers=2) as started:
        yield started


def seen_pages(record: RunRecord) -> dict[str, int]:
    return {one.slug: sum(page.captured is not None for page in one.pages) for one in record.tutorials}


EVERY_PAGE = dict.fromkeys(sorted(NAMES), PAGES)


def test_a_worker_that_is_killed_costs_no_page_and_no_host_has_two_visits_at_a_time(
    site: CountingSite, cluster: LocalCluster, tmp_path: Path
) -> None:
    told: list[str] = []
    killed = cluster.workers[0]

    def kill_in_the_middle(line: str) -> None:
        told.append(line)
        if sum(" 1/3 " in one for one in told) == 2 and killed.poll() is None:
            for process in (*psutil.Process(killed.pid).children(recursive=True), killed):
                process.kill()
            killed.wait()

    plan = RunPlan(
        tutorials=read_tutorials(tmp_path / "scenarios"),
        site=LIVE,
        screenshots=tmp_path / "screenshots",
        runs=tmp_path / "runs",
        translator=Sentences("en"),
        scenarios=tmp_path / "scenarios",
        cluster=cluster.address,
        lease_s=LEASE_S,
    )
    reporter = ProgressReporter(on_phase=told.append, on_page=lambda _, __: None, on_told=kill_in_the_middle)
    record, folder = run(plan, reporter)
    assert seen_pages(record) == EVERY_PAGE, told
    assert any("was lost" in line for line in told), told
    visits = {host: site.visits(f"{host}.localhost") for host in NAMES}
    assert all(len(numbers) == len(set(numbers)) for numbers in visits.values()), "a visit went on beside another one"
    assert sorted(map(len, visits.values())) == [1, 1, 2], "one host was visited again"
    assert (folder / "index.html").is_file()
    assert not (folder / "streams").exists()
    assert [one.slug for one in record.tutorials] == sorted(NAMES), "the order of the files"


def test_ctrl_c_ends_the_visits_of_all_workers_and_the_next_run_is_whole(
    site: CountingSite, cluster: LocalCluster, tmp_path: Path
) -> None:
    command = ("run", "--dask", cluster.address, "--pause", "0", "--exit-zero", "--lang", "en")
    with start_command(*command, cwd=tmp_path) as stopped:
        assert stopped.stderr is not None
        begun = 0
        for line in stopped.stderr:
            begun += " 1/3 " in line
            if begun == 2:
                break
        families = cluster.families()
        os.kill(stopped.pid, signal.SIGINT)
        _, errors = stopped.communicate(timeout=TIMEOUT_S)
    assert stopped.returncode == 130, errors
    assert "Traceback" not in errors, errors
    assert list((tmp_path / "runs").iterdir()) == []
    assert families
    assert psutil.wait_procs(families, timeout=TIMEOUT_S)[1] == [], "no Firefox goes on alone"
    with start_command(*command, cwd=tmp_path) as again:
        _, errors = again.communicate(timeout=TIMEOUT_S)
    assert again.returncode == 0, errors
    (folder,) = (tmp_path / "runs").glob("*/run.json")
    assert seen_pages(read_record(folder.parent)) == EVERY_PAGE
    assert errors.count("visited by tcp://") == len(NAMES), errors
    assert not [line for line in errors.splitlines() if "distributed" in line], errors
