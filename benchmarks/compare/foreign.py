"""Labelled pairs drawn from other people's pages: npm packages and Debian's documents, fetched at run time.

``foreign.toml`` says which pages, what is done to each before its second picture, and whether a person would call the
result changed; the labels were written before anything was scored.
"""

import io
import os
import subprocess
import tarfile
import tempfile
import threading
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import msgspec
from PIL import Image
from playwright.sync_api import Browser, Error, Page, Route, sync_playwright

from capture.browser.firefox import PREFERENCES, find_firefox
from capture.browser.snapshot import snapshot
from capture.elements import Element
from tests.images.cases import Elements
from tests.images.render import FONT_SETTINGS

HERE = Path(__file__).parent
FONTS = {
    "none": FONT_SETTINGS.format(style="hintnone"),
    "slight": FONT_SETTINGS.format(style="hintslight"),
    "full": FONT_SETTINGS.format(style="hintfull"),
}
NO_SUBPIXELS = {"gfx.text.subpixel-position.force-disabled": True}
"""Preference of Firefox: glyphs begin at whole pixels."""
VIEW_HEIGHT = 900
TALLEST_PX = 4000
"""CSS px; elements that begin below are removed."""
STILL = "*, ::before, ::after { transition: none !important; animation: none !important; caret-color: transparent }"
ENCODINGS: dict[str, tuple[str, dict[str, int]]] = {
    "jpeg 90": ("JPEG", {"quality": 90}),
    "jpeg 75": ("JPEG", {"quality": 75}),
    "jpeg 50": ("JPEG", {"quality": 50}),
    "webp 90": ("WEBP", {"quality": 90}),
    "webp 75": ("WEBP", {"quality": 75}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two pictures of a page, with the elements on them and a label."""

    name: str
    of: str
    kind: Literal["noise", "change"]
    page: str
    width: int
    scale: float
    dark: bool
    both: str
    """JavaScript run before both pictures."""
    js: str
    """JavaScript run before the second picture."""
    css: str
    fonts: str
    """Font settings of the second picture; empty: those of the first."""
    encoding: tuple[str, str]
    """Encodings of all photographs on the two pictures; empty: as they are."""

    def pictures(self, folder: Path) -> tuple[Path, Path]:
        return folder / f"{self.name}-1.png", folder / f"{self.name}-2.png"

    def elements(self, folder: Path) -> Elements:
        return msgspec.json.decode((folder / f"{self.name}.json").read_bytes(), type=Elements)


def read_pairs() -> tuple[Pair, ...]:
    """Read ``foreign.toml``: each group is a change, and the pages on which it is made."""
    table = tomllib.loads((HERE / "foreign.toml").read_text("utf-8"))
    return tuple(
        _pair(group, where, f"{number:02}-{index}")
        for number, group in enumerate(table["group"])
        for index, where in enumerate(group["on"])
    )


def _pair(group: dict[str, str], where: str, name: str) -> Pair:
    """Build a pair; ``where`` is a page, a width and perhaps a scale, then "dark": ``dsfr-card 1280x2 dark``."""
    page, size, *rest = where.split()
    width, _, scale = size.partition("x")
    before, _, after = group.get("encoding", "").partition(" → ")
    return Pair(
        name=f"{name}-{page}",
        of=group["of"],
        kind="noise" if group["kind"] == "noise" else "change",
        page=page,
        width=int(width),
        scale=float(scale or 1),
        dark="dark" in rest,
        both=group.get("both", ""),
        js=group.get("js", ""),
        css=group.get("css", ""),
        fonts=group.get("fonts", ""),
        encoding=(before, after),
    )


def draw_pairs(folder: Path, work: Path, names: Sequence[str] = ()) -> tuple[Pair, ...]:
    """Draw the pairs that are not in the folder yet; ``work`` keeps what was fetched."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = [pair for pair in read_pairs() if not names or any(name in pair.name for name in names)]
    missing = [pair for pair in pairs if not (folder / f"{pair.name}.json").exists()]
    if missing:
        with _served(work) as address:
            pages = _pages(work, address)
            kept: dict[str, int] = {}
            firsts: dict[str, tuple[bytes, tuple[Element, ...]]] = {}
            with _firefox("slight") as browser:
                for pair in missing:
                    firsts[pair.name] = _draw(browser, pair, pages[pair.page], kept, second=False)
                    if not pair.fonts:
                        _keep(
                            folder, pair, firsts[pair.name], _draw(browser, pair, pages[pair.page], kept, second=True)
                        )
            for fonts in sorted({pair.fonts for pair in missing if pair.fonts}):
                with _firefox(fonts) as browser:
                    for pair in (one for one in missing if one.fonts == fonts):
                        _keep(
                            folder, pair, firsts[pair.name], _draw(browser, pair, pages[pair.page], kept, second=True)
                        )
    return tuple(pairs)


def _keep(folder: Path, pair: Pair, *drawn: tuple[bytes, tuple[Element, ...]]) -> None:
    (first, before), (second, after) = drawn
    one, other = pair.pictures(folder)
    one.write_bytes(first)
    other.write_bytes(second)
    elements = Elements(approved=before, captured=after)
    (folder / f"{pair.name}.json").write_bytes(msgspec.json.encode(elements))


def _draw(
    browser: Browser, pair: Pair, place: "_Place", kept: dict[str, int], *, second: bool
) -> tuple[bytes, tuple[Element, ...]]:
    context = browser.new_context(
        viewport={"width": pair.width, "height": VIEW_HEIGHT}, device_scale_factor=pair.scale, locale="fr-FR"
    )
    page = context.new_page()
    encoding = pair.encoding[second]
    if encoding:
        _encode_photographs(page, encoding)
    page.goto(place.address)
    page.evaluate((HERE / "changes.js").read_text("utf-8"))
    if pair.dark:
        page.evaluate("() => changes.dark()")
    page.add_style_tag(content=STILL + place.css + (pair.css if second else ""))
    number = page.evaluate("([kept, tallest]) => changes.shorten(kept, tallest)", [kept.get(pair.name), TALLEST_PX])
    kept[pair.name] = number
    for code in (pair.both, pair.js if second else ""):
        if code:
            page.evaluate("code => new Function(code)()", code)
    page.evaluate(
        "() => Promise.all([document.fonts.ready, ...[...document.images].map(i => i.decode().catch(() => 0))])"
    )
    page.wait_for_timeout(150)
    found = snapshot(page, canonical=lambda url: url, full_page=True, scale=pair.scale).elements
    png = page.screenshot(full_page=True)
    context.close()
    return png, found


def _encode_photographs(page: Page, encoding: str) -> None:
    """Serve every JPEG in another encoding."""
    form, options = ENCODINGS[encoding]

    def answer(route: Route) -> None:
        try:
            body = route.fetch().body()
            buffer = io.BytesIO()
            Image.open(io.BytesIO(body)).convert("RGB").save(buffer, form, **options)
            route.fulfill(status=200, body=buffer.getvalue(), content_type=f"image/{form.lower()}")
        except Error:
            route.abort()

    page.route("**/*.jpg", answer)
    page.route("**/*.jpeg", answer)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Place:
    """Address of a page, and the style with which all of it is seen."""

    address: str
    css: str = ""


@contextmanager
def _firefox(fonts: str) -> Iterator[Browser]:
    """Launch Firefox with a font setting of the desktop."""
    settings = FONTS["slight" if fonts == "whole" else fonts]
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as file, sync_playwright() as driver:
        file.write(settings)
        file.flush()
        installed = find_firefox(driver)
        assert installed is not None, "a Firefox"
        browser = driver.firefox.launch(
            channel="moz-firefox" if installed.kind == "stock" else None,
            executable_path=installed.executable,
            firefox_user_prefs=PREFERENCES | {"network.proxy.type": 0} | (NO_SUBPIXELS if fonts == "whole" else {}),
            env={**os.environ, "FONTCONFIG_FILE": file.name},
        )
        yield browser
        browser.close()


@contextmanager
def _served(work: Path) -> Iterator[str]:
    """Serve a folder on this machine; yield its address."""
    work.mkdir(parents=True, exist_ok=True)
    handler = partial(_Quiet, directory=str(work))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Write no log."""


def _pages(work: Path, address: str) -> dict[str, "_Place"]:
    """Fetch the packages and return where each page is, by its name."""
    table = tomllib.loads((HERE / "foreign.toml").read_text("utf-8"))
    pages = {"native": _Place(address=(HERE / "native.html").as_uri())}
    for source in table["source"]:
        root = _npm(source["npm"], work) if "npm" in source else _debian(source["debian"], work)
        for name, path in source["pages"].items():
            pages[name] = _Place(address=f"{address}/{(root / path).relative_to(work)}", css=source.get("css", ""))
    (work / "photographs.html").write_text((HERE / "photographs.html").read_text("utf-8"), "utf-8")
    pages["photographs"] = _Place(address=f"{address}/photographs.html")
    return pages


def _npm(package: str, work: Path) -> Path:
    """Return the folder of an npm package, downloaded unless it is there."""
    target = work / package
    if not target.exists():
        command = ["npm", "pack", "--silent", package]
        packed = subprocess.run(command, cwd=work, check=True, capture_output=True, text=True).stdout.split()[-1]
        with tarfile.open(work / packed) as archive:
            archive.extractall(target, filter="data")
    return target / "package"


def _debian(package: str, work: Path) -> Path:
    """Return the folder of a Debian package's files, downloaded unless it is there."""
    target = work / package
    if not target.exists():
        subprocess.run(["apt-get", "download", package], cwd=work, check=True, capture_output=True)
        archive = next(work.glob(f"{package}_*.deb"))
        subprocess.run(["dpkg", "-x", str(archive), str(target)], check=True)
    return target
