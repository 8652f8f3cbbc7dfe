"""Write the formats beside the HTML report: JUnit XML, a Markdown summary and an Atom feed."""

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import jinja2

from capture.storage import write_atomically, write_inside
from capture.visible_text import visible
from report.i18n.sentences import Sentences
from report.output.templating import template_environment
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

JUNIT = "junit.xml"
SUMMARY = "summary.md"
FEED = "feed.atom"
_MARKDOWN_SYNTAX = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
_LINKED = re.compile(r"://|\bwww\.|@", re.IGNORECASE)
"""Parts of a text that Markdown viewers turn into links and mentions."""
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedEntry:
    """Entry of a run in the Atom feed."""

    run: str
    finished: datetime
    title: str
    text: str

    @property
    def urn(self) -> str:
        """Permanent, unique identifier of the entry (RFC 4287, 4.2.6)."""
        return uuid.uuid5(uuid.NAMESPACE_URL, f"tutofrais:{self.run}").urn


def write_formats(record: RunRecord, folder: Path, sentences: Sentences) -> None:
    """Write ``junit.xml`` and ``summary.md`` into a run's folder."""
    templates = _templates(sentences)
    for name in (JUNIT, SUMMARY):
        text = templates.get_template(name).render(
            run=record,
            headline=headline(run_totals(record), sentences),
            tutorials=worst_tutorials_first(record),
            pages_needing_action=pages_needing_action,
            newly_outdated=newly_outdated_pages(record),
            outcome_of=_junit_outcome,
            glyphs=GLYPHS,
        )
        write_inside(folder, name, text.encode())


def feed_entry(record: RunRecord, sentences: Sentences) -> FeedEntry:
    """Build the feed entry of a run: headline, runs missed before it, newly outdated pages, coverage."""
    newly_outdated = [
        f"{tutorial.title}, {page.number}. {page.title}" for tutorial, page in newly_outdated_pages(record)
    ]
    missed = [] if record.missed is None else [sentences.missed(record.missed)]
    return FeedEntry(
        run=record.id,
        finished=record.finished,
        title=headline(run_totals(record), sentences),
        text="\n".join([*missed, *newly_outdated, sentences.coverage(record.coverage)]),
    )


def write_feed(entries: Sequence[FeedEntry], runs: Path, sentences: Sentences) -> None:
    """Write ``feed.atom`` atomically into the folder of runs, the latest run first; raises CannotWrite."""
    text = _templates(sentences).get_template(FEED).render(entries=entries)
    write_atomically(runs / FEED, text.encode())


def _junit_outcome(verdict: Verdict) -> str:
    """Return the JUnit outcome of a verdict: failure, error, skipped or passed."""
    if verdict in OUTDATED:
        return "failure"
    if verdict in UNKNOWN:
        return "error"
    return "skipped" if verdict in (Verdict.NEW, Verdict.BY_HAND_DUE, Verdict.BY_HAND, Verdict.FIXED) else "passed"


def _templates(sentences: Sentences) -> jinja2.Environment:
    """Return the templates of these formats."""
    environment = template_environment(sentences)
    environment.globals.update(sentences=sentences)
    environment.filters.update(plain=_plain, printable=_printable)
    return environment


def _plain(text: str) -> str:
    """Escape a text for Markdown, on one line; addresses become no links, and “@” names nobody."""
    escaped = _MARKDOWN_SYNTAX.sub(r"\\\1", " ".join(visible(text).split()))
    return _LINKED.sub(lambda found: f"{found.group()[:-1]}&#{ord(found.group()[-1])};", escaped)


def _printable(text: str) -> str:
    """Replace characters that XML does not allow."""
    return _NOT_XML.sub("\ufffd", text)
