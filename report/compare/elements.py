"""What happened to the things on the page: added, removed, renamed, moved, enabled, disabled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from capture.elements import CONTAINERS, Box, Element, containers_of, normalise
from capture.healing import ALIKE, likeness

MOVED_PX = 3
"""A shift under this is rendering, not a move."""


class ChangeKind(StrEnum):
    """What happened to an element."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    RESIZED = "resized"
    ENABLED = "enabled"
    DISABLED = "disabled"


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


def compare_elements(
    approved: Sequence[Element],
    captured: Sequence[Element],
    *,
    approved_masks: Sequence[Box],
    captured_masks: Sequence[Box],
    row_in_captured: Callable[[float], float],
) -> tuple[ElementChange, ...]:
    """Match the visible elements of two captures, and say what happened to each.

    First those of equal role and name (in reading order), then, among what is left, those of equal role
    and container whose names are nearly the same.
    """
    before = _visible(approved, approved_masks)
    after = _visible(captured, captured_masks)
    changes: list[ElementChange] = []
    for old in list(before):
        twin = next((new for new in after if _same(old, new)), None)
        if twin is not None:
            before.remove(old)
            after.remove(twin)
            changes += _what_happened(old, twin, row_in_captured)
    for old in list(before):
        near = _nearest(old, after, approved, captured)
        if near is not None:
            before.remove(old)
            after.remove(near)
            changes.append(_change(ChangeKind.RENAMED, old, near))
    changes += [_change(ChangeKind.REMOVED, old, None) for old in before]
    changes += [_change(ChangeKind.ADDED, None, new) for new in after]
    return tuple(changes)


def _visible(elements: Sequence[Element], masks: Sequence[Box]) -> list[Element]:
    return [
        element
        for element in elements
        if element.at_hand
        and element.role not in CONTAINERS - {"dialog", "alertdialog"}
        and not any(element.box.within(mask) for mask in masks)
    ]


def _same(old: Element, new: Element) -> bool:
    return old.role == new.role and normalise(old.name) == normalise(new.name)


def _nearest(
    old: Element, after: Sequence[Element], approved: Sequence[Element], captured: Sequence[Element]
) -> Element | None:
    around = _container_role(old, approved)
    ranked = sorted(
        (
            (likeness(old.name, new.name), index)
            for index, new in enumerate(after)
            if new.role == old.role and _container_role(new, captured) == around
        ),
        reverse=True,
    )
    return after[ranked[0][1]] if ranked and ranked[0][0] >= ALIKE else None


def _container_role(element: Element, elements: Sequence[Element]) -> str | None:
    nearest = next(containers_of(element, elements), None)
    return None if nearest is None else elements[nearest].role


def _what_happened(old: Element, new: Element, row_in_captured: Callable[[float], float]) -> list[ElementChange]:
    changes = []
    if old.disabled != new.disabled:
        changes.append(_change(ChangeKind.DISABLED if new.disabled else ChangeKind.ENABLED, old, new))
    moved = max(abs(new.box.x - old.box.x), abs(new.box.y - row_in_captured(old.box.y)))
    grown = max(abs(new.box.width - old.box.width), abs(new.box.height - old.box.height))
    if moved >= MOVED_PX:
        changes.append(_change(ChangeKind.MOVED, old, new, px=round(moved)))
    elif grown >= MOVED_PX:
        changes.append(_change(ChangeKind.RESIZED, old, new, px=round(grown)))
    return changes


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
