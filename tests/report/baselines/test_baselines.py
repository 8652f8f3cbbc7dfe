import json
import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from capture.capture import Capture, read_capture
from capture.errors import CannotWrite, DecisionsCorrupt, NoBaselines, PictureCorrupt, SidecarCorrupt, UnknownElement
from report.baselines.baselines import Baselines, new_mask
from report.baselines.decision import Decision, DecisionKind, HandCheck
from report.baselines.mask import Mask
from tests.support.builders import box, capture_of, element, pixels_of, png_of

OLD, NEW = png_of(pixels_of(colour=255)), png_of(pixels_of(colour=0))


@pytest.fixture
def baselines(tmp_path: Path) -> Baselines:
    found = Baselines(tmp_path, "live")
    write(found, OLD)
    return found


def write(baselines: Baselines, png: bytes) -> None:
    baselines.write("exemple", 1, capture_of(png))


def png_now(baselines: Baselines) -> bytes:
    found = baselines.read("exemple", 1)
    assert found is not None
    return found.png


def test_a_written_record_is_read_back(baselines: Baselines) -> None:
    assert png_now(baselines) == OLD
    write(baselines, NEW)
    assert png_now(baselines) == NEW
    assert sorted(path.name for path in (baselines.root / "exemple").iterdir()) == ["01.json", "01.png"]


def test_nothing_is_approved_of_another_page(baselines: Baselines) -> None:
    assert baselines.read("exemple", 2) is None


def test_a_missing_folder_raises_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoBaselines, match="nowhere"):
        Baselines(tmp_path / "nowhere", "live")


class _Cut(BaseException):
    """Simulated power cut."""


@pytest.mark.parametrize("step", range(7))
def test_an_approval_that_is_cut_off_anywhere_leaves_a_whole_pair(
    baselines: Baselines, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    steps = iter(range(99))

    def cutting(completed: Callable[..., object]) -> Callable[..., object]:
        def may_be_cut(*arguments: object) -> object:
            if next(steps) == step:
                raise _Cut
            return completed(*arguments)

        return may_be_cut

    monkeypatch.setattr(os, "fsync", cutting(os.fsync))
    monkeypatch.setattr(Path, "replace", cutting(Path.replace))
    try:
        write(baselines, NEW)
        finished = True
    except _Cut:
        finished = False
    monkeypatch.undo()
    assert finished == (step >= 5)
    assert png_now(baselines) in ({NEW} if finished else {OLD, NEW})
    write(baselines, NEW)
    assert png_now(baselines) == NEW


def test_a_full_disk_leaves_the_old_pair_and_no_rest(baselines: Baselines, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match="No space left"):
        write(baselines, NEW)
    assert png_now(baselines) == OLD
    assert sorted(path.name for path in (baselines.root / "exemple").iterdir()) == ["01.json", "01.png"]


@pytest.mark.parametrize("half", ["01.png", "01.json"])
def test_half_a_pair_is_corrupt_not_absent(baselines: Baselines, half: str) -> None:
    (baselines.root / "exemple" / half).unlink()
    with pytest.raises((PictureCorrupt, SidecarCorrupt), match="01"):
        baselines.read("exemple", 1)


def test_two_approvals_wait_for_each_other(baselines: Baselines) -> None:
    inside = threading.Event()

    def second() -> None:
        with baselines.locked():
            inside.set()

    waiting = threading.Thread(target=second)
    with baselines.locked():
        waiting.start()
        assert not inside.wait(0.2)
    assert inside.wait(10)
    waiting.join()


def test_checks_by_hand_are_kept_by_page(baselines: Baselines) -> None:
    baselines.add_hand_check("exemple", 12, on=date(2026, 3, 2), by="Zoé")
    baselines.add_hand_check("exemple", 7, on=date(2026, 3, 1), by="Zoé")
    baselines.add_hand_check("exemple", 7, on=date(2026, 3, 2), by="Léo")
    assert baselines.hand_checks("exemple") == {
        7: HandCheck(on=date(2026, 3, 2), by="Léo"),
        12: HandCheck(on=date(2026, 3, 2), by="Zoé"),
    }


def test_checks_that_cannot_be_read_name_their_file(baselines: Baselines) -> None:
    (baselines.root / "exemple" / "by_hand.json").write_text("[")
    with pytest.raises(DecisionsCorrupt, match="by_hand"):
        baselines.hand_checks("exemple")


def mask(what: str, baselines: Baselines, **more: str) -> Mask:
    return new_mask(baselines, "exemple", 1, what, on=date(2026, 3, 2), **{"by": "Zoé", "why": "", **more})


def test_masks_are_stored_by_page_without_duplicates(baselines: Baselines) -> None:
    first = mask("10,20,30,40", baselines)
    baselines.add_mask("exemple", first)
    baselines.add_mask("exemple", replace(first, page=0))
    baselines.add_mask("exemple", replace(first, by="Léo", why="une publicité"))
    assert [(known.page, known.by) for known in baselines.masks("exemple")] == [(0, "Zoé"), (1, "Léo")]
    text = (baselines.root / "exemple" / "masks.json").read_text("utf-8")
    assert "Léo" in text
    assert "null" not in text


@pytest.mark.parametrize("kind", DecisionKind)
@pytest.mark.parametrize("until", [None, date(2026, 12, 1)])
def test_a_decision_that_says_the_least_is_read_back(
    baselines: Baselines, kind: DecisionKind, until: date | None
) -> None:
    decision = Decision(page=2, kind=kind, on=date(2026, 11, 24), by="", until=until)
    baselines.add_decision("exemple", decision)
    assert baselines.decisions("exemple") == (decision,)


def test_a_mask_that_says_the_least_is_read_back(baselines: Baselines) -> None:
    mask = Mask(page=2, on=date(2026, 11, 24), by="", box=box(0, 0, 10, 10))
    baselines.add_mask("exemple", mask)
    assert baselines.masks("exemple") == (mask,)


def test_default_values_are_not_written(baselines: Baselines) -> None:
    baselines.add_decision(
        "exemple", Decision(page=2, kind=DecisionKind.KEEP, on=date(2026, 11, 24), by="Ada", note="à réécrire")
    )
    assert json.loads((baselines.root / "exemple" / "decisions.json").read_text()) == [
        {"page": 2, "kind": "keep", "on": "2026-11-24", "by": "Ada", "note": "à réécrire"}
    ]


def test_a_mask_is_a_thing_by_its_name_or_a_place(baselines: Baselines) -> None:
    elements = (element("region", "Actualités du mois"),)
    baselines.write("exemple", 1, capture_of(NEW, elements=elements))
    assert mask("10,20,30,40", baselines).box == box(10, 20, 30, 40)
    assert mask("ACTUALITÉS du mois", baselines).element == "ACTUALITÉS du mois"
    for nothing in ("Actualités", "10,20,0,40", "10,20,30", "-1,2,3,4"):
        with pytest.raises(UnknownElement):
            mask(nothing, baselines)


def test_nothing_approved_has_no_names(baselines: Baselines) -> None:
    with pytest.raises(UnknownElement, match="exemple/2"):
        new_mask(baselines, "exemple", 2, "Actualités", on=date(2026, 3, 2), by="Zoé", why="")


def test_masks_that_cannot_be_read_name_their_file(baselines: Baselines) -> None:
    (baselines.root / "exemple" / "masks.json").write_text("[{}]")
    with pytest.raises(DecisionsCorrupt, match=r"masks\.json"):
        baselines.masks("exemple")


def test_a_baseline_is_read_once_until_it_changes(baselines: Baselines, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []

    def noting(stem: Path) -> Capture:
        reads.append(stem)
        return read_capture(stem)

    monkeypatch.setattr("report.baselines.baselines.read_capture", noting)
    set_age(baselines, 60)
    assert png_now(baselines) == png_now(baselines) == OLD
    assert len(reads) == 1
    write(baselines, NEW)
    assert png_now(baselines) == NEW
    set_age(baselines, 30)
    assert png_now(baselines) == NEW
    (baselines.root / "exemple" / "01.png").write_bytes(b"damaged")
    with pytest.raises(PictureCorrupt):
        baselines.read("exemple", 1)


def set_age(baselines: Baselines, seconds: float) -> None:
    """Set when a baseline's files were changed, in seconds before now."""
    for file in (baselines.root / "exemple").iterdir():
        os.utime(file, (time.time() - seconds,) * 2)
