"""Match the elements of two captures, and say what changed about each."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlsplit

from capture.elements import CONTAINERS, Element, containers_of, normalise
from capture.geometry import Box
from capture.scenario.healing import SIMILAR, similarity
from capture.scenario.instruction import used_alike
from report.compare.png import ROUNDING

MOVED_PX = 3
"""A smaller shift is rendering noise, not a move."""
TEXT_WIDTH_SHARE = 0.03
"""Share by which font hinting may change the width of the same text."""
FEW_PX = 8
"""A shift of an element with the same words by at most this is nothing that a reader would notice."""
SAME_PLACE_SHARE = 0.6
"""Share of their area that two boxes must have in common to count as the same place."""


class ChangeKind(StrEnum):
    """Change of an element."""

    ADDED = "added"
    REMOVED = "removed"
    ROLE = "role"
    """Has another role, with the same label."""
    RENAMED = "renamed"
    RENAMED_UNSEEN = "renamed_unseen"
    """Has another accessible name, and the same words on the screen."""
    MOVED = "moved"
    RESIZED = "resized"
    ENABLED = "enabled"
    DISABLED = "disabled"
    STATE = "state"
    """Was ticked, chosen, opened …, or no longer is."""
    READDRESSED = "readdressed"
    """Is a link to another page."""
    RESTYLED = "restyled"
    """Looks different, without any other change."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementChange:
    """A change of one element."""

    kind: ChangeKind
    role: str
    before: str | None
    """Label in the baseline; None if added."""
    now: str | None
    """Label in the candidate; None if removed."""
    box: Box | None
    """Box in the candidate, or in the baseline if removed; px."""
    px: int = 0
    """Distance of a move, or change of size, px."""
    role_before: str | None = None
    """Role in the baseline, if it was another one."""
    box_before: Box | None = None
    """Box in the baseline; None if added; px."""
    state: str | None = None
    """State that is set now (``checked``), or no longer is (``not checked``)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """An element of the baseline, and the same element in the candidate."""

    baseline: Element
    candidate: Element


@dataclass(frozen=True, kw_only=True, slots=True)
class Matches:
    """Visible elements of two captures: matched pairs, and those that only one capture has."""

    pairs: tuple[Match, ...]
    removed: tuple[Element, ...]
    added: tuple[Element, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementSide:
    """Elements of one of the two captures, and the parts to leave out."""

    elements: Sequence[Element]
    masks: Sequence[Box] = ()

    @property
    def visible(self) -> list[Element]:
        """Elements that a reader can see and reach, outside masks; of containers, only dialogs."""
        return [
            element
            for element in self.elements
            if element.on_top
            and element.role not in CONTAINERS - {"dialog", "alertdialog"}
            and not any(element.box.within(mask) for mask in self.masks)
        ]

    def container_role(self, element: Element) -> str | None:
        """Return the role of an element's nearest container."""
        nearest = next(containers_of(element, self.elements), None)
        return None if nearest is None else self.elements[nearest].role


def match_elements(baseline: ElementSide, candidate: ElementSide, to_candidate: Callable[[Box], Box]) -> Matches:
    """Match the elements of two captures.

    First elements with the same role and name, nearest pairs first; then, among the rest, elements with the same label
    and a role that is used in the same way; then elements with the same role and container and a similar name; then
    elements with the same role in the same place.

    Args:
        to_candidate: maps a box of the baseline to the candidate (``Alignment.to_candidate``).
    """
    before, after = baseline.visible, candidate.visible
    pairs: list[Match] = []

    def match_best(olds: Sequence[Element], score: Callable[[Element, Element], float]) -> list[Element]:
        """Match each old element with the new one of the highest score above 0; return the unmatched old ones."""
        left = []
        for old in olds:
            scores = [(score(old, new), -index) for index, new in enumerate(after)]
            best, place = max(scores, default=(0.0, 0))
            if best > 0:
                pairs.append(Match(baseline=old, candidate=after.pop(-place)))
            else:
                left.append(old)
        return left

    before = _match_equal(before, after, to_candidate, pairs)
    before = match_best(
        before,
        lambda old, new: (
            1 / (1 + to_candidate(old.box).distance(new.box))
            if old.label and normalise(old.label) == normalise(new.label) and used_alike(old.role, new.role)
            else 0
        ),
    )
    before = match_best(
        before,
        lambda old, new: (
            value
            if old.role == new.role
            and baseline.container_role(old) == candidate.container_role(new)
            and (value := similarity(old.name, new.name)) >= SIMILAR
            else 0
        ),
    )
    before = match_best(
        before,
        lambda old, new: (
            value if old.role == new.role and (value := to_candidate(old.box).iou(new.box)) >= SAME_PLACE_SHARE else 0
        ),
    )
    return Matches(pairs=tuple(pairs), removed=tuple(before), added=tuple(after))


def element_changes(
    matches: Matches, to_candidate: Callable[[Box], Box], *, redrawn: bool
) -> tuple[ElementChange, ...]:
    """Return the changes of matched elements, then the removed ones, then the added ones.

    Args:
        to_candidate: maps a box of the baseline to the candidate (``Alignment.to_candidate``).
        redrawn: the whole page is rendered differently, so that the width of text may differ.
    """
    found = [change for pair in matches.pairs for change in _changes_of(pair, to_candidate, redrawn=redrawn)]
    found += [_change(ChangeKind.REMOVED, old, None) for old in matches.removed]
    found += [_change(ChangeKind.ADDED, None, new) for new in matches.added]
    return tuple(found)


def restyled(pair: Match) -> ElementChange:
    """Return a RESTYLED change of a matched element."""
    return _change(ChangeKind.RESTYLED, pair.baseline, pair.candidate)


def _match_equal(
    before: Sequence[Element], after: list[Element], to_candidate: Callable[[Box], Box], pairs: list[Match]
) -> list[Element]:
    """Match elements with the same role and name, nearest pairs first; return the unmatched old ones."""
    candidates: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, new in enumerate(after):
        candidates[new.role, normalise(new.name)].append(place)
    distances = sorted(
        (to_candidate(old.box).distance(after[place].box), number, place)
        for number, old in enumerate(before)
        for place in candidates[old.role, normalise(old.name)]
    )
    partner: dict[int, int] = {}
    taken: set[int] = set()
    for _, number, place in distances:
        if number not in partner and place not in taken:
            partner[number] = place
            taken.add(place)
    pairs += [Match(baseline=before[number], candidate=after[partner[number]]) for number in sorted(partner)]
    after[:] = [new for place, new in enumerate(after) if place not in taken]
    return [old for number, old in enumerate(before) if number not in partner]


def move_tolerance(box: Box, *, redrawn: bool) -> float:
    """Return the shift (px) up to which a difference of position is rendering noise, not a move."""
    return FEW_PX + ROUNDING * max(box.right, box.bottom) + (TEXT_WIDTH_SHARE * box.width if redrawn else 0)


def _changes_of(pair: Match, to_candidate: Callable[[Box], Box], *, redrawn: bool) -> list[ElementChange]:
    """Return what changed about a matched element; a move or a resize only if its name and state are the same."""
    old, new = pair.baseline, pair.candidate
    found = []
    if old.role != new.role:
        found.append(replace(_change(ChangeKind.ROLE, old, new), role_before=old.role))
    if normalise(old.label) != normalise(new.label):
        found.append(_change(ChangeKind.RENAMED, old, new))
    elif normalise(old.name) != normalise(new.name):
        found.append(replace(_change(ChangeKind.RENAMED_UNSEEN, old, new), before=old.name, now=new.name))
    if old.disabled != new.disabled:
        found.append(_change(ChangeKind.DISABLED if new.disabled else ChangeKind.ENABLED, old, new))
    found += [_change(ChangeKind.STATE, old, new, state=state) for state in _changed_states(old, new)]
    if old.role == "link" and _page_of(old.address) != _page_of(new.address):
        found.append(_change(ChangeKind.READDRESSED, old, new))
    if None not in (old.lettering, new.lettering) and old.lettering != new.lettering:
        found.append(_change(ChangeKind.RESTYLED, old, new))
    if found:
        return found
    expected = to_candidate(old.box)
    moved = max(abs(new.box.x - expected.x), abs(new.box.y - expected.y))
    grown = max(abs(new.box.width - expected.width), abs(new.box.height - expected.height))
    tolerance = move_tolerance(new.box, redrawn=redrawn)
    if moved >= tolerance:
        found.append(_change(ChangeKind.MOVED, old, new, px=round(moved)))
    elif grown >= tolerance:
        found.append(_change(ChangeKind.RESIZED, old, new, px=round(grown)))
    return found


def _changed_states(old: Element, new: Element) -> list[str]:
    """Return each state that only one of two elements has: ``checked`` if the new one has it, else ``not checked``."""
    gained = [state for state in new.states if state not in old.states]
    return gained + [f"not {state}" for state in old.states if state not in new.states]


def _page_of(address: str | None) -> str | None:
    """Return the address of a page without query and fragment, which often change from one visit to the next."""
    return None if address is None else urlsplit(address)._replace(query="", fragment="").geturl()


def _change(
    kind: ChangeKind, old: Element | None, new: Element | None, *, px: int = 0, state: str | None = None
) -> ElementChange:
    shown = new or old
    assert shown is not None, "a change has an old or a new element"
    return ElementChange(
        kind=kind,
        role=shown.role,
        before=old.label if old else None,
        now=new.label if new else None,
        box=shown.box,
        box_before=old.box if old else None,
        px=px,
        state=state,
    )
