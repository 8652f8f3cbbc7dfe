"""The Markdown document of an edition, for a wiki or a repository (CommonMark)."""

import re

from report.i18n.translator import Translator
from report.publish.edition import Edition, Step
from report.publish.notes import caption_of, checked_line, draft_line, note_of

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LIST_LIKE = re.compile(r"^(\d*)([-+.)])(?=\s)")


def escaped(text: str) -> str:
    """Return a text in which nothing is markup; a bare web address stays one."""
    return _LIST_LIKE.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", " ".join(text.split(" "))))


def markdown_of(edition: Edition) -> bytes:
    """Return the document, UTF-8."""
    words = Translator(edition.language)
    lines = [f"# {escaped(words.typeset(edition.title))}", ""]
    if edition.draft:
        lines += [f"**{draft_line(words)}**", ""]
    lines += [_source(edition, words), ""]
    if (checked := checked_line(edition, words)) is not None:
        lines += [escaped(checked), ""]
    for step in edition.steps:
        lines += [f"## {step.number}. {escaped(words.typeset(step.title))}", "", *_step(step, words)]
    lines += ["---", "", _licence(edition, words), ""]
    return "\n".join(lines).encode()


def _step(step: Step, words: Translator) -> list[str]:
    lines: list[str] = []
    note = note_of(step, words)
    if note is not None:
        lines += [f"> {escaped(note)}", ""]
    if step.text:
        lines += [*(f"- {escaped(words.typeset(sentence))}" for sentence in step.text), ""]
    for shown in step.pictures:
        for one in shown.instructions:
            lines.append(f"{one.number}. {escaped(words.typeset(one.sentence))}")
        lines += [""] if shown.instructions else []
        lines += [
            f"![{escaped(shown.picture.alt)}]({shown.picture.name}.png)",
            "",
            f"*{escaped(caption_of(step, words))}*",
            "",
        ]
    return lines


def _source(edition: Edition, words: Translator) -> str:
    source = escaped(words.typeset(edition.source))
    linked = f"[{source}](<{edition.source_url}>)" if edition.source_url else source
    return f"{words.gettext('Adapted from:')} {linked}."


def _licence(edition: Edition, words: Translator) -> str:
    licence = escaped(edition.licence)
    linked = f"[{licence}](<{edition.licence_url}>)" if edition.licence_url else licence
    line = f"{words.gettext('Licence:')} {linked}."
    if edition.adaptations:
        line += f" {words.gettext('Changes made:')} {escaped(words.typeset(' ; '.join(edition.adaptations)))}."
    return line
