"""Measure callouts on pages that others made: components of DSFR and dashboards from npm, opened in Firefox.

    python benchmarks/callouts/foreign_pages.py [WORK_FOLDER] [PICTURES]

Each page is captured light and, where its design system has it, dark. Its own elements are the targets: once 3 to 15 at
random, once a cluster of neighbours. A fault is what ``report.publish.callout_faults`` calls one; a callout that is
missing though its target is on the picture, and a contrast under 3, count as well. What is expected, written down
before the first run: no fault. With PICTURES, a folder, every picture is written there.

Exit codes: 0 no fault, 1 a fault.
"""

import functools
import http.server
import json
import subprocess
import sys
import tarfile
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from callouts import capture_of_png
from playwright.sync_api import Page

from capture.browser.firefox import open_firefox
from capture.browser.snapshot import snapshot
from capture.elements import FIELDS, Element
from capture.geometry import Box
from capture.privacy.proxy import SocksProxy
from capture.scenario.instruction import Callout, InstructionResult, InstructionStatus
from capture.site.local_server import LOOPBACK
from report.publish.callout_drawing import LEAST_CONTRAST
from report.publish.callout_faults import faults_of
from report.publish.published_picture import published_picture

PACKAGES = {
    "@gouvfr/dsfr@1.14.4": [
        f"example/component/{name}/index.html"
        for name in ("accordion", "breadcrumb", "button", "checkbox", "header", "input", "link", "pagination", "radio")
    ]
    + [f"example/component/{name}/index.html" for name in ("search", "select", "sidemenu", "summary", "table", "tag")],
    "admin-lte@4.0.0-rc4": [
        f"dist/{name}.html"
        for name in ("index", "index2", "index3", "forms/general", "tables/simple", "UI/general", "UI/timeline")
    ]
    + [f"dist/{name}.html" for name in ("widgets/cards", "widgets/info-box", "examples/login", "docs/layout")],
    "startbootstrap-sb-admin-2@4.1.4": [
        f"{name}.html" for name in ("index", "buttons", "cards", "tables", "login", "register", "utilities-color")
    ],
}
DARK = {"@gouvfr/dsfr@1.14.4": "data-fr-theme", "admin-lte@4.0.0-rc4": "data-bs-theme"}
"""Attribute of the root that makes a page dark."""
POINTED = FIELDS | {"button", "link", "heading", "text", "tab", "columnheader", "cell"}
SMALLEST_PX = 6
VIEWPORT = 1280, 900


def package(requirement: str, work: Path) -> Path:
    """Return the folder of an npm package, downloaded unless it is there."""
    target = work / requirement.replace("/", "_")
    if not target.exists():
        work.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", requirement], cwd=work, check=True, capture_output=True, text=True
        ).stdout.split()[-1]
        with tarfile.open(work / packed) as archive:
            archive.extractall(target, filter="data")
    return target / "package"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Print nothing."""

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def targets(elements: Sequence[Element]) -> list[Element]:
    """Return what an instruction may point at: what is seen, without what contains another such element."""
    window = Box(x=0, y=0, width=VIEWPORT[0], height=VIEWPORT[1])
    seen = [
        one
        for one in elements
        if one.role in POINTED
        and one.on_top
        and min(one.box.width, one.box.height) >= SMALLEST_PX
        and one.box.within(window)
    ]
    return [one for one in seen if not any(other is not one and other.box.overlap(one.box) for other in seen)]


def chosen(found: Sequence[Element], random: np.random.Generator, *, near: bool) -> list[Element]:
    """Return 3 to 15 of the elements: any, or those nearest to one of them, in reading order."""
    count = min(int(random.integers(3, 16)), len(found))
    if near:
        first = found[int(random.integers(0, len(found)))].box
        picked = sorted(found, key=lambda one: abs(one.box.x - first.x) + 2 * abs(one.box.y - first.y))[:count]
    else:
        picked = [found[index] for index in random.choice(len(found), count, replace=False)]
    return sorted(picked, key=lambda one: (one.box.y, one.box.x))


def result_of(number: int, element: Element, random: np.random.Generator) -> InstructionResult:
    callout: Callout = "arrow" if random.integers(0, 3) == 0 else "box"
    label = (element.lead or element.label or "?")[:60]
    return InstructionResult(
        number=number,
        sentence=f"Look at « {label} ».",
        role=element.role,
        name=label,
        callout=callout,
        label=label,
        source_line="page.py:1",
        status=InstructionStatus.TRUE,
        box=element.box,
    )


def captured(page: Page, address: str, attribute: str | None) -> tuple[bytes, tuple[Element, ...]]:
    """Open a page, make it dark if an attribute is named; return its picture and its elements."""
    page.goto(address, wait_until="load")
    if attribute is not None:
        page.evaluate("name => document.documentElement.setAttribute(name, 'dark')", attribute)
    page.wait_for_timeout(400)
    elements = snapshot(page, canonical=lambda url: url).elements
    return page.screenshot(), elements


def main() -> None:
    work = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp())
    pictures = Path(sys.argv[2]) if len(sys.argv) > 2 else None  # noqa: PLR2004 - the second argument
    faults: Counter[str] = Counter()
    drawn = marks = 0
    with open_firefox() as firefox, SocksProxy(lambda *_: LOOPBACK, lambda _: None) as proxy:
        page = firefox.browser.new_page(
            viewport={"width": VIEWPORT[0], "height": VIEWPORT[1]}, proxy={"server": proxy.address}
        )
        for requirement, paths in PACKAGES.items():
            with served(package(requirement, work)) as address:
                for path in paths:
                    for attribute in (None, *filter(None, [DARK.get(requirement)])):
                        png, elements = captured(page, address + path, attribute)
                        found = targets(elements)
                        for near in (True, False) if found else ():
                            random = np.random.default_rng([len(path), drawn])
                            told = [
                                result_of(number, one, random)
                                for number, one in enumerate(chosen(found, random, near=near), start=1)
                            ]
                            picture = published_picture(capture_of_png(png, told, elements), language="en")
                            wrong = Counter(str(fault.kind) for fault in faults_of(picture.layout))
                            wrong["a callout is missing"] += len(told) - len(picture.layout.placed)
                            wrong["a contrast is under 3"] += picture.palette.contrast < LEAST_CONTRAST
                            drawn, marks = drawn + 1, marks + len(picture.layout.placed)
                            faults += wrong
                            if pictures is not None:
                                pictures.mkdir(parents=True, exist_ok=True)
                                name = f"{drawn:03}{'-FAULT' if +wrong else ''}.png"
                                picture.drawn().save(pictures / name)
    print(f"{drawn} pictures, {marks} callouts, {sum(faults.values())} faults {json.dumps(+faults)}")
    sys.exit(1 if +faults else 0)


if __name__ == "__main__":
    main()
