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
from report.verdict import UNKNOWN, Verdict

MOST_PAGES = 40
"""Entries of each list of a message; the pages after them are counted."""
GROUPED = UNKNOWN | {Verdict.BY_HAND_DUE}
"""Verdicts on pages that are told together where the reason is the same."""
MOST_PICTURED = 12
"""Pages of which a message shows small pictures."""
MOST_NUMBERED = 12
"""Further pages of an entry that are named by their numbers; more are counted."""
_ALARMS = {
    FindingKind.BLIND: gettext_noop("The last run could not check any page."),
    FindingKind.FAILED: gettext_noop("The last run ended with an error."),
    FindingKind.UNTOLD: gettext_noop("Somebody cannot be told of anything."),
}
_TO_DO = {
    Verdict.TEXT_OUTDATED: gettext_noop("Rewrite what is false, in the tutorial and in its scenario."),
    Verdict.PICTURE_OUTDATED: gettext_noop("Look at the new pictures, and approve those that are right."),
    Verdict.NEW: gettext_noop("Look at the pictures that nobody has approved yet, and approve those that are right."),
    Verdict.BY_HAND_DUE: gettext_noop("Check the personal pages yourself, and confirm them."),
    Verdict.UNREACHABLE: gettext_noop("See why pages were not checked: until then, nothing is known of them."),
}
"""Work that pages need, by their verdict."""


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
    is_alarm: bool = False
    """Whether it tells that runs fail, see nothing or do not take place."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Alarm:
    """Warning that runs fail, see nothing or do not take place, or that somebody cannot be told."""

    problem: str
    details: str = ""
    """Cause and cure, as far as they are known."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A page in a message, with those that are not checked for the same reason."""

    pair: PagePair
    others: tuple[int, ...] = ()
    """Numbers of further pages of the tutorial for which all that is said holds too."""

    def further(self, sentences: Sentences) -> str:
        """Name the further pages: "and pages 8, 9, 10"; empty: there is none."""
        if not self.others:
            return ""
        if len(self.others) > MOST_NUMBERED:
            return sentences.ngettext("and {n} more page", "and {n} more pages", len(self.others))
        numbers = ", ".join(map(str, self.others))
        return sentences.ngettext("and page {numbers}", "and pages {numbers}", len(self.others), numbers=numbers)


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Machine and folder from which messages come."""

    machine: str
    """Name of the machine that runs."""
    folder: Path
    """Folder of the settings, or the one in which the command was started."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunPlace:
    """A run that a message is about, and where its report is."""

    record: RunRecord
    """With the tutorials of the person only."""
    folder: Path
    report_url: str = ""
    """Web address under which the folder of the runs is published; empty: it is not."""
    too_large_mb: float = 0
    """Largest report that would have been attached, MB, if this one is larger; 0: it is attached, or not wanted."""

    @property
    def report(self) -> str:
        """Address of the report, or the path of its file."""
        if not self.report_url:
            return str((self.folder / OVERVIEW).resolve())
        return f"{self.report_url.rstrip('/')}/{quote(self.record.id)}/{OVERVIEW}"

    def page(self, pair: PagePair) -> str:
        """Return the address of a page's report; empty if the report is not published."""
        return f"{self.report_url.rstrip('/')}/{quote(self.record.id)}/{page_path(*pair)}" if self.report_url else ""


def compose(news: News, place: RunPlace | None, origin: Origin, sentences: Sentences) -> Message:
    """Write a message.

    Args:
        news: what the person is told.
        place: the run; None: there is none to speak of.
        origin: where it comes from.
        sentences: the person's language.
    """
    alarms = [_alarm(one, place, sentences) for one in news.alarms]
    open_pages = news.still_open if news.is_reminder else ()
    listed = {"new": _entries(news.new, sentences), "still_open": _entries(open_pages, sentences)}
    shown = [entry.pair for entries in listed.values() for entry in entries]
    pictures = list(_pictures(shown, place)) if place is not None else []
    subject = _subject(news, alarms, sentences)
    details = {
        "alarms": alarms,
        "news": news,
        "lists": {name: entries[:MOST_PAGES] for name, entries in listed.items()},
        "more": {name: sum(len(one.others) + 1 for one in entries[MOST_PAGES:]) for name, entries in listed.items()},
        "to_do": _to_do((*news.new, *open_pages), sentences),
        "place": place,
        "origin": origin,
        "sentences": sentences,
        "subject": subject,
        "glyphs": GLYPHS,
        "shown": {one.cid for one in pictures},
        "cid_of": _cid,
    }
    templates = template_environment(sentences)
    text, html = (templates.get_template(f"notification.{kind}").render(details) for kind in ("txt", "html"))
    return Message(subject=subject, text=text, html=html, pictures=tuple(pictures), is_alarm=bool(alarms))


def compose_test(sentences: Sentences) -> Message:
    """Write a message that says that messages arrive."""
    text = sentences.gettext("tutofrais reaches you: this is a test. Real messages come only when something is new.")
    subject = sentences.gettext("tutofrais: {what}", what=sentences.gettext("a test"))
    html = f"<!doctype html><html lang={sentences.language}><meta charset=utf-8><title>tutofrais</title><p>{text}</p>"
    return Message(subject=subject, text=f"{text}\n", html=html)


def _alarm(known: KnownFinding, place: RunPlace | None, sentences: Sentences) -> Alarm:
    kind, words = known.finding.kind, known.finding.words
    if kind is not FindingKind.MISSED:
        details = _why_blind(place, sentences) if kind is FindingKind.BLIND and place is not None else words
        return Alarm(problem=sentences.gettext(_ALARMS[kind]), details=details)
    if not words:
        return Alarm(problem=sentences.gettext("There has been no run yet."))
    last = sentences.moment(datetime.fromisoformat(words))
    return Alarm(problem=sentences.gettext("There has been no run since {last}.", last=last))


def _why_blind(place: RunPlace, sentences: Sentences) -> str:
    """Return why a run saw nothing: what is said of its first page."""
    unknown = (page for _, page in place.record.pages() if page.verdict in UNKNOWN)
    first = next(unknown, None)
    return " ".join(sentences.reasons(first)[:1]) if first is not None else ""


def _to_do(pages: Sequence[PagePair], sentences: Sentences) -> list[str]:
    """Say what there is to do about pages."""
    found = {page.verdict for _, page in pages}
    return [sentences.gettext(text) for verdict, text in _TO_DO.items() if verdict in found]


def _subject(news: News, alarms: Sequence[Alarm], sentences: Sentences) -> str:
    """Return the subject: the alarm, or the worst page and how many others there are."""
    if alarms:
        return sentences.gettext("tutofrais: {what}", what=alarms[0].problem)
    pages = news.new or news.still_open
    tutorial, page = pages[0]
    what = f"{sentences.verdict(page.verdict)} – {tutorial.title}, {page.number}. {page.title}"
    if len(pages) > 1:
        what += " " + sentences.ngettext("and {n} more page", "and {n} more pages", len(pages) - 1)
    return sentences.gettext("tutofrais: {what}", what=sentences.typeset(" ".join(what.split())))


def _entries(pages: Sequence[PagePair], sentences: Sentences) -> list[Entry]:
    """Return the pages as entries; one for those of a tutorial that nobody can or did look at, for the same reason."""
    groups: dict[tuple[object, ...], list[PagePair]] = {}
    for tutorial, page in pages:
        alone = () if page.verdict in GROUPED and page.decision is None else (page.number,)
        groups.setdefault((tutorial.slug, *alone, *sentences.reasons(page)), []).append((tutorial, page))
    return [Entry(pair=one[0], others=tuple(page.number for _, page in one[1:])) for one in groups.values()]


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
