"""What schedulers read: units of systemd, lines of a crontab, agents of launchd."""

import plistlib
import shlex
from collections.abc import Sequence
from pathlib import Path

from report.schedule.schedule import NAME, Schedule, Scheduler, Task, task_name

SERVICES = {Task.RUN: "check the tutorials", Task.WATCH: "tell people if there was no run"}
TIMERS = {Task.RUN: "time to check the tutorials", Task.WATCH: "time to look whether there was a run"}
"""Descriptions of units, to which the folder is added."""
DESCRIPTION = f"Description={NAME}: "
LABEL = f"org.{NAME}."
"""Texts by which a file is known as one of tutofrais."""
FINDINGS = (1, 3, 4)
"""Exit codes of a run that did its work and found something."""


def files_of(schedule: Schedule, scheduler: Scheduler, home: Path) -> dict[Path, str]:
    """Return the files that a scheduler reads, by path; those of cron are no file."""
    paths = paths_of(schedule.folder, schedule.task, scheduler, home)
    if scheduler is Scheduler.SYSTEMD:
        return dict(zip(paths, (systemd_service(schedule), systemd_timer(schedule)), strict=True))
    return dict(zip(paths, (launchd_agent(schedule),), strict=True)) if scheduler is Scheduler.LAUNCHD else {}


def paths_of(folder: Path, task: Task, scheduler: Scheduler, home: Path) -> list[Path]:
    """Return the paths of the files that a scheduler reads about a task in a folder."""
    name = task_name(folder, task)
    if scheduler is Scheduler.SYSTEMD:
        units = home / ".config" / "systemd" / "user"
        return [units / f"{name}.service", units / f"{name}.timer"]
    if scheduler is Scheduler.LAUNCHD:
        return [home / "Library" / "LaunchAgents" / f"{_label(name)}.plist"]
    return []


def is_ours(text: str) -> bool:
    """Tell whether a file was written by tutofrais."""
    return DESCRIPTION in text or LABEL in text


def systemd_service(schedule: Schedule) -> str:
    """Return the unit that runs the command (systemd.service(5)); what a run finds is no failure of the unit."""
    command = " ".join(_systemd_word(word) for word in schedule.command)
    return (
        "[Unit]\n"
        f"{DESCRIPTION}{SERVICES[schedule.task]} in {_escaped(str(schedule.folder))}\n"
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
        f"{DESCRIPTION}{TIMERS[schedule.task]} in {_escaped(str(schedule.folder))}\n"
        "\n"
        "[Timer]\n"
        f"OnCalendar={systemd_days(schedule)} {schedule.at:%H:%M}:00\n"
        "Persistent=true\n"
        "RandomizedDelaySec=10min\n"
        "\n"
        "[Install]\n"
        "WantedBy=timers.target\n"
    )


def systemd_days(schedule: Schedule) -> str:
    """Return the days of a schedule as systemd.time(7) writes them: ``Mon *-*-*``, ``*-*-1,15``."""
    rhythm = schedule.rhythm
    return ("Mon " if rhythm.mondays else "") + f"*-{_listed(rhythm.months)}-{_listed(rhythm.days)}"


def crontab_line(schedule: Schedule) -> str:
    """Return a line of a crontab (crontab(5)): a percent sign would end the command; cron mails what it prints."""
    command = shlex.join(schedule.command).replace("%", r"\%")
    folder = shlex.quote(str(schedule.folder)).replace("%", r"\%")
    rhythm, at = schedule.rhythm, schedule.at
    days = f"{_listed(rhythm.days)} {_listed(rhythm.months)} {'1' if rhythm.mondays else '*'}"
    return f"{at.minute} {at.hour} {days} cd {folder} && {command}"


def crontab_lines(schedules: Sequence[Schedule]) -> list[str]:
    """Return the lines of the schedules of one folder, between two comments."""
    begin, end = _comments(schedules[0].folder)
    return [begin, *map(crontab_line, schedules), end]


def with_lines(crontab: str, schedules: Sequence[Schedule]) -> str:
    """Return a crontab with the lines of a folder in place of its earlier ones; all other lines stay."""
    kept, _ = without_lines(crontab, schedules[0].folder)
    return kept + "\n".join(crontab_lines(schedules)) + "\n"


def without_lines(crontab: str, folder: Path) -> tuple[str, list[str]]:
    """Return a crontab without the lines of a folder, and these lines."""
    begin, end = _comments(folder)
    kept: list[str] = []
    removed: list[str] = []
    inside = False
    for one in crontab.splitlines():
        inside = inside or one == begin
        (removed if inside else kept).append(one)
        inside = inside and one != end
    return "".join(f"{line}\n" for line in kept), removed


def launchd_agent(schedule: Schedule) -> str:
    """Return a property list (launchd.plist(5)); a Mac that sleeps starts the run when it wakes."""
    return plistlib.dumps(
        {
            "Label": _label(schedule.name),
            "ProgramArguments": list(schedule.command),
            "WorkingDirectory": str(schedule.folder),
            "StartCalendarInterval": launchd_days(schedule),
            "ProcessType": "Background",
        },
        sort_keys=False,
    ).decode()


def launchd_days(schedule: Schedule) -> list[dict[str, int]]:
    """Return the times of a schedule; of an absent unit any value fits."""
    rhythm = schedule.rhythm
    at = {"Hour": schedule.at.hour, "Minute": schedule.at.minute} | ({"Weekday": 1} if rhythm.mondays else {})
    days: list[dict[str, int]] = [{"Day": day} for day in rhythm.days] or [{}]
    months: list[dict[str, int]] = [{"Month": month} for month in rhythm.months] or [{}]
    return [month | day | at for month in months for day in days]


def _label(name: str) -> str:
    """Return the name of a launchd agent."""
    return f"{LABEL}{name.removeprefix(f'{NAME}-')}"


def _comments(folder: Path) -> tuple[str, str]:
    """Return the lines around those of a folder in a crontab."""
    name = task_name(folder, Task.RUN)
    return f"# begin {name}", f"# end {name}"


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers)) or "*"


def _systemd_word(word: str) -> str:
    """Quote a word of a command line of systemd, in which % and $ have a meaning."""
    quoted = _escaped(word).replace("$", "$$")
    if quoted and not any(letter in quoted for letter in " \t\"'\\;"):
        return quoted
    return '"' + quoted.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
