"""The workbench's server: pages, actions, and what it refuses."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from report.i18n.sentences import Sentences
from report.review.private_server import HEADERS
from report.workbench.job_messages import DeclaredPage
from report.workbench.library import Folders, Library
from report.workbench.server import WorkbenchServer
from report.workbench.workbench import Workbench
from tests.support.private_client import ask, origin
from tests.support.project import PNG, RUN_ID, write_project

TUTORIAL = "tutorials/exemple"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path)
    return tmp_path


def open_workbench(folder: Path, *, site: str | None = None) -> Workbench:
    folders = Folders(
        scenarios=folder / "scenarios",
        screenshots=folder / "screenshots",
        runs=folder / "runs",
        published=folder / "published",
    )
    words = Sentences("fr")
    return Workbench(Library(folders, words, site=site), words, demonstration=folder / "demonstration")


@pytest.fixture
def served(project: Path) -> Iterator[WorkbenchServer]:
    workbench = open_workbench(project)
    with WorkbenchServer(workbench, workbench.sentences) as server:
        yield server
    workbench.close()


def act(server: WorkbenchServer, kind: str, **more: Any) -> tuple[int, dict[str, Any]]:
    """Send an action as a page of the workbench does; return the status and the decoded answer."""
    body = msgspec.json.encode({"kind": kind, "by": "Zoé", "tutorial": "exemple", **more})
    headers = {"Origin": origin(server), "Content_Type": "application/json"}
    status, _, answer = ask(server, "act", method="POST", body=body, **headers)
    return status, json.loads(answer) if answer else {}


def text(new: str, old: str = "Tapez.") -> dict[str, Any]:
    return {"words": [{"page": 2, "line": 0, "sentence": old, "new_sentence": new}]}


def scenario(project: Path) -> str:
    return (project / "scenarios" / "exemple.py").read_text("utf-8")


@pytest.mark.parametrize(
    "path",
    ["", "sitting/", TUTORIAL, f"{TUTORIAL}/publish", f"runs/{RUN_ID}/", f"runs/{RUN_ID}/exemple/01.html"],
)
def test_every_page_is_served_under_a_strict_policy(served: WorkbenchServer, path: str) -> None:
    status, headers, html = ask(served, path)
    assert status == 200
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert b"Exemple" in html
    assert b"<script>" not in html
    assert b"style=" not in html


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/wrong-token/",
        "nothing",
        "static/../workbench/server.py",
        "static/decide.js",
        "runs/../scenarios/",
        "runs/..%2f..%2fetc/",
        "runs/nothing/",
        f"runs/{RUN_ID}",
        f"runs/{RUN_ID}/run.json",
        "preview/../history.sqlite",
        "preview/exemple/index.html",
        "published/../scenarios/exemple.py",
        "tutorials/autre",
        f"{TUTORIAL}/autre",
    ],
)
def test_anything_else_is_not_found(served: WorkbenchServer, path: str) -> None:
    assert ask(served, path)[0] == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"Origin": "http://ailleurs.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Content_Type": "text/plain"}, 403),
        ({"Host": "ailleurs.test"}, 404),
    ],
)
def test_only_the_workbenchs_own_pages_may_act(
    served: WorkbenchServer, project: Path, change: dict[str, str], status: int
) -> None:
    before = scenario(project)
    body = msgspec.json.encode({"kind": "text", "by": "Zoé", "tutorial": "exemple", **text("Choisissez.")})
    headers = {"Origin": origin(served), "Content_Type": "application/json", **change}
    assert ask(served, "act", method="POST", body=body, **headers)[0] == status
    assert (scenario(project) == before) is (status != 200)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_no_other_method_does_anything(served: WorkbenchServer, method: str) -> None:
    assert ask(served, "act", method=method, Origin=origin(served))[0] == 405


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"kind": "rm"}', b'{"kind": "run", "site": 1}', b"\xff", b'{"kind": "text", "pages": [0]}'],
)
def test_a_body_that_is_no_action_is_refused(served: WorkbenchServer, body: bytes) -> None:
    headers = {"Origin": origin(served), "Content_Type": "application/json"}
    assert ask(served, "act", method="POST", body=body, **headers)[0] == 409


def test_a_sentence_is_corrected_and_the_correction_undone(served: WorkbenchServer, project: Path) -> None:
    before = scenario(project)
    assert act(served, "text", **text("Choisissez « un code ».")) == (200, {"job": 0})
    assert scenario(project) == before.replace("Tapez.", "Choisissez « un code ».")
    html = ask(served, TUTORIAL)[2].decode()
    assert "Choisissez" in html
    assert "exemple/2\u00a0: corrigée, Tapez." in html
    assert act(served, "undo", number=1)[0] == 200
    assert scenario(project) == before
    assert act(served, "undo", number=1)[0] == 409, "it is undone already"


def test_what_others_changed_since_stays_when_a_correction_is_undone(served: WorkbenchServer, project: Path) -> None:
    before = scenario(project)
    act(served, "text", **text("Choisissez."))
    file = project / "scenarios" / "exemple.py"
    file.write_text(scenario(project) + "# by another person\n", "utf-8")
    assert act(served, "undo", number=1)[0] == 200
    assert scenario(project) == before + "# by another person\n"


def test_a_line_that_was_changed_since_is_not_undone(served: WorkbenchServer, project: Path) -> None:
    act(served, "text", **text("Choisissez."))
    act(served, "text", **text("Choisissez un code.", old="Choisissez."))
    now = scenario(project)
    status, answer = act(served, "undo", number=1)
    assert (status, "ont été modifiées depuis" in answer["error"]) == (409, True)
    assert scenario(project) == now
    assert act(served, "undo", number=2)[0] == 200
    assert act(served, "undo", number=1)[0] == 200
    assert "Tapez." in scenario(project)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (text("Choisissez.", old="Autre chose."), "dit maintenant autre chose"),
        (text("Tapez."), "la même"),
        (text("Choisissez\u202e."), "caractères de contrôle"),
        (text("Deux\nlignes."), "caractères de contrôle"),
        (text("x" * 3000), "trop long"),
    ],
)
def test_a_correction_that_does_not_fit_changes_nothing(
    served: WorkbenchServer, project: Path, words: dict[str, Any], why: str
) -> None:
    before = scenario(project)
    status, answer = act(served, "text", **words)
    assert (status, why in answer["error"]) == (409, True)
    assert scenario(project) == before
    assert sorted(path.name for path in (project / "scenarios").iterdir()) == ["exemple.py", "replica"]


def test_a_correction_stays_text_whatever_it_says(served: WorkbenchServer, project: Path) -> None:
    hostile = '"]); __import__("os").system("touch broken") #'
    assert act(served, "text", **text(hostile))[0] == 200
    assert hostile in ask(served, TUTORIAL)[2].decode().replace("&#34;", '"')
    assert not (project / "broken").exists()


def test_nobody_corrects_without_a_name(served: WorkbenchServer, project: Path) -> None:
    before = scenario(project)
    assert act(served, "text", by=" ", **text("Choisissez."))[0] == 409
    assert scenario(project) == before


def test_a_link_out_of_the_scenarios_is_not_followed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "exemple.py"
    file = project / "scenarios" / "exemple.py"
    file.rename(outside)
    file.symlink_to(outside)
    before = outside.read_bytes()
    workbench = open_workbench(project)
    with WorkbenchServer(workbench, workbench.sentences) as served:
        status, answer = act(served, "text", **text("Choisissez."))
    assert (status, "pas parmi les scénarios" in answer["error"]) == (409, True)
    assert outside.read_bytes() == before


def test_a_scenario_that_the_sandbox_refuses_is_told_and_not_executed(project: Path) -> None:
    file = project / "scenarios" / "exemple.py"
    file.write_text(f"import os\nos.mkdir({str(project / 'broken')!r})\n{scenario(project)}")
    workbench = open_workbench(project)
    with WorkbenchServer(workbench, workbench.sentences) as served:
        status, _, html = ask(served)
    assert status == 200
    assert "ne peuvent pas être lus" in html.decode()
    assert "import" in html.decode()
    assert not (project / "broken").exists()


def test_a_new_picture_is_accepted_and_taken_back(served: WorkbenchServer, project: Path) -> None:
    picture = project / "screenshots" / "replica" / "exemple" / "01.png"
    assert act(served, "approve", pages=[1])[0] == 200
    assert picture.read_bytes() != PNG
    assert act(served, "undo", number=1)[0] == 200
    assert picture.read_bytes() == PNG
    assert act(served, "approve", pages=[2])[0] == 409, "no scenario goes there"


def test_every_change_is_one_commit_where_there_is_a_repository(served: WorkbenchServer, project: Path) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=project, check=True, capture_output=True, text=True).stdout

    git("init", "--quiet")
    for name, value in (
        ("user.name", "Atelier"),
        ("user.email", "atelier@exemple.invalid"),
        ("commit.gpgsign", "false"),
    ):
        git("config", name, value)
    git("add", ".")
    git("commit", "--quiet", "--message", "Start")
    (project / "unrelated.txt").write_text("")
    act(served, "text", **text("Choisissez."))
    act(served, "approve", pages=[1])
    act(served, "undo", number=1)
    titles = git("log", "--format=%s").splitlines()
    assert [title.partition("\u00a0")[0] for title in titles] == ["Annulé", "exemple/1", "exemple/2", "Start"]
    assert git("status", "--porcelain").splitlines() == ["?? unrelated.txt"]
    assert git("show", "--stat", "--format=", "HEAD~1").count("screenshots/") == 3


def test_a_repository_that_refuses_a_commit_is_told_and_nothing_is_lost(served: WorkbenchServer, project: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    hook = project / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho refused by the hook >&2\nexit 1\n")
    hook.chmod(0o755)
    assert act(served, "text", **text("Choisissez."))[0] == 200
    assert "Choisissez." in scenario(project)
    assert "refused by the hook" in ask(served, TUTORIAL)[2].decode()


def test_a_first_start_offers_the_demonstration(tmp_path: Path) -> None:
    write_project(tmp_path / "demonstration")
    workbench = open_workbench(tmp_path)
    with WorkbenchServer(workbench, workbench.sentences) as served:
        assert "Commencer par la démonstration" in ask(served)[2].decode()
        assert act(served, "demonstrate")[0] == 200
        assert "Exemple" in ask(served)[2].decode()
        assert act(served, "demonstrate")[0] == 409, "there are tutorials now"
    assert workbench.library.site == "2026"
    assert (tmp_path / "screenshots" / "replica" / "exemple" / "01.png").read_bytes() == PNG


def test_the_site_is_one_that_there_is(served: WorkbenchServer) -> None:
    assert act(served, "site", site="live")[0] == 200
    assert '<option value="live" selected>' in ask(served)[2].decode()
    assert act(served, "site", site="../ailleurs")[0] == 409


def test_the_workbench_ends_when_it_is_asked_to(project: Path) -> None:
    workbench = open_workbench(project)
    with WorkbenchServer(workbench, workbench.sentences) as served:
        assert not workbench.ended.is_set()
        assert act(served, "quit")[0] == 200
    assert workbench.ended.is_set()


def test_a_declared_page_that_was_never_run_is_to_be_checked(served: WorkbenchServer) -> None:
    view = served._workbench.library.view("exemple")
    page, personal = view.pages
    assert isinstance(page.declared, DeclaredPage)
    assert (page.to_check, page.to_approve, personal.due) == (True, False, True), "the run was of another text"
