"""What changed on a witness page: lines that are gone and lines that are new, wherever they stand."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import partial

from rapidfuzz import fuzz

from capture.elements import normalise
from capture.runner.witness import Witness
from report.compare.relative_times import without_times

_MONTHS = (
    "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|january|february|march|april|may|june|july|august|september|october|november|december"
)
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:er|st|nd|rd|th)?[ ./-](?:\d{{1,2}}|{_MONTHS})[ ./-]\d{{2,4}}\b|\b\d{{4}}-\d\d-\d\d\b"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessChanges:
    """Lines that differ, as the page shows them."""

    removed: tuple[str, ...] = ()
    added: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)


def witness_changes(before: Witness, now: Witness, again: Witness | None = None) -> WitnessChanges:
    """Compare two states of a witness page; dates, times and the order of lines do not count.

    Args:
        before: when a person last checked the personal page.
        now: tonight.
        again: a second visit tonight: what differs between the two visits does not count. None: there was none.
    """
    removed, added = _missing(before, now), _missing(now, before)
    if again is not None:
        volatile = _missing(now, again)
        removed = _left(removed, _earlier_states(before, now, volatile))
        added = _left(added, volatile)
    return WitnessChanges(removed=tuple(removed), added=tuple(added))


def _earlier_states(before: Witness, now: Witness, volatile: Sequence[str]) -> list[str]:
    """Return the lines of before in the place of which there are volatile lines now, the most similar for each."""
    earlier, later = ([*map(_key, one.lines)] for one in (before, now))
    left, found = Counter(map(_key, volatile)), []
    for kind, start, end, now_start, now_end in SequenceMatcher(None, earlier, later, autojunk=False).get_opcodes():
        there = list(before.lines[start:end]) if kind == "replace" else []
        for line in now.lines[now_start:now_end] if there else ():
            if left[_key(line)] and there:
                left[_key(line)] -= 1
                found.append(max(there, key=partial(fuzz.ratio, line)))
                there.remove(found[-1])
    return found


def _missing(one: Witness, other: Witness) -> list[str]:
    """Return the lines of a witness page that another state of it has not, or not as often."""
    return _left(one.lines, other.lines)


def _left(lines: Iterable[str], taken: Iterable[str]) -> list[str]:
    """Return the lines without those that are taken, each as often as it is."""
    left, found = Counter(map(_key, taken)), []
    for line in lines:
        if left[_key(line)]:
            left[_key(line)] -= 1
        else:
            found.append(line)
    return found


def _key(line: str) -> str:
    """Return a line without dates and times."""
    return _DATE.sub("\0", without_times(normalise(line)))
