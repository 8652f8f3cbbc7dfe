"""Verdicts of many nights as a text with a letter for each, so that a record of many pages stays small."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from msgspec import Meta

from report.verdict import Verdict

LETTERS: Mapping[Verdict, str] = {
    Verdict.TEXT_OUTDATED: "T",
    Verdict.PICTURE_OUTDATED: "P",
    Verdict.UNREACHABLE: "U",
    Verdict.NOT_REACHED: "R",
    Verdict.NEW: "N",
    Verdict.BY_HAND_DUE: "D",
    Verdict.COSMETIC: "C",
    Verdict.UP_TO_DATE: "O",
    Verdict.BY_HAND: "H",
    Verdict.FIXED: "F",
}
NOT_VISITED = "."
"""Sign of a night on which the page was in no run."""
_VERDICTS = {letter: verdict for verdict, letter in LETTERS.items()}
_MEANINGS = ", ".join(f"{letter} {verdict.value}" for verdict, letter in LETTERS.items())

VerdictLetters = Annotated[
    str,
    Meta(
        pattern=rf"^[{''.join(LETTERS.values())}{NOT_VISITED}]*$(?!\n)",
        description=f"A letter a night: {_MEANINGS}; {NOT_VISITED} not visited",
    ),
]


def letters_of(verdicts: Iterable[Verdict | None]) -> str:
    """Return a letter for each verdict; None: the page was not visited."""
    return "".join(NOT_VISITED if verdict is None else LETTERS[verdict] for verdict in verdicts)


def verdicts_of(letters: str) -> Iterator[Verdict | None]:
    """Yield the verdict of each letter; None: the page was not visited."""
    return (_VERDICTS.get(letter) for letter in letters)
