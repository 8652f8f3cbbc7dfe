"""Type into a field, and wait for what the page does in answer: suggestions often come when typing has paused."""

from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex

from playwright.sync_api import ElementHandle, Error, Page

from capture.page_scripts import page_script

_TAKE = """name => {
  const kept = window[name];
  if (kept && !kept.end) delete window[name];
  return kept?.node ?? null;
}"""
"""JavaScript: return the element that is kept in a window; forget it unless something is still to be ended."""
_END = "(node, name) => node.ownerDocument.defaultView[name]?.end() ?? false"


def type_text(page: Page, node: ElementHandle, value: str, check: Callable[[], None]) -> bool:
    """Replace the value of a field, key by key, and wait until the page has answered, for all that can be seen.

    That takes up to 1 s for timers, then up to 5 s for requests, then up to 1 s for a list that the field announces. A
    field to which the page does not answer is not waited for.

    Args:
        page: shows the field.
        node: the field.
        value: what is typed.
        check: called when it is typed, before the page has answered.

    Returns:
        Whether the page has done something in answer.
    """
    name = f"typed_{token_hex(8)}"
    way, elsewhere = node.evaluate(page_script("browser/typed_answer.js"), name)
    answered = True
    try:
        _type(_in_its_frame(page, node, name) if elsewhere else node, value, way)
        check()
    finally:
        with suppress(Error):  # the page may have been replaced
            answered = bool(node.evaluate(_END, name))
    return answered


def in_its_frame(page: Page, node: ElementHandle) -> ElementHandle:
    """Return an element as its own frame knows it: Playwright acts on no other.

    The elements of frames of the page's origin, such as the editing area of a text editor, are read from the page.
    """
    name = f"node_{token_hex(8)}"
    return _in_its_frame(page, node, name) if node.evaluate(_HAND_OVER, name) else node


_HAND_OVER = """(node, name) => {
  if (node.ownerDocument === document) return false;
  Object.defineProperty(node.ownerDocument.defaultView, name, { value: { node }, configurable: true });
  return true;
}"""
"""JavaScript: keep an element in the window of its own frame; return false if that is the window of this script."""


def _in_its_frame(page: Page, node: ElementHandle, name: str) -> ElementHandle:
    """Return the element that is kept in the window of one of a page's frames, under a name."""
    for frame in page.frames[1:]:
        with suppress(Error):  # a frame that loads another page meanwhile
            found = frame.evaluate_handle(_TAKE, name).as_element()
            if found is not None:
                return found
    return node


def _type(node: ElementHandle, value: str, way: str) -> None:
    """Type key by key: many search boxes ignore what is set at once.

    Fields of a date, a time, a colour or a range take no text, and are set. An empty field needs no emptying.
    """
    if way != "type":
        node.fill(value if way == "set" else "")
    if way != "set":
        node.type(value)
