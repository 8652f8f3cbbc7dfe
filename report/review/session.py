"""Carry out what reviewers decide, with the same checks wherever they decided it; and take it back."""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import msgspec

from capture.capture import Capture
from capture.elements import normalise
from capture.errors import BaselineChanged, DecisionConflict, DecisionRefused, RunUnreadable
from capture.geometry import Box
from capture.messages import Phrase
from capture.scenario.tutorial import PageKind
from capture.storage import read_bytes, sha256
from report.baselines.baselines import Baselines, new_mask
from report.baselines.decision import (
    MOST_NOTE,
    Decision,
    DecisionFile,
    DecisionKind,
    DecisionRequest,
    HandCheck,
    judgement_fingerprint,
)
from report.baselines.mask import Mask
from report.i18n.dates import today
from report.results.run_record import VISITED_KINDS, PageRecord, RunRecord, TutorialRecord, read_record
from report.results.run_store import copy_own_picture, find_run
from report.review.approve import approve, select_pages

SAME_ELEMENT = 0.8
"""Area in common from which on a frame that was drawn means the thing that it is drawn round, as a fraction."""
PERSONAL_KINDS = frozenset((DecisionKind.CONFIRM, DecisionKind.KEEP, DecisionKind.SNOOZE))
"""What may be decided about a personal page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewState:
    """All that is decided about one page, as it is on disk."""

    sidecar: bytes
    """Empty: nothing is approved."""
    decisions: tuple[Decision, ...]
    masks: tuple[Mask, ...]
    check: HandCheck | None

    @property
    def token(self) -> str:
        """Another one whenever somebody has decided something."""
        told = msgspec.json.encode((sha256(self.sidecar), self.decisions, self.masks, self.check))
        return sha256(told)[:16]

    @property
    def decider(self) -> str:
        """Who decided last."""
        named = [*(mask.by for mask in self.masks), *(decision.by for decision in self.decisions)]
        return named[-1] if named else "?"


@dataclass(frozen=True, kw_only=True, slots=True)
class AppliedDecision:
    """A decision that was carried out, with what it takes to take it back."""

    request: DecisionRequest
    before: ReviewState
    after: ReviewState
    baseline: Capture | None
    """What was approved before."""
    own_picture: bytes
    """The picture that was kept by hand before; empty: there was none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewSession:
    """A run that is being reviewed."""

    record: RunRecord
    folder: Path
    baselines: Baselines

    def state(self, slug: str, page: int) -> ReviewState:
        """What is decided about a page by now; raises SidecarCorrupt."""
        return ReviewState(
            sidecar=self.baselines.read_sidecar(slug, page),
            decisions=tuple(one for one in self.baselines.decisions(slug) if one.page == page),
            masks=tuple(one for one in self.baselines.masks(slug) if one.page == page),
            check=self.baselines.hand_checks(slug).get(page),
        )

    def apply(
        self, choice: DecisionRequest, *, by: str, today: date, token: str | None = None, picture: bytes = b""
    ) -> AppliedDecision:
        """Do what a reviewer decided.

        Args:
            token: of what was decided when the page was opened; None: only the pictures are checked.
            picture: of a page checked by hand, sealed.

        Raises:
            UnknownPage, NotCaptured, UnknownElement, DecisionRefused: it makes no sense.
            DecisionConflict, BaselineChanged: what was on the screen is no longer so.
            CannotWrite.
        """
        ((tutorial, page),) = select_pages(self.record, [choice.name])
        _check_request(choice, page, today)
        with self.baselines.locked():
            before = self.state(tutorial.slug, page.number)
            if token is not None and before.token != token:
                raise DecisionConflict(choice.name, before.decider)
            self._check_screen(choice, tutorial, page, before)
            baseline, own_picture = self._pictures(tutorial, page)
            if choice.kind is DecisionKind.APPROVE:
                approve(self.record, self.folder, self.baselines, [choice.name], by=by, why=choice.note)
            elif choice.kind is DecisionKind.CONFIRM:
                self.baselines.add_hand_check(
                    tutorial.slug, page.number, on=today, by=by, note=choice.note, picture=picture
                )
            else:
                self._record(choice, tutorial, page, by, today)
            after = self.state(tutorial.slug, page.number)
        return AppliedDecision(request=choice, before=before, after=after, baseline=baseline, own_picture=own_picture)

    def undo(self, done: AppliedDecision) -> None:
        """Undo a decision; raises DecisionConflict when something was decided after it, or CannotWrite."""
        slug, page = done.request.tutorial, done.request.page
        with self.baselines.locked():
            if self.state(slug, page).token != done.after.token:
                raise DecisionConflict(done.request.name, self.state(slug, page).decider)
            if done.before.sidecar != done.after.sidecar:
                if done.baseline is not None:
                    self.baselines.write(slug, page, done.baseline)
                else:
                    self.baselines.remove(slug, page)
            others = [one for one in self.baselines.decisions(slug) if one.page != page]
            self.baselines.write_decisions(slug, [*others, *done.before.decisions])
            for mask in done.after.masks:
                if mask not in done.before.masks:
                    self.baselines.remove_mask(slug, mask)
            if done.after.check != done.before.check:
                self.baselines.remove_hand_check(slug, page, earlier=done.before.check, picture=done.own_picture)

    def reviewed(self, tutorial: TutorialRecord, page: PageRecord) -> PageRecord:
        """A page, with what is decided about it by now; raises SidecarCorrupt."""
        now = self.state(tutorial.slug, page.number)
        sidecar = sha256(now.sidecar) if now.sidecar else ""
        approved = [one for one in now.decisions if one.kind is DecisionKind.APPROVE and one.of == sidecar]
        standing = [one for one in now.decisions if one.holds(page.judgement, today())]
        tonight = approved if page.captured is not None and sidecar == page.capture_sha256 else []
        checked = [now.check.decision(page.number)] if now.check and now.check != page.hand_check else []
        return replace(
            page,
            decision=next(iter([*tonight, *checked, *standing]), None),
            masks=now.masks,
            hand_check=now.check,
            own_picture=copy_own_picture(self.baselines, tutorial.slug, page.number, self.folder),
        )

    def _pictures(self, tutorial: TutorialRecord, page: PageRecord) -> tuple[Capture | None, bytes]:
        """The approved capture of a page, and the picture that a person took of it (empty: none)."""
        if page.kind is PageKind.PERSONAL:
            return None, self.baselines.own_picture(tutorial.slug, page.number)
        return self.baselines.read(tutorial.slug, page.number), b""

    def _check_screen(
        self, choice: DecisionRequest, tutorial: TutorialRecord, page: PageRecord, now: ReviewState
    ) -> None:
        """What was on the screen is what the run recorded, and still what is on disk."""
        approved = page.approved.sidecar_sha256 if page.approved else ""
        place = self.baselines.root / tutorial.slug / f"{page.number:02}.json"
        if (choice.captured, choice.approved) != (page.capture_sha256, approved):
            raise BaselineChanged(place)
        current = sha256(now.sidecar) if now.sidecar else ""
        again = choice.kind is DecisionKind.APPROVE and current == page.capture_sha256
        if page.kind in VISITED_KINDS and current != approved and not again:
            raise BaselineChanged(place)

    def _record(
        self, choice: DecisionRequest, tutorial: TutorialRecord, page: PageRecord, by: str, today: date
    ) -> None:
        slug, number = tutorial.slug, page.number
        if choice.kind is DecisionKind.IGNORE:
            self.baselines.add_mask(slug, self._mask(choice, slug, by, today))
        else:
            decision = Decision(
                page=number,
                kind=choice.kind,
                on=today,
                by=by,
                note=choice.note,
                person=choice.person,
                until=choice.until,
                of=judgement_fingerprint(page.judgement),
                run=self.record.id,
            )
            self.baselines.add_decision(slug, decision)

    def _mask(self, choice: DecisionRequest, slug: str, by: str, today: date) -> Mask:
        if choice.element is not None:
            return new_mask(self.baselines, slug, choice.page, choice.element, by=by, why=choice.note, on=today)
        name = None if choice.box is None else self._name_at(choice.box, slug, choice.page)
        box = choice.box if name is None else None
        return Mask(page=choice.page, on=today, by=by, why=choice.note, element=name, box=box)

    def _name_at(self, place: Box, slug: str, page: int) -> str | None:
        """The name of what is at a place of the approved picture, when there is one such thing and it has a name."""
        approved = self.baselines.read(slug, page)
        elements = [one for one in approved.sidecar.elements if one.visible and one.name] if approved else []
        there = [one for one in elements if one.box.iou(place) >= SAME_ELEMENT]
        names = {normalise(one.name) for one in there}
        if len(names) != 1 or sum(normalise(one.name) in names for one in elements) != len(there):
            return None
        return there[0].name


def open_session(runs: Path, run: str, screenshots: Path) -> ReviewSession:
    """The desk of a run; raises RunUnreadable or NoBaselines."""
    folder = find_run(runs, run)
    record = read_record(folder)
    return ReviewSession(record=record, folder=folder, baselines=Baselines(screenshots, record.baselines))


def read_decisions(path: Path) -> DecisionFile:
    """What a report exported; raises RunUnreadable or DecisionRefused."""
    data = read_bytes(path, RunUnreadable)
    try:
        return msgspec.json.decode(data, type=DecisionFile)
    except msgspec.DecodeError as error:
        raise DecisionRefused(str(error)) from error


def _check_request(choice: DecisionRequest, page: PageRecord, today: date) -> None:
    """Raise DecisionRefused when a decision does not go with its page."""
    by_hand = page.kind is PageKind.PERSONAL
    if (by_hand and choice.kind not in PERSONAL_KINDS) or (not by_hand and choice.kind is DecisionKind.CONFIRM):
        raise DecisionRefused(Phrase("{page} is not such a page", page=choice.name))
    if len(choice.note) > MOST_NOTE or len(choice.person) > MOST_NOTE:
        raise DecisionRefused(Phrase("its note is too long"))
    if choice.kind is DecisionKind.SNOOZE and (choice.until is None or choice.until <= today):
        raise DecisionRefused(Phrase("it is put off until a day that is not to come"))
    if choice.kind is DecisionKind.IGNORE:
        _check_place(choice, page)


def _check_place(choice: DecisionRequest, page: PageRecord) -> None:
    """Raise DecisionRefused unless a place to ignore is on the approved picture."""
    if (choice.element is None) is (choice.box is None):
        raise DecisionRefused(Phrase("it ignores neither a thing nor a place"))
    if choice.box is None:
        return
    box, size = choice.box, page.approved.size if page.approved else (0, 0)
    if box.width < 1 or box.height < 1 or box.x < 0 or box.y < 0 or box.right > size[0] or box.bottom > size[1]:
        raise DecisionRefused(Phrase("the place is not on the approved picture"))
