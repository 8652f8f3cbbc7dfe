"""Measure the report of a generated run of 3,000 pages: rendering, size on disk, first paint, filtering, peak memory.

python benchmarks/report/many.py [TUTORIALS]
"""

import resource
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from capture.browser.firefox import open_firefox
from capture.capture import Environment
from capture.geometry import Box
from capture.scenario.instruction import InstructionResult, InstructionStatus
from capture.scenario.tutorial import PageKind
from report.compare.comparison import Comparison
from report.compare.elements import ChangeKind, ElementChange
from report.compare.regions import Region
from report.i18n.sentences import Sentences
from report.output.history_page import HISTORY_PAGE
from report.output.html import OVERVIEW, write_report
from report.results.run_record import (
    NIGHTS,
    EarlierNight,
    HistoryEntry,
    PageRecord,
    PictureRecord,
    RunRecord,
    TutorialRecord,
)
from report.results.scenario_excerpt import ScenarioExcerpt
from report.verdict import Judgement, Reason, ReasonKind, Verdict

TUTORIALS = 300
PAGES = 10
SIZE = (640, 450)
HISTORY_RUNS = 14
NOW = datetime(2026, 3, 2, 3, 30, tzinfo=UTC)
OUTDATED_OF_100 = 12
"""Pages in a hundred that need action: more than usual."""
ROUNDS = 3

EXCERPT = ScenarioExcerpt(
    file="exemple.py", first=10, lines=('    step.tell("Cliquez sur « Valider ».", step.button())',) * 12
)
"""Return the instructions of a page."""


def pictures(folder: Path, number: int) -> PictureRecord:
    """Write a capture and its thumbnail: coloured stripes, different on every page."""
    stem = f"captures/{number // PAGES:03}/{number % PAGES:02}"
    random = np.random.default_rng(number)
    stripes = random.integers(0, 255, (SIZE[1] // 10, 1, 3), np.uint8).repeat(10, axis=0).repeat(SIZE[0], axis=1)
    (folder / stem).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(stripes).save(folder / f"{stem}.png", compress_level=1)
    Image.fromarray(stripes[::2, ::2]).save(folder / f"{stem}.jpg")
    return PictureRecord(
        stem=stem,
        thumbnail=f"{stem}.jpg",
        picture_sha256=f"{number:064x}",
        sidecar_sha256=f"{number:064x}",
        size=SIZE,
        taken=NOW,
        firefox="153.0",
    )


def instruction(number: int, *, true: bool) -> InstructionResult:
    return InstructionResult(
        number=number,
        sentence=f"Cliquez sur « Étape {number} ».",
        role="button",
        name=f"Étape {number}",
        callout="box",
        label=f"Étape {number}",
        source_line="exemple.py:7",
        status=InstructionStatus.TRUE if true else InstructionStatus.MISSING,
        box=Box(x=40, y=40 * number, width=120, height=30) if true else None,
    )


def changed() -> Comparison:
    """Return ten differences of a page, half of them named elements."""
    boxes = [Box(x=20, y=40 * row, width=200, height=24) for row in range(10)]
    return Comparison(
        identical=False,
        baseline_size=SIZE,
        candidate_size=SIZE,
        regions=tuple(Region(box=box, pixels=100) for box in boxes[5:]),
        elements=tuple(
            ElementChange(kind=ChangeKind.RENAMED, role="button", before=f"Ancien {box.y}", now="Nouveau", box=box)
            for box in boxes[:5]
        ),
    )


def page(folder: Path, number: int) -> PageRecord:
    picture = pictures(folder, number)
    outdated = number % 100 < OUTDATED_OF_100
    verdict = Verdict.TEXT_OUTDATED if outdated else Verdict.UP_TO_DATE
    reason = Reason(kind=ReasonKind.INSTRUCTION_FALSE, instruction=2)
    return PageRecord(
        number=number % PAGES + 1,
        title=f"Étape {number % PAGES + 1} du tutoriel {number // PAGES + 1}",
        kind=PageKind.PUBLIC,
        judgement=Judgement(verdict=verdict, reasons=(reason,) if outdated else ()),
        text=(),
        described_on=(),
        source_line="exemple.py:3",
        scenario_excerpt=EXCERPT,
        url="https://www.exemple.test/",
        page_title="Exemple",
        instructions=tuple(instruction(n, true=n != 2 or not outdated) for n in range(1, 6)),  # noqa: PLR2004 - the false one
        comparison=changed() if outdated else Comparison(identical=True, baseline_size=SIZE, candidate_size=SIZE),
        approved=picture,
        captured=picture,
        difference=f"{picture.stem}.png" if outdated else None,
        history=tuple(HistoryEntry(run=f"run-{number}", verdict=Verdict.UP_TO_DATE) for number in range(HISTORY_RUNS)),
        nights=("O" * 40 + "T" * (NIGHTS - 41) if outdated else "O" * (NIGHTS - 1)),
        outdated_since=date(2026, 3, 1) if outdated else None,
    )


def record(folder: Path, tutorials: int) -> RunRecord:
    return RunRecord(
        id=folder.name,
        version="0",
        site="live",
        baselines="live",
        started=NOW,
        finished=NOW + timedelta(minutes=90),
        environment=Environment(
            firefox="153.0",
            kind="stock",
            os="Debian GNU/Linux 13",
            viewport=SIZE,
            scale=1,
            locale="fr-FR",
            timezone="Europe/Paris",
        ),
        tutorials=tuple(
            TutorialRecord(
                slug=f"tutoriel-{number + 1}",
                title=f"Tutoriel {number + 1}",
                source="nous",
                licence="CC0",
                scenario="exemple.py",
                planned_pages=PAGES,
                page_loads=PAGES,
                blocked_requests=(),
                pages=tuple(page(folder, number * PAGES + one) for one in range(PAGES)),
            )
            for number in range(tutorials)
        ),
        nights=tuple(
            EarlierNight(day=NOW.date() - timedelta(days=NIGHTS - 1 - night), seconds=5400)
            for night in range(NIGHTS - 1)
        ),
    )


def median(jobs: list[float]) -> str:
    return f"{statistics.median(jobs) * 1000:7.0f} ms"


def first_paint(opened: Page, overview: Path) -> float:
    """Return the time to first paint of the overview, opened from disk, in seconds."""
    opened.goto(overview.as_uri())
    paint = opened.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? performance.timing.domComplete"
        " - performance.timing.navigationStart"
    )
    return float(paint) / 1000


FILTER = """() => {
  const field = document.querySelector('.filters').elements.words;
  const type = (text) => { field.value = text; field.dispatchEvent(new Event('input', { bubbles: true })); };
  const begun = performance.now();
  type('tutoriel 250');
  document.body.offsetHeight;
  const took = performance.now() - begun;
  type('');
  return took;
}"""
SCROLL = """() => new Promise((done) => {
  let [worst, last, y] = [0, performance.now(), 0];
  const step = (now) => {
    worst = Math.max(worst, now - last);
    [last, y] = [now, y + 600];
    scrollTo(0, y);
    y < Math.min(document.documentElement.scrollHeight, 60000) ? requestAnimationFrame(step) : done(worst);
  };
  requestAnimationFrame(step);
})"""


def filtered(opened: Page) -> float:
    """Return the time until a search shows its results, in seconds."""
    return float(opened.evaluate(FILTER)) / 1000


def scrolled(opened: Page) -> float:
    """Return the longest frame while the overview is scrolled through, in seconds."""
    return float(opened.evaluate(SCROLL)) / 1000


def main(tutorials: int) -> None:
    """Print the cost of a report on a number of tutorials."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "run"
        folder.mkdir()
        made = record(folder, tutorials)
        before = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        at_rest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.perf_counter()
        write_report(made, folder, Sentences("fr"))
        took = time.perf_counter() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) - before
        overview = folder / OVERVIEW
        print(f"{tutorials * PAGES} pages rendered in   {took:7.1f} s")
        print(f"peak memory over rest  {(peak - at_rest) / 1024:7.1f} MB")
        print(f"pages on disk          {size / 1e6:7.1f} MB, pictures apart")
        print(f"overview               {overview.stat().st_size / 1e6:7.2f} MB, thumbnails apart")
        print(f"history                {(folder / HISTORY_PAGE).stat().st_size / 1e6:7.2f} MB")
        with open_firefox() as firefox:
            opened = firefox.browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
            print(f"first paint            {median([first_paint(opened, overview) for _ in range(ROUNDS)])}")
            print(f"filter                 {median([filtered(opened) for _ in range(ROUNDS)])}")
            print(f"longest frame scrolled {median([scrolled(opened) for _ in range(ROUNDS)])}")
        everything = replace(
            made, tutorials=tuple(replace(one, pages=tuple(map(worse, one.pages))) for one in made.tutorials)
        )
        write_report(everything, folder, Sentences("fr"))
        print(f"overview, all outdated {overview.stat().st_size / 1e6:7.2f} MB")


def worse(page: PageRecord) -> PageRecord:
    """Return an outdated version of a page."""
    return replace(page, judgement=Judgement(verdict=Verdict.PICTURE_OUTDATED), outdated_since=date(2026, 3, 1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TUTORIALS)
