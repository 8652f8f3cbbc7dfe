"""Benchmark the comparison against other tools with their default settings, in one run.

Quality: false alarms and misses on the labelled pairs of tests/images, and on pairs drawn from other people's pages
(foreign.toml), which are fetched at run time. Processor time: of those pairs, by kind, against ``odiff --aa``. Time:
full pages of 1280 px by 1000 to 8000 px, in process against in process, and whole process against whole process with
the interpreter's start counted apart.

    cd benchmarks/compare && npm ci && cd ../.. && python benchmarks/compare/compare.py [ROUNDS] [--keep FOLDER]

``--keep`` keeps the drawn pairs and the fetched packages in a folder, from which the next run takes them; ``--foreign``
stops after the pairs of other people's pages.
"""

import argparse
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from foreign import Pair, draw_pairs
from playwright.sync_api import FloatRect, Page

from capture.browser.firefox import open_firefox
from report.compare.comparison import compare_pictures
from report.compare.pixel_diff import Screenshot
from tests.images.cases import FOLDER, Elements, read_cases, read_elements

HERE = Path(__file__).parent
TOOLS = (
    "@blazediff/bin",
    "odiff",
    "odiff --aa",
    "looks-same",
    "pixelmatch",
    "playwright",
    "playwright ssim-cie94",
    "resemble",
)
OURS, OURS_ALONE = "tutofrais", "tutofrais, pictures alone"
HEIGHTS = (1000, 3000, 5736, 8000)
KINDS = ("identical", "one word", "banner", "everything", "moved 0.3 px")
WIDTH = 1280

Answer = tuple[bool | None, list[float]]
Ask = Callable[[str, Path, Path, int], Answer]


@contextmanager
def other_tools() -> Iterator[Ask]:
    """Start the process that runs the other tools; yield the function that asks it."""
    if not (HERE / "node_modules").is_dir():
        sys.exit("The other tools are missing: cd benchmarks/compare && npm ci")
    with subprocess.Popen(
        ["node", str(HERE / "tools.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as worker:
        stdin, stdout = worker.stdin, worker.stdout
        assert stdin is not None, "a pipe"
        assert stdout is not None, "a pipe"
        yield lambda tool, one, other, rounds: _asked(stdin, stdout, tool, one, other, rounds)
        stdin.close()


def _asked(stdin: IO[str], stdout: IO[str], tool: str, one: Path, other: Path, rounds: int) -> Answer:
    stdin.write(json.dumps({"tool": tool, "one": str(one), "other": str(other), "rounds": rounds}) + "\n")
    stdin.flush()
    answer = json.loads(stdout.readline())
    return answer["same"], answer["ms"]


def ours(one: Path, other: Path, rounds: int, elements: Elements | None = None) -> Answer:
    """Return the result of tutofrais, with the elements of both pages if given."""
    same, ms = None, []
    for _ in range(rounds):
        begun = time.perf_counter()
        shots = [Screenshot(png=path.read_bytes(), path=path) for path in (one, other)]
        same = compare_pictures(
            *shots,
            baseline_elements=elements.approved if elements else (),
            candidate_elements=elements.captured if elements else (),
        ).same
        ms.append((time.perf_counter() - begun) * 1000)
    return same, ms


def quality(ask: Ask) -> None:
    """Print false alarms and misses on the labelled pairs."""
    cases = read_cases()
    noise = sum(case.kind == "noise" for case in cases)
    print(f"\n{len(cases)} labelled pairs: {noise} of rendering noise, {len(cases) - noise} changes")
    print(f"{'':28}{'false alarms':>14}{'misses':>10}")
    for tool in (OURS, OURS_ALONE, *TOOLS):
        alarms = misses = 0
        for case in cases:
            if tool in (OURS, OURS_ALONE):
                same, _ = ours(*case.pictures, 1, read_elements(case) if tool == OURS else None)
            else:
                same, _ = ask(tool, *case.pictures, 1)
            alarms += case.kind == "noise" and not same
            misses += case.kind == "change" and bool(same)
        print(f"{tool:28}{alarms:>14}{misses:>10}", flush=True)


def foreign(ask: Ask, folder: Path) -> None:
    """Print false alarms and misses on the pairs of other people's pages by kind, then the processor time by kind."""
    pairs = draw_pairs(folder / "pairs", folder / "packages")
    noise = [pair for pair in pairs if pair.kind == "noise"]
    print(f"\n{len(pairs)} pairs of other people's pages: {len(noise)} of noise, {len(pairs) - len(noise)} changes")
    print(f"{'':28}{'false alarms':>14}{'misses':>10}")
    for tool in (OURS, OURS_ALONE, *TOOLS):
        wrong = [pair for pair in pairs if _answer(ask, tool, pair, folder / "pairs") != (pair.kind == "noise")]
        alarms = sum(pair.kind == "noise" for pair in wrong)
        print(f"{tool:28}{alarms:>14}{len(wrong) - alarms:>10}", flush=True)
        for kind, count in Counter(pair.of for pair in wrong).items() if tool in (OURS, OURS_ALONE) else ():
            print(f"    {kind}: {count}")
    print("\nProcessor time by kind, ms: tutofrais in process, odiff --aa as a process")
    times: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for pair in pairs:
        times[pair.of].append(_processor_times(pair, folder))
    for kind, measured in times.items():
        own, other = (sum(part) / len(measured) for part in zip(*measured, strict=True))
        print(f"{kind:40}{own:>10.0f}{other:>10.0f}{own / max(other, 1):>8.2f}")


def _answer(ask: Ask, tool: str, pair: Pair, folder: Path) -> bool | None:
    if tool in (OURS, OURS_ALONE):
        return ours(*pair.pictures(folder), 1, pair.elements(folder) if tool == OURS else None)[0]
    return ask(tool, *pair.pictures(folder), 1)[0]


def _processor_times(pair: Pair, folder: Path) -> tuple[float, float]:
    """Return the processor time of tutofrais, pictures alone, and of ``odiff --aa``, in ms: the least of two."""
    one, other = pair.pictures(folder / "pairs")
    binary = str(HERE / "node_modules" / "odiff-bin" / "bin" / "odiff")
    own, theirs = [], []
    for _ in range(2):
        begun = time.process_time()
        ours(one, other, 1)
        own.append(time.process_time() - begun)
        begun = _children_s()
        command = [binary, str(one), str(other), str(folder / "difference.png"), "--aa"]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
        theirs.append(_children_s() - begun)
    return min(own) * 1000, min(theirs) * 1000


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timing(ask: Ask, folder: Path, rounds: int) -> None:
    """Print the median time for a pair of full pages in ms, reading and decoding included."""
    for height in HEIGHTS:
        pages = [_pair(folder, height, kind) for kind in KINDS]
        print(f"\n{WIDTH} × {height} px, ms, median of {rounds}")
        print(f"{'':28}" + "".join(f"{kind:>14}" for kind in KINDS))
        for tool in (OURS_ALONE, *TOOLS):
            cells = []
            for one, other in pages:
                slow = tool not in (OURS_ALONE, "@blazediff/bin", "odiff")
                count = max(rounds // 4, 1) if slow else rounds
                _, ms = ours(one, other, count + 1) if tool == OURS_ALONE else ask(tool, one, other, count + 1)
                cells.append(f"{statistics.median(ms[1:]):>14.1f}" if ms else f"{'failed':>14}")
            print(f"{tool:28}" + "".join(cells), flush=True)


def processes(folder: Path, rounds: int) -> None:
    """Print the time for a pair in ms, with one process for each comparison."""
    height = HEIGHTS[2]
    binaries = {
        OURS_ALONE: [sys.executable, "-m", "tutofrais", "compare"],
        "@blazediff/bin": [*map(str, HERE.glob("node_modules/@blazediff/bin-*/blazediff"))],
        "odiff": [str(HERE / "node_modules" / "odiff-bin" / "bin" / "odiff")],
    }
    print(f"\nWhole processes, {WIDTH} × {height} px, ms, median of {rounds}")
    print(f"{'':28}" + "".join(f"{kind:>14}" for kind in KINDS))
    start = _median([sys.executable, "-m", "tutofrais", "compare", "--help"], rounds)
    print(f"{'(our interpreter’s start)':28}{start:>14.1f}")
    for tool, command in binaries.items():
        if not command:
            continue
        cells = []
        for kind in KINDS:
            one, other = _pair(folder, height, kind)
            more = [str(folder / "difference.png")] if tool == "odiff" else []
            cells.append(f"{_median([*command, str(one), str(other), *more], rounds):>14.1f}")
        print(f"{tool:28}" + "".join(cells), flush=True)


def memory(folder: Path) -> None:
    """Print the peak memory of a comparison above that of the idle program, in raw pictures (Linux)."""
    height = HEIGHTS[2]
    raw = WIDTH * height * 4 / 2**20
    for kind in KINDS:
        one, other = _pair(folder, height, kind)
        code = (
            "import sys; from pathlib import Path\n"
            "from report.compare.comparison import compare_pictures; from report.compare.pixel_diff import Screenshot\n"
            "peak = lambda: int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
            "before = peak()\n"
            "compare_pictures(*(Screenshot(png=Path(p).read_bytes(), path=Path(p)) for p in sys.argv[1:]))\n"
            "print(peak() - before)"
        )
        completed = subprocess.run([sys.executable, "-c", code, str(one), str(other)], capture_output=True, check=True)
        used = int(completed.stdout) / 1024
        print(f"peak memory, {kind}: {used:.0f} MiB, {used / raw:.1f} times the raw picture ({raw:.0f} MiB)")


def _median(command: Sequence[str], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def _pair(folder: Path, height: int, kind: str) -> tuple[Path, Path]:
    return folder / f"{height}-base.png", folder / f"{height}-{kind}.png"


def draw(folder: Path) -> None:
    """Capture full pages of each height with Firefox; all pages of a height have the same size."""
    with open_firefox() as firefox:
        page = firefox.browser.new_page(viewport={"width": WIDTH, "height": 900})
        for height in HEIGHTS:
            _lay(page, "article", height)
            base, identical = _pair(folder, height, "identical")
            _shoot(page, height, base)
            shutil.copy(base, identical)
            page.evaluate("document.querySelector('h1').textContent += ' ?'")
            _shoot(page, height, _pair(folder, height, "one word")[1])
            _lay(page, "article", height)
            page.evaluate("document.body.insertAdjacentHTML('afterbegin', '<div style=\"height: 60px\">Travaux</div>')")
            _shoot(page, height, _pair(folder, height, "banner")[1])
            _lay(page, "article", height)
            page.evaluate("document.body.style.paddingLeft = '0.3px'")
            _shoot(page, height, _pair(folder, height, "moved 0.3 px")[1])
            _lay(page, "tableau", height, dark=True)
            _shoot(page, height, _pair(folder, height, "everything")[1])


def _shoot(page: Page, height: int, path: Path) -> None:
    clip = FloatRect(x=0, y=0, width=WIDTH, height=height)
    page.screenshot(path=path, full_page=True, clip=clip)


def _lay(page: Page, name: str, height: int, *, dark: bool = False) -> None:
    """Repeat a page's content, with a different number in each copy, up to a height in px."""
    page.goto((FOLDER / "pages" / f"{name}.html").as_uri())
    page.evaluate(
        """([height, dark]) => {
            document.documentElement.classList.toggle('dark', dark);
            const part = document.querySelector('main');
            let number = 0;
            while (document.documentElement.scrollHeight < height) {
                const copy = part.cloneNode(true);
                for (const text of copy.querySelectorAll('h1, h2, p, li, td')) text.append(` ${++number}`);
                document.body.append(copy);
            }
            document.body.style.minHeight = `${height}px`;
        }""",
        [height, dark],
    )
    page.evaluate("document.fonts.ready")


def main() -> None:
    """Run the benchmarks and print their tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rounds", nargs="?", type=int, default=6)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--foreign", action="store_true")
    options = parser.parse_args()
    rounds = options.rounds
    with tempfile.TemporaryDirectory() as name, other_tools() as ask:
        if not options.foreign:
            quality(ask)
        foreign(ask, (options.keep or Path(name)).resolve())
        if options.foreign:
            return
        draw(Path(name))
        timing(ask, Path(name), rounds)
        processes(Path(name), rounds)
        memory(Path(name))


if __name__ == "__main__":
    main()
