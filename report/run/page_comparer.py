"""Where captures are laid beside the approved ones: what differs, less what is masked and what is alive."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from capture.capture import Capture, Sidecar
from capture.elements import subtract_dialogs
from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.baselines.mask import Mask, drawn_boxes, named_boxes
from report.compare.comparison import Comparison, ComparisonResult, Side, compare
from report.compare.png import Flags
from report.compare.volatility import (
    KnownVolatilePart,
    Observation,
    PagePart,
    VolatileRegion,
    classify_volatile,
    volatile_parts,
)
from report.i18n.dates import day_of
from report.run.history import BaselineKey, History
from report.verdict import NEAR_PX

CANDIDATE = Path("tonight's picture")
"""How a picture that is not yet in a folder is named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageComparison:
    """How a page's capture differs from the approved one."""

    comparison: Comparison
    differing: Flags | None
    volatile: tuple[VolatileRegion, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Inputs:
    """The approved capture, tonight's, how they differ, and what was alive on earlier nights."""

    baseline: Side
    candidate: Side
    compared: ComparisonResult
    known: tuple[KnownVolatilePart, ...]


_Key = tuple[str, int, str, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class PageComparer:
    """Where a run's findings are made."""

    folder: Path
    """The run's folder, which already holds its captures."""
    baselines: Baselines
    history: History
    today: date
    _submitted: dict[_Key, "Future[_Inputs | None]"] = field(default_factory=dict)
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def submit(self, tutorial: Tutorial, outcome: PageOutcome) -> None:
        """Begin to compare a page's capture, while Firefox goes on to the next."""
        if outcome.capture is not None and (key := _key(outcome.capture)) not in self._submitted:
            self._submitted[key] = self._worker.submit(self._sides, tutorial, outcome)

    def close(self) -> None:
        """Begin no more, and leave what is not begun."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def result(
        self, tutorial: Tutorial, outcome: PageOutcome, revisit: PageOutcome | None = None
    ) -> PageComparison | None:
        """How a page's capture differs from the approved one; what is alive is left out where that is safe.

        Args:
            again: what became of the page when it was visited a second time.

        Raises:
            PictureCorrupt, SidecarCorrupt, HistoryUnusable.
        """
        if outcome.capture is None:
            return None
        self.submit(tutorial, outcome)
        sides = self._submitted[_key(outcome.capture)].result()
        if sides is None:
            return None
        compared, now = sides.compared, sides.candidate
        second = None if revisit is None or revisit.capture is None else Side.of(revisit.capture, CANDIDATE)
        alive = classify_volatile(
            compared,
            now,
            seen_now=volatile_parts(now, second) if second is not None and not compared.comparison.same else (),
            known=sides.known,
        )
        ignored = subtract_dialogs([part.box for part in alive if part.is_ignored], outcome.capture.sidecar.elements)
        if ignored and not compared.comparison.same:
            compared = compare(sides.baseline, replace(now, ignored=(*now.ignored, *ignored)))
        return PageComparison(comparison=compared.comparison, differing=compared.differing, volatile=alive)

    def _sides(self, tutorial: Tutorial, outcome: PageOutcome) -> _Inputs | None:
        approved, capture = self.baselines.read(tutorial.slug, outcome.page.number), outcome.capture
        if approved is None or capture is None:
            return None
        masks = [mask for mask in self.baselines.masks(tutorial.slug) if mask.page == outcome.page.number]
        path = self.baselines.picture_path(tutorial.slug, outcome.page.number)
        before = _masked(Side.of(approved, path), masks, drawn=True)
        now = _masked(Side.of(capture, CANDIDATE), masks, drawn=False)
        place = BaselineKey(
            baselines=self.baselines.root.name,
            tutorial=tutorial.slug,
            page=outcome.page.number,
            approved=approved.sidecar.picture_sha256,
        )
        known = _with_noise_floor(self.history.volatile_parts(place, self.today), approved.sidecar)
        return _Inputs(baseline=before, candidate=now, compared=compare(before, now), known=known)


def _key(capture: Capture) -> _Key:
    sidecar = capture.sidecar
    return sidecar.tutorial, sidecar.page, sidecar.picture_sha256, sidecar.taken


def _with_noise_floor(known: Sequence[KnownVolatilePart], approved: Sidecar) -> tuple[KnownVolatilePart, ...]:
    """What earlier nights showed to be alive, and what was so when the approved picture was taken."""
    box = approved.noise_floor.box if approved.noise_floor else None
    if box is None or any(box.overlap(one.part.box) for one in known):
        return tuple(known)
    sighting = Observation(day=day_of(approved.taken), digest="", volatile=True)
    return (*known, KnownVolatilePart(part=PagePart(box=box), observations=(sighting,)))


def _masked(seen: Side, masks: Sequence[Mask], *, drawn: bool) -> Side:
    """A capture, with what reviewers said to ignore; what an instruction points at is never ignored."""
    pieces = list(
        subtract_dialogs([*named_boxes(masks, seen.elements), *(drawn_boxes(masks) if drawn else ())], seen.elements)
    )
    for result in seen.instructions:
        if result.box is not None:
            target = result.box.grown(NEAR_PX)
            pieces = [piece for box in pieces for piece in box.without(target)]
    return replace(seen, ignored=tuple(pieces))
