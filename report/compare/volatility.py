"""What is alive on a page: parts that differ between two captures of the same minute, and those known to do so.

Such a part says nothing of the tutorial. But what once was alive is not trusted for ever: the same difference, coming
back night after night, is a change.
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
"""Containers that hold too much to be alive as a whole."""
LARGEST = 0.4
"""Share of the page that alive parts may cover together; over it, the whole page has become another."""
AROUND_PX = 4
STEADY_NIGHTS = 2
"""Earlier nights that must show what tonight shows for a part to be taken as changed."""
SAME_PART = 0.6
"""Share of what two boxes cover that they have in common when they are of one part."""


class Volatility(StrEnum):
    """What is known of an alive part."""

    SEEN_NOW = "seen_now"
    """It differs between two captures of tonight."""
    EXPECTED = "expected"
    """It did so on an earlier night, and differs from the approved picture tonight."""
    SETTLED = "settled"
    """It did so, but has shown the same for nights, and not what was approved: it changed."""
    AS_APPROVED = "as_approved"
    """It did so; tonight it shows what was approved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PagePart:
    """A part of a page, by name when it has one that stays."""

    box: Box
    """px."""
    role: str | None = None
    name: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Observation:
    """What a part showed on an earlier night."""

    day: date
    digest: str
    volatile: bool
    """It differed between two captures of that night."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownVolatilePart:
    """A part that was alive on an earlier night."""

    part: PagePart
    """Its box is in the approved picture."""
    observations: tuple[Observation, ...]
    """The latest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VolatileRegion:
    """A part that is, or was, alive."""

    volatility: Volatility
    box: Box
    """In tonight's picture, px."""
    baseline_box: Box
    """In the approved picture, px."""
    role: str | None
    name: str | None
    digest: str
    """Of what it shows tonight."""
    is_ignored: bool
    """Its differences do not count, but for windows that lie on it."""
    since: date | None = None
    """Since when it has shown the same."""

    @property
    def differs(self) -> bool:
        """From the approved picture."""
        return self.volatility is not Volatility.AS_APPROVED


def volatile_parts(first: Side, second: Side) -> tuple[PagePart, ...]:
    """Parts of the first capture that a second one of the same minute shows otherwise."""
    found = compare(second, first).comparison
    parts = [_holding_part(region.box, first, second) for region in found.regions]
    parts += [_holding_rows(band, first, second) for band in found.bands]
    parts += [
        _holding_part(change.box, first, second)
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
    compared: ComparisonResult, captured: Side, *, tonight: Sequence[PagePart], known: Sequence[KnownVolatilePart]
) -> tuple[VolatileRegion, ...]:
    """What is known of each alive part of a page; one that an instruction points at is never left out of account.

    Args:
        compared: tonight's capture with the approved one.
        captured: tonight's.
        tonight: what differs between tonight's two captures.
        known: what was alive on earlier nights.
    """
    parts = [
        _region(part, Volatility.SEEN_NOW, part.box, compared.alignment.to_baseline(part.box), captured)
        for part in tonight
    ]
    for one in sorted(known, key=lambda one: one.part.box.area, reverse=True):
        box = compared.alignment.to_candidate(one.part.box)
        if any(part.box.iou(box) >= SAME_PART or box.within(part.box.grown(AROUND_PX)) for part in parts):
            continue
        found = _region(one.part, Volatility.EXPECTED, box, one.part.box, captured)
        parts.append(_known_region(found, one, differs=_differs(box, compared)))
    width, height = compared.comparison.candidate_size or (0, 0)
    if sum(part.box.area for part in parts if part.is_ignored) > LARGEST * width * height:
        return tuple(replace(part, is_ignored=False) for part in parts)
    return tuple(parts)


def _region(part: PagePart, liveliness: Volatility, box: Box, approved_box: Box, captured: Side) -> VolatileRegion:
    targets = [result.box for result in captured.instructions if result.box is not None]
    pieces = subtract_dialogs([box], captured.elements)
    return VolatileRegion(
        volatility=liveliness,
        box=box,
        baseline_box=approved_box,
        role=part.role,
        name=part.name,
        digest=_digest(box, captured),
        is_ignored=not any(target.grown(AROUND_PX).overlap(piece) for piece in pieces for target in targets),
    )


def _known_region(found: VolatileRegion, known: KnownVolatilePart, *, differs: bool) -> VolatileRegion:
    """A part that was alive, by whether it has shown for nights what it shows tonight."""
    if not differs:
        return replace(found, volatility=Volatility.AS_APPROVED, is_ignored=False)
    same = []
    for sighting in known.observations:
        if sighting.volatile or sighting.digest != found.digest:
            break
        same.append(sighting)
    if len(same) < STEADY_NIGHTS:
        return found
    return replace(found, volatility=Volatility.SETTLED, is_ignored=False, since=same[-1].day)


def _differs(box: Box, compared: ComparisonResult) -> bool:
    comparison = compared.comparison
    places = [region.box for region in comparison.regions] + [band.in_candidate for band in comparison.bands]
    places += [change.box for change in comparison.elements if change.box is not None]
    return any(place.overlap(box) for place in places)


def _digest(box: Box, captured: Side) -> str:
    picture = read_picture(captured.screenshot.png, captured.screenshot.path)
    top, left = max(int(box.y), 0), max(int(box.x), 0)
    pixels = picture.pixels(top, max(int(box.bottom), top))[:, left : max(int(box.right), left)]
    return hashlib.sha256(pixels.tobytes()).hexdigest()


def _holding_part(box: Box, first: Side, second: Side) -> PagePart:
    """What holds a box: the nearest thing around it that has the same name in both captures; or its own place."""
    holders = sorted(_possible_holders(box, first), key=lambda element: element.box.area)
    names = {(element.role, normalise(element.name)) for element in second.elements}
    for number, element in enumerate(holders):
        steady = element.name and (element.role, normalise(element.name)) in names
        if steady and (number == 0 or element.role in CONTAINERS):
            return PagePart(box=element.box, role=element.role, name=element.name)
    return PagePart(box=holders[0].box if holders else box.grown(AROUND_PX))


def _possible_holders(box: Box, seen: Side) -> Iterator[Element]:
    """Things around a box that are not the whole page, and that hold nothing an instruction points at."""
    page = max((element.box.bottom for element in seen.elements), default=0) * max(
        (element.box.right for element in seen.elements), default=0
    )
    targets = [result.box for result in seen.instructions if result.box is not None]
    holding = {index for target in targets for index in _around(target, seen.elements)}
    for index, element in enumerate(seen.elements):
        if (
            element.visible
            and element.role not in PAGE_WIDE_ROLES
            and element.box.area <= LARGEST * page
            and box.within(element.box.grown(AROUND_PX))
            and index not in holding
        ):
            yield element


def _around(target: Box, elements: Sequence[Element]) -> Iterator[int]:
    """Indexes of what stands where an instruction points, and of the containers around it.

    A window that lies on a part of the page is not in it, though it is in its box.
    """
    for index, element in enumerate(elements):
        if element.role not in CONTAINERS and element.on_top and target.within(element.box):
            yield index
            yield from containers_of(element, elements)


def _holding_rows(band: Band, first: Side, second: Side) -> PagePart:
    """What holds some rows, though they may reach across the page: the box that grew."""
    place = band.in_candidate
    holders = [
        element
        for element in first.elements
        if element.visible
        and element.role in CONTAINERS - PAGE_WIDE_ROLES
        and element.box.y - AROUND_PX <= place.y
        and place.bottom <= element.box.bottom + AROUND_PX
    ]
    if not holders:
        return PagePart(box=place.grown(AROUND_PX))
    smallest = min(holders, key=lambda element: element.box.area)
    return _holding_part(smallest.box, first, second)
