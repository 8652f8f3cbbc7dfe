"""The label of a callout on the picture: its number, and a few words."""

import re
from dataclasses import dataclass

from capture.scenario.instruction import InstructionResult, quoted
from report.i18n.translator import Translator
from report.publish.lettering import width_of, wrap

# Lengths in points.
FONT_SIZE = 17
LINE_HEIGHT = 21
PADDING_X, PADDING_Y = 9, 4
DISC = 27
"""Diameter of the disc with the number."""
WIDTHS = (250, 180, 120)
"""Widths at which a text is broken into lines; the layout chooses."""
MOST_LINES = 4
LONGEST_SHORT = 34
"""Characters of a label on one line; a longer one is tried in several ways."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Label:
    """A number with the lines of its text; of a bare number there are none."""

    number: int
    lines: tuple[str, ...]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, points."""
        if not self.lines:
            return DISC, DISC
        text = max(width_of(line, FONT_SIZE) for line in self.lines)
        return DISC + PADDING_X * 1.6 + text, max(DISC, LINE_HEIGHT * len(self.lines) + 2 * PADDING_Y)


def bare_label(number: int) -> Label:
    return Label(number=number, lines=())


def labels_of(result: InstructionResult, language: str) -> tuple[Label, ...]:
    """Return the ways to write a label, the best first, and at last its number alone."""
    text = Translator(language).typeset(short_text(result))
    ways = dict.fromkeys(wrap(text, FONT_SIZE, width, MOST_LINES) for width in WIDTHS)
    return (*(Label(number=result.number, lines=way) for way in ways if way), bare_label(result.number))


def short_text(result: InstructionResult) -> str:
    """Return the words of a callout: the author's label, or what a sentence without one quotes."""
    text = result.label.strip()
    if text == result.sentence.strip() and len(text) > LONGEST_SHORT:
        named = quoted(result.sentence)
        text = f"« {named} »" if named else re.split(r"[.:;](?:\s|$)", text)[0]
    return text
