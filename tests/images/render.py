"""Render the pictures of the cases in Firefox: ``python -m tests.images.render [CASE…]``."""

import io
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image
from playwright.sync_api import Browser

from capture.browser.firefox import open_firefox
from capture.browser.snapshot import snapshot
from capture.elements import Element
from tests.images.cases import FOLDER, Case, Elements, read_cases, read_elements

VIEWPORT = (760, 560)
LARGE_BYTES = 150_000
HINTED = {"hinting": "hintfull", "unhinted": "hintnone"}
FONT_SETTINGS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
<match target="font"><edit name="hintstyle" mode="assign"><const>{style}</const></edit></match>
<match target="pattern"><edit name="hintstyle" mode="assign"><const>{style}</const></edit></match></fontconfig>
"""


def main(names: Iterable[str]) -> None:
    """Render the cases with these names; all cases if none is named."""
    chosen = [case for case in read_cases() if not names or case.name in names]
    _photo()
    with open_firefox() as firefox:
        for case in chosen:
            case.folder.mkdir(exist_ok=True)
            approved = _draw(case, firefox.browser, second=False)
            captured = approved if case.how in HINTED else _draw(case, firefox.browser, second=True)
            _keep(case, approved, captured)
    for how, style in HINTED.items():
        with _hinting(style), open_firefox() as firefox:
            for case in (case for case in chosen if case.how == how):
                before = case.pictures[0].read_bytes(), read_elements(case).approved
                _keep(case, before, _draw(case, firefox.browser, second=True))


def _keep(case: Case, *drawn: tuple[bytes, tuple[Element, ...]]) -> None:
    (approved, before), (captured, after) = drawn
    case.pictures[0].write_bytes(_small(approved))
    case.pictures[1].write_bytes(_small(_dithered(captured) if case.how == "dither" else captured))
    elements = Elements(approved=before, captured=after)
    (case.folder / "elements.json").write_bytes(msgspec.json.encode(elements) + b"\n")


def _draw(case: Case, browser: Browser, *, second: bool) -> tuple[bytes, tuple[Element, ...]]:
    width, height = VIEWPORT
    context = browser.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=case.scale, locale="fr-FR"
    )
    page = context.new_page()
    page.goto((FOLDER / "pages" / f"{case.page}.html").as_uri())
    if case.dark:
        page.evaluate("document.documentElement.classList.add('dark')")
    page.add_style_tag(content="/* */" + case.both + (case.css if second else ""))
    if second and case.js:
        page.evaluate("code => new Function(code)()", case.js)
    page.evaluate("document.fonts.ready")
    found = snapshot(page, canonical=_on_a_site, full_page=True, scale=case.scale).elements
    png = page.screenshot(full_page=True)
    context.close()
    return png, found


def _on_a_site(address: str) -> str:
    """Return a URL without the path of this machine, for ``elements.json``."""
    return address.replace(f"{(FOLDER / 'pages').as_uri()}/", "https://www.exemple.test/")


def _small(png: bytes) -> bytes:
    """Return Firefox's own PNG, compressed again if it is large."""
    if len(png) < LARGE_BYTES:
        return png
    buffer = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


@contextmanager
def _hinting(style: str) -> Iterator[None]:
    """Make Firefox render fonts with another desktop's hinting style."""
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file:
        file.write(FONT_SETTINGS.format(style=style))
        file.flush()
        os.environ["FONTCONFIG_FILE"] = file.name
        try:
            yield
        finally:
            del os.environ["FONTCONFIG_FILE"]


def _dithered(png: bytes) -> bytes:
    """Return the PNG with ±1 colour level on gradients, as another graphics driver renders them."""
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int16)
    steps = np.abs(np.diff(pixels, axis=1, append=pixels[:, -1:])).max(axis=2)
    smooth = np.array(Image.fromarray((steps == 1).astype(np.uint8) * 255).resize((64, 64)).resize(steps.shape[::-1]))
    noise = np.random.default_rng(11).integers(-1, 2, pixels.shape)
    noise[smooth < 8] = 0
    buffer = io.BytesIO()
    Image.fromarray(np.clip(pixels + noise, 0, 255).astype(np.uint8)).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def _photo() -> None:
    """Write a picture with soft and sharp parts, in place of a photograph."""
    y, x = np.mgrid[0:240, 0:900] / 60
    soft = 128 + 80 * np.sin(x + y / 2) * np.cos(y)
    random = np.random.default_rng(5)
    grain = random.normal(0, 6, soft.shape)
    sharp = np.where(np.sin(3 * x) * np.sin(5 * y) > 0.6, -60, 0)
    layers = [soft + grain + sharp, soft * 0.8 + grain + 40, 200 - soft * 0.5 + grain + sharp / 2]
    pixels = np.clip(np.stack(layers, axis=2), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(Path(FOLDER / "pages" / "photo.png"), optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
