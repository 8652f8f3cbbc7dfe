"""Runs of different tutorials are merged into one, with their pictures, their report and their place in the history."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from capture.errors import MergeRefused, RunUnreadable
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.results.run_record import Parts, read_record, write_record
from report.run.history import History
from report.run.merged_run import merge_runs, merged_record
from report.run.run_plan import ProgressReporter
from report.run.streams import shard_of, shards_of
from tests.support.builders import accueil, capture_of, outcome_of, png_of, record_of, scene
from tests.support.commands import invoke
from tests.support.earlier_nights import with_nights

PNG = png_of(scene(320, 240))
SILENT = ProgressReporter(on_phase=lambda _: None, on_page=lambda *_: None)


def tutorial_on(host: str) -> Tutorial:
    declared = Tutorial(host.partition(".")[0], title=host, source="B", licence="C", hosts=[host])
    declared.page(1, "Accueil")(accueil)
    return declared


def part_of(folder: Path, host: str, **settings: object) -> Path:
    """Write a run of one tutorial, on a machine that knows two earlier nights; return its folder."""
    (folder / "screenshots").mkdir(exist_ok=True)
    baselines = Baselines(folder / "screenshots", "replica")
    baselines.write("parti", 1, capture_of(PNG, page=1, tutorial="parti"))
    tutorial = tutorial_on(host)
    run = folder / f"machine-{host}" / "2026-03-02"
    outcomes = [outcome_of(tutorial.pages[0], PNG)]
    record = record_of(run, outcomes, baselines=baselines, tutorial=tutorial, settings=settings)
    write_record(with_nights(record, {1: "TT"}), run)
    return run


def test_runs_become_one(tmp_path: Path) -> None:
    parts = [part_of(tmp_path, "un.test"), part_of(tmp_path, "deux.test")]
    merged = merge_runs(parts, tmp_path / "runs", Sentences("fr"), SILENT)
    folder = tmp_path / "runs" / merged.id
    assert read_record(folder) == merged
    assert [one.slug for one in merged.tutorials] == ["un", "deux"]
    assert merged.orphans == ("parti/1",)
    assert merged.nights == (), "the history beside the merged run has none"
    for tutorial, page in merged.pages():
        assert page.captured is not None
        assert (folder / f"{page.captured.stem}.png").read_bytes() == PNG
        assert (folder / page.captured.thumbnail).is_file()
        assert (folder / tutorial.slug / "01.html").is_file()
    histories = History(tmp_path / "runs").page_histories("replica", "deux", "another run")
    assert [entry.run for entry in histories[1].entries] == [merged.id]
    assert (tmp_path / "runs" / "feed.atom").is_file()
    assert not list((tmp_path / "runs").glob(".*.partial"))


def test_runs_of_the_same_tutorial_or_of_another_site_are_refused(tmp_path: Path) -> None:
    first, same = part_of(tmp_path, "un.test"), part_of(tmp_path / "machine-un.test", "un.test")
    with pytest.raises(MergeRefused, match="un is also in"):
        merge_runs([first, same], tmp_path / "runs", Sentences("fr"), SILENT)
    other = part_of(tmp_path, "deux.test")
    text = (other / "run.json").read_text("utf-8")
    (other / "run.json").write_text(text.replace('"site": "2026"', '"site": "2020"'), "utf-8")
    with pytest.raises(MergeRefused, match="2020"):
        merge_runs([first, other], tmp_path / "runs", Sentences("fr"), SILENT)
    with pytest.raises(RunUnreadable):
        merge_runs([first, tmp_path], tmp_path / "runs", Sentences("fr"), SILENT)
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").glob("*/run.json"))


def divided(folder: Path, parts: Parts | None) -> Path:
    """Say in the record of a run which part of the tutorials it has."""
    write_record(replace(read_record(folder), parts=parts), folder)
    return folder


def test_a_part_that_is_absent_is_known(tmp_path: Path) -> None:
    first = divided(part_of(tmp_path, "un.test"), Parts(numbers=(1,), of=3))
    second = divided(part_of(tmp_path, "deux.test"), Parts(numbers=(2,), of=3))
    two = merge_runs([first, second], tmp_path / "runs", Sentences("fr"), SILENT)
    assert two.parts is not None
    assert two.parts.absent == (3,)
    third = divided(part_of(tmp_path, "trois.test"), Parts(numbers=(3,), of=3))
    assert merged_record([tmp_path / "runs" / two.id, third], "whole").parts is None
    whole = divided(part_of(tmp_path, "quatre.test"), None)
    assert merged_record([whole], "whole").parts is None


def test_the_command_tells_of_the_absent_part_and_refuses_a_run_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    first = divided(part_of(tmp_path, "un.test"), Parts(numbers=(1,), of=2))
    told = invoke("merge", str(first), "--lang", "en", "--exit-zero")
    assert told.exit_code == 0, told.output
    assert "Absent: part 2 of 2." in told.stderr
    twice = invoke("merge", str(first), f"{first.parent}/../{first.parent.name}/{first.name}", "--lang", "en")
    assert twice.exit_code == 43
    assert "it is named twice" in twice.stderr
    assert len(list((tmp_path / "runs").glob("*/run.json"))) == 1


def test_a_record_of_an_earlier_version_has_no_parts(tmp_path: Path) -> None:
    folder = part_of(tmp_path, "un.test")
    content = json.loads((folder / "run.json").read_text("utf-8"))
    del content["parts"]
    (folder / "run.json").write_text(json.dumps(content), "utf-8")
    assert read_record(folder).parts is None


def test_parts_without_a_tutorial_are_not_counted() -> None:
    tutorials = [tutorial_on(f"h{number}.test") for number in range(2)]
    assert len(shards_of(tutorials, 5)) == 2


def test_shards_are_the_whole_and_share_no_host() -> None:
    tutorials = [tutorial_on(f"h{number}.test") for number in range(7)]
    shards = [shard_of(tutorials, number, 3) for number in (1, 2, 3)]
    assert sorted(one.slug for shard in shards for one in shard) == sorted(one.slug for one in tutorials)
    assert [len(shard) for shard in shards] == [3, 2, 2]
    assert shard_of(tutorials[:1], 2, 3) == []
