"""What starts a run every night: a systemd user timer, a line of a crontab, or a launchd agent of a Mac."""

import plistlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from pathlib import Path

NAME = "tutofrais"
WATCH = "tutofrais-watch"
"""Name of what tells people that there was no run."""
WATCH_AFTER_H = 6
"""Time from a run to the look whether it took place, hours."""
DESCRIPTIONS = {NAME: "check the tutorials", WATCH: "tell that there was no run"}
BEGIN, END = "# begin tutofrais", "# end tutofrais"
"""Lines around those of tutofrais in a crontab."""
FINDINGS = (1, 3, 4)
"""Exit codes of a run that did its work and found something."""


class Scheduler(StrEnum):
    """Program that starts the run."""

    SYSTEMD = "systemd"
    CRON = "cron"
    LAUNCHD = "launchd"


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """When a command is run, and where."""

    at: time
    command: Sequence[str]
    folder: Path
    """Folder in which the command starts."""
    name: str = NAME


def files_of(schedule: Schedule, scheduler: Scheduler, home: Path) -> dict[Path, str]:
    """Return the files that a scheduler reads, by path; those of cron are no file."""
    if scheduler is Scheduler.SYSTEMD:
        units = home / ".config" / "systemd" / "user"
        return {
            units / f"{schedule.name}.service": systemd_service(schedule),
            units / f"{schedule.name}.timer": systemd_timer(schedule),
        }
    if scheduler is Scheduler.LAUNCHD:
        return {home / "Library" / "LaunchAgents" / f"{_label(schedule)}.plist": launchd_agent(schedule)}
    return {}


def systemd_service(schedule: Schedule) -> str:
    """Return the unit that runs the command (systemd.service(5)); what a run finds is no failure of the unit."""
    command = " ".join(_systemd_word(word) for word in schedule.command)
    return (
        "[Unit]\n"
        f"Description=tutofrais: {DESCRIPTIONS[schedule.name]}\n"
        "Wants=network-online.target\n"
        "After=network-online.target\n"
        "\n"
        "[Service]\n"
        "Type=oneshot\n"
        f"WorkingDirectory={_escaped(str(schedule.folder))}\n"
        f"ExecStart={command}\n"
        f"SuccessExitStatus={' '.join(map(str, FINDINGS))}\n"
        "Nice=10\n"
    )


def systemd_timer(schedule: Schedule) -> str:
    """Return the unit that starts it (systemd.timer(5)); a night that was missed is made up for."""
    return (
        "[Unit]\n"
        "Description=tutofrais every night\n"
        "\n"
        "[Timer]\n"
        f"OnCalendar=*-*-* {schedule.at:%H:%M}:00\n"
        "Persistent=true\n"
        "RandomizedDelaySec=10min\n"
        "\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def crontab_line(schedule: Schedule) -> str:
    """Return a line of a crontab (crontab(5)): a percent sign would end the command; cron mails what it prints."""
    command = shlex.join(schedule.command).replace("%", r"\%")
    folder = shlex.quote(str(schedule.folder)).replace("%", r"\%")
    return f"{schedule.at.minute} {schedule.at.hour} * * * cd {folder} && {command}"


def with_lines(crontab: str, lines: Sequence[str]) -> str:
    """Return a crontab with the lines of tutofrais in place of earlier ones; all other lines stay."""
    kept, inside = [], False
    for one in crontab.splitlines():
        inside = inside or one == BEGIN
        if not inside:
            kept.append(one)
        inside = inside and one != END
    return "\n".join([*kept, BEGIN, *lines, END]) + "\n"


def launchd_agent(schedule: Schedule) -> str:
    """Return a property list (launchd.plist(5)); a Mac that sleeps starts the run when it wakes."""
    return plistlib.dumps(
        {
            "Label": _label(schedule),
            "ProgramArguments": list(schedule.command),
            "WorkingDirectory": str(schedule.folder),
            "StartCalendarInterval": {"Hour": schedule.at.hour, "Minute": schedule.at.minute},
            "ProcessType": "Background",
        },
        sort_keys=False,
    ).decode()


def _label(schedule: Schedule) -> str:
    """Return the name of a launchd agent."""
    return f"org.tutofrais.{'run' if schedule.name == NAME else 'watch'}"


def watch_of(schedule: Schedule, command: Sequence[str]) -> Schedule:
    """Return what looks, some hours after a run, whether it took place.

    Args:
        schedule: of the run.
        command: that looks.
    """
    at = schedule.at.replace(hour=(schedule.at.hour + WATCH_AFTER_H) % 24)
    return Schedule(at=at, command=command, folder=schedule.folder, name=WATCH)


def _systemd_word(word: str) -> str:
    """Quote a word of a command line of systemd, in which % and $ have a meaning."""
    quoted = _escaped(word).replace("$", "$$")
    if quoted and not any(letter in quoted for letter in " \t\"'\\;"):
        return quoted
    return '"' + quoted.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
