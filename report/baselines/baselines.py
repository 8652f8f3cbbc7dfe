"""Approved captures: ``screenshots/<site>/<tutorial>/<page>.png`` and ``.json``.

Beside them are the decisions of reviewers: hand checks, masks, approvals.

The sidecar names its picture by SHA-256. A new pair is written in this order:
the picture beside the old one, under a temporary name; the sidecar, replaced atomically; the picture, moved into
place. If the process ends in between, the old pair is whole, or the next reader completes the new one.
"""

import contextlib
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec

from capture.capture import Capture, capture_stem, check_png, decode, read_capture, remove_capture
from capture.checked_values import Unfit, decode_json
from capture.elements import normalise
from capture.errors import DecisionsCorrupt, NoBaselines, PictureCorrupt, SidecarCorrupt, UnknownElement
from capture.geometry import Box
from capture.storage import (
    folder_lock,
    holding,
    read_bytes,
    remove,
    sha256,
    sync_folder,
    write_atomically,
    write_synced,
    writing,
)
from report.baselines.decision import Decision, DecisionKind, HandCheck, HandTarget
from report.baselines.mask import Mask

HAND_CHECKS_FILE = "by_hand.json"
OWN_PICTURES = "by_hand"
WITNESSES = "witnesses"
"""Folder of what public pages said when a person checked the personal page that they describe."""
MASKS_FILE = "masks.json"
DECISIONS_FILE = "decisions.json"
PLACE = re.compile(r"\d+,\d+,[1-9]\d*,[1-9]\d*")
"""X, y, width and height, px."""
MOST_KEPT = 64
"""Approved captures that are kept in memory, about 0.5 MB each: a run needs each of them several times."""
SETTLED_NS = 2_000_000_000
"""Age, ns, of a file whose time of change tells its versions apart; file systems store it in steps of up to 2 s."""
T = TypeVar("T")


class Baselines:
    """The approved captures of one site."""

    def __init__(self, screenshots: Path, site: str) -> None:
        """Open ``screenshots/<site>``; raises NoBaselines when there is no ``screenshots``."""
        if not screenshots.is_dir():
            raise NoBaselines(screenshots)
        self.root = screenshots / site
        self._lock = folder_lock(self.root)

    def read(self, slug: str, page: int) -> Capture | None:
        """Return a page's approved capture, None if nothing was approved.

        Raises:
            SidecarCorrupt, PictureCorrupt.
        """
        stem = capture_stem(self.root, slug, page)
        if not stem.with_suffix(".json").exists() and not stem.with_suffix(".png").exists():
            return None
        try:
            return _read_once(stem)
        except PictureCorrupt:
            _complete_write(stem)
            return read_capture(stem)

    def picture_path(self, slug: str, page: int) -> Path:
        """Return the path of a page's approved picture, which need not exist."""
        return capture_stem(self.root, slug, page).with_suffix(".png")

    def read_sidecar(self, slug: str, page: int) -> bytes:
        """Return the bytes of an approved capture's sidecar, empty if nothing was approved; raises SidecarCorrupt."""
        stem = capture_stem(self.root, slug, page)
        _complete_write(stem)
        return read_bytes(stem.with_suffix(".json"), SidecarCorrupt, if_missing=b"")

    def write(self, slug: str, page: int, capture: Capture) -> None:
        """Replace a page's approved capture completely or not at all; raises CannotWrite."""
        stem = capture_stem(self.root, slug, page)
        pending = _pending(stem, capture.sidecar.picture_sha256)
        write_synced(pending, capture.png)
        write_atomically(stem.with_suffix(".json"), capture.sidecar_json, sync=True)
        with writing(stem.parent):
            pending.replace(stem.with_suffix(".png"))
        sync_folder(stem.parent)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the baselines, so that other processes wait; reentrant. Raises CannotWrite."""
        with writing(self.root):
            self.root.mkdir(parents=True, exist_ok=True)
        with holding(self._lock):
            yield

    def hand_checks(self, slug: str) -> Mapping[int, HandCheck]:
        """Return the last hand check of each personal page; raises SidecarCorrupt."""
        return _read_json(self.root / slug / HAND_CHECKS_FILE, dict[int, HandCheck], {})

    def own_picture(self, slug: str, page: int) -> bytes:
        """Return the PNG that a person took of a personal page, empty if there is none; raises PictureCorrupt."""
        path = self._own_picture(slug, page)
        png = read_bytes(path, PictureCorrupt, if_missing=b"")
        if png:
            check_png(png, path)
        return png

    def add_hand_check(
        self,
        slug: str,
        page: int,
        *,
        on: date,
        by: str,
        note: str = "",
        picture: bytes = b"",
        targets: Sequence[HandTarget] = (),
        witnesses: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Record that a person checked a page, which answers that it had to be corrected.

        Raises CannotWrite or SidecarCorrupt.

        Args:
            picture: a PNG that the person took; empty: the earlier picture stays, with the places on it.
            targets: places on the picture.
            witnesses: what the public pages that describe it say, by address; of the others, the last check's stays.
        """
        checks = self.hand_checks(slug)
        check = HandCheck(on=on, by=by, note=note, picture=sha256(picture) if picture else "", targets=tuple(targets))
        known = checks[page].witnesses if page in checks else {}
        check = replace(check, witnesses={**known, **self._keep_witnesses(slug, witnesses, checks)})
        if picture:
            self._keep_own_picture(slug, page, picture)
        elif page in checks:
            check = replace(check, picture=checks[page].picture, targets=checks[page].targets)
        self._keep_checks(slug, {**checks, page: check})
        decisions = self.decisions(slug)
        left = [one for one in decisions if one.page != page or one.kind is not DecisionKind.KEEP]
        if len(left) < len(decisions):
            self.write_decisions(slug, left)

    def remove_hand_check(self, slug: str, page: int, *, earlier: HandCheck | None, picture: bytes) -> None:
        """Undo a hand check: restore the earlier check and its picture; raises CannotWrite or SidecarCorrupt."""
        checks = {number: check for number, check in self.hand_checks(slug).items() if number != page}
        self._keep_own_picture(slug, page, picture)
        self._keep_checks(slug, checks if earlier is None else {**checks, page: earlier})

    def witness(self, slug: str, digest: str) -> bytes:
        """Return what a public page said when a person checked a personal page; empty: it is not kept."""
        return read_bytes(self.root / slug / WITNESSES / f"{digest}.txt", SidecarCorrupt, if_missing=b"")

    def _keep_witnesses(
        self, slug: str, witnesses: Mapping[str, bytes], checks: Mapping[int, HandCheck]
    ) -> dict[str, str]:
        """Keep what public pages say, each once; what no check refers to any more is removed."""
        folder = self.root / slug / WITNESSES
        digests = {url: sha256(text) for url, text in witnesses.items()}
        used = {*digests.values(), *(digest for check in checks.values() for digest in check.witnesses.values())}
        for left in folder.glob("*.txt"):
            if left.stem not in used:
                remove(left)
        for url, text in witnesses.items():
            write_atomically(folder / f"{digests[url]}.txt", text, sync=True)
        return digests

    def _own_picture(self, slug: str, page: int) -> Path:
        return self.root / slug / OWN_PICTURES / f"{page:02}.png"

    def _keep_own_picture(self, slug: str, page: int, png: bytes) -> None:
        path = self._own_picture(slug, page)
        if png:
            write_atomically(path, png, sync=True)
        else:
            remove(path)

    def _keep_checks(self, slug: str, checks: Mapping[int, HandCheck]) -> None:
        text = {str(number): _non_default_fields(checks[number]) for number in sorted(checks)}
        _write_json(self.root / slug / HAND_CHECKS_FILE, text)

    def masks(self, slug: str) -> tuple[Mask, ...]:
        """Return the masks of a tutorial; raises SidecarCorrupt."""
        return _read_json(self.root / slug / MASKS_FILE, tuple[Mask, ...], ())

    def add_mask(self, slug: str, mask: Mask) -> None:
        """Record a mask; raises CannotWrite or SidecarCorrupt."""
        self._keep_masks(slug, [*(known for known in self.masks(slug) if not known.same_as(mask)), mask])

    def remove_mask(self, slug: str, mask: Mask) -> None:
        """Remove a mask; raises CannotWrite or SidecarCorrupt."""
        self._keep_masks(slug, [known for known in self.masks(slug) if not known.same_as(mask)])

    def _keep_masks(self, slug: str, masks: Sequence[Mask]) -> None:
        by_page = sorted(masks, key=lambda known: known.page)
        _write_json(self.root / slug / MASKS_FILE, [_non_default_fields(known) for known in by_page])

    def decisions(self, slug: str) -> tuple[Decision, ...]:
        """Return the decisions about the pages of a tutorial; raises SidecarCorrupt."""
        return _read_json(self.root / slug / DECISIONS_FILE, tuple[Decision, ...], ())

    def add_decision(self, slug: str, decision: Decision) -> None:
        """Record a decision, which replaces the page's earlier ones except approvals.

        Raises:
            CannotWrite, SidecarCorrupt.
        """
        approves = decision.kind is DecisionKind.APPROVE
        kept = [
            known
            for known in self.decisions(slug)
            if known.page != decision.page or (known.kind is DecisionKind.APPROVE and not approves)
        ]
        self.write_decisions(slug, [*kept, decision])

    def write_decisions(self, slug: str, decisions: Sequence[Decision]) -> None:
        """Replace all decisions of a tutorial; raises CannotWrite."""
        by_page = sorted(decisions, key=lambda known: (known.page, known.kind is not DecisionKind.APPROVE))
        _write_json(self.root / slug / DECISIONS_FILE, [_non_default_fields(known) for known in by_page])

    def remove(self, slug: str, page: int) -> None:
        """Remove a page's approved capture; raises CannotWrite."""
        stem = capture_stem(self.root, slug, page)
        remove_capture(stem)
        sync_folder(stem.parent)

    def pages(self) -> Iterator[tuple[str, int]]:
        """Yield the tutorial and the page number of every approved capture."""
        for file in sorted(self.root.glob("*/[0-9]*.json")):
            if file.stem.isdigit():
                yield file.parent.name, int(file.stem)


def new_mask(baselines: Baselines, slug: str, page: int, what: str, *, by: str, why: str, on: date) -> Mask:
    """Return a mask for the elements of this name, or for a box of the approved picture (``10,20,300,40``).

    Raises:
        UnknownElement: the approved page has no element of that name, and it is not a box.
        SidecarCorrupt, PictureCorrupt.
    """
    if PLACE.fullmatch(what):
        x, y, width, height = (int(side) for side in what.split(","))
        return Mask(page=page, on=on, by=by, why=why, box=Box(x=x, y=y, width=width, height=height))
    approved = baselines.read(slug, page)
    known = [] if approved is None else [element.name for element in approved.sidecar.elements if element.name]
    if normalise(what) not in map(normalise, known):
        raise UnknownElement(what, f"{slug}/{page}", known)
    return Mask(page=page, on=on, by=by, why=why, element=what)


def _non_default_fields(kept: Mask | Decision | HandCheck) -> dict[str, Any]:
    """Return the fields that differ from their defaults, as JSON values."""
    silent = {field.name for field in fields(kept) if getattr(kept, field.name) == field.default}
    return {name: value for name, value in msgspec.to_builtins(kept).items() if name not in silent}


def _read_json(path: Path, kind: type[T], nothing: T) -> T:
    data = read_bytes(path, DecisionsCorrupt, if_missing=b"")
    try:
        return decode_json(data, kind) if data else nothing
    except Unfit as error:
        raise DecisionsCorrupt(path, *error.args) from error


def _write_json(path: Path, data: Mapping[str, object] | Sequence[object]) -> None:
    """Write, atomically, JSON that people read in a diff; without content, remove the file."""
    if not data:
        remove(path)
        return
    write_atomically(path, (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode(), sync=True)


def _pending(stem: Path, digest: str) -> Path:
    return stem.with_name(f".{stem.name}.{digest}.png")


def _read_once(stem: Path) -> Capture:
    """Read a capture, unless these very files are among the last MOST_KEPT that were read; raises as ``read_capture``.

    A file that was written a moment ago is read again: a second change may leave its time of change as it is.
    """
    try:
        files = [stem.with_suffix(suffix).stat() for suffix in (".json", ".png")]
    except OSError:
        return read_capture(stem)
    if time.time_ns() - max(file.st_mtime_ns for file in files) < SETTLED_NS:
        return read_capture(stem)
    return _read_version(stem, tuple((file.st_ino, file.st_mtime_ns, file.st_size) for file in files))


@lru_cache(maxsize=MOST_KEPT)
def _read_version(stem: Path, _files: tuple[tuple[int, int, int], ...]) -> Capture:
    return read_capture(stem)


def _complete_write(stem: Path) -> None:
    """Complete an approval that was interrupted: move its picture into place."""
    with contextlib.suppress(OSError, SidecarCorrupt):
        sidecar = stem.with_suffix(".json")
        pending = _pending(stem, decode(read_bytes(sidecar, SidecarCorrupt), sidecar).picture_sha256)
        if pending.exists():
            pending.replace(stem.with_suffix(".png"))
