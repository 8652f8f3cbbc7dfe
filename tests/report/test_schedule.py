"""What starts a run every night: units of systemd, a line of a crontab, an agent of launchd."""

import configparser
import os
import plistlib
import shlex
import subprocess
from datetime import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report.schedule import (
    BEGIN,
    END,
    Schedule,
    Scheduler,
    crontab_line,
    files_of,
    launchd_agent,
    systemd_service,
    systemd_timer,
    watch_of,
    with_lines,
)
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
    once = with_lines(before, ["first"])
    twice = with_lines(once, ["second", "third"])
    assert once.splitlines() == [*lines, BEGIN, "first", END]
    assert twice.splitlines() == [*lines, BEGIN, "second", "third", END]


def test_an_agent_of_launchd_is_a_property_list() -> None:
    agent = plistlib.loads(launchd_agent(AWKWARD).encode())
    assert agent["ProgramArguments"] == AWKWARD.command
    assert agent["StartCalendarInterval"] == {"Hour": 3, "Minute": 5}


@pytest.mark.parametrize("scheduler", Scheduler)
def test_it_is_printed_and_nothing_is_installed(
    scheduler: Scheduler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    printed = invoke("schedule", "--with", str(scheduler), "--at", "04:10", "--lang", "en")
    assert printed.exit_code == 0, printed.output
    assert "-m tutofrais run" in printed.stdout or "<string>tutofrais</string>" in printed.stdout
    assert "With --install" in printed.stderr
    assert list(tmp_path.iterdir()) == []
    assert all(tmp_path in path.parents for path in files_of(AWKWARD, scheduler, tmp_path))


CRONTAB = '#!/bin/sh\nif [ "$1" = -l ]; then cat "$HOME/tab" 2>/dev/null; else cat > "$HOME/tab"; fi\n'
REFUSES = '#!/bin/sh\necho "not allowed here" >&2\nexit 1\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Home of a person whose machine has programs of the test's own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put_program(home: Path, name: str, text: str) -> None:
    (home / name).write_text(text)
    (home / name).chmod(0o755)


def test_a_crontab_keeps_its_lines_and_gets_one_of_tutofrais(home: Path) -> None:
    put_program(home, "crontab", CRONTAB)
    (home / "tab").write_text("5 4 * * * backup\n")
    for hour in ("03:30", "04:00"):
        completed = invoke("schedule", "--with", "cron", "--install", "--at", hour)
        assert completed.exit_code == 0, completed.output
    lines = (home / "tab").read_text().splitlines()
    assert lines[0] == "5 4 * * * backup"
    assert [line.split()[:2] for line in lines if "tutofrais run" in line] == [["0", "4"]]
    assert shlex.quote(str(home)) in lines[2]


def test_units_are_written_but_never_over_those_of_another_program(home: Path) -> None:
    put_program(home, "systemctl", '#!/bin/sh\necho "$@" >> "$HOME/said"\n')
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 0
    units = home / ".config" / "systemd" / "user"
    assert sorted(path.name for path in units.iterdir()) == ["tutofrais.service", "tutofrais.timer"]
    assert (home / "said").read_text().splitlines() == ["--user daemon-reload", "--user enable --now tutofrais.timer"]
    (units / "tutofrais.timer").write_text("[Timer]\n# somebody else's\n")
    assert invoke("schedule", "--with", "systemd", "--install").exit_code == 37
    assert "somebody else" in (units / "tutofrais.timer").read_text()


def test_with_people_to_tell_another_timer_looks_whether_there_was_a_run(home: Path) -> None:
    put_program(home, "systemctl", '#!/bin/sh\necho "$@" >> "$HOME/said"\n')
    put_program(home, "crontab", CRONTAB)
    (home / "tutofrais.toml").write_text('[people.zoe]\nmail = "zoe@example.org"\n')
    assert invoke("schedule", "--with", "systemd", "--install", "--at", "22:15").exit_code == 0
    units = home / ".config" / "systemd" / "user"
    watch = unit((units / "tutofrais-watch.service").read_text())["Service"]["ExecStart"]
    assert watch.endswith("-m tutofrais notify --missed")
    assert unit((units / "tutofrais-watch.timer").read_text())["Timer"]["OnCalendar"] == "*-*-* 04:15:00"
    assert (home / "said").read_text().splitlines()[1].endswith("--now tutofrais.timer tutofrais-watch.timer")
    assert invoke("schedule", "--with", "cron", "--install").exit_code == 0
    assert sum("tutofrais" in line for line in (home / "tab").read_text().splitlines()) == 4
    agents = [plistlib.loads(launchd_agent(one).encode())["Label"] for one in (AWKWARD, watch_of(AWKWARD, ["x"]))]
    assert agents == ["org.tutofrais.run", "org.tutofrais.watch"]


def test_a_scheduler_that_refuses_is_told(home: Path) -> None:
    put_program(home, "systemctl", REFUSES)
    completed = invoke("schedule", "--with", "systemd", "--install", "--lang", "en")
    assert completed.exit_code == 44
    assert "systemctl says: not allowed here" in completed.stderr
    assert invoke("schedule", "--with", "cron", "--install").exit_code == 44, "there is no crontab"
