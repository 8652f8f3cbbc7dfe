"""The visit of one page: its instructions, their results, the capture, and what stopped the scenario."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from playwright.sync_api import Error

from capture.browser.screenshot import Shot
from capture.browser.snapshot import Snapshot
from capture.browser.tab import Place, Tab
from capture.capture import Capture, Environment, Sidecar, references_of
from capture.elements import Element, normalise, subtract_dialogs
from capture.errors import PrivacyError, ScenarioBroken
from capture.geometry import Box
from capture.messages import Phrase
from capture.picture_stack import picture_named, stack
from capture.politeness.obstacles import PAGE_REPLACED, Blocked, Obstacle, ObstacleKind, switched_language
from capture.privacy import guard
from capture.privacy.fields import is_numbered
from capture.privacy.request_filter import BlockedRequest
from capture.runner.judging import judge_instructions, unknown_overlay, unread_frame
from capture.runner.other_page import address_of, heading_of, is_other_page, newly_asks_for_password
from capture.scenario.arguments import Check, mistakes_in
from capture.scenario.expectation import Expectation
from capture.scenario.instruction import (
    Callout,
    Instruction,
    InstructionResult,
    InstructionStatus,
    Target,
    find_elements,
)
from capture.scenario.roles import mistake_in_role
from capture.scenario.tutorial import Page, Tutorial
from capture.storage import sha256

WORDED = frozenset(("button", "heading", "link", "text"))
"""Roles of the elements whose words tell the language of a page."""
SHORT = 3
"""Letters up to which a label may stand in any text."""


class CannotContinue(Exception):
    """The element that the scenario's next act needs is not on the page: an instruction is false."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TypedSoFar:
    """Values and fields of a journey; grows with each page."""

    values: list[str] = field(default_factory=list)
    public_fields: dict[str, int] = field(default_factory=dict)
    """Number of the page on which each declared field is typed into, by its label."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """Click by which a page was left."""

    label: str
    """Label of what was clicked."""
    new_tab: bool
    """It led to another tab."""
    new_tab_expected: bool
    """The scenario says that it does."""


class PageVisit:
    """State of the visit of one page, for the runner; authors of scenarios act on it through ``Step``."""

    def __init__(
        self,
        tab: Tab,
        *,
        tutorial: Tutorial,
        page: Page,
        site_name: str,
        environment: Environment,
        baseline: Sidecar | None = None,
        typed: TypedSoFar | None = None,
        stopped_of_its_own: Callable[[], Sequence[BlockedRequest]] = tuple,
    ) -> None:
        """Begin the visit.

        Args:
            tab: shows the page, or will.
            tutorial: of the page.
            page: the tutorial's page.
            site_name: recorded in the sidecar.
            environment: recorded in the sidecar, with the page's fonts.
            baseline: the page's approved capture.
            typed: what the scenario has typed on earlier pages; added to.
            stopped_of_its_own: returns the requests of the page to declared hosts that were blocked.
        """
        self._stopped_of_its_own = stopped_of_its_own
        typed = typed or TypedSoFar()
        self._public_fields = typed.public_fields
        self.tab = tab
        self.tutorial = tutorial
        self.page = page
        self.capture: Capture | None = None
        self.departure: Departure | None = None
        """Latest click."""
        self.leads_on = False
        """Whether the scenario acted after its last picture, so that the next page may continue from this one."""
        self.has_acted_after_a_picture = False
        """Whether it acted after any of its pictures."""
        self._place_of_picture: Place | None = None
        """Place of the tab when the last picture was taken."""
        self.typed = typed.values
        """Values that the scenario typed on this page and the pages before: a number may be typed in parts."""
        self._site_name = site_name
        self._environment = replace(environment, viewport=page.viewport or tutorial.viewport)
        self._approved = baseline
        """The whole approved capture."""
        self._baseline = baseline
        """What it shows of the picture that is taken, or was taken last."""
        self._pictures: list[str] = []
        """Names of the pictures taken so far."""
        self._number = 1
        """Number of the next instruction."""
        self._told: list[Instruction] = []
        """Instructions of the next picture."""
        self._instructions: list[Instruction] = []
        """Instructions of the picture that was taken last."""
        self._results: tuple[InstructionResult, ...] = ()
        self._snapshot: Snapshot | None = None
        self._stopped_by: PrivacyError | Blocked | None = None
        self._has_acted = False
        """Whether the page may have changed since its picture."""
        self._done: set[int] = set()
        """Numbers of the instructions on whose targets the scenario has acted."""
        self._ended = False

    @property
    def refusal(self) -> PrivacyError | None:
        """PrivacyError that ends the journey: no capture of the page is recorded."""
        return self._stopped_by if isinstance(self._stopped_by, PrivacyError) else None

    def stop(self, error: PrivacyError | Blocked) -> None:
        """Record the first error that stopped the scenario, so that it cannot continue; a PrivacyError replaces it."""
        if self._stopped_by is None or (isinstance(error, PrivacyError) and self.refusal is None):
            self._stopped_by = error

    def end(self) -> None:
        """End the visit: a step that a scenario has stored cannot act any more."""
        self._ended = True

    def check_active(self) -> None:
        """Raise the error that stopped the scenario on this page; PrivacyError if the visit has ended."""
        if self._stopped_by is not None:
            raise self._stopped_by
        if self._ended:
            raise PrivacyError(Phrase("a scenario would go on with an earlier page's step"))

    def check_arguments(self, given: Mapping[str, tuple[object, Check]]) -> None:
        """Raise ScenarioBroken, with all mistakes in some arguments of a step; the journey adds the line."""
        mistakes = mistakes_in(given)
        if mistakes:
            raise ScenarioBroken(f"{self.tutorial.slug}/{self.page.number}", mistakes)

    def check_role(self, role: str) -> None:
        """Raise ScenarioBroken if no element can have a role that the scenario names."""
        what = mistake_in_role(role)
        if what is not None:
            raise ScenarioBroken(f"{self.tutorial.slug}/{self.page.number}", what)

    def check_field(self, snapshot: Snapshot, index: int, value: str = "") -> None:
        """Raise PrivacyError if an element is no field, asks for personal data as it is now, or a value does not fit.

        Args:
            snapshot: of the page.
            index: of the field.
            value: to be typed or chosen; empty: none.
        """
        name, traits = snapshot.field_now(index)
        label = normalise(name)
        declared = label in map(normalise, self.tutorial.public_fields)
        on_this_page = declared and self._public_fields.setdefault(label, self.page.number) == self.page.number
        language = self.tutorial.locale[:2].lower()
        guard.check_field(snapshot.elements[index].role, name, traits, declared=on_this_page, language=language)
        if value:
            guard.check_value(value, self.tutorial, self.typed, of_a_thing=on_this_page or is_numbered(name))

    def check_reached(self, snapshot: Snapshot, index: int, *, by_key: bool = False) -> None:
        """Raise PrivacyError if an act on an element would choose or set something that tells something of a person."""
        language = self.tutorial.locale[:2].lower()
        guard.check_reached(snapshot.reached(index, by_key=by_key), language=language, by_key=by_key)

    def check_key(self, key: str, known: Collection[str]) -> None:
        """Raise ScenarioBroken if a key is not among the known ones."""
        if key not in known:
            what = Phrase(
                "it presses “{key}”, which is none of the keys that type nothing: {known}",
                key=key,
                known=", ".join(sorted(known)),
            )
            raise ScenarioBroken(f"{self.tutorial.slug}/{self.page.number}", what)

    @property
    def has_begun(self) -> bool:
        """Whether an instruction was told, or the page captured."""
        return bool(self._told) or self.capture is not None

    def add_instruction(
        self,
        sentence: str,
        target: Target,
        *,
        callout: Callout,
        label: str | None,
        source_line: str,
        expects: tuple[Expectation, ...] = (),
    ) -> Instruction:
        """Declare an instruction of the page's next picture."""
        instruction = Instruction(
            number=self._number,
            sentence=sentence,
            target=target,
            callout=callout,
            label=sentence if label is None else label,
            source_line=source_line,
            expects=expects,
        )
        self._told.append(instruction)
        self._number += 1
        return instruction

    def capture_page(
        self,
        name: str = "",
        *,
        frame: Target | None = None,
        ignore: Iterable[Target | str] = (),
        full_page: bool = False,
        alt: str = "",
    ) -> None:
        """Judge the instructions declared since the last picture and capture the page: see ``Step.shoot``."""
        if name in self._pictures or (self._pictures and not name):
            what = Phrase("it takes two pictures of the name “{name}”: give the second one another", name=name)
            raise ScenarioBroken(f"{self.tutorial.slug}/{self.page.number}", what)
        self._begin_picture(name)
        shot = self._shoot_and_judge(full_page)
        if self._refuse_consent():
            shot = self._shoot_and_judge(full_page)
        if shot.state.stable and not all(result.true for result in self._results):
            self.tab.wait_for_late_content()
            shot = self._shoot_and_judge(full_page)
        if self._wait_until_shown(shot.snapshot, self._results):
            shot = self._shoot_and_judge(full_page)
        self._check_that_it_is_the_page(shot)
        elements = shot.snapshot.elements
        self._snapshot = shot.snapshot
        ignored = [box for part in ignore for box in self._boxes_of(part, elements, full_page=full_page)]
        sidecar = self._sidecar(shot, frame=_frame_box(frame, elements), masks=subtract_dialogs(ignored, elements))
        sidecar = replace(sidecar, alt=alt)
        taken = Capture.of(sidecar, shot.png)
        self.capture = taken if self.capture is None else stack(self.capture, taken, name)
        self._place_of_picture, self.leads_on = self.tab.place, False

    def _begin_picture(self, name: str) -> None:
        """Take the instructions of the next picture, and the part of the baseline that shows it."""
        self._pictures.append(name)
        self._instructions, self._told = self._told, []
        self._has_acted = False
        if self._approved is not None:
            self._baseline = picture_named(self._approved, name)

    def check_all_judged(self) -> None:
        """Raise ScenarioBroken if an instruction was declared after the last picture, so that it was never judged."""
        if self.capture is not None and self._told:
            raise ScenarioBroken(f"{self.tutorial.slug}/{self.page.number}", Phrase("it tells after its picture"))

    def discard_capture(self) -> None:
        """Record no capture of the page."""
        self.capture = None

    def resolve(
        self, target: Instruction | Target, *, sends: Sequence[str] = (), among: Snapshot | None = None
    ) -> tuple[Snapshot, int]:
        """Return the element to act on, as an index into a snapshot: the target's own, or its harmless replacement.

        Args:
            target: an instruction of the page, or a target of its own.
            sends: addresses to which the act may send a form.
            among: snapshot in which it is searched; None: that of the picture, or one of the page as it is.

        Raises:
            CannotContinue: there is neither.
        """
        if isinstance(target, Target):
            target = Instruction(number=0, sentence="", target=target, callout="none", label="", source_line="")
        snapshot, result = self._find(target, among)
        if not _is_in_reach(snapshot, result) and (self._snapshot is None or self._has_acted) and among is None:
            self.tab.wait_for_late_content()
            self._refuse_consent()
            snapshot, result = self._find(target)
            if self._wait_until_shown(snapshot, [result]):
                snapshot, result = self._find(target)
        if result.element is not None and _is_in_reach(snapshot, result):
            return snapshot, result.element
        if result.status is InstructionStatus.UNEXPECTED and result.element is not None:
            return snapshot, result.element
        if result.replacement is not None and self._may_act_on(snapshot, result.replacement.index, sends):
            return snapshot, result.replacement.index
        raise CannotContinue(target.sentence or target.name or "")

    def note_act(self, *, leads_on: bool) -> None:
        """Note that an act may have changed the page: what was not found on the picture is searched again after it.

        Args:
            leads_on: after the picture, it is an act that leads to the next page.
        """
        self._has_acted = True
        if leads_on and self.capture is not None:
            self.leads_on = self.has_acted_after_a_picture = True

    @property
    def has_left(self) -> bool:
        """Whether acts after the last picture have led to another page or address."""
        return self.leads_on and self.tab.place != self._place_of_picture

    def note_done(self, pointed: Iterable[object]) -> None:
        """Note that the scenario has acted on the targets of instructions: a reader who follows it has done so too."""
        self._done.update(one.number for one in pointed if isinstance(one, Instruction))

    def _find(self, instruction: Instruction, among: Snapshot | None = None) -> tuple[Snapshot, InstructionResult]:
        """Return an instruction's result on the page as it was captured, or on the page as it is."""
        known = next((result for result in self._results if result.number == instruction.number), None)
        pictured = self._snapshot if among is None else None
        if pictured is not None and known is not None and self._is_still_there(pictured, known):
            return pictured, known
        current = among or (None if self._has_acted else pictured) or self.tab.snapshot()
        snapshot, (result,) = judge_instructions([instruction], current, self.tab.address, self._baseline)
        return snapshot, result

    def _is_still_there(self, pictured: Snapshot, result: InstructionResult) -> bool:
        """Return whether an instruction's element is the one on the picture."""
        return not self._has_acted or (result.element is not None and pictured.is_there(result.element))

    def _may_act_on(self, snapshot: Snapshot, index: int, sends: Sequence[str]) -> bool:
        """Return whether the scenario may act on the replacement of an instruction's element."""
        element, hosts = snapshot.elements[index], self.tutorial.hosts
        return element.on_top and guard.may_replace(
            element, snapshot.elements, snapshot.fields, hosts=hosts, sends=sends
        )

    def _wait_until_shown(self, snapshot: Snapshot, results: Iterable[InstructionResult]) -> bool:
        """Wait for the page, or its main part, if it hides targets until its scripts have loaded; return if it shows.

        Elements that something opens, and targets of frames that have gone, are not waited for.
        """
        hidden = [
            result.element
            for result in results
            if result.status is InstructionStatus.HIDDEN and result.element is not None and result.opener is None
        ]
        try:
            return bool(hidden) and self.tab.wait_until_shown(snapshot, hidden)
        except Error:
            return False

    def _refuse_consent(self) -> bool:
        """Refuse a consent window that neither instructions nor the approved picture know; return whether it was."""
        approved = self._baseline.elements if self._baseline else ()
        buttons = [one.label for one in approved if one.visible and one.role == "button" and len(one.label) > SHORT]
        told = (*self._instructions, *self._told)
        named = [instruction.name for instruction in told if instruction.name]
        return self.tab.refuse_consent([*buttons, *named])

    def _shoot_and_judge(self, full_page: bool) -> Shot:
        """Take a screenshot of the page, and judge all instructions on its elements."""
        try:
            return self._shoot_and_judge_once(full_page)
        except Error as error:
            if PAGE_REPLACED not in error.message:
                raise
            self.tab.wait_until_stable()
            return self._shoot_and_judge_once(full_page)

    def _shoot_and_judge_once(self, full_page: bool) -> Shot:
        baseline_sha256 = self._baseline.picture_sha256 if self._baseline else None
        shot = self.tab.screenshot(full_page=full_page, baseline_sha256=baseline_sha256)
        snapshot, self._results = judge_instructions(
            self._instructions, shot.snapshot, self.tab.address, self._baseline, self._done
        )
        return replace(shot, snapshot=snapshot)

    def _check_that_it_is_the_page(self, shot: Shot) -> None:
        """Raise Blocked if its style is late, or an instruction is false as it loads, is covered or not read whole."""
        if shot.state.late is not None:
            raise Blocked(Obstacle.of(ObstacleKind.LOADING, shot.state.late, self.tab.address))
        self._check_that_it_is_not_another_page(shot)
        if all(result.true for result in self._results):
            return
        approved = self._baseline.elements if self._baseline else ()
        if shot.state.loading and not any(element.is_called(shot.state.loading) for element in approved):
            raise Blocked(
                Obstacle(kind=ObstacleKind.LOADING, evidence=f"« {shot.state.loading} »", url=self.tab.address)
            )
        switched = switched_language(
            url=self.tab.address,
            text=_words_of(shot.snapshot.elements),
            approved=_words_of(approved),
            expected=self.tutorial.locale,
        )
        if switched is not None:
            raise Blocked(switched)
        cover = unknown_overlay(self._results, shot.snapshot.elements, shot.snapshot.cover_shares, self._baseline)
        if cover is not None:
            raise Blocked(Obstacle(kind=ObstacleKind.OVERLAY, evidence=f"« {cover} »", url=self.tab.address))
        stopped = next(iter(self._stopped_of_its_own()), None)
        if stopped is not None:
            what = Phrase(
                "{method} to {host}, {reason}", method=stopped.method, host=stopped.host, reason=stopped.reason
            )
            raise Blocked(Obstacle.of(ObstacleKind.STOPPED, what, self.tab.address))
        frame = unread_frame(self._results, shot.snapshot, self._baseline)
        if frame is not None:
            kind = ObstacleKind.LOADING if frame in self.tutorial.hosts else ObstacleKind.UNREAD
            raise Blocked(Obstacle(kind=kind, evidence=frame, url=self.tab.address))

    def _check_that_it_is_not_another_page(self, shot: Shot) -> None:
        """Raise Blocked if the page asks to sign in, or its address leads to another page, unlike when it was approved.

        A click that leads elsewhere is told with the picture: the step may have changed.
        """
        elements, approved = shot.snapshot.elements, self._baseline
        if approved is None or not is_other_page(self.tab.address, elements, approved):
            return
        if newly_asks_for_password(elements, approved):
            raise Blocked(Obstacle.of(ObstacleKind.ELSEWHERE, Phrase("it asks to sign in"), self.tab.address))
        opened = self.page.starts_at
        if opened and self.departure is None and address_of(opened) != address_of(self.tab.address):
            what = Phrase("its address leads to “{heading}”", heading=heading_of(elements) or "")
            raise Blocked(Obstacle.of(ObstacleKind.ELSEWHERE, what, self.tab.address))

    def _sidecar(self, shot: Shot, *, frame: Box | None, masks: tuple[Box, ...]) -> Sidecar:
        return Sidecar(
            tutorial=self.tutorial.slug,
            page=self.page.number,
            site=self._site_name,
            url=self.tab.address,
            title=shot.state.title,
            taken=datetime.now(UTC).replace(microsecond=0),
            environment=replace(self._environment, fonts=shot.state.fonts),
            picture_sha256=sha256(shot.png),
            stable=shot.state.stable and shot.reproducible,
            frame=frame,
            masks=masks,
            elements=shot.snapshot.elements,
            instructions=self._results,
            unstable=tuple(
                Box(x=x, y=y, width=width, height=height).scaled(self.tutorial.scale)
                for x, y, width, height in shot.state.unstable
            ),
            references=references_of(self._results, self._baseline),
            noise_floor=shot.noise_floor or (self._baseline.noise_floor if self._baseline else None),
        )

    def _boxes_of(self, part: Target | str, elements: Sequence[Element], *, full_page: bool) -> tuple[Box, ...]:
        """Return the boxes of the visible elements that a target or a CSS selector matches, px."""
        if isinstance(part, str):
            return self.tab.boxes_of(part, full_page=full_page)
        return tuple(
            elements[index].box for index in find_elements(part, part.name, elements) if elements[index].visible
        )


def _words_of(elements: Iterable[Element]) -> str:
    """Return the words of a page that tell its language."""
    return " ".join(element.label for element in elements if element.visible and element.role in WORDED)


def _is_in_reach(snapshot: Snapshot, result: InstructionResult) -> bool:
    """Return whether an instruction is true, and nothing keeps a click from its element."""
    return result.true and (result.element is None or not snapshot.elements[result.element].clear_cover)


def _frame_box(frame: Target | None, elements: Sequence[Element]) -> Box | None:
    """Return the box of the part that the tutorial shows, px; None: the whole screenshot."""
    if frame is None:
        return None
    found = find_elements(frame, frame.name, elements)
    return elements[found[0]].box if found and elements[found[0]].visible else None
