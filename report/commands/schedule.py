"""``tutofrais schedule``: run every night."""

import sys
from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path

import click

from capture.errors import NoScheduler, NothingToRun
from capture.messages import Phrase
from capture.scenario.loader import scenario_files
from report.commands.command import Command
from report.commands.options import lang, option
from report.i18n.dates import TIMEZONE
from report.i18n.translator import Translator, gettext_noop
from report.schedule.installation import Removal, find_scheduler, install, is_there, start_commands, uninstall
from report.schedule.rhythm import Rhythm, rhythm_of
from report.schedule.schedule import Schedule, Scheduler, watch_of
from report.schedule.unit_files import crontab_lines, files_of
from report.schedule.zone import system_zone
from report.settings import FoundSettings, Settings

EXPLAINED = {
    Scheduler.SYSTEMD: gettext_noop(
        "A night that was missed is made up for. “systemctl --user list-timers” shows the next one; while nobody is "
        "logged in, it needs “loginctl enable-linger”."
    ),
    Scheduler.CRON: gettext_noop("cron does not make up for a night on which the machine is off."),
    Scheduler.LAUNCHD: gettext_noop(
        "A Mac that sleeps at that time starts the run when it wakes. launchd reads the file when you log in."
    ),
}
NO_SCHEDULER = gettext_noop(
    "There is neither systemd nor cron on this machine: this is a line for cron. Install it (“sudo apt install cron” "
    "on Debian, “sudo dnf install cronie” on Fedora), then type the command with --install."
)


class TimeOfDay(click.ParamType[time]):
    """Hours and minutes: ``03:30``."""

    name = "HH:MM"

    def convert(self, value: str | time, param: click.Parameter | None, ctx: click.Context | None) -> time:
        if isinstance(value, time):
            return value
        try:
            return datetime.strptime(value, "%H:%M").time()
        except ValueError:
            words = Translator(ctx.params.get("lang", "fr") if ctx is not None else "fr")
            self.fail(words.gettext("“{value}” is no time of the day: write 03:30, or 22:05.", value=value), param, ctx)


@click.command("schedule", cls=Command)
@option("--at", type=TimeOfDay(), default="03:30", help="Time of the day, in the time zone of this machine.")
@click.option("--with", "scheduler", type=click.Choice([str(one) for one in Scheduler]), help="Default: what is there.")
@option("--install", "installs", is_flag=True, help="Install it, instead of printing it.")
@option("--uninstall", "uninstalls", is_flag=True, help="Remove what --install wrote for this folder.")
@lang
@click.pass_obj
def schedule_command(
    found: FoundSettings, /, at: time, scheduler: str | None, installs: bool, uninstalls: bool, lang: str
) -> None:
    """Print what starts “tutofrais run” every night in this folder.

    A systemd user timer, a line of a crontab, or a launchd agent. The folder is that of tutofrais.toml, if there is
    one; the setting “every” says on how many nights. What a run finds is no failure; a run waits for an earlier one
    that is still going, and tells the nights that were missed before it. If the settings name people, six hours later
    they are told if there was no run.
    """
    if installs and uninstalls:
        raise click.UsageError("--install and --uninstall exclude each other.")
    words = Translator(lang)
    folder = found.file.parent if found.file is not None else Path.cwd()
    if uninstalls:
        _tell_removed(uninstall(folder, Path.home()), folder, words)
        return
    _check_scenarios(folder, found.settings)
    kind = Scheduler(scheduler) if scheduler is not None else find_scheduler()
    schedules = _schedules(found.settings, folder, at, kind or Scheduler.CRON)
    if installs:
        if kind is None:
            raise NoScheduler(Scheduler.CRON, Phrase("it is not on this machine"))
        removal = install(kind, schedules, Path.home())
        _print_installed(kind, schedules)
        _tell_removed(removal, folder, words, if_any=True)
    else:
        _print(kind or Scheduler.CRON, schedules)
    _explain(kind, schedules[0], words)
    if not installs and kind is not None:
        click.echo(words.gettext(_how_to_install(kind), program=kind), err=True)


def _schedules(settings: Settings, folder: Path, at: time, kind: Scheduler) -> list[Schedule]:
    """Return when the run starts, and when it is looked whether it took place, if somebody is told."""
    command = [sys.executable, "-m", "tutofrais", "run"]
    command += ["--every", "1"] if settings.every is None else []
    command += ["--notify"] if settings.people else []
    command += ["--quiet"] if kind is Scheduler.CRON else []
    run = Schedule(at=at, command=command, folder=folder, rhythm=rhythm_of(settings.every or 1))
    watch = watch_of(run, [sys.executable, "-m", "tutofrais", "notify", "--missed"])
    return [run, watch] if settings.people else [run]


def _check_scenarios(folder: Path, settings: Settings) -> None:
    """Raise NothingToRun if a run in the folder would find no scenario."""
    scenarios = folder / settings.scenarios
    if not any(scenario_files(scenarios)):
        raise NothingToRun(scenarios, Phrase("no scenario file (*.py) is there"))


def _print(kind: Scheduler, schedules: Sequence[Schedule]) -> None:
    """Print what would be installed."""
    if kind is Scheduler.CRON:
        click.echo("\n".join(crontab_lines(schedules)))
    for path, text in (file for one in schedules for file in files_of(one, kind, Path.home()).items()):
        click.echo(f"# {path}\n{text}")
    for start in start_commands(kind, schedules):
        click.echo(" ".join(start))


def _print_installed(kind: Scheduler, schedules: Sequence[Schedule]) -> None:
    """Print what was installed."""
    if kind is Scheduler.CRON:
        click.echo("\n".join(crontab_lines(schedules)))
    for path in (path for one in schedules for path in files_of(one, kind, Path.home())):
        click.echo(path)


def _tell_removed(removal: Removal, folder: Path, words: Translator, *, if_any: bool = False) -> None:
    """Tell what was removed for a folder.

    Args:
        if_any: say nothing if it is nothing.
    """
    for path in removal.paths:
        click.echo(words.gettext("Removed: {path}", path=path))
    for line in removal.lines:
        click.echo(words.gettext("Removed from the crontab: {line}", line=line))
    if removal.unanswered:
        warning = words.gettext(
            "systemctl says: {why}. Until you log in again, systemd may still start the run.",
            why=removal.unanswered.rstrip("."),
        )
        click.secho(warning, fg="yellow", err=True)
    if removal.is_empty and not if_any:
        click.echo(words.gettext("Nothing is installed for {folder}.", folder=folder))


def _explain(kind: Scheduler | None, run: Schedule, words: Translator) -> None:
    """Say when the run starts, in which time zone, and what becomes of a night that is missed."""
    zone, report = system_zone(), str(TIMEZONE)
    click.echo(
        words.gettext("{time} is meant in the time zone of this machine: {zone}.", time=_time(run), zone=zone), err=True
    )
    if zone != report:
        click.echo(words.gettext("The times in reports are those of {zone}.", zone=report), err=True)
    rhythm = _rhythm(run.rhythm, words)
    if rhythm:
        click.echo(rhythm, err=True)
    click.echo(words.gettext(EXPLAINED[kind] if kind is not None else NO_SCHEDULER), err=True)


def _time(run: Schedule) -> str:
    return f"{run.at:%H:%M}"


def _rhythm(rhythm: Rhythm, words: Translator) -> str:
    """Say on which days a run starts; empty: every day."""
    days, months = (", ".join(map(str, numbers)) for numbers in (rhythm.days, rhythm.months))
    if rhythm.mondays:
        return words.gettext("By the setting “every”, a run starts every Monday.")
    if months:
        return words.gettext(
            "By the setting “every”, a run starts on the first day of these months: {months}.", months=months
        )
    if days:
        return words.gettext(
            "By the setting “every”, a run starts on these days of a month: {days}. No calendar counts days from one "
            "month to the next.",
            days=days,
        )
    return ""


def _how_to_install(kind: Scheduler) -> str:
    """Return how what was printed is installed."""
    if is_there(kind):
        return gettext_noop("With --install, this is done for you.")
    return gettext_noop("There is no {program} on this machine: install it, or name another program with --with.")
