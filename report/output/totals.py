"""Say what is left to do about the pages of a run: count, select and sort them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from capture.scenario.tutorial import PageKind
from report.baselines.decision import DecisionKind
from report.i18n.translator import Translator, gettext_noop
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.verdict import UNKNOWN, Verdict, worst

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
"""Symbol of each verdict, so that colour is never the only sign."""
NO_ACTION_VERDICTS = frozenset((Verdict.FIXED, Verdict.BY_HAND, Verdict.UP_TO_DATE))
"""Verdicts that need no action."""

PagePair = tuple[TutorialRecord, PageRecord]


class Task(StrEnum):
    """Tasks that a page leaves to a person, the most urgent first."""

    REWRITE = "rewrite"
    """An instruction is false: somebody must rewrite the tutorial's text."""
    APPROVE = "approve"
    """Every instruction is true; the new picture may replace the approved one."""
    LOOK = "look"
    """The page could not be checked."""
    CHECK = "check"
    """A person must check the page by hand."""
    DECIDED = "decided"
    """A person has decided about the page."""
    NOTHING = "nothing"


TO_DO = frozenset((Task.REWRITE, Task.APPROVE, Task.LOOK, Task.CHECK))
"""Tasks that wait for a person."""
TASK_GLYPHS = {
    Task.REWRITE: "✗",
    Task.APPROVE: "≠",
    Task.LOOK: "?",
    Task.CHECK: "!",
    Task.DECIDED: "☑",
    Task.NOTHING: "✓",
}
_TASK_NAMES = {
    Task.REWRITE: gettext_noop("Text to rewrite"),
    Task.APPROVE: gettext_noop("Picture to approve"),
    Task.LOOK: gettext_noop("Not checked"),
    Task.CHECK: gettext_noop("To check by hand"),
    Task.DECIDED: gettext_noop("Decided"),
    Task.NOTHING: gettext_noop("Nothing to do"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class RunTotals:
    """Numbers of pages of a run."""

    tasks: tuple[tuple[Task, int], ...]
    """Number of pages of each task, the most urgent first; only tasks that some page has."""
    waiting: int
    """Pages whose text somebody has marked as to be corrected."""

    def of(self, task: Task) -> int:
        """Return the number of pages of a task."""
        return dict(self.tasks).get(task, 0)

    @property
    def left(self) -> int:
        """Number of pages about which a person has something to do."""
        return sum(number for task, number in self.tasks if task in TO_DO)

    @property
    def all(self) -> int:
        """Number of pages that need action, with those about which somebody has decided."""
        return self.left + self.of(Task.DECIDED)


def needs_no_action(page: PageRecord) -> bool:
    """Whether a page needs no action."""
    return page.verdict in NO_ACTION_VERDICTS and not page.stopped_here


def task_of(page: PageRecord) -> Task:
    """Return what is left to do about a page."""
    if needs_no_action(page):
        return Task.NOTHING
    if page.decision is not None:
        return Task.DECIDED
    if page.verdict is Verdict.TEXT_OUTDATED:
        return Task.REWRITE
    if page.verdict is Verdict.BY_HAND_DUE:
        return Task.CHECK
    return Task.LOOK if page.verdict in UNKNOWN or page.stopped_here else Task.APPROVE


def task_name(task: Task, translator: Translator) -> str:
    """Return the label of a task."""
    return translator.gettext(_TASK_NAMES[task])


def worst_first(tutorial: TutorialRecord) -> list[PageRecord]:
    """Sort a tutorial's pages: those without a decision first, then by verdict, then by number."""
    return sorted(tutorial.pages, key=lambda page: (page.decision is not None, page.verdict.rank, page.number))


def worst_tutorials_first(record: RunRecord) -> list[TutorialRecord]:
    """Sort tutorials by their worst verdict."""
    return sorted(record.tutorials, key=lambda one: worst([page.verdict for page in one.pages]).rank)


def pages_needing_action(tutorial: TutorialRecord) -> list[PageRecord]:
    """Return a tutorial's pages that need action, the worst first and those with a decision last."""
    return [page for page in worst_first(tutorial) if not needs_no_action(page)]


def all_pages_needing_action(record: RunRecord) -> list[PagePair]:
    """Return all pages that need action, the worst first; a decision does not change a page's position."""
    return [
        (tutorial, page)
        for tutorial in worst_tutorials_first(record)
        for page in sorted(pages_needing_action(tutorial), key=lambda page: (page.verdict.rank, page.number))
    ]


def undecided_around(order: Sequence[PagePair], at: int) -> tuple[PagePair | None, PagePair | None]:
    """Return the nearest pages without a decision before and after a page; after the last comes the first.

    Args:
        order: all pages that need action.
        at: index of the page in ``order``; -1 if it is not there.
    """
    earlier = (pair for pair in reversed(order[: max(at, 0)]) if pair[1].decision is None)
    return next(earlier, None), next(undecided_after(order, at), None)


def undecided_after(order: Sequence[PagePair], at: int) -> Iterator[PagePair]:
    """Yield the pages without a decision that follow a page; after the last comes the first."""
    for place in chain(range(at + 1, len(order)), range(max(at, 0))):
        if order[place][1].decision is None:
            yield order[place]


@dataclass(frozen=True, kw_only=True, slots=True)
class PageGroups:
    """A tutorial's pages, as the overview groups them."""

    to_do: tuple[PageRecord, ...]
    """Pages that wait for a person, the worst first."""
    decided: tuple[PageRecord, ...]
    personal: tuple[PageRecord, ...]
    """Pages that a person checks by hand, by number."""
    no_action: tuple[PageRecord, ...]


def groups_of(tutorial: TutorialRecord) -> PageGroups:
    """Group a tutorial's pages by what is left to do."""
    personal = [page for page in tutorial.pages if page.kind is PageKind.PERSONAL]
    needing_action = [page for page in pages_needing_action(tutorial) if page not in personal]
    return PageGroups(
        to_do=tuple(page for page in needing_action if page.decision is None),
        decided=tuple(page for page in needing_action if page.decision is not None),
        personal=tuple(personal),
        no_action=tuple(page for page in tutorial.pages if needs_no_action(page) and page not in personal),
    )


def newly_outdated_pages(record: RunRecord) -> list[PagePair]:
    """Return the pages that this run is the first to find outdated."""
    return [(tutorial, page) for tutorial, page in record.pages() if page.newly_outdated]


def timeline(page: PageRecord) -> str:
    """Return the symbols of a page's verdicts, from the earliest run to this one."""
    return "".join(GLYPHS[verdict] for verdict in [*(entry.verdict for entry in page.history), page.verdict])


def run_totals(record: RunRecord) -> RunTotals:
    """Count the pages of a run."""
    pages = [page for _, page in record.pages()]
    tasks = Counter(map(task_of, pages))
    kept = [page for page in pages if page.decision is not None and page.decision.kind is DecisionKind.KEEP]
    return RunTotals(
        tasks=tuple((task, tasks[task]) for task in Task if task in tasks),
        waiting=sum(task_of(page) is Task.DECIDED for page in kept),
    )


def headline(totals: RunTotals, translator: Translator) -> str:
    """Return one sentence that says what is left to do, and is calm when nothing is."""
    to_do = [_amount(task, number, translator) for task, number in totals.tasks if task in TO_DO]
    waiting = translator.ngettext(
        "{n} page waits for its text to be corrected", "{n} pages wait for their text to be corrected", totals.waiting
    )
    if to_do:
        return ", ".join([*to_do, waiting] if totals.waiting else to_do)
    if totals.waiting:
        return translator.gettext("Everything is decided: {waiting}", waiting=waiting)
    if totals.of(Task.DECIDED):
        return translator.gettext("Everything is decided: nothing is left to do this morning")
    return translator.gettext("Nothing to do this morning")


def _amount(task: Task, number: int, translator: Translator) -> str:
    """Say how many pages have a task: "4 pictures to approve"."""
    if task is Task.REWRITE:
        return translator.ngettext("{n} text to rewrite", "{n} texts to rewrite", number)
    if task is Task.APPROVE:
        return translator.ngettext("{n} picture to approve", "{n} pictures to approve", number)
    if task is Task.CHECK:
        return translator.ngettext("{n} page to check by hand", "{n} pages to check by hand", number)
    return translator.ngettext("{n} page could not be checked", "{n} pages could not be checked", number)
