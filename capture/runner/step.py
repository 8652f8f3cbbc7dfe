"""The author's API: what a scenario declares, does and captures on one page."""

import sys
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec

from playwright.sync_api import ElementHandle, Error, Page

from capture.browser.snapshot import Snapshot
from capture.browser.tab import Tab
from capture.elements import Element
from capture.errors import PrivacyError
from capture.messages import Phrase
from capture.politeness.obstacles import Blocked, Obstacle, ObstacleKind, network_obstacle
from capture.privacy import guard
from capture.runner.page_visit import CannotContinue, PageVisit
from capture.scenario.instruction import Callout, Instruction, Target
from capture.scenario.locators import RestrictedLocator

P = ParamSpec("P")

LEADING_ROLES = frozenset(("button", "link", "menuitem", "tab"))
"""Roles of elements on which a click leads somewhere."""


def _stops_the_visit(act: Callable[Concatenate["Step", P], None]) -> Callable[Concatenate["Step", P], None]:
    """Record a PrivacyError or Blocked on the visit, so that a scenario that catches it cannot continue."""

    @wraps(act)
    def checked_act(step: "Step", /, *arguments: P.args, **options: P.kwargs) -> None:
        visit = step._visit
        try:
            visit.check_active()
            act(step, *arguments, **options)
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

    def role(self, role: str, name: str | None = None, *, inside: Target | None = None) -> Target:
        """Point at an element with this ARIA role; its name is the one that the sentence quotes, unless given.

        Raises:
            ScenarioBroken: there is no such role.
        """
        self._visit.check_role(role)
        return Target(role=role, name=name, inside=inside)

    def button(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        return self.role("button", name, inside=inside)

    def link(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        return self.role("link", name, inside=inside)

    def field(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        """Point at a field of any kind, by its label."""
        return self.role("field", name, inside=inside)

    def heading(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        return self.role("heading", name, inside=inside)

    def text(self, name: str | None = None, *, inside: Target | None = None) -> Target:
        """Point at a block of plain text, by its whole text."""
        return self.role("text", name, inside=inside)

    def dialog(self, name: str | None = None) -> Target:
        return self.role("dialog", name)

    # Instructions and the capture

    def tell(
        self,
        sentence: str,
        target: Target | RestrictedLocator,
        *,
        callout: Callout = "box",
        label: str | None = None,
    ) -> Instruction:
        """Declare an instruction of the page.

        Args:
            sentence: the instruction; its first « quotation » is the name that the target must have,
                unless the target gives a name.
            target: the element that the instruction points at.
            callout: how the new picture points at it.
            label: text of the callout; the sentence if left out.

        Raises:
            ScenarioBroken: the page is captured already, so that the instruction would never be judged.
        """
        caller = sys._getframe(1)
        if isinstance(target, RestrictedLocator):
            target = Target(role="", locator=target)
        source_line = f"{Path(caller.f_code.co_filename).name}:{caller.f_lineno}"
        return self._visit.add_instruction(sentence, target, callout=callout, label=label, source_line=source_line)

    @_stops_the_visit
    def shoot(
        self,
        *,
        frame: Target | None = None,
        ignore: Iterable[Target | str] = (),
        full_page: bool = False,
    ) -> None:
        """Judge every instruction told so far, and capture the page.

        Args:
            frame: the part of the page that the tutorial shows; the whole picture if it is not found.
            ignore: masks: targets or CSS selectors of what changes without meaning anything.
            full_page: capture the whole document instead of the viewport.

        Raises:
            ScenarioBroken: the page is captured already.
            PrivacyError: the page may belong to a session: a field is filled that the scenario did not fill, …
        """
        self._visit.capture_page(frame=frame, ignore=ignore, full_page=full_page)

    # Acts that lead to the next page

    @_stops_the_visit
    def go(self, url: str) -> None:
        """Open a URL of the real site."""
        guard.check_act(self._visit.page, Phrase("open another page"))
        self._visit.tab.go(url)

    @_stops_the_visit
    def fill(self, target: Instruction | Target, value: str) -> None:
        """Type a value that the tutorial declares public into a field that asks for nothing personal."""
        visit = self._visit
        guard.check_act(visit.page, Phrase("type"))
        guard.check_value(value, visit.tutorial, visit.typed)
        snapshot, index = visit.resolve(target)
        guard.check_field(snapshot.elements[index].role, *snapshot.field_now(index))
        visit.typed.append(value)
        visit.tab.note_typed(value)
        _perform(visit.tab, lambda: _type(snapshot.node(index), value))
        # A script may have made it another field while the value was typed.
        guard.check_field(snapshot.elements[index].role, *snapshot.field_now(index))

    @_stops_the_visit
    def click(self, target: Instruction | Target, *, sends: Iterable[str] = (), new_tab: bool = False) -> None:
        """Click, and wait for the page that the click leads to.

        Args:
            target: the element to click.
            sends: addresses to which the click may send a form: ``host/path``; a final ``*`` matches any ending.
            new_tab: continue in the tab that the click opens.
        """
        visit, sends = self._visit, tuple(sends)
        guard.check_act(visit.page, Phrase("click"))
        guard.check_sends(sends, visit.tutorial)
        snapshot, index = visit.resolve(target, sends=sends)
        if sends:
            visit.tab.check_no_personal_data()
        navigates = snapshot.elements[index].navigates_from(visit.tab.address)
        before = _state(visit.tab)
        with visit.tab.acting(sends=sends, new_tab=new_tab, navigates=navigates):
            _perform(visit.tab, lambda: visit.tab.click_at(_point(snapshot, index)))
        if visit.capture is not None and snapshot.elements[index].role in LEADING_ROLES:
            _check_effect(visit.tab, before, snapshot.elements, snapshot.elements[index].label)

    @_stops_the_visit
    def hover(self, target: Instruction | Target) -> None:
        """Move the mouse onto an element; do nothing if it is missing, because its instruction is false then."""
        tab = self._visit.tab
        try:
            snapshot, index = self._visit.resolve(target)
        except CannotContinue:
            return
        _perform(tab, lambda: tab.hover_at(_point(snapshot, index)))
        tab.wait_until_stable()


def _state(tab: Tab) -> tuple[Page, int, int]:
    """Return the tab's page, the number of pages loaded so far, and a number that changes when the page changes."""
    return tab.page, tab.page_loads, tab.fingerprint()


def _check_effect(tab: Tab, before: tuple[Page, int, int], elements: Sequence[Element], label: str) -> None:
    """Raise Blocked if nothing has changed since a click, also after the page has had time for it.

    Args:
        tab: shows the page.
        before: its state before the click.
        elements: of the page before the click: CSS may open a menu that has the focus, without any other change.
        label: of what was clicked.
    """
    if _state(tab) != before:
        return
    tab.wait_for_late_content()
    if _state(tab) == before and _seen(tab.snapshot().elements) == _seen(elements):
        raise Blocked(Obstacle(kind=ObstacleKind.NOWHERE, evidence=f"« {label} »", url=tab.address))


def _seen(elements: Sequence[Element]) -> list[tuple[str, str]]:
    return [(element.role, element.label) for element in elements if element.visible]


def _perform(tab: Tab, act: Callable[[], None]) -> None:
    """Act on the page; raises Blocked if the tab was closed, CannotContinue if the act fails."""
    try:
        act()
    except Error as error:
        if tab.page.is_closed():
            raise Blocked(network_obstacle(error.message, tab.address)) from error
        raise CannotContinue(error.message.splitlines()[0]) from error


def _type(node: ElementHandle, value: str) -> None:
    """Replace the value of a field, key by key: many search boxes ignore what is set at once.

    Fields of a date, a time, a colour or a range take no text, and are set.
    """
    if node.evaluate(_TAKES_KEYS):
        node.fill("")
        node.type(value)
    else:
        node.fill(value)


_TAKES_KEYS = "node => !['date', 'datetime-local', 'month', 'week', 'time', 'color', 'range'].includes(node.type)"


def _point(snapshot: Snapshot, index: int) -> tuple[float, float]:
    """Return the point where to put the mouse on an element; raises CannotContinue if it is gone or covered."""
    point = snapshot.point(index)
    if point is None:
        raise CannotContinue(snapshot.elements[index].name)
    return point
