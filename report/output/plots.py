"""Shapes of plots over nights, as numbers: templates draw them as SVG.

Horizontal places and widths are percentages of the plot's width, vertical ones are px from its top. So a plot fills a
window of any width, and neither its words nor its patterns are stretched.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

HEIGHT = 160
"""Height of a plot without the labels of its nights, px."""
STRIP_HEIGHT = 18
"""Height of the strip of one page, px."""
MOST_LINES = 4
"""Most lines of a scale, without the one at zero."""
FREE_SHARE = 0.2
"""Share of a night's width that stays free between two bars."""
_STEPS = (1, 2, 5, 10)


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """Part of a bar."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bar:
    """Bar of one night, from the bottom up; without segments, its value is zero."""

    night: int
    """Index of the night."""
    x: float
    width: float
    segments: tuple[Segment, ...]
    is_cut: bool
    """Whether the bar is higher than the plot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """Line of the scale."""

    y: float
    value: float


@dataclass(frozen=True, kw_only=True, slots=True)
class BarPlot:
    """Stacked bars, one for each night of which the values are known, over a scale."""

    bars: tuple[Bar, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Nights of the same kind, one after the other."""

    kind: str
    first: int
    """Index of its first night."""
    last: int
    x: float
    width: float


def bar_plot(
    nights: Sequence[Sequence[tuple[str, float]] | None], *, whole: bool = True, highest: float | None = None
) -> BarPlot:
    """Stack the values of each night.

    Args:
        nights: kinds and values of each night, those at the bottom first; None: not known.
        whole: the values are whole numbers, and so are those of the scale.
        highest: value at which bars are cut; None: the highest one.
    """
    totals = [sum(value for _, value in night) for night in nights if night is not None]
    highest = max(totals, default=0) if highest is None else highest
    step = _step(highest, whole=whole)
    top = max(step, highest)
    return BarPlot(
        bars=tuple(
            Bar(
                night=at,
                x=_percent(at + FREE_SHARE / 2, len(nights)),
                width=_percent(1 - FREE_SHARE, len(nights)),
                segments=_segments(night, top),
                is_cut=sum(value for _, value in night) > top,
            )
            for at, night in enumerate(nights)
            if night is not None
        ),
        lines=tuple(
            Line(y=round(HEIGHT - HEIGHT * value / top, 1), value=value)
            for value in (round(step * number, 6) for number in range(int(top / step + 1e-6) + 1))
        ),
    )


def spans(kinds: Sequence[str]) -> tuple[Span, ...]:
    """Join the nights of the same kind; those of the kind "" are left out."""
    found, first = [], 0
    for kind, same in groupby(kinds):
        count = len(list(same))
        if kind:
            x, width = _percent(first, len(kinds)), _percent(count, len(kinds))
            found.append(Span(kind=kind, first=first, last=first + count - 1, x=x, width=width))
        first += count
    return tuple(found)


def _step(highest: float, *, whole: bool) -> float:
    """Return the distance of the lines of a scale: 1, 2 or 5 times a power of ten."""
    least = highest / MOST_LINES
    power = 10.0 ** math.floor(math.log10(least)) if least > 0 else 1.0
    step = next(one * power for one in _STEPS if one * power >= least * (1 - 1e-9))
    return max(step, 1.0) if whole else step


def _segments(values: Sequence[tuple[str, float]], top: float) -> tuple[Segment, ...]:
    """Stack values from the bottom of a plot whose top stands for the value ``top``."""
    found, below = [], 0.0
    for kind, value in values:
        above = min(below + value, top)
        if above > below:
            y, height = HEIGHT * (1 - above / top), HEIGHT * (above - below) / top
            found.append(Segment(kind=kind, y=round(y, 2), height=round(height, 2)))
        below = above
    return tuple(found)


def _percent(nights: float, of: int) -> float:
    return round(100 * nights / of, 2)
