"""How a step acts on the page, as a reader does, and how it checks that the act had an effect."""

from collections.abc import Callable, Sequence

from playwright.sync_api import ElementHandle, Error, Page

from capture.browser.snapshot import Snapshot
from capture.browser.tab import Tab
from capture.browser.typed_answer import in_its_frame, type_text
from capture.elements import Element, normalise
from capture.messages import Phrase
from capture.page_scripts import page_script
from capture.politeness.obstacles import Blocked, Obstacle, ObstacleKind, network_obstacle
from capture.runner.page_visit import CannotContinue
from capture.scenario.expectation import Expectation, ExpectationKind

KEYS = frozenset(
    """
    Enter Tab Shift+Tab Escape Space ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown Backspace Delete
    F1 F2 F6
    """.split()
)
"""Keys that a step may press: none types a letter or a digit."""

CHANGING_KEYS = KEYS - {"Enter", "Escape", "Tab", "Shift+Tab"}
"""Keys that may change the value of what has the focus."""
_FOCUSED = """() => {
  const inside = (node) => {
    try { return node.shadowRoot?.activeElement ?? node.contentDocument?.activeElement } catch { return null }
  };
  let node = document.activeElement;
  while (node && inside(node)) node = inside(node);
  return !node || (node === node.ownerDocument.body && !node.isContentEditable) ? null : node;
}"""
"""JavaScript: what has the focus, also in shadow roots and frames of the same origin."""
_DRAG_STEPS = 8
"""Moves of the mouse between the two ends of a drag: a page follows them one by one."""


def perform(tab: Tab, label: str, act: Callable[[], None]) -> None:
    """Act on the page; raises Blocked if the tab was closed, CannotContinue if the act fails.

    Args:
        tab: shows the page.
        label: of what is acted on; Playwright's own words are no sentence for the report.
        act: the act.
    """
    try:
        act()
    except Error as error:
        if tab.page.is_closed():
            raise Blocked(network_obstacle(error.message, tab.address)) from error
        raise CannotContinue(label) from error


def click(tab: Tab, snapshot: Snapshot, index: int) -> None:
    """Click on an element; raises CannotContinue if it is gone or covered."""
    point = _point(snapshot, index)
    perform(tab, snapshot.elements[index].called, lambda: tab.click_at(point))


def hover(tab: Tab, snapshot: Snapshot, index: int) -> None:
    """Move the mouse onto an element; raises CannotContinue if it is gone or covered."""
    point = _point(snapshot, index)
    perform(tab, snapshot.elements[index].called, lambda: tab.hover_at(point))


def fill(tab: Tab, snapshot: Snapshot, index: int, value: str) -> None:
    """Replace the value of a field, and wait for the page's answer; raises Blocked if the field does not keep it."""
    node, label = snapshot.node(index), snapshot.elements[index].called

    def act() -> None:
        if type_text(tab.page, node, value, lambda: _check_value(tab, snapshot, index, value)):
            tab.forget_state()

    perform(tab, label, act)


def select(tab: Tab, snapshot: Snapshot, index: int, option: str) -> None:
    """Choose an option of a list by its label; raises CannotContinue if there is none, Blocked if it is not kept."""
    node = in_its_frame(tab.page, snapshot.node(index))
    labels: list[str] = node.evaluate("node => [...node.options ?? []].map((option) => option.label)")
    wanted = next((place for place, label in enumerate(labels) if _same_words(label, option)), None)
    if wanted is None:
        raise CannotContinue(f"{snapshot.elements[index].called}: {option}")
    perform(tab, snapshot.elements[index].called, lambda: _select(node, wanted))
    _check_value(tab, snapshot, index, option)


def drag(tab: Tab, snapshot: Snapshot, index: int, onto: int) -> None:
    """Drag an element onto another one with the mouse; raises CannotContinue if one is gone or covered."""
    _point(snapshot, onto)  # scrolls, so that both are seen
    start, end = _point(snapshot, index), _point(snapshot, onto)
    perform(tab, snapshot.elements[index].called, lambda: tab.drag(start, end, steps=_DRAG_STEPS))


def focused(tab: Tab) -> tuple[Snapshot, int] | None:
    """Return the element that a key would act on, as an index into a snapshot; None: none has the focus."""
    node = tab.page.evaluate_handle(_FOCUSED).as_element()
    if node is None:
        return None
    snapshot, index = tab.snapshot().with_node(node)
    return None if index is None else (snapshot, index)


def press(tab: Tab, key: str) -> None:
    """Press a key on what has the focus."""
    perform(tab, key, lambda: tab.page.keyboard.press(key))


PageSign = tuple[Page, int, int]
"""Signs by which a page is told from what it becomes: the tab's page, pages loaded so far, fingerprint."""


def sign_of(tab: Tab) -> PageSign:
    """Return the signs of what the tab shows."""
    return tab.page, tab.page_loads, tab.fingerprint()


def check_effect(tab: Tab, before: PageSign, elements: Sequence[Element], label: str) -> None:
    """Raise Blocked if nothing has changed since a click, also after the page has had time for it.

    Args:
        tab: shows the page.
        before: its signs before the click.
        elements: of the page before the click: CSS may open a menu that has the focus, without any other change.
        label: of what was clicked.
    """
    if sign_of(tab) != before:
        return
    tab.wait_for_late_content()
    if sign_of(tab) == before and _seen(tab.snapshot().elements) == _seen(elements):
        raise Blocked(Obstacle(kind=ObstacleKind.NOWHERE, evidence=f"« {label} »", url=tab.address))


def opens_a_part(snapshot: Snapshot, index: int) -> bool:
    """Return whether an element says of itself that it opens a part of the page, and sends or chooses nothing."""
    return not snapshot.elements[index].submits and bool(
        snapshot.node(index).evaluate(
            "node => node.localName === 'summary'"
            " || (['button', 'a'].includes(node.localName) && node.hasAttribute('aria-expanded'))"
        )
    )


def is_set(snapshot: Snapshot, index: int) -> bool:
    """Return whether a box is ticked, or a radio button or card chosen, as it is now."""
    return bool(snapshot.node(index).evaluate(page_script("browser/is_set.js")))


def without_effect(tab: Tab, what: Phrase) -> Blocked:
    """Return the error that says that an act had no effect."""
    return Blocked(Obstacle.of(ObstacleKind.NO_EFFECT, what, tab.address))


def _check_value(tab: Tab, snapshot: Snapshot, index: int, value: str) -> None:
    """Raise Blocked if a field that is still there does not hold a value; a page may have moved on meanwhile."""
    expected = Expectation(kind=ExpectationKind.VALUE, wanted=value)
    try:
        kept = snapshot.meets(index, expected)
    except Error:
        return
    if not kept:
        label = snapshot.elements[index].called
        raise without_effect(tab, Phrase("the field « {name} » does not keep what is typed", name=label))


def _seen(elements: Sequence[Element]) -> list[tuple[str, str]]:
    return [(element.role, element.label) for element in elements if element.visible]


def _same_words(label: str, words: str) -> bool:
    return normalise(label) == normalise(words)


def _select(node: ElementHandle, place: int) -> None:
    node.select_option(index=place)


def _point(snapshot: Snapshot, index: int) -> tuple[float, float]:
    """Return the point where to put the mouse on an element; raises CannotContinue if it is gone or covered."""
    point = snapshot.point(index)
    if point is None:
        raise CannotContinue(snapshot.elements[index].called)
    return point
