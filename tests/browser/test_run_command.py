"""``tutofrais run``, ``doctor`` and ``replica`` as processes: exit codes, signals, crashes, a full disk."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from capture.browser.firefox import FIREFOX_VARIABLE, find_stock_firefox
from report.i18n.sentences import Sentences
from tests.support.builders import HOST, START
from tests.support.commands import COMMAND, PROJECT, TIMEOUT_S, run_command, start_command
from tests.support.faults import BUSY, CUT_OFF, FULL, INTERRUPTED, KILLED, NO_HANDLES

FRENCH = Sentences("fr")
PAGES_OF_AMELI = 5
"""Pages of the ameli tutorial that a scenario visits."""


def test_a_run_of_2026_says_what_is_outdated_and_where_the_report_is(tmp_path: Path) -> None:
    done = run_command("run", "--site", "2026", "--runs", str(tmp_path))
    assert done.returncode == 1, done.stderr
    (folder,) = (file for file in tmp_path.iterdir() if file.is_dir())
    assert done.stdout.splitlines()[-1].endswith(str(folder / "index.html"))
    assert f"{folder.name}/index.html" in (tmp_path / "feed.atom").read_text("utf-8")
    assert done.stdout.count("✗ Texte à réécrire") == 5
    assert "Choisir sa caisse : 0 consigne vraie sur 3" in done.stderr.replace("\u00a0", " "), "progress is told"


FALSE = f"""
from capture import Step, Tutorial
one = Tutorial("one", title="1", source="nous", licence="CC0", hosts=["{HOST}"])
@one.page(1, "accueil", starts_at="{START}")
def visit(step: Step) -> None:
    step.tell("Lisez « Bonsoir ».", step.heading())
    step.shoot()
"""


def test_a_run_may_succeed_whatever_it_finds_and_speak_english(tmp_path: Path) -> None:
    (tmp_path / "site" / HOST).mkdir(parents=True)
    (tmp_path / "site" / HOST / "index.html").write_text("<!doctype html><html lang=fr><h1>Bonjour", "utf-8")
    (tmp_path / "scenario.py").write_text(FALSE, "utf-8")
    (tmp_path / "screenshots").mkdir()
    command = ("run", "--site", "site", "--scenarios", "scenario.py", "--exit-zero", "--lang", "en")
    done = run_command(*command, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 page to correct out of 1 seen" in done.stdout
    (folder,) = (file for file in (tmp_path / "runs").iterdir() if file.is_dir())
    assert '<html lang="en">' in (folder / "index.html").read_text("utf-8")


def test_a_site_that_cannot_be_reached_ends_with_3_and_no_traceback(tmp_path: Path) -> None:
    scenario = tmp_path / "absent.py"
    scenario.write_text(
        "from capture import Step, Tutorial\n"
        'tutorial = Tutorial("absent", title="T", source="s", licence="CC0", hosts=["tutofrais.invalid"])\n'
        '@tutorial.page(1, "accueil", starts_at="https://tutofrais.invalid/")\n'
        "def accueil(step: Step) -> None:\n    step.shoot()\n"
    )
    (tmp_path / "screenshots").mkdir()
    done = run_command("run", "--scenarios", str(scenario), cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "Non vérifiée" in done.stdout


def test_scenarios_and_sites_of_other_people_run(tmp_path: Path) -> None:
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
    assert run_command("run", *common, cwd=tmp_path).returncode == 4, "nothing is approved yet"
    assert run_command("approve", "latest", cwd=tmp_path).returncode == 0
    assert run_command("run", *common, cwd=tmp_path).returncode == 0
    made = run_command("assets", *common, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "assets" / "mairie" / "01.png").exists()


@pytest.mark.parametrize("seen", ["Firefox", " 2/13"])
def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path, seen: str) -> None:
    run = run_of("2026", tmp_path)
    wait_for(run, seen)
    os.killpg(run.pid, signal.SIGINT)
    _, errors = run.communicate(timeout=TIMEOUT_S)
    assert (run.returncode,) == INTERRUPTED.exit_codes, errors
    assert FRENCH.gettext(INTERRUPTED.message) in errors
    assert "Traceback" not in errors
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_run_that_is_killed_leaves_the_approved_pictures_whole_and_no_firefox(tmp_path: Path) -> None:
    shots = PROJECT / "screenshots"
    before = {path: path.read_bytes() for path in shots.rglob("*") if path.is_file()}
    run = run_of("2026", tmp_path)
    wait_for(run, " 4/13")
    family = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.communicate(timeout=TIMEOUT_S)
    assert len(family) > 2
    assert psutil.wait_procs(family, timeout=TIMEOUT_S)[1] == []
    assert {path: path.read_bytes() for path in shots.rglob("*") if path.is_file()} == before
    again = run_command("run", "--site", "2020", "--runs", str(tmp_path / "runs"))
    assert again.returncode == 0, again.stderr


def run_of(site: str, folder: Path) -> subprocess.Popen[str]:
    """Start a run, and return its process."""
    return start_command("run", "--site", site, "--runs", str(folder / "runs"))


def wait_for(run: subprocess.Popen[str], words: str) -> None:
    """Read a run's progress until a line contains these words."""
    assert run.stderr is not None
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        line = run.stderr.readline()
        if words in line:
            return
        assert line, "the run ended before it said so"
    raise AssertionError(words)


def test_the_doctor_finds_everything_in_order() -> None:
    done = run_command("doctor")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("✓") == len(done.stdout.splitlines()) == 8


def test_the_replica_can_be_looked_at_and_is_stopped_with_ctrl_c() -> None:
    run = start_command("replica", "--era", "2020", "--port", "0")
    assert run.stdout is not None
    assert run.stdout.readline().startswith("http://assure.ameli.fr.localhost:")
    os.killpg(run.pid, signal.SIGINT)
    run.communicate(timeout=TIMEOUT_S)
    assert run.returncode == 0


@pytest.mark.parametrize(("victim", "seen"), [("driver", "Firefox démarre"), ("driver", " 2/13"), ("firefox", " 4/13")])
def test_a_firefox_that_is_killed_is_replaced_and_every_page_seen(tmp_path: Path, victim: str, seen: str) -> None:
    run = run_of("2020", tmp_path)
    wait_for(run, seen)
    family = psutil.Process(run.pid).children(recursive=True)
    kill(run, {"firefox": "--remote-debugging-port", "driver": "run-driver"}[victim])
    said, told = run.communicate(timeout=TIMEOUT_S)
    assert "Traceback" not in told
    assert psutil.wait_procs(family, timeout=TIMEOUT_S)[1] == []
    assert run.returncode in KILLED.exit_codes, told
    if run.returncode == 0:
        assert seen == "Firefox démarre" or FRENCH.gettext(KILLED.message) in told
        assert said.count("À jour") == 5
    else:
        assert not list((tmp_path / "runs").glob("*")), "Firefox never started, and says so"


def kill(run: subprocess.Popen[str], words: str) -> None:
    """Kill the descendant process of a run whose command line contains these words."""
    deadline = time.monotonic() + TIMEOUT_S
    while time.monotonic() < deadline:
        for process in psutil.Process(run.pid).children(recursive=True):
            with suppress(psutil.Error):
                if words in " ".join(process.cmdline()):
                    process.kill()
                    return
    pytest.fail(f"no process of the run has {words}")


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
    done = subprocess.run([sys.executable, "-c", DRIVEN], cwd=PROJECT, env=environment, check=False, timeout=TIMEOUT_S)
    assert done.returncode == 0
    assert tried.exists()


SUSPENDED = """
import contextlib, sys
import psutil
import capture.browser.tab_context as tab_context
import tutofrais

open_firefox, limits = tutofrais.open_firefox, iter([1, tab_context.OPEN_CLOSE_S])
victim = sys.argv.pop(1)

@contextlib.contextmanager
def suspend_the_first(**options):
    with open_firefox(**options) as firefox:
        tab_context.OPEN_CLOSE_S = next(limits)
        if tab_context.OPEN_CLOSE_S == 1:
            for process in psutil.Process().children(recursive=True):
                if any(victim in word for word in process.cmdline()):
                    process.suspend()
        yield firefox

tutofrais.open_firefox = suspend_the_first
tutofrais.main()
"""


@pytest.mark.parametrize("victim", ["run-driver", "--remote-debugging-port"])
def test_a_firefox_that_never_opens_a_tab_is_replaced(tmp_path: Path, victim: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SUSPENDED, victim, "run", "--site", "2020", "--runs", str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert FRENCH.gettext(KILLED.message) in done.stderr
    assert done.stdout.count("À jour") == PAGES_OF_AMELI


HASTY = "import capture.browser.watchdog, tutofrais; capture.browser.watchdog.VISIT_S = 8; tutofrais.main()"
ENDLESS = """<!doctype html><html lang=fr><title>Exemple</title><h1>Bonjour</h1>
<script>onload = () => new MutationObserver(() => { for (;;); }).observe(document, { childList: true, subtree: true })
</script>"""
"""Page whose script runs endlessly once a screenshot of it is taken."""
FOUR_PAGES = f"""
from capture import Step, Tutorial
def visit(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()
first = Tutorial("endless", title="1", source="nous", licence="CC0", hosts=["{HOST}"])
first.page(1, "sans fin", starts_at="{START}endless")(visit)
first.page(2, "suite", starts_at="{START}")(visit)
second = Tutorial("other", title="2", source="nous", licence="CC0", hosts=["{HOST}"])
second.page(1, "début", starts_at="{START}")(visit)
second.page(2, "suite", starts_at="{START}")(visit)
"""


def test_a_page_that_keeps_firefox_busy_for_ever_is_left_and_the_others_are_seen(tmp_path: Path) -> None:
    pages = tmp_path / "site" / HOST
    (pages / "endless").mkdir(parents=True)
    (pages / "index.html").write_text(ENDLESS.partition("<script>")[0], "utf-8")
    (pages / "endless" / "index.html").write_text(ENDLESS, "utf-8")
    (tmp_path / "scenario.py").write_text(FOUR_PAGES, "utf-8")
    (tmp_path / "screenshots").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", HASTY, "run", "--site", "site", "--scenarios", "scenario.py", "--lang", "en"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (done.returncode,) == BUSY.exit_codes, done.stderr
    assert Sentences("en").gettext(BUSY.message, sign="8 s") in done.stdout
    assert done.stdout.count("Never approved") == 3


SLOW = f'[[route]]\nurl = "{START}lente"\npage = "index.html"\nlatency_s = 20\n'
TWO_TUTORIALS = FOUR_PAGES.replace(f'starts_at="{START}endless"', f'starts_at="{START}"').replace(
    f'second.page(2, "suite", starts_at="{START}")', f'second.page(2, "suite", starts_at="{START}lente")'
)


def test_a_run_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    pages = tmp_path / "site" / HOST
    pages.mkdir(parents=True)
    (pages / "index.html").write_text(ENDLESS.partition("<script>")[0], "utf-8")
    (tmp_path / "site" / "replica.toml").write_text(SLOW, "utf-8")
    (tmp_path / "scenario.py").write_text(TWO_TUTORIALS, "utf-8")
    (tmp_path / "screenshots").mkdir()
    command = ("run", "--site", "site", "--scenarios", "scenario.py", "--lang", "en")
    with start_command(*command, cwd=tmp_path) as process:
        assert process.stderr is not None
        assert any("other  1/2" in line for line in process.stderr)
        process.kill()
    (left,) = (tmp_path / "runs").glob(".*.partial")
    seen = {path.name: path.stat().st_mtime_ns for path in left.glob("captures/endless/*.png")}
    (tmp_path / "site" / "replica.toml").write_text("", "utf-8")
    (pages / "lente").mkdir()
    (pages / "lente" / "index.html").write_text(ENDLESS.partition("<script>")[0], "utf-8")
    done = run_command(*command, "--resume", cwd=tmp_path)
    assert done.returncode == CUT_OFF.exit_codes[0], done.stderr
    assert Sentences("en").gettext(CUT_OFF.message) in done.stderr
    assert done.stdout.count("Never approved") == 4
    (run,) = (tmp_path / "runs").glob("*/run.json")
    assert run.parent.name == left.name.removeprefix(".").removesuffix(".partial")
    kept = {path.name: path.stat().st_mtime_ns for path in run.parent.glob("captures/endless/*.png")}
    assert len(seen) == 2
    assert kept == seen, "they were not taken again"
    assert not list((tmp_path / "runs").glob(".*"))


@pytest.mark.parametrize("kilobytes", [200, 900])
def test_a_full_disk_ends_the_run_with_its_cure_and_leaves_nothing(tmp_path: Path, kilobytes: int) -> None:
    run = " ".join([*COMMAND, "run", "--site", "2020", "--runs", str(tmp_path)])
    small_disk = (
        f"mount -t tmpfs -o size={kilobytes}k tmpfs {tmp_path} && {{ {run}; code=$?; ls -A {tmp_path}; exit $code; }}"
    )
    done = subprocess.run(
        ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", small_disk],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert (done.returncode,) == FULL.exit_codes, done.stderr
    assert FRENCH.gettext(FULL.message) in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == "", "nothing half-written is left"


@pytest.mark.parametrize("handles", [40, 96])
def test_a_run_without_file_handles_never_hangs_nor_says_that_all_is_well(tmp_path: Path, handles: int) -> None:
    run = " ".join([*COMMAND, "run", "--site", "2020", "--runs", str(tmp_path / "runs")])
    done = subprocess.run(
        ["sh", "-c", f"ulimit -n {handles}; exec {run}"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    # The number of handles that Firefox needs depends on the machine: with enough of them, every page is checked.
    complete = done.returncode == 0 and done.stdout.count("À jour") == PAGES_OF_AMELI
    assert complete or done.returncode in NO_HANDLES.exit_codes, done.stderr
    assert "Traceback" not in done.stderr
