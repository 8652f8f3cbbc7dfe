"""A run on a Dask cluster: stopped; or its worker killed: every page is seen, no host by two visits at a time."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from capture.scenario.loader import read_tutorials
from capture.site import LIVE
from report.i18n.sentences import Sentences
from report.run.pipeline import run
from report.run.run_plan import ProgressReporter, RunPlan
from tests.support.cluster import CountingSite, LocalCluster, local_cluster, served
from tests.support.commands import TIMEOUT_S, start_command

NAMES = ("un", "deux")
PAGES = 2
SLOW_S = 3
"""Time that each second page takes to answer: long enough to kill something while both workers visit."""
RETRY_AFTER_S = 3.0
"""What was killed needs no long wait."""

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
    """Two hosts, and the folder of a project with a tutorial about each."""
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


def test_a_run_that_is_stopped_leaves_nothing_and_one_whose_worker_is_killed_sees_every_page(
    site: CountingSite, cluster: LocalCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("report.run.cluster.cluster.RETRY_AFTER_S", RETRY_AFTER_S)
    stop_in_the_middle(cluster, tmp_path)
    site.asked.clear()
    told: list[str] = []

    def kill_in_the_middle(line: str) -> None:
        told.append(line)
        if sum(" 1/2 " in one for one in told) == len(NAMES):
            cluster.kill_worker()

    record, folder = run(
        RunPlan(
            tutorials=read_tutorials(tmp_path / "scenarios"),
            site=LIVE,
            screenshots=tmp_path / "screenshots",
            runs=tmp_path / "runs",
            translator=Sentences("en"),
            cluster=cluster.address,
        ),
        ProgressReporter(on_phase=told.append, on_page=lambda _, __: None, on_told=kill_in_the_middle),
    )
    seen = {one.slug: sum(page.captured is not None for page in one.pages) for one in record.tutorials}
    assert seen == dict.fromkeys(sorted(NAMES), PAGES), told
    assert any("was lost" in line for line in told), told
    visits = [site.visits(f"{name}.localhost") for name in NAMES]
    assert all(len(numbers) == len(set(numbers)) for numbers in visits), "a visit went on beside another one"
    assert sorted(map(len, visits)) == [1, 2], "one host was visited again"
    assert (folder / "index.html").is_file()
    assert not (folder / "streams").exists()


def stop_in_the_middle(cluster: LocalCluster, project: Path) -> None:
    """Start a run, and stop it with Ctrl-C when both workers have seen a page."""
    with start_command("run", "--dask", cluster.address, "--pause", "0", "--lang", "en", cwd=project) as stopped:
        assert stopped.stderr is not None
        begun = 0
        while begun < len(NAMES):
            line = stopped.stderr.readline()
            assert line, "the run ended before"
            begun += " 1/2 " in line
        families = cluster.families()
        os.kill(stopped.pid, signal.SIGINT)
        _, errors = stopped.communicate(timeout=TIMEOUT_S)
    assert stopped.returncode == 130, errors
    assert "Traceback" not in errors, errors
    assert list((project / "runs").iterdir()) == []
    assert families
    assert psutil.wait_procs(families, timeout=TIMEOUT_S)[1] == [], "no Firefox goes on alone"
