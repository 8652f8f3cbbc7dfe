"""Runs, captures and decisions that others made are refused with a sentence, or used without harm."""

import json
import os
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from capture.capture import capture_stem, encode, read_capture
from capture.errors import (
    BaselineChanged,
    CannotWrite,
    DecisionRefused,
    DecisionsCorrupt,
    DecisionsUnreadable,
    PictureCorrupt,
    RunUnreadable,
    SidecarCorrupt,
    TutofraisError,
)
from report.baselines.baselines import Baselines
from report.i18n.sentences import Sentences
from report.output.html import write_report, write_single_file
from report.publish.formats import Format
from report.publish.tutorial_page import write_tutorial
from report.results.run_record import RECORD, read_record
from report.review.approve import approve
from report.review.session import ReviewSession, check_baselines, open_session, read_decisions
from tests.support.builders import accueil, capture_of, element, instruction_result, png_of, scene, tutorial_of
from tests.support.hostile_run import write_hostile_run
from tests.support.hostile_values import mutations

PNG = png_of(scene())


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder that tests may spoil: they only write ``run.json``, the report and baselines beside it."""
    return write_hostile_run(tmp_path_factory.mktemp("elsewhere"))[1]


@pytest.fixture
def baselines(tmp_path: Path) -> Baselines:
    (tmp_path / "screenshots").mkdir()
    return Baselines(tmp_path / "screenshots", "replica")


def files_under(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def test_no_value_in_a_run_record_leads_to_a_crash_or_out_of_its_folder(hostile_run: Path) -> None:
    good = (hostile_run / RECORD).read_text("utf-8")
    root, refused = hostile_run.parent, 0
    before = files_under(root)
    for _, document in mutations(json.loads(good)):
        (hostile_run / RECORD).write_text(json.dumps(document), "utf-8")
        try:
            record = read_record(hostile_run)
            write_report(record, hostile_run, Sentences("fr"))
            approve(record, hostile_run, Baselines(root / "screenshots", record.baselines))
        except TutofraisError:
            refused += 1
    (hostile_run / RECORD).write_text(good, "utf-8")
    assert refused > 300
    added = files_under(root) - before
    assert all(path.is_relative_to(root / "screenshots") or path.is_relative_to(hostile_run) for path in added)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"slug": "exemple"', '"slug": "../exemple"'),
        ('"stem": "captures/exemple/01"', '"stem": "captures/../../x"'),
        ('"stem": "captures/exemple/01"', '"stem": "/etc/passwd"'),
        ('"url": "https://www.exemple.test/"', '"url": "javascript:alert(1)"'),
        ('"https://www.exemple.test/?a=1&b=<2>"', '"data:text/html,x"'),
        ('"baselines": "replica"', '"baselines": "../.."'),
        ('"format": 2', '"format": 3'),
    ],
)
def test_a_value_that_leads_elsewhere_is_refused(hostile_run: Path, tmp_path: Path, old: str, new: str) -> None:
    text = (hostile_run / RECORD).read_text("utf-8")
    assert old in text
    (tmp_path / RECORD).write_text(text.replace(old, new), "utf-8")
    with pytest.raises(RunUnreadable):
        read_record(tmp_path)


def test_a_capture_that_is_a_link_out_of_the_run_is_not_approved(hostile_run: Path, tmp_path: Path) -> None:
    record = read_record(hostile_run)
    path = hostile_run / "captures" / "exemple" / "05.json"
    moved = tmp_path / "05.json"
    path.rename(moved)
    path.symlink_to(moved)
    with pytest.raises(BaselineChanged):
        approve(record, hostile_run, Baselines(hostile_run.parent / "screenshots", "replica"), ["5"])
    path.unlink()
    moved.rename(path)


def test_no_value_in_a_sidecar_leads_to_a_crash(tmp_path: Path, baselines: Baselines) -> None:
    button = element("button", "Chercher", parent=0, opener=0, states=("checked",))
    capture = capture_of(PNG, elements=(element("form"), button), instructions=(instruction_result(element=1),))
    stem = capture_stem(baselines.root, "exemple", 1)
    baselines.write("exemple", 1, capture)
    tutorial, refused = tutorial_of(accueil), 0
    for _, document in mutations(json.loads(encode(capture.sidecar))):
        stem.with_suffix(".json").write_text(json.dumps(document), "utf-8")
        try:
            write_tutorial(tutorial, baselines, tmp_path / "published", formats=[Format.HTML])
        except TutofraisError:
            refused += 1
    assert refused > 40


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says that it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


PICTURES = {
    "a bomb": bomb(50_000, 50_000),
    "no rows": bomb(64, 48),
    "no size": bomb(0, 0),
    "cut off": PNG[: len(PNG) // 2],
    "text": b"<svg onload=alert(1)>",
    "nothing": b"",
}


@pytest.mark.parametrize("png", PICTURES.values(), ids=PICTURES)
def test_a_picture_that_is_none_is_not_published(tmp_path: Path, baselines: Baselines, png: bytes) -> None:
    baselines.write("exemple", 1, capture_of(png))
    with pytest.raises(PictureCorrupt, match=r"01\.png"):
        write_tutorial(tutorial_of(accueil), baselines, tmp_path / "published", formats=[Format.HTML])
    assert not files_under(tmp_path / "published")


def test_a_sidecar_of_another_page_is_refused(baselines: Baselines) -> None:
    baselines.write("exemple", 2, capture_of(PNG, page=1))
    with pytest.raises(SidecarCorrupt, match="exemple/1"):
        baselines.read("exemple", 2)


def test_elements_that_contain_each_other_are_refused(baselines: Baselines) -> None:
    elements = (element("form", parent=1), element("region", parent=0))
    baselines.write("exemple", 1, capture_of(PNG, elements=elements))
    with pytest.raises(SidecarCorrupt):
        baselines.read("exemple", 1)


DECISIONS: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"{",
    "UTF-16": '{"run": "nuit"}'.encode("utf-16"),
    "latin letters": '{"run": "nuit", "by": "Zoé"}'.encode("latin-1"),
    "deep": b"[" * 100_000,
    "a newer format": b'{"format": 2, "run": "nuit", "baselines": "replica", "by": "Z", "decisions": []}',
    "another folder": b'{"run": "../nuit", "baselines": "replica", "by": "Z", "decisions": []}',
    "a long name": b'{"run": "nuit", "baselines": "replica", "by": "%s", "decisions": []}' % (b"x" * 5_000_000),
    "a page below 0": b'{"run": "nuit", "baselines": "replica", "by": "Z", "decisions": '
    b'[{"tutorial": "exemple", "page": -1, "kind": "keep"}]}',
    "a long note": b'{"run": "nuit", "baselines": "replica", "by": "Z", "decisions": '
    b'[{"tutorial": "exemple", "page": 1, "kind": "keep", "note": "%s"}]}' % (b"x" * 3000),
}


@pytest.mark.parametrize("data", DECISIONS.values(), ids=DECISIONS)
def test_decisions_that_cannot_be_read_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "decisions.json"
    path.write_bytes(data)
    with pytest.raises(DecisionsUnreadable):
        read_decisions(path)


def test_decisions_of_nobody_or_about_other_captures_are_refused(session: ReviewSession, tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    path.write_text('{"run": "nuit", "baselines": "replica", "by": " ", "decisions": []}', "utf-8")
    with pytest.raises(DecisionRefused):
        read_decisions(path)
    path.write_text('{"run": "nuit", "baselines": "live", "by": "Zoé", "decisions": []}', "utf-8")
    with pytest.raises(DecisionRefused, match="live"):
        check_baselines(read_decisions(path), session)


def test_an_editor_may_put_a_byte_order_mark_before_decisions(tmp_path: Path) -> None:
    path = tmp_path / "decisions.json"
    path.write_text('{"run": "nuit", "baselines": "replica", "by": "Zoé", "decisions": []}', "utf-8-sig")
    assert read_decisions(path).by == "Zoé"


@pytest.mark.parametrize("name", ["masks.json", "decisions.json", "by_hand.json"])
def test_files_beside_the_baselines_that_make_no_sense_name_themselves(baselines: Baselines, name: str) -> None:
    readers: dict[str, Callable[[str], Any]] = {
        "masks.json": baselines.masks,
        "decisions.json": baselines.decisions,
        "by_hand.json": baselines.hand_checks,
    }
    path = baselines.root / "exemple" / name
    path.parent.mkdir(parents=True)
    for nonsense in ("[", '{"1": 2}', '[{"page": 1e999}]', '[{"page": 1, "box": {"x": 1e300}}]', "\0"):
        path.write_text(nonsense, "utf-8")
        with pytest.raises(DecisionsCorrupt, match=name):
            readers[name]("exemple")


def readers_of(path: Path) -> Iterator[Callable[[], object]]:
    """Yield everything that reads a file which others may have made."""
    yield lambda: read_record(path.parent)
    yield lambda: read_decisions(path)
    yield lambda: read_capture(path.parent / "01")
    yield lambda: Baselines(path.parent, "x").masks(".")
    yield lambda: open_session(path.parent, "latest", path.parent)


@pytest.mark.parametrize("name", ["run.json", "decisions.json", "01.json", "x/masks.json"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    os.mkfifo(path)
    for read in readers_of(path):  # a test that hangs here fails by its time limit
        with suppress(TutofraisError):
            read()
    assert path.exists()


def test_a_report_is_written_through_no_link_and_shows_no_file_outside(tmp_path: Path) -> None:
    record, folder = write_hostile_run(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    victim = outside / "victim.txt"
    victim.write_text("secret", "utf-8")
    for name in ("index.html", "junit.xml", "summary.md"):
        (folder / name).symlink_to(victim)
    write_report(record, folder, Sentences("fr"))
    assert victim.read_text("utf-8") == "secret"
    picture = next(folder.glob("captures/exemple/*.png"))
    picture.unlink()
    picture.symlink_to(victim)
    with pytest.raises(PictureCorrupt):
        write_single_file(record, folder, Sentences("fr"), tmp_path / "one.html")
    for file in (folder / "exemple").iterdir():
        file.unlink()
    (folder / "exemple").rmdir()
    (folder / "exemple").symlink_to(outside)
    with pytest.raises(CannotWrite):
        write_report(record, folder, Sentences("fr"))
    assert list(outside.iterdir()) == [victim]
