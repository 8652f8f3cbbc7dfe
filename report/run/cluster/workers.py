"""The workers of a Dask cluster that have the versions of this machine, and how many streams each may run."""

from typing import Any
from uuid import uuid4

from distributed import Client, Future, get_worker

from capture.messages import Phrase
from report.run.cluster.remote_call import call_on
from report.run.cluster.versions import described, versions

ANSWER_S = 30.0
"""Time in which the scheduler answers."""
UNREACHABLE = (OSError, TimeoutError, ValueError, TypeError, RuntimeError, AssertionError)
"""Errors that Dask raises if the scheduler does not answer, the address is wrong, or TLS is not set up.

Its assertions have no message: they fail where it is too slow to start or to close a connection.
"""


class SchedulerLost(Exception):
    """The scheduler does not answer any more."""


def introduce() -> tuple[str, dict[str, str]]:
    """Return the identifier of this worker, and its versions."""
    return get_worker().id, dict(versions())


class Workers:
    """Workers of a cluster: who they are is asked of each, as a task of its own, when it appears."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._asked: dict[str, Future[Any]] = {}
        self._ids: dict[str, str] = {}
        self.differing: dict[str, str | Phrase] = {}
        """Versions of the workers that have others than this machine, by address."""

    @property
    def unknown(self) -> bool:
        """Whether a worker has not answered yet."""
        return bool(self._asked)

    def id_of(self, worker: str) -> str:
        """Return the identifier of a worker's process."""
        return self._ids[worker]

    def forget(self, worker: str) -> None:
        """Ask a worker again who it is: another one may have taken its address."""
        self._ids.pop(worker, None)

    def threads(self) -> dict[str, int]:
        """Return the number of threads of each worker that may be given a stream, by its address.

        Raises:
            SchedulerLost.
        """
        found = self._present()
        for known in (self._asked, self._ids, self.differing):
            for worker in known.keys() - found:
                del known[worker]
        for worker in found.keys() - self._asked.keys() - self._ids.keys() - self.differing.keys():
            key = f"tutofrais-introduce-{uuid4().hex}"
            self._asked[worker] = call_on(self._client, worker, __name__, introduce.__name__, (), key=key)
        for worker, answer in list(self._asked.items()):
            if answer.done():
                del self._asked[worker]
                self._take(worker, answer)
        return {worker: threads for worker, threads in found.items() if worker in self._ids}

    def _present(self) -> dict[str, int]:
        if self._client.status != "running":
            raise SchedulerLost
        try:
            return dict(self._client.nthreads(callback_timeout=ANSWER_S))
        except UNREACHABLE as error:
            raise SchedulerLost from error

    def _take(self, worker: str, answer: Future[Any]) -> None:
        """Take the answer of a worker; one that could not answer is asked again, if it is still there."""
        if answer.status == "finished":
            try:
                worker_id, theirs = answer.result(timeout=ANSWER_S)
            except UNREACHABLE:
                return
            if theirs == versions():
                self._ids[worker] = worker_id
            else:
                self.differing[worker] = described(theirs)
        elif isinstance(answer.exception(), ImportError):
            self.differing[worker] = Phrase("no tutofrais")
