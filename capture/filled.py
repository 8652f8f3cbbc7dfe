"""Which fields are filled with something else than what the scenario typed, wherever on the page they are."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page


def remember_closed(context: BrowserContext, name: str) -> None:
    """Let pages remember the closed shadow roots that their scripts make, under a name that only the guard knows."""
    context.add_init_script(f"{_script('closed.js')}({name!r})")


def filled(
    page: Page, typed: Iterable[str], *, closed: str, visible: bool = False, full_page: bool = False
) -> tuple[str, ...]:
    """Names of fields with something else in them than what the scenario typed, in any frame of the page.

    Args:
        closed: the name under which closed shadow roots are remembered.
        visible: find those, too, that came with the page's HTML, if they show anything. Takes some 20 ms more.
        full_page: not only in the viewport.
    """
    argument = {"typed": [bare(value) for value in typed], "closed": closed, "visible": visible, "fullPage": full_page}
    found = []
    for frame in page.frames:
        try:
            found.extend(frame.evaluate(_script("filled.js"), argument))
        except Error:
            # A frame may go away meanwhile; the page itself may not.
            if frame == page.main_frame:
                raise
    return tuple(found)


def bare(value: str) -> str:
    """A value without its spaces: pages set them as they like."""
    return "".join(value.split())


@cache
def _script(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")
