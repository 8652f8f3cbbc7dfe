"""The connection to a Dask cluster for the length of a run."""

import logging
import math
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import dask
from distributed import Client, Lock

from capture.errors import ClusterBusy, ClusterUnreachable
from report.run.cluster.cluster import VISIT_KEYS, Cluster
from report.run.cluster.workers import UNREACHABLE, SchedulerLost
from report.run.run_plan import ProgressReporter, RunPlan

CONNECT_S = 15.0
"""Time in which the scheduler must be reached."""
CLOSE_S = 3.0
"""Time in which the connection is closed, also to a scheduler that has gone."""
RUNS_LOCK = "tutofrais"
"""Lock on the scheduler that a run holds: runs on one cluster take turns, as those of one machine do."""
LOCK_POLL_S = 2.0
LOGGERS = ("distributed", "distributed.client")


@contextmanager
def open_cluster(address: str, plan: RunPlan, reporter: ProgressReporter) -> Iterator[Cluster]:
    """Connect to a Dask cluster, check its workers, and wait for the end of another run on it.

    Args:
        address: of its scheduler, such as ``tcp://10.0.0.1:8786``.
        plan: options of the run.
        reporter: receives the progress.

    Raises:
        ClusterUnreachable: its scheduler does not answer.
        NoWorkers: it has no worker.
        WorkersDiffer: a worker has other versions than this machine.
        ClusterBusy: another run uses it for too long.
    """
    for name in LOGGERS:  # a connection that is lost is told by the run
        logging.getLogger(name).setLevel(logging.CRITICAL)
    # Parcels are larger than what Dask expects of a task.
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"}):
        client = _connected(address)
        try:
            cluster = Cluster(client, plan, reporter)
            cluster.check_workers(address)
            with _turn(client, address, plan.policy.wait_s, reporter):
                yield cluster
        except SchedulerLost as error:
            raise ClusterUnreachable(address, str(error.__cause__ or "")) from error
        finally:
            with suppress(*UNREACHABLE):
                client.close(timeout=CLOSE_S)


def _connected(address: str) -> Client:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # versions are compared, and told with their cure, when workers are checked
        try:
            return Client(address, timeout=CONNECT_S, set_as_default=False, name="tutofrais")
        except UNREACHABLE as error:
            raise ClusterUnreachable(address, str(error)) from error


@contextmanager
def _turn(client: Client, address: str, wait_s: float | None, reporter: ProgressReporter) -> Iterator[None]:
    """Hold the lock of the runs on a cluster, as soon as no other run visits.

    Args:
        client: connection to the cluster.
        address: of its scheduler.
        wait_s: longest wait for other runs, s; None: without an end.
        reporter: receives that it waits.

    Raises:
        SchedulerLost
        ClusterBusy: another run still visits at the end of the wait.
    """
    lock = Lock(RUNS_LOCK, scheduler_rpc=client.scheduler, loop=client.loop)
    try:
        if not _takes_turn(client, lock, wait_s, reporter):
            raise ClusterBusy(address, round(wait_s or 0))
        yield
    finally:
        with suppress(*UNREACHABLE):
            lock.release()


def _takes_turn(client: Client, lock: Lock, wait_s: float | None, reporter: ProgressReporter) -> bool:
    """Wait for the lock, which a run that was killed or hangs gives up after a while, and for the end of its tasks.

    Returns:
        Whether both came to pass within the wait.
    """
    ends = math.inf if wait_s is None else time.monotonic() + wait_s
    try:
        if not lock.acquire(blocking=False):
            reporter.on_phase("cluster_busy")
            while not lock.acquire(timeout=min(LOCK_POLL_S, max(ends - time.monotonic(), 0))):
                if time.monotonic() >= ends:
                    return False
        while _visits(client):
            if time.monotonic() >= ends:
                return False
            time.sleep(LOCK_POLL_S)
    except UNREACHABLE as error:
        raise SchedulerLost from error
    return True


def _visits(client: Client) -> bool:
    """Whether a worker of a cluster has the task of a run."""
    return any(str(key).startswith(VISIT_KEYS) for keys in client.processing().values() for key in keys)
