"""The command line, as far as it goes without a browser: what is wrong is one sentence, its cure and its code."""

import os
import shutil
import socket
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner, Result

from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.results.run_record import write_record
from tests.conftest import COMMAND, PROJECT, tutofrais
from tests.support.builders import (
    TODAY,
    accueil,
    box,
    capture_of,
    element,
    night_of,
    outcome_of,
    png_of,
    scene,
    tutorial_of,
)
from tutofrais import main

SCENARIO = """
from capture import Step, Tutorial
tutorial = Tutorial("exemple", title="Exemple", source="nous", licence="CC0", hosts=["www.exemple.test"])
@tutorial.page(1, "Accueil", starts_at="https://www.exemple.test/")
def accueil(step: Step) -> None:
    step.shoot()
tutorial.personal(2, "Compte", text=["Tapez."])
"""
PNG = png_of(scene())


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario, a replica of one era, an approved picture, and a run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios" / "replica" / "2026" / "www.exemple.test").mkdir(parents=True)
    (tmp_path / "scenarios" / "exemple.py").write_text(SCENARIO)
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    news = (element("region", "Actualités", box=box(60, 100, 100, 60)),)
    baselines.write("exemple", 1, capture_of(PNG, elements=news))
    tutorial = tutorial_of(accueil)
    folder = tmp_path / "runs" / "2026-03-02_03-30-00"
    record = night_of(
        folder, [outcome_of(tutorial.pages[0], png_of(scene(seed=9)))], baselines=baselines, tutorial=tutorial
    )
    write_record(record, folder)
    write_report(record, folder, Sentences("fr"))
    return tmp_path


def typed(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def break_scenario(desk: Path) -> None:
    (desk / "scenarios" / "exemple.py").write_text("1 / 0")


def take_scenario_away(desk: Path) -> None:
    (desk / "scenarios" / "exemple.py").unlink()


def declare_twice(desk: Path) -> None:
    (desk / "scenarios" / "exemple.py").write_text(SCENARIO + 'tutorial.fixed(1, "Encore")\n')


def take_screenshots_away(desk: Path) -> None:
    shutil.rmtree(desk / "screenshots")


def spoil_picture(desk: Path) -> None:
    (desk / "screenshots" / "replica" / "exemple" / "01.png").write_bytes(PNG[:99])


def spoil_sidecar(desk: Path) -> None:
    (desk / "screenshots" / "replica" / "exemple" / "01.json").write_text("{")


def spoil_masks(desk: Path) -> None:
    (desk / "screenshots" / "replica" / "exemple" / "masks.json").write_text("{")


def spoil_history(desk: Path) -> None:
    (desk / "runs" / "history.sqlite").write_text("no database, but long enough to be taken for one" * 9)


def hide_firefox(desk: Path) -> None:
    (desk / "true").symlink_to(shutil.which("true") or "/bin/true")


def block_runs(desk: Path) -> None:
    shutil.rmtree(desk / "runs")
    (desk / "runs").write_text("")


def block_out(desk: Path) -> None:
    (desk / "assets").write_text("")


def empty_replica(desk: Path) -> None:
    (desk / "empty").mkdir()


def move_baseline(desk: Path) -> None:
    baselines = Baselines(desk / "screenshots", "replica")
    moved = png_of(scene(seed=5))
    baselines.write("exemple", 1, capture_of(moved))


def nothing(desk: Path) -> None:
    """All is well."""


RUN = ["run", "--site", "2026"]
TYPED: list[tuple[int, object, list[str], str]] = [
    (10, break_scenario, RUN, "1"),
    (10, take_scenario_away, RUN, "*.py"),
    (11, declare_twice, RUN, "exemple/1"),
    (12, nothing, ["run", "--site", "2O26"], "2026, live"),
    (12, nothing, ["replica", "--era", "1999"], "1999"),
    (13, take_screenshots_away, RUN, "screenshots"),
    (14, spoil_picture, RUN, "01.png"),
    (14, spoil_picture, ["assets", "--site", "2026"], "01.png"),
    (15, spoil_sidecar, RUN, "01.json"),
    (15, spoil_sidecar, ["approve", "latest"], "01.json"),
    (19, block_runs, RUN, "runs"),
    (19, block_out, ["assets", "--site", "2026"], "assets"),
    (20, nothing, ["approve", "2026-03-01_03-30-00"], "2026-03-01"),
    (14, nothing, ["compare", "nowhere.png", "nowhere.png"], "nowhere.png"),
    (14, nothing, ["compare", "scenarios/exemple.py", "runs"], "runs"),
    (20, nothing, ["report", "elsewhere"], "elsewhere"),
    (20, block_runs, ["report"], "latest"),
    (21, move_baseline, ["approve", "latest"], "01.json"),
    (23, empty_replica, ["run", "--site", "empty"], "empty"),
    (25, nothing, ["approve", "latest", "9"], "9"),
    (25, nothing, ["checked", "exemple/1", "--by", "Zoé"], "exemple/2"),
    (15, spoil_masks, RUN, "masks.json"),
    (25, nothing, ["ignore", "exemple/2", "Actualités", "--by", "Zoé"], "exemple/1"),
    (26, spoil_history, RUN, "history.sqlite"),
    (27, nothing, ["ignore", "exemple/1", "Actualite", "--by", "Zoé", "--site", "2026"], "Actualités"),
]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.mark.parametrize(
    ("code", "spoil", "arguments", "named"),
    TYPED,
    ids=[f"{code}-{getattr(spoil, '__name__', '')}-{arguments[0]}" for code, spoil, arguments, _ in TYPED],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_is_wrong_is_one_sentence_its_cure_and_its_code(
    desk: Path, code: int, spoil: object, arguments: Sequence[str], named: str, lang: str
) -> None:
    assert callable(spoil)
    spoil(desk)
    before = contents(desk)
    done = typed(*arguments, "--lang", lang)
    assert done.exit_code == code, done.output
    problem, cure = done.stderr.splitlines()
    assert named in problem + cure
    assert problem.endswith(".")
    assert cure.startswith("→ ")
    assert done.stdout == ""
    assert contents(desk) == before, "nothing is half-written"


def test_a_report_that_cannot_be_written_is_named(desk: Path) -> None:
    overview = desk / "runs" / "2026-03-02_03-30-00" / "index.html"
    overview.unlink()
    overview.mkdir()
    done = typed("report", "latest", "--lang", "en")
    assert done.exit_code == 19, done.output
    assert "index.html cannot be written: Is a directory." in done.stderr


def test_nothing_is_said_when_nobody_reads_any_more(desk: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [*COMMAND, "check"]
    done = subprocess.run(command, cwd=desk, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


def test_a_replica_ends_with_ctrl_c(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutofrais.wait_for_ctrl_c", type_ctrl_c)
    done = typed("replica", "--port", "0")
    assert (done.exit_code, done.stderr) == (0, "Ctrl-C l’arrête.\n")


def test_another_command_says_no_more_than_that_it_was_interrupted(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutofrais.approve", type_ctrl_c)
    done = typed("approve", "latest")
    assert (done.exit_code, done.stderr) == (130, "\nInterrompu.\n")


def type_ctrl_c(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_port_in_use(desk: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in (["run", "--site", "2026"], ["replica"]):
            done = typed(*command, "--port", port)
            assert (done.exit_code, port in done.stderr) == (16, True)


@pytest.mark.parametrize("name", ["true", "nothing"])
def test_a_firefox_that_cannot_be_driven(desk: Path, name: str) -> None:
    hide_firefox(desk)
    before = contents(desk)
    done = tutofrais(*RUN, cwd=desk, TUTOFRAIS_FIREFOX=str(desk / name))
    assert done.returncode == 18, done.stderr
    assert "Traceback" not in done.stderr
    assert contents(desk) == before


def test_no_firefox(desk: Path) -> None:
    nowhere = str(desk / "nowhere")
    done = tutofrais(*RUN, cwd=desk, PATH=nowhere, TUTOFRAIS_FIREFOX="", PLAYWRIGHT_BROWSERS_PATH=nowhere)
    assert done.returncode == 17, done.stderr
    assert "apt install firefox-esr" in done.stderr


@pytest.mark.parametrize("port", ["-1", "70000", "http"])
def test_a_port_that_cannot_be_one_is_a_wrong_option(desk: Path, port: str) -> None:
    assert typed("replica", "--port", port).exit_code == 2


def test_approving_says_what_it_did_and_does_it_once(desk: Path) -> None:
    first, second = typed("approve", "latest"), typed("approve", "latest")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "exemple/1" in first.stdout
    assert "2 mars 2026" in first.stdout
    assert first.stdout != second.stdout


def test_a_report_is_written_again_in_another_language(desk: Path) -> None:
    done = typed("report", "--lang", "en")
    assert done.exit_code == 0
    page = Path(done.stdout.strip().rpartition(" ")[2])
    assert '<html lang="en">' in page.read_text("utf-8")


def test_a_check_by_hand_is_noted(desk: Path) -> None:
    done = typed("checked", "exemple/2", "--by", "Zoé", "--site", "2026")
    assert done.exit_code == 0, done.output
    checks = Baselines(desk / "screenshots", "replica").hand_checks("exemple")
    assert [(number, check.by) for number, check in checks.items()] == [(2, "Zoé")]


def test_what_people_write_has_the_day_of_paris(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = SimpleNamespace(now=lambda _: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    monkeypatch.setattr("report.i18n.dates.datetime", late)
    assert typed("checked", "exemple/2", "--by", "Zoé", "--site", "2026").exit_code == 0
    assert typed("ignore", "exemple/1", "Actualités", "--by", "Zoé", "--site", "2026").exit_code == 0
    baselines = Baselines(desk / "screenshots", "replica")
    assert [check.on for check in baselines.hand_checks("exemple").values()] == [TODAY]
    assert [mask.on for mask in baselines.masks("exemple")] == [TODAY]


@pytest.mark.parametrize(
    ("what", "kept"), [("actualités", {"element": "actualités"}), ("10,20,30,40", {"box": box(10, 20, 30, 40)})]
)
def test_what_is_to_be_ignored_is_noted(desk: Path, what: str, kept: dict[str, object]) -> None:
    done = typed("ignore", "exemple/1", what, "--by", "Zoé", "--why", "change chaque jour", "--site", "2026")
    assert done.exit_code == 0, done.output
    (mask,) = Baselines(desk / "screenshots", "replica").masks("exemple")
    assert (mask.page, mask.by, mask.why) == (1, "Zoé", "change chaque jour")
    assert {name: getattr(mask, name) for name in kept} == kept


def test_two_pictures_are_compared_by_themselves(desk: Path) -> None:
    approved = "screenshots/replica/exemple/01.png"
    captured = "runs/2026-03-02_03-30-00/captures/exemple/01.png"
    same, changed = typed("compare", approved, approved), typed("compare", approved, captured, "--lang", "en")
    assert (same.exit_code, changed.exit_code) == (0, 1)
    assert same.stdout == "Rien n’a changé.\n"
    assert changed.stdout.startswith("Changed: ")


def test_assets_say_where_the_tutorial_is(desk: Path) -> None:
    done = typed("assets", "--site", "2026")
    assert done.exit_code == 0, done.output
    assert Path(done.stdout.strip().rpartition(" ")[2]).is_file()
    assert "--site" not in done.stderr


def test_assets_of_a_site_of_which_nothing_is_approved_say_so(desk: Path) -> None:
    done = typed("assets", "--site", "live")
    assert done.exit_code == 0, done.output
    assert "Aucune image de ce site" in done.stderr


@pytest.mark.parametrize(
    ("spoil", "code", "crosses"), [(spoil_picture, 14, 1), (break_scenario, 10, 1), (block_runs, 19, 1)]
)
def test_the_doctor_tells_what_is_wrong_and_goes_on(desk: Path, spoil: object, code: int, crosses: int) -> None:
    assert callable(spoil)
    spoil(desk)
    hide_firefox(desk)
    done = tutofrais("doctor", cwd=desk, TUTOFRAIS_FIREFOX=str(desk / "true"))
    assert done.returncode == code, done.stderr
    assert done.stdout.count("✗") == crosses + 1, "and Firefox"
    assert done.stdout.count("→") == crosses + 1


def test_every_command_explains_itself() -> None:
    assert (PROJECT / "tutofrais.py").is_file()
    for name, command in main.commands.items():
        done = typed(name, "--help")
        assert done.exit_code == 0
        assert (command.help or "").split(".")[0].split("\n")[0] in done.stdout.replace("\n  ", " ")
