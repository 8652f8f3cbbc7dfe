"""What programs and people read beside the report: JUnit XML, a Markdown summary, an Atom feed."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jinja2

from capture.storage import write_atomically
from report.i18n.sentences import Translator
from report.output.totals import (
    GLYPHS,
    headline,
    newly_outdated_pages,
    pages_needing_action,
    run_totals,
    worst_tutorials_first,
)
from report.results.run_record import RunRecord
from report.verdict import OUTDATED, UNKNOWN, Verdict

TEMPLATES = Path(__file__).parent / "templates"
JUNIT = "junit.xml"
SUMMARY = "summary.md"
FEED = "feed.atom"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedEntry:
    """A run, as the feed tells of it."""

    run: str
    finished: datetime
    title: str
    text: str

    @property
    def urn(self) -> str:
        """An address of nothing that is the run's own for ever (RFC 4287, 4.2.6)."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"tutofrais:{self.run}").urn


def write_formats(record: RunRecord, folder: Path, words: Translator) -> None:
    """Write ``junit.xml`` and ``summary.md`` into a run's folder."""
    templates = _templates(words)
    for name in (JUNIT, SUMMARY):
        text = templates.get_template(name).render(
            run=record,
            headline=headline(run_totals(record), words),
            tutorials=worst_tutorials_first(record),
            pages_needing_action=pages_needing_action,
            newly_outdated=newly_outdated_pages(record),
            kind_of=_kind,
            glyphs=GLYPHS,
        )
        (folder / name).write_text(text, "utf-8")


def feed_entry(record: RunRecord, words: Translator) -> FeedEntry:
    """What the feed tells of a run."""
    fresh = [f"{tutorial.title}, {page.number}. {page.title}" for tutorial, page in newly_outdated_pages(record)]
    coverage = words.coverage(record.coverage)
    return FeedEntry(
        run=record.id,
        finished=record.finished,
        title=headline(run_totals(record), words),
        text="\n".join([*fresh, coverage]),
    )


def write_feed(entries: Sequence[FeedEntry], runs: Path, words: Translator) -> None:
    """Write ``feed.atom`` beside the runs, the latest run first, whole or not at all; raises CannotWrite."""
    text = _templates(words).get_template(FEED).render(entries=entries)
    write_atomically(runs / FEED, text.encode())


def _kind(verdict: Verdict) -> str:
    """What a verdict is to a program that counts tests."""
    if verdict in OUTDATED:
        return "failure"
    if verdict in UNKNOWN:
        return "error"
    return "skipped" if verdict in (Verdict.NEW, Verdict.BY_HAND_DUE, Verdict.BY_HAND, Verdict.FIXED) else "passed"


def _templates(words: Translator) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=jinja2.select_autoescape(enabled_extensions=("xml", "atom")),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(plain=_plain, printable=_printable, typo=words.typeset)
    environment.globals.update(translator=words, _=words.gettext, ngettext=words.ngettext)
    return environment


def _plain(text: str) -> str:
    """A text in which nothing means anything to Markdown, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub("\ufffd", text)
