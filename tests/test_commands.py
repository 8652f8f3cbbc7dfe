"""The command line without a browser: messages, cures and exit codes."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from report.baselines.baselines import Baselines
from tests.support.builders import (
    TODAY,
    box,
)
from tests.support.commands import ALL_COMMANDS, COMMAND, invoke, run_command, run_process
from tests.support.old_tutorial import write_pptx
from tests.support.project import PNG, SCENARIO, move_baseline
from tutofrais import COMMANDS


def break_scenario(project: Path) -> None:
    (project / "scenarios" / "exemple.py").write_text("1 / 0")


def take_scenario_away(project: Path) -> None:
    (project / "scenarios" / "exemple.py").unlink()


def declare_twice(project: Path) -> None:
    (project / "scenarios" / "exemple.py").write_text(SCENARIO + 'tutorial.fixed(1, "Encore")\n')


def take_screenshots_away(project: Path) -> None:
    shutil.rmtree(project / "screenshots")


def spoil_picture(project: Path) -> None:
    (project / "screenshots" / "replica" / "exemple" / "01.png").write_bytes(PNG[:99])


def spoil_sidecar(project: Path) -> None:
    (project / "screenshots" / "replica" / "exemple" / "01.json").write_text("{")


def spoil_masks(project: Path) -> None:
    (project / "screenshots" / "replica" / "exemple" / "masks.json").write_text("{")


def spoil_history(project: Path) -> None:
    (project / "runs" / "history.sqlite").write_text("no database, but long enough to be taken for one" * 9)


def hide_firefox(project: Path) -> None:
    (project / "true").symlink_to(shutil.which("true") or "/bin/true")


def block_runs(project: Path) -> None:
    shutil.rmtree(project / "runs")
    (project / "runs").write_text("")


def block_out(project: Path) -> None:
    (project / "published").write_text("")


def empty_replica(project: Path) -> None:
    (project / "empty").mkdir()


def write_old_tutorial(project: Path) -> None:
    """Write an old tutorial, and a scenario where its draft would be."""
    (project / "vieux.md").write_text("# Chercher\n\nCliquez sur « Chercher ».\n", "utf-8")
    (project / "scenarios" / "exemple").mkdir()
    (project / "scenarios" / "exemple" / "exemple.py").write_text(SCENARIO.replace('"exemple"', '"autre"'))


def nothing(project: Path) -> None:
    """Change nothing: the project is valid."""


RUN = ["run", "--site", "2026"]
TYPED: list[tuple[int, object, list[str], str]] = [
    (10, break_scenario, RUN, "1"),
    (10, take_scenario_away, RUN, "*.py"),
    (11, declare_twice, RUN, "exemple/1"),
    (12, nothing, ["run", "--site", "2O26"], "2026, live"),
    (12, nothing, ["replica", "--era", "1999"], "1999"),
    (12, nothing, ["attend", "--list", "--site", "2O26"], "2026, live"),
    (13, take_screenshots_away, RUN, "screenshots"),
    (14, spoil_picture, RUN, "01.png"),
    (14, spoil_picture, ["publish", "--site", "2026"], "01.png"),
    (15, spoil_sidecar, RUN, "01.json"),
    (15, spoil_sidecar, ["approve", "latest"], "01.json"),
    (19, block_runs, RUN, "runs"),
    (19, block_out, ["publish", "--site", "2026"], "published"),
    (20, nothing, ["approve", "2026-03-01_03-30-00"], "2026-03-01"),
    (14, nothing, ["compare", "nowhere.png", "nowhere.png"], "nowhere.png"),
    (14, nothing, ["compare", "scenarios/exemple.py", "runs"], "runs"),
    (20, nothing, ["report", "elsewhere"], "elsewhere"),
    (20, block_runs, ["report"], "latest"),
    (21, move_baseline, ["approve", "latest"], "01.json"),
    (23, empty_replica, ["run", "--site", "empty"], "empty"),
    (25, nothing, ["approve", "latest", "9"], "9"),
    (25, nothing, ["confirm", "exemple/1", "--by", "Zoé"], "exemple/2"),
    (32, spoil_masks, RUN, "masks.json"),
    (25, nothing, ["ignore", "exemple/2", "Actualités", "--by", "Zoé"], "exemple/1"),
    (26, spoil_history, RUN, "history.sqlite"),
    (27, nothing, ["ignore", "exemple/1", "Actualite", "--by", "Zoé", "--site", "2026"], "Actualités"),
    (39, nothing, ["import", "scenarios/exemple.py"], ".pptx"),
    (39, nothing, ["import", "nowhere.pdf"], "nowhere.pdf"),
    (43, nothing, ["merge", "2026-03-02_03-30-00", "runs/2026-03-02_03-30-00"], "2026-03-02"),
    (40, write_old_tutorial, ["import", "vieux.md", "--name", "exemple"], "exemple.py"),
]


READ_IN_THE_BACKGROUND = (14, 15, 32)
"""Exit codes of baselines that cannot be read."""


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc"}


@pytest.mark.parametrize(
    ("code", "spoil", "arguments", "named"),
    TYPED,
    ids=[f"{code}-{getattr(spoil, '__name__', '')}-{arguments[0]}" for code, spoil, arguments, _ in TYPED],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_error_has_one_sentence_a_cure_and_an_exit_code(
    project: Path, code: int, spoil: object, arguments: Sequence[str], named: str, lang: str
) -> None:
    assert callable(spoil)
    spoil(project)
    before = contents(project)
    completed = invoke(*arguments, "--lang", lang)
    assert completed.exit_code == code, completed.output
    *progress, problem, cure = completed.stderr.splitlines()
    assert not progress or code in READ_IN_THE_BACKGROUND, "Firefox starts, on a slow machine"
    assert named in problem + cure
    assert problem.endswith(".")
    assert cure.startswith("→ ")
    assert completed.stdout == ""
    assert contents(project) == before, "nothing is half-written"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["confirm", "exemple/1", "--by", "Zoé"], "exemple/1 is no personal page"),
        (["ignore", "exemple/2", "Actualités", "--by", "Zoé"], "exemple/2 is not compared with a picture"),
        (["confirm", "exemple/3", "--by", "Zoé"], "There is no page “exemple/3” here"),
    ],
)
def test_a_page_of_another_kind_is_not_said_to_be_unknown(project: Path, typed: list[str], said: str) -> None:
    completed = invoke(*typed, "--lang", "en")
    assert completed.exit_code == 25
    assert said in completed.stderr


def test_a_report_that_cannot_be_written_is_named(project: Path) -> None:
    overview = project / "runs" / "2026-03-02_03-30-00" / "index.html"
    overview.unlink()
    overview.mkdir()
    completed = invoke("report", "latest", "--lang", "en")
    assert completed.exit_code == 19, completed.output
    assert "index.html cannot be written: Is a directory." in completed.stderr


def test_a_closed_pipe_ends_the_command_silently(project: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [*COMMAND, "lint"]
    completed = subprocess.run(command, cwd=project, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (completed.returncode, completed.stderr) == (141, b"")


def test_a_role_that_no_instruction_can_point_at_is_told_before_a_run(project: Path) -> None:
    row = '    step.tell("Voyez « Un ».", step.role("row"))\n    step.shoot()'
    (project / "scenarios" / "exemple.py").write_text(SCENARIO.replace("    step.shoot()", row), "utf-8")
    completed = invoke("lint")
    assert completed.exit_code == 10, completed.output
    assert "exemple.py:6: «\N{NO-BREAK SPACE}row\N{NO-BREAK SPACE}» est un rôle, mais aucune" in completed.stdout
    assert "rôles qu’aucune consigne ne peut montrer" in completed.stderr


def test_a_replica_ends_with_ctrl_c(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("report.commands.replica.wait_for_ctrl_c", type_ctrl_c)
    completed = invoke("replica", "--port", "0")
    assert (completed.exit_code, completed.stderr) == (0, "Ctrl-C l’arrête.\n")


def test_another_command_says_no_more_than_that_it_was_interrupted(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("report.commands.decisions.approve", type_ctrl_c)
    completed = invoke("approve", "latest")
    assert (completed.exit_code, completed.stderr) == (130, "\nInterrompu.\n")


def type_ctrl_c(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_port_in_use(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for command in (["run", "--site", "2026"], ["replica"]):
            completed = invoke(*command, "--port", port)
            assert (completed.exit_code, port in completed.stderr) == (16, True)


@pytest.mark.parametrize("name", ["true", "nothing"])
def test_a_firefox_that_cannot_be_driven(project: Path, name: str) -> None:
    hide_firefox(project)
    before = contents(project)
    completed = run_command(*RUN, cwd=project, TUTOFRAIS_FIREFOX=str(project / name))
    assert completed.returncode == 18, completed.stderr
    assert "Traceback" not in completed.stderr
    assert contents(project) == before


def test_no_firefox(project: Path) -> None:
    nowhere = str(project / "nowhere")
    completed = run_command(*RUN, cwd=project, PATH=nowhere, TUTOFRAIS_FIREFOX="", PLAYWRIGHT_BROWSERS_PATH=nowhere)
    assert completed.returncode == 17, completed.stderr
    assert "apt install firefox-esr" in completed.stderr


@pytest.mark.parametrize("port", ["-1", "70000", "http"])
def test_a_port_that_cannot_be_one_is_a_wrong_option(project: Path, port: str) -> None:
    assert invoke("replica", "--port", port).exit_code == 2


def test_approving_says_what_it_did_and_does_it_once(project: Path) -> None:
    first, second = invoke("approve", "latest"), invoke("approve", "latest")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "exemple/1" in first.stdout
    assert "2 mars 2026" in first.stdout
    assert first.stdout != second.stdout


def test_a_report_is_written_again_in_another_language(project: Path) -> None:
    completed = invoke("report", "--lang", "en")
    assert completed.exit_code == 0
    page = Path(completed.stdout.strip().rpartition(" ")[2])
    assert '<html lang="en">' in page.read_text("utf-8")


def test_a_check_by_hand_is_noted(project: Path) -> None:
    completed = invoke("confirm", "exemple/2", "--by", "Zoé", "--site", "2026")
    assert completed.exit_code == 0, completed.output
    checks = Baselines(project / "screenshots", "replica").hand_checks("exemple")
    assert [(number, check.by) for number, check in checks.items()] == [(2, "Zoé")]


def test_decisions_have_the_date_of_paris(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = SimpleNamespace(now=lambda _: datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    monkeypatch.setattr("report.i18n.dates.datetime", late)
    assert invoke("confirm", "exemple/2", "--by", "Zoé", "--site", "2026").exit_code == 0
    assert invoke("ignore", "exemple/1", "Actualités", "--by", "Zoé", "--site", "2026").exit_code == 0
    baselines = Baselines(project / "screenshots", "replica")
    assert [check.on for check in baselines.hand_checks("exemple").values()] == [TODAY]
    assert [mask.on for mask in baselines.masks("exemple")] == [TODAY]


@pytest.mark.parametrize(
    ("what", "kept"), [("actualités", {"element": "actualités"}), ("10,20,30,40", {"box": box(10, 20, 30, 40)})]
)
def test_a_mask_is_recorded(project: Path, what: str, kept: dict[str, object]) -> None:
    completed = invoke("ignore", "exemple/1", what, "--by", "Zoé", "--why", "change chaque jour", "--site", "2026")
    assert completed.exit_code == 0, completed.output
    (mask,) = Baselines(project / "screenshots", "replica").masks("exemple")
    assert (mask.page, mask.by, mask.why) == (1, "Zoé", "change chaque jour")
    assert {name: getattr(mask, name) for name in kept} == kept


def test_two_pictures_are_compared_by_themselves(project: Path) -> None:
    approved = "screenshots/replica/exemple/01.png"
    captured = "runs/2026-03-02_03-30-00/captures/exemple/01.png"
    same, changed = invoke("compare", approved, approved), invoke("compare", approved, captured, "--lang", "en")
    assert (same.exit_code, changed.exit_code) == (0, 1)
    assert same.stdout == "Rien n’a changé.\n"
    assert changed.stdout.startswith("Changed: ")


def test_an_old_tutorial_is_imported_and_its_scenario_can_be_checked(project: Path) -> None:
    write_pptx(project / "Mon compte.pptx")
    completed = invoke("import", "Mon compte.pptx", "--lang", "en")
    assert completed.exit_code == 0, completed.output
    assert completed.stdout == "scenarios/mon-compte/mon-compte.py\n"
    assert "4 pictures of the old tutorial are kept" in completed.stderr
    source = (project / completed.stdout.strip()).read_text("utf-8")
    assert source.count("# TODO") == int(completed.stderr.partition(" places to work through")[0].rpartition("\n")[2])
    assert invoke("lint").exit_code == 0
    assert sorted(path.name for path in (project / "screenshots" / "imported" / "mon-compte").iterdir()) == [
        "02-01.png",
        "03-01.png",
        "04-01.png",
        "05-01.png",
        "source.json",
    ]
    assert not list((project / "scenarios").rglob("_*"))


def test_publish_says_where_the_tutorial_is(project: Path) -> None:
    completed = invoke("publish", "--site", "2026", "--format", "html")
    assert completed.exit_code == 0, completed.output
    assert Path(completed.stdout.strip().rpartition(" ")[2]).is_file()
    assert "--site" not in completed.stderr


def test_publish_of_a_site_of_which_nothing_is_approved_says_so(project: Path) -> None:
    completed = invoke("publish", "--site", "live", "--format", "html")
    assert completed.exit_code == 0, completed.output
    assert "Aucune image de ce site" in completed.stderr


@pytest.mark.parametrize(
    ("spoil", "code", "crosses"), [(spoil_picture, 14, 1), (break_scenario, 10, 1), (block_runs, 19, 1)]
)
def test_the_doctor_tells_what_is_wrong_and_goes_on(project: Path, spoil: object, code: int, crosses: int) -> None:
    assert callable(spoil)
    spoil(project)
    hide_firefox(project)
    completed = run_command("doctor", cwd=project, TUTOFRAIS_FIREFOX=str(project / "true"))
    assert completed.returncode == code, completed.stderr
    assert completed.stdout.count("✗") == crosses + 1, "and Firefox"
    assert completed.stdout.count("→") == crosses + 1


def test_every_command_explains_itself() -> None:
    for name, command in ALL_COMMANDS.items():
        completed = invoke(name, "--help")
        assert completed.exit_code == 0
        summary = " ".join((command.help or "").split("\n\n")[0].split())
        assert summary == COMMANDS[name][1], "the table says what the command says"
        assert summary in " ".join(completed.stdout.split())


LOADED = """
import sys
from tutofrais import COMMANDS, main
try:
    main(sys.argv[2:])
except SystemExit as end:
    heavy = [name for name in sys.argv[1].split() if name in sys.modules]
    sys.exit(end.code or ", ".join(heavy) or None)
"""


@pytest.mark.parametrize(
    ("arguments", "unused"),
    [
        (["--help"], "capture report numpy cv2 PIL playwright libcst babel jinja2 weasyprint"),
        (["compare", "{picture}", "{picture}"], "playwright libcst jinja2 werkzeug weasyprint"),
        (["lint"], "cv2 weasyprint odfdo"),
    ],
)
def test_a_command_loads_only_what_it_uses(project: Path, arguments: list[str], unused: str) -> None:
    picture = "screenshots/replica/exemple/01.png"
    typed = [argument.format(picture=picture) for argument in arguments]
    completed = run_process([sys.executable, "-c", LOADED, unused, *typed], cwd=project)
    assert (completed.returncode, completed.stderr) == (0, "")


@pytest.mark.parametrize(("typed", "near"), [("notfy", "'notify'"), ("revew", "'review'"), ("zzz", None)])
def test_the_most_similar_command_is_named(typed: str, near: str | None) -> None:
    refused = invoke(typed)
    assert refused.exit_code == 2
    assert f"No such command '{typed}'." in refused.stderr
    assert ("Did you mean" in refused.stderr) == (near is not None)
    assert near is None or f"Did you mean {near}?" in refused.stderr


def test_names_of_commands_are_completed(project: Path) -> None:
    variables = {"_TUTOFRAIS_COMPLETE": "bash_complete", "COMP_WORDS": "tutofrais re", "COMP_CWORD": "1"}
    script = "from tutofrais import main; main(prog_name='tutofrais')"
    completed = run_process([sys.executable, "-c", script], cwd=project, variables=variables)
    assert completed.stdout.split() == ["plain,report", "plain,review", "plain,replica"]
