"""The part of a new text that corresponds to what a tutorial quotes of the old one."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from rapidfuzz import fuzz

from capture.elements import normalise

_PUNCTUATION = ".,;:!?…*"
_TAIL = re.compile(rf"(?:\s*[{_PUNCTUATION}]+)+")
_SENTENCE_ENDS = re.compile(r"[.!?…]\s")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Word:
    """Word of a text, without the punctuation beside it."""

    key: str
    """The word as words are compared."""
    start: int
    end: int
    begins: bool
    """Whether a sentence begins with it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Span:
    """Words of a text, from ``first`` up to ``end``, which is not among them."""

    first: int
    end: int


def corresponding_part(quotation: str, old: str, new: str) -> str:
    """Return the part of a new text that stands where the old one had the quotation.

    It ends with a full stop or the like only if the quotation does.

    Args:
        quotation: words that the tutorial quotes.
        old: text of which they were a part, or the whole; empty: unknown.
        new: text that has replaced it.
    """
    quoted, before, after = _words(quotation), _words(old), _words(new)
    if not quoted or not after:
        return new
    span = _moved(quoted, before, after) or _most_similar(quotation, new, _choice(quoted, before, after), after)
    start = after[span.first].start if span.first else 0
    end = after[span.end - 1].end
    tail = _TAIL.match(new, end)
    if tail is not None and _TAIL.search(quotation, quoted[-1].end):
        end = tail.end()
    elif span.end == len(after) and tail is None:
        end = len(new)
    return new[start:end].strip()


def _words(text: str) -> list[_Word]:
    words: list[_Word] = []
    for found in re.finditer(r"\S+", text):
        bare = found.group().strip(_PUNCTUATION)
        if not bare:
            continue
        start = found.start() + found.group().index(bare)
        between = text[words[-1].end : start] if words else ""
        begins = not words or _SENTENCE_ENDS.search(between) is not None
        words.append(_Word(key=normalise(bare), start=start, end=start + len(bare), begins=begins))
    return words


def _keys(words: Sequence[_Word]) -> list[str]:
    return [word.key for word in words]


def _moved(quoted: Sequence[_Word], before: Sequence[_Word], after: Sequence[_Word]) -> _Span | None:
    """Return where quoted words of one text stand in another; None if that is not clear."""
    first = _place(_keys(quoted), _keys(before))
    if first is None:
        return None
    start, end = None, None
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, _keys(before), _keys(after), autojunk=False).get_opcodes():
        last = first + len(quoted) - 1
        if a1 <= first < a2:
            start = b1 + first - a1 if tag == "equal" else b1 if first == a1 else None
        if a1 <= last < a2:
            end = b1 + last - a1 + 1 if tag == "equal" else b2 if last == a2 - 1 else None
    if start is None or end is None or start >= end:
        return None
    if before[first].begins:
        start = max(number for number in range(start + 1) if after[number].begins)
    if _ends(before, first + len(quoted)):
        end = next(number for number in range(end, len(after) + 1) if _ends(after, number))
    return _Span(first=start, end=end)


def _place(part: Sequence[str], whole: Sequence[str]) -> int | None:
    """Return the place of the first of some words that follow one another in a text; None: they do not."""
    places = range(len(whole) - len(part) + 1)
    return next((place for place in places if whole[place : place + len(part)] == part), None)


def _ends(words: Sequence[_Word], number: int) -> bool:
    """Return whether a sentence ends before the word of this number."""
    return number >= len(words) or words[number].begins


def _choice(quoted: Sequence[_Word], before: Sequence[_Word], after: Sequence[_Word]) -> list[_Span]:
    """Return the sentences of a text that may correspond to a quotation: as many as it has, or all."""
    count = sum(word.begins for word in quoted)
    some = list(_sentences(after, count))
    is_part = count < sum(word.begins for word in before)
    return some if some and is_part else [*some, _Span(first=0, end=len(after))]


def _most_similar(quotation: str, new: str, spans: Sequence[_Span], after: Sequence[_Word]) -> _Span:
    """Return the part of a text that is most similar to a quotation."""

    def likeness(span: _Span) -> float:
        return fuzz.ratio(normalise(quotation), normalise(new[after[span.first].start : after[span.end - 1].end]))

    return max(spans, key=likeness)


def _sentences(words: Sequence[_Word], count: int) -> Iterator[_Span]:
    """Generate the places of so many sentences that follow one another."""
    starts = [number for number, word in enumerate(words) if word.begins]
    ends = [*starts[1:], len(words)]
    for place in range(len(starts) - count + 1):
        yield _Span(first=starts[place], end=ends[place + count - 1])
