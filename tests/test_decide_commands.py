"""Commands that record decisions: ``apply``, ``approve``, ``review``."""

import http.client
import json
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest

from report.baselines.baselines import Baselines
from report.baselines.decision import DecisionFile, DecisionKind, DecisionRequest
from report.results.run_record import PageRecord, read_record
from report.results.run_store import find_run
from tests.support.commands import TIMEOUT_S, invoke, start_command
from tests.support.project import RUN_ID, move_baseline


def page_of_run(project: Path) -> PageRecord:
    ((_, page),) = read_record(find_run(project / "runs", "latest")).pages()
    return page


def decision_request(project: Path, kind: DecisionKind, **more: str) -> DecisionRequest:
    page = page_of_run(project)
    assert page.approved is not None
    seen = {"captured": page.capture_sha256, "approved": page.approved.sidecar_sha256}
    return DecisionRequest(tutorial="exemple", kind=kind, **{"page": 1, **seen, **more})  # type: ignore[arg-type]


def export(project: Path, *choices: DecisionRequest) -> str:
    """Write a file of decisions as the report exports it; return its path."""
    file = DecisionFile(run=RUN_ID, baselines="replica", by="Zoé", decisions=choices)
    (project / "decisions.json").write_bytes(msgspec.json.encode(file))
    return "decisions.json"


def baselines(project: Path) -> Baselines:
    return Baselines(project / "screenshots", "replica")


def git(folder: Path, *arguments: str) -> str:
    completed = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return completed.stdout.strip()


@pytest.fixture
def repository(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Project folder in a git repository, with an uncommitted file beside the baselines."""
    for name in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{name}_NAME", "Zoé")
        monkeypatch.setenv(f"GIT_{name}_EMAIL", "")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git(project, "init", "--quiet")
    git(project, "add", "screenshots", "scenarios")
    git(project, "commit", "--quiet", "--message", "before")
    (project / "scenarios" / "exemple.py").write_text("# unfinished\n")
    git(project, "add", "scenarios")
    return project


def test_exported_decisions_are_applied(project: Path) -> None:
    completed = invoke("apply", export(project, decision_request(project, DecisionKind.APPROVE, note="nouveau logo")))
    assert (completed.exit_code, completed.stderr) == (0, "")
    assert "exemple/1" in completed.stdout
    shown = page_of_run(project)
    assert shown.captured is not None
    approved = baselines(project).read("exemple", 1)
    assert approved is not None
    assert approved.sidecar.picture_sha256 == shown.captured.picture_sha256
    ((decision),) = baselines(project).decisions("exemple")
    assert (decision.by, decision.note) == ("Zoé", "nouveau logo")


def test_an_applied_decision_answers_the_run_judgement(project: Path) -> None:
    invoke("apply", export(project, decision_request(project, DecisionKind.KEEP, person="Ali", note="à réécrire")))
    ((decision),) = baselines(project).decisions("exemple")
    assert decision.holds(page_of_run(project).judgement, decision.on)


def test_decisions_that_cannot_be_applied_are_listed_and_the_others_are_applied(project: Path) -> None:
    wrong = decision_request(project, DecisionKind.KEEP, captured="0" * 64)
    completed = invoke("apply", export(project, wrong, decision_request(project, DecisionKind.KEEP)), "--lang", "en")
    assert completed.exit_code == 21, completed.output
    told, _, cure = completed.stderr.splitlines()
    assert told.startswith("exemple/1: ")
    assert cure.startswith("→ ")
    assert [one.kind for one in baselines(project).decisions("exemple")] == [DecisionKind.KEEP]


def test_applying_to_what_moved_meanwhile_changes_nothing(project: Path) -> None:
    file = export(project, decision_request(project, DecisionKind.APPROVE))
    move_baseline(project)
    before = baselines(project).read_sidecar("exemple", 1)
    assert invoke("apply", file).exit_code == 21
    assert baselines(project).read_sidecar("exemple", 1) == before


@pytest.mark.parametrize(
    ("content", "code"), [("{}", 33), ("", 33), ('{"run": "nie", "baselines": "x", "by": "x", "decisions": []}', 20)]
)
def test_a_file_that_is_no_export_is_refused(project: Path, content: str, code: int) -> None:
    (project / "decisions.json").write_text(content)
    completed = invoke("apply", "decisions.json")
    assert completed.exit_code == code, completed.output
    assert completed.stderr.splitlines()[1].startswith("→ ")


def test_decisions_are_one_commit_of_the_approved_captures_and_nothing_else(repository: Path) -> None:
    completed = invoke("apply", export(repository, decision_request(repository, DecisionKind.APPROVE)), "--commit")
    assert (completed.exit_code, completed.stderr) == (0, "")
    assert git(repository, "rev-list", "--count", "HEAD") == "2"
    changed = git(repository, "show", "--name-only", "--format=", "HEAD").splitlines()
    folder = "screenshots/replica/exemple"
    assert changed == [f"{folder}/01.json", f"{folder}/01.png", f"{folder}/decisions.json"]
    title, _, line = git(repository, "show", "--no-patch", "--format=%B", "HEAD").splitlines()
    assert RUN_ID in title
    assert "exemple/1" in line
    assert git(repository, "diff", "--cached", "--name-only") == "scenarios/exemple.py", (
        "what was begun is left as it was"
    )


def test_a_decision_that_changes_nothing_makes_no_commit(repository: Path) -> None:
    file = export(repository, decision_request(repository, DecisionKind.KEEP))
    for _ in range(2):
        assert invoke("apply", file, "--commit").exit_code == 0
    assert git(repository, "rev-list", "--count", "HEAD") == "2"


def test_outside_git_the_decision_is_written_and_that_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    completed = invoke("apply", export(project, decision_request(project, DecisionKind.KEEP)), "--commit")
    assert completed.exit_code == 31, completed.output
    assert len(baselines(project).decisions("exemple")) == 1


def test_without_git_that_is_said(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(project))
    assert invoke("apply", export(project, decision_request(project, DecisionKind.KEEP)), "--commit").exit_code == 31


def ask(address: str, path: str, body: bytes | None = None) -> str:
    """Send a request of a page of the review; return the answer's text."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_S)
    sent = {"Origin": f"http://{parts.netloc}", "Content-Type": "application/json"}
    connection.request("GET" if body is None else "POST", f"{parts.path}{path}", body, sent)
    answer = connection.getresponse()
    assert answer.status == 200
    return answer.read().decode()


def decide(address: str, project: Path, kind: DecisionKind) -> None:
    token = ask(address, "exemple/01.html").partition('data-token="')[2].partition('"')[0]
    ask(
        address,
        "decide",
        msgspec.json.encode({"by": "Zoé", "token": token, "request": decision_request(project, kind)}),
    )


@pytest.fixture
def reviewed() -> Callable[[Path], subprocess.CompletedProcess[str]]:
    """Function that starts a review, approves a page in it, and ends it with Ctrl-C."""

    def review(project: Path) -> subprocess.CompletedProcess[str]:
        served = start_command("review", "--no-browser", "--commit", cwd=project)
        try:
            assert served.stdout is not None
            decide(served.stdout.readline().strip(), project, DecisionKind.APPROVE)
            served.send_signal(signal.SIGINT)
            out, errors = served.communicate(timeout=TIMEOUT_S)
        finally:
            served.kill()
        return subprocess.CompletedProcess(served.args, served.returncode, out, errors)

    return review


def test_a_review_ends_with_what_was_decided_in_it(
    repository: Path, reviewed: Callable[[Path], subprocess.CompletedProcess[str]]
) -> None:
    completed = reviewed(repository)
    assert completed.returncode == 0, completed.stderr
    assert "Traceback" not in completed.stderr
    first, second = completed.stdout.splitlines()
    assert first == "1 décision appliquée."
    assert RUN_ID in second
    assert git(repository, "log", "--format=%s", "-1") in second


def test_a_review_of_no_run_is_refused(project: Path) -> None:
    assert invoke("review", "2026-01-01_00-00-00", "--no-browser").exit_code == 20


def test_an_approval_says_by_whom_and_why(project: Path) -> None:
    assert invoke("approve", "latest", "--by", "Zoé", "--why", "refonte").exit_code == 0
    ((decision),) = baselines(project).decisions("exemple")
    assert (decision.by, decision.note, decision.run) == ("Zoé", "refonte", RUN_ID)


def test_an_approval_is_by_who_is_logged_in(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "lea")
    assert invoke("approve", "latest").exit_code == 0
    assert [one.by for one in baselines(project).decisions("exemple")] == ["lea"]


def test_a_report_is_one_file_to_send(project: Path) -> None:
    completed = invoke("report", "--single-file", "mail.html", "--lang", "en")
    assert completed.exit_code == 0, completed.output
    html = (project / "mail.html").read_text("utf-8")
    assert 'src="data:image/' in html
    assert '<html lang="en">' in html
    assert completed.stdout.strip().endswith(str((project / "mail.html").resolve()))


def test_a_file_that_cannot_be_written_raises_an_error(project: Path) -> None:
    completed = invoke("report", "--single-file", "runs")
    assert completed.exit_code == 19, completed.output
    assert "runs" in completed.stderr


def test_the_files_of_decisions_read_well_in_a_diff(project: Path) -> None:
    invoke("apply", export(project, decision_request(project, DecisionKind.KEEP, person="Ali", note="à réécrire")))
    (kept,) = json.loads((project / "screenshots" / "replica" / "exemple" / "decisions.json").read_text("utf-8"))
    assert list(kept) == ["page", "kind", "on", "by", "note", "person", "of", "run"]
