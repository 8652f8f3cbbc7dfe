"""``tutofrais run``, ``doctor`` and ``replica``, mostly as processes: exit codes, signals, crashes, a full disk."""

import os
import signal
import subprocess
import sys
import time
from contextlib import nullcontext, suppress
from pathlib import Path

import psutil
import pytest

from capture.browser.firefox import FIREFOX_VARIABLE, RunningFirefox, find_stock_firefox
from report.i18n.sentences import Sentences
from report.verdict import ExitCode, Verdict
from tests.support.builders import HOST, START
from tests.support.commands import COMMAND, PROJECT, TIMEOUT_S, invoke, run_command, run_process, start_command
from tests.support.faults import BUSY, CUT_OFF, FATAL, FULL, INTERRUPTED, KILLED, NO_HANDLES

pytestmark = pytest.mark.long

FRENCH = Sentences("fr")
BONJOUR = "<!doctype html><html lang=fr><title>Exemple</title><h1>Bonjour</h1>"
VISIT = """
from capture import Step, Tutorial
def visit(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()
"""
ONE_PAGE = f"""{VISIT}
tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=["{HOST}"])
tutorial.page(1, "début", starts_at="{START}")(visit)
"""
TWO_PAGES = f'{ONE_PAGE}tutorial.page(2, "suite", starts_at="{START}")(visit)\n'
FOUR_IN_ONE = TWO_PAGES + "".join(f'tutorial.page({n}, "suite", starts_at="{START}")(visit)\n' for n in (3, 4))
PAGES = 2
NEVER_APPROVED = FRENCH.verdict(Verdict.NEW)
RUN = ("run", "--site", "site", "--scenarios", "scenario.py", "--exit-zero")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Folder with a site and a scenario of two pages, without baselines."""
    (tmp_path / "site" / HOST).mkdir(parents=True)
    (tmp_path / "site" / HOST / "index.html").write_text(BONJOUR, "utf-8")
    (tmp_path / "scenario.py").write_text(TWO_PAGES, "utf-8")
    (tmp_path / "screenshots").mkdir()
    return tmp_path


@pytest.fixture
def started(firefox: RunningFirefox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command, called in this process, use the Firefox of the other tests."""
    monkeypatch.setattr("report.commands.run.open_firefox", lambda **_: nullcontext(firefox))


@pytest.mark.usefixtures("started")
def test_a_run_of_2026_says_what_is_outdated_and_where_the_report_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT)
    completed = invoke("run", "--site", "2026", "--runs", str(tmp_path))
    assert completed.exit_code == 1, completed.stderr
    (folder,) = (file for file in tmp_path.iterdir() if file.is_dir())
    assert completed.stdout.splitlines()[-1].endswith(str(folder / "index.html"))
    assert f"{folder.name}/index.html" in (tmp_path / "feed.atom").read_text("utf-8")
    assert completed.stdout.count("✗ Texte à réécrire") == 5
    assert "Choisir sa caisse : 0 consigne vraie sur 3" in completed.stderr.replace("\u00a0", " "), "progress is told"


@pytest.mark.usefixtures("started")
def test_a_run_may_succeed_whatever_it_finds_and_speak_english(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    (project / "scenario.py").write_text(ONE_PAGE, "utf-8")
    (project / "site" / HOST / "index.html").write_text(BONJOUR.replace("Bonjour", "Bonsoir"), "utf-8")
    completed = invoke(*RUN, "--lang", "en")
    assert completed.exit_code == 0, completed.stderr
    assert "1 text to rewrite" in completed.stdout
    (folder,) = (file for file in (project / "runs").iterdir() if file.is_dir())
    assert '<html lang="en">' in (folder / "index.html").read_text("utf-8")


@pytest.mark.usefixtures("started")
def test_a_site_that_cannot_be_reached_ends_with_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    scenario = tmp_path / "absent.py"
    scenario.write_text(
        "from capture import Step, Tutorial\n"
        'tutorial = Tutorial("absent", title="T", source="s", licence="CC0", hosts=["tutofrais.invalid"])\n'
        '@tutorial.page(1, "accueil", starts_at="https://tutofrais.invalid/")\n'
        "def accueil(step: Step) -> None:\n    step.shoot()\n"
    )
    (tmp_path / "screenshots").mkdir()
    completed = invoke("run", "--scenarios", str(scenario))
    assert completed.exit_code == 3, completed.stderr
    assert "Non vérifiée" in completed.stdout


@pytest.mark.usefixtures("started")
def test_scenarios_and_sites_of_other_people_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    host = tmp_path / "site" / "www.mairie.test"
    host.mkdir(parents=True)
    (host / "index.html").write_text("<!doctype html><title>Mairie</title><h1>Bienvenue</h1>", "utf-8")
    scenarios = tmp_path / "mes scénarios"
    scenarios.mkdir()
    (scenarios / "mairie.py").write_text(
        "from capture import Step, Tutorial\n"
        'tutorial = Tutorial("mairie", title="T", source="s", licence="CC0", hosts=["www.mairie.test"])\n'
        '@tutorial.page(1, "accueil", starts_at="https://www.mairie.test/")\n'
        "def accueil(step: Step) -> None:\n"
        '    step.tell("Lisez « Bienvenue ».", step.heading())\n    step.shoot()\n',
        "utf-8",
    )
    (tmp_path / "screenshots").mkdir()
    common = ("--scenarios", str(scenarios), "--site", str(tmp_path / "site"))
    assert invoke("run", *common).exit_code == 4, "nothing is approved yet"
    assert invoke("approve", "latest").exit_code == 0
    assert invoke("run", *common).exit_code == 0
    made = invoke("publish", *common)
    assert made.exit_code == 0, made.stderr
    assert (tmp_path / "published" / "mairie" / "pictures" / "01.png").exists()


@pytest.mark.parametrize("progress", ["Firefox", " 1/2"])
def test_ctrl_c_leaves_nothing_half_written(project: Path, progress: str) -> None:
    run = start_command(*RUN, "--pause", "600", cwd=project)  # its second page is never visited
    wait_for(run, progress)
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=TIMEOUT_S)
    assert (run.returncode,) == INTERRUPTED.exit_codes, errors
    assert FRENCH.gettext(INTERRUPTED.message) in errors
    assert "Traceback" not in errors
    assert list((project / "runs").iterdir()) == []


def test_a_run_that_is_killed_leaves_the_approved_pictures_whole_and_no_firefox(tmp_path: Path) -> None:
    shots = PROJECT / "screenshots"
    before = {path: path.read_bytes() for path in shots.rglob("*") if path.is_file()}
    run = start_command("run", "--site", "2026", "--runs", str(tmp_path / "runs"))
    wait_for(run, " 3/13")
    family = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.communicate(timeout=TIMEOUT_S)
    assert len(family) > 2
    assert psutil.wait_procs(family, timeout=TIMEOUT_S)[1] == []
    assert {path: path.read_bytes() for path in shots.rglob("*") if path.is_file()} == before


def wait_for(run: subprocess.Popen[str], text: str) -> None:
    """Read a run's progress until a line contains these words."""
    assert run.stderr is not None
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        line = run.stderr.readline()
        if text in line:
            return
        assert line, "the run ended before it said so"
    raise AssertionError(text)


def test_the_doctor_finds_everything_in_order() -> None:
    completed = run_command("doctor")
    assert completed.returncode == 0, completed.stdout
    signs = [line[0] for line in completed.stdout.splitlines()]
    assert (signs.count("✓"), signs.count("–"), len(signs)) == (9, 3, 12), "no settings, people and schedule here"


def test_the_replica_can_be_looked_at_and_is_stopped_with_ctrl_c() -> None:
    run = start_command("replica", "--era", "2020", "--port", "0")
    assert run.stdout is not None
    assert run.stdout.readline().startswith("http://assure.ameli.fr.localhost:")
    os.killpg(run.pid, signal.SIGINT)
    run.communicate(timeout=TIMEOUT_S)
    assert run.returncode == 0


VICTIMS = {"firefox": "--remote-debugging-port", "driver": "run-driver"}
"""Words of the command lines of a run's descendant processes."""


def test_a_firefox_and_a_driver_that_are_killed_are_replaced_and_every_page_seen(project: Path) -> None:
    # With a fourth page, the run is not near its end when the second process is killed.
    (project / "scenario.py").write_text(FOUR_IN_ONE, "utf-8")
    run = start_command(*RUN, cwd=project)
    families = []
    for victim, progress in (("firefox", " 1/4"), ("driver", " 2/4")):
        wait_for(run, progress)
        families += psutil.Process(run.pid).children(recursive=True)
        kill(run, VICTIMS[victim])
    stdout, stderr = run.communicate(timeout=TIMEOUT_S)
    assert "Traceback" not in stderr
    assert psutil.wait_procs(families, timeout=TIMEOUT_S)[1] == []
    assert run.returncode in KILLED.exit_codes, stderr
    if run.returncode == 0:
        assert FRENCH.gettext(KILLED.message) in stderr
        assert stdout.count(NEVER_APPROVED) == 4
    else:
        assert not list((project / "runs").glob("*")), "Firefox never started again, and says so"


def test_a_driver_that_is_killed_before_firefox_has_started_ends_the_run_or_is_replaced(project: Path) -> None:
    run = start_command(*RUN, cwd=project)
    wait_for(run, "Firefox démarre")
    kill(run, VICTIMS["driver"])
    stdout, stderr = run.communicate(timeout=TIMEOUT_S)
    assert "Traceback" not in stderr
    assert run.returncode in KILLED.exit_codes, stderr
    if run.returncode == 0:
        assert stdout.count(NEVER_APPROVED) == PAGES
    else:
        assert not list((project / "runs").glob("*")), "Firefox never started, and says so"


def kill(run: subprocess.Popen[str], text: str) -> None:
    """Kill the descendant process of a run whose command line contains these words."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        for process in psutil.Process(run.pid).children(recursive=True):
            with suppress(psutil.Error):
                if text in " ".join(process.cmdline()):
                    process.kill()
                    return
    pytest.fail(f"no process of the run has {text}")


DRIVEN = (
    "from capture.browser.firefox import open_firefox\nwith open_firefox() as firefox: print(firefox.browser.version)"
)


def test_a_firefox_that_stops_as_it_starts_is_started_once_more(tmp_path: Path) -> None:
    found = find_stock_firefox()
    assert found is not None
    tried = tmp_path / "tried"
    script = tmp_path / "firefox"
    script.write_text(f'#!/bin/sh\nif [ -e {tried} ]; then exec {found} "$@"; fi\ntouch {tried}\nexit 1\n', "utf-8")
    script.chmod(0o755)
    environment = {**os.environ, FIREFOX_VARIABLE: str(script)}
    completed = subprocess.run(
        [sys.executable, "-c", DRIVEN], cwd=PROJECT, env=environment, check=False, timeout=TIMEOUT_S
    )
    assert completed.returncode == 0
    assert tried.exists()


SUSPENDED = """
import contextlib
import psutil
import capture.browser.tab_context as tab_context
import report.commands.run as command
import tutofrais

open_firefox, limit = command.open_firefox, tab_context.OPEN_CLOSE_S
victims = ["run-driver", "--remote-debugging-port"]

@contextlib.contextmanager
def suspend_the_first_two(**options):
    with open_firefox(**options) as firefox:
        tab_context.OPEN_CLOSE_S = 1 if victims else limit
        victim = victims.pop() if victims else None
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                if victim and any(victim in word for word in process.cmdline()):
                    process.suspend()
        yield firefox

command.open_firefox = suspend_the_first_two
tutofrais.main()
"""


def test_a_firefox_or_driver_that_never_opens_a_tab_is_replaced(project: Path) -> None:
    completed = run_process([sys.executable, "-c", SUSPENDED, *RUN], cwd=project)
    assert completed.returncode == 0, completed.stderr
    assert FRENCH.gettext(KILLED.message) in completed.stderr
    assert completed.stdout.count(NEVER_APPROVED) == PAGES


HASTY = "import capture.browser.watchdog, tutofrais; capture.browser.watchdog.VISIT_S = 8; tutofrais.main()"
ENDLESS = f"""{BONJOUR}<script>
onload = () => new MutationObserver(() => {{ for (;;); }}).observe(document, {{ childList: true, subtree: true }})
</script>"""
"""Page whose script runs endlessly once a screenshot of it is taken."""
FOUR_PAGES = f"""{VISIT}
first = Tutorial("endless", title="1", source="nous", licence="CC0", hosts=["{HOST}"])
first.page(1, "sans fin", starts_at="{START}endless")(visit)
first.page(2, "suite", starts_at="{START}")(visit)
second = Tutorial("other", title="2", source="nous", licence="CC0", hosts=["{HOST}"])
second.page(1, "début", starts_at="{START}")(visit)
second.page(2, "suite", starts_at="{START}")(visit)
"""


def test_a_page_that_keeps_firefox_busy_for_ever_is_left_and_the_others_are_seen(project: Path) -> None:
    (project / "site" / HOST / "endless").mkdir()
    (project / "site" / HOST / "endless" / "index.html").write_text(ENDLESS, "utf-8")
    (project / "scenario.py").write_text(FOUR_PAGES, "utf-8")
    completed = run_process([sys.executable, "-c", HASTY, *RUN[:-1], "--lang", "en"], cwd=project)
    assert (completed.returncode,) == BUSY.exit_codes, completed.stderr
    assert Sentences("en").gettext(BUSY.message, sign="8 s") in completed.stdout
    assert completed.stdout.count("Never approved") == 3


DEADLY = """
import capture.browser.tab, capture.runner.runner, tutofrais
from capture.browser.firefox import kill_firefox

go = capture.browser.tab.Tab.go

def go_or_stop(tab, url):
    if url.endswith("endless"):
        kill_firefox()
    go(tab, url)

capture.browser.tab.Tab.go = go_or_stop
capture.runner.runner.MOST_STOPS = 2
tutofrais.main()
"""


def test_a_page_on_which_firefox_always_stops_costs_itself_alone(project: Path) -> None:
    (project / "scenario.py").write_text(FOUR_PAGES, "utf-8")
    completed = run_process([sys.executable, "-c", DEADLY, *RUN[:-1], "--lang", "en"], cwd=project)
    assert (completed.returncode,) == FATAL.exit_codes, completed.stderr
    assert FATAL.message in " ".join(completed.stdout.split())
    assert completed.stdout.count("Never approved") == 3


SLOW = f'[[route]]\nurl = "{START}lente"\npage = "index.html"\nlatency_s = 20\n'
TWO_TUTORIALS = FOUR_PAGES.replace(f'starts_at="{START}endless"', f'starts_at="{START}"').replace(
    f'second.page(2, "suite", starts_at="{START}")', f'second.page(2, "suite", starts_at="{START}lente")'
)


def test_a_killed_run_can_be_resumed(project: Path) -> None:
    replica = project / "site" / "replica.toml"
    replica.write_text(SLOW, "utf-8")
    (project / "scenario.py").write_text(TWO_TUTORIALS, "utf-8")
    command = (*RUN[:-1], "--lang", "en")
    with start_command(*command, cwd=project) as process:
        assert process.stderr is not None
        assert any("other  1/2" in line for line in process.stderr)
        process.kill()
    (partial,) = (project / "runs").glob(".*.partial")
    before = {path.name: path.stat().st_mtime_ns for path in partial.glob("captures/endless/*.png")}
    replica.write_text(SLOW.replace("latency_s = 20", ""), "utf-8")
    completed = run_command(*command, "--resume", cwd=project)
    assert completed.returncode == CUT_OFF.exit_codes[0], completed.stderr
    assert Sentences("en").gettext(CUT_OFF.message) in completed.stderr
    assert completed.stdout.count("Never approved") == 4
    (run,) = (project / "runs").glob("*/run.json")
    assert run.parent.name == partial.name.removeprefix(".").removesuffix(".partial")
    after = {path.name: path.stat().st_mtime_ns for path in run.parent.glob("captures/endless/*.png")}
    assert len(before) == 2
    assert after == before, "they were not taken again"
    assert not list((project / "runs").glob(".*"))


def test_a_full_disk_ends_the_run_with_its_cure_and_leaves_nothing(project: Path) -> None:
    kilobytes = 40  # enough for the folders of a run, not for a capture
    runs = project / "runs"
    run = " ".join([*COMMAND, *RUN])
    small_disk = f"mount -t tmpfs -o size={kilobytes}k tmpfs {runs} && {{ {run}; code=$?; ls -A {runs}; exit $code; }}"
    runs.mkdir()
    completed = run_process(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", small_disk], cwd=project)
    assert (completed.returncode,) == FULL.exit_codes, completed.stderr
    assert FRENCH.gettext(FULL.message) in completed.stderr
    assert "Traceback" not in completed.stderr
    assert completed.stdout == "", "nothing half-written is left"


IMPATIENT = """
import tutofrais
from capture.browser import firefox, tab_context
firefox.OPEN_CLOSE_S = tab_context.OPEN_CLOSE_S = 3
tutofrais.main()
"""


@pytest.mark.parametrize("handles", [40, 96])
def test_a_run_without_file_handles_never_hangs_nor_says_that_all_is_well(project: Path, handles: int) -> None:
    completed = subprocess.run(
        [
            "sh",
            "-c",
            'ulimit -n "$1"; shift; exec "$@"',
            "sh",
            str(handles),
            sys.executable,
            "-c",
            IMPATIENT,
            *RUN[:-1],
        ],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    # The number of handles that Firefox needs depends on the machine: with enough of them, every page is checked.
    complete = completed.returncode == ExitCode.NEW and completed.stdout.count(NEVER_APPROVED) == PAGES
    assert complete or completed.returncode in NO_HANDLES.exit_codes, completed.stderr
    assert "Traceback" not in completed.stderr
