"""Signs of a signed-in person on a page, in all frames and shadow roots: filled fields and sign-out links."""

from collections.abc import Iterable
from dataclasses import dataclass

from playwright.sync_api import BrowserContext, Error, Page

from capture.page_scripts import page_script


def record_closed_shadow_roots(context: BrowserContext, name: str) -> None:
    """Record the closed shadow roots that scripts of a page create, under a name that only the guard knows."""
    context.add_init_script(f"{page_script('privacy/shadow_roots.js')}({name!r})")


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionSigns:
    """Possible signs of a signed-in person on a page."""

    filled: tuple[str, ...]
    """Names of fields that hold another value than the scenario typed."""
    sign_out_links: tuple[tuple[str, str], ...]
    """URL path and name of each link and button that may sign a person out."""


def probe_session(
    page: Page, typed: Iterable[str], *, closed: str, visible: bool = False, full_page: bool = False
) -> SessionSigns:
    """Look for signs of a signed-in person in all frames of a page; raises playwright.sync_api.Error.

    Args:
        typed: values that the scenario typed.
        closed: name under which closed shadow roots are recorded.
        visible: also search visible closed shadow roots that the page's HTML declares; takes about 20 ms more.
        full_page: search for those in the whole page, not in the viewport alone.
    """
    argument = {
        "typed": [without_spaces(value) for value in typed],
        "closed": closed,
        "visible": visible,
        "fullPage": full_page,
    }
    fields: list[str] = []
    links: list[str] = []
    for frame in page.frames:
        try:
            more_fields, more_links = frame.evaluate(page_script("privacy/session_probe.js"), argument)
            fields += more_fields
            links += more_links
        except Error:
            # Another frame may have been removed meanwhile.
            if frame == page.main_frame:
                raise
    return SessionSigns(filled=tuple(fields), sign_out_links=tuple(_sign_out_link(link) for link in links))


def _sign_out_link(path_and_name: str) -> tuple[str, str]:
    path, _, name = path_and_name.partition(" ")
    return path, name


def without_spaces(value: str) -> str:
    """Remove the spaces of a value, because a page may insert or remove some."""
    return "".join(value.split())
