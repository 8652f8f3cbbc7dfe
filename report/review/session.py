"""Review session: apply and undo the decisions of reviewers, with the same checks for every interface."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from capture.capture import Capture
from capture.checked_values import LONGEST_NAME, Unfit, check_format, decode_json
from capture.elements import normalise
from capture.errors import BaselineChanged, DecisionConflict, DecisionRefused, DecisionsUnreadable
from capture.geometry import Box
from capture.messages import Phrase
from capture.scenario.tutorial import PageKind
from capture.storage import png_size, read_bytes
from capture.visible_text import visible
from report.baselines.baselines import Baselines, new_mask
from report.baselines.decision import (
    FORMAT,
    Decision,
    DecisionFile,
    DecisionKind,
    DecisionRequest,
    judgement_fingerprint,
)
from report.baselines.mask import Mask
from report.i18n.dates import today
from report.results.review_state import ReviewState, decided_fields, read_review_state
from report.results.run_record import VISITED_KINDS, PageRecord, RunRecord, TutorialRecord, read_record
from report.results.run_store import copy_own_picture, find_run, witness_texts
from report.review.approve import approve, select_pages

SAME_ELEMENT = 0.8
"""Intersection over union from which a drawn box means the element inside it."""
LARGEST_DECISIONS = 20_000_000
"""Size of a file of exported decisions, bytes."""
PERSONAL_KINDS = frozenset((DecisionKind.CONFIRM, DecisionKind.KEEP, DecisionKind.SNOOZE))
"""Kinds of decisions about a personal page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedDecision:
    """A decision that was applied, with all that is needed to undo it."""

    request: DecisionRequest
    before: ReviewState
    after: ReviewState
    baseline: Capture | None
    """Earlier baseline; None: there was none."""
    own_picture: bytes
    """Earlier picture of a person; empty: there was none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewSession:
    """Review of a run."""

    record: RunRecord
    folder: Path
    baselines: Baselines

    def state(self, slug: str, page: int) -> ReviewState:
        """Read what is decided about a page now; raises SidecarCorrupt."""
        return read_review_state(self.baselines, slug, page)

    def apply(
        self, request: DecisionRequest, *, by: str, today: date, token: str | None = None, picture: bytes = b""
    ) -> AppliedDecision:
        """Apply a reviewer's decision.

        Args:
            token: the page's review state that the reviewer saw; None: only the pictures are checked.
            picture: picture that a person took of a personal page, sanitised.

        Raises:
            UnknownPage, NotCaptured, UnknownElement, DecisionRefused: the decision does not fit the page.
            DecisionConflict, BaselineChanged: the page is no longer what the reviewer saw.
            CannotWrite.
        """
        ((tutorial, page),) = select_pages(self.record, [request.name])
        _check_request(request, page, today)
        _check_targets(request, page, picture)
        with self.baselines.locked():
            before = self.state(tutorial.slug, page.number)
            if token is not None and before.token != token:
                raise DecisionConflict(request.name, before.decider)
            self._check_screen(request, tutorial, page, before)
            baseline, own_picture = self._pictures(tutorial, page)
            if request.kind is DecisionKind.APPROVE:
                approve(self.record, self.folder, self.baselines, [request.name], by=by, why=request.note)
            elif request.kind is DecisionKind.CONFIRM:
                self.baselines.add_hand_check(
                    tutorial.slug,
                    page.number,
                    on=today,
                    by=by,
                    note=request.note,
                    picture=picture,
                    targets=request.targets,
                    witnesses=witness_texts(page, self.folder),
                )
            else:
                self._record(request, tutorial, page, by, today)
            after = self.state(tutorial.slug, page.number)
        return AppliedDecision(request=request, before=before, after=after, baseline=baseline, own_picture=own_picture)

    def undo(self, applied: AppliedDecision) -> None:
        """Undo a decision; raises DecisionConflict if a later decision exists, or CannotWrite."""
        slug, page = applied.request.tutorial, applied.request.page
        with self.baselines.locked():
            if self.state(slug, page).token != applied.after.token:
                raise DecisionConflict(applied.request.name, self.state(slug, page).decider)
            if applied.before.sidecar != applied.after.sidecar:
                if applied.baseline is not None:
                    self.baselines.write(slug, page, applied.baseline)
                else:
                    self.baselines.remove(slug, page)
            others = [one for one in self.baselines.decisions(slug) if one.page != page]
            self.baselines.write_decisions(slug, [*others, *applied.before.decisions])
            for mask in applied.after.masks:
                if mask not in applied.before.masks:
                    self.baselines.remove_mask(slug, mask)
            if applied.after.check != applied.before.check:
                self.baselines.remove_hand_check(slug, page, earlier=applied.before.check, picture=applied.own_picture)

    def reviewed(self, tutorial: TutorialRecord, page: PageRecord) -> PageRecord:
        """Return a page's record with what is decided about it now; raises SidecarCorrupt."""
        own_picture = copy_own_picture(self.baselines, tutorial.slug, page.number, self.folder)
        state = self.state(tutorial.slug, page.number)
        return replace(
            page, **decided_fields(state, page.judgement, today=today(), own_picture=own_picture, reviewed=page)
        )

    def _pictures(self, tutorial: TutorialRecord, page: PageRecord) -> tuple[Capture | None, bytes]:
        """Return the baseline of a page, and the picture that a person took of it (empty: none)."""
        if page.kind is PageKind.PERSONAL:
            return None, self.baselines.own_picture(tutorial.slug, page.number)
        return self.baselines.read(tutorial.slug, page.number), b""

    def _check_screen(
        self, request: DecisionRequest, tutorial: TutorialRecord, page: PageRecord, state: ReviewState
    ) -> None:
        """Raise BaselineChanged unless the reviewer saw what the run recorded and what is on disk."""
        approved = page.approved.sidecar_sha256 if page.approved else ""
        place = self.baselines.root / tutorial.slug / f"{page.number:02}.json"
        if (request.captured, request.approved) != (page.capture_sha256, approved):
            raise BaselineChanged(place)
        repeated = request.kind is DecisionKind.APPROVE and state.baseline_sha256 == page.capture_sha256
        if page.kind in VISITED_KINDS and state.baseline_sha256 != approved and not repeated:
            raise BaselineChanged(place)

    def _record(
        self, request: DecisionRequest, tutorial: TutorialRecord, page: PageRecord, by: str, today: date
    ) -> None:
        slug, number = tutorial.slug, page.number
        if request.kind is DecisionKind.IGNORE:
            self.baselines.add_mask(slug, self._mask(request, slug, by, today))
        else:
            decision = Decision(
                page=number,
                kind=request.kind,
                on=today,
                by=by,
                note=request.note,
                person=request.person,
                until=request.until,
                of=judgement_fingerprint(page.judgement),
                run=self.record.id,
            )
            self.baselines.add_decision(slug, decision)

    def _mask(self, request: DecisionRequest, slug: str, by: str, today: date) -> Mask:
        if request.element is not None:
            return new_mask(self.baselines, slug, request.page, request.element, by=by, why=request.note, on=today)
        name = None if request.box is None else self._name_at(request.box, slug, request.page)
        box = request.box if name is None else None
        return Mask(page=request.page, on=today, by=by, why=request.note, element=name, box=box)

    def _name_at(self, place: Box, slug: str, page: int) -> str | None:
        """Return the name of the element in a box of the approved picture, if no other element has that name."""
        approved = self.baselines.read(slug, page)
        elements = [one for one in approved.sidecar.elements if one.visible and one.name] if approved else []
        there = [one for one in elements if one.box.iou(place) >= SAME_ELEMENT]
        names = {normalise(one.name) for one in there}
        if len(names) != 1 or sum(normalise(one.name) in names for one in elements) != len(there):
            return None
        return there[0].name


def open_session(runs: Path, run: str, screenshots: Path) -> ReviewSession:
    """Open the review of a run; raises RunUnreadable or NoBaselines."""
    folder = find_run(runs, run)
    record = read_record(folder)
    return ReviewSession(record=record, folder=folder, baselines=Baselines(screenshots, record.baselines))


def read_decisions(path: Path) -> DecisionFile:
    """Read the decisions that a report exported; raises DecisionsUnreadable, or DecisionRefused without a name."""
    data = read_bytes(path, DecisionsUnreadable, most=LARGEST_DECISIONS)
    try:
        check_format(data, FORMAT)
        file = decode_json(data, DecisionFile)
    except Unfit as error:
        raise DecisionsUnreadable(path, *error.args) from error
    return replace(file, by=decider(file.by))


def check_baselines(file: DecisionFile, session: ReviewSession) -> None:
    """Raise DecisionRefused unless decisions are about the baselines that their run compared with."""
    known = session.record.baselines
    if file.baselines != known:
        raise DecisionRefused(
            Phrase("it is about the captures “{found}”, its run about “{known}”", found=file.baselines, known=known)
        )


def decider(name: str) -> str:
    """Return the name of who decides without spaces around it; raises DecisionRefused if it is none."""
    name = visible(name).strip()
    if not name:
        raise DecisionRefused(Phrase("give a name, so that it is known who decides"))
    if len(name) > LONGEST_NAME:
        raise DecisionRefused(Phrase("the name of who decides is too long"))
    return name


def _check_request(request: DecisionRequest, page: PageRecord, today: date) -> None:
    """Raise DecisionRefused if a decision does not fit its page."""
    by_hand = page.kind is PageKind.PERSONAL
    if (by_hand and request.kind not in PERSONAL_KINDS) or (not by_hand and request.kind is DecisionKind.CONFIRM):
        raise DecisionRefused(Phrase("{page} is not such a page", page=request.name))
    if request.kind is DecisionKind.SNOOZE and (request.until is None or request.until <= today):
        raise DecisionRefused(Phrase("it is put off until a day that is not to come"))
    if request.kind is DecisionKind.IGNORE:
        _check_place(request, page)


def _check_targets(request: DecisionRequest, page: PageRecord, picture: bytes) -> None:
    """Raise DecisionRefused unless the places that a person showed are on the picture, each of a sentence."""
    sentences = [one.sentence for one in request.targets]
    if any(one not in page.text for one in sentences) or len(set(sentences)) < len(sentences):
        raise DecisionRefused(Phrase("the page has no such sentence"))
    width, height = png_size(picture) if picture else (0, 0)
    if any(not _is_on(one.box, width, height) for one in request.targets):
        raise DecisionRefused(Phrase("the place is not on the picture"))


def _is_on(box: Box, width: int, height: int) -> bool:
    """Return whether a box is on a picture of this size, and not empty."""
    return (
        box.width >= 1 and box.height >= 1 and box.x >= 0 and box.y >= 0 and box.right <= width and box.bottom <= height
    )


def _check_place(request: DecisionRequest, page: PageRecord) -> None:
    """Raise DecisionRefused unless the box to mask is on the approved picture."""
    if (request.element is None) is (request.box is None):
        raise DecisionRefused(Phrase("it ignores neither a thing nor a place"))
    if request.box is None:
        return
    if not _is_on(request.box, *(page.approved.size if page.approved else (0, 0))):
        raise DecisionRefused(Phrase("the place is not on the approved picture"))
