"""Masks of reviewers: parts of a page that are not compared."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from capture.checked_values import Note, PageNumber, Person
from capture.elements import Element, normalise
from capture.geometry import Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Mask:
    """A part of a page that is not compared: the elements of a name, or a box of the approved picture."""

    page: PageNumber
    on: date
    by: Person
    element: str | None = None
    """Accessible name."""
    box: Box | None = None
    """px of the approved picture."""
    why: Note = ""

    def same_as(self, other: "Mask") -> bool:
        """Tell whether both masks cover the same part."""
        return (self.page, self.element, self.box) == (other.page, other.element, other.box)


def named_boxes(masks: Iterable[Mask], elements: Iterable[Element]) -> tuple[Box, ...]:
    """Return the boxes of the visible elements that masks name."""
    names = {normalise(mask.element) for mask in masks if mask.element is not None}
    return tuple(element.box for element in elements if element.visible and normalise(element.name) in names)


def drawn_boxes(masks: Iterable[Mask]) -> tuple[Box, ...]:
    """Return the boxes of masks that are drawn on the approved picture."""
    return tuple(mask.box for mask in masks if mask.box is not None)
