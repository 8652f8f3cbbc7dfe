"""Tests of what starts a run every night: units of systemd, a line of a crontab, an agent of launchd."""

import configparser
import plistlib
import re
import shlex
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.results.missed_runs import missed_runs
from report.schedule.installation import find_scheduler, installed
from report.schedule.rhythm import Rhythm, rhythm_of
from report.schedule.schedule import Schedule, Scheduler, Task, job_name, watch_of
from report.schedule.unit_files import (
    crontab_line,
    crontab_lines,
    files_of,
    launchd_agent,
    systemd_days,
    systemd_service,
    systemd_timer,
    with_lines,
    without_lines,
)
from report.schedule.zone import system_zone
from tests.support.commands import invoke

AWKWARD = Schedule(
    at=time(3, 5),
    command=["/opt/mes tutos/50 %/python", "-m", "tutofrais", "run", "$HOME"],
    folder=Path("/srv/l'été 100%"),
)


def unit(text: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string(text)
    return parsed


def test_a_unit_of_systemd_names_its_command_literally() -> None:
    service = unit(systemd_service(AWKWARD))["Service"]
    assert service["ExecStart"] == '"/opt/mes tutos/50 %%/python" -m tutofrais run $$HOME'
    assert service["WorkingDirectory"] == "/srv/l'été 100%%"
    assert service["SuccessExitStatus"] == "1 3 4", "what a run finds is no failure"


def test_a_timer_makes_up_for_a_night_that_was_missed() -> None:
    timer = unit(systemd_timer(AWKWARD))["Timer"]
    assert (timer["OnCalendar"], timer["Persistent"]) == ("*-*-* 03:05:00", "true")


def test_a_line_of_a_crontab_is_one_command_of_the_shell(tmp_path: Path) -> None:
    folder = tmp_path / "l'été 100%"
    folder.mkdir()
    line = crontab_line(Schedule(at=time(3, 5), command=["touch", "vu à 50 %"], folder=folder))
    minute, hour, *_, command = line.split(" ", 5)
    assert (minute, hour) == ("5", "3")
    subprocess.run(["/bin/sh", "-c", command.replace(r"\%", "%")], check=True)  # as cron does
    assert (folder / "vu à 50 %").is_file()


@given(st.lists(st.sampled_from(["MAILTO=a", "5 4 * * * x", "", "# note"]), max_size=5))
def test_other_lines_of_a_crontab_stay(lines: list[str]) -> None:
    before = "".join(f"{line}\n" for line in lines)
    other = replace(AWKWARD, folder=Path("/srv/other"))
    both = with_lines(with_lines(before, [other]), [AWKWARD])
    assert both.splitlines() == [*lines, *crontab_lines([other]), *crontab_lines([AWKWARD])]
    later = replace(AWKWARD, at=time(4, 0))
    again = with_lines(both, [later, watch_of(later, ["look"])])
    assert again.splitlines() == [*lines, *crontab_lines([other]), *crontab_lines([later, watch_of(later, ["look"])])]
    assert without_lines(again, AWKWARD.folder)[0].splitlines() == [*lines, *crontab_lines([other])]


def test_an_agent_of_launchd_is_a_property_list() -> None:
    agent = plistlib.loads(launchd_agent(AWKWARD).encode())
    assert agent["ProgramArguments"] == AWKWARD.command
    assert agent["StartCalendarInterval"] == [{"Hour": 3, "Minute": 5}]


def test_a_job_is_named_by_its_folder_and_two_of_one_name_differ() -> None:
    first, second = job_name(Path("/srv/a/l'été 100%")), job_name(Path("/srv/b/l'été 100%"))
    assert re.fullmatch("tutofrais-l-ete-100-[0-9a-f]{8}", first)
    assert first != second
    assert re.fullmatch("tutofrais-[0-9a-f]{8}", job_name(Path("/")))
    paths = [path for task in Task for path in files_of(replace(AWKWARD, task=task), Scheduler.SYSTEMD, Path("/"))]
    assert len(set(paths)) == 4


def test_each_unit_says_what_it_is_for() -> None:
    watch = watch_of(AWKWARD, ["look"])
    units = [
        unit(text(one))["Unit"]["Description"] for one in (AWKWARD, watch) for text in (systemd_service, systemd_timer)
    ]
    assert len(set(units)) == 4
    assert all(one.endswith("/srv/l'été 100%%") for one in units)


CALENDARS = {
    1: ("*-*-*", "* * *", {}),
    2: ("*-*-1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31", "1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * *", {"Day": 1}),
    7: ("Mon *-*-*", "* * 1", {"Weekday": 1}),
    14: ("*-*-1,15", "1,15 * *", {"Day": 1}),
    30: ("*-*-1", "1 * *", {"Day": 1}),
    90: ("*-1,4,7,10-1", "1 1,4,7,10 *", {"Month": 1, "Day": 1}),
}


@pytest.mark.parametrize("every", CALENDARS)
def test_each_scheduler_is_told_the_days_of_a_rhythm(every: int) -> None:
    scheduled = replace(AWKWARD, rhythm=rhythm_of(every))
    systemd, cron, launchd = CALENDARS[every]
    assert systemd_days(scheduled) == systemd
    assert crontab_line(scheduled).startswith(f"5 3 {cron} cd ")
    first = plistlib.loads(launchd_agent(scheduled).encode())["StartCalendarInterval"][0]
    assert first == {"Hour": 3, "Minute": 5, **launchd}


def days_of(rhythm: Rhythm, year: int) -> list[date]:
    """Return the days of three years on which a run starts."""
    every_day = (date(year, 1, 1) + timedelta(days=number) for number in range(3 * 366))
    return [
        day
        for day in every_day
        if (not rhythm.mondays or day.weekday() == 0)
        and day.day in (rhythm.days or range(1, 32))
        and day.month in (rhythm.months or range(1, 13))
    ]


@given(st.integers(1, 366))
def test_no_rhythm_is_so_much_slower_that_a_run_counts_as_missed(every: int) -> None:
    rhythm = rhythm_of(every)
    for one, following in pairwise(datetime.combine(day, time(3, 30), UTC) for day in days_of(rhythm, 2027)):
        assert missed_runs(one, following, every) is None
        assert following - one <= timedelta(days=max(rhythm.longest_days, 366 if every == 366 else 0))


def test_the_zone_of_this_machine_is_that_of_its_clock(tmp_path: Path) -> None:
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/Argentina/Ushuaia")
    assert system_zone(link) == "America/Argentina/Ushuaia"
    assert re.fullmatch(r"UTC[+-]\d\d:\d\d", system_zone(tmp_path / "none"))


CRONTAB = '#!/bin/sh\nif [ "$1" = -l ]; then cat "$HOME/tab" 2>/dev/null; else cat > "$HOME/tab"; fi\n'
SYSTEMCTL = '#!/bin/sh\necho "$@" >> "$HOME/said"\n'
REFUSES = '#!/bin/sh\necho "not allowed here" >&2\nexit 1\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Home of a person whose machine has only programs of the test's own, with a project in which they are."""
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", str(home / "bin"))
    monkeypatch.chdir(project_in(tmp_path / "a" / "tutos"))
    for name in ("cat", "sh", "touch"):
        (home / "bin" / name).symlink_to(f"/bin/{name}")
    return home


def project_in(folder: Path, settings: str = "") -> Path:
    """Write a project: a scenario, and settings if there are any."""
    (folder / "scenarios").mkdir(parents=True, exist_ok=True)
    (folder / "scenarios" / "exemple.py").touch()
    if settings:
        (folder / "tutofrais.toml").write_text(settings)
    return folder


def put_program(home: Path, name: str, text: str) -> None:
    (home / "bin" / name).write_text(text)
    (home / "bin" / name).chmod(0o755)


def units_in(home: Path) -> list[str]:
    return sorted(path.name for path in home.glob(".config/systemd/user/*"))


def unit_of(home: Path, kind: str) -> configparser.SectionProxy:
    """Return the main section of the only unit of a kind whose name ends so."""
    (path,) = home.glob(f".config/systemd/user/*{kind}")
    return unit(path.read_text())[path.suffix.removeprefix(".").capitalize()]


@pytest.mark.parametrize("scheduler", Scheduler)
def test_it_is_printed_and_nothing_is_installed(scheduler: Scheduler, home: Path) -> None:
    printed = invoke("schedule", "--with", str(scheduler), "--at", "04:10", "--lang", "en")
    assert printed.exit_code == 0, printed.output
    assert "-m tutofrais run" in printed.stdout or "<string>tutofrais</string>" in printed.stdout
    assert f"There is no {scheduler} on this machine" in printed.stderr
    assert f"04:10 is meant in the time zone of this machine: {system_zone()}." in printed.stderr
    assert not list(home.glob(".config")) + list(home.glob("Library"))
    assert all(home in path.parents for path in files_of(AWKWARD, scheduler, home))


def test_installing_is_offered_where_it_is_possible(home: Path) -> None:
    put_program(home, "crontab", CRONTAB)
    assert "With --install, this is done" in invoke("schedule", "--with", "cron", "--lang", "en").stderr


def test_a_crontab_keeps_its_lines_and_gets_those_of_each_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(home, "crontab", CRONTAB)
    (home / "tab").write_text("5 4 * * * backup\n")
    for hour in ("03:30", "04:00"):
        completed = invoke("schedule", "--with", "cron", "--install", "--at", hour)
        assert completed.exit_code == 0, completed.output
    monkeypatch.chdir(project_in(home.parent / "b" / "tutos"))
    assert invoke("schedule", "--with", "cron", "--install").exit_code == 0
    lines = (home / "tab").read_text().splitlines()
    assert lines[0] == "5 4 * * * backup"
    assert [line.split()[:2] for line in lines if "tutofrais run" in line] == [["0", "4"], ["30", "3"]]
    assert shlex.quote(str(Path.cwd())) in lines[5]
    assert installed(Path.cwd(), home) == (lines[5],)
    removed = invoke("schedule", "--uninstall", "--lang", "en")
    assert removed.exit_code == 0, removed.output
    assert "Removed from the crontab: 30 3 * * * " in removed.stdout
    assert (home / "tab").read_text().splitlines() == lines[:4]


def test_a_crontab_that_cannot_be_read_is_not_replaced(home: Path) -> None:
    put_program(
        home, "crontab", f'#!/bin/sh\nif [ "$1" != -l ]; then touch "{home}/tab"; fi\n' + REFUSES.partition("\n")[2]
    )
    completed = invoke("schedule", "--with", "cron", "--install", "--lang", "en")
    assert completed.exit_code == 44
    assert "crontab says: not allowed here" in completed.stderr
    assert not (home / "tab").exists()
    put_program(home, "systemctl", SYSTEMCTL)
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 0


def test_each_folder_has_units_of_its_own_and_removes_them_alone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_program(home, "systemctl", SYSTEMCTL)
    here, there = Path.cwd(), project_in(home.parent / "b" / "tutos")
    for folder in (here, there, here):
        monkeypatch.chdir(folder)
        assert invoke("schedule", "--with", "systemd", "--install").exit_code == 0
    own = [f"{job_name(here)}.service", f"{job_name(here)}.timer"]
    others = [f"{job_name(there)}.service", f"{job_name(there)}.timer"]
    assert units_in(home) == sorted(own + others)
    assert [*installed(here, home)] == own
    assert (home / "said").read_text().splitlines()[:2] == ["--user daemon-reload", f"--user enable --now {own[1]}"]
    removed = invoke("schedule", "--uninstall", "--lang", "en")
    assert [Path(line.removeprefix("Removed: ")).name for line in removed.stdout.splitlines()] == own
    assert units_in(home) == others
    assert (home / "said").read_text().splitlines()[-2:] == [f"--user disable --now {own[1]}", "--user daemon-reload"]
    again = invoke("schedule", "--uninstall", "--lang", "en")
    assert again.stdout == f"Nothing is installed for {here}.\n"


def test_another_scheduler_takes_the_place_of_the_first(home: Path) -> None:
    put_program(home, "systemctl", SYSTEMCTL)
    put_program(home, "crontab", CRONTAB)
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 0
    assert invoke("schedule", "--with", "cron", "--install").exit_code == 0
    assert units_in(home) == []
    assert "tutofrais run" in (home / "tab").read_text()


def test_a_unit_of_another_program_is_never_replaced_nor_removed(home: Path) -> None:
    put_program(home, "systemctl", SYSTEMCTL)
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 0
    timer = home / ".config" / "systemd" / "user" / f"{job_name(Path.cwd())}.timer"
    timer.write_text("[Timer]\n# somebody else's tutofrais\n")
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 37
    assert invoke("schedule", "--uninstall").exit_code == 0
    assert units_in(home) == [timer.name]


def test_with_people_to_tell_another_timer_looks_whether_there_was_a_run(home: Path) -> None:
    put_program(home, "systemctl", SYSTEMCTL)
    put_program(home, "crontab", CRONTAB)
    people = '[people.zoe]\nmail = "zoe@example.org"\n'
    project_in(Path.cwd(), people)
    assert invoke("schedule", "--with", "systemd", "--install", "--at", "22:15").exit_code == 0
    assert unit_of(home, "-watch.service")["ExecStart"].endswith("-m tutofrais notify --missed --hours 36")
    assert unit_of(home, "-watch.timer")["OnCalendar"] == "*-*-* 04:15:00"
    assert unit_of(home, "[0-9a-f].service")["ExecStart"].endswith("run --every 1 --notify")
    name = job_name(Path.cwd())
    assert (home / "said").read_text().splitlines()[1].endswith(f"--now {name}.timer {name}-watch.timer")
    project_in(Path.cwd(), "every = 1\n")
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 0
    assert units_in(home) == [f"{name}.service", f"{name}.timer"], "nobody is told any more"
    assert unit_of(home, ".service")["ExecStart"].endswith("-m tutofrais run")
    project_in(Path.cwd(), people)
    assert invoke("schedule", "--with", "cron", "--install").exit_code == 0
    assert sum("tutofrais" in line for line in (home / "tab").read_text().splitlines()) == 4
    agents = [plistlib.loads(launchd_agent(one).encode())["Label"] for one in (AWKWARD, watch_of(AWKWARD, ["x"]))]
    assert agents[0].startswith("org.tutofrais.l-ete-100-")
    assert agents[1] == f"{agents[0]}-watch"


def test_the_rhythm_is_that_of_the_settings(home: Path) -> None:
    project_in(Path.cwd(), 'every = 7\n[people.zoe]\nmail = "zoe@example.org"\n')
    printed = invoke("schedule", "--with", "systemd", "--lang", "en")
    assert "OnCalendar=Mon *-*-* 03:30:00" in printed.stdout
    assert "--every" not in printed.stdout
    assert "--missed --hours 180" in printed.stdout
    assert "a run starts every Monday" in printed.stderr
    project_in(Path.cwd(), "every = 10\n")
    assert "on these days of a month: 1, 11, 21." in invoke("schedule", "--with", "cron", "--lang", "en").stderr
    project_in(Path.cwd(), "every = 365\n")
    assert "first day of these months: 1." in invoke("schedule", "--with", "cron", "--lang", "en").stderr


def test_the_job_starts_in_the_folder_of_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = project_in(Path.cwd(), "pause = 2\n")
    monkeypatch.chdir(project / "scenarios")
    assert f"cd {project} && " in invoke("schedule", "--with", "cron").stdout


@pytest.mark.parametrize("arguments", [[], ["--install"]])
def test_nothing_is_scheduled_where_there_is_no_scenario(home: Path, arguments: list[str]) -> None:
    put_program(home, "systemctl", SYSTEMCTL)
    (Path.cwd() / "scenarios" / "exemple.py").unlink()
    completed = invoke("schedule", "--with", "systemd", "--lang", "en", *arguments)
    assert (completed.exit_code, completed.stdout) == (10, "")
    assert f"Nothing can be scheduled for {Path.cwd() / 'scenarios'}: no scenario file" in completed.stderr
    assert units_in(home) == []


def test_systemd_that_refuses_leaves_everything_as_it_was(home: Path) -> None:
    put_program(home, "systemctl", REFUSES)
    completed = invoke("schedule", "--with", "systemd", "--install", "--lang", "en")
    assert completed.exit_code == 44
    assert "systemctl says: not allowed here" in completed.stderr
    assert "loginctl enable-linger" in completed.stderr
    assert "XDG_RUNTIME_DIR" in completed.stderr
    assert units_in(home) == []
    put_program(home, "systemctl", SYSTEMCTL)
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 0
    put_program(home, "systemctl", REFUSES)
    assert invoke("schedule", "--with", "systemd", "--install", "--at", "04:00").exit_code == 44
    assert unit_of(home, ".timer")["OnCalendar"] == "*-*-* 03:30:00"
    removed = invoke("schedule", "--uninstall", "--lang", "en")
    assert "systemd may still start the run" in removed.stderr
    assert units_in(home) == []


@pytest.mark.parametrize("scheduler", Scheduler)
def test_a_scheduler_that_is_not_there_is_refused(home: Path, scheduler: Scheduler) -> None:
    completed = invoke("schedule", "--with", str(scheduler), "--install", "--lang", "en")
    assert completed.exit_code == 44, completed.output
    assert f"could not be scheduled by {scheduler}: it is not on this machine" in completed.stderr
    assert "apt install cron" in completed.stderr
    assert not list(home.glob(".config")) + list(home.glob("Library"))


def test_where_nothing_starts_runs_it_is_said_what_to_install(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Linux")
    assert find_scheduler() is None
    printed = invoke("schedule", "--lang", "en")
    assert printed.exit_code == 0, printed.output
    assert "30 3 * * * cd " in printed.stdout
    assert "neither systemd nor cron" in printed.stderr
    assert "is done for you" not in printed.stderr
    assert invoke("schedule", "--install").exit_code == 44
    put_program(home, "crontab", CRONTAB)
    assert find_scheduler() is Scheduler.CRON


@pytest.mark.parametrize("typed", ["4h", "25:00"])
def test_what_is_no_time_of_the_day_is_told_in_the_language_of_the_person(home: Path, typed: str) -> None:
    refused = invoke("schedule", "--at", typed, "--lang", "fr")
    assert refused.exit_code == 2
    assert f"« {typed} » n’est pas une heure de la journée" in refused.stderr.replace("\u00a0", " ")
    assert "03:30" in refused.stderr
