"""How this desktop draws text does not depend on the tab in which that is looked at, and leaves no trace in it."""

from playwright.sync_api import ViewportSize
from werkzeug.wrappers import Response

from capture.browser.firefox import RunningFirefox
from capture.browser.text_rendering import text_rendering
from capture.site.local_server import LOOPBACK, LocalServer, application_server

TABS = {
    "of the size of the picture": (600, 200, 1, "fr-FR"),
    "larger": (1280, 900, 1, "ja-JP"),
    "smaller": (360, 640, 1, "fr-FR"),
    "of another scale": (1280, 900, 2, "fr-FR"),
}


def digest_in_tab(firefox: RunningFirefox, tab: str) -> str:
    width, height, scale, locale = TABS[tab]
    viewport = ViewportSize(width=width, height=height)
    context = firefox.browser.new_context(viewport=viewport, device_scale_factor=scale, locale=locale)
    try:
        return text_rendering(context.new_page())
    finally:
        context.close()


def test_text_is_drawn_alike_in_all_tabs(firefox: RunningFirefox) -> None:
    digests = {digest_in_tab(firefox, tab) for tab in TABS}
    assert len(digests) == 1
    assert all(digests)


def test_the_text_is_no_page_of_the_tab(firefox: RunningFirefox, local_proxy: str) -> None:
    server = application_server(lambda _: Response("<p>Bonjour", mimetype="text/html"), 0)
    page = firefox.browser.new_page(proxy={"server": local_proxy})
    text_rendering(page)
    with LocalServer(server, "page"):
        page.goto(f"http://{LOOPBACK}:{server.port}/")
        assert page.evaluate("history.length") == 1
    page.close()


def test_a_tab_that_was_closed_tells_nothing(firefox: RunningFirefox) -> None:
    page = firefox.browser.new_page()
    page.close()
    assert text_rendering(page) == ""
