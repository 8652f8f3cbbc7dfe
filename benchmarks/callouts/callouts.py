"""Measure callouts on 300 generated pages: faults by kind, words that labels and connectors cover, contrast, time.

    python benchmarks/callouts/callouts.py [FOLDER]

Fifty pages of each kind: links in a list 26 px apart, cells of a table, a target in each corner, long labels, tiny
icons, dark pages. A fault is what ``report.publish.callout_faults`` calls one; a callout that is missing, a contrast
under 3 and the name of a field under a label count as well. With a FOLDER, every picture is written there.

Exit codes: 0 no fault, 1 a fault.
"""

import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from capture.capture import Capture, Environment, Sidecar
from capture.elements import Element
from capture.geometry import Box
from capture.scenario.instruction import Callout, InstructionResult, InstructionStatus
from capture.storage import sha256
from report.publish.callout_drawing import LEAST_CONTRAST
from report.publish.callout_faults import faults_of
from report.publish.lettering import width_of, write_text
from report.publish.published_picture import PublishedPicture, published_picture

PAGES_OF_A_KIND = 50
WIDTH = 1280
WORDS = """consulter renouveler télécharger une attestation de droits choisir médecin déclarer changement adresse
suivre remboursements demander carte européenne messagerie aide contact rendez-vous accueil formulaire""".split()
LIGHT, DARK = ((255, 255, 255), (40, 44, 52), (20, 80, 160)), ((24, 26, 32), (214, 218, 226), (120, 170, 250))
Colours = tuple[tuple[int, int, int], tuple[int, int, int], tuple[int, int, int]]
"""Colours of the ground, of words and of links."""
ENVIRONMENT = Environment(
    firefox="153.0",
    kind="stock",
    os="Debian GNU/Linux",
    viewport=(1280, 900),
    scale=1,
    locale="fr-FR",
    timezone="Europe/Paris",
)


@dataclass(frozen=True, kw_only=True)
class GeneratedPage:
    """A picture of a page, and what callouts should point at."""

    image: Image.Image
    targets: list[tuple[Box, str]]
    """Box and label, px."""
    names: list[Box]
    """Words that name a field, px."""


class _Page:
    """A page that is being drawn: text in columns, of random words."""

    def __init__(self, random: np.random.Generator, width: int, height: int, colours: Colours) -> None:
        self.random = random
        self.colours = colours
        self.image = Image.new("RGB", (width, height), colours[0])
        self.pen = ImageDraw.Draw(self.image)
        self.targets: list[tuple[Box, str]] = []
        self.names: list[Box] = []

    def words(self, count: int) -> str:
        return " ".join(self.random.choice(WORDS, count)).capitalize()

    def write(self, x: float, y: float, text: str, size: float = 15, *, link: bool = False) -> Box:
        """Write a line whose top is at ``y``; return its box."""
        write_text(self.pen, x, y + size * 0.6, text, size=size, fill=self.colours[2 if link else 1])
        return Box(x=x, y=y, width=width_of(text, size), height=size * 1.2)

    def paragraph(self, x: int, y: int, width: int, lines: int) -> None:
        for line in range(lines):
            text = self.words(3)
            while width_of(text, 15) < width - 130:
                text += f" {self.random.choice(WORDS)}"
            self.write(x, y + line * 24, text)

    def target(self, box: Box, label: str) -> None:
        self.targets.append((box, label))

    def page(self) -> GeneratedPage:
        return GeneratedPage(image=self.image, targets=self.targets, names=self.names)


def near_links(random: np.random.Generator, colours: Colours = LIGHT) -> GeneratedPage:
    """Links 26 px apart beside a text, under a title."""
    page = _Page(random, WIDTH, 700, colours)
    page.write(60, 40, page.words(3), 32)
    left = int(random.integers(40, 700))
    count = int(random.integers(5, 16))
    for n in range(count):
        box = page.write(left, 120 + n * 26, page.words(int(random.integers(1, 4))), link=True)
        page.target(box, page.words(int(random.integers(1, 4))))
    page.paragraph(left + 330 if left < WIDTH / 3 else 40, 120, 380, int(random.integers(4, 16)))
    return page.page()


def table_cells(random: np.random.Generator, colours: Colours = LIGHT) -> GeneratedPage:
    """Cells of a table with borders, in neighbouring rows and columns."""
    page = _Page(random, 1280, 720, colours)
    columns, rows = int(random.integers(3, 7)), int(random.integers(4, 10))
    width, height = 1160 // columns, int(random.integers(34, 56))
    cells = []
    for row in range(rows):
        for column in range(columns):
            x, y = 60 + column * width, 130 + row * height
            page.pen.rectangle((x, y, x + width, y + height), outline=colours[1])
            cells.append(page.write(x + 10, y + height / 2 - 9, page.words(int(random.integers(1, 3)))[: width // 10]))
    page.write(60, 60, page.words(4), 26)
    for index in sorted(random.choice(len(cells), int(random.integers(3, min(len(cells), 13))), replace=False)):
        page.target(cells[index], page.words(2))
    return page.page()


def corners(random: np.random.Generator, colours: Colours = LIGHT) -> GeneratedPage:
    """A button in each corner of the picture, at its edge, and text in between."""
    width, height = int(random.integers(500, 1281)), int(random.integers(360, 901))
    page = _Page(random, width, height, colours)
    w, h = int(random.integers(20, 150)), int(random.integers(16, 48))
    for x in (0, width - w):
        for y in (0, height - h):
            page.pen.rectangle((x, y, x + w - 1, y + h - 1), fill=colours[2])
            page.target(Box(x=x, y=y, width=w, height=h), page.words(int(random.integers(1, 5))))
    page.paragraph(40, 120, width - 100, (height - 240) // 24)
    return page.page()


def long_labels(random: np.random.Generator, colours: Colours = LIGHT) -> GeneratedPage:
    """A form, and labels that are whole sentences."""
    page = _Page(random, 1280, 800, colours)
    for n in range(int(random.integers(3, 9))):
        x, y = 300, 60 + n * int(random.integers(48, 80))
        named = page.write(60 + int(random.integers(0, 80)), y + 8, page.words(2))
        box = Box(x=x, y=y, width=int(random.integers(120, 520)), height=36)
        page.pen.rectangle((box.x, box.y, box.right, box.bottom), outline=colours[1])
        if not any(box.overlap(other) for other, _ in page.targets):
            page.target(box, page.words(int(random.integers(8, 40))))
            page.names.append(named)
    return page.page()


def tiny_icons(random: np.random.Generator, colours: Colours = LIGHT) -> GeneratedPage:
    """Icons of 12 to 24 px in toolbars, in a row or a column."""
    page = _Page(random, 1280, 640, colours)
    side, gap = int(random.integers(12, 25)), int(random.integers(6, 20))
    upright = bool(random.integers(0, 2))
    left, top = int(random.integers(20, 900)), int(random.integers(20, 260))
    for n in range(int(random.integers(3, 11))):
        along = n * (side + gap)
        x, y = (left, top + along) if upright else (left + along, top)
        page.pen.ellipse((x, y, x + side, y + side), outline=colours[2], width=2)
        page.pen.line((x + side / 2, y + 4, x + side / 2, y + side - 4), fill=colours[2], width=2)
        page.target(Box(x=x, y=y, width=side, height=side), page.words(2))
    page.paragraph(60, 420, 1100, 8)
    return page.page()


def dark_pages(random: np.random.Generator) -> GeneratedPage:
    """One of the other kinds, on a dark ground, or on a grey or coloured one."""
    others = (near_links, table_cells, corners, long_labels, tiny_icons)
    ground = tuple(int(value) for value in random.integers(0, 190, 3))
    colours = DARK if random.integers(0, 2) else (ground, DARK[1], DARK[2])
    return others[int(random.integers(0, len(others)))](random, colours)  # type: ignore[arg-type]


KINDS: dict[str, Callable[[np.random.Generator], GeneratedPage]] = {
    "near links": near_links,
    "table cells": table_cells,
    "corners": corners,
    "long labels": long_labels,
    "tiny icons": tiny_icons,
    "dark pages": dark_pages,
}


def capture_of(page: GeneratedPage, random: np.random.Generator) -> Capture:
    buffer = io.BytesIO()
    page.image.save(buffer, "PNG", compress_level=1)
    results = []
    for number, (box, label) in enumerate(page.targets[:15], start=1):
        callout: Callout = "arrow" if random.integers(0, 3) == 0 else "box"
        results.append(
            InstructionResult(
                number=number,
                sentence=f"{label}.",
                role="textbox" if page.names else "button",
                name=label,
                callout=callout,
                label=label,
                source_line="page.py:1",
                status=InstructionStatus.TRUE,
                box=box,
            )
        )
    return capture_of_png(buffer.getvalue(), results, ())


def capture_of_png(png: bytes, results: Sequence[InstructionResult], elements: Sequence[Element]) -> Capture:
    """Return a capture with a picture, instructions and elements."""
    sidecar = Sidecar(
        tutorial="bench",
        page=1,
        site="bench",
        url="https://bench.example/",
        title="bench",
        taken=datetime(2026, 3, 2, tzinfo=UTC),
        environment=ENVIRONMENT,
        picture_sha256=sha256(png),
        stable=True,
        frame=None,
        masks=(),
        elements=tuple(elements),
        instructions=tuple(results),
    )
    return Capture.of(sidecar, png)


def generated() -> Iterator[tuple[str, int, GeneratedPage, Capture]]:
    """Yield the kind, the seed, the page and its capture."""
    for kind, make in KINDS.items():
        for seed in range(PAGES_OF_A_KIND):
            random = np.random.default_rng([seed, len(kind)])
            page = make(random)
            yield kind, seed, page, capture_of(page, random)


def covered_names(page: GeneratedPage, picture: PublishedPicture) -> int:
    """Return how many names of fields a label covers: known from how the page was drawn, not from its pixels."""
    labels = [one.label.scaled(picture.point) for one in picture.layout.placed]
    moved = [replace(name, x=name.x - picture.box.x, y=name.y - picture.box.y).grown(-2) for name in page.names]
    return sum(any(name.overlap(label) > 0 for label in labels) for name in moved)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    faults: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    marks: Counter[str] = Counter()
    bare: Counter[str] = Counter()
    seconds: dict[str, list[float]] = {kind: [] for kind in KINDS}
    for kind, seed, page, capture in generated():
        started = time.process_time()
        picture = published_picture(capture)
        seconds[kind].append(time.process_time() - started)
        found = Counter(str(fault.kind) for fault in faults_of(picture.layout))
        found["a callout is missing"] += len(capture.sidecar.instructions) - len(picture.layout.placed)
        found["the name of a field is covered"] += covered_names(page, picture)
        found["a contrast is under 3"] += picture.palette.contrast < LEAST_CONTRAST
        faults[kind] += found
        marks[kind] += len(picture.layout.placed)
        bare[kind] += sum(not picture.label_of(one).lines for one in picture.layout.placed)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            picture.drawn().save(folder / f"{kind.replace(' ', '-')}-{seed:02}{'-FAULT' if +found else ''}.png")
    print(f"{'pages':<14}{'callouts':>9}{'numbers only':>14}{'s a page':>10}{'s at most':>11}  faults")
    for kind in KINDS:
        took = seconds[kind]
        told = ", ".join(f"{count} × {what}" for what, count in sorted((+faults[kind]).items())) or "none"
        print(f"{kind:<14}{marks[kind]:>9}{bare[kind]:>14}{np.median(took):>10.2f}{max(took):>11.2f}  {told}")
    total = sum(sum(found.values()) for found in faults.values())
    print(f"{total} faults on {len(KINDS) * PAGES_OF_A_KIND} pages")
    sys.exit(1 if total else 0)


if __name__ == "__main__":
    main()
