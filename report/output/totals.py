"""What a run amounts to: how many pages have which verdict, which of them ask something of somebody, in which order."""

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
"""A verdict's sign: never told by colour alone."""
QUIET = frozenset((Verdict.FIXED, Verdict.BY_HAND, Verdict.UP_TO_DATE))
"""Verdicts that ask nothing of anybody."""

PagePair = tuple[TutorialRecord, PageRecord]


@dataclass(frozen=True, kw_only=True, slots=True)
class RunTotals:
    """How many pages of a run have which kind of verdict."""

    outdated: int
    unknown: int
    seen: int
    """Pages that were seen tonight."""
    decided: int
    """Outdated pages about which somebody has decided already."""
    due: int
    """Pages that a person is still to check by hand."""
    verdicts: tuple[tuple[Verdict, int], ...]
    """The worst first."""


def needs_no_action(page: PageRecord) -> bool:
    """Does it ask nothing of anybody?"""
    return page.verdict in QUIET and not page.stopped_here


def worst_first(tutorial: TutorialRecord) -> list[PageRecord]:
    return sorted(tutorial.pages, key=lambda page: (page.decision is not None, page.verdict.rank, page.number))


def worst_tutorials_first(record: RunRecord) -> list[TutorialRecord]:
    return sorted(record.tutorials, key=lambda one: worst([page.verdict for page in one.pages]).rank)


def pages_needing_action(tutorial: TutorialRecord) -> list[PageRecord]:
    """Pages that ask something of somebody, the worst first; those that are decided about come last."""
    return [page for page in worst_first(tutorial) if not needs_no_action(page)]


def all_pages_needing_action(record: RunRecord) -> list[PagePair]:
    """All pages that ask something of somebody, the worst first, wherever they stand once they are decided about."""
    return [
        (tutorial, page)
        for tutorial in worst_tutorials_first(record)
        for page in sorted(pages_needing_action(tutorial), key=lambda page: (page.verdict.rank, page.number))
    ]


def undecided_around(order: Sequence[PagePair], at: int) -> tuple[PagePair | None, PagePair | None]:
    """The pages before and after one that nobody has decided about; after the last comes the first.

    Args:
        at: where the page is in ``order``; -1: it is not there.
    """
    earlier = (pair for pair in reversed(order[: max(at, 0)]) if pair[1].decision is None)
    later = (pair for pair in [*order[at + 1 :], *order[: max(at, 0)]] if pair[1].decision is None)
    return next(earlier, None), next(later, None)


def pages_needing_no_action(tutorial: TutorialRecord) -> list[PageRecord]:
    """Pages that ask nothing of anybody, in order."""
    return [page for page in tutorial.pages if needs_no_action(page)]


def newly_outdated_pages(record: RunRecord) -> list[PagePair]:
    """Pages that are outdated since tonight."""
    return [(tutorial, page) for tutorial, page in record.pages() if page.newly_outdated]


def timeline(page: PageRecord) -> str:
    """The signs of a page's verdicts, from the earliest run to this one."""
    return "".join(GLYPHS[verdict] for verdict in [*(night.verdict for night in page.history), page.verdict])


def run_totals(record: RunRecord) -> RunTotals:
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


def headline(counted: RunTotals, translator: Translator) -> str:
    """What a run found, in one sentence."""
    found = _found(counted, translator)
    if counted.due:
        found += translator.ngettext(", {n} to check by hand", ", {n} to check by hand", counted.due)
    return found


def _found(counted: RunTotals, translator: Translator) -> str:
    if counted.outdated:
        found = translator.ngettext("{n} page to correct", "{n} pages to correct", counted.outdated)
        found += translator.ngettext(" out of {n} seen", " out of {n} seen", counted.seen)
        if counted.decided:
            found += translator.ngettext(
                ", {n} of them decided already", ", {n} of them decided already", counted.decided
            )
        return found
    if counted.unknown:
        return translator.ngettext("{n} page could not be checked", "{n} pages could not be checked", counted.unknown)
    return translator.ngettext("{n} page seen, nothing to correct", "{n} pages seen, nothing to correct", counted.seen)
