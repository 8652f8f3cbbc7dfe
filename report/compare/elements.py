"""What happened to the things on the page: added, removed, renamed, moved, enabled, disabled, restyled."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from capture.elements import CONTAINERS, Element, containers_of, normalise
from capture.geometry import Box
from capture.scenario.healing import SIMILAR, similarity
from report.compare.png import ROUNDING

MOVED_PX = 3
"""A shift under this is rendering, not a move."""
WIDER = 0.03
"""Share by which the same words are wider in letters that are hinted otherwise."""
SAME_PLACE = 0.6
"""Share of two boxes' area that they have in common when one thing stands where another stood."""


class ChangeKind(StrEnum):
    """What happened to an element."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    RESIZED = "resized"
    ENABLED = "enabled"
    DISABLED = "disabled"
    RESTYLED = "restyled"
    """It looks different, and nothing else happened to it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementChange:
    """One element, and what happened to it."""

    kind: ChangeKind
    role: str
    before: str | None
    """Name on the approved page."""
    now: str | None
    """Name tonight."""
    box: Box | None
    """Where it is tonight, or was, px."""
    px: int = 0
    """How far it moved."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """An element of the approved page, and the same one tonight."""

    before: Element
    now: Element


@dataclass(frozen=True, kw_only=True, slots=True)
class Matches:
    """The elements of two captures that a reader sees, matched."""

    pairs: tuple[Match, ...]
    removed: tuple[Element, ...]
    added: tuple[Element, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementSide:
    """What one of the two captures shows."""

    elements: Sequence[Element]
    masks: Sequence[Box] = ()

    @property
    def visible(self) -> list[Element]:
        return [
            element
            for element in self.elements
            if element.on_top
            and element.role not in CONTAINERS - {"dialog", "alertdialog"}
            and not any(element.box.within(mask) for mask in self.masks)
        ]

    def container_role(self, element: Element) -> str | None:
        nearest = next(containers_of(element, self.elements), None)
        return None if nearest is None else self.elements[nearest].role


def match_elements(approved: ElementSide, captured: ElementSide, carried: Callable[[Box], Box]) -> Matches:
    """Match the elements of two captures.

    First those of equal role and name, the nearest to each other; then, among what is left, those of
    equal role and container whose names are nearly the same; then those of equal role in the same place.
    """
    before, after = approved.visible, captured.visible
    pairs: list[Match] = []

    def take(olds: Sequence[Element], fits: Callable[[Element, Element], float]) -> list[Element]:
        """Give each element of a list the one that fits it best, if any does; gives those left over."""
        left = []
        for old in olds:
            scores = [(fits(old, new), -index) for index, new in enumerate(after)]
            best, place = max(scores, default=(0.0, 0))
            if best > 0:
                pairs.append(Match(before=old, now=after.pop(-place)))
            else:
                left.append(old)
        return left

    before = _twins(before, after, carried, pairs)
    before = take(
        before,
        lambda old, new: (
            score
            if old.role == new.role
            and approved.container_role(old) == captured.container_role(new)
            and (score := similarity(old.name, new.name)) >= SIMILAR
            else 0
        ),
    )
    before = take(
        before,
        lambda old, new: (
            score if old.role == new.role and (score := carried(old.box).iou(new.box)) >= SAME_PLACE else 0
        ),
    )
    return Matches(pairs=tuple(pairs), removed=tuple(before), added=tuple(after))


def element_changes(matches: Matches, carried: Callable[[Box], Box], *, redrawn: bool) -> tuple[ElementChange, ...]:
    """What happened to each element, those of the approved page first.

    Args:
        redrawn: the whole page is drawn otherwise, so that its letters may be wider or narrower.
    """
    found = [change for pair in matches.pairs for change in _changes_of(pair, carried, redrawn=redrawn)]
    found += [_change(ChangeKind.REMOVED, old, None) for old in matches.removed]
    found += [_change(ChangeKind.ADDED, None, new) for new in matches.added]
    return tuple(found)


def restyled(pair: Match) -> ElementChange:
    """That an element looks different."""
    return _change(ChangeKind.RESTYLED, pair.before, pair.now)


def _twins(
    before: Sequence[Element], after: list[Element], carried: Callable[[Box], Box], pairs: list[Match]
) -> list[Element]:
    """Pair the elements of equal role and name, the nearest to each other first; gives those that have none."""
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, new in enumerate(after):
        alike[new.role, normalise(new.name)].append(place)
    distances = sorted(
        (carried(old.box).distance(after[place].box), number, place)
        for number, old in enumerate(before)
        for place in alike[old.role, normalise(old.name)]
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, number, place in distances:
        if number not in partner and place not in taken:
            partner[number] = place
            taken.add(place)
    pairs += [Match(before=before[number], now=after[partner[number]]) for number in sorted(partner)]
    after[:] = [new for place, new in enumerate(after) if place not in taken]
    return [old for number, old in enumerate(before) if number not in partner]


def slack(box: Box, *, redrawn: bool) -> float:
    """How many px of a shift are rendering, not a move."""
    return MOVED_PX + ROUNDING * max(box.right, box.bottom) + (WIDER * box.width if redrawn else 0)


def _changes_of(pair: Match, carried: Callable[[Box], Box], *, redrawn: bool) -> list[ElementChange]:
    old, new = pair.before, pair.now
    found = []
    if normalise(old.name) != normalise(new.name):
        found.append(_change(ChangeKind.RENAMED, old, new))
    if old.disabled != new.disabled:
        found.append(_change(ChangeKind.DISABLED if new.disabled else ChangeKind.ENABLED, old, new))
    if found:
        return found
    place = carried(old.box)
    moved = max(abs(new.box.x - place.x), abs(new.box.y - place.y))
    grown = max(abs(new.box.width - place.width), abs(new.box.height - place.height))
    least = slack(new.box, redrawn=redrawn)
    if moved >= least:
        found.append(_change(ChangeKind.MOVED, old, new, px=round(moved)))
    elif grown >= least:
        found.append(_change(ChangeKind.RESIZED, old, new, px=round(grown)))
    return found


def _change(kind: ChangeKind, old: Element | None, new: Element | None, *, px: int = 0) -> ElementChange:
    shown = new or old
    assert shown is not None, "a change is of something"
    return ElementChange(
        kind=kind,
        role=shown.role,
        before=old.name if old else None,
        now=new.name if new else None,
        box=shown.box,
        px=px,
    )
