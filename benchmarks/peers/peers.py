"""Compare a run of five pages with Playwright Test, BackstopJS and a bare loop of Playwright, as whole processes.

All tools have their baselines, and nothing has changed since: the run of every night. The pages are those of the ameli
replica of 2020, at the clicks of ``scenarios/ameli/creer_compte.py``, without the witness page that it also reads. At
the end a heading of the last page is changed, and each tool must say so.

    python benchmarks/peers/peers.py [ROUNDS] [--folder FOLDER]

npm packages of the versions in ``package.json`` are installed into a temporary folder, or into FOLDER, from which the
next run takes them. Needs a stock Firefox, Node.js and npm, and Linux, which accounts for all processes of a tool.
"""

import argparse
import ctypes
import importlib.metadata
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from capture.browser.firefox import find_stock_firefox
from capture.site.site import open_site

HERE = Path(__file__).parent
SCENARIOS = Path("scenarios")
ERA = "2020"
COPIED = ("package.json", "playwright.config.mjs", "journey.spec.mjs", "backstop.config.cjs", "ready.cjs")
SCENARIO = "ameli/creer_compte.py"
WITNESS = "as_conditions_generales_page"
CHANGED_PAGE = "ameli/replica/2020/assure.ameli.fr/PortailAS/appmanager/PortailAS/assure/creation.html"
HEADING, NEW_HEADING = "<h1>JE CRÉE MON COMPTE AMELI</h1>", "<h1>OUVRIR UN NOUVEAU COMPTE</h1>"
NO_DOWNLOADS = {"PUPPETEER_SKIP_DOWNLOAD": "1", "PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD": "1"}
PR_SET_CHILD_SUBREAPER = 36
"""Option of prctl(2): processes whose parent ends become children of this one, which accounts for them."""
LEFT_RUNNING_S = 30
"""Time in which the processes that a tool leaves behind end."""
BARE, OURS = "bare Playwright loop", "tutofrais"


@dataclass(frozen=True, kw_only=True)
class Tool:
    """One way to check the five pages."""

    name: str
    version: str
    prepare: Sequence[Sequence[str]]
    """Commands that make its baselines."""
    check: Sequence[str]
    """Command that is measured."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What one run of a command took."""

    wall_s: float
    processor_s: float
    """User and system time of the command and all processes that it started."""
    code: int


def measure(command: Sequence[str], folder: Path, environment: dict[str, str]) -> Measure:
    """Run a command in a folder until it ends; the processes that it leaves behind count for the processor time."""
    before = _children_s()
    with (folder / "output.txt").open("ab") as output:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        code = process.wait()
        wall = time.perf_counter() - begun
    _wait_for_orphans()
    return Measure(wall_s=wall, processor_s=_children_s() - before, code=code)


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _wait_for_orphans() -> None:
    deadline = time.monotonic() + LEFT_RUNNING_S
    with suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.01)
        sys.exit("A tool has left processes behind that do not end.")


def tools_in(folder: Path, firefox: Path, port: int) -> list[Tool]:
    """Return the tools, which work in a folder that has the npm packages."""
    node = folder / "node_modules"
    backstop = [str(node / ".bin/backstop"), "--config=backstop.config.cjs"]
    playwright = [str(node / ".bin/playwright"), "test", "--config=playwright.config.mjs"]
    ours = str(Path(sys.executable).with_name("tutofrais"))
    run = [ours, "run", "--site", ERA]
    return [
        Tool(
            name=BARE,
            version=importlib.metadata.version("playwright"),
            prepare=(),
            check=[sys.executable, str(HERE.resolve() / "bare.py"), str(firefox), str(port), str(folder)],
        ),
        Tool(
            name=OURS,
            version=importlib.metadata.version("tutofrais"),
            prepare=[[*run, "--exit-zero"], [ours, "approve", "latest"]],
            check=run,
        ),
        Tool(
            name="Playwright Test",
            version=_version_of(node / "@playwright/test"),
            prepare=[[*playwright, "--update-snapshots=all"]],
            check=playwright,
        ),
        Tool(
            name="BackstopJS",
            version=_version_of(node / "backstopjs"),
            prepare=[[*backstop, "reference"]],
            check=[*backstop, "test"],
        ),
    ]


def _version_of(package: Path) -> str:
    return str(json.loads((package / "package.json").read_text("utf-8"))["version"])


def prepare_folder(folder: Path) -> None:
    """Install the npm packages unless they are there, and copy the scenarios, the replica and the tools' settings."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in COPIED:
        shutil.copy(HERE / name, folder)
    for name in ("scenarios", "screenshots", "runs"):
        shutil.rmtree(folder / name, ignore_errors=True)
    (folder / "screenshots").mkdir()
    shutil.copytree(SCENARIOS, folder / "scenarios")
    leave_out_witness(folder / "scenarios" / SCENARIO)
    if not (folder / "node_modules").is_dir():
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(install, cwd=folder, env={**os.environ, **NO_DOWNLOADS}, check=True)


def leave_out_witness(scenario: Path) -> None:
    """Take the page that describes a personal one out of a scenario: only tutofrais reads such pages."""
    lines = scenario.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if WITNESS not in line]
    assert len(kept) < len(lines), "the scenario has that page"
    scenario.write_text("".join(kept), "utf-8")


def change_a_page(folder: Path) -> None:
    page = folder / "scenarios" / CHANGED_PAGE
    html = page.read_text("utf-8")
    assert HEADING in html, "the page has the heading that is changed"
    page.write_text(html.replace(HEADING, NEW_HEADING), "utf-8")


def measure_all(folder: Path, firefox: Path, rounds: int) -> None:
    """Make the baselines, run the tools in turn, change a page, run each once more, and print the table."""
    with open_site(ERA, [folder / "scenarios/ameli"]) as site:
        assert site.port is not None, "a replica has a port"
        environment = {**os.environ, "FIREFOX": str(firefox), "PORT": str(site.port)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        tools = tools_in(folder, firefox, site.port)
        for tool in tools:
            for command in tool.prepare:
                _must_succeed(tool, measure(command, folder, environment), folder)
        measures: dict[str, list[Measure]] = {tool.name: [] for tool in tools}
        for _ in range(rounds):
            for tool in tools:
                measures[tool.name].append(measure(tool.check, folder, environment))
                _must_succeed(tool, measures[tool.name][-1], folder)
        change_a_page(folder)
        sees = {tool.name: measure(tool.check, folder, environment).code != 0 for tool in tools}
    _print_table(tools, measures, sees)


def _must_succeed(tool: Tool, measured: Measure, folder: Path) -> None:
    if measured.code != 0:
        lines = (folder / "output.txt").read_text("utf-8", "replace").splitlines()[-20:]
        sys.exit("\n".join((*lines, f"{tool.name} ended with {measured.code}, although nothing has changed.")))


def _print_table(tools: Sequence[Tool], measures: dict[str, list[Measure]], sees: dict[str, bool]) -> None:
    rounds = len(measures[BARE])
    floor = statistics.median(one.wall_s for one in measures[BARE])
    print(f"{'median of ' + str(rounds):28}{'wall s':>8}{'CPU s':>8}{'ratio':>7}   sees a change   all walls, s")
    for tool in tools:
        walls = sorted(one.wall_s for one in measures[tool.name])
        wall, processor = statistics.median(walls), statistics.median(one.processor_s for one in measures[tool.name])
        seen = "–" if tool.name == BARE else "yes" if sees[tool.name] else "NO"
        print(
            f"{tool.name + ' ' + tool.version:28}{wall:8.2f}{processor:8.2f}{wall / floor:7.2f}   {seen:15} "
            + " ".join(f"{one:.2f}" for one in walls)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rounds", nargs="?", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    firefox = find_stock_firefox()
    if firefox is None:
        sys.exit("A stock Firefox is missing.")
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        prepare_folder(folder)
        measure_all(folder, firefox, options.rounds)


if __name__ == "__main__":
    main()
