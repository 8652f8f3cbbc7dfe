"""Count the pages of a run by verdict, and select and sort those that need action."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from report.i18n.translator import Translator
from report.results.run_record import PageRecord, RunRecord, TutorialRecord
from report.verdict import OUTDATED, UNKNOWN, Verdict, worst

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


@dataclass(frozen=True, kw_only=True, slots=True)
class RunTotals:
    """Numbers of pages of a run."""

    outdated: int
    unknown: int
    seen: int
    """Pages that were captured."""
    decided: int
    """Outdated pages with a decision."""
    due: int
    """Pages due to be checked by hand, without a decision."""
    verdicts: tuple[tuple[Verdict, int], ...]
    """Number of pages of each verdict, the worst first."""


def needs_no_action(page: PageRecord) -> bool:
    """Whether a page needs no action."""
    return page.verdict in NO_ACTION_VERDICTS and not page.stopped_here


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
    later = (pair for pair in [*order[at + 1 :], *order[: max(at, 0)]] if pair[1].decision is None)
    return next(earlier, None), next(later, None)


def pages_needing_no_action(tutorial: TutorialRecord) -> list[PageRecord]:
    """Return a tutorial's pages that need no action, by number."""
    return [page for page in tutorial.pages if needs_no_action(page)]


def newly_outdated_pages(record: RunRecord) -> list[PagePair]:
    """Return the pages that this run is the first to find outdated."""
    return [(tutorial, page) for tutorial, page in record.pages() if page.newly_outdated]


def timeline(page: PageRecord) -> str:
    """Return the symbols of a page's verdicts, from the earliest run to this one."""
    return "".join(GLYPHS[verdict] for verdict in [*(entry.verdict for entry in page.history), page.verdict])


def run_totals(record: RunRecord) -> RunTotals:
    """Count the pages of a run."""
    pages = [page for _, page in record.pages()]
    verdicts = Counter(page.verdict for page in pages)
    return RunTotals(
        outdated=sum(page.verdict in OUTDATED for page in pages),
        unknown=sum(page.verdict in UNKNOWN for page in pages),
        seen=sum(page.captured is not None for page in pages),
        decided=sum(page.verdict in OUTDATED and page.decision is not None for page in pages),
        due=sum(page.verdict is Verdict.BY_HAND_DUE and page.decision is None for page in pages),
        verdicts=tuple((verdict, verdicts[verdict]) for verdict in Verdict if verdict in verdicts),
    )


def headline(totals: RunTotals, translator: Translator) -> str:
    """Return one sentence that sums up a run."""
    text = _outcome(totals, translator)
    if totals.due:
        text += translator.ngettext(", {n} to check by hand", ", {n} to check by hand", totals.due)
    return text


def _outcome(totals: RunTotals, translator: Translator) -> str:
    if totals.outdated:
        text = translator.ngettext("{n} page to correct", "{n} pages to correct", totals.outdated)
        text += translator.ngettext(" out of {n} seen", " out of {n} seen", totals.seen)
        if totals.decided:
            text += translator.ngettext(
                ", {n} of them decided already", ", {n} of them decided already", totals.decided
            )
        return text
    if totals.unknown:
        return translator.ngettext("{n} page could not be checked", "{n} pages could not be checked", totals.unknown)
    return translator.ngettext("{n} page seen, nothing to correct", "{n} pages seen, nothing to correct", totals.seen)
