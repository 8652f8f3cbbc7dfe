"""Draft the pages of a tutorial from those of an old one: kinds, instructions, labels and roles."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import py3langid

from capture.privacy.fields import FieldTraits, field_asks_for
from capture.privacy.values import certain_personal_data, looks_like
from capture.scenario import arguments
from capture.scenario.arguments import LONGEST_TEXT
from capture.scenario.tutorial import PageKind
from report.draft.drafted_instruction import LONGEST_FIELD, DraftedInstruction, instructions_of, sentences
from report.draft.old_tutorial import OldPage, OldPicture, OldTutorial, Paragraph
from report.draft.quotation import ITEM, quoted_text
from report.draft.wording import (
    act_of,
    names_possession,
    told_act,
)

REMOVED = "[…]"
"""Text that replaces words that look like somebody's data."""
_NUMBERED = re.compile(
    r"^\s*(?:(?:étape|etape|step|page|diapo(?:sitive)?|slide|partie|part)\s*)?n?°?\d{1,3}\s*(?:[.):/–—-]\s*|\s+)(?=\S)",
    re.IGNORECASE,
)
_PERSONAL_LOOKING = re.compile(r"[^\s«»“”()]*@[^\s«»“”()]+|(?<!\w)[\d+][\d\s./-]{5,}\d(?!\w)")
_LARGER_THAN_TEXT = 1.15
"""Size of a title, as a share of the median of its page."""
_LONGEST_TITLE = 120
"""Characters of the longest title that is taken from the text of a page."""
_FIELDS = frozenset(("field", "text", "combobox"))
"""Roles of what may be a field."""


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
        title=_without_personal(_plain(old.title))[0] or titled[0].title,
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


def _asks_for(instruction: DraftedInstruction, language: str) -> str | None:
    """Return the word by which an instruction makes the reader give something personal; None if it does not."""
    if instruction.label is not None:
        is_field = instruction.role in _FIELDS and len(instruction.label.split()) <= LONGEST_FIELD
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
