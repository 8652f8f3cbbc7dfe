"""The recipes for other machines: valid, accepted by the program, and run for real as far as they are shell."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from report.results.run_record import read_record, write_record
from report.verdict import ExitCode
from tests.support.commands import ALL_COMMANDS
from tests.support.project import RUN_ID, write_project
from tests.support.recipes import (
    GITHUB,
    GITLAB,
    HISTORY,
    RECIPES,
    SHELL,
    Machine,
    Script,
    git,
    github_scripts,
    gitlab_scripts,
    read_yaml,
    write_origin,
)

SCRIPTS = (*github_scripts(), *gitlab_scripts())
SCHEMAS = {GITHUB: ("vendor.github-workflows",), GITLAB: ("vendor.gitlab-ci", "--data-transform", "gitlab-ci")}
COMMAND_LINES = {
    ".yml": r"^[^#\n]*\.venv/bin/tutofrais ([a-z].+)",
    ".md": r"^(?:[^#\n]* )?tutofrais ([a-z].+)",
    ".container": r"^Exec=(.+)",
    "": r"^CMD \[(.+)\]",
}
"""Where command lines of tutofrais are, by the ending of a recipe's name."""
END_OF_COMMAND = re.compile(r" \|\|| \||;|&&| #")
PROGRAMS = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
NIGHT = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


def schema_says(path: Path, kind: Path) -> int:
    return CliRunner().invoke(check_jsonschema, ["--builtin-schema", *SCHEMAS[kind], str(path)]).exit_code


@pytest.mark.parametrize("recipe", SCHEMAS, ids=lambda path: path.name)
def test_a_recipe_fits_the_schema_of_its_service(recipe: Path, tmp_path: Path) -> None:
    assert schema_says(recipe, recipe) == 0
    broken = tmp_path / recipe.name
    broken.write_text(recipe.read_text("utf-8").replace("needs:", "neads:").replace("script:", "skript:"))
    assert schema_says(broken, recipe) == 1


def linted(program: str, *arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Run a linter on a text, or on the file among its arguments."""
    path = shutil.which(program, path=PROGRAMS)
    assert path is not None, f"{program} is missing: the dev extra installs it, or apt"
    return subprocess.run([path, *arguments], input=text, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: f"{script.job}: {script.name}")
def test_shell_has_no_mistake_that_shellcheck_knows(script: Script) -> None:
    checked = linted("shellcheck", "--shell=bash", "-", text=script.text)
    assert checked.returncode == 0, checked.stdout


def test_shellcheck_finds_a_mistake() -> None:
    assert linted("shellcheck", "--shell=bash", "-", text="cd $1\n").returncode == 1


def test_the_containerfile_has_no_mistake_that_hadolint_knows() -> None:
    checked = linted("hadolint", str(RECIPES / "Containerfile"))
    assert checked.returncode == 0, checked.stdout
    assert linted("hadolint", "-", text="FROM debian\n").returncode == 1


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Yield the arguments of each command line of tutofrais in the recipes, with the name of the file."""
    for file in sorted(RECIPES.iterdir()):
        text = file.read_text("utf-8")
        if file.suffix == ".md":
            text = "\n".join(re.findall(r"```console\n(.*?)```", text, re.DOTALL))
        for found in re.findall(COMMAND_LINES.get(file.suffix, "(?!)"), text, re.MULTILINE):
            words = shlex.split(END_OF_COMMAND.split(found)[0])
            yield file.name, [re.sub(r"\$\S+", "1/1", word) for word in words]


def test_every_command_line_is_accepted_by_the_program(project: Path) -> None:
    found = list(command_lines())
    for name, (command, *arguments) in found:
        with ALL_COMMANDS[command].make_context(command, arguments) as context:
            assert context.args == [], (name, command)
    named = {(name, command) for name, (command, *_) in found}
    assert {(GITHUB.name, "run"), (GITHUB.name, "merge"), (GITHUB.name, "doctor"), (GITLAB.name, "run")} <= named
    assert {(GITLAB.name, "merge"), ("Containerfile", "run"), ("tutofrais.container", "run")} <= named
    assert len(found) >= 10


def test_the_workflow_asks_for_little_and_names_versions() -> None:
    workflow = read_yaml(GITHUB)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"] == {"group": "tutofrais", "cancel-in-progress": False}
    assert workflow["defaults"]["run"]["shell"] == SHELL[0], "named, it stops at the first failure"
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}
    jobs = workflow["jobs"]
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "visit": {"contents": "read"},
        "report": {"contents": "write"},
        "pages": {"pages": "write", "id-token": "write"},
        "verdict": {},
    }
    assert all(job["timeout-minutes"] for job in jobs.values())
    used = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert len(used) > 8
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", name) for name in used)
    expressions = [text for script in github_scripts() for text in re.findall(r"\$\{\{", script.text)]
    assert expressions == [], "what a service puts into a script could be a command: it comes by the environment"


def script_of(scripts: Iterator[Script], job: str, name: str) -> Script:
    (found,) = [one for one in scripts if (one.job, one.name) == (job, name)]
    return found


def write_part(project: Path, machine: Machine, begun: datetime) -> None:
    """Put the run of a part where the report's job finds it."""
    folder = machine.clone / "parts" / "part-1" / RUN_ID
    folder.parent.mkdir(parents=True)
    (folder.parent / "history.sqlite").write_bytes(b"that of the part")
    subprocess.run(["cp", "-R", project / "runs" / RUN_ID, folder], check=True)
    record = read_record(folder)
    write_record(replace(record, started=begun, finished=begun + timedelta(minutes=20)), folder)


def github_night(machine: Machine, project: Path, begun: datetime) -> Path:
    """Write the report of a night as GitHub does; return the folder that is published."""
    write_part(project, machine, begun)
    for name in (
        "Fetch what the last night left",
        "Merge the parts into one run, and tell people",
        "Put the report together",
        "Keep the history for the next night",
    ):
        done = machine.does(script_of(github_scripts(), "report", name))
        assert done.returncode == 0, (name, done.stdout, done.stderr)
    assert Path(machine.env["GITHUB_OUTPUT"]).read_text() == "verdict=0\n"
    assert Path(machine.env["GITHUB_STEP_SUMMARY"]).read_text("utf-8").startswith("# ")
    return machine.clone / "site"


def gitlab_night(machine: Machine, project: Path, begun: datetime) -> Path:
    """Write the report of a night as GitLab does; return the folder that is published."""
    write_part(project, machine, begun)
    done = machine.does(script_of(gitlab_scripts(), "report", "report"))
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert (machine.clone / "verdict.env").read_text() == "VERDICT=0\n"
    return machine.clone / "public"


def service_files(folder: Path) -> Mapping[str, str]:
    return {name: str(folder / name.lower()) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}


@pytest.fixture
def tutorials(tmp_path: Path) -> Path:
    """Project of an organisation, with a run that stands for that of a part."""
    folder = tmp_path / "tutorials"
    folder.mkdir()
    write_project(folder)
    (folder / "tutofrais.toml").write_text('language = "en"\n')
    return folder


@pytest.mark.parametrize("night", [github_night, gitlab_night])
def test_a_night_leaves_its_history_to_the_next(night: object, tutorials: Path, tmp_path: Path) -> None:
    assert callable(night)
    origin = write_origin(tmp_path, tutorials)
    git(origin, "config", "receive.advertisePushOptions", "true")
    main = git(origin, "rev-parse", "main")
    for number, begun in enumerate((NIGHT, NIGHT + timedelta(days=3))):
        (tmp_path / str(number)).mkdir()
        files = service_files(tmp_path / str(number))
        machine = Machine.of(origin, tmp_path / str(number) / "clone", CI_SERVER_HOST="git.example.org", **files)
        site = night(machine, tutorials, begun)
        summary = next(site.glob("*/summary.md"))
        run = summary.parent.name
        assert ("2 planned runs were missed." in summary.read_text("utf-8")) == bool(number)
        assert f"url={run}/'" in (site / "index.html").read_text("utf-8")
        assert all((site / run / name).is_file() for name in ("index.html", "junit.xml", "run.json"))
        assert (site / "feed.atom").read_text("utf-8").count("<entry>") == 1 + number
        assert git(origin, "ls-tree", "--name-only", HISTORY).split() == ["feed.atom", "history.sqlite"]
        assert git(origin, "rev-list", "--count", HISTORY) == "1", "the repository does not grow"
    assert git(origin, "rev-parse", "main") == main


@pytest.mark.parametrize("job", ["visit", "report"])
def test_a_history_that_cannot_be_fetched_is_not_taken_for_none(job: str, tutorials: Path, tmp_path: Path) -> None:
    origin = write_origin(tmp_path, tutorials)
    machine = Machine.of(origin, tmp_path / "clone")
    fetch = script_of(github_scripts(), job, "Fetch what the last night left")
    assert machine.does(fetch).returncode == 0
    origin.rename(tmp_path / "away")
    assert machine.does(fetch).returncode != 0


@pytest.mark.parametrize("code", ExitCode)
def test_the_verdict_is_red_only_where_a_tutorial_needs_somebody(code: ExitCode, tmp_path: Path) -> None:
    script = script_of(github_scripts(), "verdict", "Say what the run found")
    done = Machine(clone=tmp_path, env={"VERDICT": str(code.value)}).does(script)
    red = code in (ExitCode.OUTDATED, ExitCode.REFUSED)
    assert done.returncode == (code if red else 0)
    sign = "::error::" if red else "::warning::" if code else ""
    assert done.stdout.startswith(sign)
    allowed = read_yaml(GITLAB)["verdict"]["allow_failure"]["exit_codes"]
    assert (code in allowed) == (not red and code != ExitCode.ALL_TRUE)
