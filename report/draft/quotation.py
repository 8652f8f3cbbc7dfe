"""Find the labels that a paragraph quotes, by its typography, and put them all in quotation marks."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from capture.privacy.fields import FieldTraits, field_asks_for
from report.draft.old_tutorial import Emphasis, Paragraph
from report.draft.wording import act_of, is_key, names_possession, thing_before, told_act

_IN_MARKS = re.compile(r"«\s*([^«»]+?)\s*»|“\s*([^“”]+?)\s*”|„\s*([^„“”]+?)\s*[“”]|\"([^\"]{1,160}?)\"")
_IN_SINGLE_MARKS = re.compile(
    r"(?<!\w)‘([^‘’]{2,80}(?:’\w[^‘’]*)*)’(?!\w)|(?<![\w'])'([^']{2,80})'(?![\w'])|‹\s*([^‹›]+?)\s*›"
)
_CAPITAL = "A-ZÀ-ÖØ-ÞŒ"
_CAPITALS = re.compile(
    rf"(?<![\w@./])[{_CAPITAL}][{_CAPITAL}0-9’'\-]*[{_CAPITAL}0-9]"
    rf"(?:[ \u00a0](?:[{_CAPITAL}0-9’'\-]{{2,}}|À|Y|[&+:/]))*(?![\w@])"
)
"""Words in capitals, one after another."""
_TOLD_NEAR = 4
"""Words before capitals among which an act or a thing makes them a label."""
_LONGEST_LABEL = 12
"""Words of the longest label in bold; more of them are a sentence that is stressed."""
ITEM = re.compile(r"\s*(?:\[[ xX]?\]\s+|\d{1,2}\s?[.)°]\s*(?=\S)|\d{1,2}\s+(?=[A-ZÀ-ÖØ-Þ«“]))")
"""Mark before an item of a list: “1) ”, “2 ”, “[ ] ”."""
_EDGES = " \u00a0\n.,;:!?…()"
"""Characters that belong to the sentence, at the edges of a bold part."""
_ADDRESS = re.compile(r"://|^www\.|^[\w.-]*\.[a-z]{2,6}(?:/\S*)?$")
_LEAD_IN = re.compile(r"\s*[:?!.–—]")
MARKS = {"fr": ("« ", " »")}
"""Quotation marks by language; “ ” in the others."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Label:
    """A label in a text: its words, and the letters that stand for it with its quotation marks."""

    words: str
    first: int
    end: int


def quoted_text(paragraph: Paragraph, language: str) -> str:
    """Return a paragraph's text with each label that it quotes in the quotation marks of a language.

    A label is what stands in quotation marks of any kind, what the format marks as a key or as code, what is bold or
    italic and begins with a capital letter, and what is written in capitals after an act or a thing (“Click on SEND”).
    A key of the keyboard, an address and a number are none.

    Args:
        paragraph: of the document.
        language: ISO 639-1.
    """
    text, strong, marked = _spans(paragraph)
    labels: list[_Label] = []
    for found in (
        _in_marks(text),
        _emphasised(text, marked),
        _stressed(text, strong, language),
        _in_capitals(text, language),
    ):
        labels += [
            one
            for one in found
            if may_be_label(one.words) and not any(one.first < other.end and other.first < one.end for other in labels)
        ]
    opening, closing = MARKS.get(language, ("“", "”"))
    parts, place = [], 0
    for label in sorted(labels, key=lambda one: one.first):
        before = text[place : label.first]
        parts += [before, opening, label.words.replace('"', "'"), closing]
        place = label.end
    return " ".join("".join([*parts, text[place:]]).split())


def may_be_label(words: str) -> bool:
    """Return whether quoted words may be a label of a site: not a key of the keyboard, an address or a number."""
    return any(map(str.isalpha, words)) and not is_key(words) and _ADDRESS.search(words) is None


def _spans(paragraph: Paragraph) -> tuple[str, list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the text with single spaces, and the places of what is strong, and of what is marked as a label."""
    text, places = "", {Emphasis.STRONG: [], Emphasis.LABEL: []}  # type: tuple[str, dict[Emphasis, list[tuple[int, int]]]]
    for run in paragraph.runs:
        words = re.sub(r"\s+", " ", run.text)
        if text.endswith(" ") or not text:
            words = words.lstrip(" ")
        spans = places.get(run.emphasis)
        if spans is not None and words.strip():
            first = len(text)
            if spans and not text[spans[-1][1] : first].strip():
                first = spans.pop()[0]
            spans.append((first, len(text) + len(words)))
        text += words
    return text, places[Emphasis.STRONG], places[Emphasis.LABEL]


def _in_marks(text: str) -> Iterator[_Label]:
    for pattern in (_IN_MARKS, _IN_SINGLE_MARKS):
        for found in pattern.finditer(text):
            words = next(filter(None, found.groups()), "").strip()
            if any(map(str.isalnum, words)):
                yield _Label(words=words, first=found.start(), end=found.end())


def _emphasised(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[_Label]:
    """Yield what the format marks as something on the screen."""
    for first, end in spans:
        label = _trimmed(text, first, end, " \u00a0")
        if label is not None:
            yield label


def _stressed(text: str, spans: Sequence[tuple[int, int]], language: str) -> Iterator[_Label]:
    """Yield what is bold or italic and looks like a label: not the whole text, nor its first words before a colon."""
    for first, end in spans:
        item = ITEM.match(text)
        label = _trimmed(text, item.end() if item is not None and first < item.end() < end else first, end, _EDGES)
        if label is None or len(label.words.split()) > _LONGEST_LABEL:
            continue
        around = text[: label.first].strip(_EDGES) + text[label.end :].strip(_EDGES)
        is_lead_in = not any(map(str.isalpha, text[: label.first])) and _is_lead_in(
            label.words, text[label.end :], language
        )
        begins = label.words[0].isupper() or not label.words[0].isalnum()
        if any(map(str.isalpha, around)) and begins and not is_lead_in:
            yield label


def _is_lead_in(words: str, rest: str, language: str) -> bool:
    """Return whether the first words of a paragraph introduce it (“Attention :”), and are no label of a field."""
    if _LEAD_IN.match(rest) is None:
        return False
    return told_act(rest, language) in (None, "read") and field_asks_for(words, FieldTraits(), language) is None


def _trimmed(text: str, first: int, end: int, edges: str) -> _Label | None:
    words = text[first:end]
    first += len(words) - len(words.lstrip(edges))
    words = words.strip(edges)
    return _Label(words=words, first=first, end=first + len(words)) if any(map(str.isalnum, words)) else None


def _in_capitals(text: str, language: str) -> Iterator[_Label]:
    """Yield what is written in capitals after an act or a thing, in a text that has small letters too."""
    if not any(map(str.islower, text)):
        return
    for found in _CAPITALS.finditer(text):
        before = " ".join(text[: found.start()].split()[-_TOLD_NEAR:])
        told = act_of(before, language) is not None or thing_before(before, language) is not None
        is_owned = names_possession(before.rpartition(" ")[2], language)  # “votre IBAN” is what is given
        if told and not is_owned and sum(map(str.isalpha, found.group())) > 1:
            yield _Label(words=found.group(), first=found.start(), end=found.end())
