"""A tutorial as the workbench shows it: what its scenario says today, beside what the latest runs found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from capture.capture import read_capture
from capture.elements import CONTAINERS, Element
from capture.errors import PictureCorrupt, SidecarCorrupt
from capture.scenario.edits import Correction
from capture.scenario.instruction import InstructionResult
from capture.scenario.tutorial import PageKind
from report.baselines.decision import DecisionKind
from report.results.run_record import PageRecord, TutorialRecord
from report.results.suggested_fixes import suggested_fixes
from report.verdict import UNKNOWN, ReasonKind, Verdict
from report.workbench.job_messages import DeclaredPage, DeclaredTutorial
from report.workbench.scenario_text import told_sentences

TO_APPROVE = frozenset((Verdict.PICTURE_OUTDATED, Verdict.NEW))
"""Verdicts on pages whose sentences are true and whose picture is to be approved."""
APPROVABLE = TO_APPROVE | {Verdict.COSMETIC}
"""Verdicts on pages whose sentences are true and whose picture may be approved."""
MOST_CHOICES = 300
"""Elements that are offered as the target of a sentence."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ElementChoice:
    """An element of the captured page that a sentence can point at."""

    role: str
    label: str
    alone: bool
    """No other element of the page has this role and label."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SentenceView:
    """A sentence of a page, as it stands today."""

    line: int
    """Line of the scenario; 0: it is a sentence of a personal page."""
    sentence: str
    callout_label: str | None
    result: InstructionResult | None
    """Result of the latest run; None: the sentence has not been checked as it stands."""
    fix: Correction | None
    """Correction that the run suggests; None: none."""

    @property
    def false(self) -> bool:
        return self.result is not None and not self.result.true


@dataclass(frozen=True, kw_only=True, slots=True)
class PageView:
    """A page of the tutorial."""

    declared: DeclaredPage
    sentences: tuple[SentenceView, ...]
    result: PageRecord | None
    """Latest result, with what has been decided since; None: there is none."""
    run: str
    """ID of that run."""
    current: bool
    """The result is about the page as the scenario describes it today."""
    approved: bool
    """The picture of that run is the approved one."""

    @property
    def number(self) -> int:
        return self.declared.number

    @property
    def visited(self) -> bool:
        return self.declared.kind in (PageKind.PUBLIC, PageKind.FORM_ONLY)

    @property
    def false_sentences(self) -> tuple[SentenceView, ...]:
        return tuple(one for one in self.sentences if one.false)

    @property
    def to_check(self) -> bool:
        """Whether the page is to be visited: it never was, or the scenario has changed since."""
        return self.visited and not self.current

    @property
    def step_gone(self) -> bool:
        """Whether the run found that the site seems to have this step no longer."""
        reasons = self.result.judgement.reasons if self.result is not None and self.current else ()
        return any(reason.kind is ReasonKind.STEP_GONE for reason in reasons)

    @property
    def kept(self) -> bool:
        """Whether a person has decided that the page is to be corrected."""
        decision = self.result.decision if self.result is not None and self.current else None
        return decision is not None and decision.kind is DecisionKind.KEEP

    @property
    def to_correct(self) -> bool:
        """Whether a sentence is false, or a person says so."""
        said_false = self.result is not None and self.result.verdict is Verdict.TEXT_OUTDATED
        return bool(self.false_sentences) or self.kept or (self.declared.kind is PageKind.PERSONAL and said_false)

    @property
    def approvable(self) -> bool:
        """Whether all sentences are true on a picture that is not yet approved."""
        return (
            self.result is not None
            and self.current
            and self.result.captured is not None
            and self.result.verdict in APPROVABLE
            and not self.result.stopped_here
            and not self.approved
        )

    @property
    def to_approve(self) -> bool:
        """Whether the picture is to be approved, because it differs where it counts, or there was none."""
        verdict = self.result.verdict if self.result is not None else None
        return self.approvable and verdict in TO_APPROVE and not self.kept

    @property
    def unseen(self) -> bool:
        """Whether the latest run could not check it, or could not go on from it."""
        if self.result is None or not self.current:
            return False
        return self.result.verdict in UNKNOWN or (self.result.stopped_here and not self.to_correct)

    @property
    def due(self) -> bool:
        """Whether a person is to check it."""
        checked = self.result is not None and self.result.decision is not None
        unseen = self.result is None or self.result.verdict is Verdict.BY_HAND_DUE
        return self.declared.kind is PageKind.PERSONAL and unseen and not checked


@dataclass(frozen=True, kw_only=True, slots=True)
class TutorialView:
    """A tutorial with its pages."""

    declared: DeclaredTutorial
    pages: tuple[PageView, ...]

    @property
    def slug(self) -> str:
        return self.declared.slug

    @property
    def fixes(self) -> tuple[tuple[PageView, SentenceView], ...]:
        """Sentences for which the runs suggest a correction."""
        return tuple((page, one) for page in self.pages for one in page.sentences if one.fix is not None)

    def count(self, question: Callable[[PageView], bool]) -> int:
        """Return the number of pages of which something is true."""
        return sum(map(question, self.pages))

    @property
    def to_correct(self) -> int:
        return self.count(lambda page: page.to_correct)

    @property
    def to_check(self) -> int:
        return self.count(lambda page: page.to_check)

    @property
    def to_approve(self) -> int:
        return self.count(lambda page: page.to_approve)

    @property
    def due(self) -> int:
        return self.count(lambda page: page.due)

    @property
    def unseen(self) -> int:
        return self.count(lambda page: page.unseen)

    @property
    def calm(self) -> bool:
        """Whether nothing is left to do."""
        return not (self.to_correct or self.to_check or self.to_approve or self.unseen or self.due)


def tutorial_view(
    declared: DeclaredTutorial,
    source: str,
    results: TutorialRecord | None,
    runs: Mapping[int, str],
    approved: Mapping[int, str],
) -> TutorialView:
    """Put together what is known of a tutorial.

    Args:
        declared: the tutorial, as its scenario declares it today.
        source: of the scenario.
        results: latest results of its pages; None: there is none.
        runs: ID of the run in which each page was seen last.
        approved: SHA-256 of each page's approved sidecar.
    """
    found = {page.number: page for page in results.pages} if results else {}
    return TutorialView(
        declared=declared,
        pages=tuple(
            _page_view(page, source, results, found.get(page.number), runs.get(page.number, ""), approved)
            for page in declared.pages
        ),
    )


def _page_view(
    declared: DeclaredPage,
    source: str,
    tutorial: TutorialRecord | None,
    result: PageRecord | None,
    run: str,
    approved: Mapping[int, str],
) -> PageView:
    current = result is not None and result.kind is declared.kind and result.scenario_sha256 == declared.sha256
    fixes = suggested_fixes(tutorial, result) if tutorial and result else []
    if declared.kind in (PageKind.PUBLIC, PageKind.FORM_ONLY):
        sentences = _told(source, declared, result, fixes)
    else:
        sentences = tuple(
            SentenceView(line=0, sentence=text, callout_label=None, result=None, fix=None) for text in declared.text
        )
    captured = result.capture_sha256 if result else ""
    return PageView(
        declared=declared,
        sentences=sentences,
        result=result,
        run=run,
        current=current,
        approved=bool(captured) and approved.get(declared.number) == captured,
    )


def _told(
    source: str, declared: DeclaredPage, result: PageRecord | None, fixes: Sequence[Correction]
) -> tuple[SentenceView, ...]:
    """Return the instructions of a page, each with the result of the same sentence, if it was checked."""
    results = {one.sentence: one for one in result.instructions} if result else {}
    by_sentence = {fix.sentence: fix for fix in fixes}
    views = []
    for told in told_sentences(source, declared.line):
        fix = by_sentence.get(told.sentence)
        views.append(
            SentenceView(
                line=told.line,
                sentence=told.sentence,
                callout_label=told.callout_label,
                result=results.get(told.sentence),
                fix=replace(fix, line=told.line) if fix is not None else None,
            )
        )
    return tuple(views)


def element_choices(stem: Path) -> tuple[ElementChoice, ...]:
    """Return what a sentence can point at on a captured page, in the order of the page; empty if it cannot be read."""
    try:
        elements = read_capture(stem).sidecar.elements
    except (SidecarCorrupt, PictureCorrupt):
        return ()
    seen = [(one.role, one.label) for one in elements if _is_offered(one)]
    return tuple(
        ElementChoice(role=role, label=label, alone=seen.count((role, label)) == 1)
        for role, label in list(dict.fromkeys(seen))[:MOST_CHOICES]
    )


def _is_offered(element: Element) -> bool:
    return element.on_top and bool(element.label.strip()) and element.role not in CONTAINERS
