import os
import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from capture.errors import CannotWrite, NoBaselines, PictureCorrupt, SidecarCorrupt
from capture.sidecar import encode
from report.baseline import Baselines, HandCheck
from tests.building import capture_of, pixels_of, png_of

OLD, NEW = png_of(pixels_of(colour=255)), png_of(pixels_of(colour=0))


@pytest.fixture
def baselines(tmp_path: Path) -> Baselines:
    found = Baselines(tmp_path, "live")
    write(found, OLD)
    return found


def write(baselines: Baselines, png: bytes) -> None:
    baselines.write("exemple", 1, png=png, sidecar=encode(capture_of(png)))


def png_now(baselines: Baselines) -> bytes:
    found = baselines.read("exemple", 1)
    assert found is not None
    return found.png


def test_what_was_written_is_read(baselines: Baselines) -> None:
    assert png_now(baselines) == OLD
    write(baselines, NEW)
    assert png_now(baselines) == NEW
    assert sorted(path.name for path in (baselines.root / "exemple").iterdir()) == ["01.json", "01.png"]


def test_nothing_is_approved_of_another_page(baselines: Baselines) -> None:
    assert baselines.read("exemple", 2) is None


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoBaselines, match="nowhere"):
        Baselines(tmp_path / "nowhere", "live")


class _Cut(BaseException):
    """The power goes."""


@pytest.mark.parametrize("step", range(7))
def test_an_approval_that_is_cut_off_anywhere_leaves_a_whole_pair(
    baselines: Baselines, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    steps = iter(range(99))

    def cutting(done: Callable[..., object]) -> Callable[..., object]:
        def may_be_cut(*arguments: object) -> object:
            if next(steps) == step:
                raise _Cut
            return done(*arguments)

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
    baselines.note_check("exemple", 12, HandCheck(on=date(2026, 3, 2), by="Zoé"))
    baselines.note_check("exemple", 7, HandCheck(on=date(2026, 3, 1), by="Zoé"))
    baselines.note_check("exemple", 7, HandCheck(on=date(2026, 3, 2), by="Léo"))
    assert baselines.checks("exemple") == {
        7: HandCheck(on=date(2026, 3, 2), by="Léo"),
        12: HandCheck(on=date(2026, 3, 2), by="Zoé"),
    }


def test_checks_that_cannot_be_read_name_their_file(baselines: Baselines) -> None:
    (baselines.root / "exemple" / "by_hand.json").write_text("[")
    with pytest.raises(SidecarCorrupt, match="by_hand"):
        baselines.checks("exemple")
