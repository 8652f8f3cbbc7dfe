"""Actions of the workbench; knows nothing of HTTP."""

import shutil
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from capture.errors import DecisionRefused, EditRefused
from capture.messages import Phrase
from capture.scenario.edits import Correction, Edit, GonePage, Removal, TextCorrection
from capture.scenario.instruction import quoted
from capture.scenario.loader import scenario_files
from capture.storage import writing
from report.baselines.decision import DecisionKind, DecisionRequest
from report.i18n.dates import today
from report.i18n.sentences import Sentences
from report.i18n.translator import gettext_noop, shorten
from report.review.session import decider
from report.workbench.actions import Action, ActionKind, NewWords
from report.workbench.job import JobRunner, JobState, read_scenarios
from report.workbench.job_messages import (
    JobEvent,
    JobRequest,
    PublishTutorial,
    ReadScenarios,
    RunTutorials,
)
from report.workbench.journal import Journal
from report.workbench.library import Library
from report.workbench.scenario_writer import WrittenEdit, undo_edits, write_edits

PREVIEW = ".preview"
"""Folder of the runs in which tutorials are written to look at them."""

T = TypeVar("T")
PUT_OFF = timedelta(days=7)
LONGEST_IN_JOURNAL = 60
"""Characters of a sentence in the list of what was done."""


class Workbench:
    """Everything that can be done with the tutorials of a folder."""

    def __init__(self, library: Library, sentences: Sentences, *, demonstration: Path) -> None:
        """Open the workbench.

        Args:
            library: the tutorials.
            sentences: language of what it says.
            demonstration: folder with the scenarios and baselines of the demonstration.
        """
        self.library = library
        self.folders = library.folders
        self.sentences = sentences
        self.jobs = JobRunner()
        self.journal = Journal()
        self.published: Mapping[str, JobEvent] = {}
        """Outcome of the latest preview or publication, by the tutorial's slug."""
        self.ended = threading.Event()
        """Set when the person has asked the workbench to end."""
        self._demonstration = demonstration
        self._lock = threading.RLock()
        self._to_check: dict[str, set[int]] = {}
        """Pages that wait to be checked, by the tutorial's slug."""

    def act(self, action: Action) -> dict[str, object]:
        """Carry out an action; raises a TutofraisError."""
        done: dict[ActionKind, Callable[[Action], None]] = {
            ActionKind.RUN: self._run,
            ActionKind.ATTEND: self._attend,
            ActionKind.REMIND: partial(self._decide, kind=DecisionKind.SNOOZE, until=today() + PUT_OFF),
            ActionKind.STOP: lambda _: self.jobs.stop(),
            ActionKind.CORRECT: self._correct,
            ActionKind.CORRECT_ALL: self._correct_all,
            ActionKind.REMOVE: self._remove,
            ActionKind.TEXT: self._correct_text,
            ActionKind.GONE: partial(self._mark_gone, since=today()),
            ActionKind.BACK: partial(self._mark_gone, since=None),
            ActionKind.APPROVE: partial(self._decide, kind=DecisionKind.APPROVE),
            ActionKind.CONFIRM: partial(self._decide, kind=DecisionKind.CONFIRM),
            ActionKind.DENY: partial(self._decide, kind=DecisionKind.KEEP),
            ActionKind.PREVIEW: partial(self._publish, out=self.folders.preview),
            ActionKind.PUBLISH: partial(self._publish, out=self.folders.published),
            ActionKind.UNDO: self._undo,
            ActionKind.SITE: self._choose_site,
            ActionKind.DEMONSTRATE: lambda _: self._demonstrate(),
            ActionKind.QUIT: lambda _: self._quit(),
        }
        done[action.kind](action)
        return {"job": self.jobs.state.number}

    def decide(self, run: str, body: bytes) -> dict[str, object]:
        """Apply or undo a decision of a run's review, and commit it; raises Unfit or a TutofraisError."""
        review = self.library.review(run)
        before = len(review.applied)
        answer = review.decide(body)
        title = self.sentences.gettext("Review of {run}", run=run)
        if len(review.applied) > before:
            title = self.sentences.applied_decision(review.applied[-1].request)
        self.journal.commit(self.folders.screenshots, title)
        return answer

    @property
    def busy(self) -> bool:
        """Whether something is running, or waits to be checked."""
        with self._lock:
            return self.jobs.state.running or any(self._to_check.values())

    def close(self) -> None:
        """Stop what is running, and remove what was written to be looked at."""
        self.jobs.stop()
        shutil.rmtree(self.folders.preview, ignore_errors=True)

    def _run(self, action: Action) -> None:
        if action.tutorial:
            self.library.declared(action.tutorial)
        page = max(action.pages, default=None)
        self._start_run(action.tutorial, page)

    def _attend(self, action: Action) -> None:
        self._start_run(self.library.declared(action.tutorial).slug, None, attend=True)

    def _start_run(self, slug: str, page: int | None, *, attend: bool = False) -> None:
        """Run all tutorials, one, or one page; raises DecisionRefused if something else is running."""
        self.library.baselines  # noqa: B018 - creates the folder that a run needs
        title = self.sentences.gettext("Checking all tutorials")
        if slug:
            title = self.sentences.gettext("Checking « {title} »", title=self.library.declared(slug).title)
        if page is not None:
            title = self.sentences.gettext("Checking page {n}", n=page)
        folders = self.folders
        request = RunTutorials(
            scenarios=str(folders.scenarios),
            screenshots=str(folders.screenshots),
            runs=str(folders.runs),
            site=self.library.site,
            lang=self.sentences.language,
            slug=slug,
            page=page,
            attend=attend,
        )
        self.jobs.start(title, JobRequest(run=request), on_end=self._after_run)

    def _after_run(self, state: JobState) -> None:
        """Check the pages that were corrected meanwhile, unless the person has stopped it."""
        with self._lock:
            if state.stopped:
                self._to_check.clear()
        self._check_waiting()

    def _check_soon(self, slug: str, pages: Iterable[int]) -> None:
        """Check pages now, or when what is running has ended."""
        with self._lock:
            self._to_check.setdefault(slug, set()).update(pages)
        if not self.jobs.state.running:
            self._check_waiting()

    def _check_waiting(self) -> None:
        """Check the pages of one tutorial that wait: the page, or all pages if several of them do."""
        with self._lock:
            slug = next((slug for slug, pages in self._to_check.items() if pages), None)
            if slug is None:
                return
            pages = self._to_check[slug]
            with suppress(DecisionRefused):  # another browser was faster: the end of its job starts this again
                self._start_run(slug, min(pages) if len(pages) == 1 else None)
                pages.clear()

    def _correct(self, action: Action) -> None:
        words = _only(action.words)
        result = next((one.result for one in self._page_sentences(action, words) if one.result is not None), None)
        edit = Correction(
            line=words.line,
            sentence=words.sentence,
            new_sentence=words.new_sentence.strip(),
            name=result.name if result is not None else quoted(words.sentence),
            new_name=action.label or None,
            role=action.role or None,
            callout_label=words.callout_label,
            leaves_container=bool(action.label) and action.alone,
        )
        self._edit(action, [edit], gettext_noop("{page}: corrected, {sentence}"), [words.page])

    def _correct_all(self, action: Action) -> None:
        """Write the corrections that the person left in the list, in the words that they gave them."""
        view = self.library.view(action.tutorial)
        wanted = {(words.page, words.line): words for words in action.words}
        edits, pages = [], []
        for page, sentence in view.fixes:
            words = wanted.get((page.number, sentence.line))
            if words is not None and sentence.fix is not None and words.sentence == sentence.sentence:
                new = words.new_sentence.strip()
                edits.append(replace(sentence.fix, new_sentence=new, callout_label=words.callout_label))
                pages.append(page.number)
        if not edits:
            raise EditRefused(Phrase("the scenario says something else there by now"))
        self._edit(action, edits, gettext_noop("{page}: the suggested sentences were written"), pages)

    def _remove(self, action: Action) -> None:
        words = _only(action.words)
        edit = Removal(line=words.line, sentence=words.sentence)
        self._edit(action, [edit], gettext_noop("{page}: removed, {sentence}"), [words.page])

    def _correct_text(self, action: Action) -> None:
        words = _only(action.words)
        edit = TextCorrection(number=words.page, text=words.sentence, new_text=words.new_sentence.strip())
        self._edit(action, [edit], gettext_noop("{page}: corrected, {sentence}"), [])

    def _mark_gone(self, action: Action, *, since: date | None) -> None:
        number = _only(action.pages)
        told = gettext_noop("{page}: marked as a step that the site no longer has")
        if since is None:
            told = gettext_noop("{page}: the site has this step again")
        following = [page.number for page in self.library.declared(action.tutorial).pages if page.number > number]
        edit = GonePage(number=number, since=since)
        self._edit(action, [edit], told, [number] if since is None else following[:1])

    def _edit(self, action: Action, edits: Sequence[Edit], told: str, pages: Sequence[int]) -> None:
        """Write edits into a tutorial's scenario, record it, and check the pages; raises EditRefused."""
        declared = self.library.declared(action.tutorial)
        by = decider(action.by)
        written = write_edits(self.folders.scenarios, Path(declared.file), edits, _check_file(self.sentences))
        numbers = sorted({words.page for words in action.words} | set(action.pages))
        name = f"{declared.slug}/{', '.join(map(str, numbers))}"
        sentence = shorten(self.sentences.typeset(action.words[0].sentence), LONGEST_IN_JOURNAL) if action.words else ""
        self.journal.add(
            self.sentences.gettext(told, page=name, sentence=sentence),
            partial(self._undo_edits, declared.slug, written, pages),
            written.file.parent,
            written.file.name,
            by=by,
        )
        self._check_visited(declared.slug, pages)

    def _undo_edits(self, slug: str, written: WrittenEdit, pages: Sequence[int]) -> None:
        """Take edits back and check their pages again; raises EditRefused."""
        undo_edits(written)
        self._check_visited(slug, pages)

    def _check_visited(self, slug: str, pages: Iterable[int]) -> None:
        """Check those of some pages to which a scenario goes."""
        visited = {page.number for page in self.library.declared(slug).pages if page.line}
        self._check_soon(slug, visited.intersection(pages))

    def _decide(self, action: Action, *, kind: DecisionKind, until: date | None = None) -> None:
        """Apply a decision about pages, each in the run in which it was seen last; raises a TutofraisError."""
        by = decider(action.by)
        view = self.library.view(action.tutorial)
        for page in view.pages:
            if page.number not in action.pages:
                continue
            if page.result is None:
                raise DecisionRefused(Phrase("{page} is not such a page", page=f"{view.slug}/{page.number}"))
            session = self.library.review(page.run).session
            request = DecisionRequest(
                tutorial=view.slug,
                page=page.number,
                kind=kind,
                note=action.note,
                until=until,
                captured=page.result.capture_sha256,
                approved=page.result.approved.sidecar_sha256 if page.result.approved else "",
            )
            applied = session.apply(request, by=by, today=today())
            self.journal.add(
                self.sentences.applied_decision(request),
                partial(session.undo, applied),
                self.folders.screenshots,
                by=by,
            )

    def _publish(self, action: Action, *, out: Path) -> None:
        declared = self.library.declared(action.tutorial)
        folders = self.folders
        request = PublishTutorial(
            scenarios=declared.file,
            screenshots=str(folders.screenshots),
            runs=str(folders.runs),
            site=self.library.site,
            lang=self.sentences.language,
            slug=declared.slug,
            out=str(out),
            preview=out == folders.preview,
        )
        self.library.baselines  # noqa: B018 - creates the folder that is read
        title = self.sentences.gettext("Writing « {title} »", title=declared.title)
        self.jobs.start(title, JobRequest(publish=request), on_end=partial(self._after_publication, declared.slug))

    def _after_publication(self, slug: str, state: JobState) -> None:
        if state.last is not None and state.last.published is not None:
            self.published = {**self.published, slug: state.last}
        self._check_waiting()

    def _undo(self, action: Action) -> None:
        entry = next((one for one in self.journal.entries if one.number == action.number), None)
        told = self.sentences.gettext("Undone: {what}", what=entry.told if entry else "")
        self.journal.undo(action.number, told, by=action.by)

    def _choose_site(self, action: Action) -> None:
        if action.site not in self.library.sites:
            raise DecisionRefused(Phrase("there is no such site"))
        self.library.site = action.site

    def _demonstrate(self) -> None:
        """Copy the demonstration into empty folders; raises DecisionRefused if there are tutorials, or CannotWrite."""
        if any(scenario_files(self.folders.scenarios)):
            raise DecisionRefused(Phrase("there are tutorials already"))
        with writing(self.folders.scenarios):
            shutil.copytree(self._demonstration / "scenarios", self.folders.scenarios, dirs_exist_ok=True)
            if (self._demonstration / "screenshots").is_dir() and not self.folders.screenshots.exists():
                shutil.copytree(self._demonstration / "screenshots", self.folders.screenshots)
        self.library.site = "2026"

    def _quit(self) -> None:
        self.jobs.stop()
        self.ended.set()

    def _page_sentences(self, action: Action, words: NewWords):  # type: ignore[no-untyped-def]
        view = self.library.view(action.tutorial)
        return [
            one
            for page in view.pages
            if page.number == words.page
            for one in page.sentences
            if (one.line, one.sentence) == (words.line, words.sentence)
        ]


def _only(given: Sequence[T]) -> T:
    """Return the one thing that an action is about; raises DecisionRefused if it is about none or several."""
    if len(given) != 1:
        raise DecisionRefused(Phrase("it is empty"))
    return given[0]


def _check_file(sentences: Sentences) -> Callable[[Path], str]:
    """Return the check that reads a scenario in a process of its own."""

    def check(file: Path) -> str:
        event = read_scenarios(ReadScenarios(scenarios=str(file), lang=sentences.language))
        if event is None:
            return sentences.gettext(gettext_noop("its reading ended without an answer"))
        return event.problem.rstrip(".")

    return check
