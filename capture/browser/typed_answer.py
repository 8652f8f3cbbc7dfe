"""Wait for what a page does in answer to what is typed: suggestions often come when nothing was typed for a while."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import ElementHandle, Error

from capture.page_scripts import page_script


@contextmanager
def awaiting_answer(node: ElementHandle, on_answer: Callable[[], None]) -> Iterator[None]:
    """Type into a field inside this context; when it ends, the page has answered, for all that can be seen.

    That takes up to 1 s for timers, then up to 5 s for requests, then up to 1 s for a list that the field announces.
    A field to which the page does not answer is not waited for.

    Args:
        node: the field.
        on_answer: called if the page has done something in answer.
    """
    noting = node.evaluate_handle(page_script("browser/typed_answer.js"))
    try:
        yield
    finally:
        with suppress(Error):  # the page may have been replaced
            if noting.evaluate("noting => noting.end()"):
                on_answer()
