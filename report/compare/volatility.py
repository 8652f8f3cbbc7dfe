"""Find volatile regions: parts that differ from one visit to the next, such as news or advertising.

A page that differs from its baseline is visited a second time within a minute; parts that differ between these two
captures are volatile and do not count. Earlier runs are taken into account too, but not for ever: once a part has
shown the same content in several runs, its difference from the baseline is a change.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from capture.elements import CONTAINERS, Element, containers_of, normalise, subtract_dialogs
from capture.geometry import Box
from report.compare.align import Band
from report.compare.comparison import ComparisonResult, Side, compare
from report.compare.png import read_picture

PAGE_WIDE_ROLES = frozenset(("main", "banner", "contentinfo", "form", "dialog", "alertdialog"))
"""Containers too large to be volatile as a whole."""
MAX_SHARE = 0.4
"""Share of the page that ignored volatile regions may cover together; above it, none is ignored."""
MARGIN_PX = 4
"""Tolerance when boxes are compared."""
SETTLED_RUNS = 2
"""Number of earlier runs in a row that must show the same content for a part to count as settled."""
SAME_PART_SHARE = 0.6
"""Share of their area that two boxes must have in common to be the same part."""


class Volatility(StrEnum):
    """Evidence that a part is, or was, volatile."""

    SEEN_NOW = "seen_now"
    """Differs between the two captures of this run."""
    EXPECTED = "expected"
    """Was volatile in an earlier run, and differs from the baseline now."""
    SETTLED = "settled"
    """Was volatile, but has shown the same content for several runs, other than the baseline's: a change."""
    AS_APPROVED = "as_approved"
    """Was volatile; now equal to the baseline."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePart:
    """A part of a page, with the role and name of its element if the name is stable."""

    box: Box
    """px."""
    role: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """Content of a part in an earlier run."""

    day: date
    digest: str
    """SHA-256 of its pixels."""
    volatile: bool
    """Whether the part differed between two captures of that run."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownVolatilePart:
    """A part that was volatile in an earlier run."""

    part: PagePart
    """Its box is in the baseline."""
    observations: tuple[Observation, ...]
    """Latest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VolatileRegion:
    """A part that is, or was, volatile."""

    volatility: Volatility
    box: Box
    """Box in the candidate, px."""
    baseline_box: Box
    """Box in the baseline, px."""
    role: str | None
    name: str | None
    digest: str
    """SHA-256 of its pixels in the candidate."""
    is_ignored: bool
    """Its differences do not count, except for windows that lie over it."""
    since: date | None = None
    """First day on which it showed its present content, if settled."""

    @property
    def differs(self) -> bool:
        """Whether the part differs from the baseline."""
        return self.volatility is not Volatility.AS_APPROVED


def volatile_parts(first: Side, second: Side) -> tuple[PagePart, ...]:
    """Return the parts of the first capture that differ in a second one, taken within a minute."""
    found = compare(second, first).comparison
    parts = [_containing_part(region.box, first, second) for region in found.regions]
    parts += [_part_containing_rows(band, first, second) for band in found.bands]
    parts += [
        _containing_part(change.box, first, second)
        for change in found.elements
        if change.box is not None and change.now is not None
    ]
    parts.sort(key=lambda part: part.box.area, reverse=True)
    kept: list[PagePart] = []
    for part in parts:
        if not any(part.box.within(other.box) for other in kept):
            kept.append(part)
    return tuple(kept)


def classify_volatile(
    compared: ComparisonResult, candidate: Side, *, seen_now: Sequence[PagePart], known: Sequence[KnownVolatilePart]
) -> tuple[VolatileRegion, ...]:
    """Classify volatile regions; one that overlaps an instruction's target is never ignored.

    Args:
        compared: comparison of the candidate with its baseline.
        candidate: first capture of this run.
        seen_now: parts that differ between the two captures of this run.
        known: parts that were volatile in earlier runs.
    """
    parts = [
        _region(part, Volatility.SEEN_NOW, part.box, compared.alignment.to_baseline(part.box), candidate)
        for part in seen_now
    ]
    for earlier in sorted(known, key=lambda one: one.part.box.area, reverse=True):
        box = compared.alignment.to_candidate(earlier.part.box)
        if any(part.box.iou(box) >= SAME_PART_SHARE or box.within(part.box.grown(MARGIN_PX)) for part in parts):
            continue
        found = _region(earlier.part, Volatility.EXPECTED, box, earlier.part.box, candidate)
        parts.append(_known_region(found, earlier, differs=_differs(box, compared)))
    width, height = compared.comparison.candidate_size or (0, 0)
    if sum(part.box.area for part in parts if part.is_ignored) > MAX_SHARE * width * height:
        return tuple(replace(part, is_ignored=False) for part in parts)
    return tuple(parts)


def _region(part: PagePart, volatility: Volatility, box: Box, baseline_box: Box, candidate: Side) -> VolatileRegion:
    """Build a region; it is ignored unless an uncovered piece of it touches an instruction's target."""
    targets = [result.box for result in candidate.instructions if result.box is not None]
    pieces = subtract_dialogs([box], candidate.elements)
    return VolatileRegion(
        volatility=volatility,
        box=box,
        baseline_box=baseline_box,
        role=part.role,
        name=part.name,
        digest=_digest(box, candidate),
        is_ignored=not any(target.grown(MARGIN_PX).overlap(piece) for piece in pieces for target in targets),
    )


def _known_region(found: VolatileRegion, known: KnownVolatilePart, *, differs: bool) -> VolatileRegion:
    """Classify a part that was volatile, by its content in earlier runs."""
    if not differs:
        return replace(found, volatility=Volatility.AS_APPROVED, is_ignored=False)
    same = []
    for observation in known.observations:
        if observation.volatile or observation.digest != found.digest:
            break
        same.append(observation)
    if len(same) < SETTLED_RUNS:
        return found
    return replace(found, volatility=Volatility.SETTLED, is_ignored=False, since=same[-1].day)


def _differs(box: Box, compared: ComparisonResult) -> bool:
    """Whether any difference overlaps a box of the candidate."""
    comparison = compared.comparison
    places = [region.box for region in comparison.regions] + [band.in_candidate for band in comparison.bands]
    places += [change.box for change in comparison.elements if change.box is not None]
    return any(place.overlap(box) for place in places)


def _digest(box: Box, candidate: Side) -> str:
    """Return the SHA-256 of a box's pixels."""
    picture = read_picture(candidate.screenshot.png, candidate.screenshot.path)
    top, left = max(int(box.y), 0), max(int(box.x), 0)
    pixels = picture.pixels(top, max(int(box.bottom), top))[:, left : max(int(box.right), left)]
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def _containing_part(box: Box, first: Side, second: Side) -> PagePart:
    """Return the smallest element around a box whose name is the same in both captures, or else an unnamed part."""
    containers = sorted(_possible_containers(box, first), key=lambda element: element.box.area)
    names = {(element.role, normalise(element.name)) for element in second.elements}
    for number, element in enumerate(containers):
        has_stable_name = element.name and (element.role, normalise(element.name)) in names
        if has_stable_name and (number == 0 or element.role in CONTAINERS):
            return PagePart(box=element.box, role=element.role, name=element.name)
    return PagePart(box=containers[0].box if containers else box.grown(MARGIN_PX))


def _possible_containers(box: Box, side: Side) -> Iterator[Element]:
    """Yield elements around a box, except those that contain an instruction's target or most of the page."""
    page_area = max((element.box.bottom for element in side.elements), default=0) * max(
        (element.box.right for element in side.elements), default=0
    )
    targets = [result.box for result in side.instructions if result.box is not None]
    target_containers = {index for target in targets for index in _elements_at(target, side.elements)}
    for index, element in enumerate(side.elements):
        if (
            element.visible
            and element.role not in PAGE_WIDE_ROLES
            and element.box.area <= MAX_SHARE * page_area
            and box.within(element.box.grown(MARGIN_PX))
            and index not in target_containers
        ):
            yield element


def _elements_at(target: Box, elements: Sequence[Element]) -> Iterator[int]:
    """Yield the indexes of the elements at a target and of their containers, by the tree, not by boxes.

    A window that lies over a part of the page is inside its box, but not part of it.
    """
    for index, element in enumerate(elements):
        if element.role not in CONTAINERS and element.on_top and target.within(element.box):
            yield index
            yield from containers_of(element, elements)


def _part_containing_rows(band: Band, first: Side, second: Side) -> PagePart:
    """Return the smallest container whose height contains a band's rows: the container that grew."""
    place = band.in_candidate
    containers = [
        element
        for element in first.elements
        if element.visible
        and element.role in CONTAINERS - PAGE_WIDE_ROLES
        and element.box.y - MARGIN_PX <= place.y
        and place.bottom <= element.box.bottom + MARGIN_PX
    ]
    if not containers:
        return PagePart(box=place.grown(MARGIN_PX))
    smallest = min(containers, key=lambda element: element.box.area)
    return _containing_part(smallest.box, first, second)
