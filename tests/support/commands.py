"""The ``tutofrais`` command: in a process of its own, or in this one."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import click
from click.testing import CliRunner, Result

from tutofrais import COMMANDS, main

PROJECT = Path(__file__).parent.parent.parent
COMMAND = [sys.executable, "-m", "tutofrais"]
ALL_COMMANDS: Mapping[str, click.Command] = {
    name: command for name in COMMANDS if (command := main.get_command(click.Context(main), name)) is not None
}
"""Commands by name, loaded."""
TIMEOUT_S = 150
"""Time limit of a process, also on a slow machine; shorter than the time limit of a test in pyproject.toml."""


def invoke(*arguments: str) -> Result:
    """Call the command in this process; `Result` has its exit code and its output."""
    return CliRunner().invoke(main, list(arguments))


def run_command(*arguments: str, cwd: Path = PROJECT, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own and wait for its end.

    Args:
        cwd: folder in which it is started.
        variables: added to its environment.
    """
    return run_process([*COMMAND, *arguments], cwd=cwd, variables=variables)


def run_process(
    command: Sequence[str],
    *,
    cwd: Path,
    variables: Mapping[str, str] | None = None,
    prepare: Callable[[], None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program that can import this project, and wait for its end.

    Args:
        command: program and arguments.
        cwd: folder in which it is started.
        variables: added to its environment.
        prepare: called in the new process before the program starts.
    """
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(PROJECT), **(variables or {})},
        preexec_fn=prepare,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def start_command(*arguments: str, cwd: Path = PROJECT) -> subprocess.Popen[str]:
    """Start the command in a process group of its own, with SIGINT not ignored, and return while it runs."""
    restore_sigint: Callable[[], object] = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)  # noqa: E731
    return subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=cwd,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        preexec_fn=restore_sigint,  # noqa: PLW1509 - nothing else runs in this process yet
    )
