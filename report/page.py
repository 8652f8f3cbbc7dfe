"""Write the report's pages from a run's record."""

import hashlib
import shlex
from dataclasses import dataclass
from pathlib import Path

import jinja2
from markupsafe import Markup

from report.compare.alive import AlivePart
from report.heal import renaming_of
from report.record import PageRecord, RunRecord, TutorialRecord
from report.verdict import OUTDATED, UNKNOWN, Verdict
from report.words import Words, shorten

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
OVERVIEW = "index.html"

GLYPHS = {
    Verdict.TEXT_OUTDATED: "✗",
    Verdict.PICTURE_OUTDATED: "≠",
    Verdict.UNREACHABLE: "?",
    Verdict.NOT_REACHED: "?",
    Verdict.NEW: "+",
    Verdict.BY_HAND_DUE: "!",
    Verdict.COSMETIC: "≈",
    Verdict.UP_TO_DATE: "✓",
    Verdict.BY_HAND: "✓",
    Verdict.FIXED: "–",
}
"""A verdict's sign: never told by colour alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tally:
    """How many pages of a run have which kind of verdict."""

    outdated: int
    unknown: int
    checked: int
    """Pages that were seen tonight."""
    verdicts: tuple[tuple[Verdict, int], ...]
    """The worst first."""


def page_path(tutorial: TutorialRecord, page: PageRecord) -> str:
    """Where a page's report is, from the run's folder."""
    return f"{tutorial.slug}/{page.number:02}.html"


def ignoring(run: RunRecord, tutorial: TutorialRecord, page: PageRecord, part: AlivePart, by: str) -> str:
    """What to type so that a part of a page is never compared again."""
    box = part.approved_box
    place = ",".join(str(max(round(side), 0)) for side in (box.x, box.y, box.width, box.height))
    words = ["tutofrais", "ignore", f"{tutorial.slug}/{page.number}", part.name or place, "--by", by]
    return shlex.join([*words, "--site", run.site])


def worst_first(tutorial: TutorialRecord) -> list[PageRecord]:
    return sorted(tutorial.pages, key=lambda page: (page.verdict.rank, page.number))


def tally(record: RunRecord) -> Tally:
    verdicts = [page.verdict for _, page in record.pages()]
    return Tally(
        outdated=sum(verdict in OUTDATED for verdict in verdicts),
        unknown=sum(verdict in UNKNOWN for verdict in verdicts),
        checked=sum(page.captured is not None for _, page in record.pages()),
        verdicts=tuple((verdict, verdicts.count(verdict)) for verdict in Verdict if verdict in verdicts),
    )


def headline(counted: Tally, words: Words) -> str:
    """What a run found, in one sentence."""
    if counted.outdated:
        found = words.count("{n} page to correct", "{n} pages to correct", counted.outdated)
        return found + words.count(" out of {n} seen", " out of {n} seen", counted.checked)
    if counted.unknown:
        return words.count("{n} page could not be checked", "{n} pages could not be checked", counted.unknown)
    return words.count("{n} page seen, nothing to correct", "{n} pages seen, nothing to correct", counted.checked)


def write_report(record: RunRecord, folder: Path, words: Words) -> Path:
    """Write the overview and every page's report into a run's folder; gives the overview's path."""
    style = _copy_style(folder)
    templates = _templates(words)
    counted = tally(record)
    shared = {"run": record, "style": style, "tally": counted, "headline": headline(counted, words)}
    for tutorial in record.tutorials:
        (folder / tutorial.slug).mkdir(exist_ok=True)
        pages = tutorial.pages
        for index, page in enumerate(pages):
            html = templates.get_template("page.html").render(
                **shared,
                root="../",
                tutorial=tutorial,
                page=page,
                before=pages[index - 1] if index else None,
                after=pages[index + 1] if index + 1 < len(pages) else None,
            )
            (folder / page_path(tutorial, page)).write_text(html, "utf-8")
    overview = folder / OVERVIEW
    overview.write_text(templates.get_template("index.html").render(**shared, root=""), "utf-8")
    return overview


def _copy_style(folder: Path) -> str:
    """Copy the style sheet under a name of its content, so that no browser shows an old one."""
    style = (STATIC / "report.css").read_bytes()
    path = f"static/report-{hashlib.sha256(style).hexdigest()[:8]}.css"
    (folder / "static").mkdir(exist_ok=True)
    (folder / path).write_bytes(style)
    return path


def _templates(words: Words) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(renaming_of=renaming_of, typo=words.typeset, shorten=shorten, quoted=_quoted)
    environment.globals.update(
        words=words,
        say=words.say,
        count=words.count,
        glyphs=GLYPHS,
        quiet=QUIET,
        ignoring=ignoring,
        renaming_of=renaming_of,
        page_path=page_path,
        worst_first=worst_first,
    )
    return environment


QUIET = frozenset((Verdict.FIXED, Verdict.BY_HAND, Verdict.UP_TO_DATE))
"""Verdicts that ask nothing of anybody."""


def _quoted(text: str) -> Markup:
    """Escape a sentence, and set what it quotes of the site's own wording apart."""
    escaped = str(Markup.escape(text))
    return Markup(escaped.replace("«", "<q>«").replace("»", "»</q>"))  # noqa: S704 - escaped above
