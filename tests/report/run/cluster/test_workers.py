"""Workers of a cluster that cannot be used are named, with the cure; Dask is loaded only by those who ask for it."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from distributed import Client, Lock

from report.run.cluster.connection import RUNS_LOCK
from report.run.cluster.versions import described, versions
from tests.support.cluster import local_cluster, without_tutofrais
from tests.support.commands import PROJECT, invoke, run_process

RUN = ("run", "--site", "2026", "--lang", "en")


def test_versions_are_told_as_one_line() -> None:
    assert described({"tutofrais": "1.0 (0a1b)", "Python": "3.11"}) == "tutofrais 1.0 (0a1b), Python 3.11"
    assert list(versions()) == ["tutofrais", "Python", "playwright", "distributed"]


def test_dask_is_not_loaded_by_other_commands() -> None:
    check = (
        "import sys, report.commands.run, report.run.pipeline, report.workbench.workbench;"
        "sys.exit(any(name in sys.modules for name in ('dask', 'distributed')))"
    )
    assert run_process([sys.executable, "-c", check], cwd=PROJECT).returncode == 0


def test_without_dask_the_cure_is_to_install_it(project: Path) -> None:
    hidden = "import sys; sys.modules.update(dask=None, distributed=None); from tutofrais import main; main()"
    refused = run_process([sys.executable, "-c", hidden, *RUN, "--dask", "tcp://127.0.0.1:9"], cwd=project)
    assert refused.returncode == 51, refused.stderr
    assert "tutofrais[dask]" in refused.stderr
    assert not list((project / "runs").glob(".*.partial"))


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nothing://127.0.0.1:9", "tls://127.0.0.1:9"])
def test_a_scheduler_that_is_not_reached_is_named(project: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr("report.run.cluster.connection.CONNECT_S", 0.3)
    refused = invoke(*RUN, "--dask", address)
    assert refused.exit_code == 52, refused.output
    *_, problem, cure = refused.stderr.splitlines()
    assert address in problem
    assert "dask scheduler" in cure


@pytest.mark.parametrize("other", ["--attend", "--port=8020"])
def test_what_the_workers_cannot_do_is_refused(project: Path, other: str) -> None:
    refused = invoke(*RUN, "--dask", "tcp://127.0.0.1:9", other)
    assert refused.exit_code == 2
    assert "--dask" in refused.stderr


@pytest.fixture
def other_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the program, of which one line is another one."""
    folder = tmp_path_factory.mktemp("other")
    for package in ("capture", "report"):
        shutil.copytree(PROJECT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "report" / "verdict.py").open("a", encoding="utf-8") as file:
        file.write("# another checkout\n")
    return folder


def test_a_worker_with_another_version_is_named_with_both(project: Path, tmp_path: Path, other_code: Path) -> None:
    (tmp_path / "cluster").mkdir()
    with local_cluster(tmp_path / "cluster", workers=1, code=other_code) as cluster:
        refused = invoke(*RUN, "--dask", cluster.address)
    assert refused.exit_code == 53, refused.output
    *_, problem, cure = refused.stderr.splitlines()
    theirs, _, ours = problem.partition("; this machine has ")
    assert versions()["tutofrais"] in ours
    assert "tutofrais 0" in theirs
    assert versions()["tutofrais"] not in theirs
    assert "same versions" in cure
    assert not list((project / "runs").glob(".*.partial"))


def test_a_worker_without_tutofrais_is_named_and_goes_on(project: Path, tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    nothing = without_tutofrais(tmp_path / "none")
    with local_cluster(tmp_path / "cluster", workers=1, code=nothing) as cluster:
        refused = invoke(*RUN, "--dask", cluster.address)
        assert cluster.workers[0].poll() is None, "it serves others"
    assert refused.exit_code == 53, refused.output
    assert "has no tutofrais; this machine has tutofrais" in refused.stderr


def test_what_is_told_is_not_hidden_by_a_connection_that_is_not_closed_in_time(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    close: Callable[..., None] = Client.close

    def close_too_late(client: Client, timeout: float) -> None:
        close(client, timeout=timeout)
        raise AssertionError

    monkeypatch.setattr(Client, "close", close_too_late)
    (tmp_path / "cluster").mkdir()
    nothing = without_tutofrais(tmp_path / "none")
    with local_cluster(tmp_path / "cluster", workers=1, code=nothing) as cluster:
        refused = invoke(*RUN, "--dask", cluster.address)
    assert refused.exit_code == 53, refused.output


def test_a_run_gives_up_where_another_one_uses_the_cluster_for_too_long(project: Path, tmp_path: Path) -> None:
    (tmp_path / "cluster").mkdir()
    with (
        local_cluster(tmp_path / "cluster", workers=1) as cluster,
        Client(cluster.address, set_as_default=False) as other,
    ):
        lock = Lock(RUNS_LOCK, scheduler_rpc=other.scheduler, loop=other.loop)
        assert lock.acquire()
        refused = invoke(*RUN, "--dask", cluster.address, "--wait", "0")
        assert refused.exit_code == 50, refused.output
        *_, problem, cure = refused.stderr.splitlines()
        assert cluster.address in problem
        assert "--wait" in cure
        assert lock.release()
    assert not list((project / "runs").glob(".*.partial"))
