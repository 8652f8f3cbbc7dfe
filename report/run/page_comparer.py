"""Comparison of a run's candidates with their baselines, without masked and volatile parts."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from threading import Semaphore

from capture.capture import Capture, Sidecar, decoding
from capture.elements import Element, subtract_dialogs
from capture.picture_stack import without_later_pictures
from capture.runner.journey import PageOutcome
from capture.scenario.tutorial import Tutorial
from report.baselines.baselines import Baselines
from report.baselines.mask import Mask, drawn_boxes, named_boxes
from report.compare.comparison import Comparison, ComparisonResult, Side, compare
from report.compare.png import Flags
from report.compare.relative_times import boxes_of_times
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
from report.run.preview import DrawnPreview, draw_previews
from report.verdict import NEAR_PX

MOST_WAITING = 32
"""Pages that wait for their comparison at most: the visit of the next one then waits."""
CANDIDATE = Path("candidate")
"""Name of the candidate in error messages: its picture is in memory only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageComparison:
    """Comparison of a page's candidate with its baseline."""

    comparison: Comparison
    differing: Flags | None
    volatile: tuple[VolatileRegion, ...]
    approved: Sequence[Element]
    """Elements of the baseline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Inputs:
    """Baseline, candidate, their comparison, and the parts that were volatile in earlier runs."""

    baseline: Side
    candidate: Side
    compared: ComparisonResult
    known: tuple[KnownVolatilePart, ...]


_Key = tuple[str, int, str, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class PageComparer:
    """Compares the pages of a run in a background thread."""

    folder: Path
    """The run's folder, which already holds its captures."""
    baselines: Baselines
    history: History
    today: date
    _submitted: dict[_Key, "Future[_Inputs | None]"] = field(default_factory=dict)
    _previews: dict[_Key, "Future[tuple[DrawnPreview, ...]]"] = field(default_factory=dict)
    _room: Semaphore = field(default_factory=lambda: Semaphore(MOST_WAITING))
    _worker: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(max_workers=1))

    def submit(self, tutorial: Tutorial, outcome: PageOutcome) -> None:
        """Start comparing a page's candidate in the background, when few enough others wait."""
        if outcome.capture is not None and (key := _key(outcome.capture)) not in self._submitted:
            self._room.acquire()
            self._submitted[key] = compared = self._worker.submit(self._compare_inputs, tutorial, outcome)
            self._previews[key] = previews = self._worker.submit(self._draw_previews, tutorial, outcome, compared)
            previews.add_done_callback(lambda _: self._room.release())

    def forget(self, slug: str) -> None:
        """Let go of the comparisons of a tutorial, which hold its pictures."""
        for known in (self._submitted, self._previews):
            for key in [key for key in known.copy() if key[0] == slug]:
                del known[key]

    def close(self) -> None:
        """Cancel the comparisons that have not started."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    def result(
        self, tutorial: Tutorial, outcome: PageOutcome, revisit: PageOutcome | None = None
    ) -> PageComparison | None:
        """Return the comparison of a page's candidate with its baseline, without volatile parts where that is safe.

        Args:
            tutorial: the page's tutorial.
            outcome: result of the first visit.
            revisit: result of the second visit; None: there was none.

        Raises:
            PictureCorrupt, SidecarCorrupt, HistoryUnusable.
        """
        if outcome.capture is None:
            return None
        self.submit(tutorial, outcome)
        inputs = self._submitted[_key(outcome.capture)].result()
        if inputs is None:
            return None
        compared, candidate = inputs.compared, inputs.candidate
        second = None if revisit is None or revisit.capture is None else Side.of(revisit.capture, CANDIDATE)
        volatile = classify_volatile(
            compared,
            candidate,
            seen_now=volatile_parts(candidate, second) if second is not None and not compared.comparison.same else (),
            known=inputs.known,
        )
        ignored = subtract_dialogs([part.box for part in volatile if part.is_ignored], outcome.capture.sidecar.elements)
        if ignored and not compared.comparison.same:
            compared = compare(inputs.baseline, replace(candidate, ignored=(*candidate.ignored, *ignored)))
        return PageComparison(
            comparison=compared.comparison,
            differing=compared.differing,
            volatile=volatile,
            approved=inputs.baseline.elements,
        )

    def previews(self, tutorial: Tutorial, outcome: PageOutcome) -> tuple[DrawnPreview, ...]:
        """Return a page's pictures as they would be published; none of a page that is the same, or where text is false.

        Raises:
            PictureCorrupt, SidecarCorrupt, HistoryUnusable.
        """
        if outcome.capture is None:
            return ()
        self.submit(tutorial, outcome)
        return self._previews[_key(outcome.capture)].result()

    def _draw_previews(
        self, tutorial: Tutorial, outcome: PageOutcome, compared: "Future[_Inputs | None]"
    ) -> tuple[DrawnPreview, ...]:
        inputs, capture = compared.result(), outcome.capture
        same = inputs is not None and inputs.compared.comparison.same
        if capture is None or same or capture.sidecar.false_instructions or outcome.obstacle is not None:
            return ()
        approved = self.baselines.read(tutorial.slug, outcome.page.number)
        with decoding(self.baselines.picture_path(tutorial.slug, outcome.page.number)):
            return draw_previews(capture, approved, tutorial.locale[:2])

    def _compare_inputs(self, tutorial: Tutorial, outcome: PageOutcome) -> _Inputs | None:
        approved, capture = self.baselines.read(tutorial.slug, outcome.page.number), outcome.capture
        if approved is None or capture is None:
            return None
        if outcome.obstacle is not None:
            approved = without_later_pictures(approved, capture.sidecar)
        masks = [mask for mask in self.baselines.masks(tutorial.slug) if mask.page == outcome.page.number]
        path = self.baselines.picture_path(tutorial.slug, outcome.page.number)
        baseline = _masked(Side.of(approved, path), masks, drawn=True)
        candidate = _masked(Side.of(capture, CANDIDATE), masks, drawn=False)
        times = boxes_of_times(baseline.elements, candidate.elements)
        candidate = replace(candidate, ignored=(*candidate.ignored, *times))
        key = BaselineKey(
            baselines=self.baselines.root.name,
            tutorial=tutorial.slug,
            page=outcome.page.number,
            approved=approved.sidecar.picture_sha256,
        )
        known = _with_noise_floor(self.history.volatile_parts(key, self.today), approved.sidecar)
        return _Inputs(baseline=baseline, candidate=candidate, compared=compare(baseline, candidate), known=known)


def _key(capture: Capture) -> _Key:
    sidecar = capture.sidecar
    return sidecar.tutorial, sidecar.page, sidecar.picture_sha256, sidecar.taken


def _with_noise_floor(known: Sequence[KnownVolatilePart], approved: Sidecar) -> tuple[KnownVolatilePart, ...]:
    """Return the known volatile parts, and the noise floor of the baseline as one of them."""
    box = approved.noise_floor.box if approved.noise_floor else None
    if box is None or any(box.overlap(one.part.box) for one in known):
        return tuple(known)
    observation = Observation(day=day_of(approved.taken), digest="", volatile=True)
    return (*known, KnownVolatilePart(part=PagePart(box=box), observations=(observation,)))


def _masked(seen: Side, masks: Sequence[Mask], *, drawn: bool) -> Side:
    """Return a capture with the masks of reviewers applied; targets of instructions are never masked."""
    pieces = list(
        subtract_dialogs([*named_boxes(masks, seen.elements), *(drawn_boxes(masks) if drawn else ())], seen.elements)
    )
    for result in seen.instructions:
        if result.box is not None:
            target = result.box.grown(NEAR_PX)
            pieces = [piece for box in pieces for piece in box.without(target)]
    return replace(seen, ignored=tuple(pieces))
