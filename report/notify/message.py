"""A message to a person: subject, plain text, and HTML with small pictures."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from capture.errors import RunUnreadable
from capture.storage import read_bytes
from report.i18n.sentences import Sentences
from report.i18n.translator import gettext_noop
from report.notify.finding import FindingKind
from report.notify.news import News
from report.notify.told import KnownFinding
from report.output.html import OVERVIEW, page_path
from report.output.templating import template_environment
from report.output.totals import GLYPHS, PagePair
from report.results.run_record import RunRecord
from report.verdict import UNKNOWN

MOST_PAGES = 40
"""Entries of each list of a message; the pages after them are counted."""
MOST_PICTURED = 12
"""Pages of which a message shows small pictures."""
_ALARMS = {
    FindingKind.BLIND: gettext_noop("The last run could not check any page."),
    FindingKind.FAILED: gettext_noop("The last run ended with an error: {words}"),
    FindingKind.MISSED: gettext_noop("There has been no run since {words}."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class InlinePicture:
    """A small picture that a message shows."""

    cid: str
    """Identifier inside the message (RFC 2392)."""
    jpeg: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Message:
    """A message, ready to be sent by any channel."""

    subject: str
    text: str
    html: str
    pictures: tuple[InlinePicture, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A page in a message, with those that are not checked for the same reason."""

    pair: PagePair
    others: int = 0
    """Number of further pages of the tutorial for which all that is said holds too."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlace:
    """A run that a message is about, and where its report is."""

    record: RunRecord
    folder: Path
    report_url: str = ""
    """Web address under which the folder of the runs is published; empty: it is not."""

    @property
    def report(self) -> str:
        """Address of the report, or the path of its file."""
        if not self.report_url:
            return str((self.folder / OVERVIEW).resolve())
        return f"{self.report_url.rstrip('/')}/{quote(self.record.id)}/{OVERVIEW}"

    def page(self, pair: PagePair) -> str:
        """Return the address of a page's report; empty if the report is not published."""
        return f"{self.report_url.rstrip('/')}/{quote(self.record.id)}/{page_path(*pair)}" if self.report_url else ""


def compose(news: News, place: RunPlace | None, sentences: Sentences) -> Message:
    """Write a message.

    Args:
        news: what the person is told.
        place: the run; None: there is none to speak of.
        sentences: the person's language.
    """
    alarms = [_alarm(one, sentences) for one in news.alarms]
    open_pages = news.still_open if news.is_reminder else ()
    listed = {"new": _entries(news.new, sentences), "still_open": _entries(open_pages, sentences)}
    shown = [entry.pair for entries in listed.values() for entry in entries]
    pictures = list(_pictures(shown, place)) if place is not None else []
    subject = _subject(news, alarms, sentences)
    details = {
        "alarms": alarms,
        "news": news,
        "lists": {name: entries[:MOST_PAGES] for name, entries in listed.items()},
        "more": {name: sum(one.others + 1 for one in entries[MOST_PAGES:]) for name, entries in listed.items()},
        "place": place,
        "sentences": sentences,
        "subject": subject,
        "glyphs": GLYPHS,
        "shown": {one.cid for one in pictures},
        "cid_of": _cid,
    }
    templates = template_environment(sentences)
    text, html = (templates.get_template(f"notification.{kind}").render(details) for kind in ("txt", "html"))
    return Message(subject=subject, text=text, html=html, pictures=tuple(pictures))


def compose_test(sentences: Sentences) -> Message:
    """Write a message that says that messages arrive."""
    text = sentences.gettext("tutofrais reaches you: this is a test. Real messages come only when something is new.")
    subject = "tutofrais: " + sentences.gettext("a test")
    html = f"<!doctype html><html lang={sentences.language}><meta charset=utf-8><title>tutofrais</title><p>{text}</p>"
    return Message(subject=subject, text=f"{text}\n", html=html)


def _alarm(known: KnownFinding, sentences: Sentences) -> str:
    words = known.finding.words
    if known.finding.kind is FindingKind.MISSED:
        if not words:
            return sentences.gettext("There has been no run yet.")
        words = sentences.moment(datetime.fromisoformat(words))
    return sentences.gettext(_ALARMS[known.finding.kind], words=words)


def _subject(news: News, alarms: Sequence[str], sentences: Sentences) -> str:
    """Return the subject: the alarm, the only page, or how many pages there are."""
    if alarms:
        return f"tutofrais: {alarms[0]}"
    pages = news.new or news.still_open
    titles = list(dict.fromkeys(tutorial.title for tutorial, _ in pages))
    if len(pages) == 1:
        [(tutorial, page)] = pages
        what = f"{sentences.verdict(page.verdict)} – {tutorial.title}, {page.number}. {page.title}"
    elif news.new:
        what = sentences.ngettext("{n} page has something new", "{n} pages have something new", len(pages))
        what += f" – {_named(titles)}"
    else:
        what = sentences.ngettext("{n} page stays open", "{n} pages stay open", len(pages)) + f" – {_named(titles)}"
    return f"tutofrais: {sentences.typeset(' '.join(what.split()))}"


def _entries(pages: Sequence[PagePair], sentences: Sentences) -> list[Entry]:
    """Return the pages as entries; those of a tutorial that are not checked for the same reason are one."""
    groups: dict[tuple[object, ...], list[PagePair]] = {}
    for tutorial, page in pages:
        alone = () if page.verdict in UNKNOWN and page.decision is None else (page.number,)
        groups.setdefault((tutorial.slug, *alone, *sentences.reasons(page)), []).append((tutorial, page))
    return [Entry(pair=group[0], others=len(group) - 1) for group in groups.values()]


def _named(titles: Sequence[str]) -> str:
    """Return the first titles of tutorials, and how many there are more."""
    return ", ".join(titles[:2]) + (f" (+{len(titles) - 2})" if len(titles) > len(titles[:2]) else "")


def _cid(pair: PagePair, part: str) -> str:
    return f"{pair[0].slug}-{pair[1].number}-{part}@tutofrais"


def _pictures(pages: Sequence[PagePair], place: RunPlace) -> Iterator[InlinePicture]:
    """Yield the thumbnails of the first pages; one that can no longer be read is left out."""
    for pair in pages[:MOST_PICTURED]:
        for part, picture in (("approved", pair[1].approved), ("tonight", pair[1].captured)):
            if picture is None:
                continue
            jpeg = read_bytes(place.folder / picture.thumbnail, RunUnreadable, if_missing=b"")
            if jpeg:
                yield InlinePicture(cid=_cid(pair, part), jpeg=jpeg)
