"""A command that a scheduler starts in a folder, and the names by which it knows it."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from pathlib import Path

from report.schedule.rhythm import Rhythm

NAME = "tutofrais"
LONGEST_FOLDER_NAME = 40
"""Characters of a folder's name in that of its job."""
DIGEST_DIGITS = 8
WATCH_AFTER_H = 6
"""Time from a run to the look whether it took place, hours."""
LATE_H = 12
"""Delay from which a run that did not take place is told, hours."""


class Scheduler(StrEnum):
    """Program that starts the run."""

    SYSTEMD = "systemd"
    CRON = "cron"
    LAUNCHD = "launchd"


class Task(StrEnum):
    """What is started."""

    RUN = "run"
    WATCH = "watch"
    """Look whether there was a run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When a command is run, and where."""

    at: time
    command: Sequence[str]
    folder: Path
    """Folder in which the command starts."""
    task: Task = Task.RUN
    rhythm: Rhythm = field(default_factory=Rhythm)

    @property
    def name(self) -> str:
        return task_name(self.folder, self.task)


def job_name(folder: Path) -> str:
    """Return the name of what starts runs in a folder: that of the folder and a digest of its path, in plain ASCII."""
    plain = unicodedata.normalize("NFKD", folder.name).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", plain)[:LONGEST_FOLDER_NAME].strip("-")
    digest = hashlib.sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:DIGEST_DIGITS]
    return "-".join(filter(None, [NAME, words, digest]))


def task_name(folder: Path, task: Task) -> str:
    """Return the name of one task in a folder."""
    return job_name(folder) if task is Task.RUN else f"{job_name(folder)}-{task}"


def watch_of(run: Schedule, command: Sequence[str]) -> Schedule:
    """Return what looks every day, some hours after the time of a run, whether the run took place.

    Args:
        run: its schedule.
        command: that looks; it gets the age of the latest run, in hours, from which one was missed.
    """
    return Schedule(
        at=run.at.replace(hour=(run.at.hour + WATCH_AFTER_H) % 24),
        command=[*command, "--hours", str(24 * run.rhythm.longest_days + LATE_H)],
        folder=run.folder,
        task=Task.WATCH,
    )
