"""Runs with ``--attend``: a person answers a wall in the Firefox window, and the run continues."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from report.i18n.sentences import Sentences
from report.workbench.library import Folders, Library
from report.workbench.server import WorkbenchServer
from report.workbench.workbench import Workbench
from tests.support.builders import HOST, START
from tests.support.commands import run_command
from tests.support.firefox import SharedFirefox

pytestmark = pytest.mark.long

SITTING_MS = 120_000

SCENARIO = f"""
from capture import Step, Tutorial
tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=["{HOST}"])
@tutorial.page(1, "Accueil", starts_at="{START}")
def accueil(step: Step) -> None:
    step.tell("Lisez « Bonjour ».", step.heading())
    step.shoot()
tutorial.personal(2, "Code", text=["Tapez votre code."], described_on=["{START}"])
"""
# A wall that reloads itself, as many do, and sends by POST what stands for a person's answer. Nothing is sent before
# the page is handed over to a person, so it goes on trying: the test needs no clock.
PAGE = """<!doctype html><html lang=fr><meta charset=utf-8><title>Exemple</title>
{% if 'answered' in cookies %}<h1>Bonjour</h1>
{% else %}<h1>Vérification de sécurité</h1><form method=post action=/reponse></form><script>
const looks = Number(sessionStorage.looks || 0) + 1; sessionStorage.looks = looks;
if (looks < 3) setTimeout(() => location.reload(), 300);
else setInterval(() => document.forms[0].submit(), 300);
</script>{% endif %}"""
TOML = f"""templates = true
[[route]]
url = "{START}reponse"
method = "POST"
redirect = "{START}"
set_cookies = {{ answered = "1" }}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "site" / HOST).mkdir(parents=True)
    (tmp_path / "site" / HOST / "index.html").write_text(PAGE, "utf-8")
    (tmp_path / "site" / "replica.toml").write_text(TOML, "utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "exemple.py").write_text(SCENARIO, "utf-8")
    (tmp_path / "screenshots").mkdir()
    return tmp_path


@pytest.fixture
def screen() -> Iterator[str]:
    """Start a virtual screen, and yield its display number, which the X server chooses."""
    program = shutil.which("Xvfb")
    assert program, "Xvfb is missing: make test installs it, or says how"
    read, write = os.pipe()
    with subprocess.Popen(
        [program, "-displayfd", str(write), "-screen", "0", "1400x1100x24"], pass_fds=[write]
    ) as server:
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        yield f":{number}"
        server.terminate()


RUN = ("run", "--site", "site", "--lang", "en")


def test_a_wall_that_is_answered_in_the_window_is_passed(project: Path, screen: str) -> None:
    completed = run_command(*RUN, "--attend", cwd=project, DISPLAY=screen)
    assert completed.returncode == 4, completed.stderr
    assert "Answer it in the Firefox window" in completed.stderr
    assert list(project.glob("runs/*/captures/exemple/01.png"))


def test_one_sitting_does_what_only_a_person_can_do(
    project: Path, screen: str, shared_firefox: SharedFirefox, local_proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", screen)
    monkeypatch.chdir(project)
    assert run_command(*RUN, cwd=project).returncode == 3
    listed = run_command("attend", "--list", "--lang", "en", cwd=project)
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["exemple/1", "exemple/2"]
    folders = Folders(
        scenarios=project / "scenarios", screenshots=project / "screenshots", runs=project / "runs", published=project
    )
    words = Sentences("en")
    workbench = Workbench(Library(folders, words, site=None), words, demonstration=project)
    page = shared_firefox.page(1000, 900, proxy=local_proxy)
    with WorkbenchServer(workbench, words) as server:
        page.goto(f"{server.address}sitting/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Answer what the site asks for")
        page.get_by_role("button", name="Open Firefox").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Page 2 Code", timeout=SITTING_MS)
        with page.context.expect_page() as opened:
            page.get_by_role("button", name="Open the site beside this note").click()
        opened.value.close()
        page.get_by_label("What is no longer true").fill("Le code est plus long.")
        page.get_by_role("button", name="I looked: it is no longer true").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("That was all: thank you", timeout=SITTING_MS)
    workbench.close()
    assert list(project.glob("runs/*/captures/exemple/01.png")), "the wall was passed"
    assert "Le code est plus long." in next(project.glob("screenshots/*/exemple/decisions.json")).read_text("utf-8")
    assert run_command("attend", "--list", "--lang", "en", cwd=project).stdout == ""


def test_a_wall_that_nobody_answers_is_reported(project: Path) -> None:
    completed = run_command(*RUN, cwd=project)
    assert completed.returncode == 3, completed.stderr
    assert "Vérification de sécurité" in completed.stdout
    assert not list(project.glob("runs/*/captures/exemple/01.png"))


def test_without_a_screen_there_is_nobody_to_ask(project: Path) -> None:
    completed = run_command(*RUN, "--attend", cwd=project, DISPLAY="", WAYLAND_DISPLAY="")
    assert completed.returncode == 28, completed.stderr
    assert "no screen" in completed.stderr
