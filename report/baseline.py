"""Approved captures: ``screenshots/<site>/<tutorial>/<page>.png`` and ``.json``, and what was checked by hand.

The sidecar is what makes a pair: it names its picture by SHA-256. A new pair is written in this order:
the picture beside the old one, under a name of its own; the sidecar, replaced at one stroke; the picture, moved into
place. Cut off anywhere, the old pair is whole, or the new one is put together by the next reader.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from capture.errors import CannotWrite, NoBaselines, SidecarCorrupt
from capture.run import capture_stem
from capture.sidecar import Capture, decode, read_pair, sha256

CHECKS = "by_hand.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class HandCheck:
    """A person looked at a personal page."""

    on: date
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Baseline:
    """An approved capture, as it is on disk."""

    capture: Capture
    png: bytes
    sidecar: bytes
    stem: Path


class Baselines:
    """The approved captures of one site."""

    def __init__(self, screenshots: Path, site: str) -> None:
        """Open ``screenshots/<site>``; raises NoBaselines when there is no ``screenshots``."""
        if not screenshots.is_dir():
            raise NoBaselines(screenshots)
        self.root = screenshots / site

    def read(self, slug: str, page: int) -> Baseline | None:
        """A page's approved capture, None when nothing was approved.

        Raises:
            SidecarCorrupt, PictureCorrupt.
        """
        stem = capture_stem(self.root, slug, page)
        if not stem.with_suffix(".json").exists() and not stem.with_suffix(".png").exists():
            return None
        _finish(stem)
        capture, png = read_pair(stem)
        return Baseline(capture=capture, png=png, sidecar=stem.with_suffix(".json").read_bytes(), stem=stem)

    def write(self, slug: str, page: int, *, png: bytes, sidecar: bytes) -> None:
        """Replace a page's approved capture, wholly or not at all; raises CannotWrite."""
        stem = capture_stem(self.root, slug, page)
        try:
            stem.parent.mkdir(parents=True, exist_ok=True)
            pending = _pending(stem, sha256(png))
            _write_through(pending, png)
            waiting = stem.with_name(f".{stem.name}.json.new")
            _write_through(waiting, sidecar)
            waiting.replace(stem.with_suffix(".json"))
            pending.replace(stem.with_suffix(".png"))
            _flush_folder(stem.parent)
        except OSError as error:
            raise CannotWrite(stem.parent, error.strerror or str(error)) from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other approvals waiting; raises CannotWrite."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            folder = os.open(self.root, os.O_RDONLY)
        except OSError as error:
            raise CannotWrite(self.root, error.strerror or str(error)) from error
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def checks(self, slug: str) -> Mapping[int, HandCheck]:
        """When personal pages were last checked by hand; raises SidecarCorrupt."""
        path = self.root / slug / CHECKS
        if not path.exists():
            return {}
        try:
            return msgspec.json.decode(path.read_bytes(), type=dict[int, HandCheck])
        except (OSError, msgspec.DecodeError) as error:
            raise SidecarCorrupt(path, str(error)) from error

    def note_check(self, slug: str, page: int, check: HandCheck) -> None:
        """Note that a person checked a page; raises CannotWrite or SidecarCorrupt."""
        path = self.root / slug / CHECKS
        checks = {**self.checks(slug), page: check}
        text = {str(number): msgspec.to_builtins(checks[number]) for number in sorted(checks)}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            waiting = path.with_name(f".{CHECKS}.new")
            _write_through(waiting, (json.dumps(text, indent=1, ensure_ascii=False) + "\n").encode())
            waiting.replace(path)
        except OSError as error:
            raise CannotWrite(path, error.strerror or str(error)) from error


def _pending(stem: Path, digest: str) -> Path:
    return stem.with_name(f".{stem.name}.{digest}.png")


def _finish(stem: Path) -> None:
    """Put the picture of an approval that was cut off into its place."""
    with contextlib.suppress(OSError, SidecarCorrupt):
        sidecar = stem.with_suffix(".json")
        pending = _pending(stem, decode(sidecar.read_bytes(), sidecar).picture_sha256)
        if pending.exists():
            pending.replace(stem.with_suffix(".png"))


def _write_through(path: Path, data: bytes) -> None:
    """Write a file whole and onto the disk; what a full disk left of it is removed."""
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
