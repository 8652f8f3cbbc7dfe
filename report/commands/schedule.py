"""``tutofrais schedule``: run every night."""

import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from capture.errors import ForeignFile, NotScheduled
from capture.storage import write_atomically
from report.commands.command import Command
from report.commands.options import lang, option
from report.i18n.translator import Translator, gettext_noop
from report.schedule import NAME, Schedule, Scheduler, crontab_line, files_of, watch_of, with_lines
from report.settings import FoundSettings

EXPLAINED = {
    Scheduler.SYSTEMD: gettext_noop(
        "A night that was missed is made up for. “systemctl --user list-timers” shows the next one; while nobody is "
        "logged in, it needs “loginctl enable-linger”."
    ),
    Scheduler.CRON: gettext_noop("cron does not make up for a night on which the machine is off."),
    Scheduler.LAUNCHD: gettext_noop("A Mac that sleeps at that time starts the run when it wakes."),
}


@click.command("schedule", cls=Command)
@option("--at", type=click.DateTime(["%H:%M"]), default="03:30", help="Time of the day.")
@click.option("--with", "scheduler", type=click.Choice([str(one) for one in Scheduler]), help="Default: what is there.")
@option("--install", is_flag=True, help="Install it, instead of printing it.")
@lang
@click.pass_obj
def schedule_command(found: FoundSettings, /, at: datetime, scheduler: str | None, install: bool, lang: str) -> None:
    """Print what starts “tutofrais run” every night in this folder.

    A systemd user timer, a line of a crontab, or a launchd agent. What a run finds is no failure; a run waits for
    an earlier one that is still going, and tells the nights that were missed before it. If the settings name people,
    six hours later they are told if there was no run.
    """
    words = Translator(lang)
    kind = Scheduler(scheduler) if scheduler is not None else _scheduler()
    command = [sys.executable, "-m", "tutofrais", "run", "--every", "1", "--notify"]
    if kind is Scheduler.CRON:
        command.append("--quiet")
    run = Schedule(at=at.time(), command=command, folder=Path.cwd())
    watch = watch_of(run, [sys.executable, "-m", "tutofrais", "notify", "--missed"])
    schedules = [run, watch] if found.settings.people else [run]
    if kind is Scheduler.CRON:
        _cron(schedules, install=install)
    for path, text in (file for one in schedules for file in files_of(one, kind, Path.home()).items()):
        if install:
            _write(path, text)
        click.echo(str(path) if install else f"# {path}\n{text}")
    for start in starts_of(kind, schedules):
        if install:
            _start(start)
        else:
            click.echo(" ".join(start))
    click.echo(words.gettext(EXPLAINED[kind]), err=True)
    if not install:
        click.echo(words.gettext("With --install, this is done for you."), err=True)


def _scheduler() -> Scheduler:
    """Return the scheduler of this machine."""
    if platform.system() == "Darwin":
        return Scheduler.LAUNCHD
    return Scheduler.SYSTEMD if Path("/run/systemd/system").is_dir() else Scheduler.CRON


def starts_of(scheduler: Scheduler, schedules: Sequence[Schedule]) -> list[tuple[str, ...]]:
    """Return the commands after which a scheduler knows its files."""
    if scheduler is not Scheduler.SYSTEMD:
        return []
    timers = [f"{one.name}.timer" for one in schedules]
    return [("systemctl", "--user", "daemon-reload"), ("systemctl", "--user", "enable", "--now", *timers)]


def _cron(schedules: Sequence[Schedule], *, install: bool) -> None:
    lines = [crontab_line(one) for one in schedules]
    click.echo("\n".join(lines))
    if not install:
        return
    if shutil.which("crontab") is None:
        raise NotScheduled("crontab", "it is not installed")
    known = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)  # noqa: S607 - as a person
    _start(("crontab", "-"), with_lines(known.stdout if known.returncode == 0 else "", lines))


def _write(path: Path, text: str) -> None:
    """Write a file of a scheduler; raises ForeignFile if another program's is there."""
    if path.exists() and NAME not in path.read_text("utf-8", "replace"):
        raise ForeignFile(path)
    write_atomically(path, text.encode())


def _start(command: tuple[str, ...], given: str = "") -> None:
    """Run a command; raises NotScheduled."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - all above
    except OSError as error:
        raise NotScheduled(command[0], error.strerror or str(error)) from error
    if done.returncode:
        raise NotScheduled(command[0], done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "?")
