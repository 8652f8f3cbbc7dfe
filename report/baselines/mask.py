"""Parts of a page that a reviewer has said to ignore."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from capture.elements import Element, normalise
from capture.geometry import Box


@dataclass(frozen=True, kw_only=True, slots=True)
class Mask:
    """What to ignore on a page: a thing by its name, or a place of the approved picture."""

    page: int
    on: date
    by: str
    element: str | None = None
    """Accessible name."""
    box: Box | None = None
    """px of the approved picture."""
    why: str = ""

    def same_as(self, other: "Mask") -> bool:
        """Do both ignore the same?"""
        return (self.page, self.element, self.box) == (other.page, other.element, other.box)


def named_boxes(masks: Iterable[Mask], elements: Iterable[Element]) -> tuple[Box, ...]:
    """Where the things are that masks name, among these elements."""
    names = {normalise(mask.element) for mask in masks if mask.element is not None}
    return tuple(element.box for element in elements if element.visible and normalise(element.name) in names)


def drawn_boxes(masks: Iterable[Mask]) -> tuple[Box, ...]:
    """The places that masks give, in the approved picture."""
    return tuple(mask.box for mask in masks if mask.box is not None)
