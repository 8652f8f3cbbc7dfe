"""Builders of test data: elements, instructions, captures, pictures, and run records without a browser."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capture.capture import Capture, Environment, Sidecar, capture_stem, write_capture
from capture.elements import Element
from capture.geometry import Box
from capture.runner.checkpoint import CAPTURES, TutorialOutcome
from capture.runner.journey import JourneyLog, PageOutcome, VisitState
from capture.scenario.instruction import InstructionResult, InstructionStatus
from capture.scenario.tutorial import Page, Tutorial
from capture.site.site import Site
from capture.storage import sha256
from report.baselines.baselines import Baselines
from report.results.run_record import RunRecord
from report.run.history import History
from report.run.page_comparer import PageComparer
from report.run.record_builder import build_run_record, build_tutorial_record

HOST = "www.exemple.test"
START = f"https://{HOST}/"
TAKEN = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
TODAY = date(2026, 3, 2)
SMALL_WINDOW = (800, 600)
"""Viewport of the tutorials of tests, CSS px: a screenshot takes half the time of one of the default viewport."""
ENVIRONMENT = Environment(
    firefox="153.0",
    kind="stock",
    os="Debian GNU/Linux 13",
    viewport=(320, 240),
    scale=1,
    locale="fr-FR",
    timezone="Europe/Paris",
)


def box(x: float = 0, y: float = 0, width: float = 100, height: float = 30) -> Box:
    return Box(x=x, y=y, width=width, height=height)


def element(role: str, name: str = "", **more: Any) -> Element:
    return Element(role=role, name=name, **{"box": box(), **more})


def instruction_result(number: int = 1, name: str = "Chercher", **more: Any) -> InstructionResult:
    """Return the result of an instruction to click on a button."""
    settings: dict[str, Any] = {
        "sentence": f"Cliquez sur « {name} ».",
        "role": "button",
        "callout": "box",
        "label": f"Cliquez sur « {name} »",
        "source_line": "exemple.py:7",
        "status": InstructionStatus.TRUE,
        "approved": box(),
    }
    return InstructionResult(number=number, name=name, **{**settings, **more})


def pixels_of(width: int = 64, height: int = 48, colour: int = 255) -> NDArray[np.uint8]:
    return np.full((height, width, 3), colour, dtype=np.uint8)


def png_of(pixels: NDArray[np.uint8], mode: str | None = None, **options: Any) -> bytes:
    """Encode pixels as a PNG, converted to a Pillow mode if one is given."""
    image = Image.fromarray(pixels)
    buffer = io.BytesIO()
    (image if mode is None else image.convert(mode)).save(buffer, "PNG", **options)
    return buffer.getvalue()


def scene(width: int = 320, height: int = 240, *, seed: int = 7) -> NDArray[np.uint8]:
    """Return the pixels of a page of black lines that all differ, as lines of text do."""
    random = np.random.default_rng(seed)
    pixels = pixels_of(width, height)
    for top in range(10, height - 12, 20):
        strokes = random.integers(0, 2, (10, (width - 20) // 4), dtype=np.uint8) * 255
        pixels[top : top + 10, 10 : width - 10, :] = strokes.repeat(4, axis=1)[:, :, None]
    return pixels


def capture_of(png: bytes, **more: Any) -> Capture:
    settings: dict[str, Any] = {
        "tutorial": "exemple",
        "page": 1,
        "site": "2026",
        "url": f"https://{HOST}/",
        "title": "Exemple",
        "taken": TAKEN,
        "environment": ENVIRONMENT,
        "picture_sha256": sha256(png),
        "stable": True,
        "frame": None,
        "masks": (),
        "elements": (),
        "instructions": (),
    }
    return Capture.of(Sidecar(**{**settings, **more}), png)


def tutorial_of(*visits: Callable[..., None], **more: Any) -> Tutorial:
    """Return a tutorial with a public page for each function."""
    settings = {
        "source": "nous, 2026",
        "licence": "CC0",
        "hosts": [HOST],
        "viewport": SMALL_WINDOW,
        "public_values": ["73000"],
        **more,
    }
    tutorial = Tutorial("exemple", title="Exemple", **settings)
    for number, visit in enumerate(visits, start=1):
        tutorial.page(number, visit.__name__.capitalize(), starts_at=f"https://{HOST}/")(visit)
    tutorial.file = Path("scenarios/exemple.py")
    return tutorial


def accueil(step: object) -> None:
    """Page that is never visited: tests provide its outcome."""


def outcome_of(page: Page, png: bytes | None = None, **more: Any) -> PageOutcome:
    """Return a page's outcome: captured if a PNG is given, otherwise with the fields in ``more``."""
    if png is None:
        return PageOutcome(page=page, **{"state": VisitState.NOT_VISITED, **more})
    capture = capture_of(png, **{"page": page.number, **more})
    return PageOutcome(page=page, state=VisitState.CAPTURED, capture=capture)


def record_of(
    folder: Path,
    outcomes: Sequence[PageOutcome],
    *,
    baselines: Baselines,
    tutorial: Tutorial | None = None,
    revisits: Sequence[PageOutcome] = (),
    today: date = TODAY,
    settings: Mapping[str, Any] | None = None,
) -> RunRecord:
    """Return the record of a run with these outcomes, after writing their captures.

    Args:
        folder: run folder in which the captures are written.
        outcomes: of all pages of the tutorial.
        baselines: compared with the captures.
        tutorial: of the pages; None: one with a single page.
        revisits: outcomes of the pages that were visited a second time.
        today: day of the run.
        settings: further arguments of ``build_run_record``.
    """
    tutorial = tutorial or tutorial_of(accueil)
    folder.mkdir(parents=True, exist_ok=True)
    for outcome in outcomes:
        if outcome.capture is not None:
            stem = capture_stem(folder / CAPTURES, tutorial.slug, outcome.page.number)
            write_capture(outcome.capture, stem)
    visited = TutorialOutcome(
        tutorial=tutorial, outcomes=tuple(outcomes), log=JourneyLog(page_loads=1, blocked=()), revisits=tuple(revisits)
    )
    comparer = PageComparer(folder=folder, baselines=baselines, history=History(folder.parent), today=today)
    return build_run_record(
        [build_tutorial_record(visited, comparer, folder.name)],
        declared=[tutorial],
        baselines=baselines,
        run_id=folder.name,
        version="0.1.0",
        site=Site(name="2026", baselines="replica"),
        environment=ENVIRONMENT,
        started=datetime.combine(today, TAKEN.timetz()),
        **(settings or {}),
    )
