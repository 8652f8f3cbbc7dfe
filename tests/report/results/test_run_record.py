import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest

from capture.errors import RunUnreadable
from capture.politeness.obstacles import Obstacle, ObstacleKind
from capture.runner.journey import VisitState
from capture.scenario.instruction import InstructionStatus
from report.baselines.baselines import Baselines
from report.baselines.decision import Decision, DecisionKind
from report.i18n.sentences import Sentences
from report.output.html import write_report
from report.results.run_record import FORMAT, Coverage, RunRecord, read_record, schema, write_record
from report.results.run_store import find_run
from report.run.history import History
from report.verdict import ExitCode, Verdict
from tests.support.builders import (
    ENVIRONMENT,
    TODAY,
    accueil,
    box,
    capture_of,
    element,
    instruction_result,
    outcome_of,
    png_of,
    record_of,
    scene,
    tutorial_of,
)

OLD, NEW = png_of(scene(seed=1)), png_of(scene(seed=2))


@pytest.fixture
def record(tmp_path: Path) -> RunRecord:
    """Record of a run with a changed page, a new one, one behind a wall, a personal and a fixed one."""
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    baselines.write("exemple", 1, capture_of(OLD))
    tutorial = tutorial_of(accueil, accueil, accueil)
    tutorial.personal(4, "Compte", text=["Tapez."], described_on=["https://www.exemple.test/aide"])
    tutorial.fixed(5, "Merci")
    pages = tutorial.pages
    heading = element("heading", "Bienvenue")
    outcomes = [
        outcome_of(
            pages[0],
            NEW,
            elements=(heading,),
            instructions=(instruction_result(1, status=InstructionStatus.MISSING), instruction_result(2, box=box())),
        ),
        outcome_of(pages[1], NEW),
        outcome_of(
            pages[2],
            state=VisitState.UNREACHABLE,
            obstacle=Obstacle(kind=ObstacleKind.WALL, evidence="HTTP 403", url="x"),
        ),
        outcome_of(pages[3]),
        outcome_of(pages[4]),
    ]
    return record_of(tmp_path / "runs" / "nuit", outcomes, baselines=baselines, tutorial=tutorial)


def test_a_run_finds_what_became_of_each_page(record: RunRecord) -> None:
    assert [page.verdict for _, page in record.pages()] == [
        Verdict.TEXT_OUTDATED,
        Verdict.NEW,
        Verdict.UNREACHABLE,
        Verdict.BY_HAND_DUE,
        Verdict.FIXED,
    ]
    assert record.exit_code is ExitCode.OUTDATED


def test_a_record_comes_back_as_it_was(record: RunRecord, tmp_path: Path) -> None:
    write_record(record, tmp_path)
    assert read_record(tmp_path) == record


def test_a_record_is_as_its_schema_says_and_the_schema_is_one(record: RunRecord, tmp_path: Path) -> None:
    write_record(record, tmp_path)
    written = json.loads((tmp_path / "run.schema.json").read_text("utf-8"))
    assert written == json.loads(json.dumps(schema()))
    jsonschema.Draft202012Validator.check_schema(written)
    found = json.loads((tmp_path / "run.json").read_text("utf-8"))
    jsonschema.validate(found, written)
    found["tutorials"][0]["pages"][0]["judgement"]["verdict"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, written)


def test_every_file_that_a_record_names_is_in_its_folder(record: RunRecord, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "nuit"
    for _, page in record.pages():
        for picture in filter(None, (page.approved, page.captured)):
            assert all((folder / f"{picture.stem}{suffix}").is_file() for suffix in (".png", ".json"))
            assert (folder / picture.thumbnail).is_file()
            assert picture.size == (320, 240)
        assert page.difference is None or (folder / page.difference).is_file()
    assert [page.difference is not None for _, page in record.pages()] == [True, False, False, False, False]


def test_every_page_that_was_to_be_seen_is_counted(record: RunRecord) -> None:
    assert record.coverage == Coverage(planned=3, visited=3, captured=2, compared=1, new=1)
    assert not record.coverage.complete, "one met a wall"


@pytest.mark.parametrize("approved", [True, False])
def test_a_run_that_lost_a_page_is_never_green(tmp_path: Path, approved: bool) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    tutorial = tutorial_of(accueil, accueil)
    if approved:
        for page in (1, 2):
            baselines.write("exemple", page, capture_of(OLD, page=page))
    outcomes = [outcome_of(page, OLD) for page in tutorial.pages]
    whole = record_of(tmp_path / "whole", outcomes, baselines=baselines, tutorial=tutorial)
    assert (whole.coverage.complete, whole.exit_code) == (True, ExitCode.ALL_TRUE if approved else ExitCode.NEW)
    short = record_of(tmp_path / "short", outcomes[:1], baselines=baselines, tutorial=tutorial)
    assert (short.coverage.complete, short.exit_code) == (False, ExitCode.UNKNOWN)
    assert (short.coverage.planned, short.coverage.visited) == (2, 1)
    for lang, word in (("fr", "incomplète"), ("en", "incomplete")):
        overview = write_report(short, tmp_path / "short", Sentences(lang)).read_text("utf-8")
        assert word in overview
        assert word in (tmp_path / "short" / "summary.md").read_text("utf-8")
        assert word not in write_report(whole, tmp_path / "whole", Sentences(lang)).read_text("utf-8")


def test_an_approved_picture_of_no_page_is_listed(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    for page in (1, 9):
        baselines.write("exemple", page, capture_of(OLD, page=page))
    baselines.write("ancien", 3, capture_of(OLD, tutorial="ancien", page=3))
    outcome = outcome_of(tutorial_of(accueil).pages[0], OLD)
    found = record_of(tmp_path / "run", [outcome], baselines=baselines)
    assert found.orphans == ("ancien/3", "exemple/9")
    assert "ancien/3, exemple/9" in write_report(found, tmp_path / "run", Sentences("fr")).read_text("utf-8")


def test_a_page_is_outdated_since_the_first_run_that_found_it_so(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    baselines.write("exemple", 1, capture_of(OLD))
    page = tutorial_of(accueil).pages[0]
    shown = []
    good, bad = (
        outcome_of(page, OLD),
        outcome_of(page, OLD, instructions=(instruction_result(1, status=InstructionStatus.MISSING),)),
    )
    wall = outcome_of(
        page, state=VisitState.UNREACHABLE, obstacle=Obstacle(kind=ObstacleKind.WALL, evidence="HTTP 403", url="x")
    )
    for day, outcome in enumerate([good, bad, bad, wall, bad, good, wall, bad], start=1):
        folder = tmp_path / "runs" / f"2026-03-0{day}_03-30-00"
        run_record = record_of(folder, [outcome], baselines=baselines, today=date(2026, 3, day))
        History(folder.parent).add_run(run_record)
        ((_, one),) = run_record.pages()
        shown.append((Sentences("fr").outdated_since(one), len(one.history)))
    first, second = "depuis le 2 mars 2026", "depuis le 8 mars 2026"
    new = Sentences("fr").gettext("new tonight")
    assert shown == [("", 0), (new, 1), (first, 2), ("", 3), (first, 4), ("", 5), ("", 6), (new, 7)]
    last = record_of(tmp_path / "runs" / "2026-03-09_03-30-00", [bad], baselines=baselines, today=date(2026, 3, 9))
    assert [Sentences("fr").outdated_since(one) for _, one in last.pages()] == [second]


def test_the_headings_say_what_the_page_shows_now(record: RunRecord) -> None:
    assert next(page for _, page in record.pages()).headings == ("Bienvenue",)


def test_a_heading_that_stood_on_the_page_as_a_link_is_named_first(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    tutorial = tutorial_of(accueil)
    site = element("link", "Harbour Museum")
    shown = (site, element("heading", "Harbour museum"), element("heading", "À savoir"), element("heading", "Visit"))
    approved = (site, element("heading", "Musée du port"), element("heading", "À savoir"))
    baselines.write(tutorial.slug, 1, capture_of(png_of(scene()), elements=approved))
    outcome = outcome_of(tutorial.pages[0], png_of(scene(seed=9)), elements=shown)
    record = record_of(tmp_path / "runs" / "2026-03-02_03-30-00", [outcome], baselines=baselines, tutorial=tutorial)
    assert next(page for _, page in record.pages()).headings == ("Harbour museum", "Visit")


def test_another_firefox_and_a_missing_font_are_listed_once(tmp_path: Path) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    png, tutorial = png_of(scene()), tutorial_of(accueil, accueil)
    before = replace(ENVIRONMENT, firefox="152.0.1", fonts=("Marianne", "Source Sans 3"))
    for page in tutorial.pages:
        baselines.write("exemple", page.number, capture_of(png, page=page.number, environment=before))
    now = replace(ENVIRONMENT, firefox="153.0", fonts=("Source Sans 3",))
    outcomes = [outcome_of(page, png, environment=now) for page in tutorial.pages]
    found = record_of(tmp_path / "run", outcomes, baselines=baselines, tutorial=tutorial)
    changes = [(change.part, change.before, change.now, change.pages) for change in found.environment_changes]
    assert changes == [("firefox", "152", "153", 2), ("font", "Marianne", "", 2)]
    for sentences in (Sentences("fr"), Sentences("en")):
        assert all("2" in sentences.environment(change) for change in found.environment_changes)


@pytest.mark.parametrize("data", ["", "{", "[]", '{"format": 1}'])
def test_a_record_that_cannot_be_read_is_named(tmp_path: Path, data: str) -> None:
    (tmp_path / "run.json").write_text(data)
    with pytest.raises(RunUnreadable, match=r"run\.json"):
        read_record(tmp_path)


def test_another_format_is_refused(record: RunRecord, tmp_path: Path) -> None:
    write_record(replace(record, format=FORMAT + 1), tmp_path)
    with pytest.raises(RunUnreadable, match=f"format {FORMAT + 1}"):
        read_record(tmp_path)


def test_a_run_is_found_by_its_name_its_path_or_as_the_latest(record: RunRecord, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for name in ("2026-03-01_03-30-00", "2026-03-02_03-30-00", ".2026-03-03_03-30-00.partial"):
        (runs / name).mkdir()
        write_record(record, runs / name)
    (runs / "2026-03-04_03-30-00").mkdir()
    assert find_run(runs, "2026-03-01_03-30-00").name == "2026-03-01_03-30-00"
    assert find_run(Path(), str(runs / "2026-03-01_03-30-00")).name == "2026-03-01_03-30-00"
    assert find_run(runs, "latest").name == "2026-03-02_03-30-00"


def test_the_latest_run_is_the_one_that_ended_last(record: RunRecord, tmp_path: Path) -> None:
    ended = {"2026-02-01_03-30-00": 90, "2026-03-01_22-00-00": 9, "2026-03-01_23-00-00": 1, "2026-03-02_01-00-00": 3}
    for name, hours in ended.items():
        (tmp_path / name).mkdir()
        write_record(replace(record, finished=record.started + timedelta(hours=hours)), tmp_path / name)
    assert find_run(tmp_path, "latest").name == "2026-03-01_22-00-00", "it was gone on with; of months ago, none was"
    (tmp_path / "2026-03-02_01-00-00" / "run.json").write_text("{")
    assert find_run(tmp_path, "latest").name == "2026-03-02_01-00-00", "whoever reads it tells what is wrong"


def test_an_empty_folder_of_runs_raises_an_error(tmp_path: Path) -> None:
    for name in ("latest", "2026-03-01_03-30-00"):
        with pytest.raises(RunUnreadable):
            find_run(tmp_path, name)


def test_a_personal_page_that_a_person_calls_false_counts_as_outdated_every_night_and_is_decided(
    tmp_path: Path,
) -> None:
    (tmp_path / "screenshots").mkdir()
    baselines = Baselines(tmp_path / "screenshots", "replica")
    tutorial = tutorial_of()
    tutorial.personal(1, "Compte", text=["Tapez votre code."])
    said = Decision(page=1, kind=DecisionKind.KEEP, on=TODAY, by="Zoé", note="le bouton a disparu")
    baselines.add_decision("exemple", said)
    outcomes = [outcome_of(tutorial.pages[0])]
    record = record_of(tmp_path / "run", outcomes, baselines=baselines, tutorial=tutorial)
    ((_, page),) = record.pages()
    assert (page.verdict, page.decision) == (Verdict.TEXT_OUTDATED, said)
    assert record.exit_code is ExitCode.OUTDATED
    assert Sentences("fr").reasons(page)[0].startswith("Zoé a dit le 2 mars 2026")
    baselines.add_hand_check("exemple", 1, on=TODAY, by="Luc")
    record = record_of(tmp_path / "next", outcomes, baselines=baselines, tutorial=tutorial)
    assert [page.verdict for _, page in record.pages()] == [Verdict.BY_HAND]
