"""Faults of this machine while a person decides: a full disk, no inodes, a read-only disk, few files, little memory."""

import resource
import shlex
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from report.baselines.decision import DecisionKind
from report.i18n.sentences import Sentences
from tests.support.commands import COMMAND, run_process
from tests.support.faults import DECIDING, LITTLE_MEMORY
from tests.test_decide_commands import decision_request, export

FAULTS = {
    "disk full": "dd if=/dev/zero of=fill bs=1k status=none",
    "no inodes": "i=0; while touch fill.$i; do i=$((i+1)); done",
    "read-only": "mount -o remount,ro .",
}
"""Shell commands that bring a small disk, which is the current folder, into a state in which nothing can be written."""
DECIDE = (["approve", "latest", "--by", "Zoé"], ["apply", "decisions.json"])


def run_on_spoilt_disk(
    project: Path, disk: Path, spoil: str, arguments: Sequence[str]
) -> subprocess.CompletedProcess[str]:
    """Copy a project to a small disk of its own, spoil the disk, and run a command there; print what it leaves."""
    script = (
        f"mount -t tmpfs -o size=2m,nr_inodes=200 tmpfs {disk} && cp -r . {disk} && cd {disk}"
        f" && find screenshots -type f | xargs sha1sum > {disk}.before; {{ {spoil}; }} 2>/dev/null;"
        f" {shlex.join([*COMMAND, *arguments])}; code=$?;"
        f" find screenshots -type f | xargs sha1sum | diff {disk}.before - && exit $code"
    )
    return run_process(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script], cwd=project)


@pytest.mark.parametrize("arguments", DECIDE, ids=lambda arguments: arguments[0])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_decision_that_cannot_be_written_changes_nothing(
    project: Path, tmp_path_factory: pytest.TempPathFactory, fault: str, arguments: list[str]
) -> None:
    export(project, decision_request(project, DecisionKind.APPROVE))
    completed = run_on_spoilt_disk(project, tmp_path_factory.mktemp("disk"), FAULTS[fault], arguments)
    assert completed.returncode in DECIDING.exit_codes, completed.stderr + completed.stdout
    assert "Traceback" not in completed.stderr
    assert Sentences("fr").gettext(DECIDING.message) in completed.stderr


def limited(kind: int, most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(kind, (most, most))


@pytest.mark.parametrize(
    ("kind", "most", "arguments", "codes"),
    [
        (resource.RLIMIT_NOFILE, 24, ["approve", "latest", "--by", "Zoé"], (0,)),
        (resource.RLIMIT_AS, 512 << 20, ["approve", "latest", "--by", "Zoé"], LITTLE_MEMORY.exit_codes),
        (resource.RLIMIT_AS, 512 << 20, ["report", "latest"], LITTLE_MEMORY.exit_codes),
    ],
    ids=["24 files: approve", "512 MB: approve", "512 MB: report"],
)
def test_little_of_everything_ends_in_a_sentence(
    project: Path, kind: int, most: int, arguments: list[str], codes: tuple[int, ...]
) -> None:
    completed = run_process([*COMMAND, *arguments], cwd=project, prepare=limited(kind, most))
    assert completed.returncode in codes, completed.stderr
    assert "Traceback" not in completed.stderr
