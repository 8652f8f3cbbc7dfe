"""What of a page, in any frame and shadow root, tells that it is somebody's: filled fields, ways out."""

from collections.abc import Iterable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Error, Page

from capture.page_scripts import page_script


def record_closed_shadow_roots(context: BrowserContext, name: str) -> None:
    """Let pages remember the closed shadow roots that their scripts make, under a name that only the guard knows."""
    context.add_init_script(f"{page_script('privacy/shadow_roots.js')}({name!r})")


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionSigns:
    """What may tell that a page is somebody's."""

    filled: tuple[str, ...]
    """Names of fields with something else in them than what the scenario typed."""
    sign_out_links: tuple[tuple[str, str], ...]
    """What may be a way out for somebody who is known: path of the address, and name."""


def probe_session(
    page: Page, typed: Iterable[str], *, closed: str, visible: bool = False, full_page: bool = False
) -> SessionSigns:
    """Look for what may tell that a page is somebody's, in all of its frames.

    Args:
        typed: values that the scenario typed.
        closed: the name under which closed shadow roots are remembered.
        visible: look into those, too, that came with the page's HTML, if they show anything. Takes some 20 ms more.
        full_page: not only in the viewport.
    """
    argument = {
        "typed": [without_spaces(value) for value in typed],
        "closed": closed,
        "visible": visible,
        "fullPage": full_page,
    }
    fields: list[str] = []
    ways: list[str] = []
    for frame in page.frames:
        try:
            more_fields, more_ways = frame.evaluate(page_script("privacy/session_probe.js"), argument)
            fields += more_fields
            ways += more_ways
        except Error:
            # A frame may go away meanwhile; the page itself may not.
            if frame == page.main_frame:
                raise
    return SessionSigns(filled=tuple(fields), sign_out_links=tuple(_sign_out_link(one) for one in ways))


def _sign_out_link(said: str) -> tuple[str, str]:
    path, _, name = said.partition(" ")
    return path, name


def without_spaces(value: str) -> str:
    """A value without its spaces: pages set them as they like."""
    return "".join(value.split())
