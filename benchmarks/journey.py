"""Measure the cost of tutofrais over plain Playwright, on the ameli journey of 2020.

The plain loop does the same navigations, clicks, typing and screenshots, in one Firefox each, launch
included, with Playwright's own waiting and nothing else: no guard, no elements, no comparison, no report.

    python benchmarks/journey.py [ROUNDS]
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from capture.browser.firefox import open_firefox
from capture.privacy.proxy import SocksProxy
from capture.scenario.loader import read_tutorials
from capture.site.local_server import LOOPBACK
from capture.site.site import Site, open_site
from report.i18n.sentences import Sentences
from report.run.pipeline import run
from report.run.run_plan import ProgressReporter, RunPlan

PORTAL = "https://assure.ameli.fr/PortailAS/appmanager/PortailAS/assure"
SCENARIOS = Path("scenarios")


def bare(site: Site, folder: Path) -> None:
    """Run the journey with plain Playwright."""
    with open_firefox() as firefox, SocksProxy(lambda *_: LOOPBACK, lambda _: None) as proxy:
        context = firefox.browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="fr-FR", proxy={"server": proxy.address}
        )
        page = context.new_page()
        page.goto(site.reach("https://www.ameli.fr/"))
        page.locator("#tarteaucitronAllDenied2").click()
        page.screenshot(path=folder / "02.png", animations="disabled", caret="hide")
        page.get_by_label("Votre code postal *").fill("73000")
        page.get_by_role("button", name="SÉLECTIONNER").click()
        page.wait_for_url("**/caisse/confirmation")
        page.screenshot(path=folder / "03.png", animations="disabled", caret="hide")
        page.get_by_role("button", name="CONFIRMER").click()
        page.wait_for_url("**/assure")
        account = page.get_by_role("link", name="COMPTE AMELI")
        account.hover()
        page.screenshot(path=folder / "04.png", animations="disabled", caret="hide")
        with context.expect_page() as opened:
            account.click()
        portal = opened.value
        portal.wait_for_load_state("load")
        portal.screenshot(path=folder / "05.png", animations="disabled", caret="hide")
        portal.get_by_role("link", name="Je crée mon compte").click()
        portal.wait_for_url("**as_creation_immediate_page**")
        portal.screenshot(path=folder / "06.png", animations="disabled", caret="hide")
        context.close()


def whole(folder: Path) -> None:
    """Run the journey with tutofrais, report included."""
    silent = ProgressReporter(on_phase=lambda _: None, on_page=lambda *_: None)
    plan = RunPlan(
        tutorials=read_tutorials(SCENARIOS),
        site="2020",
        screenshots=Path("screenshots"),
        runs=folder,
        translator=Sentences("fr"),
    )
    run(plan, silent)


def timed(job: Callable[[Path], None]) -> float:
    """Return the duration of a job in a temporary folder, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        job(Path(folder))
        return time.perf_counter() - begun


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    packs = {tutorial.file.parent for tutorial in read_tutorials(SCENARIOS)}
    ours, theirs = [], []
    for _ in range(rounds):
        with open_site("2020", packs) as site:
            theirs.append(timed(partial(bare, site)))
        ours.append(timed(whole))
    one, other = statistics.median(theirs), statistics.median(ours)
    sys.stdout.write(
        f"bare Playwright loop  {one:6.2f} s  (median of {rounds}: {', '.join(f'{t:.2f}' for t in sorted(theirs))})\n"
        f"tutofrais, whole run  {other:6.2f} s  (median of {rounds}: {', '.join(f'{t:.2f}' for t in sorted(ours))})\n"
        f"ratio                 {other / one:6.2f}\n"
    )


if __name__ == "__main__":
    main()
