"""Calls of this program's functions on a worker of a Dask cluster.

What is sent are plain values. Dask would otherwise send functions and dataclasses by the names of their modules: its
scheduler, where tutofrais need not be installed, could not read them, and a worker without tutofrais would end.
"""

from collections.abc import Sequence
from typing import Any

from distributed import Client, Future

_CALL = "__import__({module!r}, fromlist=[{function!r}]).{function}(*arguments)"


def call_on(
    client: Client, worker: str, module: str, function: str, arguments: Sequence[str | bytes], *, key: str
) -> Future[Any]:
    """Call a function on one worker; Dask does not hand the call on to another one.

    Args:
        client: connection to the cluster.
        worker: address of the worker.
        module: in which the function is.
        function: its name.
        arguments: for the function; it returns plain values, too.
        key: name of the task.
    """
    expression = _CALL.format(module=module, function=function)
    return client.submit(
        eval,
        expression,
        {"arguments": list(arguments)},
        key=key,
        workers=[worker],
        allow_other_workers=False,
        retries=0,
        pure=False,
    )
