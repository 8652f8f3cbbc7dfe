"""Kill Firefox, its driver or the run at random moments; check for hangs, half-written files and orphaned processes.

python benchmarks/kills.py [KILLS] [SEED]
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil

VICTIMS = {"Firefox": "--remote-debugging-port", "its driver": "run-driver", "the run": ""}
LATEST_S = 7
"""Latest moment of a kill: about the duration of a run on the replica."""
BOUND_S = 180
KILLED = "killed, no process left"
COMMAND = [sys.executable, "-m", "tutofrais", "run", "--site", "2020", "--runs"]


def kill(run: psutil.Process, text: str) -> None:
    """Kill a run, or its first child process whose command line contains these words."""
    family = run.children(recursive=True) if text else [run]
    for process in family:
        with suppress(psutil.Error):
            if not text or text in " ".join(process.cmdline()):
                process.kill()
                return


def one(victim: str, after_s: float, runs: Path) -> str:
    """Kill a victim after a delay and return how the run ended; a run that was killed itself is resumed first."""
    end = ended(victim, after_s, runs)
    if victim != "the run" or end != KILLED:
        return end
    going_on = subprocess.run(
        [*COMMAND, str(runs), "--resume"], capture_output=True, text=True, timeout=BOUND_S, check=False
    )
    leftovers = list(runs.glob(".*"))
    return (
        f"{KILLED}; gone on with: {said_of(going_on.returncode, going_on.stdout)}{', LEFTOVERS' if leftovers else ''}"
    )


def said_of(code: int, stdout: str) -> str:
    """Return how a run ended."""
    return f"all true, {stdout.count('À jour')} pages seen" if code == 0 else f"code {code}"


def ended(victim: str, after_s: float, runs: Path) -> str:
    """Start a run, kill a victim after a delay (s), and return how the run ended."""
    with subprocess.Popen([*COMMAND, str(runs)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        run = psutil.Process(process.pid)
        time.sleep(after_s)
        family: list[psutil.Process] = []
        with suppress(psutil.Error):
            family = run.children(recursive=True)
            kill(run, VICTIMS[victim])
        try:
            stdout, stderr = process.communicate(timeout=BOUND_S)
        except subprocess.TimeoutExpired:
            process.kill()
            return "it hung"
    if psutil.wait_procs(family, timeout=20)[1]:
        return "a process lives on"
    whole = [folder for folder in runs.glob("[!.]*/") if not (folder / "run.json").is_file()]
    if "Traceback" in stderr or whole:
        return stderr if "Traceback" in stderr else "half-written"
    return KILLED if process.returncode == -signal.SIGKILL else said_of(process.returncode, stdout)


def main(kills: int, seed: int) -> None:
    """Print how often each outcome occurred, by victim."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    before = subprocess.check_output(["git", "status", "--porcelain", "screenshots"])
    ends: Counter[tuple[str, str]] = Counter()
    for number in range(kills):
        victim = list(VICTIMS)[number % len(VICTIMS)]
        with tempfile.TemporaryDirectory() as folder:
            ends[victim, one(victim, chance.uniform(0.2, LATEST_S), Path(folder))] += 1
    for (victim, end), times in sorted(ends.items()):
        print(f"{victim:12}{times:>4} × {end}")
    same = before == subprocess.check_output(["git", "status", "--porcelain", "screenshots"])
    print("approved pictures", "untouched" if same else "CHANGED")


if __name__ == "__main__":
    main(*(int(argument) for argument in (*sys.argv[1:], *("30", "1")[len(sys.argv) - 1 :])))
