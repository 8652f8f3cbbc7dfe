"""Where captures are laid beside the approved ones: what differs, less what is masked and what is alive."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from capture.capture import Capture
from capture.elements import uncovered
from capture.runner.journey import Outcome
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.baselines.mask import Mask, drawn_boxes, named_boxes
from report.compare.comparison import Compared, Comparison, Seen, compare
from report.compare.png import Flags
from report.compare.volatility import AlivePart, KnownPart, Part, Sighting, alive_between, alive_parts
from report.i18n.dates import day_of
from report.run.history import History, Place
from report.verdict import NEAR_PX

TONIGHT = Path("tonight's picture")
"""How a picture that is not yet in a folder is named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """How a page's capture differs from the approved one."""

    comparison: Comparison
    flags: Flags | None
    alive: tuple[AlivePart, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sides:
    """The approved capture, tonight's, how they differ, and what was alive on earlier nights."""

    before: Seen
    now: Seen
    compared: Compared
    known: tuple[KnownPart, ...]


_Key = tuple[str, int, str, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bench:
    """Where a run's findings are made."""

    folder: Path
    """The run's folder, which already holds its captures."""
    baselines: Baselines
    history: History
    today: date
    _begun: dict[_Key, "Future[_Sides | None]"] = field(default_factory=dict)
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def begin(self, tutorial: Tutorial, outcome: Outcome) -> None:
        """Begin to compare a page's capture, while Firefox goes on to the next."""
        if outcome.capture is not None and (key := _key(outcome.capture)) not in self._begun:
            self._begun[key] = self._worker.submit(self._sides, tutorial, outcome)

    def close(self) -> None:
        """Begin no more, and leave what is not begun."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def found(self, tutorial: Tutorial, outcome: Outcome, again: Outcome | None = None) -> Found | None:
        """How a page's capture differs from the approved one; what is alive is left out where that is safe.

        Args:
            again: what became of the page when it was visited a second time.

        Raises:
            PictureCorrupt, SidecarCorrupt, HistoryUnusable.
        """
        if outcome.capture is None:
            return None
        self.begin(tutorial, outcome)
        sides = self._begun[_key(outcome.capture)].result()
        if sides is None:
            return None
        compared, now = sides.compared, sides.now
        second = None if again is None or again.capture is None else Seen.of(again.capture, again.picture, TONIGHT)
        alive = alive_parts(
            compared,
            now,
            tonight=alive_between(now, second) if second is not None and not compared.comparison.same else (),
            known=sides.known,
        )
        ignored = uncovered([part.box for part in alive if part.ignored], outcome.capture.elements)
        if ignored and not compared.comparison.same:
            compared = compare(sides.before, replace(now, ignored=(*now.ignored, *ignored)))
        return Found(comparison=compared.comparison, flags=compared.flags, alive=alive)

    def _sides(self, tutorial: Tutorial, outcome: Outcome) -> _Sides | None:
        approved, capture = self.baselines.read(tutorial.slug, outcome.page.number), outcome.capture
        if approved is None or capture is None:
            return None
        masks = [mask for mask in self.baselines.masks(tutorial.slug) if mask.page == outcome.page.number]
        before = _masked(Seen.of(approved.capture, approved.png, approved.stem.with_suffix(".png")), masks, drawn=True)
        now = _masked(Seen.of(capture, outcome.picture, TONIGHT), masks, drawn=False)
        place = Place(
            baselines=self.baselines.root.name,
            tutorial=tutorial.slug,
            page=outcome.page.number,
            approved=approved.capture.picture_sha256,
        )
        known = _with_flicker(self.history.known(place, self.today), approved.capture)
        return _Sides(before=before, now=now, compared=compare(before, now), known=known)


def _key(capture: Capture) -> _Key:
    return capture.tutorial, capture.page, capture.picture_sha256, capture.taken


def _with_flicker(known: Sequence[KnownPart], approved: Capture) -> tuple[KnownPart, ...]:
    """What earlier nights showed to be alive, and what was so when the approved picture was taken."""
    box = approved.flicker.box if approved.flicker else None
    if box is None or any(box.overlap(one.part.box) for one in known):
        return tuple(known)
    sighting = Sighting(day=day_of(approved.taken), digest="", alive=True)
    return (*known, KnownPart(part=Part(box=box), sightings=(sighting,)))


def _masked(seen: Seen, masks: Sequence[Mask], *, drawn: bool) -> Seen:
    """A capture, with what reviewers said to ignore; what an instruction points at is never ignored."""
    pieces = list(
        uncovered([*named_boxes(masks, seen.elements), *(drawn_boxes(masks) if drawn else ())], seen.elements)
    )
    for result in seen.instructions:
        if result.box is not None:
            target = result.box.grown(NEAR_PX)
            pieces = [piece for box in pieces for piece in box.without(target)]
    return replace(seen, ignored=tuple(pieces))
