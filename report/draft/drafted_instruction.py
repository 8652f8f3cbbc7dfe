"""Draft the instructions of a sentence: the labels that it quotes, and the kinds of elements that they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from capture.privacy.fields import FieldTraits, field_asks_for
from capture.scenario.arguments import LONGEST_TEXT
from capture.scenario.instruction import quotations
from report.draft.quotation import may_be_label
from report.draft.wording import act_of, joints, names_example, thing_before, told_act

_ROLES = {"type": "field", "fill": "field", "press": "button", "follow": "link", "tick": "checkbox"}
"""Role of the element with which an act is done."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-ÖØ-Þ«“\d(])")
_ABBREVIATED = re.compile(r"\b(?:ex|cf|p|no|n°|m|mme|etc|e\.g|i\.e)\.$", re.IGNORECASE)
QUOTATION = re.compile("«[^«»]*»|“[^“”]*”")
_CLICKED = frozenset(("button", "link", "tab"))
LONGEST_FIELD = 8
"""Words of the longest label of a field."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftedInstruction:
    """A sentence of the old tutorial, with the target that it seems to point at."""

    sentence: str
    label: str | None = None
    """Label that it quotes; None: its target is not known."""
    role: str = "text"
    """Role of the target: ``field``, ``button``, ``text``…"""

    @property
    def is_clicked(self) -> bool:
        return self.label is not None and self.role in _CLICKED


def sentences(text: str) -> list[str]:
    """Divide a text into its sentences; a full stop in a quotation or in an abbreviation ends none."""
    found, begin = [], 0
    inside = [(one.start(), one.end()) for one in QUOTATION.finditer(text)]
    for end in _SENTENCE_END.finditer(text):
        if any(first < end.start() < last for first, last in inside) or _ABBREVIATED.search(text[begin : end.start()]):
            continue
        found.append(text[begin : end.start()])
        begin = end.end()
    return [one.strip()[:LONGEST_TEXT] for one in (*found, text[begin:]) if one.strip()]


def instructions_of(sentence: str, language: str) -> Iterator[DraftedInstruction]:
    """Yield the instructions of a sentence: one for each label that it quotes, or one without a target."""
    clauses = list(_clauses(sentence, language))
    if not clauses:
        yield DraftedInstruction(sentence=sentence)
    earlier = ""
    act: str | None = None
    for clause, label in clauses:
        before = clause[: clause.index(label)].rstrip("«“ ")
        act = act_of(before, language) or told_act(clause.partition(label)[2], language) or act
        whole = _with_order(clause, before, earlier, language)
        earlier = before if whole == clause else earlier
        yield DraftedInstruction(
            sentence=_capitalised(whole), label=label, role=_role(before, label, act or "", language)
        )


def _role(before: str, label: str, act: str, language: str) -> str:
    """Return the role of a target: by the thing that is named before its label, by the act, or by the label itself."""
    thing = "checkbox" if act == "tick" else thing_before(before, language) or _ROLES.get(act)
    if thing is None and _names_field(label, language):
        return "field"
    return thing or "text"


def _names_field(label: str, language: str) -> bool:
    return len(label.split()) <= LONGEST_FIELD and field_asks_for(label, FieldTraits(), language) is not None


def _with_order(clause: str, before: str, earlier: str, language: str) -> str:
    """Return a clause that says what to do: one without an act of its own takes that of the clause before it.

    Args:
        clause: with its label.
        before: what stands in it before its label.
        earlier: what stood before the label of the clause before it.
        language: ISO 639-1.
    """
    if not earlier or act_of(before, language) is not None:
        return clause
    if earlier.lower().endswith(before.strip().lower()):
        return f"{earlier.rstrip()} {clause[len(before) :].lstrip()}"
    verb = earlier.split(maxsplit=1)[0]
    return f"{verb} {clause}" if told_act(verb, language) is not None else clause


def _clauses(sentence: str, language: str) -> Iterator[tuple[str, str]]:
    """Divide a sentence between its labels; yield each with the words around it. Typed examples are no labels."""
    places = [
        (one.start(), one.end(), quotations(one.group())[0])
        for one in QUOTATION.finditer(sentence)
        if quotations(one.group())
        and may_be_label(quotations(one.group())[0])
        and not _is_typed(sentence, one.start(), one.end(), language)
    ]
    begin, label = 0, ""
    for (_, end, name), (first, _, _) in pairwise(places):
        label = label or name
        division = _division(sentence, (begin, end), first, language)
        if division is not None:
            yield sentence[begin : division[0]].strip(), label
            begin, label = division[1], ""
    if places:
        yield sentence[begin:].strip(), label or places[-1][2]


def _division(sentence: str, part: tuple[int, int], first: int, language: str) -> tuple[int, int] | None:
    """Return where a sentence is divided between two labels: at what joins two orders, or else before the second one.

    Args:
        sentence: the whole.
        part: beginning of the first part, and end of its label.
        first: beginning of the second label.
        language: ISO 639-1.

    Returns:
        End of the first part, and beginning of the second; None: they belong together.
    """
    begin, end = part
    found = [(one.start(), min(one.end(), first)) for one in joints(language).finditer(f"{sentence[:first]} ", end)]
    ordered = [one for one in found if told_act(sentence[one[1] : first], language) is not None]
    if ordered:
        # In “Dans « A », tapez …, puis cliquez sur « B »”, the first act belongs to A.
        has_act = act_of(QUOTATION.sub(" ", sentence[begin:end]), language) is not None
        return ordered[0 if has_act else -1]
    if found:
        return found[-1]
    return (end, end) if act_of(sentence[end:first], language) is not None else None


def _is_typed(sentence: str, first: int, end: int, language: str) -> bool:
    """Return whether a quotation is what the reader types, or an example of it: « tapez « York » dans … »."""
    before = re.findall(r"\w+", sentence[:first])[-1:]
    if any(names_example(one, language) for one in (*before, *sentence[end:].split()[:2])):
        return True
    return (
        bool(before) and sentence[:first].rstrip("«“ ").endswith(before[0]) and told_act(before[0], language) == "type"
    )


def _capitalised(clause: str) -> str:
    return clause[:1].upper() + clause[1:]
