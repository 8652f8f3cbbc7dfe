"""What a scenario's function receives: what it can tell, do and take a picture of."""

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

from playwright.sync_api import Error

from capture.browser.screenshot import Shot
from capture.browser.snapshot import Snapshot
from capture.browser.tab import Tab
from capture.capture import Capture, Environment, Sidecar
from capture.elements import Element, uncovered
from capture.errors import PrivacyError, ScenarioBroken
from capture.geometry import Box
from capture.messages import Phrase
from capture.politeness.obstacles import Blocked, network_obstacle
from capture.privacy import guard
from capture.scenario.healing import find_replacements
from capture.scenario.instruction import (
    Callout,
    Instruction,
    InstructionResult,
    InstructionStatus,
    Target,
    find_elements,
    judge,
)
from capture.scenario.locators import RestrictedLocator
from capture.scenario.tutorial import Page, Tutorial
from capture.site.site import Site
from capture.storage import sha256

P = ParamSpec("P")


class CannotGoOn(Exception):
    """What the journey's next act needs is not on the page: an instruction is false."""


def _refusal_is_final(act: Callable[Concatenate["Step", P], None]) -> Callable[Concatenate["Step", P], None]:
    """What was refused, or met instead of the page, stays so: the scenario may have caught it."""

    @wraps(act)
    def acts(step: "Step", /, *arguments: P.args, **options: P.kwargs) -> None:
        try:
            step.check_going_on()
            act(step, *arguments, **options)
        except (PrivacyError, Blocked) as error:
            step.refuse(error)
            raise

    return acts


class Step:
    """One page of the tutorial, being visited.

    ``tell`` declares what the page tells its reader, ``shoot`` judges all of it and takes the picture;
    what comes after it leads to the next page.
    """

    def __init__(
        self,
        tab: Tab,
        *,
        tutorial: Tutorial,
        page: Page,
        site: Site,
        environment: Environment,
        baseline: Sidecar | None = None,
    ) -> None:
        self._tab = tab
        self._tutorial = tutorial
        self._page = page
        self._site = site
        self._environment = environment
        self._baseline = baseline
        self._instructions: list[Instruction] = []
        self._typed: list[str] = []
        self._snapshot: Snapshot | None = None
        self._results: tuple[InstructionResult, ...] = ()
        self._refusal: PrivacyError | Blocked | None = None
        self._over = False
        self.capture: Capture | None = None

    @property
    def refusal(self) -> PrivacyError | None:
        """Why nothing is kept of the page, and the journey ends."""
        return self._refusal if isinstance(self._refusal, PrivacyError) else None

    def end(self) -> None:
        """The page was visited: what a scenario kept of its step acts no more."""
        self._over = True

    def check_going_on(self) -> None:
        """Raise what stopped the scenario on this page, if anything did; PrivacyError when it has left it."""
        if self._refusal is not None:
            raise self._refusal
        if self._over:
            raise PrivacyError(Phrase("a scenario would go on with an earlier page's step"))

    def forget(self) -> None:
        """Keep no picture of the page."""
        self.capture = None

    def refuse(self, error: PrivacyError | Blocked) -> None:
        """Let nothing more be done on the page, whatever the scenario goes on to do; a refusal outdoes an obstacle."""
        if self._refusal is None or (isinstance(error, PrivacyError) and self.refusal is None):
            self._refusal = error

    @property
    def page(self) -> RestrictedLocator:
        """Where Playwright's locators can be built: ``step.page.get_by_role(…)``."""
        return RestrictedLocator(self._tab.page)

    # What can be pointed at

    def role(self, role: str, name: str | None = None, *, inside: Target | None = None) -> Target:
        """Anything with this ARIA role; without a name, the one that the sentence quotes."""
        return Target(role=role, name=name, inside=inside)

    def button(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        return self.role("button", name, inside=inside)

    def link(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        return self.role("link", name, inside=inside)

    def field(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        """A field of any kind, by its label."""
        return self.role("field", name, inside=inside)

    def heading(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        return self.role("heading", name, inside=inside)

    def text(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        """A block of plain text, by all of its text."""
        return self.role("text", name, inside=inside)

    def dialog(self, name: str | None = None) -> Target:
        return self.role("dialog", name)

    # What a page tells, and its picture

    def tell(
        self,
        sentence: str,
        target: Target | RestrictedLocator,
        *,
        callout: Callout = "box",
        label: str | None = None,
    ) -> Instruction:
        """Declare one thing that the page tells its reader.

        Args:
            sentence: the instruction; its first « quotation » is the name that the target must carry,
                unless the target gives a name.
            target: what it points at.
            callout: how the new picture points at it.
            label: words of the callout; the sentence when left out.

        Raises:
            ScenarioBroken: the page has its picture already, and the instruction would never be judged.
        """
        if self.capture is not None:
            raise ScenarioBroken(f"{self._tutorial.slug}/{self._page.number}", Phrase("it tells after its picture"))
        frame = sys._getframe(1)
        if isinstance(target, RestrictedLocator):
            target = Target(role="", locator=target)
        instruction = Instruction(
            number=len(self._instructions) + 1,
            sentence=sentence,
            target=target,
            callout=callout,
            label=sentence if label is None else label,
            source_line=f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}",
        )
        self._instructions.append(instruction)
        return instruction

    @_refusal_is_final
    def shoot(
        self,
        *,
        frame: Target | None = None,
        ignore: Iterable[Target | str] = (),
        full_page: bool = False,
    ) -> None:
        """Judge every instruction told so far, and take the page's picture.

        Args:
            frame: the part of the page that the tutorial shows; all of the picture when it is not there.
            ignore: what changes without meaning anything (targets, or CSS selectors): it is not compared.
            full_page: the whole document instead of the viewport.

        Raises:
            ScenarioBroken: the page has a picture already.
            PrivacyError: the page may be somebody's: a field is filled that the scenario did not fill, …
        """
        self.capture_page(frame=frame, ignore=ignore, full_page=full_page)

    def capture_page(
        self,
        *,
        frame: Target | None = None,
        ignore: Iterable[Target | str] = (),
        full_page: bool = False,
    ) -> None:
        """The same, of a page on which the scenario could not go on."""
        if self.capture is not None:
            raise ScenarioBroken(f"{self._tutorial.slug}/{self._page.number}", Phrase("it shoots twice"))
        taken, self._results = self._shot_and_judged(full_page)
        if taken.state.stable and not all(result.status is InstructionStatus.TRUE for result in self._results):
            self._tab.wait_for_late_content()
            taken, self._results = self._shot_and_judged(full_page)
        elements = taken.snapshot.elements
        self._snapshot = taken.snapshot
        sidecar = self._sidecar(
            taken,
            frame=self._frame(frame, elements),
            masks=uncovered(
                [box for what in ignore for box in self._boxes(what, elements, full_page=full_page)], elements
            ),
        )
        self.capture = Capture.of(sidecar, taken.png)

    def _shot_and_judged(self, full_page: bool) -> tuple[Shot, tuple[InstructionResult, ...]]:
        """A picture of the page as it is, and what became of the instructions."""
        approved_sha256 = self._baseline.picture_sha256 if self._baseline else None
        taken = self._tab.screenshot(full_page=full_page, baseline_sha256=approved_sha256)
        return taken, self._judge(taken.snapshot)

    def _sidecar(self, taken: Shot, *, frame: Box | None, masks: tuple[Box, ...]) -> Sidecar:
        scale = self._tutorial.scale
        return Sidecar(
            tutorial=self._tutorial.slug,
            page=self._page.number,
            site=self._site.name,
            url=self._tab.address,
            title=taken.state.title,
            taken=datetime.now(UTC).replace(microsecond=0),
            environment=replace(self._environment, fonts=taken.state.fonts),
            picture_sha256=sha256(taken.png),
            stable=taken.state.stable and taken.reproducible,
            frame=frame,
            masks=masks,
            elements=taken.snapshot.elements,
            instructions=self._results,
            unstable=tuple(
                Box(x=x * scale, y=y * scale, width=width * scale, height=height * scale)
                for x, y, width, height in taken.state.unstable
            ),
            noise_floor=taken.noise_floor or (self._baseline.noise_floor if self._baseline else None),
        )

    def _judge(self, snapshot: Snapshot) -> tuple[InstructionResult, ...]:
        results = [
            judge(instruction, snapshot.elements, located=self._locate(instruction.target, snapshot))
            for instruction in self._instructions
        ]
        return self._healed(results, snapshot)

    def _locate(self, target: Target, snapshot: Snapshot) -> int | None:
        if target.locator is None:
            return None
        handles = RestrictedLocator.locator_of(target.locator).element_handles()
        return snapshot.index_of(handles[0]) if handles else None

    def _frame(self, frame: Target | None, elements: Sequence[Element]) -> Box | None:
        if frame is None:
            return None
        found = find_elements(frame, frame.name, elements)
        return elements[found[0]].box if found and elements[found[0]].visible else None

    def _boxes(self, what: Target | str, elements: Sequence[Element], *, full_page: bool) -> tuple[Box, ...]:
        if isinstance(what, str):
            return self._tab.boxes_of(what, full_page=full_page)
        return tuple(
            elements[index].box for index in find_elements(what, what.name, elements) if elements[index].visible
        )

    # What leads to the next page

    @_refusal_is_final
    def go(self, url: str) -> None:
        """Open an address of the real site."""
        guard.check_act(self._page, Phrase("open another page"))
        self._tab.go(url)

    @_refusal_is_final
    def fill(self, what: Instruction | Target, value: str) -> None:
        """Type a value that the tutorial declares public into a field that asks for nothing personal."""
        guard.check_act(self._page, Phrase("type"))
        guard.check_value(value, self._tutorial, self._typed)
        snapshot, index = self._resolve(what)
        guard.check_field(snapshot.elements[index].role, *snapshot.field_now(index))
        self._typed.append(value)
        self._tab.note_typed(value)
        self._do(lambda: snapshot.node(index).fill(value))
        # Being typed into may have made it another field.
        guard.check_field(snapshot.elements[index].role, *snapshot.field_now(index))

    @_refusal_is_final
    def click(self, what: Instruction | Target, *, sends: Iterable[str] = (), new_tab: bool = False) -> None:
        """Click, and wait for the page that it leads to.

        Args:
            sends: where the click may send a form: ``host/path``; ending in ``*``, all that starts so.
            new_tab: it opens a tab, in which the journey goes on.
        """
        sends = tuple(sends)
        guard.check_act(self._page, Phrase("click"))
        guard.check_sends(sends, self._tutorial)
        snapshot, index = self._resolve(what, sends=sends)
        if sends:
            self._tab.check_no_personal_data()
        leads_on = snapshot.elements[index].leads_on(self._tab.address)
        with self._tab.acting(sends=sends, new_tab=new_tab, navigates=leads_on):
            self._do(lambda: self._tab.click_at(self._point(snapshot, index)))

    @_refusal_is_final
    def hover(self, what: Instruction | Target) -> None:
        """Move the mouse onto something; when it is gone, nothing happens: its instruction is false anyway."""
        try:
            snapshot, index = self._resolve(what)
        except CannotGoOn:
            return
        self._do(lambda: self._tab.hover_at(self._point(snapshot, index)))
        self._tab.wait_until_stable()

    def _do(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Error as error:
            if self._tab.page.is_closed():
                raise Blocked(network_obstacle(error.message, self._tab.address)) from error
            raise CannotGoOn(error.message.splitlines()[0]) from error

    def _point(self, snapshot: Snapshot, index: int) -> tuple[float, float]:
        point = snapshot.point(index)
        if point is None:
            raise CannotGoOn(snapshot.elements[index].name)
        return point

    def _resolve(self, what: Instruction | Target, *, sends: Sequence[str] = ()) -> tuple[Snapshot, int]:
        """The element to act on: the instruction's own, or something harmless that clearly took its place.

        Args:
            sends: where the act may send a form.

        Raises:
            CannotGoOn: there is neither.
        """
        if isinstance(what, Target):
            what = Instruction(number=0, sentence="", target=what, callout="none", label="", source_line="")
        snapshot, result = self._found(what)
        if result.status is not InstructionStatus.TRUE and self._snapshot is None:
            self._tab.wait_for_late_content()
            snapshot, result = self._found(what)
        if result.status is InstructionStatus.TRUE and result.element is not None:
            return snapshot, result.element
        if result.replacement is not None and self._may_act_on(snapshot, result.replacement.index, sends):
            return snapshot, result.replacement.index
        raise CannotGoOn(what.sentence or what.name or "")

    def _found(self, what: Instruction) -> tuple[Snapshot, InstructionResult]:
        """What became of an instruction on the page as it was shot; on the page as it is, when it was not yet."""
        snapshot = self._snapshot or self._tab.snapshot()
        shot = next((known for known in self._results if known.number == what.number), None)
        return snapshot, shot or self._judged_now(what, snapshot)

    def _may_act_on(self, snapshot: Snapshot, index: int, sends: Sequence[str]) -> bool:
        """May the journey go on with what took the place of an instruction's element?"""
        element, hosts = snapshot.elements[index], self._tutorial.hosts
        return element.at_hand and guard.may_replace(
            element, snapshot.elements, snapshot.fields, hosts=hosts, sends=sends
        )

    def _judged_now(self, what: Instruction, snapshot: Snapshot) -> InstructionResult:
        result = judge(what, snapshot.elements, located=self._locate(what.target, snapshot))
        return self._healed([result], snapshot)[0]

    def _healed(self, results: Sequence[InstructionResult], snapshot: Snapshot) -> tuple[InstructionResult, ...]:
        return find_replacements(results, snapshot.elements, self._baseline.elements if self._baseline else ())
