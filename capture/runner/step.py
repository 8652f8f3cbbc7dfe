"""The author's API: what a scenario declares, does and captures on one page."""

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

from capture.browser.snapshot import Snapshot
from capture.errors import PrivacyError, ScenarioBroken
from capture.messages import Phrase
from capture.politeness.obstacles import Blocked
from capture.privacy import guard
from capture.runner import acts
from capture.runner.page_visit import CannotContinue, Departure, PageVisit
from capture.scenario import arguments
from capture.scenario.expectation import expectations
from capture.scenario.instruction import AREA, Callout, Instruction, Target
from capture.scenario.locators import RestrictedLocator

P = ParamSpec("P")

Pointed = Instruction | Target | RestrictedLocator
"""What an act is done on."""

LEADING_ROLES = frozenset(("button", "link", "menuitem", "tab"))
"""Roles of elements on which a click leads somewhere."""


def _stops_the_visit(act: Callable[Concatenate["Step", P], None]) -> Callable[Concatenate["Step", P], None]:
    """Record a PrivacyError or Blocked on the visit, so that a scenario that catches it cannot continue."""

    @wraps(act)
    def checked_act(step: "Step", /, *values: P.args, **options: P.kwargs) -> None:
        visit = step._visit
        try:
            visit.check_active()
            act(step, *values, **options)
            if act.__name__ != "shoot":
                is_act = act.__name__ not in ("hover", "scroll_to")
                visit.note_act(leads_on=is_act)
                visit.note_done((*values, *options.values()) if is_act else ())
        except (PrivacyError, Blocked) as error:
            visit.stop(error)
            raise

    return checked_act


class Step:
    """One page of the tutorial, being visited.

    ``tell`` declares the page's instructions, ``shoot`` judges all of them and captures the page,
    and the acts after it lead to the next page.
    """

    __slots__ = ("_visit",)

    def __init__(self, visit: PageVisit) -> None:
        self._visit = visit

    @property
    def page(self) -> RestrictedLocator:
        """Entry point of Playwright's locators: ``step.page.get_by_role(…)``."""
        return RestrictedLocator(self._visit.tab.page)

    # Targets

    def role(
        self, role: str, name: str | None = None, *, inside: Target | None = None, nth: int | None = None
    ) -> Target:
        """Point at an element with this ARIA role; its name is the one that the sentence quotes, unless given.

        Args:
            role: an ARIA role, ``field`` or ``text``.
            name: its label; None: the first quotation of the sentence.
            inside: what the element is inside.
            nth: which one of several that are alike, in reading order, from 1.

        Raises:
            ScenarioBroken: there is no such role.
        """
        self._visit.check_arguments(
            {
                "role": (role, arguments.any_text),
                "name": (name, arguments.optional(arguments.any_text)),
                "inside": (inside, arguments.optional(_is_target)),
                "nth": (nth, arguments.optional(arguments.position)),
            }
        )
        self._visit.check_role(role)
        return Target(role=role, name=name, inside=inside, nth=nth)

    def button(self, name: str | None = None, *, inside: Target | None = None, nth: int | None = None) -> Target:
        return self.role("button", name, inside=inside, nth=nth)

    def link(self, name: str | None = None, *, inside: Target | None = None, nth: int | None = None) -> Target:
        return self.role("link", name, inside=inside, nth=nth)

    def field(self, name: str | None = None, *, inside: Target | None = None, nth: int | None = None) -> Target:
        """Point at a field of any kind, by its label."""
        return self.role("field", name, inside=inside, nth=nth)

    def heading(self, name: str | None = None, *, inside: Target | None = None, nth: int | None = None) -> Target:
        return self.role("heading", name, inside=inside, nth=nth)

    def text(self, name: str | None = None, *, inside: Target | None = None, nth: int | None = None) -> Target:
        """Point at a block of plain text, by its whole text."""
        return self.role("text", name, inside=inside, nth=nth)

    def dialog(self, name: str | None = None) -> Target:
        return self.role("dialog", name)

    def area(self, selector: str) -> Target:
        """Point at a part of the page that cannot be read, such as a drawing, by a CSS selector.

        Its words are not judged; the report tells when its picture changes.
        """
        return Target(role=AREA, locator=self.page.locator(selector))

    def frame(self, name: str | None = None) -> Target:
        """Point at a frame (``iframe``), by its title: ``step.button("Envoyer", inside=step.frame())``."""
        return self.role("frame", name)

    # Instructions and the capture

    def tell(  # noqa: PLR0913 - authors name each argument; most have defaults
        self,
        sentence: str,
        target: Target | RestrictedLocator,
        *,
        callout: Callout = "box",
        label: str | None = None,
        empty: bool | None = None,
        value: str | None = None,
        checked: bool | None = None,
        leads_to: str | None = None,
        count: int | None = None,
    ) -> Instruction:
        """Declare an instruction of the page.

        Args:
            sentence: the instruction; its first « quotation » is the name that the target must have,
                unless the target gives a name.
            target: the element that the instruction points at.
            callout: how the new picture points at it.
            label: text of the callout; the sentence if left out.
            empty: the sentence says that the field is empty (True) or not (False).
            value: what the sentence says that the field shows.
            checked: the sentence says that the box is ticked, or the choice made (True), or not (False).
            leads_to: URL to which the sentence says that the link leads.
            count: how many of them the sentence says there are.

        """
        self._visit.check_arguments(
            {
                "sentence": (sentence, arguments.text),
                "target": (target, _is_pointed),
                "callout": (callout, arguments.one_of("box", "arrow", "none")),
                "label": (label, arguments.optional(arguments.any_text)),
                "empty": (empty, arguments.optional(arguments.truth)),
                "value": (value, arguments.optional(arguments.any_text)),
                "checked": (checked, arguments.optional(arguments.truth)),
                "leads_to": (leads_to, arguments.optional(arguments.web_address)),
                "count": (count, arguments.optional(arguments.count)),
            }
        )
        caller = sys._getframe(1)
        if isinstance(target, RestrictedLocator):
            target = Target(role="", locator=target)
        source_line = f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}"
        return self._visit.add_instruction(
            sentence,
            target,
            callout=callout,
            label=label,
            source_line=source_line,
            expects=expectations(empty=empty, value=value, checked=checked, leads_to=leads_to, count=count),
        )

    @_stops_the_visit
    def shoot(
        self,
        name: str = "",
        *,
        frame: Target | None = None,
        ignore: Iterable[Target | str] = (),
        full_page: bool = False,
        around: Pointed | None = None,
        alt: str = "",
    ) -> None:
        """Judge every instruction told since the last picture, and capture the page.

        Args:
            name: of this picture, if the page has several: they are shown one below another.
            frame: the part of the page that the tutorial shows; the whole picture if it is not found.
            ignore: masks: targets or CSS selectors of what changes without meaning anything.
            full_page: capture the whole document instead of the viewport.
            around: scroll to this element first; if it is missing, nothing is scrolled.
            alt: alternative text of the published picture; written from the instructions if left out.

        Raises:
            ScenarioBroken: a picture of this name was taken already.
            PrivacyError: the page may belong to a session: a field is filled that the scenario did not fill, …
        """
        self._visit.check_arguments(
            {
                "name": (name, arguments.any_text),
                "frame": (frame, arguments.optional(_is_target)),
                "full_page": (full_page, arguments.truth),
                "around": (around, arguments.optional(_is_pointed)),
                "alt": (alt, arguments.any_text),
            }
        )
        if around is not None:
            self.scroll_to(around)
        self._visit.capture_page(name, frame=frame, ignore=ignore, full_page=full_page, alt=alt)

    # Acts that lead to the next page

    @_stops_the_visit
    def go(self, url: str) -> None:
        """Open a URL of the real site; on a ``form_only`` page only at its beginning, before anything is told."""
        if self._visit.has_begun:
            guard.check_act(self._visit.page, Phrase("open another page"))
        self._visit.tab.go(url)

    @_stops_the_visit
    def fill(self, target: Pointed, value: str) -> None:
        """Type a value that the tutorial declares public into a field that asks for nothing personal.

        Raises:
            Blocked: the field does not keep the value.
        """
        visit = self._visit
        guard.check_act(visit.page, Phrase("type"))
        guard.check_value(value, visit.tutorial, visit.typed, of_a_thing=True)
        snapshot, index = visit.resolve(_pointed(target))
        visit.check_field(snapshot, index, value)
        visit.typed.append(value)
        visit.tab.note_typed(value)
        acts.fill(visit.tab, snapshot, index, value)
        # A script may have made it another field while the value was typed.
        visit.check_field(snapshot, index)

    @_stops_the_visit
    def select(self, target: Pointed, option: str) -> None:
        """Choose an option of a list, by its label, which the tutorial declares public.

        Raises:
            Blocked: the list does not keep the choice.
        """
        visit = self._visit
        guard.check_act(visit.page, Phrase("choose"))
        guard.check_value(option, visit.tutorial, visit.typed, of_a_thing=True)
        snapshot, index = visit.resolve(_pointed(target))
        visit.check_field(snapshot, index, option)
        visit.typed.append(option)
        if snapshot.node(index).evaluate("node => node.localName === 'select'"):
            guard.check_choice("option", option, snapshot.field_now(index)[1])
            acts.select(visit.tab, snapshot, index, option)
            visit.tab.wait_until_stable()
            return
        self._click(snapshot, index)
        visit.note_act(leads_on=True)
        snapshot, index = visit.resolve(Target(role="option", name=option))
        guard.check_choice("option", *snapshot.field_now(index))
        self._click(snapshot, index)

    @_stops_the_visit
    def check(self, target: Pointed) -> None:
        """Tick a box, choose a radio button, or switch on, unless it is so already; raises Blocked if it stays off."""
        self._set(target, on=True)

    @_stops_the_visit
    def uncheck(self, target: Pointed) -> None:
        """Untick a box, or switch off, unless it is so already; raises Blocked if it stays on."""
        self._set(target, on=False)

    @_stops_the_visit
    def expand(self, target: Pointed) -> None:
        """Click on a control that opens a menu, an accordion or ``details``, unless that is open already."""
        visit = self._visit
        snapshot, index = visit.resolve(_pointed(target))
        if not acts.opens_a_part(snapshot, index):
            guard.check_act(visit.page, Phrase("open a part of the page"))
        if snapshot.elements[index].address is not None:
            guard.check_act(visit.page, Phrase("follow a link"))
        visit.check_reached(snapshot, index)
        if not acts.is_set(snapshot, index):
            self._click(snapshot, index)

    @_stops_the_visit
    def click(self, target: Pointed, *, sends: Iterable[str] = (), new_tab: bool = False) -> None:
        """Click, and wait for the page that the click leads to.

        Args:
            target: the element to click.
            sends: addresses to which the click may send a form: ``host/path``; a final ``*`` matches any ending.
            new_tab: continue in the tab that the click opens.

        Raises:
            Blocked: an obstacle was met, or nothing changes on the page.
        """
        visit, sends = self._visit, tuple(sends)
        guard.check_act(visit.page, Phrase("click"))
        guard.check_sends(sends, visit.tutorial)
        snapshot, index = visit.resolve(_pointed(target), sends=sends)
        visit.check_reached(snapshot, index)
        if sends:
            visit.tab.check_no_personal_data()
        self._click(snapshot, index, sends=sends, new_tab=new_tab)

    @_stops_the_visit
    def press(self, key: str, *, sends: Iterable[str] = (), new_tab: bool = False) -> None:
        """Press a key that types nothing (``"Enter"``, ``"Escape"``, ``"ArrowDown"`` …) on what has the focus.

        Args:
            key: its name, as Playwright names it.
            sends: addresses to which the key may send a form: see ``click``.
            new_tab: continue in the tab that the key opens.

        Raises:
            ScenarioBroken: the key is not one of ``acts.KEYS``.
        """
        visit, sends = self._visit, tuple(sends)
        visit.check_key(key, acts.KEYS)
        guard.check_act(visit.page, Phrase("press a key"))
        guard.check_sends(sends, visit.tutorial)
        focused = acts.focused(visit.tab)
        if focused is not None:
            snapshot, index = focused
            visit.check_reached(snapshot, index, by_key=key in acts.CHANGING_KEYS)
        if sends:
            visit.tab.check_no_personal_data()
        with visit.tab.acting(sends=sends, new_tab=new_tab, navigates=bool(sends)):
            acts.press(visit.tab, key)

    @_stops_the_visit
    def drag(self, target: Pointed, onto: Pointed) -> None:
        """Drag an element onto another one; raises Blocked if nothing changes on the page."""
        visit = self._visit
        guard.check_act(visit.page, Phrase("drag"))
        snapshot, index = visit.resolve(_pointed(target))
        visit.check_reached(snapshot, index)
        snapshot, place = visit.resolve(_pointed(onto), among=snapshot)
        before = acts.sign_of(visit.tab)
        with visit.tab.acting():
            acts.drag(visit.tab, snapshot, index, place)
        acts.check_effect(visit.tab, before, snapshot.elements, snapshot.elements[index].called)

    @_stops_the_visit
    def hover(self, target: Pointed) -> None:
        """Move the mouse onto an element; do nothing if it is missing, because its instruction is false then."""
        tab = self._visit.tab
        try:
            snapshot, index = self._visit.resolve(_pointed(target))
        except CannotContinue:
            return
        acts.hover(tab, snapshot, index)
        tab.wait_until_stable()

    @_stops_the_visit
    def scroll_to(self, target: Pointed) -> None:
        """Scroll until an element is in the middle of the window; do nothing if it is missing."""
        tab = self._visit.tab
        try:
            snapshot, index = self._visit.resolve(_pointed(target))
        except CannotContinue:
            return
        tab.scroll_to(snapshot, index)
        tab.wait_until_stable()

    def _set(self, target: Pointed, *, on: bool) -> None:
        visit = self._visit
        guard.check_act(visit.page, Phrase("tick"))
        snapshot, index = visit.resolve(_pointed(target))
        visit.check_field(snapshot, index)
        visit.check_reached(snapshot, index)
        if acts.is_set(snapshot, index) is on:
            return
        with visit.tab.acting():
            acts.click(visit.tab, snapshot, index)
        if snapshot.is_there(index) and acts.is_set(snapshot, index) is not on:
            label = snapshot.elements[index].called
            raise acts.without_effect(visit.tab, Phrase("« {name} » stays as it was", name=label))

    def _click(self, snapshot: Snapshot, index: int, *, sends: Sequence[str] = (), new_tab: bool = False) -> None:
        visit = self._visit
        navigates = snapshot.elements[index].navigates_from(visit.tab.address)
        before = acts.sign_of(visit.tab)
        with visit.tab.acting(sends=sends, new_tab=new_tab, navigates=navigates):
            acts.click(visit.tab, snapshot, index)
        visit.departure = Departure(
            label=snapshot.elements[index].label, new_tab=visit.tab.opened_tab, new_tab_expected=new_tab
        )
        if visit.capture is not None and snapshot.elements[index].role in LEADING_ROLES:
            acts.check_effect(visit.tab, before, snapshot.elements, snapshot.elements[index].called)


def _is_target(value: object) -> Phrase | None:
    if isinstance(value, RestrictedLocator):
        return Phrase("is a target, such as step.role(…), and no locator of step.page")
    return None if isinstance(value, Target) else Phrase("is a target, such as step.button(…)")


def _is_pointed(value: object) -> Phrase | None:
    known = isinstance(value, Instruction | Target | RestrictedLocator)
    return None if known else Phrase("is a target, such as step.button(…), an instruction or a locator")


def _pointed(target: Pointed) -> Instruction | Target:
    """Return what an act is done on: a locator becomes a target of its own; raises ScenarioBroken for anything else."""
    mistake = _is_pointed(target)
    if mistake is not None:
        raise ScenarioBroken("target", Phrase("“{name}” {mistake}", name="target", mistake=mistake))
    return Target(role="", locator=target) if isinstance(target, RestrictedLocator) else target
