"""Draft the pages of a tutorial from those of an old one: kinds, instructions, labels and roles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import urlsplit

import py3langid

from capture.privacy.fields import FieldTraits, field_asks_for
from capture.privacy.values import certain_personal_data, looks_like
from capture.scenario import arguments
from capture.scenario.arguments import LONGEST_TEXT
from capture.scenario.instruction import quotations
from capture.scenario.tutorial import PageKind
from report.draft.old_tutorial import OldPage, OldPicture, OldTutorial, Paragraph
from report.draft.quotation import ITEM, may_be_label, quoted_text
from report.draft.wording import (
    act_of,
    joints,
    names_example,
    names_possession,
    thing_before,
    told_act,
)

REMOVED = "[…]"
"""What stands in the place of words that look like somebody's data."""
_ROLES = {"type": "field", "fill": "field", "press": "button", "follow": "link", "tick": "checkbox"}
"""Role of the element with which an act is done."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÀ-ÖØ-Þ«“\d(])")
_ABBREVIATED = re.compile(r"\b(?:ex|cf|p|no|n°|m|mme|etc|e\.g|i\.e)\.$", re.IGNORECASE)
_QUOTATION = re.compile("«[^«»]*»|“[^“”]*”")
_NUMBERED = re.compile(
    r"^\s*(?:(?:étape|etape|step|page|diapo(?:sitive)?|slide|partie|part)\s*)?n?°?\d{1,3}\s*(?:[.):/–—-]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_PERSONAL_LOOKING = re.compile(r"[^\s«»“”()]*@[^\s«»“”()]+|(?<!\w)[\d+][\d\s./-]{5,}\d(?!\w)")
_LARGER_THAN_TEXT = 1.15
"""Size of a title, as a share of the median of its page."""
_LONGEST_TITLE = 120
"""Characters of the longest title that is taken from the text of a page."""
_CLICKED = frozenset(("button", "link", "tab"))
_FIELDS = frozenset(("field", "text", "combobox"))
"""Roles of what may be a field."""
_LONGEST_FIELD = 8
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


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftedPage:
    """A page of the tutorial that is drafted."""

    number: int
    title: str
    kind: PageKind
    instructions: tuple[DraftedInstruction, ...]
    pictures: tuple[OldPicture, ...] = ()
    addresses: tuple[str, ...] = ()
    """Web addresses that it names, in their order."""
    asks_for: str | None = None
    """Word by which it asks for a person's data; None: it does not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftedTutorial:
    """A tutorial of which a scenario is written."""

    title: str
    author: str
    language: str
    """ISO 639-1."""
    pages: tuple[DraftedPage, ...]
    addresses: tuple[str, ...]
    """Web addresses that the old tutorial names, in their order."""
    licence: str
    """Name of its licence; empty: it names none."""
    removed: int = 0
    """Places at which words that look like somebody's data were left out."""


def draft(old: OldTutorial) -> DraftedTutorial:
    """Draft a tutorial from an old one, which is already without decoration."""
    language = py3langid.classify(old.text)[0] if old.text else "fr"
    titled = [_with_title(page) for page in old.pages]
    removed = sum(_without_personal(one.text)[1] for page in titled for one in page.paragraphs)
    pages = _with_kinds([_drafted(page, language) for page in titled], language)
    return DraftedTutorial(
        title=_plain(old.title) or titled[0].title,
        author=_without_personal(old.author)[0],
        language=language,
        pages=tuple(pages),
        addresses=(*_addresses(old.text), *filter(_is_address, old.addresses)),
        licence=_licence(old.text),
        removed=removed,
    )


def _with_title(page: OldPage) -> OldPage:
    """Return a page with a title: as the format tells it, or its largest line, or its first one."""
    paragraphs = page.paragraphs
    title = next((one for one in paragraphs if one.is_title and one.text), None)
    if title is None and not page.title and paragraphs:
        sizes = sorted(one.size for one in paragraphs for _ in one.text.split())
        largest = max(paragraphs, key=lambda one: one.size)
        stands_out = largest.size >= _LARGER_THAN_TEXT * sizes[len(sizes) // 2]
        title = largest if stands_out or len(paragraphs) == 1 else paragraphs[0]
        if len(title.text) > _LONGEST_TITLE:
            title = None
    name = page.title or (title.text if title else "") or str(page.number)
    name = _NUMBERED.sub("", _without_personal(name)[0]) or name
    return replace(page, title=name[:LONGEST_TEXT], paragraphs=tuple(one for one in paragraphs if one is not title))


def _drafted(page: OldPage, language: str) -> DraftedPage:
    instructions = tuple(
        instruction
        for paragraph in page.paragraphs
        for sentence in sentences(_quoted(paragraph, language))
        for instruction in instructions_of(sentence, language)
    )
    return DraftedPage(
        number=page.number,
        title=_plain(page.title),
        kind=PageKind.PUBLIC,
        instructions=tuple(dict.fromkeys(instructions)),
        pictures=page.pictures,
        addresses=tuple(_addresses("\n".join(one.text for one in page.paragraphs))),
        asks_for=next(filter(None, (_asks_for(one, language) for one in instructions)), None),
    )


def _plain(title: str) -> str:
    return " ".join(title.split())


def _quoted(paragraph: Paragraph, language: str) -> str:
    text = quoted_text(paragraph, language)
    mark = ITEM.match(text)
    return _without_personal(text[mark.end() :] if mark else text)[0]


def _without_personal(text: str) -> tuple[str, int]:
    """Return a text without what looks like somebody's data, and the number of places at which it stood."""

    def replacement(found: re.Match[str]) -> str:
        words = found.group()
        return REMOVED if certain_personal_data(words) or looks_like(words) else words

    cleaned = _PERSONAL_LOOKING.sub(replacement, text)
    return cleaned, cleaned.count(REMOVED) - text.count(REMOVED)


def sentences(text: str) -> list[str]:
    """Divide a text into its sentences; a full stop in a quotation or in an abbreviation ends none."""
    found, begin = [], 0
    inside = [(one.start(), one.end()) for one in _QUOTATION.finditer(text)]
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
    return len(label.split()) <= _LONGEST_FIELD and field_asks_for(label, FieldTraits(), language) is not None


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
        for one in _QUOTATION.finditer(sentence)
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
        has_act = act_of(_QUOTATION.sub(" ", sentence[begin:end]), language) is not None
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


def _asks_for(instruction: DraftedInstruction, language: str) -> str | None:
    """Return the word by which an instruction makes the reader give something personal; None if it does not."""
    if instruction.label is not None:
        is_field = instruction.role in _FIELDS and len(instruction.label.split()) <= _LONGEST_FIELD
        return field_asks_for(instruction.label, FieldTraits(), language) if is_field else None
    gives = told_act(instruction.sentence, language) in ("type", "fill", "choose")
    if not gives or not names_possession(instruction.sentence, language):
        return None
    return field_asks_for(instruction.sentence, FieldTraits(), language)


def _with_kinds(pages: Sequence[DraftedPage], language: str) -> Iterator[DraftedPage]:
    """Yield the pages with their kinds.

    The first page that asks for a person's data can be looked at, empty: it is ``form_only``. What follows needs what
    was given there, and is ``personal``. A page on which there is nothing to do is ``fixed``.
    """
    asked = False
    for place, page in enumerate(pages):
        is_edge = place in (0, len(pages) - 1)
        if _is_fixed(page, language, is_edge=is_edge):
            yield replace(page, kind=PageKind.FIXED, pictures=())
        elif asked:
            yield replace(page, kind=PageKind.PERSONAL, pictures=())
        elif page.asks_for is not None:
            asked = True
            kind = PageKind.FORM_ONLY if any(one.label for one in page.instructions) else PageKind.PERSONAL
            yield replace(page, kind=kind, pictures=())
        else:
            yield page


def _is_fixed(page: DraftedPage, language: str, *, is_edge: bool) -> bool:
    """Return whether there is nothing to do on a page: a cover, credits, an introduction."""
    labelled = [one for one in page.instructions if one.label is not None]
    if is_edge:
        return not any(told_act(one.sentence, language) not in (None, "read") for one in labelled)
    return not any(_is_to_follow(one, language) for one in labelled) and not any(
        told_act(one.sentence, language) not in (None, "read") for one in page.instructions
    )


def _is_to_follow(instruction: DraftedInstruction, language: str) -> bool:
    """Return whether a sentence with a label tells the reader to do something, or what to see."""
    assert instruction.label is not None, "it has one"
    before = instruction.sentence.partition(instruction.label)[0]
    return instruction.role != "text" or act_of(before, language) is not None


_ADDRESS = re.compile(r"\b(?:https?://|www\.)[\w.-]+\.[a-z]{2,}(?::\d+)?(?:/[^\s«»“”()<>,;]*)?", re.IGNORECASE)
_BARE_HOST = re.compile(r"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:fr|com|org|net|eu|gouv\.fr|co\.uk|be|ch|ca|de)(?![\w@-])")


def _addresses(text: str) -> list[str]:
    """Return the web addresses that a text names, in their order; one without a scheme gets ``https``."""
    found = _ADDRESS.findall(text) or _BARE_HOST.findall(text)
    whole = [one.rstrip(".:!?…") for one in found]
    return [*filter(_is_address, (one if one.lower().startswith("http") else f"https://{one}" for one in whole))]


def _is_address(text: str) -> bool:
    """Return whether a scenario can visit an address."""
    return arguments.web_address(text) is None and arguments.hosts([urlsplit(text).netloc]) is None


_LICENCE = re.compile(r"\b(?:CC[ -](?:BY|0)[A-Z0-9 .-]*\d(?:\.\d)?|CC[ -]BY(?:-[A-Z]{2})*|Licence Ouverte(?: \d\.\d)?)")


def _licence(text: str) -> str:
    found = _LICENCE.search(text)
    return found.group().strip(" .-") if found else ""
