"""How this desktop draws text, which depends on its fonts and font settings: a digest of a picture of some text."""

from playwright.sync_api import FloatRect, Page

from capture.storage import sha256

WIDTH, HEIGHT = 600, 200
"""Size of the picture, CSS px."""
TEXT_SAMPLE = "".join(
    f'<p style="font: {size}px {family}">Portez ce vieux whisky 0123456789 <b>gras</b> <i>penché</i></p>'
    for family, size in (("sans-serif", 13), ("serif", 15), ("monospace", 14), ("system-ui", 16))
)
DIGEST_LENGTH = 16
_SHOW = """([html, width]) => {
  document.body.style.cssText = `margin: 8px; width: ${width - 16}px`;
  document.body.innerHTML = html;
  return devicePixelRatio;
}"""


def text_rendering(page: Page) -> str:
    """Return a digest of some text as this desktop draws it; empty if Firefox takes no picture of it.

    Args:
        page: a tab that has shown nothing yet. The text is no page of its history. It is drawn in another tab if this
            one is smaller than the picture, or has another scale than 1.
    """
    try:
        return _drawn_in(page) or _drawn_in_another_tab(page)
    except Exception:  # noqa: BLE001 - Playwright raises a bare Exception when its driver stops
        return ""


def _drawn_in(page: Page) -> str:
    """Return the digest of the text, drawn in a blank tab; empty if the tab is too small or of another scale."""
    size = page.viewport_size
    if size is None or size["width"] < WIDTH or size["height"] < HEIGHT:
        return ""
    if page.evaluate(_SHOW, [TEXT_SAMPLE, WIDTH]) != 1:
        return ""
    return sha256(page.screenshot(clip=FloatRect(x=0, y=0, width=WIDTH, height=HEIGHT)))[:DIGEST_LENGTH]


def _drawn_in_another_tab(page: Page) -> str:
    browser = page.context.browser
    assert browser is not None, "the context was opened in it"
    other = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    try:
        return _drawn_in(other)
    finally:
        other.close()
