"""Capture each replica page repeatedly while all cores are busy, and count the captures that differ.

python benchmarks/stillness.py [CAPTURES]
"""

import multiprocessing
import sys
from collections import Counter
from pathlib import Path

from capture.browser.firefox import open_firefox
from capture.runner.journey import Journey
from capture.scenario.loader import read_tutorials
from capture.site.site import open_site
from report.compare.comparison import Side, compare

ERAS = ("2020", "2026")
CORES = 2
NAMELESS = Path("picture")


def burn() -> None:
    """Keep one core busy."""
    while True:
        sum(range(100_000))


def main(captures: int) -> None:
    """Print for each page how many captures differ from the first, by bytes and by the comparison."""
    load = [multiprocessing.Process(target=burn, daemon=True) for _ in range(CORES)]
    for process in load:
        process.start()
    (tutorial,) = read_tutorials(Path("scenarios"))
    print(f"{captures} captures of each page, {CORES} cores busy\n{'':12}{'bytes differ':>14}{'pages differ':>14}")
    with open_firefox() as firefox:
        for era in ERAS:
            first: dict[int, Side] = {}
            otherwise, differs = Counter[int](), Counter[int]()
            with open_site(era, {tutorial.file.parent}) as site:
                for _ in range(captures):
                    journey = Journey(
                        tutorial,
                        browser=firefox.browser,
                        site=site,
                        environment_in=firefox.environment_in,
                        baseline_of=lambda _: None,
                    )
                    for outcome in journey.visit_pages():
                        if outcome.capture is not None:
                            now = Side.of(outcome.capture, NAMELESS)
                            before = first.setdefault(outcome.page.number, now)
                            otherwise[outcome.page.number] += now.screenshot.png != before.screenshot.png
                            differs[outcome.page.number] += not compare(before, now).comparison.same
            for number in first:
                print(f"{era}, page {number:<3}{otherwise[number]:>13}{differs[number]:>14}", flush=True)
    for process in load:
        process.terminate()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
