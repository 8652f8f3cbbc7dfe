"""Texts that tell how long ago, or how long something took: they differ at each visit, and mean nothing else."""

import re
from collections.abc import Iterable, Sequence

from capture.elements import Element, normalise
from capture.geometry import Box

_UNIT = (
    r"(?:ms|µs|s|sec|secondes?|seconds?|min|mins|minutes?|h|heures?|hours?|jours?|days?|semaines?|weeks?|mois|months?"
    r"|ans?|years?)"
)
_DURATION = re.compile(rf"\b(?:\d+(?:[.,]\d+)?|an?|une?)\s?{_UNIT}\b")
_RELATIVE = re.compile(
    rf"(?:il y a|depuis|since|in|en|took|généré(?:e)? en|dans)\s+(?:environ |about )?{_DURATION.pattern}"
    rf"|{_DURATION.pattern}\s+(?:ago|plus tôt)|à l'instant|just now",
    re.IGNORECASE,
)


def boxes_of_times(baseline: Iterable[Element], candidate: Sequence[Element]) -> tuple[Box, ...]:
    """Return the boxes of the candidate's texts that differ from the baseline's only by such a time, px."""
    before = {without_times(element.name): normalise(element.name) for element in baseline if _tells_time(element)}
    told = [element for element in candidate if _tells_time(element)]
    return tuple(
        element.box
        for element in told
        if before.get(without_times(element.name), normalise(element.name)) != normalise(element.name)
    )


def _tells_time(element: Element) -> bool:
    return element.role == "text" and element.visible and _RELATIVE.search(normalise(element.name)) is not None


def without_times(text: str) -> str:
    """Return a text, normalised, with a mark in place of each such time."""
    return _RELATIVE.sub("\0", normalise(text))
