"""The recipes of docs/recipes/: their shell scripts, and a stand-in for the machines on which they run."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.support.commands import PROJECT, TIMEOUT_S

RECIPES = PROJECT / "docs" / "recipes"
GITHUB = RECIPES / "github-actions.yml"
GITLAB = RECIPES / "gitlab-ci.yml"
HISTORY = "tutofrais-history"
SHELL = ("bash", "-eo", "pipefail", "-c")
"""As both services start a script."""
KEYWORDS = frozenset(("workflow", "stages", "variables", "default"))
"""Names at the top of .gitlab-ci.yml that are no job's."""


def read_yaml(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = YAML(typ="safe", pure=True).load(path.read_text("utf-8"))
    return content


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """Shell script of a recipe."""

    job: str
    name: str
    text: str
    env: Mapping[str, str]


def github_scripts() -> Iterator[Script]:
    """Yield the scripts of the workflow's steps."""
    workflow = read_yaml(GITHUB)
    for name, job in workflow["jobs"].items():
        for step in job["steps"]:
            if "run" in step:
                env = {**workflow["env"], **step.get("env", {})}
                yield Script(job=name, name=step["name"], text=step["run"], env=env)


def gitlab_scripts() -> Iterator[Script]:
    """Yield the scripts of the pipeline's jobs, each with what is done before it."""
    pipeline = read_yaml(GITLAB)
    for name, job in pipeline.items():
        if name not in KEYWORDS:
            lines = [*job.get("before_script", pipeline["default"]["before_script"]), *job["script"]]
            yield Script(job=name, name=name, text="\n".join(lines), env=pipeline["variables"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """Fresh clone of a repository, as a service makes one for each job, with tutofrais installed."""

    clone: Path
    env: Mapping[str, str]

    @classmethod
    def of(cls, origin: Path, clone: Path, **env: str) -> "Machine":
        """Clone a repository, and install this project in it."""
        git(clone.parent, "clone", "--quiet", "--depth=1", f"file://{origin}", clone.name)
        program = clone / ".venv" / "bin" / "tutofrais"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tutofrais "$@"\n')
        program.chmod(0o755)
        temporary = clone.parent / f"{clone.name}-temp"
        temporary.mkdir()
        known = {"PATH": os.environ["PATH"], "HOME": str(temporary), "PYTHONPATH": str(PROJECT), "LANG": "C.UTF-8"}
        return cls(clone=clone, env={**known, "RUNNER_TEMP": str(temporary), **env})

    def does(self, script: Script) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*SHELL, script.text],
            cwd=self.clone,
            env={**script.env, **self.env},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )


def git(folder: Path, *arguments: str) -> str:
    """Run git as nobody in particular; return what it prints."""
    person = {f"GIT_{role}_{part}": "Test" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    known = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull, **person}
    done = subprocess.run(["git", *arguments], cwd=folder, env=known, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def write_origin(folder: Path, project: Path) -> Path:
    """Make a project a repository on its own, without its runs; return the bare one that stands for the service's."""
    work = folder / "work"
    shutil.copytree(project, work, ignore=shutil.ignore_patterns("runs"))
    (work / "requirements.txt").write_text("tutofrais\n")
    git(work, "init", "--quiet", "--initial-branch=main")
    git(work, "add", "--all")
    git(work, "commit", "--quiet", "--message=Tutorials")
    git(folder, "clone", "--quiet", "--bare", "work", "origin.git")
    return folder / "origin.git"
