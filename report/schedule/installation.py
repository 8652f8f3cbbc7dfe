"""Install and remove what starts runs in a folder, with the programs of this machine."""

import platform
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from capture.errors import CannotWrite, ForeignUnit, NoScheduler, NotScheduled, SystemctlFailed, TutofraisError
from capture.messages import Phrase
from capture.storage import write_atomically, writing
from report.schedule.schedule import Schedule, Scheduler, Task
from report.schedule.unit_files import files_of, is_ours, paths_of, with_lines, without_lines

SYSTEMD_RUNS = Path("/run/systemd/system")
"""Folder that is there if systemd has started this machine (sd_booted(3))."""
PROGRAMS = {Scheduler.SYSTEMD: "systemctl", Scheduler.CRON: "crontab", Scheduler.LAUNCHD: "launchctl"}
NO_CRONTAB = ("no crontab for", "no such file")
"""What ``crontab -l`` says to a person without a crontab, in lower case."""
SYSTEMCTL = ("systemctl", "--user")
RELOAD = (*SYSTEMCTL, "daemon-reload")


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """What was removed."""

    paths: tuple[Path, ...] = ()
    lines: tuple[str, ...] = ()
    """Lines of the crontab."""
    unanswered: str = ""
    """What systemd said instead of stopping a timer; empty: it did."""

    @property
    def is_empty(self) -> bool:
        return not (self.paths or self.lines)


def find_scheduler() -> Scheduler | None:
    """Return the scheduler of this machine; None if there is none."""
    if platform.system() == "Darwin":
        return Scheduler.LAUNCHD
    if SYSTEMD_RUNS.is_dir() and is_there(Scheduler.SYSTEMD):
        return Scheduler.SYSTEMD
    return Scheduler.CRON if is_there(Scheduler.CRON) else None


def is_there(scheduler: Scheduler) -> bool:
    """Tell whether a scheduler is on this machine."""
    return shutil.which(PROGRAMS[scheduler]) is not None


def start_commands(scheduler: Scheduler, schedules: Iterable[Schedule]) -> list[tuple[str, ...]]:
    """Return the commands after which a scheduler knows its files."""
    if scheduler is not Scheduler.SYSTEMD:
        return []
    return [RELOAD, (*SYSTEMCTL, "enable", "--now", *(f"{one.name}.timer" for one in schedules))]


def install(scheduler: Scheduler, schedules: Sequence[Schedule], home: Path) -> Removal:
    """Install the schedules of a folder, in place of all that was installed for it; return what was removed.

    Raises:
        NoScheduler: the scheduler is not on this machine.
        ForeignUnit: a file of another program is there.
        NotScheduled, CannotWrite: nothing was changed.
    """
    if not is_there(scheduler):
        raise NoScheduler(scheduler, Phrase("it is not on this machine"))
    folder = schedules[0].folder
    files = {path: text for one in schedules for path, text in files_of(one, scheduler, home).items()}
    if scheduler is Scheduler.CRON:
        _call(("crontab", "-"), with_lines(_crontab(), schedules))
    else:
        _install_files(files, start_commands(scheduler, schedules))
    return uninstall(folder, home, kept=scheduler, kept_paths=frozenset(files))


def _install_files(files: Mapping[Path, str], starts: Sequence[tuple[str, ...]]) -> None:
    """Write files and tell their scheduler; if it refuses, everything is as before."""
    before = {path: _content(path) for path in files}
    try:
        for path, text in files.items():
            write_atomically(path, text.encode())
        for start in starts:
            _call(start)
    except TutofraisError:
        _restore(before)
        raise


def _restore(before: Mapping[Path, bytes | None]) -> None:
    """Give files the content that they had; those that were not there are removed."""
    new = [path for path, content in before.items() if content is None]
    _stop_timers(new)
    for path, content in before.items():
        with suppress(OSError, CannotWrite):
            if content is None:
                path.unlink(missing_ok=True)
            else:
                write_atomically(path, content)


def uninstall(
    folder: Path, home: Path, *, kept: Scheduler | None = None, kept_paths: frozenset[Path] = frozenset()
) -> Removal:
    """Remove what starts runs in a folder; files of other programs stay.

    Args:
        folder: in which the runs start.
        home: of the person.
        kept: scheduler that is not looked at, except for files that are not kept; None: all are.
        kept_paths: files that stay.

    Raises:
        NotScheduled: cron refuses.
        CannotWrite: a file cannot be removed.
    """
    paths = [path for path in _own_files(folder, home) if path not in kept_paths]
    unanswered = _stop_timers(paths)
    for path in paths:
        with writing(path):
            path.unlink()
    if any(path.suffix == ".timer" for path in paths):
        unanswered = unanswered or _said(RELOAD)
    lines = [] if kept is Scheduler.CRON else _uninstall_lines(folder)
    return Removal(paths=tuple(paths), lines=tuple(lines), unanswered=unanswered)


def installed(folder: Path, home: Path) -> tuple[str, ...]:
    """Return the names of the files, and the lines of the crontab, that start runs in a folder."""
    lines = without_lines(_own_lines(), folder)[1]
    return (*(path.name for path in _own_files(folder, home)), *(line for line in lines if not line.startswith("#")))


def _own_files(folder: Path, home: Path) -> Iterator[Path]:
    """Yield the files that tutofrais wrote for a folder and a scheduler reads."""
    for scheduler in (Scheduler.SYSTEMD, Scheduler.LAUNCHD):
        for task in Task:
            for path in paths_of(folder, task, scheduler, home):
                if path.is_file() and is_ours(path.read_text("utf-8", "replace")):
                    yield path


def _stop_timers(paths: Iterable[Path]) -> str:
    """Stop the timers among some units, and remove systemd's links to them; return what systemd says if it fails."""
    timers = [path for path in paths if path.suffix == ".timer"]
    if not timers:
        return ""
    said = _said((*SYSTEMCTL, "disable", "--now", *(path.name for path in timers)))
    for path in timers:
        link = path.parent / "timers.target.wants" / path.name
        if link.is_symlink():
            link.unlink()
    return said


def _uninstall_lines(folder: Path) -> list[str]:
    """Remove the lines of a folder from the crontab, and return them; raises NotScheduled."""
    kept, removed = without_lines(_own_lines(), folder)
    if removed:
        _call(("crontab", "-"), kept)
    return removed


def _own_lines() -> str:
    """Return the lines of this person's crontab; empty if there is no cron, or the person may not use it."""
    with suppress(NotScheduled):
        return _crontab() if is_there(Scheduler.CRON) else ""
    return ""


def _crontab() -> str:
    """Return the lines of this person's crontab; raises NotScheduled if there are some that cannot be read."""
    known = subprocess.run(["crontab", "-l"], capture_output=True, text=True, check=False)  # noqa: S607 - as a person
    said = known.stderr.strip().lower()
    if known.returncode and said and not any(sign in said for sign in NO_CRONTAB):
        raise NotScheduled("crontab", known.stderr.strip().splitlines()[-1])
    return known.stdout if known.returncode == 0 else ""


def _content(path: Path) -> bytes | None:
    """Return what is in a file of tutofrais; None: it is not there. Raises ForeignUnit if it is another program's."""
    if not path.exists():
        return None
    content = path.read_bytes()
    if not is_ours(content.decode("utf-8", "replace")):
        raise ForeignUnit(path)
    return content


def _call(command: tuple[str, ...], given: str = "") -> None:
    """Run a command; raises NotScheduled."""
    said = _said(command, given)
    if said:
        kind = SystemctlFailed if command[0] == SYSTEMCTL[0] else NotScheduled
        raise kind(command[0], said)


def _said(command: tuple[str, ...], given: str = "") -> str:
    """Run a command, and return what it says if it fails; empty: it did its work."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - all above
    except OSError as error:
        return error.strerror or str(error)
    if not done.returncode:
        return ""
    return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "?"
